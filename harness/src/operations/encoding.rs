//! Operations of the area `encoding`.

use super::{Answered, NoOutput, Undefined};
use ckbspec_common::wire::Wire;
use ckbspec_protocol::Env;
use ckbspec_protocol::operations::{
    DecodeIn, DecodeMode, DecodeOut, EncodeIn, EncodeOut, HashIn, HashKind, HashOut,
    HeaderDigestIn, HeaderDigestOut, MergeHeaderDigestsIn, MerkleProofIn, MerkleProofOut,
    MerkleRootIn, MerkleRootOut, MoleculeType, Nothing, ProposalShortIdIn, ProposalShortIdOut,
    SizeIn, SizeKind, SizeOut, TypeIdIn, TypeIdOut, VerifyMerkleProofIn,
};
use ckbspec_protocol::structures::Value;
use ckbspec_protocol::values::{Bytes, Uint64};
use ckbspec_reference::RuleSet;
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

/// A strict decoder, for operations whose input has exactly one encoding.
fn strict(rules: &RuleSet) -> Decoder<'_> {
    Decoder { mode: Mode::Strict, rules }
}

impl Answered for DecodeIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<DecodeOut, NoOutput> {
        let mode = match self.mode {
            DecodeMode::Strict => Mode::Strict,
            DecodeMode::Compatible => Mode::Compatible,
        };
        let (bytes, with) = (&self.bytes.0[..], &Decoder { mode, rules });
        use MoleculeType as Type;
        let value = match self.type_ {
            Type::Uint64 => Value::Uint64(molecule::decode_uint64(bytes)?.into_wire()),
            Type::Bytes => Value::Bytes(molecule::decode_bytes(bytes)?.into_wire()),
            Type::BytesVec => Value::BytesVec(molecule::decode_bytes_vec(bytes)?.into_wire()),
            Type::Script => Value::Script(Script::decode(bytes, with)?.into_wire()),
            Type::ScriptOpt => {
                Value::ScriptOpt(script::decode_script_opt(bytes, with)?.into_wire())
            }
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
            Type::DepGroup => {
                Value::DepGroup(transaction::decode_dep_group(bytes, with)?.into_wire())
            }
        };
        Ok(DecodeOut { value })
    }
}

impl Answered for EncodeIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<EncodeOut, NoOutput> {
        let bytes = match self.value.clone() {
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
        Ok(EncodeOut { bytes: Bytes(bytes?) })
    }
}

impl Answered for SizeIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<SizeOut, NoOutput> {
        let (bytes, with) = (&self.bytes.0[..], &strict(rules));
        let size = match self.kind {
            SizeKind::Transaction => Transaction::decode(bytes, with)?.size_in_block()?,
            SizeKind::Block => Block::decode(bytes, with)?.size_without_uncle_proposals()?,
        };
        let size =
            u64::try_from(size).unwrap_or_else(|_| unreachable!("usize has at most 64 bits"));
        Ok(SizeOut { size: Uint64(size) })
    }
}

impl Answered for HashIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<HashOut, NoOutput> {
        let (bytes, with) = (&self.bytes.0[..], &strict(rules));
        let hash = match self.kind {
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
}

impl Answered for ProposalShortIdIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<ProposalShortIdOut, NoOutput> {
        let transaction = Transaction::decode(&self.bytes.0, &strict(rules))?;
        let id = hash::proposal_short_id(&hash::tx_hash(&transaction.raw)?);
        Ok(ProposalShortIdOut { id: id.into_wire() })
    }
}

impl Answered for TypeIdIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<TypeIdOut, NoOutput> {
        let first_input = CellInput::decode(&self.input.0, &strict(rules))?;
        Ok(TypeIdOut { args: hash::type_id(&first_input, self.output_index.0).into_wire() })
    }
}

impl Answered for MerkleRootIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<MerkleRootOut, NoOutput> {
        let leaves = Vec::from_wire(self.leaves.clone())?;
        Ok(MerkleRootOut { root: merkle_root(&leaves).into_wire() })
    }
}

impl Answered for MerkleProofIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<MerkleProofOut, NoOutput> {
        let leaves = Vec::from_wire(self.leaves.clone())?;
        let numbers = Vec::from_wire(self.indices.clone())?;
        let mut distinct = numbers.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < numbers.len() {
            return Err(Undefined("a leaf is named twice").into());
        }
        let MerkleProof { indices, lemmas } = MerkleProof::build(&leaves, &numbers, rules)?;
        Ok(MerkleProofOut { indices: indices.into_wire(), lemmas: lemmas.into_wire() })
    }
}

impl Answered for VerifyMerkleProofIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<Nothing, NoOutput> {
        let root = Byte32::from_wire(self.root)?;
        let leaves = Vec::from_wire(self.leaves.clone())?;
        let indices = Vec::from_wire(self.indices.clone())?;
        let lemmas = Vec::from_wire(self.lemmas.clone())?;
        MerkleProof { indices, lemmas }.verify(&root, &leaves, rules)?;
        Ok(Nothing {})
    }
}

impl Answered for HeaderDigestIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<HeaderDigestOut, NoOutput> {
        let header = Header::decode(&self.header.0, &strict(rules))?;
        let difficulty = CompactTarget(header.raw.compact_target).difficulty();
        Ok(HeaderDigestOut { digest: HeaderDigest::of(&header, difficulty).into_wire() })
    }
}

impl Answered for MergeHeaderDigestsIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<HeaderDigestOut, NoOutput> {
        let left = HeaderDigest::decode(&self.left.0, &strict(rules))?;
        let right = HeaderDigest::decode(&self.right.0, &strict(rules))?;
        let merged =
            left.merge(&right).ok_or(Undefined("the sum of the difficulties exceeds 256 bits"))?;
        Ok(HeaderDigestOut { digest: merged.into_wire() })
    }
}
