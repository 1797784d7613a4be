//! How [`super::engine`] executes instructions: the handler of each one calls the handler of the
//! next.
//!
//! This file exists for speed. The table of instructions defines what an instruction does; the
//! compiler makes a handler from each row.

use super::instructions::{Effect, INSTRUCTIONS, Instruction, Op};
use super::memory::Memory;

/// A register that is never read, which is written instead of x0.
pub(super) const NOWHERE: u8 = 255;

/// Executes instructions up to the one where the block is left. Returns how many slots remain from
/// that one on, which identifies it.
type Handler = fn(&mut Context<'_>, &[Slot]) -> usize;

/// An instruction of a block.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) run: Handler,
    /// The immediate; for a branch, its target address.
    pub(super) immediate: i32,
    pub(super) rd: u8,
    pub(super) rs1: u8,
    pub(super) rs2: u8,
}

/// The state that instructions read and write.
pub(super) struct Context<'a> {
    /// x0 to x31, and [`NOWHERE`].
    registers: [u64; 256],
    memory: &'a mut Memory,
    /// The address at which the program continues after the block.
    pub(super) target: u64,
    /// The register to which a jump writes its return address.
    pub(super) links: u8,
    /// Whether a step of the machine must continue.
    pub(super) leaves: bool,
}

impl Slot {
    /// The end of a block that continues with another block, at the address in the immediate.
    pub(super) const CONTINUE: Self = Self::blank(|cx, code| match code {
        [slot, ..] => cx.exit(code, slot.address()),
        [] => 0,
    });
    /// The end of a block after which a step of the machine must continue.
    pub(super) const LEAVE: Self = Self::blank(leave);

    const fn blank(run: Handler) -> Self {
        Self { run, immediate: 0, rd: NOWHERE, rs1: 0, rs2: 0 }
    }

    /// The immediate, sign-extended.
    #[inline]
    fn address(&self) -> u64 {
        i64::from(self.immediate).cast_unsigned()
    }
}

/// Executes the instructions by a call of the first one's handler.
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

    /// Leaves the block; the program continues at `target`.
    #[inline]
    fn exit(&mut self, code: &[Slot], target: u64) -> usize {
        self.target = target;
        code.len()
    }
}

/// Leaves the block; a step of the machine must continue.
fn leave(context: &mut Context<'_>, code: &[Slot]) -> usize {
    context.leaves = true;
    code.len()
}

/// Executes an instruction of one row of the table, and continues with the next instruction. The
/// compiler knows the row, so that it evaluates the `match` at compile time.
fn execute<const TENS: usize, const UNITS: usize>(cx: &mut Context<'_>, code: &[Slot]) -> usize {
    let [slot, rest @ ..] = code else { return 0 };
    let (a, b, i) = cx.operands(slot);
    let sum = a.wrapping_add(i);
    match const { row(TENS, UNITS).effect } {
        Effect::Compute(operation) => {
            let has_rs2 = const { row(TENS, UNITS).operands.has_rs2() };
            cx.set(slot.rd, operation(a, if has_rs2 { b } else { i }));
        }
        Effect::Load(width, extension) => match cx.memory.load_value(sum, width, extension) {
            Ok(value) => cx.set(slot.rd, value),
            Err(_) => return leave(cx, code),
        },
        Effect::Store(width) => {
            if cx.memory.store_value(sum, width, b).is_err() {
                return leave(cx, code);
            }
        }
        Effect::Branch(holds) => {
            if holds(a, b) {
                return cx.exit(code, i);
            }
        }
        Effect::JumpRegister => {
            cx.links = slot.rd;
            return cx.exit(code, sum & !1);
        }
        Effect::Upper => cx.set(slot.rd, i),
        // Blocks do not contain these instructions: see `BlockEngine::emit`.
        Effect::Jump | Effect::UpperPc | Effect::Nothing | Effect::Call => return leave(cx, code),
    }
    run(cx, rest)
}

/// A row of the table; for an index after the last row, the last row.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "the compiler evaluates it, and refuses what would panic"
)]
const fn row(tens: usize, units: usize) -> &'static Instruction {
    let index = 10 * tens + units;
    if index < INSTRUCTIONS.len() { &INSTRUCTIONS[index] } else { Op::Bseti.row() }
}

/// The handlers of ten rows.
const fn ten<const TENS: usize>() -> [Handler; 10] {
    [
        execute::<TENS, 0>,
        execute::<TENS, 1>,
        execute::<TENS, 2>,
        execute::<TENS, 3>,
        execute::<TENS, 4>,
        execute::<TENS, 5>,
        execute::<TENS, 6>,
        execute::<TENS, 7>,
        execute::<TENS, 8>,
        execute::<TENS, 9>,
    ]
}

/// The handlers of all rows, in the table's order.
#[rustfmt::skip]
static HANDLERS: [[Handler; 10]; 11] = [
    ten::<0>(), ten::<1>(), ten::<2>(), ten::<3>(), ten::<4>(), ten::<5>(),
    ten::<6>(), ten::<7>(), ten::<8>(), ten::<9>(), ten::<10>(),
];

/// The handler of an instruction.
pub(super) fn handler(op: Op) -> Handler {
    HANDLERS.as_flattened().get(op.place()).copied().unwrap_or(leave)
}
