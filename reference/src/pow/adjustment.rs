//! The length and the difficulty of the next epoch, by NC-Max (RFC 0020).
//!
//! An epoch should take four hours, and for every 40 of its blocks there should be one uncle. After
//! fewer uncles the network can handle more blocks, so the next epoch is longer.
//!
//! The node computes with fractions of 256-bit numbers. Here each formula has a common
//! denominator, so that it is one division of exact integers; `tests/adjustment.rs` computes with
//! the fractions.

use super::compact::{CompactTarget, difficulty_to_compact};
use super::epoch_fraction::EpochRecord;
use crate::parameters::Parameters;
use crate::{RuleId, Violation};
use ruint::aliases::U256;
use ruint::{Uint, UintTryFrom};
use std::num::{NonZeroU16, NonZeroU64};

/// The most blocks that an adjusted epoch can have: one every 8 seconds for four hours.
pub const EPOCH_LENGTH_MAX: u64 = 1_800;

/// The least length: one block every 48 seconds. An epoch after one of fewer than 150 blocks can be
/// shorter.
pub const EPOCH_LENGTH_MIN: u64 = 300;

/// The greatest factor by which the hash rate and the length can rise or fall in one adjustment.
pub const DAMPENING: u64 = 2;

/// The seconds between blocks of a chain whose difficulty is permanent.
pub const BLOCK_INTERVAL_MIN: u64 = 8;

const MILLISECONDS_IN_A_SECOND: u64 = 1_000;

/// Wide enough for every product below: a number of 256 bits, one of 64 bits, and five numbers of
/// the epoch.
type Wide = Uint<768, 12>;

/// An epoch, with everything from which the next epoch and the rewards of its blocks are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch {
    /// Its number, first block, length and compact target.
    pub record: EpochRecord,
    /// `floor(P / L)`: the primary issuance of each block, in shannons.
    pub base_block_reward: u64,
    /// `P mod L`: so many blocks from the first on issue one shannon more.
    pub remainder_reward: u64,
    /// `H_p`: the hash rate of the epoch before, in hashes a second.
    pub previous_hash_rate: U256,
}

/// What the adjustment needs from the blocks of an epoch that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EpochEnd {
    /// `U`: the number of uncles that its blocks embed.
    pub uncles: u64,
    /// The timestamp of its last block, in milliseconds.
    pub last_timestamp: u64,
    /// The timestamp of the last block of the epoch before; for epoch 0, that of genesis.
    pub previous_timestamp: u64,
}

/// A fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    /// The numerator.
    pub numerator: U256,
    /// The denominator.
    pub denominator: U256,
}

/// The result of the adjustment for the next epoch, and its intermediate values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// `C'`: how many blocks the next epoch has.
    pub length: NonZeroU16,
    /// The compact target of all its blocks.
    pub compact_target: CompactTarget,
    /// `H`: the hash rate of the epoch that has ended, in hashes a second.
    pub hash_rate: U256,
    /// The intermediate values; `None` on a chain whose difficulty is permanent.
    pub trace: Option<Trace>,
}

/// The intermediate values of the adjustment, in the order in which they are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// `L`: how long the epoch took, in seconds.
    pub duration: u64,
    /// `estimate`: the hash rate before dampening, in hashes a second.
    pub hash_rate_estimate: U256,
    /// `H`: the hash rate after dampening, in hashes a second.
    pub hash_rate: U256,
    /// The next length before bounds; `None` after an epoch without uncles.
    pub raw_length: Option<u64>,
    /// The lower bound of the length. After an epoch of fewer than 150 blocks, or of more than
    /// 3,601, it exceeds the upper bound.
    pub length_min: u64,
    /// The upper bound of the length.
    pub length_max: u64,
    /// Whether a bound decided the length, or the epoch had no uncles.
    pub bounded: bool,
    /// `H · L_id`: how many hashes the next epoch should take.
    pub numerator: U256,
    /// The expected number of blocks and uncles of the next epoch, which divides the numerator.
    pub denominator: Fraction,
    /// `D'`: the next difficulty.
    pub difficulty: U256,
}

