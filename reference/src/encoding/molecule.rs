//! The layouts of molecule (RFC 0008): how bytes hold fields and items.
//!
//! | layout | bytes | length |
//! |---|---|---|
//! | primitive | the value, numbers little-endian | constant |
//! | struct | the fields, one after another | constant |
//! | fixvec | count ‖ items of one constant length | 4 + count · item length |
//! | dynvec | total length ‖ an offset for each item ‖ items | total length |
//! | table | total length ‖ an offset for each field ‖ fields | total length |
//! | option | nothing, or the value | 0, or that of the value |
//!
//! Counts, lengths and offsets are numbers of 4 bytes, little-endian. Offsets count from the
//! first byte of their own vector or table. There is no padding, no tag and no version anywhere.
//!
//! A reader cuts bytes into slices and never trusts a claimed count: the memory that it allocates
//! is bounded by the number of bytes that it was given.

use super::Mode;
use crate::{RuleId, Violation};

/// The size of a count, a length or an offset in bytes.
pub(crate) const NUMBER_SIZE: usize = 4;

/// The least first offset: the first item follows the total length and one offset.
const FIRST_OFFSET_MIN: usize = 8;

/// Decodes a `Uint64`: 8 bytes, little-endian.
pub fn decode_uint64(bytes: &[u8]) -> Result<u64, Violation> {
    primitive(bytes).map(u64::from_le_bytes)
}

/// Encodes a `Uint64`: 8 bytes, little-endian.
#[must_use]
pub const fn encode_uint64(value: u64) -> [u8; 8] {
    value.to_le_bytes()
}

/// Decodes `Bytes`: a fixvec of bytes.
pub fn decode_bytes(bytes: &[u8]) -> Result<Vec<u8>, Violation> {
    fixvec::<1>(bytes).map(|bytes| bytes.as_flattened().to_vec())
}

/// Encodes `Bytes`: a fixvec of bytes.
pub fn encode_bytes(value: &[u8]) -> Result<Vec<u8>, Violation> {
    let (bytes, _) = value.as_chunks::<1>();
    encode_fixvec(bytes)
}

/// Decodes a `BytesVec`: a dynvec of `Bytes`.
pub fn decode_bytes_vec(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Violation> {
    dynvec(bytes)?.into_iter().map(decode_bytes).collect()
}

/// Encodes a `BytesVec`: a dynvec of `Bytes`.
pub fn encode_bytes_vec(value: &[Vec<u8>]) -> Result<Vec<u8>, Violation> {
    encode_dynvec(value.iter().map(|item| encode_bytes(item)))
}

/// A value, or `None` for no bytes.
//= ENC-006
pub(crate) fn decode_option<T>(
    bytes: &[u8],
    decode: impl FnOnce(&[u8]) -> Result<T, Violation>,
) -> Result<Option<T>, Violation> {
    if bytes.is_empty() { Ok(None) } else { decode(bytes).map(Some) }
}

/// The bytes of a value, or no bytes for `None`.
//= ENC-006
pub(crate) fn encode_option<T>(
    value: Option<T>,
    encode: impl FnOnce(T) -> Result<Vec<u8>, Violation>,
) -> Result<Vec<u8>, Violation> {
    value.map_or_else(|| Ok(Vec::new()), encode)
}

/// The bytes of a primitive of `N` bytes.
//= ENC-001
pub(crate) fn primitive<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Violation> {
    let wrong = |_| wrong_length(RuleId("ENC-001"), N, bytes);
    bytes.try_into().map_err(wrong)
}

/// The rest of a struct, from which fields are taken in schema order.
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The fields of a struct of `size` bytes.
    //= ENC-002
    pub(crate) fn of_struct(bytes: &'a [u8], size: usize) -> Result<Self, Violation> {
        if bytes.len() == size {
            Ok(Self(bytes))
        } else {
            Err(wrong_length(RuleId("ENC-002"), size, bytes))
        }
    }

    /// Takes the next `N` bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((field, rest)) = self.0.split_first_chunk() else {
            unreachable!("a struct's size is the sum of its fields");
        };
        self.0 = rest;
        *field
    }
}

/// The bytes of a struct of `N` bytes: its fields, in schema order.
pub(crate) fn encode_struct<const N: usize>(fields: &[&[u8]]) -> [u8; N] {
    let bytes = fields.concat();
    bytes.try_into().unwrap_or_else(|_| unreachable!("a struct's size is the sum of its fields"))
}

/// The items of a fixvec, `N` bytes each. An empty fixvec is four zero bytes.
//= ENC-003
pub(crate) fn fixvec<const N: usize>(bytes: &[u8]) -> Result<&[[u8; N]], Violation> {
    let Some((count, body)) = split_number(bytes) else {
        return Err(Violation::of(RuleId("ENC-003")).with("count cut off at byte", bytes.len()));
    };
    // Cut the bytes into items and count these: the claimed count is only compared, never used.
    let (items, rest) = body.as_chunks::<N>();
    if items.len() == count && rest.is_empty() {
        return Ok(items);
    }
    Err(Violation::of(RuleId("ENC-003"))
        .with("count", count)
        .with("bytes an item", N)
        .with("bytes of items", body.len()))
}

