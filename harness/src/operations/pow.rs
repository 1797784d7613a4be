//! Operations of the area `pow`.

use super::{Answered, NoOutput, Undefined};
use ckbspec_protocol::Env;
use ckbspec_protocol::operations::{
    CompactOut, CompactToDifficultyIn, CompactToDifficultyOut, CompactToTargetIn,
    CompactToTargetOut, CompareEpochsIn, CompareEpochsOut, DifficultyToCompactIn, EaglesongIn,
    EaglesongOut, Epoch, EpochFractionIn, EpochFractionOut, EpochParameters, EpochTrace,
    GenesisEpochIn, GenesisEpochOut, NextEpochIn, NextEpochOut, Nothing, Order, PowEngine,
    TargetToCompactIn, VerifyEpochIn, VerifyEpochOut, VerifyIn, VerifyOut, VerifySuccessorIn,
};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint64, Uint256};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::pow::{self, CompactTarget, EpochEnd, EpochFraction, EpochRecord};
use ckbspec_reference::{Parameters, Ratio, RuleSet, Violation};
use std::cmp::Ordering;
use std::num::{NonZeroU16, NonZeroU32, NonZeroU64};

impl Answered for EaglesongIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<EaglesongOut, NoOutput> {
        Ok(EaglesongOut { digest: FixedBytes(pow::eaglesong(&self.message.0)) })
    }
}

impl Answered for CompactToTargetIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<CompactToTargetOut, NoOutput> {
        let decoded = CompactTarget(self.compact_target.0).decode();
        Ok(CompactToTargetOut { target: Uint256(decoded.target), overflow: decoded.overflow })
    }
}

impl Answered for TargetToCompactIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<CompactOut, NoOutput> {
        Ok(CompactOut { compact_target: Uint32(CompactTarget::from_target(self.target.0).0) })
    }
}

impl Answered for CompactToDifficultyIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<CompactToDifficultyOut, NoOutput> {
        let difficulty = CompactTarget(self.compact_target.0).difficulty();
        Ok(CompactToDifficultyOut { difficulty: Uint256(difficulty) })
    }
}

impl Answered for DifficultyToCompactIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<CompactOut, NoOutput> {
        let compact = pow::difficulty_to_compact(self.difficulty.0);
        let compact = compact.ok_or(Undefined("difficulty 0 has no target"))?;
        Ok(CompactOut { compact_target: Uint32(compact.0) })
    }
}

fn engine(named: PowEngine) -> pow::PowEngine {
    match named {
        PowEngine::Eaglesong => pow::PowEngine::Eaglesong,
        PowEngine::EaglesongBlake2b => pow::PowEngine::EaglesongBlake2b,
        PowEngine::Dummy => pow::PowEngine::Dummy,
    }
}

impl Answered for VerifyIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<VerifyOut, NoOutput> {
        let engine = engine(self.engine);
        let compact = CompactTarget(self.compact_target.0);
        let pow_hash = Byte32(self.pow_hash.0);
        let proof = pow::verify(engine, &pow_hash, self.nonce.0, compact, rules)?;
        Ok(VerifyOut { hash: FixedBytes(proof.hash.0), target: Uint256(proof.target) })
    }
}

impl Answered for EpochFractionIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<EpochFractionOut, NoOutput> {
        let epoch = EpochFraction(self.epoch.0);
        Ok(EpochFractionOut {
            number: Uint32(epoch.number()),
            index: Uint32(epoch.index().into()),
            length: Uint32(epoch.length().into()),
            well_formed: epoch.is_well_formed(),
        })
    }
}

impl Answered for CompareEpochsIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<CompareEpochsOut, NoOutput> {
        let order = EpochFraction(self.left.0).compare(EpochFraction(self.right.0));
        let ordering = match order.ok_or(Undefined("a malformed epoch field has no value"))? {
            Ordering::Less => Order::Less,
            Ordering::Equal => Order::Equal,
            Ordering::Greater => Order::Greater,
        };
        Ok(CompareEpochsOut { ordering })
    }
}

impl Answered for VerifySuccessorIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<Nothing, NoOutput> {
        let (parent, epoch) = (EpochFraction(self.parent.0), EpochFraction(self.epoch.0));
        pow::verify_successor(parent, epoch, rules)?;
        Ok(Nothing {})
    }
}

impl Answered for VerifyEpochIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<VerifyEpochOut, NoOutput> {
        let record = EpochRecord {
            number: self.record.number.0,
            start_number: self.record.start_number.0,
            length: epoch_length(self.record.length)?,
            compact_target: CompactTarget(self.record.compact_target.0),
        };
        let number = self.block_number.0;
        let expected =
            record.fraction_at(number).ok_or(Undefined("the block is not in the epoch"))?;
        let (epoch, compact) = (EpochFraction(self.epoch.0), CompactTarget(self.compact_target.0));
        record.verify(expected, epoch, compact, rules)?;
        Ok(VerifyEpochOut { next_starts_epoch: record.ends_at(number) })
    }
}

/// The length of an epoch in 16 bits, the width that it has in the epoch field.
pub(super) fn epoch_length(length: Uint32) -> Result<NonZeroU16, Undefined> {
    let length = u16::try_from(length.0);
    let length = length.map_err(|_| Undefined("an epoch has at most 65,535 blocks"))?;
    NonZeroU16::new(length).ok_or(Undefined("an epoch has at least one block"))
}

/// A number that is not zero.
pub(super) fn not_zero(number: Uint64) -> Result<NonZeroU64, Undefined> {
    NonZeroU64::new(number.0).ok_or(Undefined("a parameter that divides is zero"))
}

/// The parameters of the chain of a question. Those on which epochs do not depend are mainnet's.
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

impl Answered for GenesisEpochIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<GenesisEpochOut, NoOutput> {
        let parameters = Parameters {
            genesis_epoch_length: epoch_length(self.length)?,
            genesis_compact_target: CompactTarget(self.compact_target.0),
            ..parameters(&self.parameters)?
        };
        let epoch = pow::Epoch::genesis(&parameters).map_err(out_of_domain)?;
        Ok(GenesisEpochOut { epoch: epoch_out(&epoch) })
    }
}

impl Answered for NextEpochIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<NextEpochOut, NoOutput> {
        let parameters = parameters(&self.parameters)?;
        let record = EpochRecord {
            number: self.epoch.number.0,
            start_number: self.epoch.start_number.0,
            length: epoch_length(self.epoch.length)?,
            compact_target: CompactTarget(self.epoch.compact_target.0),
        };
        let epoch = pow::Epoch {
            record,
            base_block_reward: self.epoch.base_block_reward.0,
            remainder_reward: self.epoch.remainder_reward.0,
            previous_hash_rate: self.epoch.previous_hash_rate.0,
        };
        let end = EpochEnd {
            uncles: self.uncles.0,
            last_timestamp: self.last_timestamp.0,
            previous_timestamp: self.previous_timestamp.0,
        };
        let (next, adjustment) =
            pow::next_epoch(&parameters, &epoch, &end).map_err(out_of_domain)?;
        let trace = adjustment.trace.filter(|_| self.trace);
        Ok(NextEpochOut { epoch: epoch_out(&next), trace: trace.map(trace_out) })
    }
}

/// The operation is not defined where a number exceeds 256 bits: the node panics (EPOCH-020).
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
        blocks_numerator: Uint256(trace.denominator.numerator),
        blocks_denominator: Uint256(trace.denominator.denominator),
        difficulty: Uint256(trace.difficulty),
    }
}