impl Epoch {
    /// Epoch 0 of a chain.
    //= EPOCH-022
    pub fn genesis(parameters: &Parameters) -> Result<Self, Violation> {
        let length = parameters.genesis_epoch_length;
        let rate = parameters.orphan_rate_target;
        let blocks = wide(length.get());
        let uncles =
            quotient(product(&[blocks, wide(rate.numerator)]), wide(rate.denominator.get()));
        let blocks = blocks.saturating_add(uncles);
        let difficulty = Wide::from(parameters.genesis_compact_target.difficulty());
        let hashes = Wide::from(narrow(product(&[difficulty, blocks]), "hashes")?);
        let hash_rate = quotient(hashes, wide(parameters.epoch_duration_target.get()));
        let record = EpochRecord {
            number: 0,
            start_number: 0,
            length,
            compact_target: parameters.genesis_compact_target,
        };
        let reward = parameters.primary_epoch_reward(0);
        Ok(Self::with_reward(record, reward, narrow(hash_rate, "hash rate")?))
    }

    /// `P`: the primary issuance of all its blocks in shannons; `None` when it exceeds 64 bits.
    #[must_use]
    pub fn primary_reward(&self) -> Option<u64> {
        let bases = self.base_block_reward.checked_mul(self.record.length.get().into())?;
        bases.checked_add(self.remainder_reward)
    }

    /// The epoch with this record and this primary issuance.
    //= EPOCH-021
    fn with_reward(record: EpochRecord, reward: u64, previous_hash_rate: U256) -> Self {
        let length = NonZeroU64::from(record.length);
        Self {
            record,
            base_block_reward: reward / length,
            remainder_reward: reward % length,
            previous_hash_rate,
        }
    }

    /// The epoch after this one.
    fn successor(
        &self,
        parameters: &Parameters,
        adjustment: &Adjustment,
    ) -> Result<Self, Violation> {
        let record = &self.record;
        let number = record.number.checked_add(1).ok_or_else(|| too_large("epoch number"))?;
        let start_number = record.start_number.checked_add(record.length.get().into());
        //= ISS-001
        let halving = u64::from(number).checked_rem(parameters.halving_interval.get()) == Some(0);
        let reward = if halving {
            Some(parameters.primary_epoch_reward(number.into()))
        } else {
            self.primary_reward()
        };
        let next = EpochRecord {
            number,
            start_number: start_number.ok_or_else(|| too_large("block number"))?,
            length: adjustment.length,
            compact_target: adjustment.compact_target,
        };
        let reward = reward.ok_or_else(|| too_large("primary issuance"))?;
        Ok(Self::with_reward(next, reward, adjustment.hash_rate))
    }
}

impl EpochEnd {
    /// `L`: how long the epoch took, in whole seconds; at least 1.
    //= EPOCH-010
    #[must_use]
    pub fn duration(&self) -> u64 {
        let milliseconds = self.last_timestamp.saturating_sub(self.previous_timestamp);
        milliseconds.wrapping_div(MILLISECONDS_IN_A_SECOND).max(1)
    }
}

/// The epoch after `epoch`, which has ended, and the adjustment that determines it. Violates
/// EPOCH-020 when a number exceeds its bits.
pub fn next_epoch(
    parameters: &Parameters,
    epoch: &Epoch,
    end: &EpochEnd,
) -> Result<(Epoch, Adjustment), Violation> {
    let EpochRecord { length, compact_target, .. } = epoch.record;
    let adjustment = adjust(parameters, length, compact_target, epoch.previous_hash_rate, end)?;
    Ok((epoch.successor(parameters, &adjustment)?, adjustment))
}

