"""What an independent machine, written from the chapters alone, could get wrong unseen, for `vm.py`."""

from vm_memory import HALT, placed
from vm_tools import BASE, EXIT, HEADERS, R, W, X, assemble, elf, header, program

NOTES = {
    "fetch": {"bug": "boundary", "effect": "more or fewer bytes fetched for an instruction than the rule says"},
    "cache": {"bug": "cache", "effect": "decoded instructions cached by only a part of their address"},
    "odd": {"bug": "alignment", "effect": "the lowest bit of an odd address cleared"},
    "width": {"bug": "width", "effect": "a number, an address or a limit truncated to fewer bits"},
    "crossing": {"bug": "boundary", "effect": "a load across two pages refused, or its second part read from the wrong place"},
    "operands": {"bug": "parsing", "effect": "an illegal word with an additional register accepted, or an instruction with x0 refused"},
    "length": {"bug": "fusion", "effect": "every instruction of a fused sequence taken to be four bytes long"},
    "byte-order": {"bug": "parsing", "effect": "a field of the headers read in the wrong byte order"},
    "checks": {"bug": "parsing", "effect": "a segment loaded before the flags of all segments are checked"},
    "mapped-over": {"bug": "permission", "effect": "a page left writable, or not executable, after code was loaded over data"},
    "extension": {"bug": "width", "effect": "a 32-bit instruction that does not extend its result when it adds 0 or shifts by 0"},
    "too-strict": {"bug": "fusion", "effect": "a sequence not fused although all conditions hold"},
    "write-order": {"bug": "fusion", "effect": "the results of a fused operation written in another order than its instructions would write them"},
    "first-page": {"bug": "boundary", "effect": "only the first or the last page of a segment frozen, or checked"},
    "no-bytes": {"bug": "parsing", "effect": "a segment without bytes in the file skipped"},
    "charge": {"bug": "arithmetic", "effect": "loading counted against the limit although it is not charged, or charged differently from the rule"},
    "wraps": {"bug": "overflow", "effect": "a sum that wraps around refused, or the target of a branch checked that is not taken"},
}  # fmt: skip


def source(title, lines):
    """The source of a program that is too long for a comment."""
    return f"# {title}\n# Written by generate/vm.py.\n" + "".join(f"        {line}\n" for line in lines)


