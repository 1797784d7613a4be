//! The instruction set as one table: encoding, operands, version, cycles, and effect.
//!
//! The decoder, the costs, the handlers of the fast engine, the disassembler and the chapter's
//! table are made from it. An instruction that is not in the table is illegal (VM-004). Compressed
//! instructions expand to instructions of the table (VM-008), and fused operations consist of them
//! (VM-010).

use super::arithmetic::{
    add, add_uw, addw, and, andn, bclr, bext, binv, bset, clmul, clmulh, clmulr, clz, clzw, cpop,
    cpopw, ctz, ctzw, div, divu, divuw, divw, eq, ge, geu, lt, ltu, max, maxu, min, minu, mul,
    mulh, mulhsu, mulhu, mulw, ne, or, orc_b, orn, rem, remu, remuw, remw, rev8, rol, rolw, ror,
    rorw, sext_b, sext_h, sh1add, sh1add_uw, sh2add, sh2add_uw, sh3add, sh3add_uw, sll, slli_uw,
    sllw, slt, sltu, sra, sraw, srl, srlw, sub, subw, xnor, xor, zext_h,
};
use super::version::Version::{self, V0, V1};

/// An instruction of 32 bits.
#[derive(Debug)]
pub struct Instruction {
    /// Which instruction it is.
    pub op: Op,
    /// The assembler's mnemonic.
    pub name: &'static str,
    /// The bits that identify it.
    pub encoding: Encoding,
    /// Its format: which operands it has, and which bits they are.
    pub operands: Operands,
    /// The first version that has it.
    pub since: Version,
    /// The cycles that it costs.
    pub cycles: u32,
    /// What it does.
    pub effect: Effect,
}

/// The bits that identify an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// A mask of the bits that identify it.
    pub mask: u32,
    /// The values of these bits; all others are 0.
    pub bits: u32,
}

/// The formats of the RISC-V manual, with variants in which an operand is unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operands {
    /// rd, rs1, rs2.
    R,
    /// rd, rs1.
    Unary,
    /// rd, rs1, immediate.
    I,
    /// rd, rs1, an immediate of 6 bits, or of 5 where the sixth is part of the encoding.
    Shift,
    /// rs1, rs2, immediate, of stores.
    S,
    /// rs1, rs2, immediate, of branches.
    B,
    /// rd, the upper 20 bits of an immediate.
    U,
    /// rd, the immediate of a jump.
    J,
    /// No operands.
    None,
}

/// A field of an instruction that holds bits of its immediate: the lowest bit of the field in the
/// instruction, the number of bits, and the lowest bit in the immediate.
pub(super) type ImmediateField = (u32, u32, u32);

impl Operands {
    /// Whether an instruction names a register to write.
    #[must_use]
    pub const fn has_rd(self) -> bool {
        !matches!(self, Self::S | Self::B | Self::None)
    }

    /// Whether an instruction names a register to read.
    #[must_use]
    pub const fn has_rs1(self) -> bool {
        !matches!(self, Self::U | Self::J | Self::None)
    }

    /// Whether an instruction names a second register to read.
    #[must_use]
    pub const fn has_rs2(self) -> bool {
        matches!(self, Self::R | Self::S | Self::B)
    }

    /// The fields of the immediate; the last one has its highest bits. In a shift, bits of the
    /// field that the encoding fixes are not part of the immediate.
    #[must_use]
    pub const fn immediate(self) -> &'static [ImmediateField] {
        match self {
            Self::R | Self::Unary | Self::None => &[],
            Self::I => &[(20, 12, 0)],
            Self::Shift => &[(20, 6, 0)],
            Self::S => &[(7, 5, 0), (25, 7, 5)],
            Self::B => &[(8, 4, 1), (25, 6, 5), (7, 1, 11), (31, 1, 12)],
            Self::U => &[(12, 20, 12)],
            Self::J => &[(21, 10, 1), (20, 1, 11), (12, 8, 12), (31, 1, 20)],
        }
    }
}

