"""Memory, ELF files, the stack and cycles, for `vm.py`."""

import struct

from real_data import ckbhash
from vm_fusion import kept
from vm_tools import BASE, EXIT, HEADERS, Kept, R, W, X, assemble, elf, header, program

LAST = "lui a1, 0x400"
HALT = "li a7, 93; ecall"
# Arguments that leave no room: letters, with their zero octet and a vector of one argument 1 MiB.
MANY = b"a" * (2**20 - 25)


# --- Running ----------------------------------------------------------------------------------


def running(files, Topic):
    comment = ["The machine before its first instruction, where it may be, and how it ends."]
    t = Topic(files, "running", "Start, flow and end", "vm.run", comment, notes={
        "low-half": {"bug": "width", "effect": "the number of a call, or an address, cut to 32 bits"},
        "clobbered": {"bug": "register", "effect": "a register that the host uses is lost: x18 in ckb-vm for arm64 before its change 305"},
        "link-first": {"bug": "version", "effect": "jalr that reads its base before or after the link is written, in the wrong version: ckb-vm's change 92"},
        "hang": {"bug": "host", "effect": "a jump that the host never comes back from: ckb-vm before its changes 47 and 363"},
        "odd": {"bug": "alignment", "effect": "odd addresses refused or rounded, as before ckb-vm's change 49"},
    })  # fmt: skip
    run = t.run
    start = run("state-at-start", "all registers but sp are zero, and so is memory but for the program", ["VM-001", "VM-030", "VM-044"],
                program(HALT), state=True)  # fmt: skip
    run("registers-kept", "each register keeps its value", ["VM-001"], kept(t, "registers"), state=True, flags=["clobbered"])
    run("compressed", "every instruction of 16 bits", ["VM-008"], kept(t, "compressed"), state=True, expect=0)
    rules = ["VM-025", "VM-036", "VM-037", "VM-038", "VM-039", "VM-040", "VM-041", "VM-043"]
    exit_ = run("exit-0", "the smallest file that runs: a0 is the exit code", rules, program(EXIT))
    for value in (1, 127, 128, 255, -1, 511):
        word = f"minus-{-value}" if value < 0 else value
        run(f"exit-{word}", f"a0 is {value}: its low octet", ["VM-025"], program(f"li a0, {value}; {HALT}"), twin=exit_, expect=value % 256)
    run("exit-not-read-on", "an illegal word after the call does no harm", ["VM-025", "VM-004"], program(f"{EXIT}; .word 0"))
    run("illegal-reached", "the same word before the call", ["VM-004"], program(f"{EXIT.replace('ecall', '.word 0')}; ecall"), twin="exit-not-read-on", expect="VM-004")
    for value in (0, 92, 94, 1093, 2041, -1):
        word = f"minus-{-value}" if value < 0 else value
        run(f"call-{word}", f"a7 is {value}", ["VM-026"], program(f"li a0, 0; li a7, {value}; ecall"), twin=exit_, expect="VM-026")
    wide = "li a7, {}; slli a7, a7, {}; addi a7, a7, {}; ecall"
    run("call-93-by-sum", "a7 is 93, by a sum", ["VM-025"], program(wide.format(0, 32, 93)))
    run("call-93-and-2-to-32", "a7 is 2^32 + 93", ["VM-026"], program(wide.format(1, 32, 93)), twin="call-93-by-sum", expect="VM-026", flags=["low-half"])
    # jalr to its own link.
    for id_, jump in (("jalr-t0", "jalr t0, 0(t0)"), ("jalr-ra", "jalr ra, 0(ra)"), ("c-jalr-ra", "c.jalr ra")):
        register = jump[-3:-1] if jump[-1] == ")" else "ra"
        text = f"lui {register}, %hi(1f); addi {register}, {register}, %lo(1f); {jump}; li a0, 1; 1: {HALT}"
        why = ["the base is read before the link is written", "version 0 writes the link first, and jumps to it"]
        run(id_, why, ["VM-006"], program(text), expect={0: 1, 1: 0, 2: 0}, flags=["link-first"])
    run("jalr-offset", ["an offset to the base", "version 0 adds it to the link"], ["VM-006"],
        program(f"lui t0, %hi(1f-8); addi t0, t0, %lo(1f-8); jalr t0, 8(t0); li a0, 1; li a0, 2; addi a0, a0, 4; 1: {HALT}"),
        expect={0: 4, 1: 0, 2: 0}, flags=["link-first"])  # fmt: skip
    # Where instructions may be.
    jump = run("jump-register", "a jump to code", ["VM-002", "VM-003"], program(f"lui t0, %hi(1f); addi t0, t0, %lo(1f); jr t0; 1: {EXIT}"))
    run("jump-behind-memory", "a jump to 4 MiB", ["VM-002"], program(f"lui t0, 0x400; addi t0, t0, 0; jr t0; {EXIT}"), twin=jump, expect="VM-002")
    run("jump-to-data", "a jump to a page that nobody has mapped", ["VM-003"], program(f"lui t0, 0x20; addi t0, t0, 0; jr t0; {EXIT}"), twin=jump, expect="VM-003")
    run("jump-to-stack", "a jump to the stack", ["VM-003"], program(f"lui t0, 0x3ff; addi t0, t0, 0; jr t0; {EXIT}"), twin=jump, expect="VM-003")
    run("jump-to-0", "a jump to address 0", ["VM-003"], program(f"lui t0, 0; addi t0, t0, 0; jr t0; {EXIT}"), twin=jump, expect="VM-003")
    run("jump-minus-2", "a jump to 2^64 - 2", ["VM-002"], program(f"lui t0, 0; addi t0, t0, -2; jr t0; {EXIT}"), twin=jump, expect="VM-002",
        over=(2,), flags=["hang"])  # fmt: skip
    run("branch-not-to-itself", "a branch to itself that is not taken", ["VM-005"], program(f"bnez a0, .; {EXIT}"))
    run("branch-to-itself", "and one that is, for ever", ["VM-051"], program(f"beqz a0, .; {EXIT}"), twin="branch-not-to-itself", expect="VM-051",
        flags=["hang"])  # fmt: skip
    for flags, name in ((R, "read-only"), (R | W, "writable")):
        row = dict(flags=flags, offset=176, address=0x20000, size=1, room=4096)
        base = run(f"page-read-{name}", f"a {name} page is read", ["VM-003"], program(f"lui t0, 0x20; lbu a1, 0(t0); {EXIT}", [row]))
        run(f"page-executed-{name}", "and jumped to", ["VM-003"], program(f"lui t0, 0x20; jalr a1, 0(t0); {EXIT}", [row]), twin=base, expect="VM-003")
    ends(t)
    odd(t)
    t.write()


