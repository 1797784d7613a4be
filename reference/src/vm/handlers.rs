//! The instructions as [`super::engine`] executes them: each does its work and calls the next.
//!
//! Like the engine, this file is for speed and defines nothing. What is computed is computed by
//! the functions that the table of instructions names.

use super::arithmetic::{
    add, add_uw, addw, and, andn, bclr, bext, binv, bset, clmul, clmulh, clmulr, clz, clzw, cpop,
    cpopw, ctz, ctzw, div, divu, divuw, divw, eq, extend, ge, geu, lt, ltu, max, maxu, min, minu,
    mul, mulh, mulhsu, mulhu, mulw, ne, or, orc_b, orn, rem, remu, remuw, remw, rev8, rol, rolw,
    ror, rorw, sext_b, sext_h, sh1add, sh1add_uw, sh2add, sh2add_uw, sh3add, sh3add_uw, sll,
    slli_uw, sllw, slt, sltu, sra, sraw, srl, srlw, sub, subw, xnor, xor, zext_h,
};
use super::instructions::Op;
use super::memory::Memory;

/// Where x0 is written to: a register that is never read.
pub(super) const NOWHERE: u8 = 255;

/// Executes the first of some instructions and those after it, up to an exit; how many were left
/// there, that one included.
type Handler = fn(&mut Context<'_>, &[Slot]) -> usize;

/// An instruction as it is executed.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) run: Handler,
    /// The immediate; of a branch the address that it leads to.
    pub(super) immediate: i32,
    pub(super) rd: u8,
    pub(super) rs1: u8,
    pub(super) rs2: u8,
}

/// What instructions work on.
pub(super) struct Context<'a> {
    /// x0 to x31, and the place where x0 is written to.
    registers: [u64; 256],
    memory: &'a mut Memory,
    /// Where the program goes on.
    pub(super) target: u64,
    /// The register that becomes the address after a jump.
    pub(super) links: u8,
    /// Whether a step of the machine must decide.
    pub(super) leaves: bool,
}

impl Slot {
    /// Goes on at another block, at the address that is its immediate.
    pub(super) const GOES_ON: Self = Self::blank(|cx, code| match code {
        [slot, ..] => cx.exit(code, slot.address()),
        [] => 0,
    });
    /// Leaves what begins here to a step of the machine.
    pub(super) const LEAVES: Self = Self::blank(leave);

    const fn blank(run: Handler) -> Self {
        Self { run, immediate: 0, rd: NOWHERE, rs1: 0, rs2: 0 }
    }

    /// The immediate, its sign extended.
    #[inline]
    fn address(&self) -> u64 {
        i64::from(self.immediate).cast_unsigned()
    }
}

/// Executes instructions up to an exit; how many were left there, that one included.
#[inline]
pub(super) fn run(context: &mut Context<'_>, code: &[Slot]) -> usize {
    code.first().map_or(0, |slot| (slot.run)(context, code))
}

impl<'a> Context<'a> {
    pub(super) fn new(registers: &[u64; 32], memory: &'a mut Memory) -> Self {
        let mut all = [0; 256];
        all.iter_mut().zip(registers).for_each(|(to, from)| *to = *from);
        Self { registers: all, memory, target: 0, links: NOWHERE, leaves: false }
    }

