"""A model of CKB-VM in Python: decoder, fusion, memory, ELF, cycles.

Written from the RISC-V manual's instructions and from notes on `ckb-vm`, with Python's integers; no code is shared
with the reference, and none of it is fast.  `vm.py` and its neighbours take every expectation from here.
"""

import struct
from collections import namedtuple
from dataclasses import dataclass, field

ALL = 2**64 - 1
SIZE, PAGE = 4 << 20, 4096
Ins = namedtuple("Ins", "name rd rs1 rs2 imm length")
Item = namedtuple("Item", "name cycles length parts")


class Fault(Exception):
    """The rule that a run breaks."""

    def __init__(self, rule):
        super().__init__(rule)
        self.rule = rule


# --- What instructions compute ----------------------------------------------------------------


def signed(value, bits=64):
    value &= 2**bits - 1
    return value - 2**bits if value >> bits - 1 else value


def u(value):
    return value & ALL


def word(value):
    return u(signed(value, 32))


def quotient(a, b, bits, sign):
    if sign:
        a, b = signed(a, bits), signed(b, bits)
    else:
        a, b = a & 2**bits - 1, b & 2**bits - 1
    if b == 0:
        return u(-1)
    whole = abs(a) // abs(b)
    return u(signed(-whole if (a < 0) != (b < 0) else whole, bits))


def remainder(a, b, bits, sign):
    if sign:
        a, b = signed(a, bits), signed(b, bits)
    else:
        a, b = a & 2**bits - 1, b & 2**bits - 1
    rest = a if b == 0 else abs(a) % abs(b) * (-1 if a < 0 else 1)
    return u(signed(rest, bits))


def carryless(a, b):
    product = 0
    for bit in range(64):
        if b >> bit & 1:
            product ^= a << bit
    return product


def zeros(text):
    """Zeros at the start of some binary digits."""
    return len(text) - len(text.lstrip("0"))


def binary(value, bits=64):
    return format(value & 2**bits - 1, f"0{bits}b")


def rotate_right(value, by, bits):
    text = binary(value, bits)
    by %= bits
    return int(text[-by:] + text[:-by], 2) if by else int(text, 2)


def bytewise(value, function):
    return int.from_bytes(bytes(function(byte) for byte in value.to_bytes(8, "little")), "little")


