"""Assembling, ELF files and YAML for `vm.py`: an expectation is always what the model answers."""

import re
import struct
import subprocess
import tempfile
import textwrap
from functools import cache
from pathlib import Path

import vm_model
from hashes import ckbhash
from molecule import hexed
from vector_files import OUT, WIDTH, entry, flow
from vm_model import Fault

SOURCE = "a model in Python, from the RISC-V manual and notes on ckb-vm: vectors/generate/vm_model.py"
DERIVED = {"kind": "derived", "source": SOURCE}
MARCH = "rv64imc_zifencei_zba_zbb_zbc_zbs"
BASE, HEADERS = 0x10000, 64 + 56
LIMIT = 1_000_000
PROGRAMS = OUT / "vm" / "programs"
R, W, X = 4, 2, 1


# --- Programs ---------------------------------------------------------------------------------


def tool(name, *arguments):
    subprocess.run([f"riscv64-unknown-elf-{name}", *map(str, arguments)], check=True)


@cache
def assemble(text, at=BASE + HEADERS):
    """The bytes of some lines of assembly; `;` ends a line as well. Forms of 16 bits are written as such."""
    with tempfile.TemporaryDirectory() as folder:
        source, parts, linked, raw = (Path(folder) / name for name in ("a.S", "a.o", "a", "a.bin"))
        compressed = re.compile(r"(^|[;:])(\s*)(c\.\w+[^;#\n]*)", re.M)
        text = compressed.sub(r"\1\2.option rvc; \3; .option norvc", text)
        source.write_text(f".option norvc\n.option norelax\n{text}\n")
        tool("as", f"-march={MARCH}", "-o", parts, source)
        tool("ld", "--no-relax", f"-Ttext={at:#x}", "-e", f"{at:#x}", "-o", linked, parts)
        tool("objcopy", "-O", "binary", "-j", ".text", linked, raw)
        return raw.read_bytes()


def header(flags=R | X, offset=0, address=BASE, size=None, room=None, kind=1, order="<"):
    room = size if room is None else room
    return struct.pack(order + "IIQQQQQQ", kind, flags, offset, address, address, size, room, 4096)


def elf(headers, rest, entry=None, order="<"):
    """A file: its header, its program headers, and what follows them."""
    entry = BASE + 64 + 56 * len(headers) if entry is None else entry
    start = b"\x7fELF" + bytes([2, 1 if order == "<" else 2, 1]) + bytes(9)
    start += struct.pack(order + "HHIQQQIHHHHHH", 2, 243, 1, entry, 64, 0, 0, 64, 56, len(headers), 0, 0, 0)
    return start + b"".join(headers) + rest


def program(text, segments=(), entry=None):
    """Code in one segment that is the whole file; further segments are rows for `header`."""
    count = 1 + len(segments)
    code = assemble(text, BASE + 64 + 56 * count)
    size = 64 + 56 * count + len(code)
    return Shown(elf([header(size=size), *(header(**{"size": 0, **row}) for row in segments)], code, entry), text)


EXIT = "li a0, 0; li a7, 93; ecall"


def ckb_vm(*changes):
    """Where a mistake of ckb-vm was fixed."""
    return [f"https://github.com/nervosnetwork/ckb-vm/pull/{change}" for change in changes]


# --- What the model answers -------------------------------------------------------------------


def number(value):
    return value if value < 2**32 else hex(value)


def answer_run(question, version):
    state = question.get("state")
    try:
        program = question["program"]
        machine = vm_model.start(program, version, question.get("arguments", ()), question["charge_load"])
        code = machine.run(question["max_cycles"])
    except Fault as fault:
        return fault
    out = {"exit_code": code, "cycles": number(machine.cycles)}
    if state:
        out["registers"] = [number(value) for value in machine.registers]
        out["memory"] = hexed(ckbhash(bytes(machine.memory)))
    return out


# The operands that each format has.
FORMATS = {"lui": "di", "auipc": "di", "jal": "di", "jalr": "d1i"}
FORMATS |= {name: "d12" for name in vm_model.COMPUTE} | {name: "d1" for name in vm_model.UNARY}
FORMATS |= {name: "d1i" for name in [*vm_model.LOADS, *vm_model.IMMEDIATE, *vm_model.SHIFTS]}
FORMATS |= {name: "12i" for name in [*vm_model.STORES, *vm_model.HOLDS]}
OPERANDS = {"d": "rd", "1": "rs1", "2": "rs2", "i": "immediate"}


