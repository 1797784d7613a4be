//! ckbhash, and what it is taken over for each object.
//!
//! Functions that encode an object return a [`Violation`] when it has no encoding, because a
//! length is above 2³² − 1 (ENC-003, ENC-004).

use super::Byte32;
use super::block::{ProposalShortId, UncleBlock};
pub use super::ckbhash::ckbhash;
use super::header::{Header, RawHeader};
use super::merkle::{merge, merkle_root};
use super::script::Script;
use super::transaction::{CellInput, RawTransaction, Transaction};
use crate::Violation;

/// The transaction hash: without the witnesses.
//= HASH-002
pub fn tx_hash(raw: &RawTransaction) -> Result<Byte32, Violation> {
    raw.encode().map(|bytes| ckbhash(&bytes))
}

/// The witness transaction hash: over the whole transaction.
//= HASH-003
pub fn witness_hash(transaction: &Transaction) -> Result<Byte32, Violation> {
    transaction.encode().map(|bytes| ckbhash(&bytes))
}

/// The script hash, which tells locks and types apart.
//= HASH-004
pub fn script_hash(script: &Script) -> Result<Byte32, Violation> {
    script.encode().map(|bytes| ckbhash(&bytes))
}

/// The hash of a header, which is the hash of its block: over all 208 bytes.
//= HASH-005
#[must_use]
pub fn header_hash(header: &Header) -> Byte32 {
    ckbhash(&header.encode())
}

/// The PoW hash: over the 192 bytes without the nonce.
//= HASH-006
#[must_use]
pub fn pow_hash(raw: &RawHeader) -> Byte32 {
    ckbhash(&raw.encode())
}

/// The hash of a cell's data. That of no data is zero, not the hash of nothing.
//= HASH-007
#[must_use]
pub fn data_hash(data: &[u8]) -> Byte32 {
    if data.is_empty() { Byte32::ZERO } else { ckbhash(data) }
}

/// The proposals hash: over the ids one after another, without a count; zero for none.
//= HASH-008
#[must_use]
pub fn proposals_hash(proposals: &[ProposalShortId]) -> Byte32 {
    if proposals.is_empty() {
        return Byte32::ZERO;
    }
    let ids: Vec<_> = proposals.iter().map(|id| id.0).collect();
    ckbhash(ids.as_flattened())
}

/// The uncles hash: over the header hashes one after another; zero for none.
//= HASH-009
#[must_use]
pub fn uncles_hash(uncles: &[UncleBlock]) -> Byte32 {
    if uncles.is_empty() {
        return Byte32::ZERO;
    }
    let hashes: Vec<_> = uncles.iter().map(|uncle| header_hash(&uncle.header).0).collect();
    ckbhash(hashes.as_flattened())
}

/// The extra hash: the uncles hash, with the extension's hash merged in when there is one.
///
/// The extension's hash is ckbhash of its bytes without their count, also of none: HASH-007's
/// zero is for cell data only.
//= HASH-010
#[must_use]
pub fn extra_hash(uncles: &[UncleBlock], extension: Option<&[u8]>) -> Byte32 {
    let uncles_hash = uncles_hash(uncles);
    extension.map_or(uncles_hash, |payload| merge(&uncles_hash, &ckbhash(payload)))
}

/// The transactions root: the root of all transaction hashes, merged with the root of all
/// witness transaction hashes, in the order of the block.
//= HASH-011
pub fn transactions_root(transactions: &[Transaction]) -> Result<Byte32, Violation> {
    let tx_hashes: Vec<_> = transactions
        .iter()
        .map(|transaction| tx_hash(&transaction.raw))
        .collect::<Result<_, _>>()?;
    let witness_hashes: Vec<_> = transactions.iter().map(witness_hash).collect::<Result<_, _>>()?;
    Ok(merge(&merkle_root(&tx_hashes), &merkle_root(&witness_hashes)))
}

/// The id by which a transaction is proposed: the first 10 bytes of its hash.
//= HASH-014
#[must_use]
pub fn proposal_short_id(tx_hash: &Byte32) -> ProposalShortId {
    let mut id = [0; 10];
    for (to, from) in id.iter_mut().zip(tx_hash.0) {
        *to = from;
    }
    ProposalShortId(id)
}

/// The argument of a `TYPE_ID` script: it is new for ever, because no other transaction can have
/// this first input.
///
/// `output_index` is that of the first output with the script.
//= HASH-015
#[must_use]
pub fn type_id(first_input: &CellInput, output_index: u64) -> Byte32 {
    ckbhash(&[&first_input.encode()[..], &output_index.to_le_bytes()].concat())
}