def fetching(t):
    low = assemble(EXIT) + bytes(16)
    code = low + assemble("c.j .-28")
    base = t.run("odd-before-end-of-memory", "a program runs at odd addresses near the end of memory", ["VM-003"],
                 placed(code, 0x3FFFE1), over=(1, 2), expect=0)  # fmt: skip
    t.run("odd-end-of-memory", "the entry is 3ffffd, a jump of two bytes: four are fetched, and memory has three", ["VM-002"],
          placed(code, 0x3FFFE1, entry=0x3FFFFD), over=(1, 2), twin=base, expect="VM-002", flags=["fetch"])  # fmt: skip
    code = assemble(f"1: {EXIT}; c.j 1b", 0x10FF2)
    rows = lambda room: [header(offset=HEADERS, address=0x10FF3, size=len(code), room=room)]
    base = t.run("odd-over-end-of-page", "the second byte of a two-byte instruction lies in the next page", ["VM-003"],
                 elf(rows(14), code, 0x10FFF), over=(1, 2), expect=0, flags=["fetch"])  # fmt: skip
    t.run("odd-over-end-of-page-cut", "the second byte of a two-byte instruction lies in a page that is not executable", ["VM-003"], elf(rows(13), code, 0x10FFF), over=(1, 2),
          twin=base, expect="VM-003", flags=["fetch"])  # fmt: skip
    code = assemble("c.nop")
    rows = [header(flags=R | W, offset=176, address=0x10FFF, size=1), header(offset=177, address=0x11000, size=13)]
    whole = elf(rows, code + assemble(EXIT), 0x11001)
    base = t.run("behind-writable-page", "a program in the page after a writable page", ["VM-003"], whole, expect=0)
    t.run("begins-in-writable-page", "the entry is the last byte of a writable page, and the next page is executable", ["VM-003"], elf(rows, code + assemble(EXIT), 0x10FFF),
          twin=base, expect="VM-003", flags=["fetch"])  # fmt: skip
    back = assemble(EXIT) + bytes(16) + assemble("c.j .-28")
    place = 4096 - len(back) - 1
    rows = lambda size: [header(offset=HEADERS, size=size)]
    base = t.run("odd-end-of-page-0", "four bytes are fetched at offset 0xffd of a page, in version 0 too, and all are executable", ["VM-003"],
                 t.keep("odd-end-of-page", elf(rows(4097), bytes(place) + back + b"\0\0", BASE + 4093)), expect=0)  # fmt: skip
    t.run("odd-end-of-page-0-cut", "four bytes are fetched at offset 0xffd of a page, and the last is not executable", ["VM-003"],
          t.keep("odd-end-of-page-cut", elf(rows(4096), bytes(place) + back + b"\0\0", BASE + 4093)), twin=base, expect="VM-003",
          flags=["fetch"])  # fmt: skip
    # One place in seven pages that differ in one bit each.
    places = [0x10000, 0x12000, 0x14000, 0x20000, 0x30000, 0x110000, 0x210000]
    ways = [*(f"lui t0, {place >> 12}; jr t0" for place in places[1:]), HALT]
    parts = [assemble(f"addi a0, a0, {1 << n}; {way}") for n, way in enumerate(ways)]
    start, headers = 64 + 56 * len(parts), []
    for place, part in zip(places, parts):
        headers.append(header(offset=start + sum(map(len, parts[: len(headers)])), address=place, size=len(part)))
    t.run("same-place-in-pages", "instructions at the same offset of pages that are 8 KiB to 2 MiB apart", ["VM-020"],
          elf(headers, b"".join(parts), BASE), expect=127, flags=["cache"])  # fmt: skip


def odd(t):
    ran = lambda id_, why, rules, text, **rest: t.run(
        id_, why, rules, elf([header(offset=HEADERS, size=1 + len(code := assemble(text)))], b"\0" + code, BASE + 1),
        flags=["odd"], **rest)  # fmt: skip
    ran("odd-fused", "a fused sequence at an odd address", ["VM-010", "VM-013"],
        f"mulhu a2, a0, a1; mul a3, a0, a1; {EXIT}", expect=0)  # fmt: skip
    ran("odd-address", "jal at an odd address gives an odd link, and auipc an odd address", ["VM-005", "VM-020"],
        f"jal ra, 1f; 1: auipc a0, 0; {HALT}", state=True, expect=5)  # fmt: skip
    # Behind the jumps, a byte and the exit at an even address.
    tail = b"\0\0\0\0\0\0\0" + assemble(HALT, BASE + 16)
    for id_, why, rules, text, over in [
        ("odd-jalr", "jalr from an odd address to an even one", ["VM-006"], "lui t0, 0x10; jalr t1, 16(t0)", (0, 1, 2)),
        ("odd-far-jump", "a far jump from an odd address to an even one", ["VM-015"], "auipc ra, 0; jalr ra, 15(ra)", (1, 2)),
        ("odd-far-jump-cut", "a far jump from an odd address to an odd sum, whose lowest bit is cleared", ["VM-015"], "auipc ra, 0; jalr ra, 16(ra)", (1, 2)),
    ]:  # fmt: skip
        code = b"\0" + assemble(text) + tail
        t.run(id_, why, rules, elf([header(offset=HEADERS, size=len(code))], code, BASE + 1), state=True, over=over,
              expect=0, flags=["odd"])  # fmt: skip
    # The bytes at 10000 from 10001 on, which end with c.jr t0, and then from 10000 on.
    code = bytes.fromhex("1305050413828200") + assemble(HALT) + bytes(17) + assemble("lui t0, 0x10; jal zero, .-36")
    t.run("odd-then-even", "the same bytes are executed from an odd address, then from an even one", ["VM-020"],
          elf([header(offset=HEADERS, size=len(code))], code, BASE + 33), expect=65, flags=["cache"])  # fmt: skip


