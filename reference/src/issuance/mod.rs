//! Issuance: the schedule, the DAO field of headers, the reward of a block, withdrawals and fees.
//! Amounts are in shannons; 1 CKB is 10⁸ shannons.

mod capacity;
mod dao_field;
mod genesis;
mod genesis_block;
mod reward;
mod schedule;
mod withdraw;

pub use capacity::{
    Origin, SATOSHI_LOCK_ARGS, SATOSHI_OCCUPIED_RATIO, freed_capacity, occupied_capacity,
};
pub use dao_field::{AR_GENESIS, DaoField, DaoStep, Movement};
pub use genesis::{GenesisCell, genesis_dao_field};
pub use genesis_block::{ChainSpec, SystemCell, genesis_block};
pub use reward::{
    BlockFacts, BlockReward, FeeShares, PROPOSAL_WINDOW_CLOSEST, PROPOSAL_WINDOW_FARTHEST,
    PROPOSER_REWARD_RATIO, RewardTarget, block_reward, finalization_target, pays, split_fee,
};
pub use schedule::{Issuance, IssuingEpoch, block_issuance, first_shares, primary_epoch_reward};
pub use withdraw::{
    Spending, SpentInput, WithdrawalHeader, WithdrawingCell, Withdrawn, is_dao_cell,
    maximum_withdraw, transaction_fee, withdrawn_capacity,
};
