//! The `epoch` field of headers: which epoch, and which block of it (RFC 0027).
//!
//! ```text
//!  bit 63    56 55        40 39        24 23                   0
//!     |  zero  |   length   |   index    |        number        |
//! ```

use super::compact::CompactTarget;
use crate::{RuleId, RuleSet, Violation};
use std::cmp::Ordering;
use std::num::NonZeroU16;

/// An epoch field: any 64 bits, because a header can hold any.
//= EPOCH-001
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EpochFraction(pub u64);

impl EpochFraction {
    /// The field of the genesis block and of no other block: all parts are 0.
    //= EPOCH-003
    pub const GENESIS: Self = Self(0);

    /// The field with these parts; `None` when the number has more than 24 bits.
    //= EPOCH-001
    #[must_use]
    pub fn new(number: u32, index: u16, length: u16) -> Option<Self> {
        let [0, n2, n1, n0] = number.to_be_bytes() else {
            return None;
        };
        let ([i1, i0], [l1, l0]) = (index.to_be_bytes(), length.to_be_bytes());
        Some(Self(u64::from_be_bytes([0, l1, l0, i1, i0, n2, n1, n0])))
    }

    /// The number of the epoch: the low 24 bits.
    //= EPOCH-001
    #[must_use]
    pub const fn number(self) -> u32 {
        let [.., n2, n1, n0] = self.0.to_be_bytes();
        u32::from_be_bytes([0, n2, n1, n0])
    }

    /// The block's index in the epoch, from 0: the next 16 bits.
    //= EPOCH-001
    #[must_use]
    pub const fn index(self) -> u16 {
        let [_, _, _, i1, i0, ..] = self.0.to_be_bytes();
        u16::from_be_bytes([i1, i0])
    }

    /// The number of blocks in the epoch: the next 16 bits.
    //= EPOCH-001
    #[must_use]
    pub const fn length(self) -> u16 {
        let [_, l1, l0, ..] = self.0.to_be_bytes();
        u16::from_be_bytes([l1, l0])
    }

    /// Whether the index is below the length. The top byte does not matter.
    //= EPOCH-002
    #[must_use]
    pub const fn is_well_formed(self) -> bool {
        self.index() < self.length()
    }

    /// The order of the values `number + index / length`; the value of the field 0 is 0. `None`
    /// unless each field is well formed or 0.
    //= EPOCH-006
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let has_value = |epoch: Self| epoch.is_well_formed() || epoch == Self::GENESIS;
        if !has_value(self) || !has_value(other) {
            return None;
        }
        // Fractions are below 1, so they decide only between equal numbers. Products of two numbers
        // of 16 bits fit in 32. Where a length is 0, the index is 0 too, so any length gives 0.
        let (length, other_length) = (self.length().max(1), other.length().max(1));
        let left = u32::from(self.index()).wrapping_mul(other_length.into());
        let right = u32::from(other.index()).wrapping_mul(length.into());
        Some(self.number().cmp(&other.number()).then(left.cmp(&right)))
    }

    /// Whether a block with this field may follow one with `parent`: it has the next index, or the
    /// index 0 of the next epoch if the parent is the last block of its epoch.
    //= EPOCH-004
    fn follows(self, parent: Self) -> bool {
        let index = parent.index().checked_add(1);
        if index == Some(parent.length()) {
            let number = parent.number().checked_add(1);
            Some(self.number()) == number && self.index() == 0
        } else {
            self.number() == parent.number()
                && Some(self.index()) == index
                && self.length() == parent.length()
        }
    }
}

/// Checks that an epoch field is well formed (EPOCH-002), and that it may follow that of the parent
/// (EPOCH-004).
pub fn verify_successor(
    parent: EpochFraction,
    epoch: EpochFraction,
    rules: &RuleSet,
) -> Result<(), Violation> {
    rules.require(RuleId("EPOCH-002"), epoch.is_well_formed(), |broken| {
        broken.with("index", epoch.index()).with("length", epoch.length())
    })?;
    //= EPOCH-005
    let parent_is_genesis = parent == EpochFraction::GENESIS;
    rules.require(RuleId("EPOCH-004"), parent_is_genesis || epoch.follows(parent), |broken| {
        broken.with("parent", parent).with("epoch", epoch)
    })
}

/// An epoch, as the adjustment determines it before its first block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EpochRecord {
    /// Its number, of 24 bits.
    pub number: u32,
    /// The number of its first block.
    pub start_number: u64,
    /// How many blocks it has.
    pub length: NonZeroU16,
    /// The compact target of all its blocks.
    pub compact_target: CompactTarget,
}

