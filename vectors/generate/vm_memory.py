"""The machine before, while and after it runs, and its memory, for `vm.py`."""

from vm_tools import BASE, EXIT, HEADERS, R, W, assemble, ckb_vm, elf, header, program

LAST = "lui a1, 0x400"
HALT = "li a7, 93; ecall"


# --- Running ----------------------------------------------------------------------------------


def running(files, Topic):
    comment = ["The state before the first instruction, where instructions may be, and how a program ends."]
    t = Topic(files, "running", "Start, flow and end", "vm.run", comment, notes={
        "low-half": {"bug": "width", "effect": "a syscall number or an address truncated to 32 bits"},
        "clobbered": {"bug": "register", "effect": "a register that the host uses loses its value, as x18 in ckb-vm for arm64", "see": ckb_vm(305)},
        "link-first": {"bug": "version", "effect": "jalr that reads its base before the link is written in version 0, or after it from version 1 on", "see": ckb_vm(92)},
        "hang": {"bug": "host", "effect": "a jump after which the host hangs", "see": ckb_vm(47, 363)},
        "wraps": {"bug": "overflow", "effect": "a target below 0 or beyond 2^64 that crashes the host", "see": ckb_vm(78)},
        "full-block": {"bug": "cache", "effect": "the last instruction of a block of code is lost, as rorw in early ckb-vm"},
        "odd": {"bug": "alignment", "effect": "odd addresses refused or rounded", "see": ckb_vm(49)},
    })  # fmt: skip
    run = t.run
    run("state-at-start", "at the start all registers except sp are zero, and memory except the program", ["VM-001", "VM-030", "VM-044"],
                program(HALT), state=True)  # fmt: skip
    run(
        "registers-kept",
        "each register keeps its value",
        ["VM-001"],
        t.assembled("registers"),
        state=True,
        flags=["clobbered"],
    )
    run("compressed", "every 16-bit instruction", ["VM-008"], t.assembled("compressed"), state=True, expect=0)
    run("straight", ["1,500 rorw instructions without a jump", "version 0 has no rorw"], ["VM-007"], t.assembled("straight"),
        expect={0: "VM-004", 1: 0, 2: 0}, flags=["full-block"])  # fmt: skip
    rules = ["VM-025", "VM-036", "VM-037", "VM-038", "VM-039", "VM-040", "VM-041", "VM-043"]
    exit_ = run("exit-0", "the smallest file that runs: a0 is the exit code", rules, program(EXIT))
    for value in (1, 127, 128, 255, -1, 511):
        word = f"minus-{-value}" if value < 0 else value
        run(
            f"exit-{word}",
            f"a0 is {value}: the exit code is its low byte",
            ["VM-025"],
            program(f"li a0, {value}; {HALT}"),
            twin=exit_,
            expect=value % 256,
        )
    run(
        "exit-not-read-on",
        "an illegal word after the exit is never reached",
        ["VM-025", "VM-004"],
        program(f"{EXIT}; .word 0"),
    )
    run(
        "illegal-reached",
        "an illegal word before the exit",
        ["VM-004"],
        program(f"{EXIT.replace('ecall', '.word 0')}; ecall"),
        twin="exit-not-read-on",
        expect="VM-004",
    )
    for value in (0, 92, 94, 1093, 2041, -1):
        word = f"minus-{-value}" if value < 0 else value
        run(
            f"call-{word}",
            f"a7 is {value}: no such syscall",
            ["VM-026"],
            program(f"li a0, 0; li a7, {value}; ecall"),
            twin=exit_,
            expect="VM-026",
        )
    wide = "li a7, {}; slli a7, a7, {}; addi a7, a7, {}; ecall"
    run("call-93-by-sum", "a7 is 93, computed as a sum", ["VM-026", "VM-025"], program(wide.format(0, 32, 93)))
    run(
        "call-93-and-2-to-32",
        "a7 is 2^32 + 93: no such syscall",
        ["VM-026"],
        program(wide.format(1, 32, 93)),
        twin="call-93-by-sum",
        expect="VM-026",
        flags=["low-half"],
    )
    # jalr to its own link.
    for id_, jump in (("jalr-t0", "jalr t0, 0(t0)"), ("jalr-ra", "jalr ra, 0(ra)"), ("c-jalr-ra", "c.jalr ra")):
        register = jump[-3:-1] if jump[-1] == ")" else "ra"
        text = f"lui {register}, %hi(1f); addi {register}, {register}, %lo(1f); {jump}; li a0, 1; 1: {HALT}"
        why = ["jalr reads its base before it writes the link", "version 0 writes the link first, and jumps to it"]
        run(id_, why, ["VM-006"], program(text), expect={0: 1, 1: 0, 2: 0}, flags=["link-first"])
    run("jalr-offset", ["jalr adds the offset to its base", "version 0 adds the offset to the link"], ["VM-006"],
        program(f"lui t0, %hi(1f-8); addi t0, t0, %lo(1f-8); jalr t0, 8(t0); li a0, 1; li a0, 2; addi a0, a0, 4; 1: {HALT}"),
        expect={0: 4, 1: 0, 2: 0}, flags=["link-first"])  # fmt: skip
    # Where instructions may be.
    jump = run(
        "jump-register",
        "a jump to code",
        ["VM-002", "VM-003"],
        program(f"lui t0, %hi(1f); addi t0, t0, %lo(1f); jr t0; 1: {EXIT}"),
    )
    run(
        "jump-behind-memory",
        "a jump to 4 MiB, the end of memory",
        ["VM-002"],
        program(f"lui t0, 0x400; addi t0, t0, 0; jr t0; {EXIT}"),
        twin=jump,
        expect="VM-002",
    )
    run(
        "jump-to-data",
        "a jump to a page without a segment",
        ["VM-003"],
        program(f"lui t0, 0x20; addi t0, t0, 0; jr t0; {EXIT}"),
        twin=jump,
        expect="VM-003",
    )
    run(
        "jump-to-stack",
        "a jump to the stack",
        ["VM-003"],
        program(f"lui t0, 0x3ff; addi t0, t0, 0; jr t0; {EXIT}"),
        twin=jump,
        expect="VM-003",
    )
    run(
        "jump-to-0",
        "a jump to address 0",
        ["VM-003"],
        program(f"lui t0, 0; addi t0, t0, 0; jr t0; {EXIT}"),
        twin=jump,
        expect="VM-003",
    )
    run("jump-minus-2", "a jump to 2^64 - 2", ["VM-002"], program(f"lui t0, 0; addi t0, t0, -2; jr t0; {EXIT}"), twin=jump, expect="VM-002",
        over=(2,), flags=["hang"])  # fmt: skip
    run("branch-not-to-itself", "a branch to itself that is not taken", ["VM-005"], program(f"bnez a0, .; {EXIT}"))
    run("branch-to-itself", "a branch to itself that is taken, until the limit is reached", ["VM-051"], program(f"beqz a0, .; {EXIT}"), twin="branch-not-to-itself", expect="VM-051",
        flags=["hang"])  # fmt: skip
    low = run("jalr-wraps", "a jump to code near address 0 by a sum that wraps around at 2^64", ["VM-005"],
              placed(f"li t0, -4; jalr zero, 16(t0); li a0, 1; 1: {EXIT}", 0), flags=["wraps"])  # fmt: skip
    for id_, jump in (("branch", "beqz zero, .-4"), ("jal", "jal zero, .-4"), ("jalr", "jalr zero, -4(zero)")):
        run(f"{id_}-below-0", f"{jump.split()[0]} to 2^64 - 4", ["VM-002"], placed(f"{jump}; {EXIT}", 0), twin=low, expect="VM-002",
            over=(2,), flags=["wraps"])  # fmt: skip
    for flags, name in ((R, "read-only"), (R | W, "writable")):
        row = dict(flags=flags, offset=176, address=0x20000, size=1, room=4096)
        base = run(
            f"page-read-{name}",
            f"a load from a {name} page",
            ["VM-003"],
            program(f"lui t0, 0x20; lbu a1, 0(t0); {EXIT}", [row]),
        )
        run(
            f"page-executed-{name}",
            f"a jump to a {name} page",
            ["VM-003"],
            program(f"lui t0, 0x20; jalr a1, 0(t0); {EXIT}", [row]),
            twin=base,
            expect="VM-003",
        )
    ends(t)
    odd(t)
    t.write()


