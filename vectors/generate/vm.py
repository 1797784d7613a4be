#!/usr/bin/env python3
"""Writes the vector files of the area `vm`, and their programs.

    python3 vectors/generate/vm.py [--check]

The script writes `vm/*.yaml` and `vm/programs/`, the same bytes at every run; it reads the sources there that
people have written. With `--check` it writes nothing and fails when a file differs from what it would write.

It needs the GNU assembler and linker for RISC-V (Debian's `binutils-riscv64-unknown-elf`), and Python's standard
library. Every expectation is the answer of `vm_model.py`, which shares nothing with the reference; where the author
knows the exit code or the rule, he says so beside, and the model has to agree.
"""

import vector_files
import vm_corners
import vm_encodings
import vm_fusion
import vm_instructions
import vm_loading
import vm_memory
from vm_tools import Files, Topic

TOPICS = [vm_instructions, vm_encodings, vm_fusion, vm_memory, vm_loading, vm_corners]


def files():
    found = Files()
    for module in TOPICS:
        module.topic(found, Topic)
    return found


if __name__ == "__main__":
    vector_files.main(files, __doc__, ["vm/*.yaml", "vm/programs/*.elf"])
