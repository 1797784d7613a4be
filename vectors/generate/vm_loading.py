"""ELF files, the stack and cycles, for `vm.py`."""

import struct

from hashes import ckbhash
from vm_memory import HALT, placed
from vm_tools import BASE, EXIT, HEADERS, Kept, R, W, X, assemble, ckb_vm, elf, header, program

# An argument that leaves no room: its letters, its zero byte and a vector for one argument are 1 MiB.
MANY = b"a" * (2**20 - 25)


# --- ELF --------------------------------------------------------------------------------------


def patched(file, at, raw):
    return file[:at] + raw + file[at + len(raw) :]


def elf_files(files, Topic):
    comment = [
        "Which fields of an ELF file are checked, and which are not. Most programs only exit with 0."
    ]
    t = Topic(files, "elf", "ELF files", "vm.run", comment, notes={
        "sections": {"bug": "parsing", "effect": "fields parsed that no machine needs, so that a wrong value crashes the host, as goblin did in ckb-vm", "see": ckb_vm(143, 144)},
        "offset": {"bug": "overflow", "effect": "an offset beyond the end of the file that crashes the host", "see": ckb_vm(61)},
        "wraps": {"bug": "overflow", "effect": "a sum of address and size that crashes the host, or wraps around into memory", "see": ckb_vm(78)},
        "too-strict": {"bug": "parsing", "effect": "a field checked that the node ignores"},
        "hang": {"bug": "host", "effect": "address 2^64 - 1 taken for the mark of an empty cache slot", "see": ckb_vm(363)},
        "frozen": {"bug": "version", "effect": "writable segments frozen from version 1 on, or not frozen in version 0", "see": ckb_vm(142)},
    })  # fmt: skip
    plain = program(EXIT)
    rejected = lambda id_, why, at, raw, rule, **rest: t.run(
        id_, why, [rule], patched(plain, at, raw), twin="exit-0", expect=rule, **rest
    )
    taken = lambda id_, why, at, raw, rule, **rest: t.run(
        id_, why, [rule], patched(plain, at, raw), twin="exit-0", expect=0, **rest
    )
    for n in range(4):
        rejected(f"elf-magic-{n}", f"byte {n} of the magic number is wrong", n, bytes([plain[n] ^ 1]), "VM-036")
    for value in (0, 1, 3):
        rejected(
            f"elf-class-{value}", f"the class is {value}, {'which means 32 bits' if value == 1 else 'which does not exist'}", 4, bytes([value]), "VM-036"
        )
    for value in (0, 3):
        rejected(f"elf-order-{value}", f"the byte order is {value}, which does not exist", 5, bytes([value]), "VM-036")
    big = elf([header(size=len(plain), order=">")], plain[HEADERS:], order=">")
    t.run(
        "elf-big-endian",
        "a big-endian file: its headers are big-endian, its code is little-endian",
        ["VM-036"],
        big,
        expect=0,
        flags=["too-strict"],
    )
    for value in (0, 3):
        t.run(f"elf-big-endian-order-{value}", f"big-endian headers, and byte order {value}, which does not exist", ["VM-036"], patched(big, 5, bytes([value])),
              twin="elf-big-endian", expect="VM-036")  # fmt: skip
    for length in (0, 4, 16, 63):
        t.run(
            f"elf-of-{length}-octets",
            f"a file of {length} bytes",
            ["VM-036"],
            plain[:length],
            twin="exit-0",
            expect="VM-036",
        )
    rejected("elf-no-headers", "a file without program headers: nothing is loaded, so nothing can be executed", 56, b"\0\0", "VM-003")
    t.run("elf-of-63-octets-no-headers", "a file of 63 bytes without program headers", ["VM-036"], patched(plain, 56, b"\0\0")[:63],
          twin="exit-0", expect="VM-036")  # fmt: skip
    taken("elf-ignored-physical", "the physical address of a segment is not checked", 88, b"\xff" * 8, "VM-041", flags=["too-strict"])
    taken("elf-ignored-alignment", "the alignment of a segment is not checked", 112, b"\xff" * 8, "VM-041", flags=["too-strict"])
    ignored = patched(plain, 6, b"\xff" * 10 + b"\xff" * 8)
    t.run(
        "elf-ignored-start",
        "version, operating system, type and machine are not checked",
        ["VM-036"],
        ignored,
        twin="exit-0",
        expect=0,
        flags=["too-strict"],
    )
    taken(
        "elf-ignored-sections",
        "the offset of the sections, the flags and the sizes of headers are not checked",
        40,
        b"\xff" * 16,
        "VM-036",
        flags=["sections"],
    )
    taken("elf-ignored-section-counts", "the size, number and name index of section headers are not checked", 58, b"\xff" * 6, "VM-036", flags=["sections"])
    rejected("elf-2-headers-in-3", "the file states three program headers and has room for two", 56, b"\x03\0", "VM-037")
    rejected("elf-65535-headers", "the file states 65,535 program headers and has one", 56, b"\xff\xff", "VM-037")
    rejected(
        "elf-table-over-end", "the table of program headers ends one byte beyond the file", 32, struct.pack("<Q", len(plain) - 55), "VM-037"
    )
    rejected(
        "elf-table-behind",
        "the table of program headers begins beyond the end of the file",
        32,
        struct.pack("<Q", len(plain) + 1),
        "VM-037",
        flags=["offset"],
    )
    rejected("elf-table-minus-1", "the table of program headers begins at 2^64 - 1", 32, b"\xff" * 8, "VM-037", flags=["offset"])
    moved = elf([header(size=132)], b"", BASE + 120)[:64]
    late = moved[:32] + struct.pack("<Q", 76) + moved[40:64] + assemble(EXIT)
    late = patched(late + header(size=132), 24, struct.pack("<Q", BASE + 64))
    t.run("elf-table-at-end", "the table of program headers is at the end of the file, after the code", ["VM-037"], late, expect=0)
    # Segments within the file: the program's own header stands at 64.
    second = lambda **row: program(EXIT, [{"flags": R | W, "address": 0x20000, "room": 16, **row}])
    full = len(second())
    base = t.run(
        "segment-to-end",
        "a segment of one byte, the last of the file",
        ["VM-038"],
        second(offset=full - 1, size=1),
        expect=0,
    )
    segment = lambda id_, why, expect=0, rule="VM-038", near=base, **row: t.run(
        id_,
        why,
        [rule],
        second(**{"offset": full - 1, "size": 1, **row}),
        twin=near,
        expect=expect,
        **FLAGS.get(id_, {}),
    )
    segment("segment-over-end", "a segment ends one byte beyond the file", "VM-038", size=2)
    segment("segment-empty-at-end", "a segment of no bytes at the end of the file", offset=full, size=0)
    segment("segment-empty-behind", "a segment of no bytes, one byte beyond the end of the file", "VM-038", offset=full + 1, size=0)
    segment("segment-minus-1", "a segment of one byte at offset 2^64 - 1", "VM-038", offset=2**64 - 1)
    segment("segment-wraps", "a segment of 16 bytes at offset 2^64 - 8", "VM-038", offset=2**64 - 8, size=16)
    segment("segment-size-minus-1", "a segment of 2^64 - 1 bytes", "VM-038", size=2**64 - 1)
    segment("segment-not-loaded", "a segment that is not loaded may have any offset and flags", kind=2, offset=2**64 - 1, flags=7)
    segment("segment-interpreter", "the segment that names an interpreter may have any offset", kind=3, offset=2**64 - 1)
    # Flags.
    for flags in range(8):
        fits = flags & R and flags & (W | X) != W | X
        name = "".join(letter if flags & bit else "" for letter, bit in (("r", R), ("w", W), ("x", X))) or "none"
        if flags != R | W:
            segment(f"segment-flags-{name}", f"the segment flags R, W and X are {flags:03b}", 0 if fits else "VM-039", "VM-039", flags=flags)
    segment("segment-flags-more", "segment flags other than R, W and X are not checked", 0, "VM-039", flags=0xFFFFFFF8 | R | W)
    # Within memory.
    segment("segment-empty-at-0", "a segment at address 0 without bytes in the file", 0, "VM-041", address=0, size=0)
    segment("segment-last-page", "a segment in the last page of memory", 0, "VM-040", address=0x3FF000, room=4096)
    segment(
        "segment-over-memory", "a segment ends one byte beyond memory", "VM-040", "VM-040", "segment-last-page", address=0x3FF000, room=4097
    )
    segment("segment-behind-memory", "a segment of one byte at 4 MiB, beyond memory", "VM-040", "VM-040", address=0x400000, room=1)
    segment("segment-nothing-behind", "a segment of size 0 at 4 MiB, the end of memory", 0, "VM-040", address=0x400000, room=0)
    segment(
        "segment-nothing-further",
        "a segment of size 0 one page beyond memory",
        "VM-040",
        "VM-040",
        "segment-nothing-behind",
        address=0x401000,
        room=0,
    )
    segment("segment-last-of-64-bits", "a segment in the last page of the 64-bit address space", "VM-040", "VM-040", address=2**64 - 4096, room=4096)
    segment("segment-room-minus-1", "a size in memory of 2^64 - 1 is rounded up to 0: nothing is loaded", 0, "VM-040", room=2**64 - 1)
    segment(
        "segment-room-wraps",
        "size 2^64 - 1 plus 1 byte of padding wraps around to 0, which has no room for the padding",
        "VM-040",
        "VM-040",
        "segment-room-minus-1",
        address=0x20001,
        room=2**64 - 1,
    )
    segment(
        "segment-rounding-wraps",
        "size 2^64 - 2 plus 1 byte of padding is 2^64 - 1, which is rounded up to 0: no room for the padding",
        "VM-040",
        "VM-040",
        "segment-room-minus-1",
        address=0x20001,
        room=2**64 - 2,
    )
    segment("segment-room-minus-1-behind", "a size in memory of 2^64 - 1 at 4 MiB, the end of memory: nothing is loaded", 0, "VM-040", address=0x400000, room=2**64 - 1)
    segment("segment-room-minus-1-further", "a size in memory of 2^64 - 1 one page beyond memory", "VM-040", "VM-040", "segment-room-minus-1-behind",
            address=0x401000, room=2**64 - 1)  # fmt: skip
    segment("segment-nothing-over-code", "a segment of size 0 in the page of the code, which is frozen", 0, "VM-035", address=0x10000, size=0, room=0)
    segment("segment-room-minus-1-over-code", "a size of 2^64 - 1 in the page of the code, which is frozen: nothing is loaded", 0, "VM-035", address=0x10000, room=2**64 - 1)
    segment("segment-room-half", "a size in memory of 2^63", "VM-040", "VM-040", room=2**63)
    loading(t)
    t.write()


