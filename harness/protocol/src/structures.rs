//! Headers, scripts, transactions and blocks, with the field and enum names of the CKB JSON-RPC,
//! so that a client can answer with the types that it already has.

use crate::values::{Byte32, Bytes, FixedBytes, ProposalShortId, Uint32, Uint64, Uint128, Uint256};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The fields that the PoW hash commits to (ENC-016).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RawHeader {
    /// Version; any value is valid today (RFC 0048).
    pub version: Uint32,
    /// Difficulty target in compact form.
    pub compact_target: Uint32,
    /// Milliseconds since the Unix epoch.
    pub timestamp: Uint64,
    /// Block number.
    pub number: Uint64,
    /// Epoch field: number, index and length, packed (EPOCH-001).
    pub epoch: Uint64,
    /// Hash of the parent's header.
    pub parent_hash: Byte32,
    /// Merkle root over transactions and witnesses.
    pub transactions_root: Byte32,
    /// Hash of the proposed short ids.
    pub proposals_hash: Byte32,
    /// Hash of uncles and extension.
    pub extra_hash: Byte32,
    /// The DAO field: C, AR, S, U.
    pub dao: Byte32,
}

/// A header: the raw header and its nonce, in one object (ENC-016).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Header {
    /// All fields except the nonce.
    #[serde(flatten)]
    pub raw: RawHeader,
    /// The nonce that proves the work.
    pub nonce: Uint128,
}

/// A header as a node returns it in JSON-RPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderView {
    /// The header.
    pub header: Header,
    /// Its hash, if the JSON states it.
    pub hash: Option<Byte32>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        HeaderView::deserialize(from).map(|view| view.header)
    }
}

/// Reads all fields in one pass: `flatten` would keep them in a list first, and the audit reads
/// millions of headers.
impl<'de> Deserialize<'de> for HeaderView {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "Header")]
        struct Fields {
            version: Uint32,
            compact_target: Uint32,
            timestamp: Uint64,
            number: Uint64,
            epoch: Uint64,
            parent_hash: Byte32,
            transactions_root: Byte32,
            proposals_hash: Byte32,
            extra_hash: Byte32,
            dao: Byte32,
            nonce: Uint128,
            hash: Option<Byte32>,
        }
        let fields = Fields::deserialize(from)?;
        let raw = RawHeader {
            version: fields.version,
            compact_target: fields.compact_target,
            timestamp: fields.timestamp,
            number: fields.number,
            epoch: fields.epoch,
            parent_hash: fields.parent_hash,
            transactions_root: fields.transactions_root,
            proposals_hash: fields.proposals_hash,
            extra_hash: fields.extra_hash,
            dao: fields.dao,
        };
        Ok(Self { header: Header { raw, nonce: fields.nonce }, hash: fields.hash })
    }
}

/// A script (ENC-010).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Script {
    /// The hash that identifies the program.
    pub code_hash: Byte32,
    /// Which hash that is: `data`, `type`, `data1`, `data2`, … `data127` (ENC-011).
    pub hash_type: String,
    /// Arguments.
    pub args: Bytes,
}

/// A reference to a cell: the transaction that created it, and the output's index (ENC-002).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutPoint {
    /// Hash of the transaction.
    pub tx_hash: Byte32,
    /// Index of the output.
    pub index: Uint32,
}

/// An input of a transaction (ENC-002).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CellInput {
    /// The earliest time at which the cell may be spent (RFC 0017).
    pub since: Uint64,
    /// The cell that it spends.
    pub previous_output: OutPoint,
}

/// A cell that a transaction refers to (ENC-012).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CellDep {
    /// The cell.
    pub out_point: OutPoint,
    /// `code` or `dep_group`.
    pub dep_type: String,
}

/// An output of a transaction (ENC-013).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CellOutput {
    /// Capacity in shannons.
    pub capacity: Uint64,
    /// The lock script.
    pub lock: Script,
    /// The type script, null for none.
    #[serde(rename = "type")]
    pub type_script: Option<Script>,
}

/// A transaction without its witnesses: what the transaction hash commits to (ENC-014).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RawTransaction {
    /// Version.
    pub version: Uint32,
    /// Cells that it refers to.
    pub cell_deps: Vec<CellDep>,
    /// Hashes of headers that it refers to.
    pub header_deps: Vec<Byte32>,
    /// Cells that it spends.
    pub inputs: Vec<CellInput>,
    /// Cells that it creates.
    pub outputs: Vec<CellOutput>,
    /// The data of the outputs, one entry for each output (ENC-015).
    pub outputs_data: Vec<Bytes>,
}

