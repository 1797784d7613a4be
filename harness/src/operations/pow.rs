//! Operations of the area `pow`.

use ckbspec_protocol::operations::{
    CompactOut, CompactToDifficultyIn, CompactToDifficultyOut, CompactToTargetIn,
    CompactToTargetOut, DifficultyToCompactIn, EaglesongIn, EaglesongOut, Engine,
    TargetToCompactIn, VerifyIn, VerifyOut,
};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint256};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::pow::{self, CompactTarget};
use ckbspec_reference::{RuleSet, Violation};

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

pub(super) fn difficulty_to_compact(input: &DifficultyToCompactIn) -> Option<CompactOut> {
    let compact = pow::difficulty_to_compact(input.difficulty.0)?;
    Some(CompactOut { compact_target: Uint32(compact.0) })
}

pub(super) fn verify(input: &VerifyIn, rules: &RuleSet) -> Result<VerifyOut, Violation> {
    let engine = match input.engine {
        Engine::Eaglesong => pow::Engine::Eaglesong,
        Engine::EaglesongBlake2b => pow::Engine::EaglesongBlake2b,
    };
    let compact = CompactTarget(input.compact_target.0);
    let pow_hash = Byte32(input.pow_hash.0);
    let proof = pow::verify(engine, &pow_hash, input.nonce.0, compact, rules)?;
    Ok(VerifyOut { hash: FixedBytes(proof.hash.0), target: Uint256(proof.target) })
}
