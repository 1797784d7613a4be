//! Operations of the area `pow`.

use super::{Ruled, Undefined};
use ckbspec_protocol::operations::{
    CompactOut, CompactToDifficultyIn, CompactToDifficultyOut, CompactToTargetIn,
    CompactToTargetOut, CompareEpochsIn, CompareEpochsOut, DifficultyToCompactIn, EaglesongIn,
    EaglesongOut, Engine, EpochFractionIn, EpochFractionOut, Nothing, Order, TargetToCompactIn,
    VerifyEpochIn, VerifyEpochOut, VerifyIn, VerifyOut, VerifySuccessorIn,
};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint256};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::pow::{self, CompactTarget, EpochFraction, EpochRecord};
use ckbspec_reference::{RuleSet, Violation};
use std::cmp::Ordering;

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

pub(super) fn verify(input: &VerifyIn, rules: &RuleSet) -> Result<VerifyOut, Violation> {
    let engine = match input.engine {
        Engine::Eaglesong => pow::Engine::Eaglesong,
        Engine::EaglesongBlake2b => pow::Engine::EaglesongBlake2b,
        Engine::Dummy => pow::Engine::Dummy,
    };
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
        length: u16::try_from(input.record.length.0)
            .map_err(|_| Undefined("an epoch has 65,535 blocks at most"))?,
        compact_target: CompactTarget(input.record.compact_target.0),
    };
    let number = input.block_number.0;
    let expected = record.fraction_at(number).ok_or(Undefined("the block is not in the epoch"))?;
    let (epoch, compact) = (EpochFraction(input.epoch.0), CompactTarget(input.compact_target.0));
    let verdict = record.verify(expected, epoch, compact, rules);
    Ok(verdict.map(|()| VerifyEpochOut { next_starts_epoch: record.ends_at(number) }))
}