/// The adjustment after an epoch with this length and compact target. `previous_hash_rate` is
/// `H_p`, in hashes a second. Violates EPOCH-020 when a number exceeds its bits.
pub fn adjust(
    parameters: &Parameters,
    length: NonZeroU16,
    compact_target: CompactTarget,
    previous_hash_rate: U256,
    end: &EpochEnd,
) -> Result<Adjustment, Violation> {
    let blocks = u64::from(length.get());
    //= EPOCH-023
    if parameters.has_permanent_difficulty() {
        let length = parameters.epoch_duration_target.get().div_ceil(BLOCK_INTERVAL_MIN);
        let (length, hash_rate) = (epoch_length(length)?, previous_hash_rate);
        return Ok(Adjustment { length, compact_target, hash_rate, trace: None });
    }
    //= EPOCH-020
    if end.uncles.checked_add(blocks).is_none() {
        return Err(too_large("sum of blocks and uncles"));
    }
    let ended = EndedEpoch {
        blocks,
        uncles: end.uncles,
        duration: end.duration(),
        ideal_duration: parameters.epoch_duration_target.get(),
    };
    let hash_rate_estimate = ended.hash_rate(compact_target.difficulty())?;
    let hash_rate = dampen(hash_rate_estimate, previous_hash_rate)?;
    let length = ended.next_length(parameters);
    let denominator = ended.denominator(parameters, &length)?;
    let numerator =
        narrow(product(&[Wide::from(hash_rate), wide(ended.ideal_duration)]), "number of hashes")?;
    let difficulty = next_difficulty(numerator, &denominator)?;
    let Some(compact_target) = difficulty_to_compact(difficulty) else {
        unreachable!("a difficulty is at least 1");
    };
    let trace = Trace {
        duration: ended.duration,
        hash_rate_estimate,
        hash_rate,
        raw_length: length.raw,
        length_min: length.min,
        length_max: length.max,
        bounded: length.bounded,
        numerator,
        denominator,
        difficulty,
    };
    let length = epoch_length(length.next)?;
    Ok(Adjustment { length, compact_target, hash_rate, trace: Some(trace) })
}

/// The letters of the formulas for an epoch that has ended.
struct EndedEpoch {
    /// `C`: its blocks.
    blocks: u64,
    /// `U`: the uncles that these embed.
    uncles: u64,
    /// `L`: how long it took, in seconds.
    duration: u64,
    /// `L_id`: how long an epoch should take, in seconds.
    ideal_duration: u64,
}

/// The length of the next epoch, and the values that decide it.
struct Length {
    raw: Option<u64>,
    min: u64,
    max: u64,
    next: u64,
    bounded: bool,
}

impl EndedEpoch {
    /// `C + U`.
    //= EPOCH-011
    fn all_blocks(&self) -> Wide {
        wide(self.blocks).saturating_add(wide(self.uncles))
    }

    /// `floor(D · (C + U) / L)`.
    //= EPOCH-012
    fn hash_rate(&self, difficulty: U256) -> Result<U256, Violation> {
        let hashes = narrow(product(&[Wide::from(difficulty), self.all_blocks()]), "hashes")?;
        narrow(quotient(Wide::from(hashes), wide(self.duration)), "hash rate")
    }

    /// The length at which the orphan rate should be `o_id`, within its bounds.
    fn next_length(&self, parameters: &Parameters) -> Length {
        let (min, max) = length_bounds(self.blocks);
        //= EPOCH-015
        if self.uncles == 0 {
            return Length { raw: None, min, max, next: max, bounded: true };
        }
        //= EPOCH-016
        let rate = parameters.orphan_rate_target;
        let (a, b) = (wide(rate.numerator), wide(rate.denominator.get()));
        let above = product(&[a, self.all_blocks(), wide(self.ideal_duration), wide(self.blocks)]);
        let below = product(&[a.saturating_add(b), wide(self.uncles), wide(self.duration)]);
        // The node keeps the low 64 bits; on every chain in use the quotient has no others.
        let [raw, ..] = *quotient(above, below).as_limbs();
        //= EPOCH-017
        let (next, bounded) = if raw > max {
            (max, true)
        } else if raw < min {
            (min, true)
        } else {
            (raw, false)
        };
        Length { raw: Some(raw), min, max, next, bounded }
    }

