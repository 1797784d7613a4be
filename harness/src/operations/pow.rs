//! Operations of the area `pow`.

use super::{Ruled, Undefined};
use ckbspec_protocol::operations::{
    CompactOut, CompactToDifficultyIn, CompactToDifficultyOut, CompactToTargetIn,
    CompactToTargetOut, CompareEpochsIn, CompareEpochsOut, DifficultyToCompactIn, EaglesongIn,
    EaglesongOut, Engine, Epoch, EpochFractionIn, EpochFractionOut, EpochParameters, EpochTrace,
    GenesisEpochIn, GenesisEpochOut, NextEpochIn, NextEpochOut, Nothing, Order, TargetToCompactIn,
    VerifyEpochIn, VerifyEpochOut, VerifyIn, VerifyOut, VerifySuccessorIn,
};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint64, Uint256};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::pow::{self, CompactTarget, EpochEnd, EpochFraction, EpochRecord};
use ckbspec_reference::{Parameters, Ratio, RuleSet, Violation};
use std::cmp::Ordering;
use std::num::{NonZeroU16, NonZeroU32, NonZeroU64};

pub(super) fn eaglesong(input: &EaglesongIn) -> EaglesongOut {
    EaglesongOut { digest: FixedBytes(pow::eaglesong(&input.message.0)) }
}

pub(super) fn compact_to_target(input: &CompactToTargetIn) -> CompactToTargetOut {
    let decoded = CompactTarget(input.compact_target.0).decode();
    CompactToTargetOut { target: Uint256(decoded.target), overflow: decoded.overflow }
}

pub(super) fn target_to_compact(input: &TargetToCompactIn) -> CompactOut {
    CompactOut { compact_target: Uint32(CompactTarget::from_target(input.target.0).0) }
}

pub(super) fn compact_to_difficulty(input: &CompactToDifficultyIn) -> CompactToDifficultyOut {
    let difficulty = CompactTarget(input.compact_target.0).difficulty();
    CompactToDifficultyOut { difficulty: Uint256(difficulty) }
}

pub(super) fn difficulty_to_compact(
    input: &DifficultyToCompactIn,
) -> Result<CompactOut, Undefined> {
    let compact = pow::difficulty_to_compact(input.difficulty.0);
    let compact = compact.ok_or(Undefined("difficulty 0 has no target"))?;
    Ok(CompactOut { compact_target: Uint32(compact.0) })
}

fn engine(named: Engine) -> pow::PowEngine {
    match named {
        Engine::Eaglesong => pow::PowEngine::Eaglesong,
        Engine::EaglesongBlake2b => pow::PowEngine::EaglesongBlake2b,
        Engine::Dummy => pow::PowEngine::Dummy,
    }
}

pub(super) fn verify(input: &VerifyIn, rules: &RuleSet) -> Result<VerifyOut, Violation> {
    let engine = engine(input.engine);
    let compact = CompactTarget(input.compact_target.0);
    let pow_hash = Byte32(input.pow_hash.0);
    let proof = pow::verify(engine, &pow_hash, input.nonce.0, compact, rules)?;
    Ok(VerifyOut { hash: FixedBytes(proof.hash.0), target: Uint256(proof.target) })
}

pub(super) fn epoch_fraction(input: &EpochFractionIn) -> EpochFractionOut {
    let epoch = EpochFraction(input.epoch.0);
    EpochFractionOut {
        number: Uint32(epoch.number()),
        index: Uint32(epoch.index().into()),
        length: Uint32(epoch.length().into()),
        well_formed: epoch.is_well_formed(),
    }
}

pub(super) fn compare_epochs(input: &CompareEpochsIn) -> Result<CompareEpochsOut, Undefined> {
    let order = EpochFraction(input.left.0).compare(EpochFraction(input.right.0));
    let ordering = match order.ok_or(Undefined("a malformed epoch field has no value"))? {
        Ordering::Less => Order::Less,
        Ordering::Equal => Order::Equal,
        Ordering::Greater => Order::Greater,
    };
    Ok(CompareEpochsOut { ordering })
}

pub(super) fn verify_successor(
    input: &VerifySuccessorIn,
    rules: &RuleSet,
) -> Result<Nothing, Violation> {
    let (parent, epoch) = (EpochFraction(input.parent.0), EpochFraction(input.epoch.0));
    pow::verify_successor(parent, epoch, rules).map(|()| Nothing {})
}

pub(super) fn verify_epoch(input: &VerifyEpochIn, rules: &RuleSet) -> Ruled<VerifyEpochOut> {
    let record = EpochRecord {
        number: input.record.number.0,
        start_number: input.record.start_number.0,
        length: epoch_length(input.record.length)?,
        compact_target: CompactTarget(input.record.compact_target.0),
    };
    let number = input.block_number.0;
    let expected = record.fraction_at(number).ok_or(Undefined("the block is not in the epoch"))?;
    let (epoch, compact) = (EpochFraction(input.epoch.0), CompactTarget(input.compact_target.0));
    let verdict = record.verify(expected, epoch, compact, rules);
    Ok(verdict.map(|()| VerifyEpochOut { next_starts_epoch: record.ends_at(number) }))
}