# Registers of two operands; an instruction with an immediate has the same function.
COMPUTE = {
    "add": lambda a, b: u(a + b),
    "sub": lambda a, b: u(a - b),
    "sll": lambda a, b: u(a << b % 64),
    "slt": lambda a, b: int(signed(a) < signed(b)),
    "sltu": lambda a, b: int(a < b),
    "xor": lambda a, b: a ^ b,
    "srl": lambda a, b: a >> b % 64,
    "sra": lambda a, b: u(signed(a) >> b % 64),
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "addw": lambda a, b: word(a + b),
    "subw": lambda a, b: word(a - b),
    "sllw": lambda a, b: word(a << b % 32),
    "srlw": lambda a, b: word(a % 2**32 >> b % 32),
    "sraw": lambda a, b: word(signed(a, 32) >> b % 32),
    "mul": lambda a, b: u(a * b),
    "mulh": lambda a, b: u(signed(a) * signed(b) >> 64),
    "mulhsu": lambda a, b: u(signed(a) * b >> 64),
    "mulhu": lambda a, b: a * b >> 64,
    "mulw": lambda a, b: word(a * b),
    "div": lambda a, b: quotient(a, b, 64, True),
    "divu": lambda a, b: quotient(a, b, 64, False),
    "rem": lambda a, b: remainder(a, b, 64, True),
    "remu": lambda a, b: remainder(a, b, 64, False),
    "divw": lambda a, b: quotient(a, b, 32, True),
    "divuw": lambda a, b: quotient(a, b, 32, False),
    "remw": lambda a, b: remainder(a, b, 32, True),
    "remuw": lambda a, b: remainder(a, b, 32, False),
    "add.uw": lambda a, b: u(a % 2**32 + b),
    "sh1add": lambda a, b: u(2 * a + b),
    "sh2add": lambda a, b: u(4 * a + b),
    "sh3add": lambda a, b: u(8 * a + b),
    "sh1add.uw": lambda a, b: u(2 * (a % 2**32) + b),
    "sh2add.uw": lambda a, b: u(4 * (a % 2**32) + b),
    "sh3add.uw": lambda a, b: u(8 * (a % 2**32) + b),
    "sll.uw": lambda a, b: u(a % 2**32 << b % 64),
    "andn": lambda a, b: a & ~b & ALL,
    "orn": lambda a, b: a | ~b & ALL,
    "xnor": lambda a, b: ~(a ^ b) & ALL,
    "max": lambda a, b: u(max(signed(a), signed(b))),
    "maxu": max,
    "min": lambda a, b: u(min(signed(a), signed(b))),
    "minu": min,
    "rol": lambda a, b: rotate_right(a, -b % 64, 64),
    "rolw": lambda a, b: word(rotate_right(a, -b % 32, 32)),
    "ror": lambda a, b: rotate_right(a, b, 64),
    "rorw": lambda a, b: word(rotate_right(a, b, 32)),
    "clmul": lambda a, b: u(carryless(a, b)),
    "clmulh": lambda a, b: carryless(a, b) >> 64,
    "clmulr": lambda a, b: u(carryless(a, b) >> 63),
    "bclr": lambda a, b: a & ~(1 << b % 64),
    "bext": lambda a, b: a >> b % 64 & 1,
    "binv": lambda a, b: a ^ 1 << b % 64,
    "bset": lambda a, b: a | 1 << b % 64,
}
UNARY = {
    "clz": lambda a: zeros(binary(a)),
    "clzw": lambda a: zeros(binary(a, 32)),
    "ctz": lambda a: zeros(binary(a)[::-1]),
    "ctzw": lambda a: zeros(binary(a, 32)[::-1]),
    "cpop": lambda a: binary(a).count("1"),
    "cpopw": lambda a: binary(a, 32).count("1"),
    "sext.b": lambda a: u(signed(a, 8)),
    "sext.h": lambda a: u(signed(a, 16)),
    "zext.h": lambda a: a % 2**16,
    "orc.b": lambda a: bytewise(a, lambda byte: 255 if byte else 0),
    "rev8": lambda a: int.from_bytes(a.to_bytes(8, "little"), "big"),
}
HOLDS = {
    "beq": lambda a, b: a == b,
    "bne": lambda a, b: a != b,
    "blt": lambda a, b: signed(a) < signed(b),
    "bge": lambda a, b: signed(a) >= signed(b),
    "bltu": lambda a, b: a < b,
    "bgeu": lambda a, b: a >= b,
}
# Bytes, and whether the sign is extended.
LOADS = {"lb": (1, 1), "lh": (2, 1), "lw": (4, 1), "ld": (8, 0), "lbu": (1, 0), "lhu": (2, 0), "lwu": (4, 0)}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}
# The instructions with an immediate, and what they compute.
IMMEDIATE = {n + "i": n for n in ("add", "slt", "xor", "or", "and")} | {"sltiu": "sltu", "addiw": "addw"}
SHIFTS = {n + "i": n for n in ("sll", "srl", "sra", "ror", "bclr", "bext", "binv", "bset")}
SHIFTS |= {n[:-1] + "iw": n for n in ("sllw", "srlw", "sraw", "rorw")} | {"slli.uw": "sll.uw"}


def cost(name):
    if name in ("ecall", "ebreak"):
        return 500
    if name in ("ld", "sd"):
        return 2
    if name in LOADS or name in STORES or name in HOLDS or name in ("jal", "jalr"):
        return 3
    if name in ("mul", "mulh", "mulhsu", "mulhu", "mulw"):
        return 5
    return 32 if name[:3] in ("div", "rem") else 1


