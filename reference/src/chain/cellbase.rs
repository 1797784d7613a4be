//! What the cellbase of a block pays: the reward of the block that is eleven blocks before.

use crate::encoding::block::{Block, ProposalShortId};
use crate::encoding::script::Script;
use crate::encoding::witness::CellbaseWitness;
use crate::encoding::{Decoder, Mode};
use crate::issuance::{
    BlockFacts, BlockReward, PROPOSAL_WINDOW_CLOSEST, PROPOSAL_WINDOW_FARTHEST, RewardTarget,
    block_reward, pays,
};
use crate::{RuleSet, Violation};
use std::ops::RangeInclusive;

/// What a cellbase must pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Payment {
    /// The reward in its parts.
    pub reward: BlockReward,
    /// Whether the cellbase pays it, in one output. If not, the cellbase has no output, and the
    /// reward is lost.
    pub is_paid: bool,
}

/// The lock to which the reward of `block` is paid: the witness of the block's own cellbase names
/// it. `None` without such a witness; every block of a chain has one.
//= ISS-013
#[must_use]
pub fn reward_lock(block: &Block, rules: &RuleSet) -> Option<Script> {
    let witness = block.transactions.first()?.witnesses.first()?;
    let decoder = Decoder { mode: Mode::Compatible, rules };
    CellbaseWitness::decode(witness, &decoder).ok().map(|witness| witness.lock)
}

/// The parts of a block that rewards depend on. `transactions` are the proposal short id and the
/// fee of each transaction except the cellbase, in order.
#[must_use]
pub fn block_facts(block: &Block, transactions: Vec<(ProposalShortId, u64)>) -> BlockFacts {
    let uncles = block.uncles.iter().flat_map(|uncle| &uncle.proposals);
    let proposals = block.proposals.iter().chain(uncles).cloned().collect();
    BlockFacts { proposals, transactions }
}

/// The numbers of the blocks whose proposals and fees decide the reward of block `target`: earlier
/// blocks that can have proposed a transaction that a block after the target commits, and later
/// blocks that can commit a transaction that the target proposes.
#[must_use]
pub fn reward_window(target: u64) -> RangeInclusive<u64> {
    let reach = PROPOSAL_WINDOW_FARTHEST.saturating_sub(PROPOSAL_WINDOW_CLOSEST);
    target.saturating_sub(reach).max(1)..=target.saturating_add(PROPOSAL_WINDOW_FARTHEST)
}

/// The reward of the block `target`, and whether the cellbase pays it to `lock`.
//= ISS-014, ISS-015
pub fn payment(target: &RewardTarget<'_>, lock: &Script) -> Result<Payment, Violation> {
    let reward = block_reward(target)?;
    Ok(Payment { reward, is_paid: pays(reward.total, lock.args.len())? })
}