def placed(text, address, *more, entry=None):
    """Code at an address of its own, executable, with further headers."""
    count = 1 + len(more)
    code = text if isinstance(text, bytes) else assemble(text, address)
    start = 64 + 56 * count
    return elf(
        [header(offset=start, address=address, size=len(code)), *more], code, address if entry is None else entry
    )


def ends(t):
    """The ends of pages and of memory. Version 0 wants code at whole pages."""
    code = assemble("li a0, 0; c.j 1f; 1: li a7, 93; ecall", 0x10FF2)
    one = elf([header(offset=176, address=0x10FF2, size=len(code)), header(kind=2, size=0)], code, 0x10FF2)
    base = t.run(
        "ends-with-page",
        "an instruction ends with its page; the next page is not executable",
        ["VM-003"],
        one,
        over=(1, 2),
        expect=0,
    )
    code = assemble("li a0, 0; c.j 1f; 1: li a7, 93; ecall", 0x10FF4)
    two = elf([header(offset=176, address=0x10FF4, size=len(code)), header(kind=2, size=0)], code, 0x10FF4)
    t.run(
        "ends-after-page",
        "the second half of an instruction lies in the next page of the same segment",
        ["VM-003"],
        two,
        over=(1, 2),
        expect=0,
        twin=base,
    )
    cut = elf([header(offset=176, address=0x10FF4, size=len(code), room=12), header(kind=2, size=0)], code, 0x10FF4)
    t.run(
        "cut-by-page",
        "the second half of an instruction lies in a page that is not executable",
        ["VM-003"],
        cut,
        over=(1, 2),
        expect="VM-003",
        twin="ends-after-page",
    )
    back = "1: li a0, 0; li a7, 93; ecall; c.j 1b"
    short = t.run(
        "short-ends-with-page",
        "a two-byte instruction ends with its page; the next page is not executable",
        ["VM-003"],
        placed(back, 0x10FF2, entry=0x10FFE),
        over=(1, 2),
        expect=0,
    )
    t.run(
        "short-ends-memory",
        "a two-byte instruction ends with memory",
        ["VM-002"],
        placed(back, 0x3FFFF2, entry=0x3FFFFE),
        over=(1, 2),
        expect=0,
        twin=short,
    )
    t.run(
        "half-behind-memory",
        "a four-byte instruction begins two bytes before the end of memory",
        ["VM-002"],
        placed(assemble("1: li a0, 0; li a7, 93; ecall", 0x3FFFF2) + b"\x13\0", 0x3FFFF2, entry=0x3FFFFE),
        over=(1, 2),
        expect="VM-002",
        twin="short-ends-memory",
    )
    last = placed("li a0, 0; li a7, 93; ecall", 0x3FFFF4)
    base = t.run(
        "end-of-memory",
        "the exit is the last instruction in memory",
        ["VM-002"],
        last,
        over=(1, 2),
        expect=0,
    )
    over = placed("li a0, 0; li a7, 93; nop", 0x3FFFF4)
    t.run(
        "over-end-of-memory",
        "a no-op is the last instruction in memory, and the program continues beyond it",
        ["VM-002"],
        over,
        over=(1, 2),
        expect="VM-002",
        twin=base,
    )