def answer_decode(question, version):
    code, at = question["code"], question["address"]
    machine = vm_model.Machine(version)
    pages = range(at // 4096, -(-(at + len(code)) // 4096))
    machine.memory[at : at + len(code)] = code
    machine.executable |= set(pages)
    try:
        item = machine.item(at)
    except Fault as fault:
        return fault
    out = {"name": item.name, "length": item.length, "cycles": item.cycles}
    if len(item.parts) == 1:
        (part,) = item.parts
        values = dict(rd=part.rd, rs1=part.rs1, rs2=part.rs2, immediate=number(part.imm))
        out |= {OPERANDS[f]: values[OPERANDS[f]] for f in FORMATS.get(part.name, "")}
    return out


def encoding(number, compressed):
    """The word of a number of `vm.legal`."""
    if compressed:
        return (number & 0x3FFF) << 2 | number >> 14
    fields = [(number & 31, 20), (number >> 5 & 127, 25), (number >> 12 & 7, 12), (number >> 15, 2)]
    return 3 | 1 << 7 | 1 << 15 | sum(value << at for value, at in fields)


@cache
def is_legal(number, compressed, version):
    word = encoding(number, compressed)
    if compressed:
        return word & 3 != 3 and vm_model.decode16(word, version) is not None
    return vm_model.decode32(word, version) is not None


def answer_legal(question, version):
    first, compressed = question["first"], question["encodings"] == "compressed"
    runs = []
    for number in range(first, first + question["count"]):
        if not is_legal(number, compressed, version):
            continue
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return {"legal": runs}


ANSWERS = {"vm.run": answer_run, "vm.decode": answer_decode, "vm.legal": answer_legal}


# --- Vector files -----------------------------------------------------------------------------


class Files(dict):
    """Files to write, by their path below `vectors/`."""


class Vector(dict):
    """A vector, and the source of its program, if that is to be shown."""

    text = None


class Topic:
    """A vector file. All of them share `asked`: a twin may stand in another file."""

    asked = {}

    def __init__(self, files, name, title, operation, comment, over=(0, 1, 2), notes=None):
        self.files, self.path, self.title, self.operation = files, f"vm/{name}.yaml", title, operation
        self.comment, self.over, self.notes, self.vectors = comment, tuple(over), notes or {}, []

    def keep(self, name, raw):
        """Keeps a program as a file of its own."""
        path = f"programs/{name}.{ckbhash(raw).hex()}.elf"
        self.files[f"vm/{path}"] = raw
        return Kept(raw, path)

    def assembled(self, name, text=None):
        """A program whose source stands beside it: one that somebody has written, or this text."""
        if text is None:
            text = (PROGRAMS / f"{name}.S").read_text()
        else:
            self.files[f"vm/programs/{name}.S"] = text.encode()
        code = assemble(text)
        return self.keep(name, elf([header(size=HEADERS + len(code))], code))

    def run(self, id_, why, rules, file, **rest):
        """Asks `vm.run`."""
        question = {"program": file, "max_cycles": rest.pop("limit", LIMIT), "charge_load": rest.pop("charge", False)}
        if "arguments" in rest:
            question["arguments"] = rest.pop("arguments")
        if rest.pop("state", False):
            question["state"] = True
        return self.ask(id_, why, rules, question, **rest)

    def decode(self, id_, why, rules, text, at=0x1000, **rest):
        code = text if isinstance(text, bytes) else assemble(text, at)
        return self.ask(id_, why, rules, {"code": code, "address": at}, **rest)

    def ask(self, id_, why, rules, question, expect=None, over=None, twin=None, flags=None, any_of=None, own=None, rev=1):
        """Adds a question. `expect` is what the author thinks: an exit code or a rule, or a dictionary of these by
        version. `own` is what an answer says of itself, by version: its rules and flags."""
        groups = []
        for version in over or self.over:
            answer = ANSWERS[self.operation](question, version)
            self.compare(id_, version, answer, expect)
            key = (answer.rule, getattr(answer, "also", set())) if isinstance(answer, Fault) else answer
            for group in groups:
                if group[0] == key:
                    group[1].append(version)
                    break
            else:
                groups.append((key, [version]))
        groups.sort(key=lambda group: (isinstance(group[0], tuple), -max(group[1])))
        self.add(id_, why, rules, question, groups, twin, flags, any_of or {}, own or {}, rev)
        return id_

    def compare(self, id_, version, answer, expect):
        expected = expect[version] if isinstance(expect, dict) and version in expect else expect
        if expected is None or isinstance(expected, dict):
            assert not isinstance(answer, Fault), f"{id_} in version {version}: {answer.rule}"
            return
        found = answer.rule if isinstance(answer, Fault) else answer.get("exit_code", answer.get("name"))
        assert found == expected, f"{id_} in version {version}: {found}, not {expected}"

    def add(self, name, why, rules, question, groups, twin, flags, any_of, own, rev):
        """Adds a vector. The first group's answer is the vector's own; what differs from it is said by the others."""
        assert name not in self.asked, name
        whys = [why] if isinstance(why, str) else why
        versions = sorted(version for _, group in groups for version in group)
        vector = Vector({"id": name, **({"rev": rev} if rev > 1 else {})})
        answers = [self.answer(answer, any_of) for answer, _ in groups]
        shown = [
            {"why": whys[min(n, len(whys) - 1)], "rules": [answer["reject"]] if "reject" in answer else rules}
            | ({"flags": flags} if flags else {})
            | own.get(group[0], {})
            for n, (answer, (_, group)) in enumerate(zip(answers, groups))
        ]
        vector |= shown[0]
        if tuple(versions) != self.over:
            vector["over"] = {"vm": versions}
        if flags:
            vector["flags"] = vector.pop("flags")
        accepted = {version for answer, group in groups if not isinstance(answer, tuple) for version in group}
        self.asked[name] = (question, accepted)
        if not twin or self.asked[twin][0].get("program") != question.get("program"):
            vector.text = getattr(question.get("program"), "text", None)
        if twin:
            near = self.asked[twin][1]
            assert near and (accepted or near.issuperset(versions)), f"{name}: its twin {twin} is rejected"
            vector["twin"], vector["change"] = twin, changes(self.asked[twin][0], question)
            assert vector["change"], f"{name} asks what {twin} asks"
        else:
            assert accepted, f"{name} has no twin"
            vector["in"] = {key: written(value) for key, value in question.items()}
        if len(groups) == 1:
            vector |= answers[0]
        else:
            vector["answers"] = [
                {"when": {"vm": sorted(group)}, **{k: v for k, v in said.items() if v != shown[0].get(k)}, **answer}
                for (_, group), said, answer in zip(groups, shown, answers)
            ]
        self.vectors.append(vector)

    def answer(self, answer, any_of):
        if not isinstance(answer, tuple):
            return {"accept": answer}
        rule, also = answer
        assert set(any_of) == also, f"any_of has to be {also}"
        return {"reject": rule} | ({"any_of": any_of} if also else {})

    def write(self):
        lines = ["# yaml-language-server: $schema=../../spec/schema/vectors.json", *(f"# {c}" for c in self.comment)]
        lines += ["# Written by generate/vm.py.", "schema: ckbspec.vectors/1", f"title: {self.title}"]
        lines += [f"operation: {self.operation}", f"over: {{vm: [{', '.join(map(str, self.over))}]}}"]
        lines += entry(0, "provenance", DERIVED)
        said = [one for vector in self.vectors for one in (vector, *vector.get("answers", ()))]
        used = {flag for one in said for flag in one.get("flags", [])}
        assert used == set(self.notes), used ^ set(self.notes)
        if self.notes:
            lines.append("notes:")
            lines += [line for key, note in self.notes.items() for line in entry(2, key, note)]
        lines.append("vectors:")
        for n, vector in enumerate(self.vectors):
            if n and "twin" not in vector:
                lines.append("")
            lines += comment_of(vector)
            body = [line for key, value in vector.items() for line in member(4, key, value)]
            lines += [f"  - {body[0].lstrip()}", *body[1:]]
        self.files[self.path] = ("\n".join(lines) + "\n").encode()


class Kept(bytes):
    """Bytes that have a file."""

    def __new__(cls, raw, path):
        kept = super().__new__(cls, raw)
        kept.path = path
        return kept


class Shown(bytes):
    """Bytes of a program whose source stands in a comment."""

    def __new__(cls, raw, text):
        shown = super().__new__(cls, raw)
        shown.text = text
        return shown


def comment_of(vector):
    text = getattr(vector, "text", None)
    return textwrap.wrap(" ".join(text.split()), 116, initial_indent="  # ", subsequent_indent="  #   ") if text else []


def written(value):
    if isinstance(value, Kept):
        return {"file": value.path}
    if isinstance(value, bytes):
        return hexed(value)
    if isinstance(value, (list, tuple)):
        return [written(one) for one in value]
    return number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def member(indent, key, value):
    """`key: value` of a vector; long lists of numbers are filled line by line."""
    blank = " " * indent
    if key == "answers":
        return [f"{blank}answers:", *(line for answer in value for line in answer_lines(indent + 2, answer))]
    flat = entry(indent, key, value)
    if key == "accept" and "legal" in value and len(flat) > 1:
        lines, line = [f"{blank}accept:"], f"{blank}  legal: ["
        for first, last in value["legal"]:
            run = f"[{first}, {last}]"
            if len(line) + len(run) > 116:
                lines, line = [*lines, line.rstrip()], " " * (indent + 10)
            line += run + ", "
        lines.append(line.rstrip(", ") + "]")
        return lines
    if key == "accept" and "registers" in value:
        quoted = lambda v: str(v) if isinstance(v, int) else f'"{v}"'
        lines = [f"{blank}accept:", *(f"{blank}  {k}: {quoted(v)}" for k, v in value.items() if k != "registers")]
        shown = [quoted(v) for v in value["registers"]]
        rows = [", ".join(shown[n : n + 8]) for n in range(0, 32, 8)]
        heads = [f"{blank}  registers: [", *[" " * (indent + 14)] * 3]
        return lines + [f"{head}{row}{end}" for head, row, end in zip(heads, rows, ",,,]")]
    return flat


def answer_lines(indent, answer):
    """An item of `answers`: on one line where it fits and has no long list."""
    line = f"{' ' * indent}- {flow(answer)}"
    if len(line) <= WIDTH and "registers" not in answer.get("accept", ()):
        return [line]
    body = [line for key, value in answer.items() for line in member(indent + 2, key, value)]
    return [f"{' ' * indent}- {body[0].lstrip()}", *body[1:]]


def changes(old, new):
    """What leads from one input to another, in at most three places."""
    found = {}
    assert set(new) <= set(old) | {"arguments", "state"} and set(old) <= set(new), (set(old), set(new))
    for key, value in new.items():
        if key not in old:
            raise AssertionError(f"a twin cannot add {key}")
        before = old[key]
        if before == value:
            continue
        if isinstance(value, bytes) and len(value) > 32 and len(before) > 32:
            found |= {f'"{key}[{a}..{b}]"': hexed(text) for a, b, text in splices(bytes(before), bytes(value))}
        else:
            found[key] = written(value)
    assert len(found) <= 3, found
    return found


def splices(old, new):
    if len(old) != len(new):
        head = next((n for n, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
        tail = next((n for n, (a, b) in enumerate(zip(old[::-1], new[::-1])) if a != b), min(len(old), len(new)))
        tail = min(tail, len(old) - head, len(new) - head)
        return [(head, len(old) - tail, new[head : len(new) - tail])]
    places = [n for n in range(len(old)) if old[n] != new[n]]
    runs = [[place, place + 1] for place in places]
    while len(runs) > 1:
        gaps = [after[0] - before[1] for before, after in zip(runs, runs[1:])]
        least = gaps.index(min(gaps))
        if gaps[least] >= 4 and len(runs) <= 3:
            break
        runs[least : least + 2] = [[runs[least][0], runs[least + 1][1]]]
    return [(a, b, new[a:b]) for a, b in runs]
