#!/usr/bin/env python3
"""Asks `qemu-riscv64` how programs end that only compute.

It runs them as programs for Linux.  Of what they may call, `exit` alone has the same number: so a
program is asked about only where each `ecall` follows `li a7, 93`.
"""

import os
import resource
import signal
import struct
import subprocess
import tempfile

from oracle import ECALL, EXIT, PAGE, PAGES, SIZE, NotAsked, exits, rejects, serve

QEMU = "qemu-riscv64"
SECONDS = 10
# What the versions have of the instructions that qemu knows: all of B, or none.
WITHOUT_B = "rv64,zba=false,zbb=false,zbc=false,zbs=false"
CLASSES = {signal.SIGILL: "vm.illegal", signal.SIGSEGV: "vm", signal.SIGBUS: "vm"}


def only_exits(program):
    for page in program.executable:
        for at in range(page * PAGE, page * PAGE + PAGE, 2):
            (word,) = struct.unpack_from("<I", program.memory[at : at + 4].ljust(4, b"\0"))
            if word != ECALL:
                continue
            before = bytes(program.memory[max(at - 4, 0) : at]).ljust(4, b"\0")
            if struct.unpack("<I", before) != (EXIT,):
                raise NotAsked("an ecall that may not be exit")


def jal(distance):
    imm = distance & 0x1FFFFF
    bits = (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3FF) << 21
    return bits | (imm >> 11 & 1) << 20 | (imm >> 12 & 0xFF) << 12 | 0x6F


def entrance(program):
    """A free page from which the program can be reached: there the stack pointer is set."""
    near = [page for page in range(program.entry // PAGE + 200, 0, -1) if page < PAGES - 256]
    free = (page for page in near if page not in program.executable
            and not any(program.memory[page * PAGE : page * PAGE + PAGE]))
    page = next(free, None)
    if page is None or abs(page * PAGE - program.entry) >= 0xFF000:
        raise NotAsked("no page is free near the entry")
    # lui sp, 0x400; addi sp, sp, stack - 4 MiB; j entry
    adjust = (program.stack - SIZE & 0xFFF) << 20 | 0x00010113
    words = [0x00400137, adjust, jal(program.entry - page * PAGE - 8)]
    program.memory[page * PAGE : page * PAGE + 12] = struct.pack("<3I", *words)
    program.executable.add(page)
    return page * PAGE


def used(raw):
    """How many there are, without the pages of zeros at the end."""
    end = len(raw)
    while end and raw.count(0, end - PAGE, end) == PAGE:
        end -= PAGE
    return end


def linux(program):
    """The program as a file for Linux: all of memory, in segments of pages that are alike."""
    entry = entrance(program)
    runs, start = [], 0
    for page in range(1, PAGES + 1):
        if page == PAGES or (page in program.executable) != (start in program.executable):
            runs.append((start * PAGE, page * PAGE, start in program.executable))
            start = page
    at = PAGE
    headers, body = b"", b""
    for start, end, executable in runs:
        raw = bytes(program.memory[start:end])
        size = len(raw) if executable else used(raw)
        fields = (1, 5 if executable else 6, at, start, start, size, end - start, PAGE)
        headers += struct.pack("<IIQQQQQQ", *fields)
        body += raw[: -(-size // PAGE) * PAGE]
        at += -(-size // PAGE) * PAGE
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    fields = (2, 243, 1, entry, 64, 0, 0, 64, 56, len(runs), 64, 0, 0)
    head = ident + struct.pack("<HHIQQQIHHHHHH", *fields) + headers
    if len(head) > PAGE:
        raise NotAsked("too many segments")
    return head.ljust(PAGE, b"\0") + body


def confine():
    """Whatever a program calls in spite of all, it is nobody, and can write and start nothing."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def run(program, machine):
    only_exits(program)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "program")
        with open(path, "wb") as file:
            file.write(linux(program))
        os.chmod(path, 0o755)
        cpu = WITHOUT_B if machine == 0 else "rv64"
        # Guest addresses begin at 0, where the host maps nothing for those without privileges.
        command = [QEMU, "-B", "0x100000000", "-cpu", cpu, path]
        try:
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, cwd=folder, env={}, timeout=SECONDS,
                                   preexec_fn=confine)
        except subprocess.TimeoutExpired:
            return rejects("limit.time", f"it ran for {SECONDS} s")
    said = ended.stderr.decode(errors="replace")[:200]
    if ended.returncode >= 0 and not said:
        return exits(ended.returncode)
    if -ended.returncode not in CLASSES:
        raise NotAsked(f"{QEMU} ended with {ended.returncode}: {said}")
    return rejects(CLASSES[-ended.returncode], signal.Signals(-ended.returncode).name)


def version():
    said = subprocess.run([QEMU, "--version"], capture_output=True, text=True, check=True).stdout
    return said.split("version ")[1].split()[0]


if __name__ == "__main__":
    serve("qemu-riscv64", version(), run)