FLAGS = {name: {"flags": ["wraps"]} for name in (
    "segment-wraps", "segment-room-minus-1", "segment-room-minus-1-behind", "segment-room-minus-1-further", "segment-room-minus-1-over-code", "segment-room-wraps", "segment-rounding-wraps", "segment-last-of-64-bits", "segment-size-minus-1",
)} | {"segment-minus-1": {"flags": ["offset"]}, "segment-empty-behind": {"flags": ["offset"]}}  # fmt: skip
FLAGS |= {"segment-flags-more": {"flags": ["too-strict"]}, "segment-not-loaded": {"flags": ["sections"]}, "segment-interpreter": {"flags": ["sections"]}}


def loading(t):
    """Bytes of segments in memory: each program exits with one of them."""

    def reads(address, *rows):
        return program(f"lui a1, {address >> 12}; lbu a0, {address & 0xFFF}(a1); {HALT}" if address & 0xFFF < 2048 else
                       f"lui a1, {(address >> 12) + 1}; lbu a0, {(address & 0xFFF) - 4096}(a1); {HALT}", rows)  # fmt: skip

    data = dict(flags=R | W, offset=1, size=3, address=0x20000, room=3)  # "ELF"
    base = t.run("load-first", "the first byte of a segment is loaded", ["VM-041"], reads(0x20000, data), expect=0x45)
    t.run("elf-ignored-entry-size", "a program header has 56 bytes, whatever size the file states", ["VM-037"],
          patched(reads(0x20000, data), 54, b"\x40"), twin=base, expect=0x45, flags=["too-strict"])  # fmt: skip
    t.run("load-last", "the last byte of a segment is loaded", ["VM-041"], reads(0x20002, data), twin=base, expect=0x46)
    t.run("load-after", "the byte after a segment is zero", ["VM-041"], reads(0x20003, data), twin=base, expect=0)
    t.run("load-beyond-size", "the size in memory is less than in the file, and the page is still filled from the file", ["VM-041"],
          reads(0x20002, {**data, "room": 1}), twin=base, expect=0x46, flags=["too-strict"])  # fmt: skip
    t.run(
        "load-nothing",
        "the size in memory is 0, so nothing of the file is loaded",
        ["VM-041"],
        reads(0x20000, {**data, "room": 0}),
        twin=base,
        expect=0,
    )
    t.run(
        "load-unaligned",
        "a writable segment in the middle of a page",
        ["VM-041"],
        reads(0x20802, {**data, "address": 0x20800}),
        twin=base,
        expect=0x46,
    )
    long = {**data, "offset": 0, "size": 176, "address": 0x20FFF, "room": 1}
    t.run(
        "load-cut-at-page",
        "a segment of one byte at the end of a page: further bytes of the file are not loaded",
        ["VM-041"],
        reads(0x21000, long),
        expect=0,
    )
    t.run(
        "load-into-next-page",
        "a segment of two bytes in memory across two pages: both pages are loaded",
        ["VM-041"],
        reads(0x21000, {**long, "room": 2}),
        twin="load-cut-at-page",
        expect=0x45,
    )
    # Segments over segments.
    twice = lambda first, second, at=0x20000: reads(
        at, {**data, **first}, {**data, "offset": 2, "size": 2, "room": 2, **second}
    )
    why = ["a later segment replaces whole pages, with everything that was in them", "version 0 freezes the pages of writable segments too"]
    away = dict(address=0x21000)
    base = t.run("load-two", "two segments in two pages", ["VM-035", "VM-041"], twice({}, away, 0x20000), expect=0x45)
    expect = lambda value: {0: "VM-035", 1: value, 2: value}
    t.run(
        "load-over",
        why,
        ["VM-035", "VM-041"],
        twice({}, dict(address=0x20800)),
        twin=base,
        expect=expect(0),
        flags=["frozen"],
    )
    t.run(
        "load-over-second",
        "a later segment in the page of another is loaded",
        ["VM-041"],
        twice({}, dict(address=0x20800), 0x20801),
        twin=base,
        over=(1, 2),
        expect=0x46,
        flags=["frozen"],
    )
    t.run("load-nothing-over", ["a later segment of size 0 that does not begin with a page replaces the whole page", why[1]], ["VM-035", "VM-041"],
          twice({}, dict(address=0x20800, size=0, room=0)), twin=base, expect=expect(0), flags=["frozen"])  # fmt: skip
    t.run("load-over-rest", ["a page is zero where the later of two segments does not fill it", why[1]], ["VM-035", "VM-041"],
          twice(dict(address=0x20800), {}, 0x20800), twin=base, expect=expect(0), flags=["frozen"])  # fmt: skip
    t.run(
        "load-code-over-writable",
        ["code is loaded over a writable segment", why[1]],
        ["VM-035"],
        twice({}, dict(flags=R | X)),
        twin=base,
        expect=expect(0x4C),
        flags=["frozen"],
    )
    t.run(
        "load-over-read-only",
        "a segment over a read-only one, which is frozen",
        ["VM-035"],
        twice(dict(flags=R), {}),
        twin=base,
        expect="VM-035",
        flags=["frozen"],
    )
    t.run(
        "load-over-code",
        "a segment over an executable one, which is frozen",
        ["VM-035"],
        twice(dict(flags=R | X), {}),
        twin=base,
        expect="VM-035",
        flags=["frozen"],
    )
    t.run(
        "load-beside-code",
        "a segment beside the code, in the same page, which is frozen",
        ["VM-035"],
        twice({}, dict(address=0x10800)),
        twin=base,
        expect="VM-035",
        flags=["frozen"],
    )
    own = placed(EXIT, 0x10800)
    why = ["code in the middle of a page", "version 0 requires code to begin with a page"]
    t.run("code-unaligned", why, ["VM-042"], own, twin=None, expect={0: "VM-042", 1: 0, 2: 0})
    t.run(
        "code-aligned",
        "code at the start of a page",
        ["VM-042"],
        placed(EXIT, 0x10000),
        expect=0,
    )
    t.run(
        "code-unaligned-by-1",
        "code one byte after the start of a page",
        ["VM-042"],
        placed(EXIT, 0x10001, entry=0x10001),
        twin="code-aligned",
        over=(0,),
        expect="VM-042",
    )
    # The entry.
    text = f"li a0, 1; {HALT}; {EXIT}"
    base = t.run("entry-first", "the entry is the first instruction", ["VM-043"], program(text), expect=1)
    t.run(
        "entry-fourth",
        "the entry is a later instruction",
        ["VM-043"],
        program(text, entry=BASE + HEADERS + 12),
        twin=base,
        expect=0,
    )
    t.run(
        "entry-0",
        "the entry is address 0, where nothing is loaded",
        ["VM-003"],
        program(text, entry=0),
        twin=base,
        expect="VM-003",
    )
    t.run(
        "entry-4-mib",
        "the entry is 4 MiB, beyond memory",
        ["VM-002"],
        program(text, entry=4 << 20),
        twin=base,
        expect="VM-002",
    )
    t.run(
        "entry-minus-1",
        "the entry is 2^64 - 1",
        ["VM-002"],
        program(text, entry=2**64 - 1),
        twin=base,
        expect="VM-002",
        over=(2,),
        flags=["hang"],
    )


