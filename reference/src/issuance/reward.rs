//! What a block's miner gets, eleven blocks later: issuance and shares of fees.

use super::capacity::occupied;
use super::dao_field::DaoField;
use super::schedule::Issuance;
use crate::encoding::block::ProposalShortId;
use crate::parameters::Ratio;
use crate::{RuleId, Violation};
use std::collections::{BTreeMap, BTreeSet};

/// The part of a transaction's fee that goes to who proposed it first.
pub const PROPOSER_REWARD_RATIO: Ratio = Ratio::constant(4, 10);

/// The least distance from a proposal to its commitment, in blocks.
pub const PROPOSAL_WINDOW_CLOSEST: u64 = 2;

/// The greatest such distance.
pub const PROPOSAL_WINDOW_FARTHEST: u64 = 10;

/// The parts of a block that rewards depend on.
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

/// The block that a reward is for, and what its reward depends on.
#[derive(Clone, Copy, Debug)]
pub struct RewardTarget<'a> {
    /// Its height, 1 at least.
    pub number: u64,
    /// What it issues.
    pub issuance: Issuance,
    /// The DAO field of its parent.
    pub parent_dao: DaoField,
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
pub fn finalization_target(block_number: u64) -> Option<u64> {
    let delay = PROPOSAL_WINDOW_FARTHEST.checked_add(1)?;
    block_number.checked_sub(delay).filter(|target| *target > 0)
}

/// Splits the fee of one transaction.
//= ISS-008
pub fn split_fee(fee: u64) -> Result<FeeShares, Violation> {
    let shares = PROPOSER_REWARD_RATIO.of(fee).and_then(|proposal| {
        fee.checked_sub(proposal).map(|commit| FeeShares { commit, proposal })
    });
    shares.ok_or_else(|| Violation::of(RuleId("ISS-020")).with("fee", fee))
}

/// The reward of a block, whose parent's C is not 0 (DAO-008).
//= ISS-007
pub fn block_reward(target: &RewardTarget<'_>) -> Result<BlockReward, Violation> {
    let Issuance { primary, secondary } = target.issuance;
    let share = target.parent_dao.miner_share(secondary);
    let secondary = share.ok_or_else(|| too_wide("secondary reward"))?;
    let commit = commit_reward(target)?;
    let proposal = proposal_reward(target)?;
    let total = sum([commit, proposal, primary, secondary])?;
    Ok(BlockReward { primary, secondary, commit, proposal, total })
}

/// Whether the cellbase has an output for a reward, or goes without and the reward is lost; by the
/// size of the arguments of the lock.
//= ISS-015
pub fn pays(total: u64, lock_args: usize) -> Result<bool, Violation> {
    let occupied = occupied([lock_args], 0).ok_or_else(|| too_wide("what the lock occupies"))?;
    Ok(total >= occupied)
}

/// The shares for committing, over the block's own transactions.
fn commit_reward(target: &RewardTarget<'_>) -> Result<u64, Violation> {
    let block = target.blocks.get(&target.number);
    let fees = block.into_iter().flat_map(|block| &block.transactions).map(|(_, fee)| *fee);
    let shares = fees.map(|fee| split_fee(fee).map(|shares| shares.commit));
    shares.collect::<Result<Vec<_>, _>>().and_then(sum)
}

/// The shares for proposing, over the blocks that can commit what the block proposes.
//= ISS-009
fn proposal_reward(target: &RewardTarget<'_>) -> Result<u64, Violation> {
    //= ISS-012
    let Some(mut wanted) = target.blocks.get(&target.number).map(|it| it.proposals.clone()) else {
        return Ok(0);
    };
    let at = |distance| target.number.checked_add(distance);
    let window = at(PROPOSAL_WINDOW_CLOSEST).zip(at(PROPOSAL_WINDOW_FARTHEST));
    let (first, last) = window.ok_or_else(|| too_wide("the height of a commitment"))?;
    let mut shares = vec![];
    for (height, block) in target.blocks.range(first..=last).rev() {
        let paid_elsewhere = earlier_proposals(target, *height);
        for (id, fee) in &block.transactions {
            // An id is used up by its first sight from above, whoever is paid for it.
            if wanted.remove(id) && !paid_elsewhere.contains(id) {
                shares.push(split_fee(*fee)?.proposal);
            }
        }
    }
    sum(shares)
}

/// The ids that blocks before the target have proposed within reach of a commitment.
//= ISS-010
fn earlier_proposals(target: &RewardTarget<'_>, commit: u64) -> BTreeSet<ProposalShortId> {
    //= ISS-011
    // From block 1 on and not earlier, but from there also when the target is block 1 itself.
    let first = commit.saturating_sub(PROPOSAL_WINDOW_FARTHEST).max(1);
    let last = target.number.saturating_sub(1).max(1);
    let is_farthest = Some(commit) == target.number.checked_add(PROPOSAL_WINDOW_FARTHEST);
    if is_farthest || first > last {
        return BTreeSet::new();
    }
    let earlier = target.blocks.range(first..=last);
    earlier.flat_map(|(_, block)| block.proposals.iter().cloned()).collect()
}

/// A sum of shannons.
//= ISS-020
fn sum(amounts: impl IntoIterator<Item = u64>) -> Result<u64, Violation> {
    let sum = amounts.into_iter().try_fold(0_u64, u64::checked_add);
    sum.ok_or_else(|| too_wide("a sum of shares"))
}

fn too_wide(what: &'static str) -> Violation {
    Violation::of(RuleId("ISS-020")).with("too wide", what)
}
