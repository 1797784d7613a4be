//! Inputs and outputs of the area `issuance`. Amounts are in shannons.

use crate::structures::{CellOutput, Script};
use crate::values::{Byte32, Bytes, ProposalShortId, Uint32, Uint64};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

operations! { Issuance(IssuanceQuestion):
    PrimaryEpochReward: "issuance.primary_epoch_reward" (PrimaryEpochRewardIn) -> EpochRewardOut,
        "the number of an epoch → its primary issuance";
    SecondaryEpochReward: "issuance.secondary_epoch_reward" (SecondaryEpochRewardIn)
        -> EpochRewardOut,
        "the number of an epoch → its secondary issuance";
    BlockIssuance: "issuance.block_issuance" (BlockIssuanceIn) -> BlockIssuanceOut,
        "an epoch and the height of a block → what the block issues";
    DaoField: "issuance.dao_field" (DaoFieldIn) -> DaoFieldOut,
        "the parent's DAO field and what a block changes → its DAO field";
    FreedCapacity: "issuance.freed_capacity" (FreedCapacityIn) -> CapacityOut,
        "a cell → what spending it takes off the occupied capacity";
    GenesisDaoField: "issuance.genesis_dao_field" (GenesisDaoFieldIn) -> DaoFieldOut,
        "the rewards of epoch 0 and the live cells of genesis → its DAO field";
    BlockReward: "issuance.block_reward" (BlockRewardIn) -> BlockRewardOut,
        "a block and those around it → what its miner gets, in parts";
    MaximumWithdraw: "issuance.maximum_withdraw" (MaximumWithdrawIn) -> CapacityOut,
        "a withdrawing cell and two DAO fields → what it is worth";
    TransactionFee: "issuance.transaction_fee" (TransactionFeeIn) -> TransactionFeeOut,
        "a transaction with what it spends and the headers it names → its fee";
}

/// Input of `issuance.primary_epoch_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrimaryEpochRewardIn {
    /// The primary issuance of an epoch before the first halving.
    pub initial_primary_epoch_reward: Uint64,
    /// The epochs from one halving to the next, at least 1.
    pub halving_interval: Uint64,
    /// The number of the epoch.
    pub epoch: Uint64,
}

/// Input of `issuance.secondary_epoch_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondaryEpochRewardIn {
    /// The secondary issuance of an epoch by the chain specification.
    pub secondary_epoch_reward: Uint64,
    /// The number of the epoch.
    pub epoch: Uint64,
}

/// Output of `issuance.primary_epoch_reward` and `issuance.secondary_epoch_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EpochRewardOut {
    /// The issuance of the epoch.
    #[schemars(extend("x-rules" = ["ISS-001", "ISS-002", "ISS-004"]))]
    pub reward: Uint64,
}

/// What of an epoch decides the issuance of its blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuingEpoch {
    /// The height of its first block.
    pub start_number: Uint64,
    /// How many blocks it has, from 1 to 65,535.
    pub length: Uint32,
    /// The primary issuance of each block (EPOCH-021).
    pub base_block_reward: Uint64,
    /// How many blocks, the first ones, issue one shannon more.
    pub remainder_reward: Uint64,
    /// The secondary issuance of all its blocks.
    pub secondary_epoch_reward: Uint64,
}

/// Input of `issuance.block_issuance`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockIssuanceIn {
    /// The epoch of the block.
    pub epoch: IssuingEpoch,
    /// The height of the block, within the epoch.
    pub block_number: Uint64,
}

/// Output of `issuance.block_issuance`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockIssuanceOut {
    /// Primary issuance (ISS-003).
    #[schemars(extend("x-rules" = ["ISS-003"]))]
    pub primary: Uint64,
    /// Secondary issuance (ISS-004).
    #[schemars(extend("x-rules" = ["ISS-004"]))]
    pub secondary: Uint64,
}

/// Input of `issuance.dao_field`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DaoFieldIn {
    /// The DAO field of the parent.
    pub parent: Byte32,
    /// The epoch of the block.
    pub epoch: IssuingEpoch,
    /// The height of the block, within the epoch.
    pub block_number: Uint64,
    /// The capacity that the cells occupy which its transactions create.
    pub added: Uint64,
    /// The capacity that the cells occupied which its transactions spend.
    pub freed: Uint64,
    /// What its withdrawals pay beyond the capacity of the cells.
    pub interest: Uint64,
}

/// Output of `issuance.dao_field` and `issuance.genesis_dao_field`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DaoFieldOut {
    /// The DAO field, as in a header (DAO-001).
    #[schemars(extend("x-rules" = ["DAO-001"]))]
    pub dao: Byte32,
    /// C, the total issuance.
    #[schemars(extend("x-rules" = ["DAO-002", "DAO-008", "ISS-017"]))]
    pub c: Uint64,
    /// AR, the accumulated rate.
    #[schemars(extend("x-rules" = ["DAO-003", "DAO-008"]))]
    pub ar: Uint64,
    /// S, the secondary issuance that is not paid out.
    #[schemars(extend("x-rules" = ["DAO-004", "DAO-008", "ISS-017"]))]
    pub s: Uint64,
    /// U, the occupied capacity.
    #[schemars(extend("x-rules" = ["DAO-005", "DAO-007", "DAO-008"]))]
    pub u: Uint64,
}