# --- Decoding ---------------------------------------------------------------------------------

# By funct7 and funct3, in the opcodes 0110011 and 0111011.
OP = {0: "add sll slt sltu xor srl or and", 1: "mul mulh mulhsu mulhu div divu rem remu", 0x20: "sub - - - - sra - -"}
OP_B = {
    0x05: "- clmul clmulr clmulh min minu max maxu", 0x10: "- - sh1add - sh2add - sh3add -",
    0x14: "- bset - - - - - -", 0x20: "- - - - xnor - orn andn", 0x24: "- bclr - - - bext - -",
    0x30: "- rol - - - ror - -", 0x34: "- binv - - - - - -",
}  # fmt: skip
OP32 = {0: "addw sllw - - - srlw - -", 1: "mulw - - - divw divuw remw remuw", 0x20: "subw - - - - sraw - -"}
OP32_B = {
    0x04: "add.uw - - - zext.h - - -", 0x10: "- - sh1add.uw - sh2add.uw - sh3add.uw -", 0x30: "- rolw - - - rorw - -",
}  # fmt: skip
# By funct6 and funct3.
SHIFT64 = {(0, 1): "slli", (0, 5): "srli", (0x10, 5): "srai"}
SHIFT64_B = {(0x18, 5): "rori", (0x12, 1): "bclri", (0x12, 5): "bexti", (0x1A, 1): "binvi", (0x0A, 1): "bseti"}
# By the whole of the upper twelve bits and funct3.
UNARY64 = {(0x600, 1): "clz", (0x601, 1): "ctz", (0x602, 1): "cpop", (0x604, 1): "sext.b", (0x605, 1): "sext.h"}
UNARY64 |= {(0x287, 5): "orc.b", (0x6B8, 5): "rev8"}
UNARY32 = {(0x600, 1): "clzw", (0x601, 1): "ctzw", (0x602, 1): "cpopw"}
# By funct7 and funct3.
SHIFT32 = {(0, 1): "slliw", (0, 5): "srliw", (0x20, 5): "sraiw"}


def columns(table, funct7, funct3):
    name = table.get(funct7, "- - - - - - - -").split()[funct3]
    return None if name == "-" else name


def decode32(bits, version):
    """An instruction of four bytes, or None."""
    opcode, funct3, funct7, top = bits & 127, bits >> 12 & 7, bits >> 25, bits >> 20
    rd, rs1, rs2 = bits >> 7 & 31, bits >> 15 & 31, bits >> 20 & 31
    b = version > 0
    imm_i = u(signed(top, 12))

    def named(name, *operands):
        return Ins(name, *operands, 4) if name else None

    if opcode in (0x37, 0x17):
        return named("lui" if opcode == 0x37 else "auipc", rd, 0, 0, u(signed(bits & 0xFFFFF000, 32)))
    if opcode == 0x6F:
        text = binary(bits, 32)
        return named("jal", rd, 0, 0, u(signed(int(text[0] + text[12:20] + text[11] + text[1:11] + "0", 2), 21)))
    if opcode == 0x67:
        return named("jalr" if funct3 == 0 else None, rd, rs1, 0, imm_i)
    if opcode == 0x63:
        text = binary(bits, 32)
        name = ["beq", "bne", None, None, "blt", "bge", "bltu", "bgeu"][funct3]
        return named(name, 0, rs1, rs2, u(signed(int(text[0] + text[24] + text[1:7] + text[20:24] + "0", 2), 13)))
    if opcode == 0x03:
        return named(["lb", "lh", "lw", "ld", "lbu", "lhu", "lwu", None][funct3], rd, rs1, 0, imm_i)
    if opcode == 0x23:
        name = ["sb", "sh", "sw", "sd"][funct3] if funct3 < 4 else None
        return named(name, 0, rs1, rs2, u(signed(funct7 << 5 | rd, 12)))
    if opcode == 0x13:
        if funct3 not in (1, 5):
            return named(["addi", "", "slti", "sltiu", "xori", "", "ori", "andi"][funct3], rd, rs1, 0, imm_i)
        name = SHIFT64.get((bits >> 26, funct3)) or b and SHIFT64_B.get((bits >> 26, funct3))
        unary = b and UNARY64.get((top, funct3))
        return named(name, rd, rs1, 0, top & 63) if name else named(unary, rd, rs1, 0, 0)
    if opcode == 0x1B:
        if funct3 == 0:
            return named("addiw", rd, rs1, 0, imm_i)
        if b and funct3 == 1 and bits >> 26 == 2:
            return named("slli.uw", rd, rs1, 0, top & 63)
        name = SHIFT32.get((funct7, funct3)) or b and {(0x30, 5): "roriw"}.get((funct7, funct3))
        unary = b and UNARY32.get((top, funct3))
        return named(name, rd, rs1, 0, rs2) if name else named(unary, rd, rs1, 0, 0)
    if opcode in (0x33, 0x3B):
        base, more = (OP, OP_B) if opcode == 0x33 else (OP32, OP32_B)
        name = columns(base, funct7, funct3) or b and columns(more, funct7, funct3)
        if name == "zext.h":
            return named("zext.h" if rs2 == 0 else None, rd, rs1, 0, 0)
        return named(name, rd, rs1, rs2, 0)
    if opcode == 0x0F and rd == rs1 == funct3 == 0:
        return named("fence", 0, 0, 0, 0)
    return named({0x0000100F: "fence.i", 0x73: "ecall", 0x00100073: "ebreak"}.get(bits), 0, 0, 0, 0)


