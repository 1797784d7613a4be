//! The operations: pure questions that any client can be asked.
//!
//! Each has one input and one output type, here and nowhere else. [`OPERATIONS`] lists them with
//! their schemas; [`Question`] is a question that has been read.

mod encoding;
mod issuance;
mod pow;
mod vm;

pub use encoding::*;
pub use issuance::*;
pub use pow::*;
pub use vm::*;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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
    /// An operation with the types of its input and its output.
    const fn of<I: JsonSchema, O: JsonSchema>(
        name: &'static str,
        selector: Option<&'static str>,
        summary: &'static str,
    ) -> Self {
        let input = SchemaGenerator::subschema_for::<I>;
        Self { name, summary, selector, input, output: SchemaGenerator::subschema_for::<O> }
    }

    /// The values of the field by which a part is declared.
    pub fn parts(&self) -> Vec<String> {
        let mut generator = SchemaGenerator::default();
        let schema = (self.input)(&mut generator).to_value();
        let types = generator.take_definitions(true);
        let follow = |schema: &Value| -> Value {
            let name = schema.get("$ref").and_then(|to| to.as_str()?.rsplit('/').next());
            name.and_then(|name| types.get(name)).unwrap_or(schema).clone()
        };
        let field = self.selector.map(|field| format!("/properties/{field}"));
        let field = field.and_then(|field| follow(&schema).pointer(&field).map(follow));
        let kinds = field.unwrap_or_default();
        let variants = kinds.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        let all = std::iter::once(&kinds).chain(variants).flat_map(|schema| {
            let named = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            named.chain(schema.get("const"))
        });
        all.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Whether an adapter can declare something by this text.
    pub fn exists(declared: &str) -> bool {
        let (name, part) = match declared.split_once('/') {
            Some((name, part)) => (name, Some(part)),
            None => (declared, None),
        };
        let operation = OPERATIONS.iter().find(|operation| operation.name == name);
        operation.is_some_and(|operation| {
            part.is_none_or(|part| operation.parts().iter().any(|own| own == part))
        })
    }

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
    Operation::of::<DecodeIn, DecodeOut>(
        "encoding.decode",
        Some("type"),
        "bytes of a type → the structure as JSON",
    ),
    Operation::of::<EncodeIn, EncodeOut>(
        "encoding.encode",
        Some("type"),
        "a structure as JSON → its bytes",
    ),
    Operation::of::<SizeIn, SizeOut>(
        "encoding.size",
        Some("kind"),
        "bytes of a transaction or a block → the size that limits and fees count",
    ),
    Operation::of::<HashIn, HashOut>(
        "encoding.hash",
        Some("kind"),
        "bytes of one object → the hash that the protocol defines for it",
    ),
    Operation::of::<ProposalShortIdIn, ProposalShortIdOut>(
        "encoding.proposal_short_id",
        None,
        "bytes of a transaction → the id by which it is proposed",
    ),
    Operation::of::<TypeIdIn, TypeIdOut>(
        "encoding.type_id",
        None,
        "first input and index of an output → the argument of its TYPE_ID script",
    ),
    Operation::of::<MerkleRootIn, MerkleRootOut>(
        "encoding.merkle_root",
        None,
        "leaves → the root of their complete binary Merkle tree",
    ),
    Operation::of::<MerkleProofIn, MerkleProofOut>(
        "encoding.merkle_proof",
        None,
        "leaves and the numbers of some → the proof of these",
    ),
    Operation::of::<VerifyMerkleProofIn, Nothing>(
        "encoding.verify_merkle_proof",
        None,
        "a root, leaves and a proof → whether it holds",
    ),
    Operation::of::<HeaderDigestIn, HeaderDigestOut>(
        "encoding.header_digest",
        None,
        "bytes of a header → its leaf of the chain-root MMR",
    ),
    Operation::of::<MergeHeaderDigestsIn, HeaderDigestOut>(
        "encoding.merge_header_digests",
        None,
        "bytes of two neighbouring digests → the digest of both",
    ),
    Operation::of::<EaglesongIn, EaglesongOut>(
        "pow.eaglesong",
        None,
        "a message of any length → its Eaglesong digest",
    ),
    Operation::of::<CompactToTargetIn, CompactToTargetOut>(
        "pow.compact_to_target",
        None,
        "a compact target → the target and the overflow flag",
    ),
    Operation::of::<TargetToCompactIn, CompactOut>(
        "pow.target_to_compact",
        None,
        "a target → its compact form",
    ),
    Operation::of::<CompactToDifficultyIn, CompactToDifficultyOut>(
        "pow.compact_to_difficulty",
        None,
        "a compact target → the difficulty, 0 for a degenerate one",
    ),
    Operation::of::<DifficultyToCompactIn, CompactOut>(
        "pow.difficulty_to_compact",
        None,
        "a difficulty of at least 1 → its compact target",
    ),
    Operation::of::<VerifyIn, VerifyOut>(
        "pow.verify",
        Some("engine"),
        "PoW hash, nonce and compact target → the hash compared and the target",
    ),
    Operation::of::<EpochFractionIn, EpochFractionOut>(
        "pow.epoch_fraction",
        None,
        "an epoch field → its parts, and whether they are well formed",
    ),
    Operation::of::<CompareEpochsIn, CompareEpochsOut>(
        "pow.compare_epochs",
        None,
        "two well-formed epoch fields → their order as numbers",
    ),
    Operation::of::<VerifySuccessorIn, Nothing>(
        "pow.verify_successor",
        None,
        "the epoch fields of a parent and of its child → whether the child may follow",
    ),
    Operation::of::<VerifyEpochIn, VerifyEpochOut>(
        "pow.verify_epoch",
        None,
        "an epoch and a header's fields about it → whether they fit",
    ),
    Operation::of::<GenesisEpochIn, GenesisEpochOut>(
        "pow.genesis_epoch",
        None,
        "the parameters of a chain, the length and the target of genesis → epoch 0",
    ),
    Operation::of::<NextEpochIn, NextEpochOut>(
        "pow.next_epoch",
        None,
        "an epoch that has ended, its uncles and its time → the next epoch",
    ),
    Operation::of::<PrimaryEpochRewardIn, EpochRewardOut>(
        "issuance.primary_epoch_reward",
        None,
        "the number of an epoch → its primary issuance",
    ),
    Operation::of::<SecondaryEpochRewardIn, EpochRewardOut>(
        "issuance.secondary_epoch_reward",
        None,
        "the number of an epoch → its secondary issuance",
    ),
    Operation::of::<BlockIssuanceIn, BlockIssuanceOut>(
        "issuance.block_issuance",
        None,
        "an epoch and the height of a block → what the block issues",
    ),
    Operation::of::<DaoFieldIn, DaoFieldOut>(
        "issuance.dao_field",
        None,
        "the parent's DAO field and what a block changes → its DAO field",
    ),
    Operation::of::<FreedCapacityIn, CapacityOut>(
        "issuance.freed_capacity",
        None,
        "a cell → what spending it takes off the occupied capacity",
    ),
    Operation::of::<GenesisDaoFieldIn, DaoFieldOut>(
        "issuance.genesis_dao_field",
        None,
        "the rewards of epoch 0 and the live cells of genesis → its DAO field",
    ),
    Operation::of::<BlockRewardIn, BlockRewardOut>(
        "issuance.block_reward",
        None,
        "a block and those around it → what its miner gets, in parts",
    ),
    Operation::of::<MaximumWithdrawIn, CapacityOut>(
        "issuance.maximum_withdraw",
        None,
        "a withdrawing cell and two DAO fields → what it is worth",
    ),
    Operation::of::<TransactionFeeIn, TransactionFeeOut>(
        "issuance.transaction_fee",
        None,
        "a transaction with what it spends and the headers it names → its fee",
    ),
    Operation::of::<RunIn, RunOut>(
        "vm.run",
        None,
        "an ELF file, arguments and a limit → exit code and cycles",
    ),
    Operation::of::<DecodeInstructionIn, DecodeInstructionOut>(
        "vm.decode",
        None,
        "bytes at an address → the instruction that is executed there, or the rule that forbids it",
    ),
    Operation::of::<LegalIn, LegalOut>(
        "vm.legal",
        Some("encodings"),
        "a range of encodings → which are instructions",
    ),
];

