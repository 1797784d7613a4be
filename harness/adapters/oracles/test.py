#!/usr/bin/env python3
"""Tests of the oracles that are installed: both must say the same of small programs."""

import importlib
import shutil
import struct
import sys
import unittest

import oracle

END = [0x05D00893, 0x00000073]  # li a7, 93; ecall


def elf(words):
    code = struct.pack(f"<{len(words)}I", *words)
    ident = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    head = struct.pack("<HHIQQQIHHHHHH", 2, 243, 1, 0x10000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 120, 0x10000, 0x10000, len(code), len(code), 4096)
    return ident + head + segment + code


class Oracles(unittest.TestCase):
    def ask(self, words, machine=2):
        """What all oracles say; a fault where one says so."""
        given = {"program": "0x" + elf(words).hex()}
        question = {"op": "vm.run", "in": given, "env": {"vm": machine}}
        said = [oracle.answer(question, "", "", run) for run in RUNS]
        for answer in said:
            for field in (answer.get("ok") or {}).get("error") or {}:
                if field == "native":
                    answer["ok"]["error"].pop("native")
                    break
        self.assertTrue(all(answer == said[0] for answer in said), said)
        return said[0]

    def test_exit_codes(self):
        for code in (0, 7, 127, 0x80, 0xFFF):
            answer = self.ask([0x00000513 | code << 20, *END])
            self.assertEqual(answer, oracle.exits(code & 0xFF))

    def test_registers_begin_as_zero_but_one(self):
        for register in range(1, 32):
            # snez a0, register
            expected = 1 if register == 2 else 0
            answer = self.ask([0x00003533 | register << 20, *END])
            self.assertEqual(answer, oracle.exits(expected), f"x{register}")

    def test_the_stack_pointer_is_that_of_the_version(self):
        for machine, low in ((0, 0xF8), (1, 0xF0), (2, 0xF0)):
            # mv a0, sp; sd a0, -8(sp); ld a0, -8(sp)
            answer = self.ask([0x00010513, 0xFEA13C23, 0xFF813503, *END], machine)
            self.assertEqual(answer, oracle.exits(low))

    def test_version_0_has_no_b(self):
        # clz a0, a0
        self.assertEqual(self.ask([0x60051513, *END], 1), oracle.exits(64))
        self.assertEqual(self.ask([0x60051513, *END], 0)["ok"]["error"], {"class": "vm.illegal"})

    def test_pages_are_writable_or_executable(self):
        forbidden = {"class": "vm"}
        # auipc a0, 0; sd a0, 0(a0)
        self.assertEqual(self.ask([0x00000517, 0x00A53023, *END])["ok"]["error"], forbidden)
        # jr a0: to address 0
        self.assertEqual(self.ask([0x00050067])["ok"]["error"], forbidden)
        # lui a0, 0x400; ld a0, 0(a0): behind the end
        self.assertEqual(self.ask([0x00400537, 0x00053503, *END])["ok"]["error"], forbidden)

    def test_what_is_not_asked(self):
        for question in (
            {"program": "0x"},
            {"program": "0x" + elf(END).hex(), "arguments": ["0x"]},
        ):
            question = {"op": "vm.run", "in": question, "env": {"vm": 2}}
            self.assertIn("fault", oracle.answer(question, "", "", RUNS[0]))


if __name__ == "__main__":
    installed = {
        name: importlib.import_module(name)
        for name, tool in (("qemu", "qemu-riscv64"), ("spike", importlib.import_module("spike").SPIKE))
        if shutil.which(tool)
    }
    RUNS = [module.run for module in installed.values()]
    if not RUNS:
        sys.exit("no oracle is installed")
    print("oracles:", ", ".join(installed), file=sys.stderr)
    unittest.main()