def gather(bits, places):
    """An immediate out of runs of bits, in the manual's notation: (5, 3) at 12 are its bits 5 to 3, the highest of
    them in bit 12 of the instruction."""
    value = 0
    for run, top in places:
        high, low = (run, run) if isinstance(run, int) else run
        width = high - low + 1
        value |= (bits >> top - width + 1 & 2**width - 1) << low
    return value


def decode16(bits, version):
    """A compressed instruction as the one that it stands for, or None."""
    funct3, quadrant = bits >> 13, bits & 3
    rd, rs2, low, high = bits >> 7 & 31, bits >> 2 & 31, 8 + (bits >> 2 & 7), 8 + (bits >> 7 & 7)
    imm6 = (bits >> 7 & 32) | rs2
    sext6 = u(signed(imm6, 6))
    hint = Ins("addi", 0, 0, 0, 0, 2) if version > 0 else None
    nop = Ins("addi", 0, 0, 0, 0, 2)

    def ins(name, rd=0, rs1=0, rs2=0, imm=0):
        return Ins(name, rd, rs1, rs2, imm, 2)

    if quadrant == 0:
        lw = gather(bits, [((5, 3), 12), (2, 6), (6, 5)])
        ld = gather(bits, [((5, 3), 12), ((7, 6), 6)])
        if funct3 == 0:
            imm = gather(bits, [((5, 4), 12), ((9, 6), 10), (2, 6), (3, 5)])
            return ins("addi", low, 2, 0, imm) if imm else None
        return {
            2: ins("lw", low, high, 0, lw), 3: ins("ld", low, high, 0, ld),
            6: ins("sw", 0, high, low, lw), 7: ins("sd", 0, high, low, ld),
        }.get(funct3)  # fmt: skip
    if quadrant == 1:
        if funct3 == 0:
            if rd == 0 and imm6 == 0:
                return nop
            return ins("addi", rd, rd, 0, sext6) if rd and imm6 else hint
        if funct3 == 1:
            return ins("addiw", rd, rd, 0, sext6) if rd else None
        if funct3 == 2:
            return ins("addi", rd, 0, 0, sext6) if rd else hint
        if funct3 == 3:
            if imm6 == 0:
                return None
            if rd == 2:
                imm = gather(bits, [(9, 12), (4, 6), (6, 5), ((8, 7), 4), (5, 2)])
                return ins("addi", 2, 2, 0, u(signed(imm, 10)))
            return ins("lui", rd, 0, 0, u(sext6 << 12)) if rd else hint
        if funct3 == 4:
            kind = bits >> 10 & 3
            if kind < 2:
                return ins(["srli", "srai"][kind], high, high, 0, imm6) if imm6 else nop
            if kind == 2:
                return ins("andi", high, high, 0, sext6)
            name = ["sub", "xor", "or", "and", "subw", "addw", None, None][bits >> 10 & 4 | bits >> 5 & 3]
            return ins(name, high, high, low) if name else None
        if funct3 == 5:
            places = [(11, 12), (4, 11), ((9, 8), 10), (10, 8), (6, 7), (7, 6), ((3, 1), 5), (5, 2)]
            return ins("jal", 0, 0, 0, u(signed(gather(bits, places), 12)))
        imm = u(signed(gather(bits, [(8, 12), ((4, 3), 11), ((7, 6), 6), ((2, 1), 4), (5, 2)]), 9))
        return ins(["beq", "bne"][funct3 - 6], 0, high, 0, imm)
    if quadrant == 2:
        if funct3 == 0:
            return ins("slli", rd, rd, 0, imm6) if rd and imm6 else hint
        if funct3 == 2:
            return ins("lw", rd, 2, 0, gather(bits, [(5, 12), ((4, 2), 6), ((7, 6), 3)])) if rd else None
        if funct3 == 3:
            return ins("ld", rd, 2, 0, gather(bits, [(5, 12), ((4, 3), 6), ((8, 6), 4)])) if rd else None
        if funct3 == 4:
            second = bits >> 12 & 1
            if rs2 == 0:
                if rd == 0:
                    return ins("ebreak") if second else None
                return ins("jalr", second, rd)
            return (ins("add", rd, rd if second else 0, rs2)) if rd else hint
        if funct3 == 6:
            return ins("sw", 0, 2, rs2, gather(bits, [((5, 2), 12), ((7, 6), 8)]))
        if funct3 == 7:
            return ins("sd", 0, 2, rs2, gather(bits, [((5, 3), 12), ((8, 6), 9)]))
    return None


