"""Decoding: operands and immediates of each format, neighbouring encodings, hints, and what is legal, for `vm.py`."""

import hashlib
from functools import partial

import vm_model
from vm_instructions import B, BY_HAND, written
from vm_tools import EXIT, FORMATS, assemble, ckb_vm, encoding, is_legal, program

# Registers whose numbers have no bits in common that matter.
RD, RS1, RS2 = "s5", "a0", "s3"


def text_of(name, immediate=None):
    """An instruction with operands that tell the fields apart."""
    if name in vm_model.LOADS or name == "jalr":
        return f"{name} {RD}, {immediate or -1235}({RS1})"
    if name in vm_model.STORES:
        return f"{name} {RS2}, {immediate or -1235}({RS1})"
    operands = {"d": RD, "1": RS1, "2": RS2, "i": str(immediate or default(name))}
    return f"{name} {', '.join(operands[f] for f in FORMATS.get(name, ''))}".strip()


def default(name):
    if name in ("lui", "auipc"):
        return 0xABCDE
    if name in vm_model.SHIFTS:
        return 21
    return ".-1234" if name in vm_model.HOLDS or name == "jal" else -1235


def bits(low, high):
    """For each digit of a bit's number, an immediate of the bits from `low` to `high` whose number has it: together
    they tell each bit from each other one."""
    count = high - low + 1
    for digit in range((count - 1).bit_length()):
        yield sum(1 << low + bit for bit in range(count) if bit + 1 >> digit & 1)


def extremes(low, high, sign):
    """The least, the greatest, and those of `bits`, as signed numbers."""
    width = high + 1
    signed = partial(vm_model.signed, bits=width) if sign else int
    values = [0 if not sign else -(1 << high), (1 << high if sign else 1 << width) - (1 << low)]
    return list(dict.fromkeys([*values, *(signed(value) for value in bits(low, high))]))


FULL = [
    ("addi", 0, 11, True), ("sd", 0, 11, True), ("beq", 1, 12, True), ("jal", 1, 20, True), ("slli", 0, 5, False),
    ("slliw", 0, 4, False),
]  # fmt: skip


def sign_of(value):
    return f"minus-{-value}" if value < 0 else str(value)


def operands_topic(files, Topic):
    comment = [
        "Each instruction with a different value in each field, and the immediates of each format bit by bit.",
        "instructions.yaml shows that version 0 rejects the instructions of B.",
    ]
    t = Topic(files, "decode-operands", "Operands and immediates", "vm.decode", comment, notes={
        "scrambled": {"bug": "encoding", "effect": "two bits of an immediate swapped"},
        "sign": {"bug": "encoding", "effect": "an immediate that is not sign-extended, or is although it is unsigned"},
    })  # fmt: skip
    for name in [*BY_HAND, *written()]:
        over = (1, 2) if name in B else None
        rule = "VM-007" if name in B else "VM-005"
        t.decode(
            "decode-" + name.replace(".", "-"), text_of(name), [rule, "VM-050"], text_of(name), over=over, expect=name
        )
    for name, low, high, sign in FULL:
        for value in extremes(low, high, sign):
            far = f".{value:+}" if name in ("beq", "jal") else value or "0"
            flags = ["sign"] if value in (0, -(1 << high)) else ["scrambled"]
            why = f"{name} with immediate {value}"
            at = 0x200000
            t.decode(
                f"decode-{name}-{sign_of(value)}", why, ["VM-005"], text_of(name, far), at, expect=name, flags=flags
            )
    for value in (0x80000, 0x7FFFF, *bits(0, 19)):
        t.decode(f"decode-lui-{value:05x}", f"lui with immediate {value:#x}", ["VM-005"], text_of("lui", value), expect="lui")
    t.write()


