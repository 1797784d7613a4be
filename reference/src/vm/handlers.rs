//! How [`super::engine`] executes instructions: the handler of each calls that of the next one.
//!
//! This file exists for speed. What an instruction does is in its row of the table; a handler is
//! compiled from each row.

use super::instructions::{Effect, INSTRUCTIONS, Instruction, Op};
use super::memory::Memory;

/// What is written instead of x0: a register that is never read.
pub(super) const NOWHERE: u8 = 255;

/// Executes instructions up to the one where the block is left; how many there are from that one
/// on.
type Handler = fn(&mut Context<'_>, &[Slot]) -> usize;

/// An instruction of a block.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) run: Handler,
    /// The immediate; of a branch the address that it leads to.
    pub(super) immediate: i32,
    pub(super) rd: u8,
    pub(super) rs1: u8,
    pub(super) rs2: u8,
}

/// What instructions read and write.
pub(super) struct Context<'a> {
    /// x0 to x31, and [`NOWHERE`].
    registers: [u64; 256],
    memory: &'a mut Memory,
    /// Where the program continues.
    pub(super) target: u64,
    /// The register that a jump writes its return address to.
    pub(super) links: u8,
    /// Whether a step of the machine must take over.
    pub(super) leaves: bool,
}

impl Slot {
    /// Continues with another block, at the address that is its immediate.
    pub(super) const GOES_ON: Self = Self::blank(|cx, code| match code {
        [slot, ..] => cx.exit(code, slot.address()),
        [] => 0,
    });
    /// A step of the machine executes what begins here.
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

/// Executes instructions, as their first handler does.
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

/// Lets a step of the machine take over.
fn leave(context: &mut Context<'_>, code: &[Slot]) -> usize {
    context.leaves = true;
    code.len()
}

/// Executes an instruction of one row of the table, and continues with the next instruction. The
/// compiler knows the row, so that nothing is left to decide when this runs.
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
        // Blocks do not contain these: see `BlockEngine::emit`.
        Effect::Jump | Effect::UpperPc | Effect::Nothing | Effect::Call => return leave(cx, code),
    }
    run(cx, rest)
}

/// A row of the table; the last one for a place after it.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "the compiler evaluates it, and refuses what would panic"
)]
const fn row(tens: usize, units: usize) -> &'static Instruction {
    let place = 10 * tens + units;
    if place < INSTRUCTIONS.len() { &INSTRUCTIONS[place] } else { Op::Bseti.row() }
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
