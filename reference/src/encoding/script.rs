//! Scripts: which program guards a cell, and with which arguments (RFC 0022, RFC 0032).

use super::molecule::{
    decode_bytes, decode_option, encode_bytes, encode_option, encode_table, primitive, table,
};
use super::{Byte32, Decoder};
use crate::{RuleId, Violation};

/// How `code_hash` finds the program, and in which VM it runs: one byte.
///
/// It holds any byte, so that a decoder without ENC-011 can return the byte that it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HashType(pub u8);

impl HashType {
    /// `code_hash` is the hash of a cell's data; VM version 0.
    pub const DATA: Self = Self(0);
    /// `code_hash` is the hash of a cell's type script.
    pub const TYPE: Self = Self(1);
    /// As [`DATA`](Self::DATA), VM version 1.
    pub const DATA1: Self = Self(2);
    /// As [`DATA`](Self::DATA), VM version 2.
    pub const DATA2: Self = Self(4);

    /// Whether the byte is well formed: even, or 1. That does not make it usable: 6, 8, … 254
    /// are still unassigned.
    #[must_use]
    pub const fn is_admissible(self) -> bool {
        self.0.is_multiple_of(2) || self.0 == Self::TYPE.0
    }

    fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let hash_type = Self(u8::from_le_bytes(primitive(bytes)?));
        decoder.rules.require(RuleId("ENC-011"), hash_type.is_admissible(), |broken| {
            broken.with("hash_type", hash_type.0)
        })?;
        Ok(hash_type)
    }
}

/// A script: a table of 53 bytes and its arguments.
//= ENC-010
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Script {
    /// The hash that identifies the program; `hash_type` says which hash it is.
    pub code_hash: Byte32,
    /// How `code_hash` finds the program, and in which VM the program runs.
    pub hash_type: HashType,
    /// Bytes that the program can read.
    pub args: Vec<u8>,
}

impl Script {
    /// Decodes a `Script`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let [code_hash, hash_type, args] = table(bytes, decoder.mode)?;
        Ok(Self {
            code_hash: Byte32(primitive(code_hash)?),
            hash_type: HashType::decode(hash_type, decoder)?,
            args: decode_bytes(args)?,
        })
    }

    /// Encodes a `Script`: 53 bytes and the arguments.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        encode_table(&[
            self.code_hash.0.to_vec(),
            vec![self.hash_type.0],
            encode_bytes(&self.args)?,
        ])
    }
}

/// Decodes a `ScriptOpt`; no bytes mean no script.
pub fn decode_script_opt(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Option<Script>, Violation> {
    decode_option(bytes, |script| Script::decode(script, decoder))
}

/// Encodes a `ScriptOpt`, as no bytes if there is no script.
pub fn encode_script_opt(script: Option<&Script>) -> Result<Vec<u8>, Violation> {
    encode_option(script, Script::encode)
}