/// What an instruction does.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Sets rd to a function of rs1 and rs2, or of rs1 and the immediate where there is no rs2.
    Compute(fn(u64, u64) -> u64),
    /// Loads rd from memory at rs1 + immediate.
    Load(Width, Extension),
    /// Stores the low bytes of rs2 in memory at rs1 + immediate.
    Store(Width),
    /// If the condition holds for rs1 and rs2, jumps to this instruction's address plus the
    /// immediate.
    Branch(fn(u64, u64) -> bool),
    /// Jumps to this instruction's address plus the immediate; sets rd to the address of the next
    /// instruction.
    Jump,
    /// Jumps to rs1 + immediate with the lowest bit cleared; sets rd to the address of the next
    /// instruction.
    JumpRegister,
    /// Sets rd to the immediate.
    Upper,
    /// Sets rd to the address of this instruction plus the immediate.
    UpperPc,
    /// Does nothing.
    Nothing,
    /// Makes a system call.
    Call,
}

/// How many bytes are loaded or stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// 1 byte.
    Byte,
    /// 2 bytes.
    Half,
    /// 4 bytes.
    Word,
    /// 8 bytes.
    Double,
}

/// How a loaded value is extended to 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extension {
    /// With its sign.
    Sign,
    /// With zeros.
    Zero,
}

/// The instructions, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named as its instruction")]
#[rustfmt::skip]
pub enum Op {
    Lui, Auipc, Jal, Jalr, Beq, Bne, Blt, Bge, Bltu, Bgeu,
    Lb, Lh, Lw, Ld, Lbu, Lhu, Lwu, Sb, Sh, Sw, Sd,
    Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai,
    Add, Sub, Sll, Slt, Sltu, Xor, Srl, Sra, Or, And,
    Addiw, Slliw, Srliw, Sraiw, Addw, Subw, Sllw, Srlw, Sraw,
    Fence, FenceI, Ecall, Ebreak,
    Mul, Mulh, Mulhsu, Mulhu, Div, Divu, Rem, Remu, Mulw, Divw, Divuw, Remw, Remuw,
    AddUw, Sh1add, Sh2add, Sh3add, Sh1addUw, Sh2addUw, Sh3addUw, SlliUw,
    Andn, Orn, Xnor, Clz, Clzw, Ctz, Ctzw, Cpop, Cpopw, Max, Maxu, Min, Minu,
    SextB, SextH, ZextH, Rol, Rolw, Ror, Rori, Roriw, Rorw, OrcB, Rev8,
    Clmul, Clmulh, Clmulr, Bclr, Bclri, Bext, Bexti, Binv, Binvi, Bset, Bseti,
}

#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the compiler checks that each instruction is at its index"
)]
impl Op {
    /// Its index in the table.
    pub(super) const fn place(self) -> usize {
        self as usize
    }

    /// Its row in the table.
    #[must_use]
    pub const fn row(self) -> &'static Instruction {
        const {
            let mut place = 0;
            while place < INSTRUCTIONS.len() {
                assert!(INSTRUCTIONS[place].op.place() == place, "the table has another order");
                place += 1;
            }
        }
        &INSTRUCTIONS[self.place()]
    }
}

/// An instruction that its opcode identifies.
const fn opcode(opcode: u32) -> Encoding {
    Encoding { mask: 0x7f, bits: opcode }
}
/// An instruction that its opcode and funct3, bits 12 to 14, identify.
const fn funct3(opcode: u32, funct3: u32) -> Encoding {
    Encoding { mask: 0x707f, bits: opcode | (funct3 << 12) }
}
/// Also funct6, bits 26 to 31.
const fn funct6(opcode: u32, funct3: u32, funct6: u32) -> Encoding {
    Encoding { mask: 0xfc00_707f, bits: opcode | (funct3 << 12) | (funct6 << 26) }
}
/// Also funct7, bits 25 to 31.
const fn funct7(opcode: u32, funct3: u32, funct7: u32) -> Encoding {
    Encoding { mask: 0xfe00_707f, bits: opcode | (funct3 << 12) | (funct7 << 25) }
}
/// Also funct12, bits 20 to 31.
const fn funct12(opcode: u32, funct3: u32, funct12: u32) -> Encoding {
    Encoding { mask: 0xfff0_707f, bits: opcode | (funct3 << 12) | (funct12 << 20) }
}
/// All 32 bits.
const fn exactly(bits: u32) -> Encoding {
    Encoding { mask: u32::MAX, bits }
}

