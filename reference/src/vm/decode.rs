//! From 32 bits to an instruction and its operands.

use super::Version;
use super::arithmetic::extend;
use super::instructions::{INSTRUCTIONS, Instruction, Op, Operands};

/// An instruction with its operands.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// Its row in the table.
    pub instruction: &'static Instruction,
    /// The register that is written; 0 where there is none.
    pub rd: u8,
    /// The first register that is read; 0 where there is none.
    pub rs1: u8,
    /// The second register that is read; 0 where there is none.
    pub rs2: u8,
    /// The bytes that it takes up: 2 or 4.
    pub length: u8,
    /// The immediate, its sign extended; 0 where there is none.
    pub immediate: u64,
}

impl Decoded {
    /// An instruction of four bytes with all its operands.
    pub(super) fn new(op: Op, rd: u8, rs1: u8, rs2: u8, immediate: u64) -> Self {
        Self { instruction: op.row(), rd, rs1, rs2, length: 4, immediate }
    }

    /// Which instruction it is.
    pub(super) fn op(&self) -> Op {
        self.instruction.op
    }
}

impl Op {
    /// Its row in the table, which has the same order.
    #[must_use]
    pub fn row(self) -> &'static Instruction {
        #[expect(clippy::as_conversions, reason = "the number of a variant is its place")]
        let row = INSTRUCTIONS.get(self as usize);
        row.unwrap_or_else(|| unreachable!("a test counts both"))
    }
}

/// Decodes a word that ends in 11; `None` where no instruction of the version is.
//= VM-004
#[must_use]
pub fn decode(bits: u32, version: Version) -> Option<Decoded> {
    let is = |row: &&Instruction| bits & row.encoding.mask == row.encoding.bits;
    let instruction = rows(bits).find(|row| is(row) && row.since <= version)?;
    let (rd, rs1, rs2) = (register(bits, 7), register(bits, 15), register(bits, 20));
    let (rd, rs1, rs2, immediate) = match instruction.operands {
        Operands::R => (rd, rs1, rs2, 0),
        Operands::Unary => (rd, rs1, 0, 0),
        Operands::I => (rd, rs1, 0, signed(bits, &[(20, 12, 0)])),
        Operands::Shift => (rd, rs1, 0, field(bits, 20, 6) & shift_mask(instruction)),
        Operands::S => (0, rs1, rs2, signed(bits, &[(7, 5, 0), (25, 7, 5)])),
        Operands::B => {
            (0, rs1, rs2, signed(bits, &[(8, 4, 1), (25, 6, 5), (7, 1, 11), (31, 1, 12)]))
        }
        Operands::U => (rd, 0, 0, signed(bits, &[(12, 20, 12)])),
        Operands::J => {
            (rd, 0, 0, signed(bits, &[(21, 10, 1), (20, 1, 11), (12, 8, 12), (31, 1, 20)]))
        }
        Operands::None => (0, 0, 0, 0),
    };
    Some(Decoded { instruction, rd, rs1, rs2, length: 4, immediate: extend(immediate) })
}

/// The most rows with one opcode and one funct3.
const MOST: usize = 9;

/// The rows that a word may be by its opcode and its funct3, as places in the table: a short list
/// instead of the whole.
#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "worked out by the compiler, which refuses what would panic"
)]
static ROWS: [[u8; MOST]; 256] = {
    let mut lists = [[u8::MAX; MOST]; 256];
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

/// Whether a list is for a row: funct3 and the upper five bits of the opcode make its number.
const fn may_be(row: &Instruction, list: u32) -> bool {
    let word = ((list >> 5) << 12) | ((list & 31) << 2) | 3;
    let common = row.encoding.mask & 0x707f;
    word & common == row.encoding.bits & common
}

fn rows(bits: u32) -> impl Iterator<Item = &'static Instruction> {
    let [list, ..] = (field(bits, 2, 5) | (field(bits, 12, 3) << 5)).to_le_bytes();
    let places = ROWS.get(usize::from(list)).map_or(&[][..], |places| places);
    places.iter().map_while(|place| INSTRUCTIONS.get(usize::from(*place)))
}

/// The bits of a shift's amount that are not part of its encoding.
fn shift_mask(instruction: &Instruction) -> u32 {
    !(instruction.encoding.mask >> 20) & 63
}

/// The number of a register.
pub(super) fn register(bits: u32, from: u32) -> u8 {
    let [low, ..] = field(bits, from, 5).to_le_bytes();
    low
}

/// Some bits as a number.
pub(super) fn field(bits: u32, from: u32, count: u32) -> u32 {
    bits.wrapping_shr(from) & !u32::MAX.wrapping_shl(count)
}

/// An immediate out of fields, each with its place, its width and its place in the immediate. The
/// last one ends on the sign.
pub(super) fn signed(bits: u32, fields: &[(u32, u32, u32)]) -> u32 {
    let value = unsigned(bits, fields);
    let width = fields.last().map_or(32, |(_, count, to)| count.saturating_add(*to));
    let unused = 32_u32.saturating_sub(width);
    value.wrapping_shl(unused).cast_signed().wrapping_shr(unused).cast_unsigned()
}

/// The same without a sign.
pub(super) fn unsigned(bits: u32, fields: &[(u32, u32, u32)]) -> u32 {
    fields
        .iter()
        .fold(0, |value, &(from, count, to)| value | field(bits, from, count).wrapping_shl(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_order_of_the_operations() {
        for (place, row) in INSTRUCTIONS.iter().enumerate() {
            assert_eq!(row.op.row().name, row.name, "row {place}");
        }
    }

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
