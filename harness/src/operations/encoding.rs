//! Operations of the area `encoding`.

use super::{Ruled, Undefined};
use ckbspec_common::wire::Wire;
use ckbspec_protocol::operations::{
    DecodeIn, DecodeMode, DecodeOut, EncodeIn, EncodeOut, HashIn, HashKind, HashOut,
    HeaderDigestIn, HeaderDigestOut, MergeHeaderDigestsIn, MerkleProofIn, MerkleProofOut,
    MerkleRootIn, MerkleRootOut, MoleculeType, Nothing, ProposalShortIdIn, ProposalShortIdOut,
    SizeIn, SizeKind, SizeOut, TypeIdIn, TypeIdOut, VerifyMerkleProofIn,
};
use ckbspec_protocol::structures::Value;
use ckbspec_protocol::values::{Bytes, Uint64};
use ckbspec_reference::encoding::block::{Block, UncleBlock};
use ckbspec_reference::encoding::header::{Header, RawHeader};
use ckbspec_reference::encoding::header_digest::HeaderDigest;
use ckbspec_reference::encoding::merkle::{MerkleProof, merkle_root};
use ckbspec_reference::encoding::script::{self, Script};
use ckbspec_reference::encoding::transaction::{
    self, CellDep, CellInput, CellOutput, OutPoint, RawTransaction, Transaction,
};
use ckbspec_reference::encoding::witness::{CellbaseWitness, WitnessArgs};
use ckbspec_reference::encoding::{Byte32, Decoder, Mode, hash, molecule};
use ckbspec_reference::pow::CompactTarget;
use ckbspec_reference::{RuleSet, Violation};

/// A decoder for bytes of which only one form is right.
fn strict(rules: &RuleSet) -> Decoder<'_> {
    Decoder { mode: Mode::Strict, rules }
}

pub(super) fn decode(input: &DecodeIn, rules: &RuleSet) -> Result<DecodeOut, Violation> {
    let mode = match input.mode {
        DecodeMode::Strict => Mode::Strict,
        DecodeMode::Compatible => Mode::Compatible,
    };
    let (bytes, with) = (&input.bytes.0[..], &Decoder { mode, rules });
    use MoleculeType as Type;
    let value = match input.type_ {
        Type::Uint64 => Value::Uint64(molecule::decode_uint64(bytes)?.into_wire()),
        Type::Bytes => Value::Bytes(molecule::decode_bytes(bytes)?.into_wire()),
        Type::BytesVec => Value::BytesVec(molecule::decode_bytes_vec(bytes)?.into_wire()),
        Type::Script => Value::Script(Script::decode(bytes, with)?.into_wire()),
        Type::ScriptOpt => Value::ScriptOpt(script::decode_script_opt(bytes, with)?.into_wire()),
        Type::OutPoint => Value::OutPoint(OutPoint::decode(bytes, with)?.into_wire()),
        Type::CellInput => Value::CellInput(CellInput::decode(bytes, with)?.into_wire()),
        Type::CellDep => Value::CellDep(CellDep::decode(bytes, with)?.into_wire()),
        Type::CellOutput => Value::CellOutput(CellOutput::decode(bytes, with)?.into_wire()),
        Type::RawTransaction => {
            Value::RawTransaction(RawTransaction::decode(bytes, with)?.into_wire())
        }
        Type::Transaction => Value::Transaction(Transaction::decode(bytes, with)?.into_wire()),
        Type::RawHeader => Value::RawHeader(RawHeader::decode(bytes, with)?.into_wire()),
        Type::Header => Value::Header(Header::decode(bytes, with)?.into_wire()),
        Type::UncleBlock => Value::UncleBlock(UncleBlock::decode(bytes, with)?.into_wire()),
        Type::Block => Value::Block(Box::new(Block::decode(bytes, with)?.into_wire())),
        Type::WitnessArgs => Value::WitnessArgs(WitnessArgs::decode(bytes, with)?.into_wire()),
        Type::CellbaseWitness => {
            Value::CellbaseWitness(CellbaseWitness::decode(bytes, with)?.into_wire())
        }
        Type::HeaderDigest => {
            Value::HeaderDigest(Box::new(HeaderDigest::decode(bytes, with)?.into_wire()))
        }
        Type::DepGroup => Value::DepGroup(transaction::decode_dep_group(bytes, with)?.into_wire()),
    };
    Ok(DecodeOut { value })
}

