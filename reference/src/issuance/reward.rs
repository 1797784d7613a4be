//! What a block's miner gets, eleven blocks later: issuance and shares of fees.

use super::{DaoField, Issuance, occupied_capacity};
use crate::encoding::block::ProposalShortId;
use crate::encoding::script::Script;
use crate::encoding::transaction::CellOutput;
use crate::parameters::Parameters;
use crate::{RuleId, Violation};
use std::collections::{BTreeMap, BTreeSet};

/// What of a block decides rewards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockFacts {
    /// The ids that it proposes, and those that its uncles propose.
    pub proposals: BTreeSet<ProposalShortId>,
    /// Its transactions but the cellbase, in order: by what id they are proposed, and their fee.
    pub transactions: Vec<(ProposalShortId, u64)>,
}

/// The two shares of a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeeShares {
    /// Of the miner who commits the transaction.
    pub commit: u64,
    /// Of the miner who proposed it first.
    pub proposal: u64,
}

/// A block whose reward is asked for, and what lies around it.
#[derive(Clone, Copy, Debug)]
pub struct Reward<'a> {
    /// Its height, 1 at least.
    pub target: u64,
    /// What it issues.
    pub issuance: Issuance,
    /// The DAO field of its parent.
    pub parent: DaoField,
    /// The blocks around it by height. A height that is not there has no proposals and no
    /// transactions.
    pub blocks: &'a BTreeMap<u64, BlockFacts>,
}

/// The reward of a block, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockReward {
    /// The primary issuance of the block.
    pub primary: u64,
    /// The miners' part of its secondary issuance.
    pub secondary: u64,
    /// The shares of fees for the transactions that it commits.
    pub commit: u64,
    /// The shares of fees for the transactions that it was the first to propose.
    pub proposal: u64,
    /// All of them.
    pub total: u64,
}

/// The height of the block that the cellbase of a block pays for; `None` where it pays for none.
//= ISS-005, ISS-006
#[must_use]
pub fn finalization_target(parameters: &Parameters, block_number: u64) -> Option<u64> {
    let delay = parameters.proposal_window_farthest.checked_add(1)?;
    block_number.checked_sub(delay).filter(|target| *target > 0)
}

/// Splits the fee of one transaction.
///
/// # Errors
/// ISS-020.
//= ISS-008
pub fn split_fee(parameters: &Parameters, fee: u64) -> Result<FeeShares, Violation> {
    let ratio = parameters.proposer_reward_ratio;
    let proposal = fee
        .checked_mul(ratio.numerator.into())
        .and_then(|part| part.checked_div(ratio.denominator.get().into()));
    let shares = proposal.and_then(|proposal| {
        fee.checked_sub(proposal).map(|commit| FeeShares { commit, proposal })
    });
    shares.ok_or_else(|| Violation::of(RuleId::ISS_020).with("fee", fee))
}

/// The reward of a block.
///
/// # Errors
/// ISS-020; DAO-008 when C is 0, which no chain has.
//= ISS-007
pub fn block_reward(
    parameters: &Parameters,
    question: &Reward<'_>,
) -> Result<BlockReward, Violation> {
    let too_wide = |what| Violation::of(RuleId::ISS_020).with("too wide", what);
    if question.parent.c == 0 {
        return Err(Violation::of(RuleId::DAO_008).with("C", 0));
    }
    let Issuance { primary, secondary } = question.issuance;
    let secondary =
        question.parent.miner_share(secondary).ok_or_else(|| too_wide("secondary reward"))?;
    let commit = commit_reward(parameters, question)?;
    let proposal = proposal_reward(parameters, question)?;
    let total = sum([commit, proposal, primary, secondary])?;
    Ok(BlockReward { primary, secondary, commit, proposal, total })
}

/// Whether the cellbase has an output for a reward, or goes without and the reward is lost.
///
/// # Errors
/// ISS-020.
//= ISS-015
pub fn pays(total: u64, lock: &Script) -> Result<bool, Violation> {
    let output = CellOutput { capacity: total, lock: lock.clone(), type_script: None };
    let occupied = occupied_capacity(&output, 0);
    let occupied =
        occupied.ok_or_else(|| Violation::of(RuleId::ISS_020).with("lock of", "64 bits"));
    Ok(total >= occupied?)
}

/// The shares for committing, over the block's own transactions.
fn commit_reward(parameters: &Parameters, question: &Reward<'_>) -> Result<u64, Violation> {
    let block = question.blocks.get(&question.target);
    let fees = block.into_iter().flat_map(|block| &block.transactions).map(|(_, fee)| *fee);
    let shares = fees.map(|fee| split_fee(parameters, fee).map(|shares| shares.commit));
    shares.collect::<Result<Vec<_>, _>>().and_then(sum)
}

/// The shares for proposing, over the blocks that can commit what the block proposes.
//= ISS-009
fn proposal_reward(parameters: &Parameters, question: &Reward<'_>) -> Result<u64, Violation> {
    let (target, blocks) = (question.target, question.blocks);
    //= ISS-012
    let Some(mut wanted) = blocks.get(&target).map(|block| block.proposals.clone()) else {
        return Ok(0);
    };
    let closest = parameters.proposal_window_closest;
    let farthest = parameters.proposal_window_farthest;
    let window = (target.checked_add(closest).zip(target.checked_add(farthest)))
        .ok_or_else(|| Violation::of(RuleId::ISS_020).with("target", target))?;
    let mut shares = vec![];
    let commits = blocks.range(window.0..=window.1).rev();
    for (height, block) in commits {
        let paid_elsewhere = earlier_proposals(question, *height, farthest);
        for (id, fee) in &block.transactions {
            // An id is used up by its first sight from above, whoever is paid for it.
            if wanted.remove(id) && !paid_elsewhere.contains(id) {
                shares.push(split_fee(parameters, *fee)?.proposal);
            }
        }
    }
    sum(shares)
}

/// The ids that blocks before the target have proposed within reach of a commitment.
//= ISS-010
fn earlier_proposals(
    question: &Reward<'_>,
    commit: u64,
    farthest: u64,
) -> BTreeSet<ProposalShortId> {
    //= ISS-011
    // From block 1 on and not earlier, but from there also when the target is block 1 itself.
    let first = commit.saturating_sub(farthest).max(1);
    let last = question.target.saturating_sub(1).max(1);
    if Some(commit) == question.target.checked_add(farthest) || first > last {
        return BTreeSet::new();
    }
    let earlier = question.blocks.range(first..=last);
    earlier.flat_map(|(_, block)| block.proposals.iter().cloned()).collect()
}

/// A sum of shannons.
//= ISS-020
fn sum(amounts: impl IntoIterator<Item = u64>) -> Result<u64, Violation> {
    let sum = amounts.into_iter().try_fold(0_u64, u64::checked_add);
    sum.ok_or_else(|| Violation::of(RuleId::ISS_020).with("too wide", "a sum of shares"))
}
