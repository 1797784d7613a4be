//! The hashes by which a header commits to the rest of its block.

use crate::Violation;
use crate::encoding::Byte32;
use crate::encoding::block::Block;
use crate::encoding::hash::{extra_hash, proposals_hash, transactions_root};
use crate::encoding::header::RawHeader;

/// The hashes by which a header commits to the rest of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitments {
    /// Commits to transactions and witnesses (HASH-011).
    pub transactions_root: Byte32,
    /// Commits to proposals (HASH-008).
    pub proposals_hash: Byte32,
    /// Commits to uncles and extension (HASH-010).
    pub extra_hash: Byte32,
}

impl Commitments {
    /// Computes the hashes that the header of a block must have.
    pub fn of(block: &Block) -> Result<Self, Violation> {
        Ok(Self {
            transactions_root: transactions_root(&block.transactions)?,
            proposals_hash: proposals_hash(&block.proposals),
            extra_hash: extra_hash(&block.uncles, block.extension.as_deref()),
        })
    }

    /// The hashes that a header has.
    #[must_use]
    pub const fn stated(header: &RawHeader) -> Self {
        let RawHeader { transactions_root, proposals_hash, extra_hash, .. } = *header;
        Self { transactions_root, proposals_hash, extra_hash }
    }
}