/// A transaction by what rewards ask of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommittedFee {
    /// The id by which it is proposed.
    pub id: ProposalShortId,
    /// Its fee.
    pub fee: Uint64,
}

/// A block by what rewards ask of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardBlock {
    /// Its height.
    pub number: Uint64,
    /// The ids that it proposes.
    pub proposals: Vec<ProposalShortId>,
    /// The ids that its uncles propose.
    pub uncle_proposals: Vec<ProposalShortId>,
    /// Its transactions in order, without the cellbase.
    pub transactions: Vec<CommittedFee>,
}

/// Input of `issuance.block_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockRewardIn {
    /// The height of the block whose reward is asked for, at least 1.
    pub target: Uint64,
    /// Its epoch.
    pub epoch: IssuingEpoch,
    /// The DAO field of its parent.
    pub parent_dao: Byte32,
    /// The lock that its miner has named.
    pub lock: Script,
    /// Blocks around it, by height: those from 8 before it to 10 after it that propose or commit
    /// anything, and perhaps others, which make no difference.
    pub blocks: Vec<RewardBlock>,
}

/// Output of `issuance.block_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockRewardOut {
    /// Primary issuance.
    #[schemars(extend("x-rules" = ["ISS-003", "ISS-007"]))]
    pub primary: Uint64,
    /// The miner's part of the secondary issuance.
    #[schemars(extend("x-rules" = ["ISS-007", "ISS-004"]))]
    pub secondary: Uint64,
    /// The shares of fees for committing (ISS-008).
    #[schemars(extend("x-rules" = ["ISS-008", "ISS-020"]))]
    pub commit: Uint64,
    /// The shares of fees for proposing first (ISS-009 to ISS-012).
    #[schemars(extend("x-rules" = [
        "ISS-009", "ISS-010", "ISS-011", "ISS-012", "ISS-008", "ISS-020",
    ]))]
    pub proposal: Uint64,
    /// All of them.
    #[schemars(extend("x-rules" = ["ISS-007", "ISS-020"]))]
    pub total: Uint64,
    /// Whether it is enough for a cell with the lock, and so is paid (ISS-015).
    #[schemars(extend("x-rules" = ["ISS-015"]))]
    pub pays: bool,
}

/// What of a header a withdrawal asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatedDao {
    /// The height of the block.
    pub number: Uint64,
    /// Its DAO field.
    pub dao: Byte32,
}

/// Input of `issuance.maximum_withdraw`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaximumWithdrawIn {
    /// The withdrawing cell.
    pub output: CellOutput,
    /// The bytes of its data: 8.
    pub data_size: Uint64,
    /// The block that the deposit was made in; its AR is not 0.
    pub deposit: DatedDao,
    /// The block that the withdrawing cell was created in.
    pub withdraw: DatedDao,
}

/// Output of `issuance.maximum_withdraw` and `issuance.freed_capacity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CapacityOut {
    /// The amount.
    #[schemars(extend("x-rules" = ["DAO-012", "DAO-007", "DAO-005"]))]
    pub capacity: Uint64,
}

/// Where a cell was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// In the first transaction of genesis.
    GenesisCellbase,
    /// Anywhere else.
    Other,
}

/// A cell by what the totals of the DAO field ask of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedCell {
    /// The cell.
    pub output: CellOutput,
    /// The bytes of its data.
    pub data_size: Uint64,
    /// Where it was created.
    pub origin: Origin,
}

/// Input of `issuance.freed_capacity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreedCapacityIn {
    /// The cell that is spent.
    pub cell: CountedCell,
}

/// Input of `issuance.genesis_dao_field`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenesisDaoFieldIn {
    /// The blocks of epoch 0, from 1 to 65,535.
    pub epoch_length: Uint32,
    /// The primary issuance of epoch 0.
    pub primary_epoch_reward: Uint64,
    /// The secondary issuance of an epoch.
    pub secondary_epoch_reward: Uint64,
    /// The cells of genesis that no transaction of genesis spends.
    pub cells: Vec<CountedCell>,
}

/// A cell that a transaction spends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpentCell {
    /// The cell.
    pub output: CellOutput,
    /// Its data.
    pub data: Bytes,
    /// The hash of the block that it was created in; null while it is in none.
    pub block_hash: Option<Byte32>,
}

/// A header by what withdrawals ask of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedDao {
    /// The hash by which the transaction names it.
    pub hash: Byte32,
    /// The height of the block.
    pub number: Uint64,
    /// Its DAO field.
    pub dao: Byte32,
}

/// Input of `issuance.transaction_fee`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransactionFeeIn {
    /// The hash of the type script of the Nervos DAO.
    pub dao_type_hash: Byte32,
    /// What the inputs spend, in their order.
    pub inputs: Vec<SpentCell>,
    /// The capacities of the outputs.
    pub outputs: Vec<Uint64>,
    /// The hashes of headers that the transaction refers to.
    pub header_deps: Vec<Byte32>,
    /// The witnesses.
    pub witnesses: Vec<Bytes>,
    /// What is known of the headers: of every header dep at least.
    pub headers: Vec<NamedDao>,
}

/// Output of `issuance.transaction_fee`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransactionFeeOut {
    /// The fee.
    #[schemars(extend("x-rules" = ["ISS-018", "DAO-012", "DAO-011", "DAO-010", "DAO-009"]))]
    pub fee: Uint64,
}