def fusion(t):
    pair = "mulhu a2, a0, a1; mul a3, a0, a1"
    text = "; ".join(["addi a4, a4, 1"] * 15 + [pair, "add a5, a0, a1", pair, "sub a5, a0, a1", pair, EXIT])
    t.run("fused-behind", "sequences fuse after fifteen instructions, and after an add or sub that could begin another sequence",
          ["VM-010"], program(text), expect=0, flags=["too-strict"])  # fmt: skip
    far = placed(f"{EXIT}; auipc ra, 0; jalr ra, -12(ra)", 0x3FFFEC, entry=0x3FFFF8)
    t.run("fused-both-compressed", "the link of a far jump that consists of two 2-byte instructions", ["VM-015"],
          placed(f"{HALT}; c.lui ra, 1; c.jalr ra", 0x1000, entry=0x1008), over=(1, 2), state=True, expect=0, flags=["length"])  # fmt: skip
    t.run("fused-ends-memory", "a far jump is the last instruction of memory", ["VM-002", "VM-015"], far, over=(1, 2), expect=0,
          flags=["fetch"])  # fmt: skip
    forms = [
        "add a4, a1, a1; sltu a5, a4, a1",  # adcs
        "sub a4, zero, a2; sltu a5, zero, a2", "sub a4, a2, zero; sltu a5, a2, zero",  # sbbs
        "add a2, a1, a2; sltu a4, a2, a1; add a4, a4, a3", "add a2, a1, a2; sltu a4, a2, a1; add a2, a4, a3",  # add3a
        "add a4, a1, a2; sltu a1, a4, a1; add a1, a1, a3", "add a4, a1, a1; sltu a1, a4, a1; add a5, a1, a3",  # add3b
        "add a4, a1, a2; sltu a1, a4, a1; add a5, a1, a2", "add a4, a1, zero; sltu a1, a4, a1; add a5, a1, a3",
        "add a4, a1, a2; sltu a1, a4, a1; add a2, a1, a3", "add a4, a1, a2; sltu a1, a4, a1; add a3, a1, a3",
        "add a4, a1, a2; sltu a1, a4, a1; add a4, a1, a3",
        "add a4, a1, a1; sltu a5, a4, a1; add a5, a5, a3", "add a4, a1, a2; sltu a5, a4, a1; add a5, a5, a2",  # add3c
        "add a4, a1, zero; sltu a5, a4, a1; add a5, a5, a3", "add a4, a1, a2; sltu a5, a4, a1; add a5, a5, a1",
        "add a4, a1, a2; sltu a4, a4, a1; add a4, a4, a3",
        "mulhu a4, a1, zero; mul a5, a1, zero", "divu a4, a1, zero; remu a5, a1, zero",  # wide
        "auipc ra, 0; addi ra, ra, 4",
    ]  # fmt: skip
    keep = "; ".join(f"sd {register}, {8 * n}(s1)" for n, register in enumerate(("a1", "a2", "a3", "a4", "a5", "ra")))
    keep = [".macro keep", keep, "addi s1, s1, 48", ".endm", "lui s1, 0x20"]
    forms = [line for form in forms for line in ("li a1, -1; li a2, 1; li a3, 9", form, "keep")]
    t.run("fused-forms", "one register in several places of fused sequences, wherever a rule allows it; memory holds the results",
          ["VM-010", "VM-013", "VM-016", "VM-017", "VM-018", "VM-019"], t.assembled("fused-forms", source("One register in several places of fused sequences.", [*keep, *forms, EXIT])),
          state=True, expect=0, flags=["too-strict", "write-order"])  # fmt: skip
    rows = [line for e, fourth in (("zero", 0), ("a1", 0), ("a3", 9), ("a4", 0))
            for line in (f"li a1, 5; li a2, 7; li a3, 1; li a4, {fourth}",
                         f"sub a2, a1, a2; sltu a4, a1, {e}; sub a1, a2, a3; sltu a3, a2, a1; or a2, a3, a4", "keep")]  # fmt: skip
    t.run("fused-sbb-foreign", "the first comparison of SBB is with x0, a, c or d", ["VM-012"],
          t.assembled("fused-sbb-foreign", source("SBB whose second instruction compares with e: x0, a, c and d.", [*keep, *rows, EXIT])),
          state=True, expect=0, flags=["write-order"])  # fmt: skip


