//! Inputs and outputs of the area `encoding`.

use super::Nothing;
pub use crate::structures::MoleculeType;
use crate::structures::{HeaderDigest, Value};
use crate::values::{Byte32, Bytes, ProposalShortId, Uint32, Uint64};
use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

operations! { Encoding(EncodingQuestion):
    Decode: "encoding.decode" (DecodeIn, by "type") -> DecodeOut,
        "bytes of a type → the structure as JSON";
    Encode: "encoding.encode" (EncodeIn, by "type") -> EncodeOut,
        "a structure as JSON → its bytes";
    Size: "encoding.size" (SizeIn, by "kind") -> SizeOut,
        "bytes of a transaction or a block → the size that limits and fees depend on";
    Hash: "encoding.hash" (HashIn, by "kind") -> HashOut,
        "bytes of one object → the hash that the protocol defines for it";
    ProposalShortId: "encoding.proposal_short_id" (ProposalShortIdIn) -> ProposalShortIdOut,
        "bytes of a transaction → its proposal short id";
    TypeId: "encoding.type_id" (TypeIdIn) -> TypeIdOut,
        "the first input of a transaction and the index of an output → the argument of the \
        output's TYPE_ID script";
    MerkleRoot: "encoding.merkle_root" (MerkleRootIn) -> MerkleRootOut,
        "leaves → the root of their complete binary Merkle tree";
    MerkleProof: "encoding.merkle_proof" (MerkleProofIn) -> MerkleProofOut,
        "leaves, and the numbers of the leaves to prove → a proof";
    VerifyMerkleProof: "encoding.verify_merkle_proof" (VerifyMerkleProofIn) -> Nothing,
        "a root, leaves and a proof → whether the proof is valid";
    HeaderDigest: "encoding.header_digest" (HeaderDigestIn) -> HeaderDigestOut,
        "bytes of a header → its leaf of the chain-root MMR";
    MergeHeaderDigests: "encoding.merge_header_digests" (MergeHeaderDigestsIn) -> HeaderDigestOut,
        "bytes of two neighbouring digests → the digest of both";
}

/// The rules that decide how a structure is encoded; those of single types come first.
const STRUCTURES: &[&str] = &[
    "ENC-018", "ENC-025", "ENC-017", "ENC-016", "ENC-014", "ENC-015", "ENC-013", "ENC-010",
    "ENC-011", "ENC-012", "ENC-019", "ENC-020", "ENC-021", "HASH-016", "ENC-006", "ENC-005",
    "ENC-004", "ENC-003", "ENC-002", "ENC-001", "ENC-007",
];

/// Whether a table may have more fields than its schema (ENC-005).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecodeMode {
    /// No: exactly the fields of the schema.
    Strict,
    /// Yes: the content of further fields is ignored.
    Compatible,
}

/// Input of `encoding.decode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecodeIn {
    /// The molecule type.
    #[serde(rename = "type")]
    pub type_: MoleculeType,
    /// The bytes.
    pub bytes: Bytes,
    /// The decoder's mode.
    pub mode: DecodeMode,
}

/// Output of `encoding.decode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DecodeOut {
    /// The structure.
    #[schemars(extend("x-rules" = STRUCTURES))]
    pub value: Value,
}

/// Input of `encoding.encode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EncodeIn {
    /// The type.
    #[serde(rename = "type")]
    pub type_: MoleculeType,
    /// The structure, in the form that `encoding.decode` returns.
    pub value: Value,
}

impl<'de> Deserialize<'de> for EncodeIn {
    /// Reads the value as the type that the question names.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Untyped {
            #[serde(rename = "type")]
            type_: MoleculeType,
            value: serde_json::Value,
        }
        let Untyped { type_, value } = Untyped::deserialize(deserializer)?;
        let value =
            Value::read(type_, value).map_err(|e| D::Error::custom(format!("value: {e}")))?;
        Ok(Self { type_, value })
    }
}

/// Output of `encoding.encode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EncodeOut {
    /// The bytes.
    #[schemars(extend("x-rules" = STRUCTURES))]
    pub bytes: Bytes,
}

/// What `encoding.size` measures. `bytes` holds one object, decoded strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SizeKind {
    /// A `Transaction`, with its offset in a block (ENC-022).
    Transaction,
    /// A `Block` without the proposals of its uncles (ENC-023).
    Block,
}

/// Input of `encoding.size`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SizeIn {
    /// What to measure.
    pub kind: SizeKind,
    /// The object's bytes.
    pub bytes: Bytes,
}