# --- Fusion -----------------------------------------------------------------------------------

RA = 1


def different(*registers):
    return len(set(registers)) == len(registers) and 0 not in registers


def is_adc(p, _):
    a, b, c = p[0].rd, p[0].rs2, p[2].rs2
    wanted = [(a, a, b), (b, a, b), (a, a, c), (c, a, c), (b, b, c)]
    return [(q.rd, q.rs1, q.rs2) for q in p] == wanted and different(a, b, c)


def is_sbb(p, _):
    a, b, c, d = p[0].rs1, p[0].rd, p[2].rs2, p[1].rd
    found = [(q.rd, q.rs1, q.rs2) for q in p]
    found[1] = found[1][:2]
    return found == [(b, a, b), (d, a), (a, b, c), (c, b, a), (b, c, d)] and different(a, b, c, d)


def is_wide(p, _):
    first, second = p
    same_operands = (first.rs1, first.rs2) == (second.rs1, second.rs2)
    return same_operands and first.rd not in (first.rs1, first.rs2) and second.rd != first.rd


def total(p):
    """The sum of the immediates of two parts, as integers without an end."""
    return signed(p[0].imm) + signed(p[1].imm)


def fits(value):
    return -(2**31) <= value < 2**31


def is_call(p, _):
    return p[1].rs1 == p[0].rd and p[1].rd == RA


def is_adcs(p, _):
    (d, x, y), s = p[0][1:4], p[1]
    if x == d and y != d:
        x = y
    return (s.rs1, s.rs2) == (d, x) and d != x and d != 0


def is_sbbs(p, _):
    d, x, y = p[0][1:4]
    return (p[1].rs1, p[1].rs2) == (x, y) and d not in (x, y)