def placed(text, address, *more, entry=None):
    """Code at an address of its own, executable, with further headers."""
    count = 1 + len(more)
    code = text if isinstance(text, bytes) else assemble(text, address)
    start = 64 + 56 * count
    return elf([header(offset=start, address=address, size=len(code)), *more], code, address if entry is None else entry)


def ends(t):
    """The ends of pages and of memory. Version 0 wants code at whole pages."""
    code = assemble("li a0, 0; c.j 1f; 1: li a7, 93; ecall", 0x10FF2)
    one = elf([header(offset=176, address=0x10FF2, size=len(code)), header(kind=2, size=0)], code, 0x10FF2)
    base = t.run("ends-with-page", "an instruction ends with its page, and the next page is not executable", ["VM-003"], one, over=(1, 2), expect=0)
    code = assemble("li a0, 0; c.j 1f; 1: li a7, 93; ecall", 0x10FF4)
    two = elf([header(offset=176, address=0x10FF4, size=len(code)), header(kind=2, size=0)], code, 0x10FF4)
    t.run("ends-after-page", "its second half lies in the next page, which its segment has as well", ["VM-003"], two, over=(1, 2), expect=0, twin=base)
    cut = elf([header(offset=176, address=0x10FF4, size=len(code), room=12), header(kind=2, size=0)], code, 0x10FF4)
    t.run("cut-by-page", "its second half lies in the next page, which is not executable", ["VM-003"], cut, over=(1, 2), expect="VM-003", twin="ends-after-page")
    last = placed("li a0, 0; li a7, 93; ecall", 0x3FFFF4)
    base = t.run("end-of-memory", "the last instruction of a program is the last of memory", ["VM-002"], last, over=(1, 2), expect=0)
    over = placed("li a0, 0; li a7, 93; nop", 0x3FFFF4)
    t.run("over-end-of-memory", "a no-op there, and behind it no memory", ["VM-002"], over, over=(1, 2), expect="VM-002", twin=base)