def memory(t):
    for name, rule in (("ld", "VM-031"), ("sd", "VM-033")):
        text = f"li a1, 1; slli a1, a1, {{}}; {name} a2, 0(a1); {EXIT}"
        base = t.run(f"{name}-2-to-12", f"{name} at address 2^12", [rule], program(text.format(12)), expect=0)
        for bits in (32, 40):
            t.run(f"{name}-2-to-{bits}", f"{name} at address 2^{bits}", [rule], program(text.format(bits)), twin=base, expect=rule, flags=["width"])
    text = f"lui a1, 0x21; ld a2, -4(a1); lw a3, -2(a1); lwu a4, -1(a1); lh a5, -1(a1); lhu a6, -1(a1); {HALT}"
    code = assemble(text)
    row = header(flags=R | W, offset=176 + len(code), address=0x20FF8, size=16)
    t.run("loads-across-pages", "loads of every width across two pages", ["VM-020", "VM-031"],
          elf([header(offset=176, size=len(code)), row], code + b"abcdefghijklmnop", BASE), state=True, expect=0,
          flags=["crossing"])  # fmt: skip
    jump = "li t0, {}; slli t0, t0, {}; lui t1, %hi(1f); addi t1, t1, %lo(1f); add t0, t0, t1; jr t0; 1: " + EXIT
    base = t.run("jump-by-sum", "a jump to an address computed as a sum", ["VM-002"], program(jump.format(0, 32)), expect=0)
    t.run("jump-2-to-32", "a jump to the address of code plus 2^32", ["VM-002"], program(jump.format(1, 32)), over=(2,), twin=base, expect="VM-002", flags=["width"])
    t.run("entry-2-to-32", "the entry is the address of code plus 2^32", ["VM-002"], program(EXIT, entry=BASE + HEADERS + 2**32), over=(2,), twin="exit-0",
          expect="VM-002", flags=["width"])  # fmt: skip
    wide = "li a7, {}; slli a7, a7, {}; addi a7, a7, 93; ecall"
    for bits in (48, 63):
        t.run(f"call-93-and-2-to-{bits}", f"a7 is 2^{bits} + 93", ["VM-026"], program(wide.format(1, bits)), twin="call-93-by-sum",
              expect="VM-026", flags=["width"])  # fmt: skip
    for bits in (32, 48):
        t.run(f"limit-2-to-{bits}", f"the limit is 2^{bits} cycles", ["VM-051"], program(EXIT), limit=2**bits, twin="limit-exact", expect=0,
              flags=["width"])  # fmt: skip
    ebreak = t.run("ebreak-as-word", "ebreak, written as a word", ["VM-021"], program(f".word 0x00100073; {EXIT}"), expect=0)
    t.run("ebreak-rs1", "the word of ebreak with rs1 set to x1", ["VM-004"], program(f".word 0x00108073; {EXIT}"), twin=ebreak, expect="VM-004", flags=["operands"])
    t.run("branch-not-taken-below-0", "a branch to 2^64 - 4 that is not taken", ["VM-005"], placed(f"bne zero, zero, .-4; {EXIT}", 0),
          expect=0, flags=["wraps"])  # fmt: skip