COMPRESSED = [
    # Text, lowest and highest bit of the immediate, whether it has a sign, and what may not be.
    ("c.addi4spn {c}, sp, {i}", 2, 9, False, [0]),
    ("c.lw {c}, {i}({d})", 2, 6, False, []), ("c.ld {c}, {i}({d})", 3, 7, False, []),
    ("c.sw {c}, {i}({d})", 2, 6, False, []), ("c.sd {c}, {i}({d})", 3, 7, False, []),
    ("c.addi {r}, {i}", 0, 5, True, [0]), ("c.addiw {r}, {i}", 0, 5, True, []), ("c.li {r}, {i}", 0, 5, True, []),
    ("c.addi16sp sp, {i}", 4, 9, True, [0]), ("c.lui {r}, {i}", 0, 5, True, [0]),
    ("c.srli {c}, {i}", 0, 5, False, [0]), ("c.srai {c}, {i}", 0, 5, False, [0]), ("c.andi {c}, {i}", 0, 5, True, []),
    ("c.j .{i:+}", 1, 11, True, []), ("c.beqz {c}, .{i:+}", 1, 8, True, []), ("c.bnez {c}, .{i:+}", 1, 8, True, []),
    ("c.slli {r}, {i}", 0, 5, False, [0]),
    ("c.lwsp {r}, {i}(sp)", 2, 7, False, []), ("c.ldsp {r}, {i}(sp)", 3, 8, False, []),
    ("c.swsp {r}, {i}(sp)", 2, 7, False, []), ("c.sdsp {r}, {i}(sp)", 3, 8, False, []),
]  # fmt: skip
REGISTERS = [
    "c.sub a3, s1", "c.xor s0, a5", "c.or a5, s0", "c.and a2, a1", "c.subw s1, a4", "c.addw a4, s1", "c.mv s5, a0",
    "c.add a0, s5", "c.jr s5", "c.jalr a0", "c.ebreak", "c.nop", "c.mv t6, ra", "c.add ra, t6",
]  # fmt: skip
EXPANDED = {
    "c.addi4spn": "addi", "c.li": "addi", "c.addi16sp": "addi", "c.j": "jal", "c.beqz": "beq", "c.bnez": "bne",
    "c.lwsp": "lw", "c.ldsp": "ld", "c.swsp": "sw", "c.sdsp": "sd", "c.mv": "add", "c.jr": "jalr", "c.nop": "addi",
}  # fmt: skip
# Each kind of hint once at its ends: the pattern, and what RISC-V would have it be.
HINTS = [
    (0x0081, "c.addi ra, 0"), (0x007D, "c.addi x0, 31"), (0x4001, "c.li x0, 0"),
    (0x507D, "c.li x0, -1"), (0x6005, "c.lui x0, 1"), (0x707D, "c.lui x0, -1"), (0x0006, "c.slli x0, 1"),
    (0x0082, "c.slli ra, 0"), (0x0002, "c.slli x0, 0"), (0x8006, "c.mv x0, ra"), (0x907E, "c.add x0, t6"),
]  # fmt: skip


def compressed_topic(files, Topic):
    comment = [
        "What each 16-bit instruction expands to, its immediate bit by bit, and hints.",
        "legal-compressed.yaml shows which patterns are legal.",
    ]
    t = Topic(files, "decode-compressed", "Compressed instructions", "vm.decode", comment, notes={
        "hints": {"bug": "boundary", "effect": "hints rejected from version 1 on, or accepted in version 0", "see": ckb_vm(188)},
    })  # fmt: skip
    turn = 0
    for text, low, high, sign, never in COMPRESSED:
        name = text.split()[0]
        for value in [v for v in extremes(low, high, sign) if v not in never]:
            turn += 1
            own = {"c": f"x{8 + 3 * turn % 8}", "d": f"x{8 + 5 * turn % 8}", "r": f"x{3 + 7 * turn % 29}"}
            shown = value & 0xFFFFF if name == "c.lui" else value
            code = text.format(i=shown, **own)
            base = EXPANDED.get(name, name[2:])
            t.decode(f"decode-{name.replace('.', '-')}-{sign_of(value)}", code, ["VM-008"], code, expect=base)
    for code in REGISTERS:
        name = code.split()[0]
        id_ = "decode-" + code.replace(",", "").replace(".", "-").replace(" ", "-")
        t.decode(id_, code, ["VM-008"], code, expect=EXPANDED.get(name, name[2:]))
    for pattern, name in HINTS:
        why = [f"{name} is a hint: it does nothing", f"{name} is a hint, which is illegal in version 0"]
        id_ = f"decode-hint-{pattern:04x}"
        expect = {0: "VM-004", 1: "addi", 2: "addi"}
        t.decode(id_, why, ["VM-009"], pattern.to_bytes(2, "little"), expect=expect, flags=["hints"])
    for pattern, name in [(0x8001, "c.srli s0, 0"), (0x8781, "c.srai a5, 0")]:
        why = f"{name} is a hint: it does nothing, and is legal in version 0 too"
        t.decode(
            f"decode-hint-{pattern:04x}", why, ["VM-009"], pattern.to_bytes(2, "little"), expect="addi", flags=["hints"]
        )
    for text in ("addi x0, a0, -5", "ori x0, a0, 0x20", "lui x0, 0xabcde", "add x0, a0, a1", "slti x0, x0, 1"):
        id_ = "decode-hint-" + text.split()[0]
        name = text.split()[0]
        t.decode(id_, f"{text} is a hint that decodes like any other instruction", ["VM-009"], text, expect=name)
    t.write()


