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

/// The digits of an integer in its wire form.
fn quantity_digits(text: &str) -> Result<&str, String> {
    let digits = text.strip_prefix("0x").unwrap_or_default();
    let canonical = digits == "0" || !(digits.is_empty() || digits.starts_with('0'));
    let lower_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    if canonical && digits.bytes().all(lower_hex) {
        return Ok(digits);
    }
    let text = shorten(text);
    Err(format!("`{text}` is not a `0x` integer in lower case without leading zeros"))
}

/// Reads a value out of a string where it lies: the audit reads millions of headers.
struct TextVisitor<T> {
    parse: fn(&str) -> Result<T, String>,
    expected: &'static str,
}

impl<T> Visitor<'_> for TextVisitor<T> {
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

/// The integer types: how they are read, written and described.
macro_rules! quantities {
    ($($name:ident($number:ident): $bits:literal bits;)*) => {$(
        #[doc = concat!("An unsigned integer of ", $bits, " bits, `0x` hex on the wire.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $number);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&format_args!("{:#x}", self.0))
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let parse = |text: &str| {
                    let number = $number::from_str_radix(quantity_digits(text)?, 16);
                    let too_wide = |_| format!("`{}` does not fit {} bits", shorten(text), $bits);
                    number.map(Self).map_err(too_wide)
                };
                let expected = "an integer as a string, `0x` and hexadecimal digits";
                from.deserialize_str(TextVisitor { parse, expected })
            }
        }
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": "^0x(0|[1-9a-f][0-9a-f]*)$",
                    "description": concat!("an unsigned integer of ", $bits, " bits"),
                })
            }
        }
    )*};
}

quantities! {
    Uint32(u32): 32 bits;
    Uint64(u64): 64 bits;
    Uint128(u128): 128 bits;
    Uint256(U256): 256 bits;
}

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

/// Why a text is not a byte string of any length.
fn no_bytes(text: &str) -> String {
    format!("`{}` is not `0x` hex in lower case with two digits a byte", shorten(text))
}

/// The digits of a byte string; that all of them are hexadecimal is left to the decoder.
fn byte_digits(text: &str) -> Result<&str, String> {
    let digits = text.strip_prefix("0x").filter(|digits| {
        !digits.starts_with("0x") && !digits.bytes().any(|c| c.is_ascii_uppercase())
    });
    digits.ok_or_else(|| no_bytes(text))
}

fn parse_bytes(text: &str) -> Result<Bytes, String> {
    const_hex::decode(byte_digits(text)?).map(Bytes).map_err(|_| no_bytes(text))
}

fn parse_fixed_bytes<const N: usize>(text: &str) -> Result<FixedBytes<N>, String> {
    let mut bytes = [0; N];
    if const_hex::decode_to_slice(byte_digits(text)?, &mut bytes).is_ok() {
        return Ok(FixedBytes(bytes));
    }
    Err(format!("expected {N} bytes, got {}", parse_bytes(text)?.0.len()))
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
        from.deserialize_str(TextVisitor { parse: parse_bytes, expected: BYTES_EXPECTED })
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
