//! ckbhash, and the bytes of each object that it hashes.
//!
//! Functions that encode an object return a [`Violation`] of ENC-003 or ENC-004 when a length is
//! above 2³² − 1, so that the object has no encoding.

use super::Byte32;
use super::block::{ProposalShortId, UncleBlock};
pub use super::ckbhash::ckbhash;
use super::header::{Header, RawHeader};
use super::merkle::{merge, merkle_root};
use super::script::Script;
use super::transaction::{CellInput, RawTransaction, Transaction};
use crate::Violation;

/// The transaction hash: over the transaction without its witnesses.
//= HASH-002
pub fn tx_hash(raw: &RawTransaction) -> Result<Byte32, Violation> {
    raw.encode().map(|bytes| ckbhash(&bytes))
}

/// The witness transaction hash: over the whole transaction.
//= HASH-003
pub fn witness_hash(transaction: &Transaction) -> Result<Byte32, Violation> {
    transaction.encode().map(|bytes| ckbhash(&bytes))
}

/// The script hash, which identifies a lock or type script.
//= HASH-004
pub fn script_hash(script: &Script) -> Result<Byte32, Violation> {
    script.encode().map(|bytes| ckbhash(&bytes))
}

/// The hash of a header, which is the hash of its block: over all 208 bytes of the header.
//= HASH-005
#[must_use]
pub fn header_hash(header: &Header) -> Byte32 {
    ckbhash(&header.encode())
}

/// The PoW hash: over the 192 bytes of the header without the nonce.
//= HASH-006
#[must_use]
pub fn pow_hash(raw: &RawHeader) -> Byte32 {
    ckbhash(&raw.encode())
}

/// The hash of a cell's data. For empty data it is zero, and not ckbhash of an empty message.
//= HASH-007
#[must_use]
pub fn data_hash(data: &[u8]) -> Byte32 {
    if data.is_empty() { Byte32::ZERO } else { ckbhash(data) }
}

/// The proposals hash: over the concatenated ids, without a count; zero for no proposals.
//= HASH-008
#[must_use]
pub fn proposals_hash(proposals: &[ProposalShortId]) -> Byte32 {
    if proposals.is_empty() {
        return Byte32::ZERO;
    }
    let ids: Vec<_> = proposals.iter().map(|id| id.0).collect();
    ckbhash(ids.as_flattened())
}

/// The uncles hash: over the concatenated header hashes; zero for no uncles.
//= HASH-009
#[must_use]
pub fn uncles_hash(uncles: &[UncleBlock]) -> Byte32 {
    if uncles.is_empty() {
        return Byte32::ZERO;
    }
    let hashes: Vec<_> = uncles.iter().map(|uncle| header_hash(&uncle.header).0).collect();
    ckbhash(hashes.as_flattened())
}

/// The extra hash: the uncles hash, or with an extension the hash of the uncles hash and the
/// extension's hash.
///
/// The extension's hash is ckbhash of its bytes without their count. This includes an empty
/// extension: the zero of HASH-007 is for cell data only.
//= HASH-010
#[must_use]
pub fn extra_hash(uncles: &[UncleBlock], extension: Option<&[u8]>) -> Byte32 {
    let uncles_hash = uncles_hash(uncles);
    extension.map_or(uncles_hash, |payload| merge(&uncles_hash, &ckbhash(payload)))
}

/// The transactions root: the merge of two Merkle roots, that of all transaction hashes and that of
/// all witness transaction hashes, both in the order of the block.
//= HASH-011
pub fn transactions_root(transactions: &[Transaction]) -> Result<Byte32, Violation> {
    let tx_hashes: Vec<_> = transactions
        .iter()
        .map(|transaction| tx_hash(&transaction.raw))
        .collect::<Result<_, _>>()?;
    let witness_hashes: Vec<_> = transactions.iter().map(witness_hash).collect::<Result<_, _>>()?;
    Ok(merge(&merkle_root(&tx_hashes), &merkle_root(&witness_hashes)))
}

/// The id with which a block proposes a transaction: the first 10 bytes of the transaction's hash.
//= HASH-014
#[must_use]
pub fn proposal_short_id(tx_hash: &Byte32) -> ProposalShortId {
    let mut id = [0; 10];
    for (to, from) in id.iter_mut().zip(tx_hash.0) {
        *to = from;
    }
    ProposalShortId(id)
}

/// The argument of a `TYPE_ID` script. It is unique, because no other transaction can have this
/// first input.
///
/// `output_index` is that of the first output with the script.
//= HASH-015
#[must_use]
pub fn type_id(first_input: &CellInput, output_index: u64) -> Byte32 {
    ckbhash(&[&first_input.encode()[..], &output_index.to_le_bytes()].concat())
}
