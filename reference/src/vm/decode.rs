//! Decodes an instruction of 32 bits.

use super::arithmetic::extend;
use super::instructions::{INSTRUCTIONS, ImmediateField, Instruction, Op, Operands};
use super::version::Version;

/// An instruction with its operands.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// Its row in the table of instructions.
    pub instruction: &'static Instruction,
    /// The number of the register that is written; 0 if there is none.
    pub rd: u8,
    /// The number of the first register that is read; 0 if there is none.
    pub rs1: u8,
    /// The number of the second register that is read; 0 if there is none.
    pub rs2: u8,
    /// Its size in bytes: 2 or 4.
    pub length: u8,
    /// The immediate, sign-extended; 0 if there is none.
    pub immediate: u64,
}

impl Decoded {
    /// An instruction of four bytes.
    pub(super) fn new(op: Op, rd: u8, rs1: u8, rs2: u8, immediate: u64) -> Self {
        Self { instruction: op.row(), rd, rs1, rs2, length: 4, immediate }
    }

    /// Which instruction it is.
    pub(super) const fn op(&self) -> Op {
        self.instruction.op
    }
}

/// Decodes a word whose two lowest bits are 11; `None` if the version has no such instruction.
//= VM-004
#[must_use]
pub fn decode(bits: u32, version: Version) -> Option<Decoded> {
    let is = |row: &&Instruction| bits & row.encoding.mask == row.encoding.bits;
    let instruction = rows(bits).find(|row| is(row) && row.since <= version)?;
    let operands = instruction.operands;
    let register = |named: bool, from| if named { register(bits, from) } else { 0 };
    let immediate = match operands {
        Operands::Shift => unsigned(bits & !instruction.encoding.mask, operands.immediate()),
        _ => signed(bits, operands.immediate()),
    };
    Some(Decoded {
        instruction,
        rd: register(operands.has_rd(), 7),
        rs1: register(operands.has_rs1(), 15),
        rs2: register(operands.has_rs2(), 20),
        length: 4,
        immediate: extend(immediate),
    })
}

/// The most rows that share an opcode and a funct3.
const ROWS_MAX: usize = 9;

/// For each opcode and funct3, the indices of the rows with these: decoding searches a short list
/// instead of the whole table.
#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "the compiler evaluates it, and refuses what would panic"
)]
static ROWS: [[u8; ROWS_MAX]; 256] = {
    let mut lists = [[u8::MAX; ROWS_MAX]; 256];
    let mut list: usize = 0;
    while list < 256 {
        let (mut row, mut count): (u8, usize) = (0, 0);
        while (row as usize) < INSTRUCTIONS.len() {
            if may_be(&INSTRUCTIONS[row as usize], list as u32) {
                lists[list][count] = row;
                count += 1;
            }
            row += 1;
        }
        list += 1;
    }
    lists
};

/// Whether a row is in a list, whose number is funct3 and the upper five bits of the opcode.
const fn may_be(row: &Instruction, list: u32) -> bool {
    let word = ((list >> 5) << 12) | ((list & 31) << 2) | 3;
    let common = row.encoding.mask & 0x707f;
    word & common == row.encoding.bits & common
}

fn rows(bits: u32) -> impl Iterator<Item = &'static Instruction> {
    let [list, ..] = (field(bits, 2, 5) | (field(bits, 12, 3) << 5)).to_le_bytes();
    let indices = ROWS.get(usize::from(list)).map_or(&[][..], |indices| indices);
    indices.iter().map_while(|index| INSTRUCTIONS.get(usize::from(*index)))
}

/// The register number in the five bits from `from` on.
pub(super) fn register(bits: u32, from: u32) -> u8 {
    let [low, ..] = field(bits, from, 5).to_le_bytes();
    low
}

/// `count` bits from bit `from` on, as a number.
pub(super) fn field(bits: u32, from: u32, count: u32) -> u32 {
    bits.wrapping_shr(from) & !u32::MAX.wrapping_shl(count)
}

/// A sign-extended immediate: its sign is the highest bit of the last field.
pub(super) fn signed(bits: u32, fields: &[ImmediateField]) -> u32 {
    let value = unsigned(bits, fields);
    let width = fields.last().map_or(32, |(_, count, to)| count.saturating_add(*to));
    let unused = 32_u32.saturating_sub(width);
    value.wrapping_shl(unused).cast_signed().wrapping_shr(unused).cast_unsigned()
}

/// A zero-extended immediate.
pub(super) fn unsigned(bits: u32, fields: &[ImmediateField]) -> u32 {
    fields
        .iter()
        .fold(0, |value, &(from, count, to)| value | field(bits, from, count).wrapping_shl(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_two_instructions() {
        for (place, a) in INSTRUCTIONS.iter().enumerate() {
            assert_eq!(a.encoding.bits & !a.encoding.mask, 0, "{}", a.name);
            for b in INSTRUCTIONS.iter().skip(place + 1) {
                let common = a.encoding.mask & b.encoding.mask;
                assert_ne!(
                    a.encoding.bits & common,
                    b.encoding.bits & common,
                    "{} and {}",
                    a.name,
                    b.name
                );
            }
        }
    }
}