def is_add3a(p, _):
    (r0, r1, again), (r2, *carry), (_, addend, r4) = (q[1:4] for q in p)
    ok = again == r0 and carry == [r0, r1] and addend == r2
    return ok and r0 != r1 and r4 not in (r0, r2) and 0 not in (r0, r2)


def is_add3b(p, _):
    (r0, r1, _), carry, (_, addend, r4) = (q[1:4] for q in p)
    ok = tuple(carry) == (r1, r0, r1) and addend == r1
    return ok and r0 != r1 and r4 not in (r0, r1) and 0 not in (r0, r1)


def is_add3c(p, _):
    (r0, r1, _), (r3, *carry), (to, addend, r4) = (q[1:4] for q in p)
    ok = carry == [r0, r1] and to == addend == r3
    return ok and r0 != r1 and r4 not in (r0, r3) and 0 not in (r0, r3)


def same(p):
    return p[0].rd == p[1].rd == p[1].rs1


# Name, versions, cycles, parts, condition.
FUSED = [
    ("adc", (1, 2), 1, "add sltu add sltu or", is_adc),
    ("add3a", (2,), 1, "add sltu add", is_add3a),
    ("add3b", (2,), 1, "add sltu add", is_add3b),
    ("add3c", (2,), 1, "add sltu add", is_add3c),
    ("adcs", (2,), 1, "add sltu", is_adcs),
    ("sbb", (1, 2), 1, "sub sltu sub sltu or", is_sbb),
    ("sbbs", (2,), 1, "sub sltu", is_sbbs),
    ("far_jump_abs", (1,), 3, "lui jalr", is_call),
    ("far_jump_abs", (2,), 3, "lui jalr", lambda p, _: is_call(p, _) and p[0].rd == RA),
    ("load_imm", (1, 2), 1, "lui addiw", lambda p, _: same(p)),
    ("far_jump_rel", (1,), 3, "auipc jalr", is_call),
    ("far_jump_rel", (2,), 3, "auipc jalr", lambda p, _: is_call(p, _) and p[0].rd == RA and fits(total(p))),
    ("load_imm", (2,), 1, "auipc addi", lambda p, pc: same(p) and fits(total(p)) and fits(pc) and fits(total(p) + pc)),
    ("wide_mul", (1, 2), 5, "mulh mul", is_wide),
    ("wide_mulu", (1, 2), 5, "mulhu mul", is_wide),
    ("wide_mulsu", (1, 2), 5, "mulhsu mul", is_wide),
    ("wide_div", (1, 2), 32, "div rem", is_wide),
    ("wide_divu", (1, 2), 32, "divu remu", is_wide),
]


# --- The machine ------------------------------------------------------------------------------

ENDS_BLOCK = {"auipc", "ebreak", "ecall", "fence", "fence.i", "jal", "jalr", *HOLDS, "far_jump_abs", "far_jump_rel"}
# Rules whose class is the same: which of them it was cannot be told.
CLASSES = {"VM-002": "bounds", "VM-003": "permission", "VM-004": "illegal"}
CLASSES |= {"VM-031": "bounds", "VM-032": "bounds", "VM-033": "bounds", "VM-034": "permission"}


