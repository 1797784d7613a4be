//! Inputs and outputs of the area `pow`.

use super::Nothing;
use crate::values::{Byte32, Bytes, Uint32, Uint64, Uint128, Uint256};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

operations! { Pow(PowQuestion):
    Eaglesong: "pow.eaglesong" (EaglesongIn) -> EaglesongOut,
        "a message of any length → its Eaglesong digest";
    CompactToTarget: "pow.compact_to_target" (CompactToTargetIn) -> CompactToTargetOut,
        "a compact target → the target and the overflow flag";
    TargetToCompact: "pow.target_to_compact" (TargetToCompactIn) -> CompactOut,
        "a target → its compact form";
    CompactToDifficulty: "pow.compact_to_difficulty" (CompactToDifficultyIn)
        -> CompactToDifficultyOut,
        "a compact target → its difficulty, 0 if the target is degenerate";
    DifficultyToCompact: "pow.difficulty_to_compact" (DifficultyToCompactIn) -> CompactOut,
        "a difficulty of at least 1 → its compact target";
    Verify: "pow.verify" (VerifyIn, by "engine") -> VerifyOut,
        "PoW hash, nonce and compact target → the hash compared and the target";
    EpochFraction: "pow.epoch_fraction" (EpochFractionIn) -> EpochFractionOut,
        "an epoch field → its parts, and whether it is well formed";
    CompareEpochs: "pow.compare_epochs" (CompareEpochsIn) -> CompareEpochsOut,
        "two well-formed epoch fields → the order of their rational values";
    VerifySuccessor: "pow.verify_successor" (VerifySuccessorIn) -> Nothing,
        "the epoch fields of a parent and of its child → whether the child may follow";
    VerifyEpoch: "pow.verify_epoch" (VerifyEpochIn) -> VerifyEpochOut,
        "an epoch, and the epoch field and compact target of a header → whether they match";
    GenesisEpoch: "pow.genesis_epoch" (GenesisEpochIn) -> GenesisEpochOut,
        "the parameters of a chain, the length of epoch 0 and the target of genesis → epoch 0";
    NextEpoch: "pow.next_epoch" (NextEpochIn) -> NextEpochOut,
        "an epoch that has ended, its uncles and its timestamps → the next epoch";
}

/// Input of `pow.eaglesong`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EaglesongIn {
    /// The message; on a chain it always has 48 bytes.
    pub message: Bytes,
}

/// Output of `pow.eaglesong`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EaglesongOut {
    /// The digest.
    #[schemars(extend("x-rules" = ["POW-004", "POW-005", "POW-003", "POW-002", "POW-001"]))]
    pub digest: Byte32,
}

/// Input of `pow.compact_to_target`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompactToTargetIn {
    /// The compact target.
    pub compact_target: Uint32,
}

/// Output of `pow.compact_to_target`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CompactToTargetOut {
    /// The target modulo 2^256 (POW-009).
    #[schemars(extend("x-rules" = ["POW-009"]))]
    pub target: Uint256,
    /// The overflow flag (POW-010).
    #[schemars(extend("x-rules" = ["POW-010"]))]
    pub overflow: bool,
}

/// Input of `pow.target_to_compact`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetToCompactIn {
    /// The target.
    pub target: Uint256,
}

/// Output of `pow.target_to_compact` and `pow.difficulty_to_compact`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CompactOut {
    /// The compact target.
    #[schemars(extend("x-rules" = ["POW-011", "POW-013"]))]
    pub compact_target: Uint32,
}

/// Input of `pow.compact_to_difficulty`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompactToDifficultyIn {
    /// The compact target.
    pub compact_target: Uint32,
}

/// Output of `pow.compact_to_difficulty`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CompactToDifficultyOut {
    /// The difficulty; 0 for a zero or overflowing target (POW-012).
    #[schemars(extend("x-rules" = ["POW-012", "POW-010", "POW-009"]))]
    pub difficulty: Uint256,
}

/// Input of `pow.difficulty_to_compact`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DifficultyToCompactIn {
    /// The difficulty, at least 1.
    pub difficulty: Uint256,
}

/// The proof-of-work function of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PowEngine {
    /// Mainnet's: Eaglesong.
    Eaglesong,
    /// Testnet's: the ckbhash of Eaglesong's digest (POW-014).
    EaglesongBlake2b,
    /// Dev chains': every nonce is valid (POW-015).
    Dummy,
}

/// Input of `pow.verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyIn {
    /// The engine.
    pub engine: PowEngine,
    /// The PoW hash of the header (HASH-006).
    pub pow_hash: Byte32,
    /// The nonce.
    pub nonce: Uint128,
    /// The header's compact target.
    pub compact_target: Uint32,
}