# --- The stack and cycles ---------------------------------------------------------------------


def stack(files, Topic):
    comment = [
        "Arguments on the stack: their place, form and number. The memory at the end is compared as a whole."
    ]
    t = Topic(files, "stack", "The stack", "vm.run", comment, notes={
        "final-zero": {"bug": "version", "effect": "no zero after the addresses of the arguments from version 1 on, or one in version 0", "see": ckb_vm(98)},
        "alignment": {"bug": "version", "effect": "a stack pointer not aligned to 16 bytes from version 1 on, or aligned in version 0", "see": ckb_vm(97)},
        "half-slots": {"bug": "version", "effect": "all 8 bytes of a slot written in version 0, or only 4 from version 1 on"},
        "over-code": {"bug": "permission", "effect": "arguments written over code", "see": ckb_vm(392)},
        "checked-first": {"bug": "order", "effect": "the bound of the stack checked before anything is written, or loaded"},
        "early": {"bug": "version", "effect": "the bound of the stack checked only at the end in version 2, or after each argument in versions 0 and 1"},
    })  # fmt: skip
    first = program(f"lw a0, 0(sp); {HALT}")
    t.run("stack-empty", "no arguments", ["VM-044"], first, state=True, charge=True, expect=0)
    flags = ["final-zero", "alignment"]
    for id_, arguments, why in [
        ("one", [b"a"], "one argument"), ("two", [b"", b"ab"], "two arguments, the first of them empty"),
        ("three", [b"first", b"second", b"third"], "three arguments: the first has the highest address"),
        ("seven", [b"1", b"2", b"3", b"4", b"5", b"6", b"7"], "seven arguments of one byte each: in version 0 the slots are directly below the strings"),
        ("zeros", [b"\0\0", b"\0"], "arguments that contain zero bytes"),
    ]:  # fmt: skip
        t.run(
            f"stack-{id_}",
            why,
            ["VM-045"],
            first,
            arguments=arguments,
            state=True,
            charge=True,
            flags=flags,
            expect=len(arguments),
        )
    lw = program(f"ld a1, 8(sp); lbu a0, 0(a1); {HALT}")
    t.run(
        "stack-read",
        "the first byte of the first argument, read through its address",
        ["VM-045"],
        lw,
        arguments=[b"xyz", b"u"],
        expect=0x78,
    )
    t.run("stack-no-registers", "arguments change no register except the stack pointer", ["VM-045"], program("li a7, 93; ecall"),
          arguments=[b"a", b"b"], state=True, expect=0)  # fmt: skip
    data = dict(flags=R | W, offset=0, size=0, address=0x3FF000, room=4096)
    page = b"\xff" * 24
    base = program(EXIT, [data])
    full = elf(
        [header(size=len(base)), header(flags=R | W, offset=len(base), address=0x3FFFE8, size=24)], base[176:] + page
    )
    text = "bytes of a segment around the slots stay, and in version 0 the upper half of each slot stays too"
    t.run("stack-over-data", text, ["VM-045"], full, arguments=[b""], state=True, flags=["half-slots"], expect=0)
    why = ["without arguments nothing is written to the segment at the top of memory", "version 0 writes the number of arguments, 0"]
    t.run("stack-empty-over-data", why, ["VM-044"], elf(
        [header(offset=176, size=12), header(flags=R | W, offset=188, address=0x3FFFF0, size=16)],
        assemble(f"lw a0, 0(sp); {HALT}") + bytes(range(65, 81)), BASE), arguments=[], state=True, expect={0: 0, 1: 65, 2: 65})  # fmt: skip
    code = placed(EXIT, 0x3FF000)
    why = ["without arguments nothing is written to the last page, which holds code", "version 0 writes the number of arguments, 0"]
    t.run(
        "stack-at-code",
        why,
        ["VM-034", "VM-044"],
        code,
        arguments=[],
        expect={0: "VM-034", 1: 0, 2: 0},
        flags=["over-code"],
    )
    t.run(
        "stack-over-code",
        "arguments are written to the page of the code",
        ["VM-034"],
        code,
        arguments=[b"a"],
        over=(1, 2),
        twin="stack-at-code",
        expect="VM-034",
        flags=["over-code"],
    )
    path = f"programs/letters.{ckbhash(MANY).hex()}.txt"
    files[f"vm/{path}"] = MANY
    many = Kept(MANY, path)
    base = t.run(
        "stack-full",
        "arguments fill the stack down to 3 MiB, to the exact byte from version 1 on",
        ["VM-046"],
        first,
        arguments=[many],
        expect=1,
    )
    t.run(
        "stack-over",
        "one more argument, an empty one, exceeds the stack",
        ["VM-046"],
        first,
        arguments=[many, b""],
        twin=base,
        expect="VM-046",
    )
    near = placed(f"lw a0, 0(sp); {HALT}", 0x2FF000)
    base = t.run("stack-over-near-code", "code in the page below a full stack", ["VM-046"], near, arguments=[many], expect=1)
    for id_, more, what in (("slots", b"", "addresses"), ("argument", bytes(32), "bytes of an argument")):
        t.run(f"stack-{id_}-meet-code", f"{what} written below 3 MiB reach the page of the code before the bound is checked", ["VM-034", "VM-046"],
              near, arguments=[many, more], twin=base, expect="VM-034", flags=["checked-first"])  # fmt: skip
    rows = lambda page: [dict(flags=R, offset=0, size=4, address=at) for at in (0x20000, page)]
    loaded = lambda page: program(f"lw a0, 0(sp); {HALT}", rows(page))
    base = t.run("stack-full-with-segments", "a full stack and three segments", ["VM-046"], loaded(0x21000), arguments=[many], expect=1)
    t.run("stack-over-with-frozen", "a frozen page is reported before too many arguments, because segments are loaded first", ["VM-035"], loaded(0x20000),
          arguments=[many, b""], twin=base, expect="VM-035", flags=["checked-first"])  # fmt: skip
    low = placed(f"lw a0, 0(sp); {HALT}", 0x2F0000)
    base = t.run(
        "stack-over-far-code", "code at 0x2f0000, far below a full stack", ["VM-046"], low, arguments=[many], expect=1
    )
    why = [
        "version 2 stops at the argument that begins below 3 MiB, before the next reaches the code",
        "versions 0 and 1 write on, until an argument reaches the code",
    ]
    t.run(
        "stack-stops-early",
        why,
        ["VM-046"],
        low,
        arguments=[many, bytes(32), many],
        twin=base,
        expect={0: "VM-034", 1: "VM-034", 2: "VM-046"},
        flags=["early"],
    )
    t.write()


