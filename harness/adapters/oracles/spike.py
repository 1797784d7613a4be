#!/usr/bin/env python3
"""Asks `spike`, the reference simulator of RISC-V, how programs end that only compute.

A program runs in user mode, in pages that are executable or writable as the virtual machine has
them; what stands around it is in `spike.S`.  Without `ecall` of another number than that of `exit`
there is nothing that it could do outside.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from oracle import PAGES, NotAsked, exits, rejects, serve

HERE = os.path.dirname(os.path.abspath(__file__))
# The environment in which the package of PyPI lies, unless it is on the PATH.
SPIKE = os.environ.get("CKBSPEC_SPIKE") or os.path.join(os.path.dirname(sys.executable), "spike")
AS, LD = "riscv64-unknown-elf-as", "riscv64-unknown-elf-ld"
SECONDS = 20
BASE = 0x8000_0000
ISA = {0: "rv64imc", 1: "rv64imc_zba_zbb_zbc_zbs", 2: "rv64imc_zba_zbb_zbc_zbs"}
# Of a trap, by its cause: fetches, loads and stores that pages forbid.
CLASSES = {2: "vm.illegal", 12: "vm", 13: "vm", 15: "vm"}
VALID, READ, WRITE, EXECUTE, USER, USED = 1, 2, 4, 8, 16, 0xC0


def tables(program, at):
    """Page tables of 4 MiB from address 0: one of the root, one of gigabytes, two of pages."""

    def table(addresses):
        entries = [address >> 12 << 10 | VALID for address in addresses]
        return struct.pack("<512Q", *entries, *[0] * (512 - len(entries)))

    memory = at + 4 * 4096
    leaves = b""
    for page in range(PAGES):
        flags = READ | EXECUTE if page in program.executable else READ | WRITE
        address = memory + page * 4096
        leaves += struct.pack("<Q", address >> 12 << 10 | flags | VALID | USER | USED)
    return table([at + 4096]) + table([at + 2 * 4096, at + 3 * 4096]) + leaves


def build(program, folder):
    """The program and what stands around it, as a file for spike."""
    with open(os.path.join(folder, "memory"), "wb") as file:
        file.write(program.memory)
    with open(os.path.join(folder, "tables"), "wb") as file:
        file.write(tables(program, BASE + 4096))
    symbols = [f"--defsym=ENTRY={program.entry}", f"--defsym=STACK={program.stack}"]
    source = os.path.join(HERE, "spike.S")
    commands = [
        [AS, "-march=rv64im_zicsr", *symbols, "-o", "object", source],
        [LD, "-N", f"-Ttext={BASE:#x}", "--no-warn-rwx-segments", "-o", "file", "object"],
    ]
    for command in commands:
        subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)
    return os.path.join(folder, "file")


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