/// Output of `pow.verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerifyOut {
    /// The 32 bytes that are compared with the target, as a big-endian number (POW-007).
    /// It has no meaning for `dummy`, which compares nothing.
    #[schemars(extend("x-rules" = ["POW-007", "POW-014", "POW-006"]))]
    pub hash: Byte32,
    /// The target.
    #[schemars(extend("x-rules" = ["POW-009"]))]
    pub target: Uint256,
}

/// Input of `pow.epoch_fraction`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpochFractionIn {
    /// The `epoch` field of a header.
    pub epoch: Uint64,
}

/// Output of `pow.epoch_fraction`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EpochFractionOut {
    /// The number of the epoch (EPOCH-001).
    #[schemars(extend("x-rules" = ["EPOCH-001"]))]
    pub number: Uint32,
    /// The block's index in the epoch, from 0.
    #[schemars(extend("x-rules" = ["EPOCH-001"]))]
    pub index: Uint32,
    /// The number of blocks of the epoch.
    #[schemars(extend("x-rules" = ["EPOCH-001"]))]
    pub length: Uint32,
    /// Whether the index is below the length (EPOCH-002).
    #[schemars(extend("x-rules" = ["EPOCH-002"]))]
    pub well_formed: bool,
}

/// Input of `pow.compare_epochs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareEpochsIn {
    /// An epoch field, well formed or zero.
    pub left: Uint64,
    /// Another epoch field, well formed or zero.
    pub right: Uint64,
}

/// How two values are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Left is less than right.
    Less,
    /// They are equal.
    Equal,
    /// Left is greater than right.
    Greater,
}

/// Output of `pow.compare_epochs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CompareEpochsOut {
    /// How left compares with right (EPOCH-006).
    #[schemars(extend("x-rules" = ["EPOCH-006"]))]
    pub ordering: Order,
}

/// Input of `pow.verify_successor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifySuccessorIn {
    /// The epoch field of the parent; zero if the parent is genesis.
    pub parent: Uint64,
    /// The epoch field of the block.
    pub epoch: Uint64,
}

/// An epoch, as the adjustment determines it before its first block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpochRecord {
    /// Its number.
    pub number: Uint32,
    /// The number of its first block.
    pub start_number: Uint64,
    /// How many blocks it has.
    pub length: Uint32,
    /// The compact target of all its blocks.
    pub compact_target: Uint32,
}

/// Input of `pow.verify_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEpochIn {
    /// The epoch that the block belongs to.
    pub record: EpochRecord,
    /// The number of the block, which is in the epoch.
    pub block_number: Uint64,
    /// The epoch field of its header.
    pub epoch: Uint64,
    /// The compact target of its header.
    pub compact_target: Uint32,
}

/// Output of `pow.verify_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerifyEpochOut {
    /// Whether the next block is the first of the next epoch (EPOCH-009).
    #[schemars(extend("x-rules" = ["EPOCH-009"]))]
    pub next_starts_epoch: bool,
}

/// A fraction of a chain specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// The numerator.
    pub numerator: Uint32,
    /// The denominator, not zero.
    pub denominator: Uint32,
}

/// The parts of a chain specification that decide its epochs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpochParameters {
    /// The hash function of the proof of work.
    pub engine: PowEngine,
    /// Whether the difficulty never changes; it has an effect only with `dummy` (EPOCH-023).
    pub permanent_difficulty_in_dummy: bool,
    /// L_id: how long an epoch should take, in seconds, at least 1.
    pub epoch_duration_target: Uint64,
    /// o_id: how many uncles there should be for each block of the main chain.
    pub orphan_rate_target: Ratio,
    /// The primary issuance of an epoch before the first halving, in shannons.
    pub initial_primary_epoch_reward: Uint64,
    /// How many epochs there are from one halving to the next, at least 1.
    pub halving_interval: Uint64,
}