    /// x0 to x31.
    pub(super) fn registers(&self) -> [u64; 32] {
        self.registers.first_chunk().copied().unwrap_or([0; 32])
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
    fn get(&self, number: u8) -> u64 {
        self.registers[usize::from(number)]
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
    pub(super) fn set(&mut self, number: u8, value: u64) {
        self.registers[usize::from(number)] = value;
    }

    /// rs1, rs2 and the immediate.
    #[inline]
    fn operands(&self, slot: &Slot) -> (u64, u64, u64) {
        (self.get(slot.rs1), self.get(slot.rs2), slot.address())
    }

    /// Leaves the block for an address.
    #[inline]
    fn exit(&mut self, code: &[Slot], target: u64) -> usize {
        self.target = target;
        code.len()
    }
}

/// A step of the machine must decide.
fn leave(context: &mut Context<'_>, code: &[Slot]) -> usize {
    context.leaves = true;
    code.len()
}

#[inline(always)]
fn compute(
    context: &mut Context<'_>,
    code: &[Slot],
    operation: impl Fn(u64, u64, u64) -> u64,
) -> usize {
    let [slot, rest @ ..] = code else { return 0 };
    let (a, b, i) = context.operands(slot);
    context.set(slot.rd, operation(a, b, i));
    run(context, rest)
}

#[inline(always)]
fn load<const N: usize>(
    context: &mut Context<'_>,
    code: &[Slot],
    value: impl Fn([u8; N]) -> u64,
) -> usize {
    let [slot, rest @ ..] = code else { return 0 };
    let (a, _, i) = context.operands(slot);
    let Ok(bytes) = context.memory.load(a.wrapping_add(i)) else { return leave(context, code) };
    context.set(slot.rd, value(bytes));
    run(context, rest)
}

#[inline(always)]
fn store<const N: usize>(context: &mut Context<'_>, code: &[Slot]) -> usize {
    let [slot, rest @ ..] = code else { return 0 };
    let (a, b, i) = context.operands(slot);
    let bytes = b.to_le_bytes().first_chunk::<N>().copied().unwrap_or([0; N]);
    if context.memory.store(a.wrapping_add(i), bytes).is_err() {
        return leave(context, code);
    }
    run(context, rest)
}

#[inline(always)]
fn branch(context: &mut Context<'_>, code: &[Slot], holds: impl Fn(u64, u64) -> bool) -> usize {
    let [slot, rest @ ..] = code else { return 0 };
    let (a, b, target) = context.operands(slot);
    if holds(a, b) { context.exit(code, target) } else { run(context, rest) }
}

/// A register becomes a constant.
pub(super) fn constant() -> Handler {
    |cx, code| compute(cx, code, |_, _, i| i)
}

/// How an instruction is executed.
#[rustfmt::skip]
pub(super) fn handler(op: Op) -> Handler {
    match op {
        Op::Lui => constant(),
        Op::Jalr => |cx, code| {
            let [slot, ..] = code else { return 0 };
            let (a, _, i) = cx.operands(slot);
            cx.links = slot.rd;
            cx.exit(code, a.wrapping_add(i) & !1)
        },
        // The engine makes something else of these.
        Op::Auipc | Op::Jal | Op::Fence | Op::FenceI | Op::Ecall | Op::Ebreak => leave,
        Op::Beq => |cx, code| branch(cx, code, eq),
        Op::Bne => |cx, code| branch(cx, code, ne),
        Op::Blt => |cx, code| branch(cx, code, lt),
        Op::Bge => |cx, code| branch(cx, code, ge),
        Op::Bltu => |cx, code| branch(cx, code, ltu),
        Op::Bgeu => |cx, code| branch(cx, code, geu),
        Op::Lb => |cx, code| load(cx, code, |[o]: [u8; 1]| sext_b(o.into(), 0)),
        Op::Lh => |cx, code| load(cx, code, |o| sext_h(u16::from_le_bytes(o).into(), 0)),
        Op::Lw => |cx, code| load(cx, code, |o| extend(u32::from_le_bytes(o))),
        Op::Ld => |cx, code| load(cx, code, u64::from_le_bytes),
        Op::Lbu => |cx, code| load(cx, code, |[o]: [u8; 1]| o.into()),
        Op::Lhu => |cx, code| load(cx, code, |o| u16::from_le_bytes(o).into()),
        Op::Lwu => |cx, code| load(cx, code, |o| u32::from_le_bytes(o).into()),
        Op::Sb => |cx, code| store::<1>(cx, code),
        Op::Sh => |cx, code| store::<2>(cx, code),
        Op::Sw => |cx, code| store::<4>(cx, code),
        Op::Sd => |cx, code| store::<8>(cx, code),
        _ => integer(op),
    }
}

/// How an instruction of RV64I or of M computes.
#[rustfmt::skip]
fn integer(op: Op) -> Handler {
    match op {
        Op::Addi => |cx, code| compute(cx, code, |a, _, i| add(a, i)),
        Op::Slti => |cx, code| compute(cx, code, |a, _, i| slt(a, i)),
        Op::Sltiu => |cx, code| compute(cx, code, |a, _, i| sltu(a, i)),
        Op::Xori => |cx, code| compute(cx, code, |a, _, i| xor(a, i)),
        Op::Ori => |cx, code| compute(cx, code, |a, _, i| or(a, i)),
        Op::Andi => |cx, code| compute(cx, code, |a, _, i| and(a, i)),
        Op::Slli => |cx, code| compute(cx, code, |a, _, i| sll(a, i)),
        Op::Srli => |cx, code| compute(cx, code, |a, _, i| srl(a, i)),
        Op::Srai => |cx, code| compute(cx, code, |a, _, i| sra(a, i)),
        Op::Add => |cx, code| compute(cx, code, |a, b, _| add(a, b)),
        Op::Sub => |cx, code| compute(cx, code, |a, b, _| sub(a, b)),
        Op::Sll => |cx, code| compute(cx, code, |a, b, _| sll(a, b)),
        Op::Slt => |cx, code| compute(cx, code, |a, b, _| slt(a, b)),
        Op::Sltu => |cx, code| compute(cx, code, |a, b, _| sltu(a, b)),
        Op::Xor => |cx, code| compute(cx, code, |a, b, _| xor(a, b)),
        Op::Srl => |cx, code| compute(cx, code, |a, b, _| srl(a, b)),
        Op::Sra => |cx, code| compute(cx, code, |a, b, _| sra(a, b)),
        Op::Or => |cx, code| compute(cx, code, |a, b, _| or(a, b)),
        Op::And => |cx, code| compute(cx, code, |a, b, _| and(a, b)),
        Op::Addiw => |cx, code| compute(cx, code, |a, _, i| addw(a, i)),
        Op::Slliw => |cx, code| compute(cx, code, |a, _, i| sllw(a, i)),
        Op::Srliw => |cx, code| compute(cx, code, |a, _, i| srlw(a, i)),
        Op::Sraiw => |cx, code| compute(cx, code, |a, _, i| sraw(a, i)),
        Op::Addw => |cx, code| compute(cx, code, |a, b, _| addw(a, b)),
        Op::Subw => |cx, code| compute(cx, code, |a, b, _| subw(a, b)),
        Op::Sllw => |cx, code| compute(cx, code, |a, b, _| sllw(a, b)),
        Op::Srlw => |cx, code| compute(cx, code, |a, b, _| srlw(a, b)),
        Op::Sraw => |cx, code| compute(cx, code, |a, b, _| sraw(a, b)),
        Op::Mul => |cx, code| compute(cx, code, |a, b, _| mul(a, b)),
        Op::Mulh => |cx, code| compute(cx, code, |a, b, _| mulh(a, b)),
        Op::Mulhsu => |cx, code| compute(cx, code, |a, b, _| mulhsu(a, b)),
        Op::Mulhu => |cx, code| compute(cx, code, |a, b, _| mulhu(a, b)),
        Op::Div => |cx, code| compute(cx, code, |a, b, _| div(a, b)),
        Op::Divu => |cx, code| compute(cx, code, |a, b, _| divu(a, b)),
        Op::Rem => |cx, code| compute(cx, code, |a, b, _| rem(a, b)),
        Op::Remu => |cx, code| compute(cx, code, |a, b, _| remu(a, b)),
        Op::Mulw => |cx, code| compute(cx, code, |a, b, _| mulw(a, b)),
        Op::Divw => |cx, code| compute(cx, code, |a, b, _| divw(a, b)),
        Op::Divuw => |cx, code| compute(cx, code, |a, b, _| divuw(a, b)),
        Op::Remw => |cx, code| compute(cx, code, |a, b, _| remw(a, b)),
        Op::Remuw => |cx, code| compute(cx, code, |a, b, _| remuw(a, b)),
        _ => bits(op),
    }
}

/// How an instruction of B computes.
#[rustfmt::skip]
fn bits(op: Op) -> Handler {
    match op {
        Op::AddUw => |cx, code| compute(cx, code, |a, b, _| add_uw(a, b)),
        Op::Sh1add => |cx, code| compute(cx, code, |a, b, _| sh1add(a, b)),
        Op::Sh2add => |cx, code| compute(cx, code, |a, b, _| sh2add(a, b)),
        Op::Sh3add => |cx, code| compute(cx, code, |a, b, _| sh3add(a, b)),
        Op::Sh1addUw => |cx, code| compute(cx, code, |a, b, _| sh1add_uw(a, b)),
        Op::Sh2addUw => |cx, code| compute(cx, code, |a, b, _| sh2add_uw(a, b)),
        Op::Sh3addUw => |cx, code| compute(cx, code, |a, b, _| sh3add_uw(a, b)),
        Op::SlliUw => |cx, code| compute(cx, code, |a, _, i| slli_uw(a, i)),
        Op::Andn => |cx, code| compute(cx, code, |a, b, _| andn(a, b)),
        Op::Orn => |cx, code| compute(cx, code, |a, b, _| orn(a, b)),
        Op::Xnor => |cx, code| compute(cx, code, |a, b, _| xnor(a, b)),
        Op::Clz => |cx, code| compute(cx, code, |a, b, _| clz(a, b)),
        Op::Clzw => |cx, code| compute(cx, code, |a, b, _| clzw(a, b)),
        Op::Ctz => |cx, code| compute(cx, code, |a, b, _| ctz(a, b)),
        Op::Ctzw => |cx, code| compute(cx, code, |a, b, _| ctzw(a, b)),
        Op::Cpop => |cx, code| compute(cx, code, |a, b, _| cpop(a, b)),
        Op::Cpopw => |cx, code| compute(cx, code, |a, b, _| cpopw(a, b)),
        Op::Max => |cx, code| compute(cx, code, |a, b, _| max(a, b)),
        Op::Maxu => |cx, code| compute(cx, code, |a, b, _| maxu(a, b)),
        Op::Min => |cx, code| compute(cx, code, |a, b, _| min(a, b)),
        Op::Minu => |cx, code| compute(cx, code, |a, b, _| minu(a, b)),
        Op::SextB => |cx, code| compute(cx, code, |a, b, _| sext_b(a, b)),
        Op::SextH => |cx, code| compute(cx, code, |a, b, _| sext_h(a, b)),
        Op::ZextH => |cx, code| compute(cx, code, |a, b, _| zext_h(a, b)),
        Op::Rol => |cx, code| compute(cx, code, |a, b, _| rol(a, b)),
        Op::Rolw => |cx, code| compute(cx, code, |a, b, _| rolw(a, b)),
        Op::Ror => |cx, code| compute(cx, code, |a, b, _| ror(a, b)),
        Op::Rori => |cx, code| compute(cx, code, |a, _, i| ror(a, i)),
        Op::Roriw => |cx, code| compute(cx, code, |a, _, i| rorw(a, i)),
        Op::Rorw => |cx, code| compute(cx, code, |a, b, _| rorw(a, b)),
        Op::OrcB => |cx, code| compute(cx, code, |a, b, _| orc_b(a, b)),
        Op::Rev8 => |cx, code| compute(cx, code, |a, b, _| rev8(a, b)),
        Op::Clmul => |cx, code| compute(cx, code, |a, b, _| clmul(a, b)),
        Op::Clmulh => |cx, code| compute(cx, code, |a, b, _| clmulh(a, b)),
        Op::Clmulr => |cx, code| compute(cx, code, |a, b, _| clmulr(a, b)),
        Op::Bclr => |cx, code| compute(cx, code, |a, b, _| bclr(a, b)),
        Op::Bclri => |cx, code| compute(cx, code, |a, _, i| bclr(a, i)),
        Op::Bext => |cx, code| compute(cx, code, |a, b, _| bext(a, b)),
        Op::Bexti => |cx, code| compute(cx, code, |a, _, i| bext(a, i)),
        Op::Binv => |cx, code| compute(cx, code, |a, b, _| binv(a, b)),
        Op::Binvi => |cx, code| compute(cx, code, |a, _, i| binv(a, i)),
        Op::Bset => |cx, code| compute(cx, code, |a, b, _| bset(a, b)),
        Op::Bseti => |cx, code| compute(cx, code, |a, _, i| bset(a, i)),
        _ => leave,
    }
}