const fn row(
    op: Op,
    name: &'static str,
    encoding: Encoding,
    operands: Operands,
    since: Version,
    cycles: u32,
    effect: Effect,
) -> Instruction {
    Instruction { op, name, encoding, operands, since, cycles, effect }
}

// Opcodes of the RISC-V manual.
const LOAD: u32 = 0b000_0011;
const MISC_MEM: u32 = 0b000_1111;
const OP_IMM: u32 = 0b001_0011;
const OP_IMM_32: u32 = 0b001_1011;
const STORE: u32 = 0b010_0011;
const OP: u32 = 0b011_0011;
const OP_32: u32 = 0b011_1011;
const BRANCH: u32 = 0b110_0011;

use Effect::{Branch, Call, Compute, Jump, JumpRegister, Load, Nothing, Store, Upper, UpperPc};
use Extension::{Sign, Zero};
use Operands::{B, I, J, None as NoOperands, R, S, Shift, U, Unary};
use Width::{Byte, Double, Half, Word};

//= VM-004
//= VM-005
//= VM-006
//= VM-007
//= VM-050
/// Every instruction of 32 bits.
#[rustfmt::skip]
pub static INSTRUCTIONS: [Instruction; 109] = [
    // RV64I
    row(Op::Lui,    "lui",     opcode(0b011_0111),             U, V0,   1, Upper),
    row(Op::Auipc,  "auipc",   opcode(0b001_0111),             U, V0,   1, UpperPc),
    row(Op::Jal,    "jal",     opcode(0b110_1111),             J, V0,   3, Jump),
    row(Op::Jalr,   "jalr",    funct3(0b110_0111, 0b000),      I, V0,   3, JumpRegister),
    row(Op::Beq,    "beq",     funct3(BRANCH, 0b000),          B, V0,   3, Branch(eq)),
    row(Op::Bne,    "bne",     funct3(BRANCH, 0b001),          B, V0,   3, Branch(ne)),
    row(Op::Blt,    "blt",     funct3(BRANCH, 0b100),          B, V0,   3, Branch(lt)),
    row(Op::Bge,    "bge",     funct3(BRANCH, 0b101),          B, V0,   3, Branch(ge)),
    row(Op::Bltu,   "bltu",    funct3(BRANCH, 0b110),          B, V0,   3, Branch(ltu)),
    row(Op::Bgeu,   "bgeu",    funct3(BRANCH, 0b111),          B, V0,   3, Branch(geu)),
    row(Op::Lb,     "lb",      funct3(LOAD, 0b000),            I, V0,   3, Load(Byte, Sign)),
    row(Op::Lh,     "lh",      funct3(LOAD, 0b001),            I, V0,   3, Load(Half, Sign)),
    row(Op::Lw,     "lw",      funct3(LOAD, 0b010),            I, V0,   3, Load(Word, Sign)),
    row(Op::Ld,     "ld",      funct3(LOAD, 0b011),            I, V0,   2, Load(Double, Sign)),
    row(Op::Lbu,    "lbu",     funct3(LOAD, 0b100),            I, V0,   3, Load(Byte, Zero)),
    row(Op::Lhu,    "lhu",     funct3(LOAD, 0b101),            I, V0,   3, Load(Half, Zero)),
    row(Op::Lwu,    "lwu",     funct3(LOAD, 0b110),            I, V0,   3, Load(Word, Zero)),
    row(Op::Sb,     "sb",      funct3(STORE, 0b000),           S, V0,   3, Store(Byte)),
    row(Op::Sh,     "sh",      funct3(STORE, 0b001),           S, V0,   3, Store(Half)),
    row(Op::Sw,     "sw",      funct3(STORE, 0b010),           S, V0,   3, Store(Word)),
    row(Op::Sd,     "sd",      funct3(STORE, 0b011),           S, V0,   2, Store(Double)),
    row(Op::Addi,   "addi",    funct3(OP_IMM, 0b000),          I, V0,   1, Compute(add)),
    row(Op::Slti,   "slti",    funct3(OP_IMM, 0b010),          I, V0,   1, Compute(slt)),
    row(Op::Sltiu,  "sltiu",   funct3(OP_IMM, 0b011),          I, V0,   1, Compute(sltu)),
    row(Op::Xori,   "xori",    funct3(OP_IMM, 0b100),          I, V0,   1, Compute(xor)),
    row(Op::Ori,    "ori",     funct3(OP_IMM, 0b110),          I, V0,   1, Compute(or)),
    row(Op::Andi,   "andi",    funct3(OP_IMM, 0b111),          I, V0,   1, Compute(and)),
    row(Op::Slli,   "slli",    funct6(OP_IMM, 0b001, 0),       Shift, V0, 1, Compute(sll)),
    row(Op::Srli,   "srli",    funct6(OP_IMM, 0b101, 0),       Shift, V0, 1, Compute(srl)),
    row(Op::Srai,   "srai",    funct6(OP_IMM, 0b101, 0b01_0000), Shift, V0, 1, Compute(sra)),
    row(Op::Add,    "add",     funct7(OP, 0b000, 0),           R, V0,   1, Compute(add)),
    row(Op::Sub,    "sub",     funct7(OP, 0b000, 0b010_0000),  R, V0,   1, Compute(sub)),
    row(Op::Sll,    "sll",     funct7(OP, 0b001, 0),           R, V0,   1, Compute(sll)),
    row(Op::Slt,    "slt",     funct7(OP, 0b010, 0),           R, V0,   1, Compute(slt)),
    row(Op::Sltu,   "sltu",    funct7(OP, 0b011, 0),           R, V0,   1, Compute(sltu)),
    row(Op::Xor,    "xor",     funct7(OP, 0b100, 0),           R, V0,   1, Compute(xor)),
    row(Op::Srl,    "srl",     funct7(OP, 0b101, 0),           R, V0,   1, Compute(srl)),
    row(Op::Sra,    "sra",     funct7(OP, 0b101, 0b010_0000),  R, V0,   1, Compute(sra)),
    row(Op::Or,     "or",      funct7(OP, 0b110, 0),           R, V0,   1, Compute(or)),
    row(Op::And,    "and",     funct7(OP, 0b111, 0),           R, V0,   1, Compute(and)),
    row(Op::Addiw,  "addiw",   funct3(OP_IMM_32, 0b000),       I, V0,   1, Compute(addw)),
    row(Op::Slliw,  "slliw",   funct7(OP_IMM_32, 0b001, 0),    Shift, V0, 1, Compute(sllw)),
    row(Op::Srliw,  "srliw",   funct7(OP_IMM_32, 0b101, 0),    Shift, V0, 1, Compute(srlw)),
    row(Op::Sraiw,  "sraiw",   funct7(OP_IMM_32, 0b101, 0b010_0000), Shift, V0, 1, Compute(sraw)),
    row(Op::Addw,   "addw",    funct7(OP_32, 0b000, 0),        R, V0,   1, Compute(addw)),
    row(Op::Subw,   "subw",    funct7(OP_32, 0b000, 0b010_0000), R, V0, 1, Compute(subw)),
    row(Op::Sllw,   "sllw",    funct7(OP_32, 0b001, 0),        R, V0,   1, Compute(sllw)),
    row(Op::Srlw,   "srlw",    funct7(OP_32, 0b101, 0),        R, V0,   1, Compute(srlw)),
    row(Op::Sraw,   "sraw",    funct7(OP_32, 0b101, 0b010_0000), R, V0, 1, Compute(sraw)),
    row(Op::Fence,  "fence",   FENCE,                          NoOperands, V0, 1, Nothing),
    row(Op::FenceI, "fence.i", exactly(0x0000_100f),           NoOperands, V0, 1, Nothing),
    row(Op::Ecall,  "ecall",   exactly(0x0000_0073),           NoOperands, V0, 500, Call),
    row(Op::Ebreak, "ebreak",  exactly(0x0010_0073),           NoOperands, V0, 500, Nothing),
    // M
    row(Op::Mul,    "mul",     funct7(OP, 0b000, 1),           R, V0,   5, Compute(mul)),
    row(Op::Mulh,   "mulh",    funct7(OP, 0b001, 1),           R, V0,   5, Compute(mulh)),
    row(Op::Mulhsu, "mulhsu",  funct7(OP, 0b010, 1),           R, V0,   5, Compute(mulhsu)),
    row(Op::Mulhu,  "mulhu",   funct7(OP, 0b011, 1),           R, V0,   5, Compute(mulhu)),
    row(Op::Div,    "div",     funct7(OP, 0b100, 1),           R, V0,  32, Compute(div)),
    row(Op::Divu,   "divu",    funct7(OP, 0b101, 1),           R, V0,  32, Compute(divu)),
    row(Op::Rem,    "rem",     funct7(OP, 0b110, 1),           R, V0,  32, Compute(rem)),
    row(Op::Remu,   "remu",    funct7(OP, 0b111, 1),           R, V0,  32, Compute(remu)),
    row(Op::Mulw,   "mulw",    funct7(OP_32, 0b000, 1),        R, V0,   5, Compute(mulw)),
    row(Op::Divw,   "divw",    funct7(OP_32, 0b100, 1),        R, V0,  32, Compute(divw)),
    row(Op::Divuw,  "divuw",   funct7(OP_32, 0b101, 1),        R, V0,  32, Compute(divuw)),
    row(Op::Remw,   "remw",    funct7(OP_32, 0b110, 1),        R, V0,  32, Compute(remw)),
    row(Op::Remuw,  "remuw",   funct7(OP_32, 0b111, 1),        R, V0,  32, Compute(remuw)),
    // Zba
    row(Op::AddUw,    "add.uw",    funct7(OP_32, 0b000, 0b000_0100), R, V1, 1, Compute(add_uw)),
    row(Op::Sh1add,   "sh1add",    funct7(OP, 0b010, 0b001_0000),    R, V1, 1, Compute(sh1add)),
    row(Op::Sh2add,   "sh2add",    funct7(OP, 0b100, 0b001_0000),    R, V1, 1, Compute(sh2add)),
    row(Op::Sh3add,   "sh3add",    funct7(OP, 0b110, 0b001_0000),    R, V1, 1, Compute(sh3add)),
    row(Op::Sh1addUw, "sh1add.uw", funct7(OP_32, 0b010, 0b001_0000), R, V1, 1, Compute(sh1add_uw)),
    row(Op::Sh2addUw, "sh2add.uw", funct7(OP_32, 0b100, 0b001_0000), R, V1, 1, Compute(sh2add_uw)),
    row(Op::Sh3addUw, "sh3add.uw", funct7(OP_32, 0b110, 0b001_0000), R, V1, 1, Compute(sh3add_uw)),
    row(Op::SlliUw,   "slli.uw",   funct6(OP_IMM_32, 0b001, 0b00_0010), Shift, V1, 1, Compute(slli_uw)),
    // Zbb
    row(Op::Andn,   "andn",    funct7(OP, 0b111, 0b010_0000),          R, V1, 1, Compute(andn)),
    row(Op::Orn,    "orn",     funct7(OP, 0b110, 0b010_0000),          R, V1, 1, Compute(orn)),
    row(Op::Xnor,   "xnor",    funct7(OP, 0b100, 0b010_0000),          R, V1, 1, Compute(xnor)),
    row(Op::Clz,    "clz",     funct12(OP_IMM, 0b001, 0x600),      Unary, V1, 1, Compute(clz)),
    row(Op::Clzw,   "clzw",    funct12(OP_IMM_32, 0b001, 0x600),   Unary, V1, 1, Compute(clzw)),
    row(Op::Ctz,    "ctz",     funct12(OP_IMM, 0b001, 0x601),      Unary, V1, 1, Compute(ctz)),
    row(Op::Ctzw,   "ctzw",    funct12(OP_IMM_32, 0b001, 0x601),   Unary, V1, 1, Compute(ctzw)),
    row(Op::Cpop,   "cpop",    funct12(OP_IMM, 0b001, 0x602),      Unary, V1, 1, Compute(cpop)),
    row(Op::Cpopw,  "cpopw",   funct12(OP_IMM_32, 0b001, 0x602),   Unary, V1, 1, Compute(cpopw)),
    row(Op::Max,    "max",     funct7(OP, 0b110, 0b000_0101),          R, V1, 1, Compute(max)),
    row(Op::Maxu,   "maxu",    funct7(OP, 0b111, 0b000_0101),          R, V1, 1, Compute(maxu)),
    row(Op::Min,    "min",     funct7(OP, 0b100, 0b000_0101),          R, V1, 1, Compute(min)),
    row(Op::Minu,   "minu",    funct7(OP, 0b101, 0b000_0101),          R, V1, 1, Compute(minu)),
    row(Op::SextB,  "sext.b",  funct12(OP_IMM, 0b001, 0x604),      Unary, V1, 1, Compute(sext_b)),
    row(Op::SextH,  "sext.h",  funct12(OP_IMM, 0b001, 0x605),      Unary, V1, 1, Compute(sext_h)),
    row(Op::ZextH,  "zext.h",  funct12(OP_32, 0b100, 0x080),       Unary, V1, 1, Compute(zext_h)),
    row(Op::Rol,    "rol",     funct7(OP, 0b001, 0b011_0000),          R, V1, 1, Compute(rol)),
    row(Op::Rolw,   "rolw",    funct7(OP_32, 0b001, 0b011_0000),       R, V1, 1, Compute(rolw)),
    row(Op::Ror,    "ror",     funct7(OP, 0b101, 0b011_0000),          R, V1, 1, Compute(ror)),
    row(Op::Rori,   "rori",    funct6(OP_IMM, 0b101, 0b01_1000),   Shift, V1, 1, Compute(ror)),
    row(Op::Roriw,  "roriw",   funct7(OP_IMM_32, 0b101, 0b011_0000), Shift, V1, 1, Compute(rorw)),
    row(Op::Rorw,   "rorw",    funct7(OP_32, 0b101, 0b011_0000),       R, V1, 1, Compute(rorw)),
    row(Op::OrcB,   "orc.b",   funct12(OP_IMM, 0b101, 0x287),      Unary, V1, 1, Compute(orc_b)),
    row(Op::Rev8,   "rev8",    funct12(OP_IMM, 0b101, 0x6b8),      Unary, V1, 1, Compute(rev8)),
    // Zbc
    row(Op::Clmul,  "clmul",   funct7(OP, 0b001, 0b000_0101),          R, V1, 1, Compute(clmul)),
    row(Op::Clmulh, "clmulh",  funct7(OP, 0b011, 0b000_0101),          R, V1, 1, Compute(clmulh)),
    row(Op::Clmulr, "clmulr",  funct7(OP, 0b010, 0b000_0101),          R, V1, 1, Compute(clmulr)),
    // Zbs
    row(Op::Bclr,   "bclr",    funct7(OP, 0b001, 0b010_0100),          R, V1, 1, Compute(bclr)),
    row(Op::Bclri,  "bclri",   funct6(OP_IMM, 0b001, 0b01_0010),   Shift, V1, 1, Compute(bclr)),
    row(Op::Bext,   "bext",    funct7(OP, 0b101, 0b010_0100),          R, V1, 1, Compute(bext)),
    row(Op::Bexti,  "bexti",   funct6(OP_IMM, 0b101, 0b01_0010),   Shift, V1, 1, Compute(bext)),
    row(Op::Binv,   "binv",    funct7(OP, 0b001, 0b011_0100),          R, V1, 1, Compute(binv)),
    row(Op::Binvi,  "binvi",   funct6(OP_IMM, 0b001, 0b01_1010),   Shift, V1, 1, Compute(binv)),
    row(Op::Bset,   "bset",    funct7(OP, 0b001, 0b001_0100),          R, V1, 1, Compute(bset)),
    row(Op::Bseti,  "bseti",   funct6(OP_IMM, 0b001, 0b00_1010),   Shift, V1, 1, Compute(bset)),
];

/// FENCE with rd and rs1 zero; its predecessor and successor sets may be any.
const FENCE: Encoding = Encoding { mask: 0x000f_ffff, bits: MISC_MEM };
