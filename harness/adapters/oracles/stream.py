#!/usr/bin/env python3
"""Asks several machines how random programs end, and stops at the first that they differ about.

    stream.py SEED COUNT ADAPTER...     programs 0 to COUNT - 1 of a seed
    stream.py SEED N: ADAPTER...        program N alone

The programs only compute, and mean the same to RISC-V and to the virtual machine: they never reach
what VM-006, VM-012 or VM-015 have otherwise.  A program works on registers and 4 KiB of data, and
its exit code is made of both, and of what was in the registers now and then.  Versions take turns.
"""

import json
import os
import random
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "vectors" / "generate"))

from vm_encodings import HINTS
from vm_instructions import B
from vm_model import COMPUTE, HOLDS, IMMEDIATE, LOADS, SHIFTS, STORES, UNARY
from vm_tools import R, W, X, assemble, elf, header

CODE, DATA, HALF = 0x10000, 0x20800, 2048
UNITS, BATCH, SLOT = 450, 20, 1 << 14
JUMP = "beq x0, x0, 3f; 3:"
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
FOUND = TARGET / "oracles"
# Three times 4 KiB: data, of which s0 is the middle and sp the start; numbers that nothing
# changes, of which gp is the next; a journal, of which tp is the next. s1 counts loops.
FREE = [f"x{n}" for n in range(1, 32) if n not in (2, 3, 4, 8, 9)]
SHORT = [f"x{n}" for n in range(10, 16)]
NUMBERS = [0, 1, 2, 31, 32, 63, 64, 0x7F, 0x80, 0xFFFF]
NUMBERS += [2**n + more for n in (31, 32, 63) for more in (-1, 0)] + [2**64 - 1]
WIDE = [("mulh", "mul"), ("mulhu", "mul"), ("mulhsu", "mul"), ("div", "rem"), ("divu", "remu")]