pub(super) fn encode(input: &EncodeIn) -> Ruled<EncodeOut> {
    let bytes = match input.value.clone() {
        Value::Uint64(it) => Ok(molecule::encode_uint64(Wire::from_wire(it)?).to_vec()),
        Value::Bytes(it) => molecule::encode_bytes(&Vec::from_wire(it)?),
        Value::BytesVec(it) => molecule::encode_bytes_vec(&Vec::from_wire(it)?),
        Value::Script(it) => Script::from_wire(it)?.encode(),
        Value::ScriptOpt(it) => script::encode_script_opt(Option::from_wire(it)?.as_ref()),
        Value::OutPoint(it) => Ok(OutPoint::from_wire(it)?.encode().to_vec()),
        Value::CellInput(it) => Ok(CellInput::from_wire(it)?.encode().to_vec()),
        Value::CellDep(it) => Ok(CellDep::from_wire(it)?.encode().to_vec()),
        Value::CellOutput(it) => CellOutput::from_wire(it)?.encode(),
        Value::RawTransaction(it) => RawTransaction::from_wire(it)?.encode(),
        Value::Transaction(it) => Transaction::from_wire(it)?.encode(),
        Value::RawHeader(it) => Ok(RawHeader::from_wire(it)?.encode().to_vec()),
        Value::Header(it) => Ok(Header::from_wire(it)?.encode().to_vec()),
        Value::UncleBlock(it) => UncleBlock::from_wire(it)?.encode(),
        Value::Block(it) => Block::from_wire(*it)?.encode(),
        Value::WitnessArgs(it) => WitnessArgs::from_wire(it)?.encode(),
        Value::CellbaseWitness(it) => CellbaseWitness::from_wire(it)?.encode(),
        Value::HeaderDigest(it) => Ok(HeaderDigest::from_wire(*it)?.encode().to_vec()),
        Value::DepGroup(it) => transaction::encode_dep_group(&Vec::from_wire(it)?),
    };
    Ok(bytes.map(|bytes| EncodeOut { bytes: Bytes(bytes) }))
}

pub(super) fn size(input: &SizeIn, rules: &RuleSet) -> Result<SizeOut, Violation> {
    let (bytes, with) = (&input.bytes.0[..], &strict(rules));
    let size = match input.kind {
        SizeKind::Transaction => Transaction::decode(bytes, with)?.size_in_block()?,
        SizeKind::Block => Block::decode(bytes, with)?.size_without_uncle_proposals()?,
    };
    let size = u64::try_from(size).unwrap_or_else(|_| unreachable!("usize has 64 bits at most"));
    Ok(SizeOut { size: Uint64(size) })
}

pub(super) fn hash(input: &HashIn, rules: &RuleSet) -> Result<HashOut, Violation> {
    let (bytes, with) = (&input.bytes.0[..], &strict(rules));
    let hash = match input.kind {
        HashKind::Ckb => hash::ckbhash(bytes),
        HashKind::Tx => hash::tx_hash(&Transaction::decode(bytes, with)?.raw)?,
        HashKind::Witness => hash::witness_hash(&Transaction::decode(bytes, with)?)?,
        HashKind::Script => hash::script_hash(&Script::decode(bytes, with)?)?,
        HashKind::Header => hash::header_hash(&Header::decode(bytes, with)?),
        HashKind::Pow => hash::pow_hash(&Header::decode(bytes, with)?.raw),
        HashKind::Data => hash::data_hash(bytes),
        HashKind::Proposals => hash::proposals_hash(&Block::decode(bytes, with)?.proposals),
        HashKind::Uncles => hash::uncles_hash(&Block::decode(bytes, with)?.uncles),
        HashKind::Extra => {
            let block = Block::decode(bytes, with)?;
            hash::extra_hash(&block.uncles, block.extension.as_deref())
        }
        HashKind::TransactionsRoot => {
            hash::transactions_root(&Block::decode(bytes, with)?.transactions)?
        }
        HashKind::HeaderDigest => HeaderDigest::decode(bytes, with)?.hash(),
    };
    Ok(HashOut { hash: hash.into_wire() })
}

