//! Makes questions from a fuzzer's bytes; their inputs are such that the operations are defined.

use arbitrary::{Arbitrary, Result, Unstructured};
use ckbspec_protocol::Question;
use ckbspec_protocol::operations::{
    CompactToDifficultyIn, CompactToTargetIn, CompareEpochsIn, DecodeIn, DecodeMode,
    DifficultyToCompactIn, EaglesongIn, EncodingQuestion, EpochFractionIn, EpochRecord, HashIn,
    HashKind, HeaderDigestIn, MerkleProofIn, MerkleRootIn, MoleculeType, PowEngine,
    ProposalShortIdIn, SizeIn, SizeKind, TargetToCompactIn, VerifyEpochIn, VerifyIn,
    VerifyMerkleProofIn, VerifySuccessorIn,
};
use ckbspec_protocol::values::{Bytes, FixedBytes, Uint32, Uint64, Uint128, Uint256};
use ckbspec_reference::RuleSet;
use ckbspec_reference::encoding::block::{Block, UncleBlock};
use ckbspec_reference::encoding::header::{Header, RawHeader};
use ckbspec_reference::encoding::header_digest::HeaderDigest;
use ckbspec_reference::encoding::merkle::{MerkleProof, merkle_root};
use ckbspec_reference::encoding::script::Script;
use ckbspec_reference::encoding::transaction::{
    CellDep, CellInput, CellOutput, OutPoint, RawTransaction, Transaction, encode_dep_group,
};
use ckbspec_reference::encoding::witness::{CellbaseWitness, WitnessArgs};
use ckbspec_reference::encoding::{Byte32, molecule};
use ckbspec_reference::pow::{EpochFraction, U256};

/// A question of the area `encoding`.
pub(crate) fn encoding(bytes: &[u8]) -> Result<Question> {
    let u = &mut Unstructured::new(bytes);
    Ok(match u.int_in_range(0..=7)? {
        0 | 1 => {
            let type_ = *u.choose(&MoleculeType::ALL)?;
            let mode = *u.choose(&[DecodeMode::Strict, DecodeMode::Compatible])?;
            Question::from(DecodeIn { type_, bytes: damaged(u, type_)?, mode })
        }
        2 => {
            use HashKind as Kind;
            let (kind, type_) = *u.choose(&[
                (Kind::Tx, MoleculeType::Transaction),
                (Kind::Witness, MoleculeType::Transaction),
                (Kind::Script, MoleculeType::Script),
                (Kind::Header, MoleculeType::Header),
                (Kind::Pow, MoleculeType::Header),
                (Kind::Data, MoleculeType::Bytes),
                (Kind::Proposals, MoleculeType::Block),
                (Kind::Uncles, MoleculeType::Block),
                (Kind::Extra, MoleculeType::Block),
                (Kind::TransactionsRoot, MoleculeType::Block),
                (Kind::HeaderDigest, MoleculeType::HeaderDigest),
            ])?;
            Question::from(HashIn { kind, bytes: damaged(u, type_)? })
        }
        3 => {
            let (kind, type_) = *u.choose(&[
                (SizeKind::Transaction, MoleculeType::Transaction),
                (SizeKind::Block, MoleculeType::Block),
            ])?;
            Question::from(SizeIn { kind, bytes: damaged(u, type_)? })
        }
        4 => {
            let bytes = damaged(u, MoleculeType::Transaction)?;
            Question::from(ProposalShortIdIn { bytes })
        }
        5 => {
            let header = damaged(u, MoleculeType::Header)?;
            Question::from(HeaderDigestIn { header })
        }
        6 => Question::from(MerkleRootIn { leaves: wire(&u.arbitrary::<Vec<_>>()?) }),
        _ => proof(u)?,
    })
}