def arithmetic(t):
    keep = lambda rows: "; ".join(f"{row}; sd a0, {8 * n}(s1)" for n, row in enumerate(rows))
    start = "lui s1, 0x20; li a2, 1; slli a1, a2, 31"
    rows = ["srliw a0, a1, 0", "slliw a0, a1, 0", "sraiw a0, a1, 0", "addiw a0, a1, 0", "addw a0, a1, zero", "subw a0, a1, zero",
            "divuw a0, a1, a2", "slli a3, a2, 32; addi a3, a3, 5; addiw a0, a3, 0", "slli a3, a2, 32; sltiu a0, a3, 1"]  # fmt: skip
    t.run("extended", "32-bit instructions that add 0, shift by 0 or divide by 1 still sign-extend their result", ["VM-005"],
          program(f"{start}; {keep(rows)}; {EXIT}"), state=True, expect=0, flags=["extension"])  # fmt: skip
    rows = ["roriw a0, a1, 0", "slli.uw a0, a1, 0", "slli a3, a2, 63; maxu a0, a3, a2",
            *(f"{name} a0, a2, zero; sd a0, 256(s1); {name} a0, zero, a2" for name in ("max", "maxu", "min", "minu"))]  # fmt: skip
    t.run("extended-b", "roriw by 0 sign-extends its result, slli.uw by 0 does not; max and min with x0", ["VM-007"], program(f"{start}; {keep(rows)}; {EXIT}"),
          state=True, over=(1, 2), expect=0, flags=["extension"])  # fmt: skip


def files_of_segments(t):
    plain = program(EXIT)
    patch = lambda at, raw: plain[:at] + raw + plain[at + len(raw) :]
    case = lambda id_, why, rule, file, expect=0, **rest: t.run(id_, why, [rule], file, twin="exit-0", expect=expect, **rest)
    case("elf-256-headers", "the file states 256 program headers and has one", "VM-037", patch(56, b"\0\1"), "VM-037", flags=["width"])
    case("elf-table-at-0", "the table of program headers begins at offset 0, so its entry has a type that is not loaded", "VM-003", patch(32, bytes(8)), "VM-003")
    case("elf-no-table", "no program headers, and their table begins beyond the end of the file", "VM-003", patch(56, b"\0\0")[:32] + b"\xff" * 8 + patch(56, b"\0\0")[40:], "VM-003")
    case("elf-flags-all", "executable code with all flags except W", "VM-039", patch(68, b"\xfd\xff\xff\xff"))
    moved = elf([header(size=135)], b"\0\0\0" + assemble(EXIT), BASE + 123)
    moved = moved[:32] + (67).to_bytes(8, "little") + moved[40:64] + bytes(3) + moved[64:120] + moved[123:]
    t.run("elf-table-at-67", "the table of program headers begins at offset 67, not a multiple of 4", ["VM-037"], moved, expect=0)
    more = lambda *rows: program(EXIT, [dict(flags=R | W, offset=0, size=4, **row) if "flags" not in row else row for row in rows])
    for kind in (0x101, 0x10001, 0x80000001):
        t.run(f"segment-kind-{kind:x}", f"a segment of type {kind:x} is not loaded", ["VM-037"],
              more(dict(flags=7, offset=0, size=4, address=0x20000, kind=kind)), expect=0, flags=["width"])  # fmt: skip
    t.run("segment-room-wraps-to-256", "size in memory plus padding wraps around to 256: one page is loaded", ["VM-040", "VM-041"],
          more(dict(address=0x20900, room=2**64 - 0x800)), state=True, expect=0, flags=["wraps"])  # fmt: skip
    big = elf([header(size=len(plain), order=">")], plain[HEADERS:], order=">")
    t.run("elf-big-endian-flags", "little-endian segment flags in a big-endian file", ["VM-039"],
          big[:68] + b"\5\0\0\0" + big[72:], twin="elf-big-endian", expect="VM-039", flags=["byte-order"])  # fmt: skip
    two = lambda page, flags: more(dict(flags=R | W, offset=0, size=4, address=page), dict(flags=flags, offset=0, size=4, address=0x21000))
    base = t.run("segments-in-order", "three segments with valid flags", ["VM-039"], two(0x20000, R | W), expect=0)
    for id_, page in (("frozen", 0x10000), ("behind-memory", 0x400000)):
        t.run(f"segments-{id_}-then-flags", "the flags of the last segment are checked before any segment is loaded", ["VM-039"], two(page, R | W | X), twin=base,
              expect="VM-039", flags=["checks"])  # fmt: skip
    many = [dict(flags=R, offset=0, size=1000, address=0x20000 + 4096 * n, room=4096) for n in range(12)]
    code = assemble(EXIT, BASE + 64 + 13 * 56)
    rows = [header(size=64 + 13 * 56 + len(code)), *(header(**{**row, "size": 64 + 13 * 56}) for row in many)]
    t.run("segments-13", "loading thirteen segments would exceed the limit, but is not charged", ["VM-041", "VM-051", "VM-052"],
          elf(rows, code), limit=502, expect=0, flags=["charge"])  # fmt: skip
    t.run("charge-not-padding", "the padding before a segment in its first page is not charged", ["VM-052"], more(dict(address=0x20010)), charge=True,
          expect=0, flags=["charge"])  # fmt: skip
    t.run("stack-300", "300 arguments", ["VM-045"], plain, arguments=[b"a"] * 300, state=True, charge=True, expect=0,
          flags=["width"])  # fmt: skip