pub(super) fn proposal_short_id(
    input: &ProposalShortIdIn,
    rules: &RuleSet,
) -> Result<ProposalShortIdOut, Violation> {
    let transaction = Transaction::decode(&input.bytes.0, &strict(rules))?;
    let id = hash::proposal_short_id(&hash::tx_hash(&transaction.raw)?);
    Ok(ProposalShortIdOut { id: id.into_wire() })
}

pub(super) fn type_id(input: &TypeIdIn, rules: &RuleSet) -> Result<TypeIdOut, Violation> {
    let first_input = CellInput::decode(&input.input.0, &strict(rules))?;
    Ok(TypeIdOut { args: hash::type_id(&first_input, input.output_index.0).into_wire() })
}

pub(super) fn root(input: &MerkleRootIn) -> Result<MerkleRootOut, Undefined> {
    let leaves = Vec::from_wire(input.leaves.clone())?;
    Ok(MerkleRootOut { root: merkle_root(&leaves).into_wire() })
}

pub(super) fn proof(input: &MerkleProofIn, rules: &RuleSet) -> Ruled<MerkleProofOut> {
    let leaves = Vec::from_wire(input.leaves.clone())?;
    let numbers = Vec::from_wire(input.indices.clone())?;
    let mut distinct = numbers.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < numbers.len() {
        return Err(Undefined("each leaf is proved once"));
    }
    Ok(MerkleProof::build(&leaves, &numbers, rules).map(|proof| MerkleProofOut {
        indices: proof.indices.into_wire(),
        lemmas: proof.lemmas.into_wire(),
    }))
}

pub(super) fn verify_proof(input: &VerifyMerkleProofIn, rules: &RuleSet) -> Ruled<Nothing> {
    let root = Byte32::from_wire(input.root)?;
    let leaves = Vec::from_wire(input.leaves.clone())?;
    let indices = Vec::from_wire(input.indices.clone())?;
    let lemmas = Vec::from_wire(input.lemmas.clone())?;
    let verdict = MerkleProof { indices, lemmas }.verify(&root, &leaves, rules);
    Ok(verdict.map(|()| Nothing {}))
}

pub(super) fn header_digest(
    input: &HeaderDigestIn,
    rules: &RuleSet,
) -> Result<HeaderDigestOut, Violation> {
    let header = Header::decode(&input.header.0, &strict(rules))?;
    let difficulty = CompactTarget(header.raw.compact_target).difficulty();
    Ok(HeaderDigestOut { digest: HeaderDigest::of(&header, difficulty).into_wire() })
}

pub(super) fn merge_digests(
    input: &MergeHeaderDigestsIn,
    rules: &RuleSet,
) -> Ruled<HeaderDigestOut> {
    let digest = |bytes: &Bytes| HeaderDigest::decode(&bytes.0, &strict(rules));
    let (left, right) = match (digest(&input.left), digest(&input.right)) {
        (Ok(left), Ok(right)) => (left, right),
        (Err(violation), _) | (_, Err(violation)) => return Ok(Err(violation)),
    };
    let merged = left.merge(&right).ok_or(Undefined("the difficulties add up to 2^256"))?;
    Ok(Ok(HeaderDigestOut { digest: merged.into_wire() }))
}