def odd(t):
    """Odd addresses, which only an odd entry leads to."""
    text = "li a0, 1; beqz zero, 1f; li a7, 93; ecall; 1: jal t0, 2f; 2: c.addi a0, -1; li a7, 93; ecall"
    code = b"\0" + assemble(text, BASE + HEADERS)
    file = elf([header(size=HEADERS + len(code))], code, BASE + HEADERS + 1)
    t.run(
        "odd-entry",
        "a program at odd addresses, with a branch, a jump and a two-byte instruction",
        ["VM-020", "VM-043"],
        file,
        expect=0,
        flags=["odd"],
    )
    code = assemble(f"1: {EXIT}; c.j 1b", 0x10FF2)
    rows = lambda room: [header(offset=HEADERS, address=0x10FF1, size=len(code), room=room)]
    why = "a two-byte instruction at offset 0xffd is fetched with the next two bytes"
    base = t.run(
        "odd-end-of-page",
        why,
        ["VM-003", "VM-020"],
        elf(rows(len(code) + 2), code, 0x10FFD),
        over=(1, 2),
        expect=0,
        flags=["odd"],
    )
    t.run(
        "odd-end-of-page-cut",
        "the next two bytes are fetched with a two-byte instruction at 0xffd; one is not executable",
        ["VM-003"],
        elf(rows(len(code)), code, 0x10FFD),
        over=(1, 2),
        expect="VM-003",
        twin=base,
        flags=["odd"],
    )