/// Output of `encoding.size`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SizeOut {
    /// The size in bytes.
    #[schemars(extend("x-rules" = ["ENC-022", "ENC-023"]))]
    pub size: Uint64,
}

/// The rules that decide a hash: that of each kind, then those of the parts.
const HASHES: &[&str] = &[
    "HASH-002", "HASH-003", "HASH-004", "HASH-005", "HASH-006", "HASH-007", "HASH-008", "HASH-009",
    "HASH-010", "HASH-011", "HASH-016", "HASH-012", "HASH-001",
];

/// What `encoding.hash` hashes. `bytes` holds one object, decoded strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HashKind {
    /// Any bytes: ckbhash (HASH-001).
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
    /// Any bytes, the data of a cell: the data hash (HASH-007).
    Data,
    /// A `Block`: the proposals hash (HASH-008).
    Proposals,
    /// A `Block`: the uncles hash (HASH-009).
    Uncles,
    /// A `Block`: the extra hash (HASH-010).
    Extra,
    /// A `Block`: the transactions root (HASH-011).
    TransactionsRoot,
    /// A `HeaderDigest`: the hash of a node of the chain-root MMR (HASH-016).
    HeaderDigest,
}

/// Input of `encoding.hash`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashIn {
    /// Which hash.
    pub kind: HashKind,
    /// The object's bytes.
    pub bytes: Bytes,
}

/// Output of `encoding.hash`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HashOut {
    /// The hash.
    #[schemars(extend("x-rules" = HASHES))]
    pub hash: Byte32,
}

/// Input of `encoding.proposal_short_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalShortIdIn {
    /// The bytes of a `Transaction`.
    pub bytes: Bytes,
}

/// Output of `encoding.proposal_short_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProposalShortIdOut {
    /// The id (HASH-014).
    #[schemars(extend("x-rules" = ["HASH-014", "HASH-002"]))]
    pub id: ProposalShortId,
}

/// Input of `encoding.type_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeIdIn {
    /// The 44 bytes of the transaction's first `CellInput`.
    pub input: Bytes,
    /// The index of the first output with the script.
    pub output_index: Uint64,
}

/// Output of `encoding.type_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TypeIdOut {
    /// The argument (HASH-015).
    #[schemars(extend("x-rules" = ["HASH-015"]))]
    pub args: Byte32,
}

/// Input of `encoding.merkle_root`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MerkleRootIn {
    /// The leaves, in order.
    pub leaves: Vec<Byte32>,
}

/// Output of `encoding.merkle_root`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MerkleRootOut {
    /// The root; zero without leaves (HASH-012).
    #[schemars(extend("x-rules" = ["HASH-012"]))]
    pub root: Byte32,
}

/// Input of `encoding.merkle_proof`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MerkleProofIn {
    /// All leaves, in order.
    pub leaves: Vec<Byte32>,
    /// The numbers of the leaves to prove, counted from 0, each once.
    pub indices: Vec<Uint32>,
}

/// Output of `encoding.merkle_proof`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MerkleProofOut {
    /// The indices of the proved leaves in the array of the tree, ordered by the values of the
    /// leaves (HASH-013).
    #[schemars(extend("x-rules" = ["HASH-013"]))]
    pub indices: Vec<Uint32>,
    /// The nodes that the verifier cannot compute, in the order in which it uses them.
    #[schemars(extend("x-rules" = ["HASH-013"]))]
    pub lemmas: Vec<Byte32>,
}

/// Input of `encoding.verify_merkle_proof`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyMerkleProofIn {
    /// The root.
    pub root: Byte32,
    /// The proved leaves, in any order.
    pub leaves: Vec<Byte32>,
    /// Their indices in the array of the tree, ordered by the values of the leaves.
    pub indices: Vec<Uint32>,
    /// The nodes that the verifier cannot compute, in the order in which it uses them.
    pub lemmas: Vec<Byte32>,
}

/// Input of `encoding.header_digest`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderDigestIn {
    /// The 208 bytes of a `Header`.
    pub header: Bytes,
}

/// Input of `encoding.merge_header_digests`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeHeaderDigestsIn {
    /// The 120 bytes of a `HeaderDigest`.
    pub left: Bytes,
    /// The 120 bytes of the `HeaderDigest` of the blocks that follow.
    pub right: Bytes,
}

/// Output of `encoding.header_digest` and `encoding.merge_header_digests`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HeaderDigestOut {
    /// The digest (HASH-016).
    #[schemars(extend("x-rules" = ["HASH-016", "HASH-005", "POW-012"]))]
    pub digest: HeaderDigest,
}