def cycles(files, Topic):
    comment = ["The limit, exact to the cycle, and the cost of loading."]
    t = Topic(files, "cycles", "Cycles", "vm.run", comment, notes={
        "exact": {"bug": "boundary", "effect": "a program rejected that costs exactly the limit, or accepted that costs more"},
        "rounding": {"bug": "rounding", "effect": "a quarter of the bytes rounded down, or rounded in two parts"},
        "what-is-charged": {"bug": "arithmetic", "effect": "bytes in memory charged instead of bytes of the file, or the stack not charged"},
    })  # fmt: skip
    plain = program(EXIT)
    base = t.run("limit-exact", "the limit is 502 cycles, exactly what the program costs", ["VM-051"], plain, limit=502, expect=0, flags=["exact"])
    for limit, why in ((501, "the limit is one cycle too low"), (0, "the limit is 0")):
        t.run(f"limit-{limit}", why, ["VM-051"], plain, limit=limit, twin=base, expect="VM-051", flags=["exact"])
    t.run("limit-greatest", "the limit is 2^64 - 1", ["VM-051"], plain, limit=2**64 - 1, twin=base, expect=0)
    fused = program(f"divu a2, a0, a1; remu a3, a0, a1; {EXIT}")
    base = t.run(
        "limit-fused",
        "the limit is exactly what a fused division and the exit cost",
        ["VM-051", "VM-013"],
        fused,
        limit=534,
        over=(1, 2),
        expect=0,
        flags=["exact"],
    )
    t.run(
        "limit-fused-533",
        "the limit is one cycle too low for a fused division and the exit",
        ["VM-051"],
        fused,
        limit=533,
        over=(1, 2),
        twin=base,
        expect="VM-051",
        flags=["exact"],
    )
    t.run(
        "limit-unfused", "version 0 does not fuse the division, which then costs 64 cycles", ["VM-051"], fused, limit=566, over=(0,), expect=0, twin=base
    )
    loop = program(f"li a1, 100; 1: addi a1, a1, -1; bnez a1, 1b; {EXIT}")
    total = 1 + 100 * 4 + 502
    base = t.run(
        "limit-loop", "the limit is exactly what a loop of 100 rounds costs", ["VM-050", "VM-051"], loop, limit=total, expect=0, flags=["exact"]
    )
    t.run(
        "limit-loop-less",
        "the limit is one cycle too low for the loop",
        ["VM-051"],
        loop,
        limit=total - 1,
        twin=base,
        expect="VM-051",
        flags=["exact"],
    )
    # Loading.
    charged = lambda id_, why, file, **rest: t.run(id_, why, ["VM-052"], file, charge=True, **rest)
    base = charged(
        "charge", "loading charges the bytes of the file and 16 bytes of the stack, 8 in version 0", plain, expect=0, flags=["what-is-charged"]
    )
    for more in (1, 2, 3):
        file = elf([header(size=len(plain) + more)], plain[HEADERS:] + bytes(more))
        charged(
            f"charge-{more}-more",
            f"the file has {more} byte{'s' if more > 1 else ''} more: a part of four bytes costs as much as four",
            file,
            expect=0,
            flags=["rounding"],
        )
    room = elf([header(size=len(plain), room=8192)], plain[HEADERS:])
    charged(
        "charge-not-room",
        "bytes of a segment that are not in the file are not charged",
        room,
        twin=base,
        expect=0,
        flags=["what-is-charged"],
    )
    less = elf([header(size=len(plain), room=0x80)], plain[HEADERS:])
    charged(
        "charge-not-copied",
        "all bytes of the file are charged, even if the size in memory has no room for them",
        less,
        twin=base,
        expect=0,
        flags=["what-is-charged"],
    )
    two = program(
        EXIT,
        [
            dict(flags=R | W, offset=0, size=7, address=0x20000, room=7),
            dict(flags=R | W, offset=0, size=7, address=0x21000, room=2**64 - 1),
        ],
    )
    charged(
        "charge-segments",
        "the bytes of three segments, of which one is too large to be loaded, are summed and rounded once",
        two,
        expect=0,
        flags=["rounding"],
    )
    other = program(EXIT, [dict(kind=4, offset=0, size=100, address=0x20000)])
    charged("charge-not-notes", "a segment of type note is not loaded, and not charged", other, expect=0, flags=["what-is-charged"])
    charged(
        "charge-arguments",
        "all bytes from the stack pointer to the top of the stack are charged",
        plain,
        arguments=[b"one", b"two"],
        expect=0,
        flags=["what-is-charged"],
    )
    odd = elf([header(size=len(plain) + 1)], plain[HEADERS:] + bytes(1))
    charged("charge-sum", "file and stack are summed before rounding: in version 0 neither is a multiple of 4 bytes", odd, arguments=[b"ab"],
            expect=0, flags=["rounding"])  # fmt: skip
    for version, total in ((0, 502 + 35), (1, 502 + 37)):
        over = (0,) if version == 0 else (1, 2)
        t.run(
            f"limit-with-load-{total}",
            "the limit is exactly what loading and running cost together",
            ["VM-051", "VM-052"],
            plain,
            charge=True,
            limit=total,
            over=over,
            expect=0,
            flags=["exact"],
        )
        t.run(f"limit-with-load-{total - 1}", "the limit is one cycle too low for loading and running", ["VM-051"], plain, charge=True, limit=total - 1, over=over,
              twin=f"limit-with-load-{total}", expect="VM-051", flags=["exact"])  # fmt: skip
    t.run(
        "limit-below-load",
        "the limit is less than the cost of loading alone",
        ["VM-051"],
        plain,
        charge=True,
        limit=1,
        twin="charge",
        expect="VM-051",
    )
    t.write()


def topic(files, Topic):
    elf_files(files, Topic)
    stack(files, Topic)
    cycles(files, Topic)
