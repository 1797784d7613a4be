"""A program for each instruction, in the manner of riscv-tests, for `vm.py`.

A program compares results with a table; it exits with 0, or with the number of the first test that fails.
"""

from vm_model import COMPUTE, HOLDS, IMMEDIATE, LOADS, SHIFTS, STORES, UNARY, cost, signed
from vm_tools import BASE, ckb_vm

MIN, MAX, ALL = 1 << 63, (1 << 63) - 1, (1 << 64) - 1
FIVES, TENS, DIGITS, BACK = 0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 0x0123456789ABCDEF, 0xFEDCBA9876543210

GENERAL = [
    (0, 0), (0, ALL), (1, MAX), (MAX, 1), (MIN, ALL), (MIN, MIN), (ALL, ALL), (FIVES, TENS), (DIGITS, BACK),
    (0x7FFFFFFF, 1), (0x80000000, 0xFFFFFFFF80000000), (0xFFFFFFFF, 0xFFFFFFFF), (0x100000000, 0x1FFFFFFFF),
]  # fmt: skip
AMOUNTS = [
    (DIGITS, 0), (BACK, 0), (DIGITS, 1), (BACK, 31), (BACK, 32), (DIGITS, 33), (BACK, 63), (BACK, 64), (DIGITS, ALL),
    (0x80000000, 31), (ALL, 63), (0, 63), (0xF0F0F0F0, 0x104),
]  # fmt: skip
DIVISIONS = [
    (7, 2), (-7, 2), (7, -2), (-7, -2), (0, 5), (0, 0), (1, 0), (-1, 0), (MIN, 0), (MIN, -1), (MIN, 1), (-1, MIN),
    (MAX, MIN), (0x80000000, -1), (-0x80000000, -1), (0x80000000, 0xFFFFFFFF), (3, 0x100000000), (DIGITS, 0x10001),
]  # fmt: skip
SINGLE = [
    0, 1, ALL, MIN, MAX, 0x7F, 0x80, 0x7FFF, 0x8000, 0x7FFFFFFF, 0x80000000, 0x100000000, 0xFF00FF01007F8000, DIGITS,
    BACK, 0x0001000000000000,
]  # fmt: skip
# For addi and its like, and what stands in the field.
IMMEDIATES = [
    (0, 0), (0, 2047), (0, -2048), (ALL, 1), (1, -1), (MAX, 2047), (MIN, -2048), (FIVES, 0x555), (TENS, -0x556),
    (0x7FFFFFFF, 1), (-2048, -2048), (2047, 2047), (0xFFFFFFFF80000000, -1),
]  # fmt: skip

HEAD = "# {title}\n# Written by generate/vm.py: the results are those of the model. a0 is the number of the test.\n"
DONE = "        li   a0, 0\nfail:   li   a7, 93\n        ecall\n        .balign 8\n"
TABLE = "        lui  s0, %hi(table)\n        addi s0, s0, %lo(table)\n"


def rows(table):
    lines = ["table:"]
    for n, row in enumerate(table, 1):
        lines.append(f"        .dword {', '.join(f'{value & ALL:#018x}' for value in row)}  # {n}")
    return "\n".join(lines) + "\n"