class Writer:
    """Writes programs as assembly, unit by unit.  A unit may stand anywhere, or be left out."""

    def __init__(self, dice, version):
        self.dice, self.version = dice, version

        def known(names):
            return [name for name in names if version > 0 or name not in B]

        self.registers = [name for name in known(COMPUTE) if name != "sll.uw"]
        self.shifts = known(SHIFTS)
        self.plain = [self.compute] * 8 + [self.fused] * 6
        self.plain += [self.immediate, self.shift, self.compressed, self.memory] * 4
        self.plain += [self.pointed, self.upper, self.stack, self.call, self.nothing]
        self.plain += [self.unary] * 3 * (version > 0)
        self.kinds = self.plain + [self.branch] * 4 + [self.loop]

    def any(self, registers=FREE):
        if registers is FREE and self.dice.random() < 0.06:
            return "x0"
        return self.dice.choice(registers)

    def some(self, count):
        """Different registers, or now and then a few again and again."""
        if self.dice.random() < 0.3:
            return self.dice.choices(["x0", *self.dice.sample(FREE, 3)], k=count)
        return self.dice.sample(FREE, count)

    def signed(self, bits):
        return self.dice.randrange(-(1 << bits - 1), 1 << bits - 1)

    def unit(self):
        return self.dice.choice(self.kinds)()

    def compute(self):
        return f"{self.dice.choice(self.registers)} {self.any()}, {self.any()}, {self.any()}"

    def unary(self):
        name, to = self.dice.choice(list(UNARY)), self.any()
        if name == "ctzw":
            # qemu 7.2 counts beyond 32 where the upper half is not zero.
            return f"addiw {to}, {self.any()}, 0; ctzw {to}, {to}"
        return f"{name} {to}, {self.any()}"

    def immediate(self):
        return f"{self.dice.choice(list(IMMEDIATE))} {self.any()}, {self.any()}, {self.signed(12)}"

    def shift(self):
        name = self.dice.choice(self.shifts)
        amount = self.dice.randrange(32 if name.endswith("iw") else 64)
        return f"{name} {self.any()}, {self.any()}, {amount}"

    def upper(self):
        return f"{self.dice.choice(['lui', 'auipc'])} {self.any()}, {self.dice.randrange(1 << 20)}"

    def memory(self):
        name = self.dice.choice([*LOADS, *STORES])
        return f"{name} {self.any()}, {self.dice.randrange(-HALF, HALF - 7)}(s0)"

    def pointed(self):
        """A load or store whose address depends on a register, and may be misaligned."""
        at, name = self.any(FREE[1:]), self.dice.choice([*LOADS, *STORES])
        access = f"{name} {self.any()}, {self.dice.randrange(9)}({at})"
        return f"andi {at}, {self.any()}, 0x3ff; add {at}, {at}, s0; {access}"

    def stack(self):
        move = 16 * self.dice.randrange(1, 32)
        return f"c.addi16sp sp, {move}; c.sdsp {self.any()}, 0(sp); c.addi16sp sp, -{move}"

    def compressed(self):
        d, s, full, other = self.any(SHORT), self.any(SHORT), self.any(FREE[1:]), self.any(FREE[1:])
        name = self.dice.choice(["sub", "xor", "or", "and", "subw", "addw"])
        imm, amount, place = self.signed(6), self.dice.randrange(1, 64), self.dice.randrange(32)
        return self.dice.choice([
            f"c.{name} {d}, {s}", f"c.mv {full}, {other}", f"c.add {full}, {other}",
            f"c.addi {full}, {imm or 1}", f"c.addiw {full}, {imm}", f"c.li {full}, {imm}",
            f"c.lui {full}, {imm % (1 << 20) or 1}", f"c.slli {full}, {amount}",
            f"c.andi {d}, {imm}", f"c.srli {d}, {amount}", f"c.srai {d}, {amount}",
            f"c.addi4spn {d}, sp, {4 * place + 4}",
            f"c.lwsp {full}, {4 * place}(sp)", f"c.swsp {full}, {4 * place}(sp)",
            f"c.ldsp {full}, {8 * place}(sp)", f"c.sdsp {full}, {8 * place}(sp)",
            f"c.lw {d}, {4 * place}(s0)", f"c.sw {d}, {4 * place}(s0)",
            f"c.ld {d}, {8 * place}(s0)", f"c.sd {d}, {8 * place}(s0)",
        ])  # fmt: skip

    def nothing(self):
        hints = [f".half {pattern:#06x}" for pattern, _ in HINTS] if self.version > 0 else []
        return self.dice.choice(["fence", "fence.i", "c.nop", "nop", *hints])

    def fused(self):
        """What a version fuses, and fusing must not show."""
        a, b, c, d, e = self.some(5)
        t, high, low = self.any(), self.dice.randrange(1 << 20), self.signed(12)
        first, second = self.dice.choice(WIDE)
        add, sub = f"add {a}, {b}, {c}", f"sub {a}, {b}, {c}"
        again, carry = f"add {a}, {a}, {c}", f"sltu {c}, {a}, {c}"
        less, borrow = f"sub {b}, {a}, {b}; sltu {d}, {a}, {b}", f"sltu {c}, {b}, {a}"
        return self.dice.choice([
            f"add {a}, {a}, {b}; sltu {b}, {a}, {b}; {again}; {carry}; or {b}, {b}, {c}",
            f"{less}; sub {a}, {b}, {c}; {borrow}; or {b}, {c}, {d}",
            f"add {a}, {b}, {a}; sltu {c}, {a}, {b}; add {d}, {c}, {e}",
            f"{add}; sltu {b}, {a}, {b}; add {d}, {b}, {e}",
            f"{add}; sltu {d}, {a}, {b}; add {d}, {d}, {e}",
            f"{add}; sltu {t}, {a}, {b}",
            f"{again}; sltu {t}, {a}, {c}",
            f"{sub}; sltu {t}, {b}, {c}",
            f"lui {t}, {high}; addiw {t}, {t}, {low}",
            f"auipc {t}, {high}; addi {t}, {t}, {low}",
            f"{first} {c}, {a}, {b}; {second} {d}, {a}, {b}",
            f"{first} {c}, {a}, {b}; {second} {self.any([a, b, 'x0'])}, {a}, {b}",
        ])  # fmt: skip

    def call(self):
        """A jump over what is illegal, where VM-006 and VM-015 change nothing."""
        at, link = self.dice.sample(FREE, 2)
        if self.version > 0:
            link = self.dice.choice([link, "x0", at])
        if link == "x1" and self.version == 1:
            at = "x1"
        other = at if at != "x1" else "x5"
        return self.dice.choice([
            f"auipc {at}, 0; jalr {link}, 12({at}); .word -1",
            f"auipc {at}, 0; jalr {link}, 13({at}); .word -1",
            f"auipc {other}, 0; addi {other}, {other}, 12; c.jr {other}; .half 0",
            f"auipc {other}, 0; addi {other}, {other}, 12; c.jalr {other}; .half 0",
            f"jal {link}, 1f; .word -1; 1:",
            "c.j 1f; .half 0; 1:",
        ])  # fmt: skip

    def branch(self):
        """Some units, or none of them."""
        body = [self.dice.choice(self.plain)() for _ in range(self.dice.randrange(1, 8))]
        how = f"{self.dice.choice(list(HOLDS))} {self.any()}, {self.any()}, 3f"
        if self.dice.random() < 0.3:
            how = f"{self.dice.choice(['c.beqz', 'c.bnez'])} {self.any(SHORT)}, 3f"
        return "; ".join([how, *body, "3:"])

    def loop(self):
        kinds = [*self.plain, self.branch, self.branch, self.branch]
        body = "; ".join(self.dice.choice(kinds)() for _ in range(8))
        return f"li s1, {self.dice.randrange(1, 9)}; 2:; {body}; addi s1, s1, -1; bne s1, x0, 2b"

    def data(self):
        """Numbers at the edges among random ones."""
        numbers = [self.dice.choice([*NUMBERS, *[self.dice.getrandbits(64)] * 8])
                   for _ in range(4 * HALF // 8)]  # fmt: skip
        return b"".join(number.to_bytes(8, "little") for number in numbers) + bytes(2 * HALF)


START = f"lui s0, {DATA + HALF >> 12}; sd sp, 0(s0); addi sp, s0, -{HALF}; "
START += "lui gp, 1; add gp, gp, sp; lui tp, 1; add tp, tp, gp; "
START += "; ".join(f"ld {register}, {8 * n - 1024}(s0)" for n, register in enumerate(FREE))
# Everything into one number, and that into its low byte.
END = "; ".join(f"sd x{n}, {8 * n}(s0)" for n in range(1, 32))
END += "; li a0, 0; lui a3, 0x9e378; addi a3, a3, -1607; addi s1, sp, 0; lui s2, 3; add s2, s2, s1"
END += "; 1: ld a1, 0(s1); xor a0, a0, a1; mul a0, a0, a3; srli a1, a0, 29; xor a0, a0, a1"
END += "; addi s1, s1, 8; bne s1, s2, 1b"
END += "".join(f"; srli a1, a0, {by}; xor a0, a0, a1" for by in (32, 16, 8)) + "; li a7, 93; ecall"


def pause(n):
    """Writes some registers down and gives them new numbers: results would be lost in others, and
    all become zeros and ones.  Its jump ends a block of the engines, so that none grows to what
    VM-022 leaves open."""
    some = [(8 * k, FREE[(10 * n + k) % len(FREE)]) for k in range(10)]
    rows = [f"sd {register}, {at}(tp); ld {register}, {at}(gp)" for at, register in some]
    return "; ".join([JUMP, *rows, "addi gp, gp, 80; addi tp, tp, 80"])


class Program:
    def __init__(self, seed, n):
        writer = Writer(random.Random(f"{seed}/{n}"), n % 3)
        self.name, self.version, self.data = f"{seed}-{n}", n % 3, writer.data()
        while True:
            self.units = [writer.unit() if k % 9 else pause(k // 9) for k in range(UNITS)]
            if sound(self.units):
                break

    def text(self):
        return "\n".join([START, *self.units, END])


def sound(units):
    """Not where something else is meant: no row that is taken for SBB and is none (VM-012), and
    jumps at short distances (VM-022)."""
    if not all(any(JUMP in unit for unit in units[at : at + 9]) for at in range(len(units) - 8)):
        return False
    parts = [part.split(maxsplit=1) for part in ";".join(units).split(";")]
    parts = [part for part in parts if part and not part[0].endswith(":")]
    names = [part[0].removeprefix("c.") for part in parts]
    for n in range(len(parts)):
        if names[n : n + 5] == ["sub", "sltu", "sub", "sltu", "or"]:
            difference = parts[n][1].split(",")[0]
            if parts[n + 1][1].split(", ")[-1] != difference:
                return False
    return True


def files(programs):
    """Programs as files: one run of the assembler for all of them."""
    # No jump leaves its program, and no address of code is absolute: each may be cut out and moved.
    text = f"\n.word -1\n.balign {SLOT}, 0\n".join([*(program.text() for program in programs), ""])
    raw = assemble(text, CODE)
    for n, program in enumerate(programs):
        code = raw[n * SLOT : (n + 1) * SLOT].rstrip(b"\0")
        assert code.endswith(bytes([0x73, 0, 0, 0, 255, 255, 255, 255])), "longer than its slot"
        at = 64 + 2 * 56
        segments = [header(R | X, at, CODE, len(code))]
        segments.append(header(R | W, at + len(code), DATA, len(program.data)))
        yield elf(segments, code + program.data, CODE)


class Client:
    def __init__(self, command):
        self.name, self.id = command, 0
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
        self.process = subprocess.Popen(shlex.split(command), **pipes)
        self.say("hello", {"ctp": 1, "canary": "0x00"})
        self.hear()

    def say(self, op, given, **rest):
        self.id += 1
        print(json.dumps({"id": self.id, "op": op, "in": given, **rest}), file=self.process.stdin)

    def hear(self):
        """Verdict and exit code; or what else the client answered."""
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"fault": "the process ended"}
        ok = answer.get("ok", {})
        if ok.get("verdict") == "accept":
            return f"exit code {int(ok['out']['exit_code'], 16)}"
        return f"{ok['verdict']} {ok.get('error')}" if "verdict" in ok else json.dumps(answer)


def ask(clients, file, version):
    given = {"program": "0x" + file.hex(), "max_cycles": hex(10**7), "charge_load": False}
    for client in clients:
        client.say("vm.run", given, env={"vm": version})
    return [client.hear() for client in clients]


def answers(clients, program):
    (file,) = files([program])
    return ask(clients, file, program.version)


def agree(said):
    return len(set(said)) == 1 and said[0].startswith("exit code")


def reduce(clients, program):
    """Leaves out units as long as the clients still differ."""
    size = len(program.units) // 2
    while size:
        whole, end = program.units, len(program.units)
        while end > 0:
            units, start = program.units, max(end - size, 0)
            program.units, end = units[:start] + units[end:], start
            if not sound(program.units) or agree(answers(clients, program)):
                program.units = units
        size = size // 2 if program.units == whole or size > 1 else 1


def report(clients, program):
    print(f"program {program.name}, version {program.version}: they differ", flush=True)
    reduce(clients, program)
    FOUND.mkdir(parents=True, exist_ok=True)
    path = FOUND / f"{program.name}-v{program.version}.elf"
    (file,) = files([program])
    path.write_bytes(file)
    for client, said in zip(clients, ask(clients, file, program.version)):
        print(f"{client.name}: {said}")
    print(f"{path}, reduced to these between its beginning and its end:")
    print("\n".join(program.units), flush=True)
    ckbspec = TARGET / "release" / "ckbspec"
    subprocess.run([ckbspec, "vm", "disasm", path, "--vm", str(program.version)])


def main(seed, count, commands):
    clients = [Client(command) for command in commands]
    first, count = (int(count[:-1]), 1) if count.endswith(":") else (0, int(count))
    began = time.monotonic()
    codes = set()
    for at in range(first, first + count, BATCH):
        programs = [Program(seed, n) for n in range(at, min(at + BATCH, first + count))]
        for program, file in zip(programs, files(programs)):
            said = ask(clients, file, program.version)
            codes.add(said[0])
            if not agree(said):
                report(clients, program)
                return 1
    seconds = time.monotonic() - began
    print(f"seed {seed}: {count} programs, {len(clients)} clients agree about all of them; "
          f"{len(codes)} exit codes, {seconds:.0f} s")  # fmt: skip
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
