//! Integers and byte strings on the wire.
//!
//! JSON numbers lose precision in many languages, so every integer is a `0x` string without
//! leading zeros, and every byte string is `0x` with two digits for each byte. Both are lower case:
//! each value has one spelling, so answers can be compared as text.

use ruint::aliases::U256;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// The pattern of an integer on the wire.
const QUANTITY: &str = "^0x(0|[1-9a-f][0-9a-f]*)$";

/// Why a text is not an integer of the type.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotAQuantity {
    /// It does not begin with `0x`, or has leading zeros, upper-case digits or other characters.
    #[error("`{0}` is not a `0x` integer in lower case without leading zeros")]
    Spelling(String),
    /// It has more bits than the type.
    #[error("`{0}` does not fit {1} bits")]
    Width(String, usize),
}

/// The digits of an integer in its wire form.
fn quantity_digits(text: &str) -> Result<&str, NotAQuantity> {
    let digits = text.strip_prefix("0x").unwrap_or_default();
    let canonical = digits == "0" || !(digits.is_empty() || digits.starts_with('0'));
    let lower_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    if canonical && digits.bytes().all(lower_hex) {
        return Ok(digits);
    }
    Err(NotAQuantity::Spelling(shorten(text)))
}

/// Parses a value directly from the borrowed string, because the audit reads millions of headers.
struct TextVisitor<T, E> {
    parse: fn(&str) -> Result<T, E>,
    expected: &'static str,
}

impl<T, E: fmt::Display> Visitor<'_> for TextVisitor<T, E> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<F: de::Error>(self, text: &str) -> Result<T, F> {
        (self.parse)(text).map_err(F::custom)
    }
}

/// Truncates a text from outside, so that an error message stays readable.
fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// An unsigned integer of 32 bits, `0x` hex on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uint32(pub u32);

/// An unsigned integer of 64 bits, `0x` hex on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uint64(pub u64);

/// An unsigned integer of 128 bits, `0x` hex on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uint128(pub u128);

/// An unsigned integer of 256 bits, `0x` hex on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uint256(pub U256);

/// Parsing and schema of the four integer types.
trait Quantity: Sized {
    const NAME: &'static str;
    const BITS: usize;
    /// The number with these hexadecimal digits; `None` if it does not fit.
    fn from_digits(digits: &str) -> Option<Self>;

    fn parse(text: &str) -> Result<Self, NotAQuantity> {
        let value = Self::from_digits(quantity_digits(text)?);
        value.ok_or_else(|| NotAQuantity::Width(shorten(text), Self::BITS))
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected = "an integer as a string, `0x` and hexadecimal digits";
        from.deserialize_str(TextVisitor { parse: Self::parse, expected })
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "pattern": QUANTITY,
            "description": format!("an unsigned integer of {} bits", Self::BITS),
        })
    }
}

impl Quantity for Uint32 {
    const NAME: &'static str = "Uint32";
    const BITS: usize = 32;
    fn from_digits(digits: &str) -> Option<Self> {
        u32::from_str_radix(digits, 16).ok().map(Self)
    }
}

impl Quantity for Uint64 {
    const NAME: &'static str = "Uint64";
    const BITS: usize = 64;
    fn from_digits(digits: &str) -> Option<Self> {
        u64::from_str_radix(digits, 16).ok().map(Self)
    }
}

impl Quantity for Uint128 {
    const NAME: &'static str = "Uint128";
    const BITS: usize = 128;
    fn from_digits(digits: &str) -> Option<Self> {
        u128::from_str_radix(digits, 16).ok().map(Self)
    }
}

impl Quantity for Uint256 {
    const NAME: &'static str = "Uint256";
    const BITS: usize = 256;
    fn from_digits(digits: &str) -> Option<Self> {
        U256::from_str_radix(digits, 16).ok().map(Self)
    }
}

/// Implements the traits of serde and schemars for each integer type with [`Quantity`].
macro_rules! forward_quantity {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&format_args!("{:#x}", self.0))
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Self::read(from)
            }
        }
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                <Self as Quantity>::NAME.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                Self::schema()
            }
        }
    )*};
}