def odd(t):
    """Odd addresses, which only an odd entry leads to."""
    text = "li a0, 1; beqz zero, 1f; li a7, 93; ecall; 1: jal t0, 2f; 2: c.addi a0, -1; li a7, 93; ecall"
    code = b"\0" + assemble(text, BASE + HEADERS)
    file = elf([header(size=HEADERS + len(code))], code, BASE + HEADERS + 1)
    t.run("odd-entry", "a program at odd addresses, with a branch, a jump and an instruction of two octets", ["VM-020", "VM-043"], file, expect=0, flags=["odd"])
    code = assemble(f"c.nop; {EXIT}", 0x10FFE)
    rows = lambda room: [header(offset=HEADERS, address=0x10FFD, size=len(code), room=room)]
    why = "an instruction of two octets at 0xffd is fetched with the two behind it"
    base = t.run("odd-end-of-page", why, ["VM-003", "VM-020"], elf(rows(len(code)), code, 0x10FFD), over=(1, 2), expect=0, flags=["odd"])
    t.run("odd-end-of-page-cut", "which are not executable", ["VM-003"], elf(rows(3), code, 0x10FFD), over=(1, 2), expect="VM-003", twin=base, flags=["odd"])


# --- Loads and stores -------------------------------------------------------------------------

WIDTHS = {"lb": 1, "lbu": 1, "lh": 2, "lhu": 2, "lw": 4, "lwu": 4, "ld": 8}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}


def memory(files, Topic):
    comment = ["Where loads and stores may go."]
    t = Topic(files, "memory", "Loads and stores at the ends of memory and of pages", "vm.run", comment, notes={
        "length": {"bug": "boundary", "effect": "the width of a load left out of the check, as ckb-vm for arm64 before its change 249, or no check at all, as in assembly before its change 63"},
        "last-octet": {"bug": "version", "effect": "the last octet of memory readable in version 0, or not after it"},
        "wraps": {"bug": "overflow", "effect": "an address near 2^64 that wraps to the start of memory, as before ckb-vm's changes 78 and 136"},
        "running-code": {"bug": "cache", "effect": "a program that writes to its own code, as before ckb-vm's change 39"},
        "frames": {"bug": "memory", "effect": "memory that is filled with zeros late, or at the wrong place: ckb-vm's changes 107, 374 and 379"},
        "second-page": {"bug": "boundary", "effect": "only the page of the first octet, or of the last, is looked at: ckb-vm's changes 201 and 306"},
        "read-only": {"bug": "permission", "effect": "stores refused in a segment that is only readable: no page is only readable"},
    })  # fmt: skip
    t.run("frames", "memory over its inner borders, and at its ends", ["VM-030", "VM-020"], kept(t, "frames"), flags=["frames"], expect=0, state=True)
    for name, width in WIDTHS.items():
        load = lambda offset: program(f"{LAST}; {name} a2, {offset}(a1); {EXIT}")
        base = t.run(f"{name}-before-last-octet", f"{name} of all but the last octet", ["VM-031", "VM-032"], load(-width - 1), expect=0)
        t.run(f"{name}-last-octet", "with the last octet", ["VM-031", "VM-032"], load(-width), twin=base, expect={0: "VM-032", 1: 0, 2: 0}, flags=["last-octet"])
        t.run(f"{name}-behind-memory", "one octet further", ["VM-031"], load(1 - width), twin=base, expect="VM-031", flags=["length"])
    load = lambda name, offset: program(f"{name} a2, {offset}(zero); {EXIT}")
    base = t.run("ld-0", "ld of the first octets", ["VM-031"], load("ld", 0), expect=0)
    for offset in (-1, -4, -8):
        t.run(f"ld-minus{offset}", f"ld from 2^64 - {-offset}", ["VM-031"], load("ld", offset), twin=base, expect="VM-031", flags=["wraps"])
    t.run("lb-minus-1", "lb from 2^64 - 1", ["VM-031"], load("lb", -1), twin=base, expect="VM-031", flags=["wraps"])
    for name, width in STORES.items():
        store = lambda offset: program(f"{LAST}; {name} a1, {offset}(a1); {EXIT}")
        base = t.run(f"{name}-last-octet", f"{name} to the last octet, in every version", ["VM-033"], store(-width), expect=0, flags=["last-octet"])
        t.run(f"{name}-behind-memory", "one octet further", ["VM-033"], store(1 - width), twin=base, expect="VM-033", flags=["length"])
    store = lambda offset: program(f"sd a2, {offset}(zero); {EXIT}")
    base = t.run("sd-0", "sd to the first octets", ["VM-033"], store(0), expect=0)
    for offset in (-1, -4, -8):
        t.run(f"sd-minus{offset}", f"sd to 2^64 - {-offset}", ["VM-033"], store(offset), twin=base, expect="VM-033", flags=["wraps"])
    # The page of the code, 0x10000, and its neighbours.
    for name in STORES:
        code = lambda at, name=name: program(f"lui a1, {at}; {name} a2, 0(a1); j 1f; 1: {EXIT}")
        base = t.run(f"{name}-beside-code", f"{name} to the page after the code", ["VM-034"], code(0x11), expect=0)
        t.run(f"{name}-to-code", f"{name} to the page of the code", ["VM-034"], code(0x10), twin=base, expect="VM-034", flags=["running-code"])
    code = lambda at, offset: program(f"lui a1, {at}; sd a2, {offset}(a1); j 1f; 1: {EXIT}")
    base = t.run("sd-before-code", "sd up to the page of the code", ["VM-034"], code(0x10, -8), expect=0)
    t.run("sd-into-code", "its last octet in the page of the code", ["VM-034"], code(0x10, -7), twin=base, expect="VM-034", flags=["second-page"])
    t.run("sd-out-of-code", "its first octet in the page of the code", ["VM-034"], code(0x11, -1), twin="sd-beside-code", expect="VM-034", flags=["second-page"])
    row = dict(flags=R, offset=176, address=0x20000, size=8, room=4096)
    t.run("store-to-read-only", "a segment without W takes stores", ["VM-034"], program(f"lui a1, 0x20; sb a1, 1(a1); lbu a0, 1(a1); {EXIT}", [row]), expect=0, flags=["read-only"])
    t.write()