impl EpochRecord {
    /// The epoch field of block `block_number`; `None` when the block is outside the epoch.
    //= EPOCH-007
    #[must_use]
    pub fn fraction_at(&self, block_number: u64) -> Option<EpochFraction> {
        let index = block_number.checked_sub(self.start_number)?;
        let index = u16::try_from(index).ok().filter(|index| *index < self.length.get())?;
        EpochFraction::new(self.number, index, self.length.get())
    }

    /// Whether block `block_number` is the last block of the epoch.
    //= EPOCH-009
    #[must_use]
    pub fn ends_at(&self, block_number: u64) -> bool {
        let blocks = block_number.checked_sub(self.start_number).and_then(|n| n.checked_add(1));
        blocks == Some(self.length.get().into())
    }

    /// Checks the epoch field (EPOCH-007) and the compact target (EPOCH-008) of a header.
    /// `expected` is the field that the block has by this record.
    pub fn verify(
        &self,
        expected: EpochFraction,
        epoch: EpochFraction,
        compact_target: CompactTarget,
        rules: &RuleSet,
    ) -> Result<(), Violation> {
        rules.require(RuleId("EPOCH-007"), epoch == expected, |broken| {
            broken.with("expected", expected).with("got", epoch)
        })?;
        rules.require(RuleId("EPOCH-008"), compact_target == self.compact_target, |broken| {
            broken
                .with("expected", format_args!("{:#010x}", self.compact_target.0))
                .with("got", format_args!("{:#010x}", compact_target.0))
        })
    }
}

impl std::fmt::Display for EpochFraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#018x} = {} + {}/{}", self.0, self.number(), self.index(), self.length())
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test may fail on an overflow")]
mod tests {
    use super::*;
    use quickcheck::{TestResult, quickcheck};

    /// A well-formed field, made from any three numbers.
    fn well_formed(number: u32, index: u16, length: u16) -> EpochFraction {
        let length = length.max(1);
        EpochFraction::new(number % (1 << 24), index % length, length).unwrap()
    }

    quickcheck! {
        fn the_parts_make_the_field(field: u64) -> bool {
            let epoch = EpochFraction(field);
            let low = EpochFraction(field & (u64::MAX >> 8));
            EpochFraction::new(epoch.number(), epoch.index(), epoch.length()) == Some(low)
        }

        fn numbers_above_24_bits_have_no_field(number: u32, index: u16, length: u16) -> bool {
            EpochFraction::new(number, index, length).is_some() == (number < 1 << 24)
        }

        fn the_order_is_that_of_128_bit_numbers(a: (u32, u16, u16), b: (u32, u16, u16)) -> bool {
            let (a, b) = (well_formed(a.0, a.1, a.2), well_formed(b.0, b.1, b.2));
            let value = |epoch: EpochFraction, other: EpochFraction| {
                (u128::from(epoch.number()) * u128::from(epoch.length())
                    + u128::from(epoch.index())) * u128::from(other.length())
            };
            a.compare(b) == Some(value(a, b).cmp(&value(b, a)))
        }

        fn a_successor_is_greater(parent: (u32, u16, u16), length: u16) -> TestResult {
            let parent = well_formed(parent.0, parent.1, parent.2);
            let is_last = parent.index() + 1 == parent.length();
            let next = if is_last {
                EpochFraction::new(parent.number() + 1, 0, length.max(1))
            } else {
                EpochFraction::new(parent.number(), parent.index() + 1, parent.length())
            };
            let Some(next) = next else { return TestResult::discard() };
            let rules = RuleSet::all();
            TestResult::from_bool(
                verify_successor(parent, next, &rules).is_ok()
                    && verify_successor(next, parent, &rules).is_err()
                    && parent.compare(next) == Some(Ordering::Less),
            )
        }

        fn a_record_knows_its_blocks(number: u32, start: u64, length: u16, at: u16) -> bool {
            let (number, length) = (number % (1 << 24), NonZeroU16::new(length.max(1)).unwrap());
            let compact_target = CompactTarget(0x20ff_ffff);
            let record = EpochRecord { number, start_number: start, length, compact_target };
            let Some(block) = start.checked_add(at.into()) else { return true };
            record.fraction_at(block).is_some() == (at < length.get())
                && record.ends_at(block) == (u32::from(at) + 1 == u32::from(length.get()))
        }
    }
}