def pages(t):
    pair = lambda first, second: program(EXIT, [dict(flags=R, offset=0, size=4, **first), dict(flags=R | W, offset=0, size=4, **second)])
    base = t.run("frozen-beside", "a writable segment ends where a frozen one begins", ["VM-035"], pair(dict(address=0x23000), dict(address=0x20000, room=0x3000)),
                 expect=0)  # fmt: skip
    for id_, why, first, second in [
        ("frozen-second-page", "the second of the three pages of a segment is frozen", dict(address=0x21000), dict(address=0x20000, room=0x3000)),
        ("frozen-last-page", "the last of the three pages of a segment is frozen", dict(address=0x22000), dict(address=0x20000, room=0x3000)),
        ("frozen-without-octets", "a segment in the second page of a frozen segment, where that has no bytes in the file", dict(address=0x22000, room=0x2000),
         dict(address=0x23000, room=0x1000)),
    ]:  # fmt: skip
        t.run(id_, why, ["VM-035"], pair(first, second), twin=base, expect="VM-035", flags=["first-page"])
    t.run("frozen-by-nothing", "a segment of size 0 freezes nothing", ["VM-035", "VM-040"],
          program(EXIT, [dict(flags=R | X, address=0x20000), dict(flags=R | W, offset=0, size=4, address=0x20000)]), expect=0)  # fmt: skip
    why = ["a later segment without bytes in the file replaces the whole page", "version 0 freezes the pages of writable segments too"]
    rows = [dict(flags=R | W, offset=0, size=8, address=0x20000), dict(flags=R | W, address=0x21000, room=16)]
    base = t.run("no-octets-beside", "a segment without bytes in the file, in a page of its own", ["VM-041"], program(EXIT, rows), state=True,
                 expect=0)  # fmt: skip
    rows[1] = rows[1] | dict(address=0x20800)
    t.run("no-octets-over", why, ["VM-035", "VM-041"], program(EXIT, rows), state=True, twin=base, expect={0: "VM-035", 1: 0, 2: 0},
          flags=["no-bytes"])  # fmt: skip
    jump, there = assemble("lui t0, 0x20; jr t0"), assemble(EXIT)
    rows = lambda size: [header(offset=176, size=len(jump)), header(offset=176 + len(jump), address=0x20000, size=size, room=len(there))]
    base = t.run("code-in-second-segment", "a jump to code in another segment", ["VM-041"], elf(rows(len(there)), jump + there, BASE), expect=0)
    t.run("code-of-zeros", "a jump to an executable segment without bytes in the file: its zeros are illegal", ["VM-004"], elf(rows(0), jump + there, BASE), twin=base,
          expect="VM-004", flags=["no-bytes"])  # fmt: skip
    store = {page: assemble(f"lui a1, {page}; sd a2, 256(a1); {EXIT}") for page in (0x10, 0x11)}
    over = lambda page: elf([header(flags=R | W, size=4), header(offset=176, size=len(store[page]))], store[page], BASE)
    base = t.run("code-over-data", "code that was loaded over a writable segment is executed", ["VM-041"], over(0x11), over=(1, 2), expect=0)
    t.run("store-to-code-over-data", "a store to code that was loaded over a writable segment", ["VM-034"], over(0x10), over=(1, 2), twin=base, expect="VM-034", flags=["mapped-over"])
    t.run("code-without-octets-unaligned", "an executable segment without bytes in the file begins in the middle of a page", ["VM-042"],
          program(EXIT, [dict(flags=R | X, address=0x20010, room=16)]), over=(0,), twin=t.run(
              "code-without-octets", "an executable segment without bytes in the file", ["VM-042"],
              program(EXIT, [dict(flags=R | X, address=0x20000, room=16)]), expect=0), expect="VM-042", flags=["no-bytes"])  # fmt: skip
    t.run("read-only-unaligned", "a read-only segment begins in the middle of a page", ["VM-042"],
          program(EXIT, [dict(flags=R, offset=0, size=4, address=0x20010)]), expect=0)  # fmt: skip