/// An epoch, with everything from which the next epoch is computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Epoch {
    /// Its number.
    #[schemars(extend("x-rules" = ["EPOCH-004", "EPOCH-022"]))]
    pub number: Uint32,
    /// The number of its first block.
    #[schemars(extend("x-rules" = ["EPOCH-009", "EPOCH-022"]))]
    pub start_number: Uint64,
    /// How many blocks it has, from 1 to 65,535.
    #[schemars(extend("x-rules" = [
        "EPOCH-017", "EPOCH-016", "EPOCH-015", "EPOCH-023", "EPOCH-011", "EPOCH-010", "EPOCH-022",
    ]))]
    pub length: Uint32,
    /// The compact target of all its blocks.
    #[schemars(extend("x-rules" = [
        "EPOCH-019", "EPOCH-018", "EPOCH-023", "EPOCH-014", "EPOCH-013", "EPOCH-012", "EPOCH-011",
        "EPOCH-010", "EPOCH-022",
    ]))]
    pub compact_target: Uint32,
    /// The primary issuance of each of its blocks in shannons (EPOCH-021).
    #[schemars(extend("x-rules" = ["EPOCH-021", "EPOCH-023", "ISS-001", "ISS-002", "EPOCH-022"]))]
    pub base_block_reward: Uint64,
    /// So many blocks from the first on issue one shannon more.
    #[schemars(extend("x-rules" = ["EPOCH-021", "EPOCH-023", "ISS-001", "ISS-002", "EPOCH-022"]))]
    pub remainder_reward: Uint64,
    /// H_p: the adjusted hash rate of the epoch before, in hashes a second (EPOCH-014).
    #[schemars(extend("x-rules" = [
        "EPOCH-014", "EPOCH-013", "EPOCH-012", "EPOCH-023", "EPOCH-022",
    ]))]
    pub previous_hash_rate: Uint256,
}

/// Input of `pow.genesis_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenesisEpochIn {
    /// The parameters of the chain.
    pub parameters: EpochParameters,
    /// How many blocks epoch 0 has, from 1 to 65,535.
    pub length: Uint32,
    /// The compact target of genesis.
    pub compact_target: Uint32,
}

/// Output of `pow.genesis_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GenesisEpochOut {
    /// Epoch 0.
    pub epoch: Epoch,
}

/// Input of `pow.next_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NextEpochIn {
    /// The parameters of the chain.
    pub parameters: EpochParameters,
    /// The epoch that has ended.
    pub epoch: Epoch,
    /// U: the number of uncles that its blocks embed.
    pub uncles: Uint64,
    /// The timestamp of the last block of the epoch before in milliseconds; for epoch 0, that of
    /// genesis.
    pub previous_timestamp: Uint64,
    /// The timestamp of the last block of the epoch, in milliseconds.
    pub last_timestamp: Uint64,
    /// Whether to answer with the intermediate values as well. A client that does not have them may
    /// leave them out.
    #[serde(default)]
    pub trace: bool,
}

/// Output of `pow.next_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NextEpochOut {
    /// The next epoch.
    pub epoch: Epoch,
    /// The intermediate values, where the question requests them and the client has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<EpochTrace>,
}

/// The intermediate values of the adjustment, in the order in which they are computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EpochTrace {
    /// L: how long the epoch took, in seconds (EPOCH-010).
    #[schemars(extend("x-rules" = ["EPOCH-010"]))]
    pub duration: Uint64,
    /// The estimate of its hash rate before dampening (EPOCH-012).
    #[schemars(extend("x-rules" = ["EPOCH-012", "EPOCH-011"]))]
    pub hash_rate_estimate: Uint256,
    /// H: its hash rate after dampening, at least 1 (EPOCH-013, EPOCH-014).
    #[schemars(extend("x-rules" = ["EPOCH-014", "EPOCH-013"]))]
    pub hash_rate: Uint256,
    /// The next length before bounds (EPOCH-016); null after an epoch without uncles.
    #[schemars(extend("x-rules" = ["EPOCH-016", "EPOCH-011"]))]
    pub raw_length: Option<Uint64>,
    /// The lower bound of the next length (EPOCH-017).
    #[schemars(extend("x-rules" = ["EPOCH-017"]))]
    pub length_min: Uint64,
    /// The upper bound of the next length (EPOCH-017).
    #[schemars(extend("x-rules" = ["EPOCH-017"]))]
    pub length_max: Uint64,
    /// Whether a bound decided the length, or the epoch had no uncles.
    #[schemars(extend("x-rules" = ["EPOCH-017", "EPOCH-015"]))]
    pub bounded: bool,
    /// H · L_id: how many hashes the next epoch should take.
    #[schemars(extend("x-rules" = ["EPOCH-018"]))]
    pub numerator: Uint256,
    /// The expected number of blocks and uncles of the next epoch, by which the hashes are divided,
    /// is a fraction in lowest terms (EPOCH-018): its numerator.
    #[schemars(extend("x-rules" = ["EPOCH-018"]))]
    pub blocks_numerator: Uint256,
    /// The denominator of that fraction.
    #[schemars(extend("x-rules" = ["EPOCH-018"]))]
    pub blocks_denominator: Uint256,
    /// The next difficulty (EPOCH-019).
    #[schemars(extend("x-rules" = ["EPOCH-019"]))]
    pub difficulty: Uint256,
}