/// The bytes of a fixvec.
//= ENC-003
pub(crate) fn encode_fixvec<const N: usize>(items: &[[u8; N]]) -> Result<Vec<u8>, Violation> {
    let Ok(count) = u32::try_from(items.len()) else {
        return Err(Violation::of(RuleId("ENC-003")).with("count", items.len()));
    };
    Ok([&count.to_le_bytes(), items.as_flattened()].concat())
}

/// The items of a dynvec. An empty dynvec is the four bytes `04000000`.
//= ENC-004
pub(crate) fn dynvec(bytes: &[u8]) -> Result<Vec<&[u8]>, Violation> {
    spans(bytes, offsets(bytes)?)
}

/// The bytes of a dynvec, from the bytes of its items.
//= ENC-004
pub(crate) fn encode_dynvec(
    items: impl Iterator<Item = Result<Vec<u8>, Violation>>,
) -> Result<Vec<u8>, Violation> {
    encode_table(&items.collect::<Result<Vec<_>, _>>()?)
}

/// The first `N` fields of a table, where `N` is the number of fields in the schema.
//= ENC-005
pub(crate) fn table<const N: usize>(bytes: &[u8], mode: Mode) -> Result<[&[u8]; N], Violation> {
    let offsets = offsets(bytes)?;
    let unknown_fields = offsets.len() > N;
    if offsets.len() < N || (unknown_fields && mode == Mode::Strict) {
        return Err(Violation::of(RuleId("ENC-005"))
            .with("expected", format_args!("{N} fields"))
            .with("got", offsets.len()));
    }
    // Unknown fields have offsets in the header, which are checked as well.
    let fields = spans(bytes, offsets)?;
    let Some(known) = fields.first_chunk() else {
        unreachable!("a span for each offset, and there are at least {N}");
    };
    Ok(*known)
}

/// The number of fields in a table: its first offset / 4 − 1.
pub(crate) fn field_count(bytes: &[u8]) -> Result<usize, Violation> {
    offsets(bytes).map(<[_]>::len)
}

/// The bytes of a table, from the bytes of its fields.
//= ENC-004
pub(crate) fn encode_table(fields: &[Vec<u8>]) -> Result<Vec<u8>, Violation> {
    let too_long = || Violation::of(RuleId("ENC-004")).with("total length", "above 2^32 - 1");
    let mut end = header_length(fields.len()).ok_or_else(too_long)?;
    let mut offsets = Vec::new();
    for field in fields {
        offsets.extend(end.to_le_bytes());
        let length = u32::try_from(field.len()).ok();
        end = length.and_then(|length| end.checked_add(length)).ok_or_else(too_long)?;
    }
    Ok([&end.to_le_bytes(), offsets.as_slice(), &fields.concat()].concat())
}

/// The length of a header with `count` offsets; `None` when it exceeds 32 bits.
fn header_length(count: usize) -> Option<u32> {
    u32::try_from(count).ok()?.checked_add(1)?.checked_mul(4)
}

/// The offsets in the header of a dynvec or a table; no offsets when it consists of its length.
///
/// The first offset is where the header ends, so it determines how many offsets there are.
//= ENC-004
fn offsets(bytes: &[u8]) -> Result<&[[u8; NUMBER_SIZE]], Violation> {
    let cut_off = || Violation::of(RuleId("ENC-004")).with("header cut off at byte", bytes.len());
    let (total, rest) = split_number(bytes).ok_or_else(cut_off)?;
    if total != bytes.len() {
        return Err(Violation::of(RuleId("ENC-004"))
            .with("total length", total)
            .with("got", format_args!("{} bytes", bytes.len())));
    }
    if rest.is_empty() {
        return Ok(&[]);
    }
    let (first, _) = split_number(rest).ok_or_else(cut_off)?;
    let aligned = first.is_multiple_of(NUMBER_SIZE) && first >= FIRST_OFFSET_MIN;
    match bytes.get(NUMBER_SIZE..first) {
        Some(header) if aligned => Ok(header.as_chunks().0),
        _ => Err(Violation::of(RuleId("ENC-004"))
            .with("first offset", first)
            .with("total length", total)),
    }
}

/// The slices between neighbouring offsets; the last slice ends with the bytes.
//= ENC-004
fn spans<'a>(bytes: &'a [u8], offsets: &[[u8; NUMBER_SIZE]]) -> Result<Vec<&'a [u8]>, Violation> {
    let starts = offsets.iter().map(|offset| number(*offset));
    let ends = starts.clone().skip(1).chain([bytes.len()]);
    let span = |(start, end)| {
        bytes.get(start..end).ok_or_else(|| {
            Violation::of(RuleId("ENC-004"))
                .with("offset", start)
                .with("next offset", end)
                .with("total length", bytes.len())
        })
    };
    starts.zip(ends).map(span).collect()
}

/// Splits a leading number off; `None` when there are fewer than 4 bytes.
fn split_number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (bytes, rest) = bytes.split_first_chunk()?;
    Some((number(*bytes), rest))
}

/// A count, a length or an offset.
fn number(bytes: [u8; NUMBER_SIZE]) -> usize {
    let number = u32::from_le_bytes(bytes);
    usize::try_from(number).unwrap_or_else(|_| unreachable!("usize has 32 bits at least"))
}

/// A violation for bytes that do not have their constant length.
fn wrong_length(rule: RuleId, expected: usize, bytes: &[u8]) -> Violation {
    Violation::of(rule).with("expected", format_args!("{expected} bytes")).with("got", bytes.len())
}