# --- ELF --------------------------------------------------------------------------------------


def patched(file, at, octets):
    return file[:at] + octets + file[at + len(octets) :]


def elf_files(files, Topic):
    comment = ["What of an ELF file is looked at, and what is not. The program is an exit, with 0 where nothing else is said."]
    t = Topic(files, "elf", "ELF files", "vm.run", comment, notes={
        "sections": {"bug": "parsing", "effect": "what no machine needs is parsed, and what is wrong in it stops the host: goblin in ckb-vm before its changes 143 and 144"},
        "offset": {"bug": "overflow", "effect": "an offset behind the file that stops the host, as in ckb-vm before its change 61"},
        "wraps": {"bug": "overflow", "effect": "a sum of an address and a size that stops the host, or that wraps into memory: ckb-vm's change 78"},
        "too-strict": {"bug": "parsing", "effect": "a field checked that the node does not look at"},
        "hang": {"bug": "host", "effect": "the last of all addresses taken for an empty place of a cache: ckb-vm before its change 363"},
        "frozen": {"bug": "version", "effect": "writable segments frozen after version 0, or not in it: ckb-vm's change 142"},
    })  # fmt: skip
    plain = program(EXIT)
    rejected = lambda id_, why, at, octets, rule, **rest: t.run(id_, why, [rule], patched(plain, at, octets), twin="exit-0", expect=rule, **rest)
    taken = lambda id_, why, at, octets, rule, **rest: t.run(id_, why, [rule], patched(plain, at, octets), twin="exit-0", expect=0, **rest)
    for n in range(4):
        rejected(f"elf-magic-{n}", f"octet {n} of the magic number is wrong", n, bytes([plain[n] ^ 1]), "VM-036")
    for value in (0, 1, 3):
        rejected(f"elf-class-{value}", f"class {value}: {'32 bits' if value == 1 else 'none'}", 4, bytes([value]), "VM-036")
    for value in (0, 3):
        rejected(f"elf-order-{value}", f"order of octets {value}", 5, bytes([value]), "VM-036")
    big = elf([header(size=len(plain), order=">")], plain[HEADERS:], order=">")
    t.run("elf-big-endian", "headers with the most significant octet first; the code is as ever", ["VM-036"], big, expect=0, flags=["too-strict"])
    for length in (0, 63):
        t.run(f"elf-of-{length}-octets", f"a file of {length} octets", ["VM-036"], plain[:length], twin="exit-0", expect="VM-036")
    rejected("elf-no-headers", "no program header: nothing is loaded, nothing can be executed", 56, b"\0\0", "VM-003")
    ignored = patched(plain, 6, b"\xff" * 10 + b"\xff" * 8)
    t.run("elf-ignored-start", "version, system, type and machine are not looked at", ["VM-036"], ignored, twin="exit-0", expect=0, flags=["too-strict"])
    taken("elf-ignored-sections", "nor are sections, flags, and sizes of headers", 40, b"\xff" * 16, "VM-036", flags=["sections"])
    taken("elf-ignored-section-counts", "nor are their numbers", 58, b"\xff" * 6, "VM-036", flags=["sections"])
    rejected("elf-2-headers-in-3", "three program headers in a file that has room for two", 56, b"\x03\0", "VM-037")
    rejected("elf-65535-headers", "65,535 program headers", 56, b"\xff\xff", "VM-037")
    rejected("elf-table-over-end", "the table begins one octet too late", 32, struct.pack("<Q", len(plain) - 55), "VM-037")
    rejected("elf-table-behind", "the table begins behind the file", 32, struct.pack("<Q", len(plain) + 1), "VM-037", flags=["offset"])
    rejected("elf-table-minus-1", "the table begins at 2^64 - 1", 32, b"\xff" * 8, "VM-037", flags=["offset"])
    moved = elf([header(size=132)], b"", BASE + 120)[:64]
    late = moved[:32] + struct.pack("<Q", 76) + moved[40:64] + assemble(EXIT)
    late = patched(late + header(size=132), 24, struct.pack("<Q", BASE + 64))
    t.run("elf-table-at-end", "the table is the end of the file, behind the code", ["VM-037"], late, expect=0)
    # Segments within the file: the program's own header stands at 64.
    second = lambda **row: program(EXIT, [{"flags": R | W, "address": 0x20000, "room": 16, **row}])
    full = len(second())
    base = t.run("segment-to-end", "a second segment is the last octet of the file", ["VM-038"], second(offset=full - 1, size=1), expect=0)
    segment = lambda id_, why, expect=0, rule="VM-038", near=base, **row: t.run(id_, why, [rule], second(**{"offset": full - 1, "size": 1, **row}), twin=near, expect=expect, **FLAGS.get(id_, {}))
    segment("segment-over-end", "one octet more", "VM-038", size=2)
    segment("segment-empty-at-end", "none, at the end of the file", offset=full, size=0)
    segment("segment-empty-behind", "none, behind the end of the file", "VM-038", offset=full + 1, size=0)
    segment("segment-minus-1", "one octet at 2^64 - 1", "VM-038", offset=2**64 - 1)
    segment("segment-wraps", "16 octets at 2^64 - 8", "VM-038", offset=2**64 - 8, size=16)
    segment("segment-size-minus-1", "2^64 - 1 octets", "VM-038", size=2**64 - 1)
    segment("segment-not-loaded", "one that is not loaded may be anything", kind=2, offset=2**64 - 1, flags=7)
    # Flags.
    for flags in range(8):
        fits = flags & R and flags & (W | X) != W | X
        name = "".join(letter if flags & bit else "" for letter, bit in (("r", R), ("w", W), ("x", X))) or "none"
        if flags != R | W:
            segment(f"segment-flags-{name}", f"flags {flags:03b}", 0 if fits else "VM-039", "VM-039", flags=flags)
    segment("segment-flags-more", "other flags are not looked at", 0, "VM-039", flags=0xFFFFFFF8 | R | W)
    # Within memory.
    segment("segment-last-page", "the last page of memory", 0, "VM-040", address=0x3FF000, room=4096)
    segment("segment-over-memory", "one octet more", "VM-040", "VM-040", "segment-last-page", address=0x3FF000, room=4097)
    segment("segment-behind-memory", "an octet at 4 MiB", "VM-040", "VM-040", address=0x400000, room=1)
    segment("segment-nothing-behind", "no octet at 4 MiB", 0, "VM-040", address=0x400000, room=0)
    segment("segment-nothing-further", "no octet at the page after that", "VM-040", "VM-040", "segment-nothing-behind", address=0x401000, room=0)
    segment("segment-last-of-64-bits", "the last page of 2^64", "VM-040", "VM-040", address=2**64 - 4096, room=4096)
    segment("segment-room-minus-1", "a size of 2^64 - 1, rounded up: nothing", 0, "VM-040", room=2**64 - 1)
    segment("segment-room-wraps", "the same one octet into a page: the padding has no room", "VM-040", "VM-040", "segment-room-minus-1", address=0x20001, room=2**64 - 1)
    segment("segment-room-half", "a size of 2^63", "VM-040", "VM-040", room=2**63)
    loading(t)
    t.write()


