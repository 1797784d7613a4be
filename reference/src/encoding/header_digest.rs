//! The nodes of the Merkle mountain range over all headers (RFC 0044).
//!
//! This module makes a leaf and merges two nodes. Which nodes are merged into the chain root is a
//! rule of the area `chain` (EXT-008).

use super::ckbhash::ckbhash;
use super::hash::header_hash;
use super::header::Header;
use super::merkle::merge;
use super::molecule::{Fields, encode_struct, encode_uint64};
use super::{Byte32, Decoder};
use crate::Violation;
use ruint::aliases::U256;

/// A node of the range: the digest of a run of consecutive blocks, a struct of 120 bytes.
//= ENC-002
//= HASH-016
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeaderDigest {
    /// The merged hashes of both children; for a single block, the header hash.
    pub children_hash: Byte32,
    /// The sum of the difficulties.
    pub total_difficulty: U256,
    /// The number of the first block.
    pub start_number: u64,
    /// The number of the last block.
    pub end_number: u64,
    /// The epoch field of the first block.
    pub start_epoch: u64,
    /// The epoch field of the last block.
    pub end_epoch: u64,
    /// The timestamp of the first block, in milliseconds.
    pub start_timestamp: u64,
    /// The timestamp of the last block, in milliseconds.
    pub end_timestamp: u64,
    /// The compact target of the first block.
    pub start_compact_target: u32,
    /// The compact target of the last block.
    pub end_compact_target: u32,
}

impl HeaderDigest {
    /// Bytes of a `HeaderDigest`.
    pub const SIZE: usize = 120;

    /// A leaf: the digest of one block. `difficulty` is that of its compact target (POW-012).
    //= HASH-016
    #[must_use]
    pub fn of(header: &Header, difficulty: U256) -> Self {
        let raw = &header.raw;
        Self {
            children_hash: header_hash(header),
            total_difficulty: difficulty,
            start_number: raw.number,
            end_number: raw.number,
            start_epoch: raw.epoch,
            end_epoch: raw.epoch,
            start_timestamp: raw.timestamp,
            end_timestamp: raw.timestamp,
            start_compact_target: raw.compact_target,
            end_compact_target: raw.compact_target,
        }
    }

    /// The digest of this run of blocks and of `right`, the run that follows it; `None` when the
    /// sum of the difficulties is 2²⁵⁶ or more. It does not check that `right` follows.
    //= HASH-016
    #[must_use]
    pub fn merge(&self, right: &Self) -> Option<Self> {
        Some(Self {
            children_hash: merge(&self.hash(), &right.hash()),
            total_difficulty: self.total_difficulty.checked_add(right.total_difficulty)?,
            start_number: self.start_number,
            end_number: right.end_number,
            start_epoch: self.start_epoch,
            end_epoch: right.end_epoch,
            start_timestamp: self.start_timestamp,
            end_timestamp: right.end_timestamp,
            start_compact_target: self.start_compact_target,
            end_compact_target: right.end_compact_target,
        })
    }

    /// The hash of this node; the hash of the topmost node is the chain root.
    //= HASH-016
    #[must_use]
    pub fn hash(&self) -> Byte32 {
        ckbhash(&self.encode())
    }

    /// Decodes a `HeaderDigest`.
    pub fn decode(bytes: &[u8], _: &Decoder<'_>) -> Result<Self, Violation> {
        let mut fields = Fields::of_struct(bytes, Self::SIZE)?;
        Ok(Self {
            children_hash: Byte32(fields.take()),
            total_difficulty: U256::from_le_bytes::<32>(fields.take()),
            start_number: u64::from_le_bytes(fields.take()),
            end_number: u64::from_le_bytes(fields.take()),
            start_epoch: u64::from_le_bytes(fields.take()),
            end_epoch: u64::from_le_bytes(fields.take()),
            start_timestamp: u64::from_le_bytes(fields.take()),
            end_timestamp: u64::from_le_bytes(fields.take()),
            start_compact_target: u32::from_le_bytes(fields.take()),
            end_compact_target: u32::from_le_bytes(fields.take()),
        })
    }

    /// Encodes a `HeaderDigest`.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        encode_struct(&[
            &self.children_hash.0,
            &self.total_difficulty.to_le_bytes::<32>(),
            &encode_uint64(self.start_number),
            &encode_uint64(self.end_number),
            &encode_uint64(self.start_epoch),
            &encode_uint64(self.end_epoch),
            &encode_uint64(self.start_timestamp),
            &encode_uint64(self.end_timestamp),
            &self.start_compact_target.to_le_bytes(),
            &self.end_compact_target.to_le_bytes(),
        ])
    }
}
