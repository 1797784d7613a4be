//! The operations: pure questions that any client can be asked.
//!
//! Each has one input and one output type, here and nowhere else. [`OPERATIONS`] lists them with
//! their schemas; [`Question`] is a question that has been read.

use crate::structures::Value;
use crate::values::{Byte32, Bytes, Uint32, Uint128, Uint256};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An operation as the protocol describes it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// `<area>.<name>`.
    pub name: &'static str,
    /// What it asks, in one line.
    pub summary: &'static str,
    /// The field of the input by which an adapter may declare a part: `encoding.hash/tx`.
    pub selector: Option<&'static str>,
    /// JSON Schema of `in`.
    pub input: fn(&mut SchemaGenerator) -> Schema,
    /// JSON Schema of `out`.
    pub output: fn(&mut SchemaGenerator) -> Schema,
}

impl Operation {
    /// The names of the fields of `out`.
    pub fn output_fields(&self) -> Vec<String> {
        let mut generator = SchemaGenerator::default();
        let schema = (self.output)(&mut generator);
        let name = schema.get("$ref").and_then(|to| to.as_str()?.rsplit('/').next());
        let definition = name.and_then(|name| generator.definitions().get(name));
        let properties = definition.and_then(|schema| schema.get("properties")?.as_object());
        properties.map_or_else(Vec::new, |fields| fields.keys().cloned().collect())
    }
}

/// Every operation, in the order of the areas.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "encoding.decode",
        summary: "octets of a molecule type → the structure as JSON",
        selector: Some("type"),
        input: SchemaGenerator::subschema_for::<DecodeIn>,
        output: SchemaGenerator::subschema_for::<DecodeOut>,
    },
    Operation {
        name: "encoding.hash",
        summary: "octets of one object → the hash that the protocol defines for it",
        selector: Some("kind"),
        input: SchemaGenerator::subschema_for::<HashIn>,
        output: SchemaGenerator::subschema_for::<HashOut>,
    },
    Operation {
        name: "pow.eaglesong",
        summary: "a message of any length → its Eaglesong digest",
        selector: None,
        input: SchemaGenerator::subschema_for::<EaglesongIn>,
        output: SchemaGenerator::subschema_for::<EaglesongOut>,
    },
    Operation {
        name: "pow.compact_to_target",
        summary: "a compact target → the target and the overflow flag",
        selector: None,
        input: SchemaGenerator::subschema_for::<CompactToTargetIn>,
        output: SchemaGenerator::subschema_for::<CompactToTargetOut>,
    },
    Operation {
        name: "pow.target_to_compact",
        summary: "a target → its compact form",
        selector: None,
        input: SchemaGenerator::subschema_for::<TargetToCompactIn>,
        output: SchemaGenerator::subschema_for::<CompactOut>,
    },
    Operation {
        name: "pow.compact_to_difficulty",
        summary: "a compact target → the difficulty, 0 for a degenerate one",
        selector: None,
        input: SchemaGenerator::subschema_for::<CompactToDifficultyIn>,
        output: SchemaGenerator::subschema_for::<CompactToDifficultyOut>,
    },
    Operation {
        name: "pow.difficulty_to_compact",
        summary: "a difficulty of at least 1 → its compact target",
        selector: None,
        input: SchemaGenerator::subschema_for::<DifficultyToCompactIn>,
        output: SchemaGenerator::subschema_for::<CompactOut>,
    },
    Operation {
        name: "pow.verify",
        summary: "PoW hash, nonce and compact target → the hash compared and the target",
        selector: Some("engine"),
        input: SchemaGenerator::subschema_for::<VerifyIn>,
        output: SchemaGenerator::subschema_for::<VerifyOut>,
    },
];

/// Looks an operation up by its name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// A molecule type that `encoding.decode` can be asked about, by its name in the node's schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are those of blockchain.mol")]
pub enum MoleculeType {
    Uint64,
    Bytes,
    BytesVec,
    Script,
    ScriptOpt,
    OutPoint,
    CellInput,
    CellDep,
    CellOutput,
    RawTransaction,
    Transaction,
    RawHeader,
    Header,
    UncleBlock,
    Block,
}

impl MoleculeType {
    /// All types.
    pub const ALL: [Self; 15] = [
        Self::Uint64,
        Self::Bytes,
        Self::BytesVec,
        Self::Script,
        Self::ScriptOpt,
        Self::OutPoint,
        Self::CellInput,
        Self::CellDep,
        Self::CellOutput,
        Self::RawTransaction,
        Self::Transaction,
        Self::RawHeader,
        Self::Header,
        Self::UncleBlock,
        Self::Block,
    ];
}

/// Whether a table may have more fields than its schema (ENC-005).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecodeMode {
    /// Exactly the fields of the schema.
    Strict,
    /// Further fields are tolerated and not looked at.
    Compatible,
}

/// Input of `encoding.decode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecodeIn {
    /// The molecule type.
    #[serde(rename = "type")]
    pub type_: MoleculeType,
    /// The octets.
    pub bytes: Bytes,
    /// The decoder's mode.
    pub mode: DecodeMode,
}