FLAGS = {name: {"flags": ["wraps"]} for name in (
    "segment-wraps", "segment-room-minus-1", "segment-room-wraps", "segment-last-of-64-bits", "segment-size-minus-1",
)} | {"segment-minus-1": {"flags": ["offset"]}, "segment-empty-behind": {"flags": ["offset"]}}  # fmt: skip
FLAGS |= {"segment-flags-more": {"flags": ["too-strict"]}, "segment-not-loaded": {"flags": ["sections"]}}


def loading(t):
    """What of segments is in memory: a program exits with an octet of it."""
    def reads(address, *rows):
        return program(f"lui a1, {address >> 12}; lbu a0, {address & 0xFFF}(a1); {HALT}" if address & 0xFFF < 2048 else
                       f"lui a1, {(address >> 12) + 1}; lbu a0, {(address & 0xFFF) - 4096}(a1); {HALT}", rows)  # fmt: skip

    data = dict(flags=R | W, offset=1, size=3, address=0x20000, room=3)  # "ELF"
    base = t.run("load-first", "the first octet of a segment", ["VM-041"], reads(0x20000, data), expect=0x45)
    t.run("load-last", "its last octet", ["VM-041"], reads(0x20002, data), twin=base, expect=0x46)
    t.run("load-after", "zero after it", ["VM-041"], reads(0x20003, data), twin=base, expect=0)
    t.run("load-beyond-size", "a size in memory below that in the file: the page is filled from the file all the same", ["VM-041"],
          reads(0x20002, {**data, "room": 1}), twin=base, expect=0x46, flags=["too-strict"])  # fmt: skip
    t.run("load-nothing", "no size in memory, and a size in the file: nothing", ["VM-041"], reads(0x20000, {**data, "room": 0}), twin=base, expect=0)
    t.run("load-unaligned", "a writable segment in the middle of a page", ["VM-041"], reads(0x20802, {**data, "address": 0x20800}), twin=base, expect=0x46)
    long = {**data, "offset": 0, "size": 176, "address": 0x20FFF, "room": 1}
    t.run("load-cut-at-page", "a segment of one octet at the end of a page: what the file has beyond is not loaded", ["VM-041"], reads(0x21000, long), expect=0)
    t.run("load-into-next-page", "two octets in memory: the second page is there", ["VM-041"], reads(0x21000, {**long, "room": 2}), twin="load-cut-at-page", expect=0x45)
    # Segments over segments.
    twice = lambda first, second, at=0x20000: reads(at, {**data, **first}, {**data, "offset": 2, "size": 2, "room": 2, **second})
    why = ["a later segment takes whole pages, and what was there is gone", "version 0 freezes writable pages"]
    away = dict(address=0x21000)
    base = t.run("load-two", "two segments in two pages", ["VM-035", "VM-041"], twice({}, away, 0x20000), expect=0x45)
    expect = lambda value: {0: "VM-035", 1: value, 2: value}
    t.run("load-over", why, ["VM-035", "VM-041"], twice({}, dict(address=0x20800)), twin=base, expect=expect(0), flags=["frozen"])
    t.run("load-over-second", "and the later one is there", ["VM-041"], twice({}, dict(address=0x20800), 0x20801), twin=base, over=(1, 2), expect=0x46, flags=["frozen"])
    t.run("load-code-over-writable", ["code over a writable segment", why[1]], ["VM-035"], twice({}, dict(flags=R | X)), twin=base, expect=expect(0x4C), flags=["frozen"])
    t.run("load-over-read-only", "a read-only segment is frozen", ["VM-035"], twice(dict(flags=R), {}), twin=base, expect="VM-035", flags=["frozen"])
    t.run("load-over-code", "an executable one is frozen", ["VM-035"], twice(dict(flags=R | X), {}), twin=base, expect="VM-035", flags=["frozen"])
    t.run("load-beside-code", "a segment in the page of the code, beside it", ["VM-035"], twice({}, dict(address=0x10800)), twin=base, expect="VM-035", flags=["frozen"])
    own = placed(EXIT, 0x10800)
    why = ["code in the middle of a page", "version 0 wants it to begin with one"]
    t.run("code-unaligned", why, ["VM-042"], own, twin=None, expect={0: "VM-042", 1: 0, 2: 0})
    t.run("code-aligned", "code at the start of a page, with room for the whole page", ["VM-042"], placed(EXIT, 0x10000), expect=0)
    t.run("code-unaligned-by-1", "one octet into it", ["VM-042"], placed(EXIT, 0x10001, entry=0x10001), twin="code-aligned", over=(0,), expect="VM-042")
    # The entry.
    text = f"li a0, 1; {HALT}; {EXIT}"
    base = t.run("entry-first", "a program that begins at its first instruction", ["VM-043"], program(text), expect=1)
    t.run("entry-fourth", "one that begins later", ["VM-043"], program(text, entry=BASE + HEADERS + 12), twin=base, expect=0)
    t.run("entry-0", "one that begins at 0, where nothing is", ["VM-003"], program(text, entry=0), twin=base, expect="VM-003")
    t.run("entry-4-mib", "one that begins behind memory", ["VM-002"], program(text, entry=4 << 20), twin=base, expect="VM-002")
    t.run("entry-minus-1", "one that begins at 2^64 - 1", ["VM-002"], program(text, entry=2**64 - 1), twin=base, expect="VM-002", over=(2,), flags=["hang"])