def loop(width, body):
    """The body for each row; a1 and a2 are the operands, a3 and a4 what should come out."""
    loads = "".join(f"        ld   a{n + 1}, {8 * n}(s0)\n" for n in range(width // 8))
    end = "        lui  s1, %hi(end)\n        addi s1, s1, %lo(end)\n"
    step = f"        addi s0, s0, {width}\n        bne  s0, s1, next\n"
    return TABLE + end + "next:   addi a0, a0, 1\n" + loads + body + step + DONE


def registers(name, function, pairs):
    others = {n: f for n, f in {**COMPUTE, **UNARY_AS_TWO}.items() if n != name}
    pairs = [(a & ALL, b & ALL) for a, b in pairs]
    for other, f in others.items():
        assert any(f(a, b) != function(a, b) for a, b in pairs), f"{name} or {other}?"
    body = f"""\
        {name} a5, a1, a2
        bne  a5, a3, fail
        addi a5, a1, 0
        {name} a5, a5, a2             # rd = rs1
        bne  a5, a3, fail
        addi a5, a2, 0
        {name} a5, a1, a5             # rd = rs2
        bne  a5, a3, fail
        addi a5, a1, 0
        {name} a5, a5, a5             # all the same
        bne  a5, a4, fail
        {name} zero, a1, a2           # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
"""
    title = f"{name} rd, rs1, rs2. A row: rs1, rs2, rd, and rd where both are rs1."
    table = [(a, b, function(a, b), function(a, a)) for a, b in pairs]
    return HEAD.format(title=title) + loop(32, body) + rows(table) + "end:\n"


UNARY_AS_TWO = {name: lambda a, b, f=f: f(a) for name, f in UNARY.items()}


def unary(name, function):
    body = f"""\
        {name} a5, a1
        bne  a5, a2, fail
        {name} a1, a1                 # rd = rs1
        bne  a1, a2, fail
        {name} zero, a2               # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
"""
    table = [(a, function(a)) for a in SINGLE]
    return HEAD.format(title=f"{name} rd, rs1. A row: rs1, rd.") + loop(16, body) + rows(table) + "end:\n"


def immediate(name, function, pairs):
    tests = "".join(f"        test {16 * n}, {i}\n" for n, (_, i) in enumerate(pairs))
    text = f"""\
        .macro test row, immediate
        addi a0, a0, 1
        ld   a1, \\row(s0)
        ld   a2, \\row+8(s0)
        {name} a3, a1, \\immediate
        bne  a3, a2, fail
        .endm

{TABLE}{tests}\
        addi a0, a0, 1
        addi a2, a1, 0
        {name} a1, a1, {pairs[-1][1]}               # rd = rs1
        bne  a1, a3, fail
        {name} zero, a2, {pairs[-1][1]}             # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
"""
    table = [(a, function(a & ALL, i & ALL)) for a, i in pairs]
    return HEAD.format(title=f"{name} rd, rs1, immediate. A row: rs1, rd.") + text + DONE + rows(table)


def shift_pairs(name):
    narrow = name.endswith("w") and name != "slli.uw"
    amounts = [0, 1, 15, 31] if narrow else [0, 1, 31, 32, 33, 63]
    return [(value, amount) for amount in amounts for value in ((DIGITS, BACK) if amount else (BACK,))]


def branch(name, holds):
    body = f"""\
        addi a4, zero, 1
        {name} a1, a2, 1f
        addi a4, zero, 0
1:      bne  a4, a3, fail
        {name} a1, a1, 2f             # rs1 = rs2
        addi a4, a4, 2
2:      srli a4, a4, 1
        li   a5, {int(not holds(1, 1))}
        bne  a4, a5, fail
"""
    pairs = [(a & ALL, b & ALL) for a, b in [
        (0, 0), (0, 1), (1, 0), (-1, 0), (0, -1), (MIN, MAX), (MAX, MIN), (-1, -1), (1, 0x100000001), (MIN, 0),
    ]]  # fmt: skip
    for other, f in HOLDS.items():
        assert other == name or any(f(a, b) != holds(a, b) for a, b in pairs), f"{name} or {other}?"
    table = [(a, b, int(holds(a, b))) for a, b in pairs]
    return (
        HEAD.format(title=f"{name} rs1, rs2. A row: rs1, rs2, whether it is taken.")
        + loop(24, body)
        + rows(table)
        + "end:\n"
    )


BYTES = bytes.fromhex("7f80ff0001fe8a7510efcdab8967452301")


def load(name):
    count, sign = LOADS[name]
    offsets = [-8, -7, -5, -1, 0]
    tests = "".join(f"        test {8 * n}, {offset}\n" for n, offset in enumerate(offsets))
    found = [BYTES[o + 8 :][:count] for o in offsets]
    results = [int.from_bytes(raw, "little") for raw in found]
    results = [signed(value, 8 * count) if sign else value for value in results]
    text = f"""\
        .macro test row, offset
        addi a0, a0, 1
        ld   a2, \\row(s0)
        {name} a3, \\offset(s1)
        bne  a3, a2, fail
        .endm

{TABLE}        lui  s1, %hi(data + 8)
        addi s1, s1, %lo(data + 8)
{tests}\
        addi a0, a0, 1
        {name} s1, 0(s1)                # rd = rs1
        bne  s1, a2, fail
        {name} zero, 0(s0)              # x0 stays zero
        addi a5, zero, 0
        bnez a5, fail
"""
    data = "data:\n        .byte " + ", ".join(f"{byte:#04x}" for byte in BYTES) + "\n"
    return (
        HEAD.format(title=f"{name} rd, offset(rs1), aligned or not. A row: rd.")
        + text
        + DONE
        + rows([(r,) for r in results])
        + data
    )


def store(name):
    count, value, around = STORES[name], 0x8182838485868788, TENS
    offsets = [0, 1, -1, -3, -8]
    table = [(value, around)]
    for offset in offsets:
        memory = bytearray(around.to_bytes(8, "little") * 3)
        memory[8 + offset : 8 + offset + count] = value.to_bytes(8, "little")[:count]
        table.append(tuple(int.from_bytes(memory[n : n + 8], "little") for n in (0, 8)))
    tests = "".join(f"        test {16 * n}, {offset}\n" for n, offset in enumerate(offsets, 1))
    text = f"""\
        .macro test row, offset
        addi a0, a0, 1
        sd   a2, -8(s1)
        sd   a2, 0(s1)
        {name} a1, \\offset(s1)
        ld   a3, -8(s1)
        ld   a4, 0(s1)
        ld   a5, \\row(s0)
        bne  a3, a5, fail
        ld   a5, \\row+8(s0)
        bne  a4, a5, fail
        .endm

{TABLE}        srli s1, sp, 12
        slli s1, s1, 12             # where two pages meet, in the stack
        ld   a1, 0(s0)
        ld   a2, 8(s0)
{tests}\
"""
    title = f"{name} rs2, offset(rs1), aligned or not, and from one page to the next. First row: what is stored, and where.\n" \
        "# A row: the 16 bytes around the border of the pages."  # fmt: skip
    return HEAD.format(title=title) + text + DONE + rows(table)


def pairs_of(name):
    base = name.removesuffix("w")
    if base.rstrip("u") in ("div", "rem") or name in ("divuw", "remuw"):
        return DIVISIONS
    if base in ("sll", "srl", "sra", "rol", "ror", "bclr", "bext", "binv", "bset"):
        return AMOUNTS
    return GENERAL


def written():
    """Source by name, of those that are made from tables."""
    sources = {}
    for name, function in COMPUTE.items():
        if name != "sll.uw":
            sources[name] = registers(name, function, pairs_of(name))
    for name, function in UNARY.items():
        sources[name] = unary(name, function)
    for name, base in IMMEDIATE.items():
        sources[name] = immediate(name, COMPUTE[base], IMMEDIATES)
    for name, base in SHIFTS.items():
        sources[name] = immediate(name, COMPUTE[base], shift_pairs(name))
    for name, holds in HOLDS.items():
        sources[name] = branch(name, holds)
    for name in LOADS:
        sources[name] = load(name)
    for name in STORES:
        sources[name] = store(name)
    return sources


BY_HAND = ["lui", "auipc", "jal", "jalr", "fence", "fence.i", "ecall", "ebreak"]
MUL = {name for name in COMPUTE if cost(name) > 1}
B = {"andn", "orn", "xnor", "max", "maxu", "min", "minu", "rol", "rolw", "ror", "rorw", "clmul", "clmulh", "clmulr"}
B |= {"bclr", "bext", "binv", "bset", "rori", "roriw", "bclri", "bexti", "binvi", "bseti", "slli.uw", "add.uw"}
B |= {f"sh{n}add{w}" for n in (1, 2, 3) for w in ("", ".uw")} | set(UNARY)

NOTES = {
    "mulw-sign": {"bug": "sign", "effect": "mulw that does not sign-extend its result", "see": ckb_vm(50)},
    "width": {"bug": "width", "effect": "a 32-bit instruction that reads or keeps the upper half of a register: add.uw, slli.uw, clzw and rorw in early ckb-vm"},
    "clmul": {"bug": "boundary", "effect": "clmul, clmulh or clmulr that skips the first or the last bit", "see": ckb_vm(209)},
    "orc-b": {"bug": "arithmetic", "effect": "orc.b that does not fill every byte that is not zero, as in early ckb-vm"},
    "single-bit": {"bug": "width", "effect": "a single-bit instruction that truncates the bit number to five bits"},
    "division": {"bug": "overflow", "effect": "a division by zero, or of the least number by -1, that crashes the host"},
    "wraps": {"bug": "overflow", "effect": "arithmetic that crashes on overflow instead of wrapping around", "see": ckb_vm(78)},
    "shift-amount": {"bug": "width", "effect": "a shift amount of 64 or more that is not truncated to six (or five) bits"},
    "x0-written": {"bug": "register", "effect": "a result that x0 keeps"},
}  # fmt: skip


def flags_of(name):
    found = []
    if name == "mulw":
        found.append("mulw-sign")
    if name in ("add.uw", "slli.uw", "clzw", "rorw", "ctzw", "cpopw", "rolw", "addw", "sllw", "srlw", "sraw"):
        found.append("width")
    if name.startswith("clmul"):
        found.append("clmul")
    if name == "orc.b":
        found.append("orc-b")
    if name.rstrip("i") in ("binv", "bset", "bclr", "bext"):
        found.append("single-bit")
    if name.startswith(("div", "rem")):
        found.append("division")
    if name in ("add", "addi", "sub", "mul"):
        found.append("wraps")
    if name in ("sll", "srl", "sra", "rol", "ror"):
        found.append("shift-amount")
    return found + ["x0-written"] * (name in ("add", "addi", "lui", "lw"))


def topic(files, Topic):
    sources = written()
    comment = [
        "A program for each instruction: results of edge values, rd equal to an operand, rd = x0, and cycles.",
        "programs/ has the source and the ELF file of each. A program that fails exits with the number of the test.",
    ]
    t = Topic(files, "instructions", "What each instruction computes", "vm.run", comment, notes=NOTES)
    for name in [*BY_HAND, *sources]:
        file = t.assembled(name, sources.get(name))
        assert BASE == 0x10000
        id_ = "run-" + name.replace(".", "-")
        expect = {0: "VM-004"} if name in B else 0
        rule = "VM-007" if name in B else "VM-021" if name in ("fence", "fence.i", "ebreak") else "VM-005"
        rule = {"jalr": "VM-006", "ecall": "VM-025"}.get(name, rule)
        rules = [rule, *(["VM-020"] if name in LOADS or name in STORES else []), "VM-050"]
        said = f"{name}: every row of the program's table" if name in sources else WHY[name]
        t.run(id_, [said, f"version 0 has no {name}"], rules, file, expect=expect, flags=flags_of(name))
    t.write()


WHY = {
    "lui": "lui: the result is sign-extended, and x0 stays zero",
    "auipc": "auipc adds to the address of the instruction itself",
    "jal": "jal forward and backward, with and without a link",
    "jalr": "jalr adds the offset, then clears the lowest bit, with and without a link",
    "fence": "fence does nothing, with any sets and with reserved fields",
    "fence.i": "fence.i does nothing",
    "ecall": "ecall with a7 = 93 exits with the low byte of a0",
    "ebreak": "ebreak and c.ebreak do nothing, and cost as much as a syscall",
}
