"""What the oracles share: the loop of the protocol, and a program laid into memory.

An oracle is a RISC-V machine that knows nothing of CKB.  It is asked `vm.run`, and tells how a
program that only computes ends: no cycles, and no state.
"""

import json
import os
import struct
import sys

PAGE = 4096
SIZE = 4 << 20
PAGES = SIZE // PAGE
EXIT = 0x05D00893  # li a7, 93
ECALL = 0x00000073


class NotAsked(Exception):
    """A question that this machine cannot be asked."""


class Program:
    """A program in memory, as a loader lays it there that has nothing to complain about."""

    def __init__(self, question, version):
        if question.get("arguments"):
            raise NotAsked("arguments")
        self.memory = bytearray(SIZE)
        self.executable = set()
        self.entry = 0
        # A slot without arguments in version 0, 16 bytes since.
        self.stack = SIZE - 8 if version == 0 else SIZE - 16
        self.load(bytes.fromhex(question["program"][2:]))

    def load(self, file):
        if file[:5] != b"\x7fELF\x02" or len(file) < 64:
            raise NotAsked("bytes that are no ELF file of 64 bits")
        self.entry, table = struct.unpack_from("<QQ", file, 24)
        (headers,) = struct.unpack_from("<H", file, 56)
        if table + 56 * headers > len(file):
            raise NotAsked("a table of segments beyond the file")
        for at in range(table, table + 56 * headers, 56):
            kind, flags, offset, start, _, size, room, _ = struct.unpack_from("<IIQQQQQQ", file, at)
            if kind == 1:
                self.segment(flags, start, file[offset : offset + size], size, room)

    def segment(self, flags, start, raw, size, room):
        first, end = start // PAGE, -(-(start + room) // PAGE)
        pages = set(range(first, min(end, PAGES + 1)))
        sound = len(raw) == size <= room and end <= PAGES and flags & 4 and flags & 3 != 3
        if not sound or pages & self.executable:
            raise NotAsked("segments that the loader may refuse")
        self.memory[first * PAGE : end * PAGE] = bytes((end - first) * PAGE)
        self.memory[start : start + size] = raw
        if flags & 1:
            self.executable |= pages


def hello(given, name, version):
    return {
        "ctp": 1,
        "canary": given["canary"],
        "impl": {"name": name, "version": version},
        "ops": ["vm.run"],
        "axes": {"vm": [0, 1, 2]},
        # Neither `cost.cycles` nor `vm.state`: only the exit code is compared.
        "features": ["error.class"],
        "limits": {"max_inflight": 8},
        "deterministic": True,
    }


def exits(code):
    return {"ok": {"verdict": "accept", "out": {"exit_code": hex(code)}}}


def rejects(error_class, native):
    error = {"class": error_class, "native": native}
    return {"ok": {"verdict": "reject", "error": error}}


def answer(question, name, version, run):
    given = question.get("in", {})
    if question.get("must"):
        return {"unsupported": {"what": f"must: {question['must'][0]}"}}
    if question["op"] == "hello":
        return {"ok": hello(given, name, version)}
    if question["op"] != "vm.run":
        return {"unsupported": {"what": question["op"]}}
    machine = question.get("env", {}).get("vm")
    if machine is None:
        return {"fault": {"what": "the question has no version of the virtual machine"}}
    try:
        return run(Program(given, machine), machine)
    except NotAsked as why:
        return {"fault": {"what": f"not asked: {why}"}}
    except Exception as error:
        return {"fault": {"what": f"{type(error).__name__}: {error}"}}


def serve(name, version, run):
    """Answers each line by `run`, which takes a program and the version of the machine."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    for line in sys.stdin:
        question = json.loads(line)
        if question["op"] == "shutdown":
            break
        said = {"id": question["id"], **answer(question, name, version, run)}
        print(json.dumps(said), file=answers, flush=True)