/// The length of an epoch, in the bits that its field has for it.
pub(super) fn epoch_length(length: Uint32) -> Result<NonZeroU16, Undefined> {
    let length = u16::try_from(length.0);
    let length = length.map_err(|_| Undefined("an epoch has 65,535 blocks at most"))?;
    NonZeroU16::new(length).ok_or(Undefined("an epoch has a block at least"))
}

/// A number that is not zero.
pub(super) fn not_zero(number: Uint64) -> Result<NonZeroU64, Undefined> {
    NonZeroU64::new(number.0).ok_or(Undefined("a parameter that divides is zero"))
}

/// The chain of a question; what its epochs do not depend on is mainnet's.
fn parameters(input: &EpochParameters) -> Result<Parameters, Undefined> {
    let rate = &input.orphan_rate_target;
    let denominator = NonZeroU32::new(rate.denominator.0);
    let denominator = denominator.ok_or(Undefined("a parameter that divides is zero"))?;
    Ok(Parameters {
        engine: engine(input.engine),
        permanent_difficulty_in_dummy: input.permanent_difficulty_in_dummy,
        epoch_duration_target: not_zero(input.epoch_duration_target)?,
        orphan_rate_target: Ratio { numerator: rate.numerator.0, denominator },
        initial_primary_epoch_reward: input.initial_primary_epoch_reward.0,
        halving_interval: not_zero(input.halving_interval)?,
        ..Parameters::MAINNET
    })
}

pub(super) fn genesis_epoch(input: &GenesisEpochIn) -> Result<GenesisEpochOut, Undefined> {
    let parameters = Parameters {
        genesis_epoch_length: epoch_length(input.length)?,
        genesis_compact_target: CompactTarget(input.compact_target.0),
        ..parameters(&input.parameters)?
    };
    let epoch = pow::Epoch::genesis(&parameters).map_err(out_of_domain)?;
    Ok(GenesisEpochOut { epoch: epoch_out(&epoch) })
}

pub(super) fn next_epoch(input: &NextEpochIn) -> Result<NextEpochOut, Undefined> {
    let parameters = parameters(&input.parameters)?;
    let record = EpochRecord {
        number: input.epoch.number.0,
        start_number: input.epoch.start_number.0,
        length: epoch_length(input.epoch.length)?,
        compact_target: CompactTarget(input.epoch.compact_target.0),
    };
    let epoch = pow::Epoch {
        record,
        base_block_reward: input.epoch.base_block_reward.0,
        remainder_reward: input.epoch.remainder_reward.0,
        previous_hash_rate: input.epoch.previous_hash_rate.0,
    };
    let end = EpochEnd {
        uncles: input.uncles.0,
        last_timestamp: input.last_timestamp.0,
        previous_timestamp: input.previous_timestamp.0,
    };
    let (next, adjustment) = pow::next_epoch(&parameters, &epoch, &end).map_err(out_of_domain)?;
    let trace = adjustment.trace.filter(|_| input.trace);
    Ok(NextEpochOut { epoch: epoch_out(&next), trace: trace.map(trace_out) })
}

/// The node panics where its 256 bits do not suffice (EPOCH-020).
fn out_of_domain(_: Violation) -> Undefined {
    Undefined("a step exceeds 256 bits")
}

fn epoch_out(epoch: &pow::Epoch) -> Epoch {
    let record = &epoch.record;
    Epoch {
        number: Uint32(record.number),
        start_number: Uint64(record.start_number),
        length: Uint32(record.length.get().into()),
        compact_target: Uint32(record.compact_target.0),
        base_block_reward: Uint64(epoch.base_block_reward),
        remainder_reward: Uint64(epoch.remainder_reward),
        previous_hash_rate: Uint256(epoch.previous_hash_rate),
    }
}

fn trace_out(trace: pow::Trace) -> EpochTrace {
    EpochTrace {
        duration: Uint64(trace.duration),
        hash_rate_estimate: Uint256(trace.hash_rate_estimate),
        hash_rate: Uint256(trace.hash_rate),
        raw_length: trace.raw_length.map(Uint64),
        length_min: Uint64(trace.length_min),
        length_max: Uint64(trace.length_max),
        bounded: trace.bounded,
        numerator: Uint256(trace.numerator),
        denominator_numerator: Uint256(trace.denominator.numerator),
        denominator_denominator: Uint256(trace.denominator.denominator),
        difficulty: Uint256(trace.difficulty),
    }
}
