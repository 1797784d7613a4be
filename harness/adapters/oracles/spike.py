#!/usr/bin/env python3
"""Asks `spike`, the reference simulator of RISC-V, how programs end that only compute.

A program runs in user mode, in pages that are executable or writable as the virtual machine has
them; what stands around it is in `spike.S`.  Without `ecall` of another number than that of `exit`
there is nothing that it could do outside.
"""

import importlib.util
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from functools import cache

from oracle import PAGE, PAGES, SIZE, NotAsked, exits, rejects, serve

HERE = os.path.dirname(os.path.abspath(__file__))
# In the package of PyPI, whose own `spike` is a script that takes longer than the simulator.
PACKAGE = importlib.util.find_spec("riscv")
PLACE = PACKAGE.submodule_search_locations[0] if PACKAGE else ""
SPIKE = os.environ.get("CKBSPEC_SPIKE") or os.path.join(PLACE, "data", "bin", "spike")
AS, LD = "riscv64-unknown-elf-as", "riscv64-unknown-elf-ld"
SECONDS = 20
BASE = 0x8000_0000
# Behind the page of spike.S: four pages of tables, and the program.
TABLES, MEMORY = BASE + PAGE, BASE + 5 * PAGE
# Zicclsm is why an access may be misaligned.
B = "_zba_zbb_zbc_zbs"
ISA = {0: "rv64imc_zicclsm", 1: f"rv64imc{B}_zicclsm", 2: f"rv64imc{B}_zicclsm"}
# Of a trap, by its cause: fetches, loads and stores that pages forbid.
CLASSES = {2: "vm.illegal", 12: "vm", 13: "vm", 15: "vm"}
VALID, READ, WRITE, EXECUTE, USER, USED = 1, 2, 4, 8, 16, 0xC0


def tables(program, at):
    """Page tables of 4 MiB from address 0: one of the root, one of gigabytes, two of pages."""

    def table(addresses):
        entries = [address >> 12 << 10 | VALID for address in addresses]
        return struct.pack("<512Q", *entries, *[0] * (512 - len(entries)))

    leaves = b""
    for page in range(PAGES):
        flags = READ | EXECUTE if page in program.executable else READ | WRITE
        address = MEMORY + page * PAGE
        leaves += struct.pack("<Q", address >> 12 << 10 | flags | VALID | USER | USED)
    return table([at + PAGE]) + table([at + 2 * PAGE, at + 3 * PAGE]) + leaves


@cache
def surroundings():
    """What `spike.S` assembles to."""
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(HERE, "spike.S")
        for command in (
            [AS, "-march=rv64im_zicsr", "-o", "object", source],
            [LD, "-N", f"-Ttext={BASE:#x}", "--no-warn-rwx-segments", "-o", "file", "object"],
        ):
            subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
        with open(os.path.join(folder, "file"), "rb") as file:
            return file.read()


def build(program, folder):
    """The program and what stands around it, as a file for spike: that of `spike.S`, and behind it
    tables and memory, in segments of their own, which leave out pages of zeros."""
    file = bytearray(surroundings())
    (headers,) = struct.unpack_from("<Q", file, 32)
    (count,) = struct.unpack_from("<H", file, 56)
    own = [bytes(file[at : at + 56]) for at in range(headers, headers + 56 * count, 56)]
    fields = (struct.unpack("<IIQQQQQQ", one) for one in own)
    text = next(offset for kind, _, offset, *_ in fields if kind == 1)
    struct.pack_into("<QQ", file, text + 8, program.entry, program.stack)
    pages = [(TABLES, tables(program, TABLES))]
    for at in range(0, SIZE, PAGE):
        raw = bytes(program.memory[at : at + PAGE])
        if raw.count(0) < PAGE:
            pages.append((MEMORY + at, raw))
    for address, raw in pages:
        fields = (1, 7, len(file), address, address, len(raw), len(raw), 1)
        own.append(struct.pack("<IIQQQQQQ", *fields))
        file += raw
    struct.pack_into("<Q", file, 32, len(file))
    struct.pack_into("<H", file, 56, len(own))
    path = os.path.join(folder, "file")
    with open(path, "wb") as out:
        out.write(file + b"".join(own))
    return path


def run(program, machine):
    with tempfile.TemporaryDirectory() as folder:
        command = [SPIKE, f"--isa={ISA[machine]}", "--priv=msu", "-m16", build(program, folder)]
        try:
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                   text=True, timeout=SECONDS, cwd=folder)
        except subprocess.TimeoutExpired:
            return rejects("limit.time", f"it ran for {SECONDS} s")
    said = ended.stdout + ended.stderr
    report = re.search(r"tohost = (\d+)", said)
    if not report:
        raise NotAsked(f"spike ended with {ended.returncode}: {said[:200]}")
    kind, value = divmod(int(report[1]), 0x1000)
    if kind == 1:
        return exits(value)
    if kind == 3:
        return rejects("vm.no-syscall", "an ecall that is not exit")
    if value not in CLASSES:
        raise NotAsked(f"trap {value}")
    return rejects(CLASSES[value], f"trap {value}")


def version():
    said = subprocess.run([SPIKE, "--help"], capture_output=True, text=True)
    found = re.search(r"Simulator (\S+)", said.stdout + said.stderr)
    return found[1] if found else "unknown"


if __name__ == "__main__":
    for tool in (SPIKE, AS, LD):
        if not shutil.which(tool):
            sys.exit(f"there is no {tool}")
    serve("spike", version(), run)
