//! Area `encoding`, without decoding and encoding: sizes, short ids, the Merkle tree and the nodes
//! of the MMR.

use crate::reading::{Refusal, checked_strictly, read};
use ckb_merkle_mountain_range::Merge;
use ckb_types::prelude::{Builder, Entity, IntoHeaderView, IntoTransactionView};
use ckb_types::utilities::merkle_mountain_range::MergeHeaderDigest;
use ckb_types::utilities::{CBMT, MerkleProof, merkle_root};
use ckb_types::{U256, packed};
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::{
    DecodeMode, HeaderDigestIn, HeaderDigestOut, MergeHeaderDigestsIn, MerkleProofIn,
    MerkleProofOut, MerkleRootIn, MerkleRootOut, Nothing, ProposalShortIdIn, ProposalShortIdOut,
    SizeIn, SizeKind, SizeOut, VerifyMerkleProofIn,
};
use ckbspec_protocol::structures::HeaderDigest;
use ckbspec_protocol::values::{Byte32, FixedBytes, Uint32, Uint64};

pub(crate) fn size(input: &SizeIn) -> Result<SizeOut, Refusal> {
    let bytes = &input.bytes.0;
    let size = match input.kind {
        SizeKind::Transaction => {
            checked_strictly::<packed::Transaction>(bytes)?.serialized_size_in_block()
        }
        SizeKind::Block => {
            checked_strictly::<packed::Block>(bytes)?.serialized_size_without_uncle_proposals()
        }
    };
    let size = u64::try_from(size).unwrap_or_else(|_| unreachable!("usize has at most 64 bits"));
    Ok(SizeOut { size: Uint64(size) })
}

pub(crate) fn proposal_short_id(input: &ProposalShortIdIn) -> Result<ProposalShortIdOut, Refusal> {
    let transaction = checked_strictly::<packed::Transaction>(&input.bytes.0)?;
    Ok(ProposalShortIdOut { id: FixedBytes(transaction.into_view().proposal_short_id().into()) })
}

pub(crate) fn root(input: &MerkleRootIn) -> MerkleRootOut {
    MerkleRootOut { root: from_node(&merkle_root(&into_node(&input.leaves))) }
}

pub(crate) fn proof(input: &MerkleProofIn) -> Answer {
    let indices: Vec<u32> = input.indices.iter().map(|index| index.0).collect();
    match CBMT::build_merkle_proof(&into_node(&input.leaves), &indices) {
        Some(proof) => Answer::accept(MerkleProofOut {
            indices: proof.indices().iter().copied().map(Uint32).collect(),
            lemmas: proof.lemmas().iter().map(from_node).collect(),
        }),
        None => Answer::reject(Some("merkle-proof"), "build_merkle_proof() = None"),
    }
}

pub(crate) fn verify_proof(input: &VerifyMerkleProofIn) -> Answer {
    let indices = input.indices.iter().map(|index| index.0).collect();
    let proof = MerkleProof::new(indices, into_node(&input.lemmas));
    if proof.verify(&input.root.0.into(), &into_node(&input.leaves)) {
        Answer::accept(Nothing {})
    } else {
        Answer::reject(Some("merkle-proof"), "verify() = false")
    }
}

pub(crate) fn header_digest(input: &HeaderDigestIn) -> Result<HeaderDigestOut, Refusal> {
    let header = read::<packed::Header>(&input.header.0, DecodeMode::Strict)?;
    Ok(HeaderDigestOut { digest: form(&header.into_view().digest()) })
}

pub(crate) fn merge_digests(input: &MergeHeaderDigestsIn) -> Result<Answer, Refusal> {
    let left = read::<packed::HeaderDigest>(&input.left.0, DecodeMode::Strict)?;
    let right = read::<packed::HeaderDigest>(&input.right.0, DecodeMode::Strict)?;
    Ok(match MergeHeaderDigest::merge(&left, &right) {
        Ok(digest) => Answer::accept(HeaderDigestOut { digest: form(&digest) }),
        Err(error) => Answer::fault(error.to_string()),
    })
}

/// Converts a digest to the protocol's form; the node has no JSON for it.
pub(crate) fn form(digest: &packed::HeaderDigest) -> HeaderDigest {
    HeaderDigest {
        children_hash: from_node(&digest.children_hash()),
        total_difficulty: crate::pow::from_node(&U256::from(digest.total_difficulty())),
        start_number: Uint64(digest.start_number().into()),
        end_number: Uint64(digest.end_number().into()),
        start_epoch: Uint64(digest.start_epoch().into()),
        end_epoch: Uint64(digest.end_epoch().into()),
        start_timestamp: Uint64(digest.start_timestamp().into()),
        end_timestamp: Uint64(digest.end_timestamp().into()),
        start_compact_target: Uint32(digest.start_compact_target().into()),
        end_compact_target: Uint32(digest.end_compact_target().into()),
    }
}

/// Converts a digest to the node's form.
pub(crate) fn pack(digest: &HeaderDigest) -> packed::HeaderDigest {
    packed::HeaderDigest::new_builder()
        .children_hash(packed::Byte32::from(digest.children_hash.0))
        .total_difficulty(crate::pow::into_node(&digest.total_difficulty))
        .start_number(digest.start_number.0)
        .end_number(digest.end_number.0)
        .start_epoch(digest.start_epoch.0)
        .end_epoch(digest.end_epoch.0)
        .start_timestamp(digest.start_timestamp.0)
        .end_timestamp(digest.end_timestamp.0)
        .start_compact_target(digest.start_compact_target.0)
        .end_compact_target(digest.end_compact_target.0)
        .build()
}

fn from_node(hash: &packed::Byte32) -> Byte32 {
    FixedBytes(hash.clone().into())
}

fn into_node(hashes: &[Byte32]) -> Vec<packed::Byte32> {
    hashes.iter().map(|hash| hash.0.into()).collect()
}