forward_quantity!(Uint32, Uint64, Uint128, Uint256);

/// A byte string of any length, `0x` hex on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

/// A byte string of exactly `N` bytes, `0x` hex on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedBytes<const N: usize>(pub [u8; N]);

/// 32 bytes: a hash, a root or the DAO field.
pub type Byte32 = FixedBytes<32>;

/// The first 10 bytes of a transaction hash, by which a block proposes the transaction (HASH-014).
pub type ProposalShortId = FixedBytes<10>;

/// Why a text is not a byte string.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotBytes {
    /// It does not begin with `0x`, has an odd number of digits, or has digits other than `0-9a-f`.
    #[error("`{0}` is not `0x` hex in lower case with two digits a byte")]
    Spelling(String),
    /// It does not have the length of the field.
    #[error("expected {expected} bytes, got {got}")]
    Length {
        /// The length of the field in bytes.
        expected: usize,
        /// The length of the text in bytes.
        got: usize,
    },
}

/// Parses the wire form of a byte string.
///
/// # Errors
/// [`NotBytes::Spelling`] unless the text is lower-case `0x` hex with an even number of digits.
pub fn parse_bytes(text: &str) -> Result<Vec<u8>, NotBytes> {
    let digits = byte_digits(text)?;
    const_hex::decode(digits).map_err(|_| NotBytes::Spelling(shorten(text)))
}

/// The digits of a byte string; the caller's decoder checks that all of them are hexadecimal.
fn byte_digits(text: &str) -> Result<&str, NotBytes> {
    let digits = text.strip_prefix("0x").filter(|digits| {
        !digits.starts_with("0x") && !digits.bytes().any(|c| c.is_ascii_uppercase())
    });
    digits.ok_or_else(|| NotBytes::Spelling(shorten(text)))
}

/// Parses the wire form of a byte string of `N` bytes.
fn parse_fixed_bytes<const N: usize>(text: &str) -> Result<FixedBytes<N>, NotBytes> {
    let mut bytes = [0; N];
    if const_hex::decode_to_slice(byte_digits(text)?, &mut bytes).is_ok() {
        return Ok(FixedBytes(bytes));
    }
    let got = parse_bytes(text)?.len();
    Err(NotBytes::Length { expected: N, got })
}

/// The description of a byte string in error messages.
const BYTES_EXPECTED: &str = "bytes as a string, `0x` and two hexadecimal digits a byte";

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&const_hex::encode_prefixed(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let visitor = TextVisitor { parse: parse_bytes, expected: BYTES_EXPECTED };
        from.deserialize_str(visitor).map(Self)
    }
}

impl JsonSchema for Bytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^0x([0-9a-f]{2})*$",
            "description": "a byte string, two digits a byte",
        })
    }
}

impl<const N: usize> Serialize for FixedBytes<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&const_hex::encode_prefixed(self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for FixedBytes<N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(TextVisitor { parse: parse_fixed_bytes, expected: BYTES_EXPECTED })
    }
}

impl<const N: usize> JsonSchema for FixedBytes<N> {
    fn schema_name() -> Cow<'static, str> {
        format!("Byte{N}").into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": format!("^0x([0-9a-f]{{2}}){{{N}}}$"),
            "description": format!("exactly {N} bytes"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integer_has_one_spelling() {
        for good in ["\"0x0\"", "\"0x1a08a97e\"", "\"0xffffffff\""] {
            let value: Uint32 = serde_json::from_str(good).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), good);
        }
        for bad in ["1", "\"1\"", "\"0x\"", "\"0x01\"", "\"0xA\"", "\"0x100000000\"", "\"0x+1\""] {
            assert!(serde_json::from_str::<Uint32>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bytes_have_one_spelling() {
        for bad in ["\"\"", "\"00\"", "\"0x0\"", "\"0xAB\"", "\"0x0x00\"", "\"0xzz\""] {
            assert!(serde_json::from_str::<Bytes>(bad).is_err(), "{bad}");
        }
        assert_eq!(serde_json::from_str::<Bytes>("\"0x00ff\"").unwrap(), Bytes(vec![0, 255]));
    }
}
