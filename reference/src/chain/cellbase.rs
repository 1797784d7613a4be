//! What the cellbase of a block pays: the reward of the block eleven before.

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

/// What a cellbase has to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Payment {
    /// The reward in its parts.
    pub reward: BlockReward,
    /// Whether it is paid, in one output; otherwise the cellbase has none, and it is lost.
    pub is_paid: bool,
}

/// The lock that the reward of a block goes to: the one that the witness of its own cellbase names;
/// `None` without such a witness, which no block of a chain is.
//= ISS-013
#[must_use]
pub fn reward_lock(block: &Block, rules: &RuleSet) -> Option<Script> {
    let witness = block.transactions.first()?.witnesses.first()?;
    let decoder = Decoder { mode: Mode::Compatible, rules };
    CellbaseWitness::decode(witness, &decoder).ok().map(|witness| witness.lock)
}

/// The parts of a block that rewards depend on, with the fees of its transactions.
#[must_use]
pub fn block_facts(block: &Block, transactions: Vec<(ProposalShortId, u64)>) -> BlockFacts {
    let uncles = block.uncles.iter().flat_map(|uncle| &uncle.proposals);
    let proposals = block.proposals.iter().chain(uncles).cloned().collect();
    BlockFacts { proposals, transactions }
}

/// The heights of the blocks whose proposals and fees decide the reward of a block: those that can
/// have proposed what is committed after it, and those that can commit what it proposes.
#[must_use]
pub fn reward_window(target: u64) -> RangeInclusive<u64> {
    let reach = PROPOSAL_WINDOW_FARTHEST.saturating_sub(PROPOSAL_WINDOW_CLOSEST);
    target.saturating_sub(reach).max(1)..=target.saturating_add(PROPOSAL_WINDOW_FARTHEST)
}

/// What the cellbase that pays for a block has to pay to a lock.
//= ISS-014, ISS-015
pub fn payment(target: &RewardTarget<'_>, lock: &Script) -> Result<Payment, Violation> {
    let reward = block_reward(target)?;
    Ok(Payment { reward, is_paid: pays(reward.total, lock.args.len())? })
}