    /// The expected number of blocks and uncles of the next epoch: `C' · (1 + its orphan rate)`.
    //= EPOCH-018
    fn denominator(&self, parameters: &Parameters, next: &Length) -> Result<Fraction, Violation> {
        let length = wide(next.next);
        if next.bounded && self.uncles == 0 {
            return Fraction::reduced(length, Wide::ONE);
        }
        let rate = parameters.orphan_rate_target;
        let (a, b) = (wide(rate.numerator), wide(rate.denominator.get()));
        let at_target_rate = || Fraction::reduced(product(&[length, a.saturating_add(b)]), b);
        if !next.bounded {
            return at_target_rate();
        }
        // (1 + o) · L_id · C / (o · L · C') = above / below, and r is one less.
        let above = product(&[self.all_blocks(), wide(self.ideal_duration), wide(self.blocks)]);
        let below = product(&[wide(self.uncles), wide(self.duration), length]);
        match above.checked_sub(below).filter(|rest| !rest.is_zero()) {
            // C' · (1 + 1/r)
            Some(rest) => Fraction::reduced(product(&[length, above]), rest),
            None => at_target_rate(),
        }
    }
}

impl Fraction {
    /// A fraction in lowest terms; `denominator` is not zero.
    fn reduced(numerator: Wide, denominator: Wide) -> Result<Self, Violation> {
        let divisor = numerator.gcd(denominator);
        Ok(Self {
            numerator: narrow(quotient(numerator, divisor), "denominator")?,
            denominator: narrow(quotient(denominator, divisor), "denominator")?,
        })
    }
}

/// The lower and the upper bound of the length after an epoch of `blocks` blocks. After fewer than
/// 150 blocks, or more than 3,601, the lower bound exceeds the upper one.
#[must_use]
pub fn length_bounds(blocks: u64) -> (u64, u64) {
    let max = blocks.saturating_mul(DAMPENING).min(EPOCH_LENGTH_MAX);
    (blocks.wrapping_div(DAMPENING).max(EPOCH_LENGTH_MIN), max)
}

/// `H`: the estimate, kept between half and twice the previous hash rate, and at least 1.
fn dampen(estimate: U256, previous: U256) -> Result<U256, Violation> {
    //= EPOCH-014
    Ok(bounded_hash_rate(estimate, previous)?.max(U256::ONE))
}

//= EPOCH-013
fn bounded_hash_rate(estimate: U256, previous: U256) -> Result<U256, Violation> {
    if previous.is_zero() {
        return Ok(estimate);
    }
    let factor = U256::from(DAMPENING);
    let lower = previous.wrapping_div(factor);
    if estimate < lower {
        return Ok(lower);
    }
    let upper = product(&[Wide::from(previous), Wide::from(factor)]);
    Ok(estimate.min(narrow(upper, "hash rate")?))
}

/// `D'`: the hashes of the next epoch divided by its blocks and uncles, rounded down; at least 1.
//= EPOCH-019
fn next_difficulty(hashes: U256, blocks: &Fraction) -> Result<U256, Violation> {
    let above = product(&[Wide::from(hashes), Wide::from(blocks.denominator)]);
    let above = Wide::from(narrow(above, "number of hashes")?);
    let difficulty = quotient(above, Wide::from(blocks.numerator));
    Ok(narrow(difficulty, "difficulty")?.max(U256::ONE))
}

fn wide(number: impl Into<u64>) -> Wide {
    Wide::from(number.into())
}

/// The product of a few factors, which fits in [`Wide`].
fn product(factors: &[Wide]) -> Wide {
    factors.iter().fold(Wide::ONE, |product, factor| product.wrapping_mul(*factor))
}

/// `floor(above / below)`; `below` is not zero.
fn quotient(above: Wide, below: Wide) -> Wide {
    above.checked_div(below).unwrap_or_else(|| unreachable!("no formula divides by zero"))
}

/// The number in 256 bits, the width that the node computes with.
//= EPOCH-020
fn narrow(number: Wide, what: &'static str) -> Result<U256, Violation> {
    U256::uint_try_from(number).map_err(|_| too_large(what))
}

/// The length in 16 bits, the width that it has in headers.
fn epoch_length(length: u64) -> Result<NonZeroU16, Violation> {
    let length = u16::try_from(length).ok().and_then(NonZeroU16::new);
    length.ok_or_else(|| too_large("length"))
}

fn too_large(what: &'static str) -> Violation {
    Violation::of(RuleId("EPOCH-020")).with(what, "too large")
}