@dataclass
class Machine:
    version: int
    registers: list = field(default_factory=lambda: [0] * 32)
    pc: int = 0
    memory: bytearray = field(default_factory=lambda: bytearray(SIZE))
    executable: set = field(default_factory=set)
    frozen: set = field(default_factory=set)
    cycles: int = 0
    names: set = field(default_factory=set)

    # Memory.
    def fetch(self, address, count):
        if address + count > SIZE:
            raise Fault("VM-002")
        if not {address // PAGE, (address + count - 1) // PAGE} <= self.executable:
            raise Fault("VM-003")
        return int.from_bytes(self.memory[address : address + count], "little")

    def load(self, address, count):
        if address + count > SIZE:
            raise Fault("VM-031")
        if self.version == 0 and address + count == SIZE:
            raise Fault("VM-032")
        return int.from_bytes(self.memory[address : address + count], "little")

    def store(self, address, raw):
        if not raw:
            return
        if address + len(raw) > SIZE:
            assert address >= SIZE or address // PAGE not in self.executable, "engines differ on which fault is first"
            raise Fault("VM-033")
        if self.executable & set(range(address // PAGE, (address + len(raw) - 1) // PAGE + 1)):
            raise Fault("VM-034")
        self.memory[address : address + len(raw)] = raw

    # Decoding.
    def decode(self, pc):
        if pc >= SIZE:
            raise Fault("VM-002")
        if pc % PAGE < PAGE - 2:
            bits = self.fetch(pc, 4)
        else:
            bits = self.fetch(pc, 2)
            if bits & 3 == 3:
                bits |= self.fetch(pc + 2, 2) << 16
        found = decode32(bits, self.version) if bits & 3 == 3 else decode16(bits & 0xFFFF, self.version)
        if found is None:
            raise Fault("VM-004")
        return found

    def item(self, pc):
        parts = [self.decode(pc)]
        at = pc
        try:
            while len(parts) < 5:
                at += parts[-1].length
                parts.append(self.decode(at))
        except Fault:
            pass
        for name, versions, cycles, pattern, holds in FUSED:
            own = parts[: len(pattern.split())]
            if self.version in versions and [p.name for p in own] == pattern.split() and holds(own, pc):
                return Item(name, cycles, sum(p.length for p in own), own)
        return Item(parts[0].name, cost(parts[0].name), parts[0].length, parts[:1])

    # Running.
    def set(self, register, value):
        if register:
            self.registers[register] = u(value)

    def execute(self, ins, pc):
        """One instruction; the address of the next one, or an exit code as a negative number less one."""
        a, b, after = self.registers[ins.rs1], self.registers[ins.rs2], u(pc + ins.length)
        name, at = ins.name, u(self.registers[ins.rs1] + ins.imm)
        if name in COMPUTE:
            self.set(ins.rd, COMPUTE[name](a, b))
        elif name in UNARY:
            self.set(ins.rd, UNARY[name](a))
        elif name in IMMEDIATE or name in SHIFTS:
            self.set(ins.rd, COMPUTE[IMMEDIATE.get(name) or SHIFTS[name]](a, ins.imm))
        elif name in LOADS:
            count, sign = LOADS[name]
            value = self.load(at, count)
            self.set(ins.rd, signed(value, 8 * count) if sign else value)
        elif name in STORES:
            self.store(at, b.to_bytes(8, "little")[: STORES[name]])
        elif name in HOLDS:
            return u(pc + ins.imm) if HOLDS[name](a, b) else after
        elif name == "jal":
            self.set(ins.rd, after)
            return u(pc + ins.imm)
        elif name == "jalr":
            self.set(ins.rd, after)
            return u((self.registers[ins.rs1] if self.version == 0 else a) + ins.imm) & ~1
        elif name in ("lui", "auipc"):
            self.set(ins.rd, ins.imm + (pc if name == "auipc" else 0))
        elif name == "ecall":
            if self.registers[17] != 93:
                raise Fault("VM-026")
            return -1 - self.registers[10] % 256
        else:
            assert name in ("fence", "fence.i", "ebreak"), name
        return after

    def perform(self, item, pc):
        parts = item.parts
        if item.name == "sbb":
            parts = [parts[0], parts[1]._replace(rs2=parts[0].rd), *parts[2:]]
        if item.name.startswith("far_jump"):
            base = pc if item.name == "far_jump_rel" else 0
            after = u(pc + item.length)
            self.set(RA, after)
            return u(base + signed(total(parts), 32)) & ~1
        for part in parts:
            pc = self.execute(part, pc)
        return pc

    def block(self):
        """Items as the engines decode them at once, and the fault of the first that cannot be."""
        items, pc = [], self.pc
        while len(items) < 16:
            try:
                items.append(self.item(pc))
            except Fault as fault:
                if not items:
                    raise
                return items, fault.rule
            pc += items[-1].length
            if items[-1].name in ENDS_BLOCK:
                break
        return items, None

    def run(self, limit):
        """The exit code; of a fault, `also` is what engines that decode ahead may find first."""
        while True:
            assert self.pc < 2**32 or self.pc >= SIZE, "VM-023"
            items, ahead = self.block()
            assert sum(item.length for item in items) < 256, "VM-022"
            self.names |= {item.name for item in items}
            over = self.cycles + sum(item.cycles for item in items) > limit
            try:
                for item in items:
                    if self.cycles + item.cycles > limit:
                        raise Fault("VM-051")
                    self.cycles += item.cycles
                    self.pc = self.perform(item, self.pc)
                    if self.pc < 0:
                        return -1 - self.pc
            except Fault as fault:
                fault.also = set()
                if ahead and CLASSES[ahead] != CLASSES.get(fault.rule):
                    fault.also.add(ahead)
                assert not over or fault.rule == "VM-051", "the limit falls into a block that faults"
                raise


# --- Loading ----------------------------------------------------------------------------------


def parse_elf(file, version):
    """The entry and the segments: (address, bytes, memory size, executable, frozen)."""
    if len(file) < 64 or file[:4] != b"\x7fELF" or file[5] not in (1, 2) or file[4] != 2:
        raise Fault("VM-036")
    order = "<" if file[5] == 1 else ">"
    entry, table = struct.unpack_from(order + "QQ", file, 24)
    (count,) = struct.unpack_from(order + "H", file, 56)
    if count > len(file) // 56 or count and table + 56 * count > len(file):
        raise Fault("VM-037")
    segments = []
    for n in range(count):
        kind, flags, offset, address, _, size, room, _ = struct.unpack_from(order + "IIQQQQQQ", file, table + 56 * n)
        if kind != 1:
            continue
        if offset + size > len(file):
            raise Fault("VM-038")
        executable, writable, readable = flags & 1, flags & 2, flags & 4
        if not readable or executable and writable:
            raise Fault("VM-039")
        segments.append((address, file[offset : offset + size], room, executable, not writable or version == 0))
    return entry, segments


def load(machine, file):
    machine.pc, segments = parse_elf(file, machine.version)
    for address, raw, room, executable, frozen in segments:
        pad = address % PAGE
        start, size = address - pad, u(-(-u(room + pad) // PAGE) * PAGE)
        if start + size > SIZE or pad > size:
            raise Fault("VM-040")
        pages = set(range(start // PAGE, (start + size) // PAGE))
        if pages & machine.frozen:
            raise Fault("VM-035")
        machine.memory[start : start + size] = (bytes(pad) + raw + bytes(size))[:size]
        machine.executable |= pages if executable else set()
        machine.frozen |= pages if frozen else set()
        if machine.version == 0 and pad and executable:
            raise Fault("VM-042")
    return sum(len(raw) for _, raw, *_ in segments)


def push_arguments(machine, arguments):
    version, sp, slots = machine.version, SIZE, [len(arguments)]
    if not arguments and version > 0:
        machine.registers[2] = SIZE - 16
        return
    for argument in arguments:
        sp -= len(argument) + 1
        machine.store(sp, argument + b"\0")
        slots.append(sp)
        if version == 2 and sp < 3 << 20:
            raise Fault("VM-046")
    if version > 0:
        slots.append(0)
        sp -= (sp - 8 * len(slots)) % 16
    for slot in reversed(slots):
        sp -= 8
        machine.store(sp, slot.to_bytes(8, "little")[: 8 if version else 4])
    if sp < 3 << 20:
        raise Fault("VM-046")
    machine.registers[2] = sp


def start(file, version, arguments=(), charge=False):
    machine = Machine(version)
    raw = load(machine, file)
    push_arguments(machine, arguments)
    if charge:
        machine.cycles = -(-(raw + SIZE - machine.registers[2]) // 4)
    return machine
