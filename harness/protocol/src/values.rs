//! Integers and byte strings as they travel.
//!
//! JSON numbers lose precision in many languages, so every integer is a `0x` string without
//! leading zeros and every byte string is `0x` with two digits a byte. Both are lower case:
//! one value has one spelling, and answers can be compared as text.

use ruint::aliases::U256;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::borrow::Cow;

/// The pattern of an integer on the wire.
const QUANTITY: &str = "^0x(0|[1-9a-f][0-9a-f]*)$";

/// Why a text is not an integer of a given width.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotAQuantity {
    /// It does not begin with `0x`, has leading zeros, upper-case digits or other characters.
    #[error("`{0}` is not a `0x` integer in lower case without leading zeros")]
    Spelling(String),
    /// It is wider than the type.
    #[error("`{0}` does not fit {1} bits")]
    Width(String, usize),
}

/// Parses the wire form of an unsigned integer of up to 256 bits.
fn parse_quantity(text: &str, bits: usize) -> Result<U256, NotAQuantity> {
    let spelling = || NotAQuantity::Spelling(shorten(text));
    let digits = text.strip_prefix("0x").ok_or_else(spelling)?;
    let canonical = digits == "0" || !(digits.is_empty() || digits.starts_with('0'));
    let lower_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    if !canonical || !digits.bytes().all(lower_hex) {
        return Err(spelling());
    }
    let width = || NotAQuantity::Width(shorten(text), bits);
    let value = U256::from_str_radix(digits, 16).map_err(|_| width())?;
    if value.bit_len() > bits { Err(width()) } else { Ok(value) }
}

/// Cuts a text that a stranger sent, so that an error message stays readable.
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

/// What the four integer types share: how they are read, written and described.
trait Quantity: Sized {
    const NAME: &'static str;
    const BITS: usize;
    fn from_wide(value: U256) -> Option<Self>;

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let value = parse_quantity(&text, Self::BITS).map_err(D::Error::custom)?;
        Self::from_wide(value).ok_or_else(|| D::Error::custom("out of range"))
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
    fn from_wide(value: U256) -> Option<Self> {
        value.try_into().ok().map(Self)
    }
}

impl Quantity for Uint64 {
    const NAME: &'static str = "Uint64";
    const BITS: usize = 64;
    fn from_wide(value: U256) -> Option<Self> {
        value.try_into().ok().map(Self)
    }
}

impl Quantity for Uint128 {
    const NAME: &'static str = "Uint128";
    const BITS: usize = 128;
    fn from_wide(value: U256) -> Option<Self> {
        value.try_into().ok().map(Self)
    }
}

impl Quantity for Uint256 {
    const NAME: &'static str = "Uint256";
    const BITS: usize = 256;
    fn from_wide(value: U256) -> Option<Self> {
        Some(Self(value))
    }
}

/// serde and schemars ask for their own traits: each integer type forwards to [`Quantity`].
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

/// 32 bytes: a hash, a root, the DAO field.
pub type Byte32 = FixedBytes<32>;

/// 10 bytes: the start of a transaction hash, as blocks propose it.
pub type ProposalShortId = FixedBytes<10>;

/// Why a text is not a byte string.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotBytes {
    /// It does not begin with `0x`, has an odd number of digits, or others than `0-9a-f`.
    #[error("`{0}` is not `0x` hex in lower case with two digits a byte")]
    Spelling(String),
    /// It has another length than the field.
    #[error("expected {expected} bytes, got {got}")]
    Length {
        /// The field's length.
        expected: usize,
        /// The text's length.
        got: usize,
    },
}

/// Parses the wire form of a byte string.
///
/// # Errors
/// [`NotBytes::Spelling`] unless the text is lower-case `0x` hex with an even number of digits.
pub fn parse_bytes(text: &str) -> Result<Vec<u8>, NotBytes> {
    let spelling = || NotBytes::Spelling(shorten(text));
    let digits = text.strip_prefix("0x").ok_or_else(spelling)?;
    if digits.starts_with("0x") || digits.bytes().any(|c| c.is_ascii_uppercase()) {
        return Err(spelling());
    }
    const_hex::decode(digits).map_err(|_| spelling())
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&const_hex::encode_prefixed(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        parse_bytes(&text).map(Self).map_err(D::Error::custom)
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
        let text = Cow::<'de, str>::deserialize(from)?;
        let bytes = parse_bytes(&text).map_err(D::Error::custom)?;
        let got = bytes.len();
        let array = <[u8; N]>::try_from(bytes);
        array.map(Self).map_err(|_| D::Error::custom(NotBytes::Length { expected: N, got }))
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
