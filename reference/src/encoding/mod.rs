//! Encoding: molecule bytes of every consensus object, and the hashes over them.
//!
//! [`molecule`] holds the layouts. [`script`], [`transaction`], [`witness`], [`header`] and
//! [`block`] say which object has which layout, from the smallest to the largest. [`hash`],
//! [`merkle`] and [`header_digest`] are built on their bytes.
//!
//! `decode` takes exactly the bytes of one object. It checks the layout, and also everything that
//! the node checks when it decodes, wherever such a field occurs: first the outer header, then the
//! fields from left to right.
//! `encode` and strict `decode` are each other's inverse.
//! `decode` of every object takes a [`Decoder`], even where neither mode nor rules matter.
//! `encode` does not check values; for objects of variable length it returns a
//! [`Violation`](crate::Violation) when a length exceeds 32 bits.

pub mod block;
mod ckbhash;
pub mod hash;
pub mod header;
pub mod header_digest;
pub mod merkle;
pub mod molecule;
pub mod script;
pub mod transaction;
pub mod witness;

#[cfg(test)]
mod tests;

use crate::RuleSet;
use std::fmt;

/// What a decoder does with extra fields of a table, and of the tables inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Refuses extra fields. Then no two encodings decode to the same value: encoding the value
    /// gives back the same bytes.
    //= ENC-007
    Strict,
    /// Ignores the content of fields after those of the schema.
    Compatible,
}

/// The mode of decoding, and the rules that are on.
#[derive(Clone, Copy, Debug)]
pub struct Decoder<'a> {
    /// What to do with extra fields.
    pub mode: Mode,
    /// The rules that are on.
    pub rules: &'a RuleSet,
}

/// 32 bytes that are not a number: a hash, or the `dao` field (`Byte32` in the schema).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Byte32(pub [u8; 32]);

impl Byte32 {
    /// 32 zero bytes, which some rules use as the hash of nothing.
    pub const ZERO: Self = Self([0; 32]);
}

impl fmt::Display for Byte32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
