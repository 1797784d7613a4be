//! The reward that a later cellbase pays for a block: issuance and shares of fees.

use super::capacity::occupied;
use super::dao_field::DaoField;
use super::schedule::Issuance;
use crate::encoding::block::ProposalShortId;
use crate::parameters::Ratio;
use crate::{RuleId, Violation};
use std::collections::{BTreeMap, BTreeSet};

/// The part of a transaction's fee that goes to the miner who proposed it first.
pub const PROPOSER_REWARD_RATIO: Ratio = Ratio::constant(4, 10);

/// The least distance from a proposal to its commitment, in blocks.
pub const PROPOSAL_WINDOW_CLOSEST: u64 = 2;

/// The greatest distance from a proposal to its commitment, in blocks.
pub const PROPOSAL_WINDOW_FARTHEST: u64 = 10;

/// The parts of a block that rewards depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockFacts {
    /// The proposal short ids that the block and the uncles that it embeds propose.
    pub proposals: BTreeSet<ProposalShortId>,
    /// Its transactions except the cellbase, in order: proposal short id, and fee in shannons.
    pub transactions: Vec<(ProposalShortId, u64)>,
}

/// The two shares of a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FeeShares {
    /// The share of the miner who commits the transaction.
    pub commit: u64,
    /// The share of the miner who proposed it first.
    pub proposal: u64,
}

/// The block that a reward is for, and what its reward depends on.
#[derive(Clone, Copy, Debug)]
pub struct RewardTarget<'a> {
    /// Its number, at least 1.
    pub number: u64,
    /// What it issues.
    pub issuance: Issuance,
    /// The DAO field of its parent.
    pub parent_dao: DaoField,
    /// The block itself and the blocks around it, by number. A block that is missing counts as one
    /// without proposals and transactions.
    pub blocks: &'a BTreeMap<u64, BlockFacts>,
}

/// The reward of a block, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockReward {
    /// `g1`: the primary issuance of the block.
    pub primary: u64,
    /// The miner's share of its secondary issuance.
    pub secondary: u64,
    /// The shares of fees for the transactions that it commits.
    pub commit: u64,
    /// The shares of fees for the transactions that it was the first to propose.
    pub proposal: u64,
    /// The sum of these.
    pub total: u64,
}

/// The number of the block that the cellbase of block `block_number` pays for; `None` for blocks 0
/// to 11, whose cellbases pay for no block.
//= ISS-005, ISS-006
#[must_use]
pub fn finalization_target(block_number: u64) -> Option<u64> {
    let delay = PROPOSAL_WINDOW_FARTHEST.checked_add(1)?;
    block_number.checked_sub(delay).filter(|target| *target > 0)
}

/// Splits the fee of one transaction; four times the fee must fit in 64 bits (ISS-020).
//= ISS-008
pub fn split_fee(fee: u64) -> Result<FeeShares, Violation> {
    let shares = PROPOSER_REWARD_RATIO.of(fee).and_then(|proposal| {
        fee.checked_sub(proposal).map(|commit| FeeShares { commit, proposal })
    });
    shares.ok_or_else(|| Violation::of(RuleId("ISS-020")).with("fee", fee))
}

/// The reward of a block. It violates ISS-020 if a sum exceeds 64 bits, or if the parent's C is 0,
/// which happens on no chain (DAO-008).
//= ISS-007
pub fn block_reward(target: &RewardTarget<'_>) -> Result<BlockReward, Violation> {
    let Issuance { primary, secondary } = target.issuance;
    let share = target.parent_dao.miner_share(secondary);
    let secondary = share.ok_or_else(|| too_large("miner's share"))?;
    let commit = commit_reward(target)?;
    let proposal = proposal_reward(target)?;
    let total = sum([commit, proposal, primary, secondary])?;
    Ok(BlockReward { primary, secondary, commit, proposal, total })
}

/// Whether the cellbase has an output for a reward of `total`. If not, the cellbase has no output,
/// and the reward is lost. `lock_args` is the size of the lock's arguments in bytes.
//= ISS-015
pub fn pays(total: u64, lock_args: usize) -> Result<bool, Violation> {
    let occupied = occupied([lock_args], 0).ok_or_else(|| too_large("occupied capacity"))?;
    Ok(total >= occupied)
}

/// The sum of the shares for committing the block's own transactions.
fn commit_reward(target: &RewardTarget<'_>) -> Result<u64, Violation> {
    let block = target.blocks.get(&target.number);
    let fees = block.into_iter().flat_map(|block| &block.transactions).map(|(_, fee)| *fee);
    let shares = fees.map(|fee| split_fee(fee).map(|shares| shares.commit));
    shares.collect::<Result<Vec<_>, _>>().and_then(sum)
}

/// The sum of the shares for proposing, from the blocks that can commit what the block proposes.
//= ISS-009
fn proposal_reward(target: &RewardTarget<'_>) -> Result<u64, Violation> {
    //= ISS-012
    let Some(mut uncounted) = target.blocks.get(&target.number).map(|it| it.proposals.clone())
    else {
        return Ok(0);
    };
    let at = |distance| target.number.checked_add(distance);
    let window = at(PROPOSAL_WINDOW_CLOSEST).zip(at(PROPOSAL_WINDOW_FARTHEST));
    let (first, last) = window.ok_or_else(|| too_large("number of the committing block"))?;
    let mut shares = vec![];
    // From the highest block down: of two commitments of an id, only the one in the block with the
    // higher number counts, even if another proposer is paid for it.
    for (number, block) in target.blocks.range(first..=last).rev() {
        let proposed_earlier = earlier_proposals(target, *number);
        for (id, fee) in &block.transactions {
            if uncounted.remove(id) && !proposed_earlier.contains(id) {
                shares.push(split_fee(*fee)?.proposal);
            }
        }
    }
    sum(shares)
}

/// The ids proposed by blocks before the target that are at most ten blocks before block `commit`.
//= ISS-010
fn earlier_proposals(target: &RewardTarget<'_>, commit: u64) -> BTreeSet<ProposalShortId> {
    //= ISS-011
    // The search starts at block 1 or later. If the target is block 1, it includes block 1 itself.
    let first = commit.saturating_sub(PROPOSAL_WINDOW_FARTHEST).max(1);
    let last = target.number.saturating_sub(1).max(1);
    let is_farthest = Some(commit) == target.number.checked_add(PROPOSAL_WINDOW_FARTHEST);
    if is_farthest || first > last {
        return BTreeSet::new();
    }
    let earlier = target.blocks.range(first..=last);
    earlier.flat_map(|(_, block)| block.proposals.iter().cloned()).collect()
}

/// The sum of amounts; it must fit in 64 bits.
//= ISS-020
fn sum(amounts: impl IntoIterator<Item = u64>) -> Result<u64, Violation> {
    let sum = amounts.into_iter().try_fold(0_u64, u64::checked_add);
    sum.ok_or_else(|| too_large("sum of shares"))
}

fn too_large(what: &'static str) -> Violation {
    Violation::of(RuleId("ISS-020")).with(what, "too large")
}