def hints_topic(files, Topic):
    comment = ["Hints in programs, for clients that cannot be asked what they decode."]
    t = Topic(files, "hints", "Hints in programs", "vm.run", comment, notes={
        "hints": {"bug": "boundary", "effect": "hints rejected from version 1 on, or accepted in version 0", "see": ckb_vm(188)},
    })  # fmt: skip
    for pattern, name in HINTS:
        why = [f"{name} is a hint: it does nothing", f"{name} is a hint, which is illegal in version 0"]
        file = program(f".half {pattern:#06x}; {EXIT}")
        expect = {0: "VM-004", 1: 0, 2: 0}
        t.run(f"run-hint-{pattern:04x}", why, ["VM-009"], file, expect=expect, flags=["hints"])
    t.write()


SPECIAL = [
    # Id, twin, word, why.
    ("zero", "decode-c-nop", 0x0000, "16 zero bits, as in memory that was never written"),
    ("c-reserved", "decode-c-lw-0", 0x8000, "quadrant 0, funct3 100: reserved in 2019, the Zcb extension today"),
    ("c-fld", "decode-c-ld-0", 0x2000, "c.fld: no version has floating point"),
    ("c-fsd", "decode-c-sd-0", 0xA000, "c.fsd: no version has floating point"),
    ("c-fldsp", "decode-c-ldsp-0", 0x2002, "c.fldsp: no version has floating point"),
    ("c-addi4spn-0", "decode-c-addi4spn-1020", 0x0004, "c.addi4spn with immediate 0"),
    ("c-addiw-x0", "decode-c-addiw-31", 0x2001, "c.addiw with rd = x0"),
    ("c-lui-0", "decode-c-lui-31", 0x6081, "c.lui with immediate 0: the Zcmop extension today"),
    ("c-addi16sp-0", "decode-c-addi16sp-496", 0x6101, "c.addi16sp with immediate 0"),
    ("c-lwsp-x0", "decode-c-lwsp-0", 0x4002, "c.lwsp with rd = x0"),
    ("c-jr-x0", "decode-c-jr-s5", 0x8002, "c.jr with rs1 = x0"),
    ("c-mul", "decode-c-addw-a4-s1", 0x9C41, "c.mul of the Zcb extension"),
    ("ones", "decode-addi-minus-2048", 0xFFFFFFFF, "a word with all bits set"),
    ("long-48", "decode-addi-minus-2048", 0x0000001F, "the first word of a 48-bit instruction"),
    ("long-64", "decode-addi-minus-2048", 0x0000003F, "the first word of a 64-bit instruction"),
    ("fence-rd", "decode-fence", 0x0FF0008F, "fence with rd = x1"),
    ("fence-rs1", "decode-fence", 0x0FF0800F, "fence with rs1 = x1"),
    ("fence-i-immediate", "decode-fence-i", 0x0010100F, "fence.i with immediate 1"),
    ("fence-i-rd", "decode-fence-i", 0x0000108F, "fence.i with rd = x1"),
    ("fence-i-rs1", "decode-fence-i", 0x0000900F, "fence.i with rs1 = x1"),
    ("ecall-rd", "decode-ecall", 0x000000F3, "ecall with rd = x1"),
    ("ecall-rs1", "decode-ecall", 0x00008073, "ecall with rs1 = x1"),
    ("ebreak-rd", "decode-ebreak", 0x001000F3, "ebreak with rd = x1"),
    ("uret", "decode-ebreak", 0x00200073, "uret: no version has privileged instructions"),
    ("mret", "decode-ebreak", 0x30200073, "mret: no version has privileged instructions"),
    ("wfi", "decode-ebreak", 0x10500073, "wfi: no version has privileged instructions"),
    ("csrrs", "decode-ecall", 0xC0002573, "rdcycle: no version has control registers"),
    ("lr-w", "decode-lw", 0x1005252F, "lr.w: no version has the A extension"),
    ("amoadd-d", "decode-ld", 0x00B5352F, "amoadd.d: no version has the A extension"),
    ("flw", "decode-lw", 0x00052507, "flw: no version has floating point"),
    ("fsd", "decode-sd", 0x00B53027, "fsd: no version has floating point"),
    ("fadd-d", "decode-add", 0x02B57553, "fadd.d: no version has floating point"),
    ("czero-eqz", "decode-and", 0x0EB55533, "czero.eqz of the Zicond extension"),
    ("pack", "decode-zext-h", 0x08B5453B, "zext.h with rs2 = x11: packw of the Zbkb extension"),
    ("rev8-32", "decode-rev8", 0x69855513, "rev8 with the encoding of RV32"),
    ("slli-128", "decode-slli", 0x04051513, "slli by 64: the shift amount has only six bits"),
    ("slliw-32", "decode-slliw", 0x0205151B, "slliw by 32: the shift amount has only five bits"),
    ("roriw-32", "decode-roriw", 0x6205551B, "roriw by 32: the shift amount has only five bits"),
]  # fmt: skip