def decoding(files, Topic):
    comment = ["Mistakes like those in corners.yaml, where decoding shows them."]
    t = Topic(files, "decode-corners", "Mistakes of decoding that other files do not catch", "vm.decode", comment, notes={
        **{name: NOTES[name] for name in ("fetch", "operands", "too-strict")},
        "too-eager": {"bug": "fusion", "effect": "a sequence fused although a condition does not hold"},
    })  # fmt: skip
    over = dict(over=(1, 2), flags=["too-strict"])
    add = assemble("c.addi a0, 1")
    t.decode("decode-over-end-of-page", "a two-byte instruction with one byte in each of two pages", ["VM-003"], add, 0x1FFF, expect="addi", flags=["fetch"])
    t.decode("decode-cut-by-page", "the second byte of a two-byte instruction lies in a page that is not executable", ["VM-003"], add[:1], 0x1FFF, twin="decode-over-end-of-page",
             expect="VM-003", flags=["fetch"])  # fmt: skip
    t.decode("decode-last-four", "the last four bytes of memory are fetched, in version 0 too, which cannot load the last one", ["VM-032"], "addi a0, a0, 1", 0x3FFFFC,
             expect="addi", flags=["fetch"])  # fmt: skip
    t.decode("decode-last-two", "the last two bytes of memory are fetched, in version 0 too, which cannot load the last one", ["VM-032"], add, 0x3FFFFE, expect="addi", flags=["fetch"])
    for place in (0x1FFE, 0x1FFF):
        t.decode(f"fuse-at-{place & 0xFFF:x}", "the first instruction of the sequence lies in two pages", ["VM-010"], assemble("mulhu a2, a0, a1; mul a3, a0, a1"), place,
                 expect="wide_mulu", **over)  # fmt: skip
    far = assemble("auipc ra, 0; c.jalr ra")
    t.decode("fuse-to-end-of-page", "the second instruction has two bytes and ends with its page", ["VM-010"], far, 0x1FFA, expect="far_jump_rel", **over)
    t.decode("fuse-to-odd-end-of-page", "the second instruction lies at offset 0xffd: four bytes are fetched, and the last is not executable", ["VM-003", "VM-010"], far, 0x1FF9,
             twin="fuse-to-end-of-page", expect="auipc", over=(1, 2), flags=["too-eager"])  # fmt: skip
    t.decode("fuse-far-jump-above", "a far jump fuses although its target, with the address, is beyond 31 bits: only the immediates have to fit", ["VM-015"], "auipc ra, 0x7ffff; jalr ra, 2047(ra)",
             expect="far_jump_rel", **over)  # fmt: skip
    for head in ("lui", "auipc"):
        t.decode(f"fuse-{head}-link", "the link goes to t0, the register of the address, and not to ra", ["VM-015"],
                 f"{head} t0, 16; jalr t0, 8(t0)", expect=head, over=(1, 2), flags=["too-eager"])  # fmt: skip
    t.decode("decode-zext-h-x0", "zext.h of x0", ["VM-007"], "zext.h a0, zero", expect="zext.h", over=(1, 2), flags=["operands"])
    t.write()


def topic(files, Topic):
    decoding(files, Topic)
    comment = ["Mistakes that no other file caught when they were planted in a machine that was written from the chapters."]
    t = Topic(files, "corners", "Mistakes that other files do not catch", "vm.run", comment, notes=NOTES)
    for part in (fetching, odd, fusion, memory, arithmetic, files_of_segments, pages):
        part(t)
    t.write()