/// A question to build a proof, or to check one, which is either built or random.
fn proof(u: &mut Unstructured<'_>) -> Result<Question> {
    let leaves: Vec<Byte32> = u.arbitrary()?;
    // Each number occurs once; a few are numbers that no leaf has.
    let mut numbers: Vec<u32> =
        u.arbitrary_iter::<u8>()?.map(|n| n.map(u32::from)).collect::<Result<_>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    let built = MerkleProof::build(&leaves, &numbers, &RuleSet::all());
    let Ok(MerkleProof { mut indices, mut lemmas }) = built.clone() else {
        let indices = numbers.into_iter().map(Uint32).collect();
        return Ok(Question::from(MerkleProofIn { leaves: wire(&leaves), indices }));
    };
    if u.arbitrary()? {
        let indices = numbers.into_iter().map(Uint32).collect();
        return Ok(Question::from(MerkleProofIn { leaves: wire(&leaves), indices }));
    }
    let mut proved: Vec<Byte32> =
        numbers.iter().filter_map(|n| leaves.get(*n as usize)).copied().collect();
    match u.int_in_range(0..=4)? {
        0 => {}
        1 => lemmas = u.arbitrary()?,
        // The node panics on the greatest number.
        2 => {
            indices = u.arbitrary_iter::<u16>()?.map(|i| i.map(u32::from)).collect::<Result<_>>()?
        }
        3 => proved = u.arbitrary()?,
        _ => lemmas.truncate(u.arbitrary::<u8>()?.into()),
    }
    let root = FixedBytes(merkle_root(&leaves).0);
    let indices = indices.into_iter().map(Uint32).collect();
    let (leaves, lemmas) = (wire(&proved), wire(&lemmas));
    Ok(Question::from(VerifyMerkleProofIn { root, leaves, indices, lemmas }))
}

fn wire(hashes: &[Byte32]) -> Vec<FixedBytes<32>> {
    hashes.iter().map(|hash| FixedBytes(hash.0)).collect()
}

/// The encoding of a value with up to three mistakes.
fn damaged(u: &mut Unstructured<'_>, type_: MoleculeType) -> Result<Bytes> {
    let mistakes = u.int_in_range(0..=3)?;
    let places: Vec<(u16, bool, i8)> =
        (0..mistakes).map(|_| u.arbitrary()).collect::<Result<_>>()?;
    let cut: Option<u16> = u.arbitrary()?;
    let mut bytes = encoded(u, type_)?;
    for (place, near, value) in places {
        let length = bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(usize::from(place) % length) {
            *byte = if near { byte.wrapping_add_signed(value) } else { value.cast_unsigned() };
        }
    }
    if let Some(cut) = cut {
        bytes.truncate(usize::from(cut));
    }
    Ok(Bytes(bytes))
}

fn encoded(u: &mut Unstructured<'_>, type_: MoleculeType) -> Result<Vec<u8>> {
    use MoleculeType as Type;
    let bytes = match type_ {
        Type::Uint64 => Ok(molecule::encode_uint64(u.arbitrary()?).to_vec()),
        Type::Bytes => molecule::encode_bytes(&Vec::arbitrary(u)?),
        Type::BytesVec => molecule::encode_bytes_vec(&Vec::arbitrary(u)?),
        Type::Script | Type::ScriptOpt => Script::arbitrary(u)?.encode(),
        Type::OutPoint => Ok(OutPoint::arbitrary(u)?.encode().to_vec()),
        Type::CellInput => Ok(CellInput::arbitrary(u)?.encode().to_vec()),
        Type::CellDep => Ok(CellDep::arbitrary(u)?.encode().to_vec()),
        Type::CellOutput => CellOutput::arbitrary(u)?.encode(),
        Type::RawTransaction => RawTransaction::arbitrary(u)?.encode(),
        Type::Transaction => Transaction::arbitrary(u)?.encode(),
        Type::RawHeader => Ok(RawHeader::arbitrary(u)?.encode().to_vec()),
        Type::Header => Ok(Header::arbitrary(u)?.encode().to_vec()),
        Type::UncleBlock => UncleBlock::arbitrary(u)?.encode(),
        Type::Block => Block::arbitrary(u)?.encode(),
        Type::WitnessArgs => WitnessArgs::arbitrary(u)?.encode(),
        Type::CellbaseWitness => CellbaseWitness::arbitrary(u)?.encode(),
        Type::HeaderDigest => Ok(HeaderDigest::arbitrary(u)?.encode().to_vec()),
        Type::DepGroup => encode_dep_group(&Vec::arbitrary(u)?),
    };
    Ok(bytes.expect("a fuzzer's bytes are not four gigabytes"))
}