# --- The stack and cycles ---------------------------------------------------------------------


def stack(files, Topic):
    comment = ["Arguments on the stack: where they are, how, and how many. The memory at the end is compared as a whole."]
    t = Topic(files, "stack", "The stack", "vm.run", comment, notes={
        "final-zero": {"bug": "version", "effect": "no zero after the addresses of the arguments, or one in version 0: ckb-vm's change 98"},
        "alignment": {"bug": "version", "effect": "a stack pointer that is no multiple of 16, or one in version 0: ckb-vm's change 97"},
        "half-slots": {"bug": "version", "effect": "addresses of 64 bits in version 0, or of 32 after it"},
        "over-code": {"bug": "permission", "effect": "arguments written over code, as in ckb-vm before its change 392"},
        "early": {"bug": "version", "effect": "the bound looked at once at the end in version 2, or after each argument before it"},
    })  # fmt: skip
    first = program(f"lw a0, 0(sp); {HALT}")
    rules = ["VM-044", "VM-045"]
    t.run("stack-empty", "no arguments", ["VM-044"], first, state=True, charge=True, expect=0)
    flags = ["final-zero", "alignment"]
    for id_, arguments, why in [
        ("one", [b"a"], "one argument"), ("two", [b"", b"ab"], "two, of which one is empty"),
        ("three", [b"first", b"second", b"third"], "three: the first lies highest"),
        ("seven", [b"1", b"2", b"3", b"4", b"5", b"6", b"7"], "seven, each of two octets: no room between the vector and the strings in version 0"),
        ("zeros", [b"\0\0", b"\0"], "zero octets in arguments"),
    ]:  # fmt: skip
        t.run(f"stack-{id_}", why, ["VM-045"], first, arguments=arguments, state=True, charge=True, flags=flags, expect=len(arguments))
    lw = program(f"ld a1, 8(sp); lbu a0, 0(a1); {HALT}")
    t.run("stack-read", "the first argument's first octet, through its address", ["VM-045"], lw, arguments=[b"xyz", b"u"], expect=0x78)
    data = dict(flags=R | W, offset=0, size=0, address=0x3FF000, room=4096)
    page = b"\xff" * 24
    base = program(EXIT, [data])
    full = elf([header(size=len(base)), header(flags=R | W, offset=len(base), address=0x3FFFE8, size=24)], base[176:] + page)
    text = "what was there stays around the slots, and between their halves in version 0"
    t.run("stack-over-data", text, ["VM-045"], full, arguments=[b""], state=True, flags=["half-slots"], expect=0)
    code = placed(EXIT, 0x3FF000)
    why = ["code in the last page, and nothing is written without arguments", "version 0 writes a count of none"]
    t.run("stack-at-code", why, ["VM-034", "VM-044"], code, arguments=[], expect={0: "VM-034", 1: 0, 2: 0}, flags=["over-code"])
    t.run("stack-over-code", "arguments in the page of the code", ["VM-034"], code, arguments=[b"a"], over=(1, 2), twin="stack-at-code", expect="VM-034", flags=["over-code"])
    path = f"programs/letters.{ckbhash(MANY).hex()}.txt"
    files[f"vm/{path}"] = MANY
    many = Kept(MANY, path)
    base = t.run("stack-full", "arguments down to 3 MiB, to the octet after version 0", ["VM-046"], first, arguments=[many], expect=1)
    t.run("stack-over", "one argument more, an empty one", ["VM-046"], first, arguments=[many, b""], twin=base, expect="VM-046")
    low = placed(f"lw a0, 0(sp); {HALT}", 0x2F0000)
    base = t.run("stack-over-far-code", "code at 0x2f0000, below a full stack", ["VM-046"], low, arguments=[many], expect=1)
    why = ["an argument below 3 MiB, and one behind it that would meet the code: version 2 stops at the first", "others write on"]
    t.run("stack-stops-early", why, ["VM-046"], low, arguments=[many, bytes(32), many], twin=base, expect={0: "VM-034", 1: "VM-034", 2: "VM-046"}, flags=["early"])
    t.write()