# --- Loads and stores -------------------------------------------------------------------------

WIDTHS = {"lb": 1, "lbu": 1, "lh": 2, "lhu": 2, "lw": 4, "lwu": 4, "ld": 8}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}


def memory(files, Topic):
    comment = ["Which addresses loads and stores may access."]
    t = Topic(files, "memory", "Loads and stores at the ends of memory and of pages", "vm.run", comment, notes={
        "length": {"bug": "boundary", "effect": "a load whose width is not checked, as in ckb-vm for arm64, or whose address is not, as in its assembly", "see": ckb_vm(249, 63)},
        "not-wanted": {"bug": "boundary", "effect": "a load to x0 skipped, with its check"},
        "last-byte": {"bug": "version", "effect": "the last byte of memory readable in version 0, or unreadable from version 1 on"},
        "wraps": {"bug": "overflow", "effect": "an address near 2^64 that wraps around to the start of memory", "see": ckb_vm(78, 136)},
        "running-code": {"bug": "cache", "effect": "a program that can write to its own code", "see": ckb_vm(39)},
        "frames": {"bug": "memory", "effect": "memory filled with zeros too late, or at the wrong place", "see": ckb_vm(107, 374, 379)},
        "second-page": {"bug": "boundary", "effect": "only the page of the first byte, or of the last, checked", "see": ckb_vm(201, 306)},
        "read-only": {"bug": "permission", "effect": "a store to a segment without W refused, although no page is read-only"},
    })  # fmt: skip
    t.run(
        "frames",
        "loads and stores across every 256 KiB of memory, and at its ends",
        ["VM-030", "VM-020"],
        t.assembled("frames"),
        flags=["frames"],
        expect=0,
        state=True,
    )
    for name, width in WIDTHS.items():
        load = lambda offset: program(f"{LAST}; {name} a2, {offset}(a1); {EXIT}")
        base = t.run(
            f"{name}-before-last-octet",
            f"{name} ends one byte before the last byte of memory",
            ["VM-031", "VM-032"],
            load(-width - 1),
            expect=0,
        )
        t.run(
            f"{name}-last-octet",
            f"{name} reads the last byte of memory",
            ["VM-031", "VM-032"],
            load(-width),
            twin=base,
            expect={0: "VM-032", 1: 0, 2: 0},
            flags=["last-byte"],
        )
        t.run(
            f"{name}-behind-memory",
            f"{name} reads one byte beyond memory",
            ["VM-031"],
            load(1 - width),
            twin=base,
            expect="VM-031",
            flags=["length"],
        )
    load = lambda name, offset: program(f"{name} a2, {offset}(zero); {EXIT}")
    base = t.run("ld-0", "ld from address 0", ["VM-031"], load("ld", 0), expect=0)
    for offset in (-1, -4, -8):
        t.run(
            f"ld-minus{offset}",
            f"ld from 2^64 - {-offset}",
            ["VM-031"],
            load("ld", offset),
            twin=base,
            expect="VM-031",
            flags=["wraps"],
        )
    t.run("lb-minus-1", "lb from 2^64 - 1", ["VM-031"], load("lb", -1), twin=base, expect="VM-031", flags=["wraps"])
    to_zero = lambda offset: program(f"{LAST}; ld zero, {offset}(a1); {EXIT}")
    base = t.run("ld-x0-before-last-octet", "ld to x0 ends one byte before the last byte of memory", ["VM-031", "VM-032"],
                 to_zero(-9), expect=0)  # fmt: skip
    t.run("ld-x0-last-octet", "ld to x0 reads the last byte of memory: the address is checked", ["VM-031", "VM-032"], to_zero(-8), twin=base, expect={0: "VM-032", 1: 0, 2: 0},
          flags=["last-byte"])  # fmt: skip
    t.run("ld-x0-behind-memory", "ld to x0 reads one byte beyond memory: the address is checked", ["VM-031"], to_zero(-7), twin=base, expect="VM-031", flags=["not-wanted"])
    for name, width in STORES.items():
        store = lambda offset: program(f"{LAST}; {name} a1, {offset}(a1); {EXIT}")
        base = t.run(
            f"{name}-last-octet",
            f"{name} writes the last byte of memory, in every version",
            ["VM-033"],
            store(-width),
            expect=0,
            flags=["last-byte"],
        )
        t.run(
            f"{name}-behind-memory",
            f"{name} writes one byte beyond memory",
            ["VM-033"],
            store(1 - width),
            twin=base,
            expect="VM-033",
            flags=["length"],
        )
    store = lambda offset: program(f"sd a2, {offset}(zero); {EXIT}")
    base = t.run("sd-0", "sd to address 0", ["VM-033"], store(0), expect=0)
    for offset in (-1, -4, -8):
        t.run(
            f"sd-minus{offset}",
            f"sd to 2^64 - {-offset}",
            ["VM-033"],
            store(offset),
            twin=base,
            expect="VM-033",
            flags=["wraps"],
        )
    base = t.run("fault-then-illegal-not-reached", "an illegal word after the exit is never reached", ["VM-004"], program(f"{LAST}; ld a2, -9(a1); {EXIT}; .word 0"), expect=0)
    t.run("fault-then-illegal", "a load beyond memory before an illegal word, which engines that decode ahead report first", ["VM-031"],
          program(f"{LAST}; ld a2, -7(a1); .word 0; {HALT}"), twin=base, expect="VM-031",
          any_of={"VM-004": "an engine may decode instructions ahead of execution"})  # fmt: skip
    # The page of the code, 0x10000, and its neighbours.
    for name in STORES:
        code = lambda at, name=name: program(f"lui a1, {at}; {name} a2, 0(a1); j 1f; 1: {EXIT}")
        base = t.run(f"{name}-beside-code", f"{name} to the page after the code", ["VM-034"], code(0x11), expect=0)
        t.run(
            f"{name}-to-code",
            f"{name} to the page of the code",
            ["VM-034"],
            code(0x10),
            twin=base,
            expect="VM-034",
            flags=["running-code"],
        )
    code = lambda at, offset: program(f"lui a1, {at}; sd a2, {offset}(a1); j 1f; 1: {EXIT}")
    base = t.run("sd-before-code", "sd ends directly before the page of the code", ["VM-034"], code(0x10, -8), expect=0)
    t.run(
        "sd-into-code",
        "sd writes its last byte to the page of the code",
        ["VM-034"],
        code(0x10, -7),
        twin=base,
        expect="VM-034",
        flags=["second-page"],
    )
    t.run(
        "sd-out-of-code",
        "sd writes its first byte to the page of the code",
        ["VM-034"],
        code(0x11, -1),
        twin="sd-beside-code",
        expect="VM-034",
        flags=["second-page"],
    )
    row = dict(flags=R, offset=176, address=0x20000, size=8, room=4096)
    t.run(
        "store-to-read-only",
        "a store to a segment without W succeeds",
        ["VM-034"],
        program(f"lui a1, 0x20; sb a1, 1(a1); lbu a0, 1(a1); {EXIT}", [row]),
        expect=0,
        flags=["read-only"],
    )
    t.write()


def topic(files, Topic):
    running(files, Topic)
    memory(files, Topic)