/// Whether the suite does not define the answer: the hash or size of a block whose uncles have
/// fields that are not in their schema.
pub(crate) fn is_withheld(question: &Question) -> bool {
    let Question::Encoding(EncodingQuestion::Decode(input)) = question else { return false };
    let with_uncles = matches!(input.type_, MoleculeType::UncleBlock | MoleculeType::Block);
    with_uncles && input.mode == DecodeMode::Compatible
}

/// A question of the area `pow`.
pub(crate) fn pow(bytes: &[u8]) -> Result<Question> {
    let u = &mut Unstructured::new(bytes);
    let compact_target = Uint32(u.arbitrary()?);
    Ok(match u.int_in_range(0..=9)? {
        0 => Question::from(EaglesongIn { message: Bytes(u.arbitrary()?) }),
        1 => Question::from(CompactToTargetIn { compact_target }),
        2 => Question::from(TargetToCompactIn { target: Uint256(number(u)?) }),
        3 => Question::from(CompactToDifficultyIn { compact_target }),
        4 => {
            let difficulty = Uint256(number(u)?.max(U256::ONE));
            Question::from(DifficultyToCompactIn { difficulty })
        }
        5 => Question::from(VerifyIn {
            engine: *u.choose(&[
                PowEngine::Eaglesong,
                PowEngine::EaglesongBlake2b,
                PowEngine::Dummy,
            ])?,
            pow_hash: FixedBytes(u.arbitrary()?),
            nonce: Uint128(u.arbitrary()?),
            // Every hash is below the target with some probability.
            compact_target: if u.arbitrary()? { Uint32(0x2080_0000) } else { compact_target },
        }),
        6 => Question::from(EpochFractionIn { epoch: Uint64(u.arbitrary()?) }),
        7 => {
            let (left, right) = (Uint64(epoch(u)?.0), Uint64(epoch(u)?.0));
            Question::from(CompareEpochsIn { left, right })
        }
        8 => {
            let parent = epoch(u)?;
            let step: i32 = u.arbitrary()?;
            let near = parent.0.wrapping_add_signed(i64::from(step) << 24);
            let epoch = Uint64(if u.arbitrary()? { near } else { epoch(u)?.0 });
            Question::from(VerifySuccessorIn { parent: Uint64(parent.0), epoch })
        }
        _ => verify_epoch(u, compact_target)?,
    })
}

/// A number with a random count of bits.
fn number(u: &mut Unstructured<'_>) -> Result<U256> {
    let bits = U256::from_limbs(u.arbitrary()?);
    Ok(bits.wrapping_shr(usize::from(u.arbitrary::<u8>()?)))
}

/// A well-formed field, or that of genesis.
fn epoch(u: &mut Unstructured<'_>) -> Result<EpochFraction> {
    let length = u.arbitrary::<u16>()?;
    if length == 0 {
        return Ok(EpochFraction::GENESIS);
    }
    let index = u.int_in_range(0..=length - 1)?;
    let number = u.int_in_range(0..=(1 << 24) - 1)?;
    Ok(EpochFraction::new(number, index, length).expect("24 bits"))
}

/// A question with the right fields of a block, or with one wrong field.
fn verify_epoch(u: &mut Unstructured<'_>, compact_target: Uint32) -> Result<Question> {
    let length = u.int_in_range(1..=u16::MAX)?;
    let index = u.int_in_range(0..=length - 1)?;
    let number = u.int_in_range(0..=(1 << 24) - 1)?;
    let start_number = u.int_in_range(0..=u64::MAX - u64::from(u16::MAX))?;
    let record = EpochRecord {
        number: Uint32(number),
        start_number: Uint64(start_number),
        length: Uint32(length.into()),
        compact_target,
    };
    let right = EpochFraction::new(number, index, length).expect("24 bits").0;
    Ok(Question::from(VerifyEpochIn {
        record,
        block_number: Uint64(start_number + u64::from(index)),
        epoch: Uint64(if u.arbitrary()? { right } else { u.arbitrary()? }),
        compact_target: if u.arbitrary()? { compact_target } else { Uint32(u.arbitrary()?) },
    }))
}
