//! Headers (RFC 0027): 208 bytes that commit to the whole block.

use super::molecule::{Fields, encode_struct, encode_uint64};
use super::{Byte32, Decoder};
use crate::Violation;

/// The header without its nonce, which the proof of work covers: a struct of 192 bytes.
//= ENC-002
//= ENC-016
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawHeader {
    /// The version.
    pub version: u32,
    /// The target in compact form (POW-009).
    pub compact_target: u32,
    /// Milliseconds since the Unix epoch.
    pub timestamp: u64,
    /// The block number; that of genesis is 0.
    pub number: u64,
    /// The epoch field (EPOCH-001): the epoch's number, and the block's index in the epoch.
    pub epoch: u64,
    /// The hash of the parent's header (HASH-005).
    pub parent_hash: Byte32,
    /// The commitment to transactions and witnesses (HASH-011).
    pub transactions_root: Byte32,
    /// The commitment to proposals (HASH-008).
    pub proposals_hash: Byte32,
    /// The commitment to uncles and extension (HASH-010).
    pub extra_hash: Byte32,
    /// The DAO field: four totals of 64 bits (DAO-001).
    pub dao: Byte32,
}

impl RawHeader {
    /// Bytes of a `RawHeader`.
    pub const SIZE: usize = 192;

    /// Decodes a `RawHeader`.
    pub fn decode(bytes: &[u8], _: &Decoder<'_>) -> Result<Self, Violation> {
        Fields::of_struct(bytes, Self::SIZE).map(|mut fields| Self::take(&mut fields))
    }

    /// Takes a `RawHeader` from the fields of a struct.
    fn take(fields: &mut Fields<'_>) -> Self {
        Self {
            version: u32::from_le_bytes(fields.take()),
            compact_target: u32::from_le_bytes(fields.take()),
            timestamp: u64::from_le_bytes(fields.take()),
            number: u64::from_le_bytes(fields.take()),
            epoch: u64::from_le_bytes(fields.take()),
            parent_hash: Byte32(fields.take()),
            transactions_root: Byte32(fields.take()),
            proposals_hash: Byte32(fields.take()),
            extra_hash: Byte32(fields.take()),
            dao: Byte32(fields.take()),
        }
    }

    /// Encodes a `RawHeader`.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        encode_struct(&[
            &self.version.to_le_bytes(),
            &self.compact_target.to_le_bytes(),
            &encode_uint64(self.timestamp),
            &encode_uint64(self.number),
            &encode_uint64(self.epoch),
            &self.parent_hash.0,
            &self.transactions_root.0,
            &self.proposals_hash.0,
            &self.extra_hash.0,
            &self.dao.0,
        ])
    }
}

/// A header: a struct of 208 bytes.
//= ENC-002
//= ENC-016
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The header without the nonce.
    pub raw: RawHeader,
    /// The nonce, little-endian as all numbers.
    pub nonce: u128,
}

impl Header {
    /// Bytes of a `Header`.
    pub const SIZE: usize = 208;

    /// Decodes a `Header`.
    pub fn decode(bytes: &[u8], _: &Decoder<'_>) -> Result<Self, Violation> {
        let mut fields = Fields::of_struct(bytes, Self::SIZE)?;
        Ok(Self { raw: RawHeader::take(&mut fields), nonce: u128::from_le_bytes(fields.take()) })
    }

    /// Encodes a `Header`.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        encode_struct(&[&self.raw.encode(), &self.nonce.to_le_bytes()])
    }
}