/// Output of an operation that gives nothing but its verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Nothing {}

/// Looks an operation up by its name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// A question that has been read: the operation and its input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as its operation")]
pub enum Question {
    Decode(DecodeIn),
    Encode(EncodeIn),
    Size(SizeIn),
    Hash(HashIn),
    ProposalShortId(ProposalShortIdIn),
    TypeId(TypeIdIn),
    MerkleRoot(MerkleRootIn),
    MerkleProof(MerkleProofIn),
    VerifyMerkleProof(VerifyMerkleProofIn),
    HeaderDigest(HeaderDigestIn),
    MergeHeaderDigests(MergeHeaderDigestsIn),
    Eaglesong(EaglesongIn),
    CompactToTarget(CompactToTargetIn),
    TargetToCompact(TargetToCompactIn),
    CompactToDifficulty(CompactToDifficultyIn),
    DifficultyToCompact(DifficultyToCompactIn),
    Verify(VerifyIn),
    EpochFraction(EpochFractionIn),
    CompareEpochs(CompareEpochsIn),
    VerifySuccessor(VerifySuccessorIn),
    VerifyEpoch(VerifyEpochIn),
    GenesisEpoch(GenesisEpochIn),
    NextEpoch(NextEpochIn),
    PrimaryEpochReward(PrimaryEpochRewardIn),
    SecondaryEpochReward(SecondaryEpochRewardIn),
    BlockIssuance(BlockIssuanceIn),
    DaoField(DaoFieldIn),
    FreedCapacity(FreedCapacityIn),
    GenesisDaoField(GenesisDaoFieldIn),
    BlockReward(BlockRewardIn),
    MaximumWithdraw(MaximumWithdrawIn),
    TransactionFee(TransactionFeeIn),
    Run(RunIn),
    DecodeInstruction(DecodeInstructionIn),
    Legal(LegalIn),
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
            "encoding.encode" => Self::Encode(read(input)?),
            "encoding.size" => Self::Size(read(input)?),
            "encoding.hash" => Self::Hash(read(input)?),
            "encoding.proposal_short_id" => Self::ProposalShortId(read(input)?),
            "encoding.type_id" => Self::TypeId(read(input)?),
            "encoding.merkle_root" => Self::MerkleRoot(read(input)?),
            "encoding.merkle_proof" => Self::MerkleProof(read(input)?),
            "encoding.verify_merkle_proof" => Self::VerifyMerkleProof(read(input)?),
            "encoding.header_digest" => Self::HeaderDigest(read(input)?),
            "encoding.merge_header_digests" => Self::MergeHeaderDigests(read(input)?),
            "pow.eaglesong" => Self::Eaglesong(read(input)?),
            "pow.compact_to_target" => Self::CompactToTarget(read(input)?),
            "pow.target_to_compact" => Self::TargetToCompact(read(input)?),
            "pow.compact_to_difficulty" => Self::CompactToDifficulty(read(input)?),
            "pow.difficulty_to_compact" => Self::DifficultyToCompact(read(input)?),
            "pow.verify" => Self::Verify(read(input)?),
            "pow.epoch_fraction" => Self::EpochFraction(read(input)?),
            "pow.compare_epochs" => Self::CompareEpochs(read(input)?),
            "pow.verify_successor" => Self::VerifySuccessor(read(input)?),
            "pow.verify_epoch" => Self::VerifyEpoch(read(input)?),
            "pow.genesis_epoch" => Self::GenesisEpoch(read(input)?),
            "pow.next_epoch" => Self::NextEpoch(read(input)?),
            "issuance.primary_epoch_reward" => Self::PrimaryEpochReward(read(input)?),
            "issuance.secondary_epoch_reward" => Self::SecondaryEpochReward(read(input)?),
            "issuance.block_issuance" => Self::BlockIssuance(read(input)?),
            "issuance.dao_field" => Self::DaoField(read(input)?),
            "issuance.freed_capacity" => Self::FreedCapacity(read(input)?),
            "issuance.genesis_dao_field" => Self::GenesisDaoField(read(input)?),
            "issuance.block_reward" => Self::BlockReward(read(input)?),
            "issuance.maximum_withdraw" => Self::MaximumWithdraw(read(input)?),
            "issuance.transaction_fee" => Self::TransactionFee(read(input)?),
            "vm.run" => Self::Run(read(input)?),
            "vm.decode" => Self::DecodeInstruction(read(input)?),
            "vm.legal" => Self::Legal(read(input)?),
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