/// Output of `encoding.decode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DecodeOut {
    /// The structure.
    pub value: Value,
}

/// What `encoding.hash` hashes. `bytes` holds one object, decoded strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HashKind {
    /// Any octets: ckbhash (HASH-001).
    Ckb,
    /// A `Transaction`: the transaction hash (HASH-002).
    Tx,
    /// A `Transaction`: the witness transaction hash (HASH-003).
    Witness,
    /// A `Script`: the script hash (HASH-004).
    Script,
    /// A `Header`: the block hash (HASH-005).
    Header,
    /// A `Header`: the PoW hash (HASH-006).
    Pow,
    /// Any octets, the data of a cell: the data hash (HASH-007).
    Data,
    /// A `Block`: the proposals hash (HASH-008).
    Proposals,
    /// A `Block`: the uncles hash (HASH-009).
    Uncles,
    /// A `Block`: the extra hash (HASH-010).
    Extra,
    /// A `Block`: the transactions root (HASH-011).
    TransactionsRoot,
}

/// Input of `encoding.hash`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashIn {
    /// Which hash.
    pub kind: HashKind,
    /// The object's octets.
    pub bytes: Bytes,
}

/// Output of `encoding.hash`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HashOut {
    /// The hash.
    pub hash: Byte32,
}

/// Input of `pow.eaglesong`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EaglesongIn {
    /// The message; the chain only ever hashes 48 octets.
    pub message: Bytes,
}

/// Output of `pow.eaglesong`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EaglesongOut {
    /// The digest.
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
    /// The value modulo 2^256 (POW-009).
    pub target: Uint256,
    /// The overflow flag (POW-010).
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
pub enum Engine {
    /// Mainnet's: Eaglesong.
    Eaglesong,
    /// Testnet's: the ckbhash of Eaglesong's digest (POW-014).
    EaglesongBlake2b,
}

/// Input of `pow.verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyIn {
    /// The engine.
    pub engine: Engine,
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
    /// The 32 octets that are compared with the target, as a big-endian number (POW-007).
    pub hash: Byte32,
    /// The target.
    pub target: Uint256,
}

/// A question that has been read: the operation and its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// `encoding.decode`.
    Decode(DecodeIn),
    /// `encoding.hash`.
    Hash(HashIn),
    /// `pow.eaglesong`.
    Eaglesong(EaglesongIn),
    /// `pow.compact_to_target`.
    CompactToTarget(CompactToTargetIn),
    /// `pow.target_to_compact`.
    TargetToCompact(TargetToCompactIn),
    /// `pow.compact_to_difficulty`.
    CompactToDifficulty(CompactToDifficultyIn),
    /// `pow.difficulty_to_compact`.
    DifficultyToCompact(DifficultyToCompactIn),
    /// `pow.verify`.
    Verify(VerifyIn),
}

/// Why a question could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BadQuestion {
    /// No such operation.
    #[error("unknown operation `{0}`")]
    Operation(String),
    /// The input does not fit the operation.
    #[error("`{path}` does not fit the operation: {message}")]
    Input {
        /// Where in the input, from `in` on.
        path: String,
        /// Why.
        message: String,
    },
}

impl Question {
    /// Reads the input of an operation.
    ///
    /// # Errors
    /// [`BadQuestion`] when the operation is unknown or the input does not fit its type.
    pub fn parse(operation: &str, input: serde_json::Value) -> Result<Self, BadQuestion> {
        Ok(match operation {
            "encoding.decode" => Self::Decode(read(input)?),
            "encoding.hash" => Self::Hash(read(input)?),
            "pow.eaglesong" => Self::Eaglesong(read(input)?),
            "pow.compact_to_target" => Self::CompactToTarget(read(input)?),
            "pow.target_to_compact" => Self::TargetToCompact(read(input)?),
            "pow.compact_to_difficulty" => Self::CompactToDifficulty(read(input)?),
            "pow.difficulty_to_compact" => Self::DifficultyToCompact(read(input)?),
            "pow.verify" => Self::Verify(read(input)?),
            other => return Err(BadQuestion::Operation(other.to_owned())),
        })
    }
}

fn read<T: DeserializeOwned>(input: serde_json::Value) -> Result<T, BadQuestion> {
    // serde would also take the fields as an array, in their order.
    if !input.is_object() {
        let message = "not an object".to_owned();
        return Err(BadQuestion::Input { path: "in".into(), message });
    }
    serde_path_to_error::deserialize(input).map_err(|error| {
        let inner = error.path().to_string();
        let path = if inner == "." { "in".to_owned() } else { format!("in.{inner}") };
        BadQuestion::Input { path, message: error.into_inner().to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_operation_can_be_asked() {
        for operation in OPERATIONS {
            let refused = Question::parse(operation.name, serde_json::Value::Null);
            assert!(matches!(refused, Err(BadQuestion::Input { .. })), "{}", operation.name);
        }
    }
}