/// A transaction: the raw transaction and its witnesses, in one object (ENC-014).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Transaction {
    /// All fields except the witnesses.
    #[serde(flatten)]
    pub raw: RawTransaction,
    /// Witnesses.
    pub witnesses: Vec<Bytes>,
}

/// An uncle block (ENC-017).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UncleBlock {
    /// Its header.
    pub header: Header,
    /// The short ids that it proposes.
    pub proposals: Vec<ProposalShortId>,
}

/// A block (ENC-018).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    /// Its header.
    pub header: Header,
    /// Its uncles.
    pub uncles: Vec<UncleBlock>,
    /// Its transactions, the cellbase first.
    pub transactions: Vec<Transaction>,
    /// The short ids that it proposes.
    pub proposals: Vec<ProposalShortId>,
    /// The extension; null for a block of four fields, which differs from a block with an empty
    /// extension.
    pub extension: Option<Bytes>,
}

/// The witness format that most lock scripts use (ENC-020).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WitnessArgs {
    /// For the lock script, null for none.
    pub lock: Option<Bytes>,
    /// For the type script of the input.
    pub input_type: Option<Bytes>,
    /// For the type script of the output.
    pub output_type: Option<Bytes>,
}

/// The witness of a cellbase (ENC-019).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CellbaseWitness {
    /// The lock to which a later cellbase pays the block's reward.
    pub lock: Script,
    /// Any bytes that the miner chooses.
    pub message: Bytes,
}

/// A node of the chain-root MMR: the digest of a run of consecutive blocks (HASH-016).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeaderDigest {
    /// The hash of both children; for a single block, the hash of its header.
    pub children_hash: Byte32,
    /// The sum of the difficulties.
    pub total_difficulty: Uint256,
    /// The number of the first block.
    pub start_number: Uint64,
    /// The number of the last block.
    pub end_number: Uint64,
    /// The epoch field of the first block.
    pub start_epoch: Uint64,
    /// The epoch field of the last block.
    pub end_epoch: Uint64,
    /// The timestamp of the first block, in milliseconds.
    pub start_timestamp: Uint64,
    /// The timestamp of the last block, in milliseconds.
    pub end_timestamp: Uint64,
    /// The compact target of the first block.
    pub start_compact_target: Uint32,
    /// The compact target of the last block.
    pub end_compact_target: Uint32,
}

/// The types that bytes can have, each with the form of its values.
macro_rules! molecule_types {
    ($($(#[$doc:meta])* $name:ident: $form:ty,)*) => {
        /// A type that bytes can have, by its name in the node's schemas; `DepGroup` is ours.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[allow(missing_docs, reason = "the names are those of the schemas")]
        pub enum MoleculeType {
            $($(#[$doc])* $name,)*
        }

        impl MoleculeType {
            /// All types.
            pub const ALL: [Self; 19] = [$(Self::$name),*];
        }

        /// A decoded value of any of the types that `encoding.decode` knows; written without a
        /// tag, for the question names the type.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(untagged)]
        pub enum Value {
            $(#[doc = concat!("`", stringify!($name), "`.")] $name($form),)*
        }

        impl Value {
            /// Reads a value of a type.
            ///
            /// # Errors
            /// When the JSON does not have the type's form.
            pub fn read(type_: MoleculeType, json: serde_json::Value) -> serde_json::Result<Self> {
                Ok(match type_ {
                    $(MoleculeType::$name => Self::$name(serde_json::from_value(json)?),)*
                })
            }
        }
    };
}

molecule_types! {
    Uint64: Uint64,
    Bytes: Bytes,
    BytesVec: Vec<Bytes>,
    Script: Script,
    ScriptOpt: Option<Script>,
    OutPoint: OutPoint,
    CellInput: CellInput,
    CellDep: CellDep,
    CellOutput: CellOutput,
    RawTransaction: RawTransaction,
    Transaction: Transaction,
    RawHeader: RawHeader,
    Header: Header,
    UncleBlock: UncleBlock,
    Block: Box<Block>,
    WitnessArgs: WitnessArgs,
    CellbaseWitness: CellbaseWitness,
    HeaderDigest: Box<HeaderDigest>,
    /// An `OutPointVec` of one at least: the data of a cell that a dep group points to (ENC-021).
    DepGroup: Vec<OutPoint>,
}

impl<const N: usize> From<[u8; N]> for FixedBytes<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}