def cycles(files, Topic):
    comment = ["The limit to the cycle, and what loading costs."]
    t = Topic(files, "cycles", "Cycles", "vm.run", comment, notes={
        "exact": {"bug": "boundary", "effect": "a limit that may not be reached, or may be exceeded"},
        "rounding": {"bug": "rounding", "effect": "octets divided by four and rounded down, or rounded twice"},
        "what-is-charged": {"bug": "arithmetic", "effect": "octets in memory charged instead of octets of the file, or the stack left out"},
    })  # fmt: skip
    plain = program(EXIT)
    base = t.run("limit-exact", "502 cycles, and no more", ["VM-051"], plain, limit=502, expect=0, flags=["exact"])
    for limit, why in ((501, "one cycle too few"), (0, "none")):
        t.run(f"limit-{limit}", why, ["VM-051"], plain, limit=limit, twin=base, expect="VM-051", flags=["exact"])
    t.run("limit-greatest", "2^64 - 1", ["VM-051"], plain, limit=2**64 - 1, twin=base, expect=0)
    fused = program(f"divu a2, a0, a1; remu a3, a0, a1; {EXIT}")
    base = t.run("limit-fused", "a fused division", ["VM-051", "VM-013"], fused, limit=534, over=(1, 2), expect=0, flags=["exact"])
    t.run("limit-fused-533", "one cycle too few for it", ["VM-051"], fused, limit=533, over=(1, 2), twin=base, expect="VM-051", flags=["exact"])
    t.run("limit-unfused", "in version 0 its parts cost 64", ["VM-051"], fused, limit=566, over=(0,), expect=0, twin=base)
    loop = program(f"li a1, 100; 1: addi a1, a1, -1; bnez a1, 1b; {EXIT}")
    total = 1 + 100 * 4 + 502
    base = t.run("limit-loop", "a loop of 100 turns", ["VM-050", "VM-051"], loop, limit=total, expect=0, flags=["exact"])
    t.run("limit-loop-less", "one cycle too few", ["VM-051"], loop, limit=total - 1, twin=base, expect="VM-051", flags=["exact"])
    # Loading.
    charged = lambda id_, why, file, **rest: t.run(id_, why, ["VM-052"], file, charge=True, **rest)
    base = charged("charge", "the file, and 16 octets of the stack, 8 in version 0", plain, expect=0, flags=["what-is-charged"])
    for more in (1, 2, 3):
        file = elf([header(size=len(plain) + more)], plain[HEADERS:] + bytes(more))
        charged(f"charge-{more}-more", f"{more} octets more: a part of four costs as four", file, expect=0, flags=["rounding"])
    room = elf([header(size=len(plain), room=8192)], plain[HEADERS:])
    charged("charge-not-room", "octets that the file does not have cost nothing", room, twin=base, expect=0, flags=["what-is-charged"])
    less = elf([header(size=len(plain), room=0x80)], plain[HEADERS:])
    charged("charge-not-copied", "octets of the file cost, whether there is room for them or not", less, twin=base, expect=0, flags=["what-is-charged"])
    two = program(EXIT, [dict(flags=R | W, offset=0, size=7, address=0x20000, room=7), dict(flags=R | W, offset=0, size=7, address=0x21000, room=2**64 - 1)])
    charged("charge-segments", "three segments, of which one is so large that it is loaded nowhere: one sum, rounded once", two, expect=0, flags=["rounding"])
    other = program(EXIT, [dict(kind=4, offset=0, size=100, address=0x20000)])
    charged("charge-not-notes", "a note is not loaded, and not charged", other, expect=0, flags=["what-is-charged"])
    charged("charge-arguments", "with arguments, all that is below the top of the stack", plain, arguments=[b"one", b"two"], expect=0, flags=["what-is-charged"])
    for version, total in ((0, 502 + 35), (1, 502 + 37)):
        over = (0,) if version == 0 else (1, 2)
        t.run(f"limit-with-load-{total}", "the limit holds for both together", ["VM-051", "VM-052"], plain, charge=True, limit=total, over=over, expect=0, flags=["exact"])
        t.run(f"limit-with-load-{total - 1}", "one cycle too few", ["VM-051"], plain, charge=True, limit=total - 1, over=over,
              twin=f"limit-with-load-{total}", expect="VM-051", flags=["exact"])  # fmt: skip
    t.run("limit-below-load", "a limit that loading alone exceeds", ["VM-051"], plain, charge=True, limit=1, twin="charge", expect="VM-051")
    t.write()


def topic(files, Topic):
    running(files, Topic)
    memory(files, Topic)
    elf_files(files, Topic)
    stack(files, Topic)
    cycles(files, Topic)