def neighbours_topic(files, Topic):
    comment = ["Words that are not instructions: one bit differs from an instruction, or no version has the extension."]
    t = Topic(files, "decode-illegal", "Words that are not instructions", "vm.decode", comment)
    seen = set()
    for id_, twin, word, why in SPECIAL:
        code = word.to_bytes(2 if word & 3 != 3 else 4, "little")
        at = Topic.asked[twin][0]["address"]
        over = (1, 2) if twin in ("decode-zext-h", "decode-rev8", "decode-roriw") else None
        t.decode("illegal-" + id_, why, ["VM-004"], code, at, twin=twin, expect="VM-004", over=over)
        seen.add(word)
    fields = {"funct3": range(12, 15), "funct7": range(25, 32), "rs2": range(20, 25)}
    for name in [*BY_HAND, *written()]:
        word = int.from_bytes(assemble(text_of(name), 0x1000), "little")
        over = (1, 2) if name in B else None
        for field, places in fields.items():
            near = [word ^ 1 << place for place in places]
            near = [n for n in near if n not in seen and not any(vm_model.decode32(n, v) for v in (0, 1, 2))]
            if not near or name in ("ecall", "ebreak", "fence", "fence.i"):
                continue
            seen.add(near[0])
            bit = (word ^ near[0]).bit_length() - 1
            id_ = f"illegal-{name.replace('.', '-')}-{field}"
            why = f"{name} with bit {bit}, in {field}, flipped"
            code = near[0].to_bytes(4, "little")
            t.decode(id_, why, ["VM-004"], code, twin="decode-" + name.replace(".", "-"), expect="VM-004", over=over)
    t.write()


# The digests of research/vm.md, of what ckb-vm answered: version, and whether compressed.
DIGESTS = {
    (0, True): "9aedd02e9d3222224d1ed627ba93673c2ed45fe1ba9211819cb9daf27dfdefe1",
    (1, True): "96403c0b52e627dc57836b363c1614b00b306c5779f64db819c7b8dc27086343",
    (0, False): "768db44ea0c43f15b9482b088026189e062fbdcb1cc996e03e65a9702eb44081",
    (1, False): "e77034f6767cc7aeb08137869a1f6e592dacc6c03072df99de2a2d73dd0b7deb",
}


def legal_topics(files, Topic):
    comment = ["Which of all 16-bit patterns that do not end in 11 are instructions. The number of a pattern is its quadrant,"]
    comment += ["followed by its other bits from the high bits on; [4, 6] stands for the numbers 4 to 6."]
    t = Topic(files, "legal-compressed", "Legal compressed instructions", "vm.legal", comment)
    for first in range(0, 3 << 14, 2048):
        question = {"encodings": "compressed", "first": first, "count": 2048}
        quadrant, funct3 = first >> 14, first >> 11 & 7
        why = f"all patterns of quadrant {quadrant}, funct3 {funct3:03b}"
        t.ask(f"legal-compressed-{quadrant}-{funct3:03b}", why, ["VM-008", "VM-004"], question)
    t.write()
    comment = [
        "Which 32-bit words with rd and rs1 x1 are instructions. The number of a word is its opcode (5 bits), funct3,",
        "funct7 and rs2, from the high bits on.",
    ]
    t = Topic(files, "legal-full", "Legal instructions of 32 bits", "vm.legal", comment)
    for opcode in range(32):
        question = {"encodings": "full", "first": opcode << 15, "count": 1 << 15}
        why = f"all words of opcode {opcode << 2 | 3:07b}"
        t.ask(f"legal-full-{opcode:02x}", why, ["VM-004"], question)
    t.write()
    for (version, compressed), digest in DIGESTS.items():
        assert hashlib.sha256(bitmap(version, compressed)).hexdigest() == digest, (version, compressed)


def bitmap(version, compressed):
    """What is legal, in the order of `vm.md`: patterns by value, or opcode, funct3, funct7, rs2 from the low bits on."""
    raw = bytearray((1 << 16 if compressed else 1 << 20) // 8)
    for number in range(3 << 14 if compressed else 1 << 20):
        word = encoding(number, compressed)
        fields = (word >> 2 & 31) | (word >> 12 & 7) << 5 | word >> 25 << 8 | (word >> 20 & 31) << 15
        place = word if compressed else fields
        raw[place >> 3] |= is_legal(number, compressed, version) << (place & 7)
    return raw


def topic(files, Topic):
    operands_topic(files, Topic)
    compressed_topic(files, Topic)
    hints_topic(files, Topic)
    neighbours_topic(files, Topic)
    legal_topics(files, Topic)
