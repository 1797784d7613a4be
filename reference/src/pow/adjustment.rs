//! The length and the difficulty of the next epoch, by NC-Max (RFC 0020).
//!
//! An epoch should take four hours, and for every 40 of its blocks there should be one uncle. If
//! there were fewer uncles, the network can handle more blocks, so the next epoch is longer.
//!
//! The node computes with fractions of 256-bit numbers. Here each formula has one numerator and one
//! denominator, so that it is one division of exact integers. `tests/adjustment.rs` computes with
//! fractions, and compares.

use super::compact::{CompactTarget, difficulty_to_compact};
use super::epoch_fraction::EpochRecord;
use crate::parameters::Parameters;
use crate::{RuleId, Violation};
use ruint::aliases::U256;
use ruint::{Uint, UintTryFrom};
use std::num::{NonZeroU16, NonZeroU64};

/// The most blocks that an adjusted epoch can have: one every 8 seconds for four hours.
pub const EPOCH_LENGTH_MAX: u64 = 1_800;

/// The fewest blocks that an adjusted epoch can have: one every 48 seconds for four hours. An
/// epoch that follows a very short one can have fewer.
pub const EPOCH_LENGTH_MIN: u64 = 300;

/// The greatest factor by which the hash rate and the length can change, up or down.
pub const DAMPENING: u64 = 2;

/// The seconds between blocks of a chain whose difficulty is permanent.
pub const BLOCK_INTERVAL_MIN: u64 = 8;

const MILLISECONDS_IN_A_SECOND: u64 = 1_000;

/// Wide enough for every product below: the widest is that of two numbers of 256 bits.
type Wide = Uint<768, 12>;

/// An epoch, with all that its rewards and the next epoch are computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch {
    /// Its number, its blocks and its target, as headers show them.
    pub record: EpochRecord,
    /// `floor(P / L)`: the primary issuance of each block, in shannons.
    pub base_block_reward: u64,
    /// How many of the first blocks issue one shannon more.
    pub remainder_reward: u64,
    /// `H_p`: the hash rate of the epoch before, in hashes a second.
    pub previous_hash_rate: U256,
}

/// What the adjustment needs from the blocks of an epoch that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EpochEnd {
    /// The number of uncles that its blocks have embedded.
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
    /// The denominator, which is not zero.
    pub denominator: U256,
}

/// The length and the target that the next epoch gets, and the steps that led to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// How many blocks the next epoch has.
    pub length: NonZeroU16,
    /// The compact target of all blocks of the next epoch.
    pub compact_target: CompactTarget,
    /// `H`: the hash rate of the epoch that has ended, in hashes a second.
    pub hash_rate: U256,
    /// The intermediate values; `None` on a chain whose difficulty is permanent.
    pub trace: Option<Trace>,
}

/// The intermediate results of an adjustment, in the order in which they are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// How long the epoch that has ended took, in seconds.
    pub duration: u64,
    /// Its hash rate, estimated from its difficulty, its blocks and its duration.
    pub hash_rate_estimate: U256,
    /// The estimate, kept between half and twice the hash rate of the epoch before it.
    pub hash_rate: U256,
    /// The length of the next epoch before the bounds; none after an epoch without uncles.
    pub raw_length: Option<u64>,
    /// The least length; after an epoch of less than 150 blocks it exceeds the greatest.
    pub length_min: u64,
    /// The upper bound of the length.
    pub length_max: u64,
    /// Whether a bound decides the length. After an epoch without uncles, the greatest does.
    pub bounded: bool,
    /// The hash rate times the target of duration: the hashes that the next epoch should get.
    pub numerator: U256,
    /// The divisor of these hashes: the blocks and the expected uncles of the next epoch.
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
    /// How long the epoch took, in seconds; at least 1.
    //= EPOCH-010
    #[must_use]
    pub fn duration(&self) -> u64 {
        let milliseconds = self.last_timestamp.saturating_sub(self.previous_timestamp);
        milliseconds.wrapping_div(MILLISECONDS_IN_A_SECOND).max(1)
    }
}

/// The epoch after one that has ended, and the adjustment that led to it.
pub fn next_epoch(
    parameters: &Parameters,
    epoch: &Epoch,
    end: &EpochEnd,
) -> Result<(Epoch, Adjustment), Violation> {
    let EpochRecord { length, compact_target, .. } = epoch.record;
    let adjustment = adjust(parameters, length, compact_target, epoch.previous_hash_rate, end)?;
    Ok((epoch.successor(parameters, &adjustment)?, adjustment))
}

/// The adjustment after an epoch of this length and this target.
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

/// What the formulas use of an epoch that has ended.
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

/// The length of the next epoch, and how it was computed.
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

    /// The length at which the target rate of uncles is expected, kept within the bounds.
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
        // The node keeps the low 64 bits. On every chain in use the quotient fits in them.
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

    /// The divisor of the hashes of the next epoch: `C' · (1 + its expected orphan rate)`.
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
        // (1 + o) · L_id · C / (o · L · C') = above / below, and r = above / below − 1.
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
    /// The fraction in lowest terms; the denominator must not be zero.
    fn reduced(numerator: Wide, denominator: Wide) -> Result<Self, Violation> {
        let divisor = numerator.gcd(denominator);
        Ok(Self {
            numerator: narrow(quotient(numerator, divisor), "denominator")?,
            denominator: narrow(quotient(denominator, divisor), "denominator")?,
        })
    }
}

/// The least and the greatest length of the epoch after one with so many blocks. After a very
/// short epoch the least exceeds the greatest.
#[must_use]
pub fn length_bounds(blocks: u64) -> (u64, u64) {
    let max = blocks.saturating_mul(DAMPENING).min(EPOCH_LENGTH_MAX);
    (blocks.wrapping_div(DAMPENING).max(EPOCH_LENGTH_MIN), max)
}

/// The estimate, kept between half and twice the hash rate of the epoch before, and at least 1.
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

/// The hashes of the next epoch divided by its blocks and uncles, rounded down; at least 1.
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

/// The product of a few factors; each product of this module fits in [`Wide`].
fn product(factors: &[Wide]) -> Wide {
    factors.iter().fold(Wide::ONE, |product, factor| product.wrapping_mul(*factor))
}

/// The quotient, rounded down; the divisor must not be zero.
fn quotient(above: Wide, below: Wide) -> Wide {
    above.checked_div(below).unwrap_or_else(|| unreachable!("no formula divides by zero"))
}

/// The number, if it fits in the 256 bits that the node has for it.
//= EPOCH-020
fn narrow(number: Wide, what: &'static str) -> Result<U256, Violation> {
    U256::uint_try_from(number).map_err(|_| too_large(what))
}

/// The length, if it fits in the 16 bits that headers have for it.
fn epoch_length(length: u64) -> Result<NonZeroU16, Violation> {
    let length = u16::try_from(length).ok().and_then(NonZeroU16::new);
    length.ok_or_else(|| too_large("length"))
}

fn too_large(what: &'static str) -> Violation {
    Violation::of(RuleId("EPOCH-020")).with(what, "too large")
}
