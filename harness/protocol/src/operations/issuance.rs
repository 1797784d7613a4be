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
        "an epoch and the number of a block → what the block issues";
    DaoField: "issuance.dao_field" (DaoFieldIn) -> DaoFieldOut,
        "the parent's DAO field and the changes by a block → the block's DAO field";
    FreedCapacity: "issuance.freed_capacity" (FreedCapacityIn) -> CapacityOut,
        "a cell → the amount by which U falls when the cell is spent";
    GenesisDaoField: "issuance.genesis_dao_field" (GenesisDaoFieldIn) -> DaoFieldOut,
        "the rewards of epoch 0 and the live cells of genesis → its DAO field";
    BlockReward: "issuance.block_reward" (BlockRewardIn) -> BlockRewardOut,
        "a block and the blocks around it → its reward, in parts";
    MaximumWithdraw: "issuance.maximum_withdraw" (MaximumWithdrawIn) -> CapacityOut,
        "a withdrawing cell and two DAO fields → what it is worth";
    TransactionFee: "issuance.transaction_fee" (TransactionFeeIn) -> TransactionFeeOut,
        "a transaction, the cells that it spends and the headers that it names → its fee";
}

/// Input of `issuance.primary_epoch_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrimaryEpochRewardIn {
    /// The primary issuance of an epoch before the first halving.
    pub initial_primary_epoch_reward: Uint64,
    /// How many epochs there are from one halving to the next, at least 1.
    pub halving_interval: Uint64,
    /// The number of the epoch.
    pub epoch: Uint64,
}

/// Input of `issuance.secondary_epoch_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondaryEpochRewardIn {
    /// The secondary issuance of an epoch, as the chain specification gives it.
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

/// The parts of an epoch that decide the issuance of its blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuingEpoch {
    /// The number of its first block.
    pub start_number: Uint64,
    /// How many blocks it has, from 1 to 65,535.
    pub length: Uint32,
    /// The primary issuance of each block (EPOCH-021).
    pub base_block_reward: Uint64,
    /// So many blocks from the first on issue one shannon more.
    pub remainder_reward: Uint64,
    /// The secondary issuance of the epoch, all its blocks together.
    pub secondary_epoch_reward: Uint64,
}

/// Input of `issuance.block_issuance`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockIssuanceIn {
    /// The epoch of the block.
    pub epoch: IssuingEpoch,
    /// The number of the block, which is in the epoch.
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
    /// The number of the block, which is in the epoch.
    pub block_number: Uint64,
    /// The occupied capacity of the cells that its transactions create.
    pub added: Uint64,
    /// The occupied capacity of the cells that its transactions spend.
    pub freed: Uint64,
    /// The interest that its withdrawals pay beyond the capacity of their cells.
    pub interest: Uint64,
}

/// Output of `issuance.dao_field` and `issuance.genesis_dao_field`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DaoFieldOut {
    /// The DAO field, as in a header (DAO-001).
    #[schemars(extend("x-rules" = ["DAO-001"]))]
    pub dao: Byte32,
    /// C: all capacity issued so far.
    #[schemars(extend("x-rules" = ["DAO-002", "DAO-008", "ISS-017"]))]
    pub c: Uint64,
    /// AR: the accumulated rate.
    #[schemars(extend("x-rules" = ["DAO-003", "DAO-008"]))]
    pub ar: Uint64,
    /// S: the secondary issuance without the miners' shares, less what depositors have withdrawn.
    #[schemars(extend("x-rules" = ["DAO-004", "DAO-008", "ISS-017"]))]
    pub s: Uint64,
    /// U: the capacity that all cells occupy.
    #[schemars(extend("x-rules" = ["DAO-005", "DAO-007", "DAO-008"]))]
    pub u: Uint64,
}

/// The parts of a transaction that rewards depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommittedFee {
    /// Its proposal short id.
    pub id: ProposalShortId,
    /// Its fee.
    pub fee: Uint64,
}

/// The parts of a block that rewards depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardBlock {
    /// Its number.
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
    /// The number of the block whose reward is computed, at least 1.
    pub target: Uint64,
    /// Its epoch.
    pub epoch: IssuingEpoch,
    /// The DAO field of its parent.
    pub parent_dao: Byte32,
    /// The lock to which the reward is paid: that in the witness of the block's cellbase.
    pub lock: Script,
    /// The block itself and blocks around it, by number: at least those from 8 before it to 10
    /// after it that propose or commit anything. Other blocks make no difference.
    pub blocks: Vec<RewardBlock>,
}

/// Output of `issuance.block_reward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockRewardOut {
    /// The primary issuance of the block.
    #[schemars(extend("x-rules" = ["ISS-003", "ISS-007"]))]
    pub primary: Uint64,
    /// The miner's share of the secondary issuance.
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
    /// The sum of these.
    #[schemars(extend("x-rules" = ["ISS-007", "ISS-020"]))]
    pub total: Uint64,
    /// Whether the reward is paid, because it suffices for a cell with the lock (ISS-015).
    #[schemars(extend("x-rules" = ["ISS-015"]))]
    pub pays: bool,
}

/// The header fields that a withdrawal needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DaoHeader {
    /// The block number.
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
    /// The size of its data in bytes: 8.
    pub data_size: Uint64,
    /// The header of the block that created the deposit; its AR is not 0.
    pub deposit: DaoHeader,
    /// The header of the block that created the withdrawing cell.
    pub withdraw: DaoHeader,
}

/// Output of `issuance.maximum_withdraw` and `issuance.freed_capacity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CapacityOut {
    /// The amount in shannons.
    #[schemars(extend("x-rules" = ["DAO-012", "DAO-007", "DAO-005"]))]
    pub capacity: Uint64,
}

/// Where a cell was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// In the first transaction of genesis.
    GenesisCellbase,
    /// In any other transaction.
    Other,
}

/// The parts of a cell that the totals of the DAO field depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountedCell {
    /// The cell.
    pub output: CellOutput,
    /// The size of its data in bytes.
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
    /// How many blocks epoch 0 has, from 1 to 65,535.
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
    /// The hash of the block that created it; null while it is in no block.
    pub block_hash: Option<Byte32>,
}

/// A header that a transaction names, with the fields that a withdrawal needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedHeader {
    /// The hash of the header.
    pub hash: Byte32,
    /// The block number.
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
    /// The cells that the inputs spend, in the order of the inputs.
    pub inputs: Vec<SpentCell>,
    /// The capacities of the outputs.
    pub outputs: Vec<Uint64>,
    /// The header deps: the hashes of headers that the transaction refers to.
    pub header_deps: Vec<Byte32>,
    /// The witnesses.
    pub witnesses: Vec<Bytes>,
    /// The headers of the header deps, and perhaps others.
    pub headers: Vec<NamedHeader>,
}

/// Output of `issuance.transaction_fee`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransactionFeeOut {
    /// The fee.
    #[schemars(extend("x-rules" = ["ISS-018", "DAO-012", "DAO-011", "DAO-010", "DAO-009"]))]
    pub fee: Uint64,
}
