//! The changes to a twin: a path in the twin's input, and the value that replaces the one there.
//!
//! `compact_target` is a key; `bytes[4..8]` are bytes of a hex string, whose replacement may be
//! longer or shorter; `[8..8]` inserts and `"0x"` deletes.

use serde_json::Value;
use std::ops::Range;

/// Applies one change to a twin's input.
///
/// # Errors
/// A message when nothing is at the path, or the value does not fit there.
pub(super) fn apply(input: &mut Value, path: &str, value: &Value) -> Result<(), String> {
    let (keys, bytes) = match path.split_once('[') {
        Some((keys, range)) => (keys, Some(parse_range(range)?)),
        None => (path, None),
    };
    let mut place = input;
    for key in keys.split('.') {
        place = place.get_mut(key).ok_or(format!("the twin's input has no `{key}`"))?;
    }
    let changed = match bytes {
        None => value.clone(),
        Some(range) => Value::String(splice(place, range, value)?),
    };
    if *place == changed {
        return Err("the twin has this value already".into());
    }
    *place = changed;
    Ok(())
}

/// Parses `4..8]`.
fn parse_range(text: &str) -> Result<Range<usize>, String> {
    let bounds = text.strip_suffix(']').and_then(|text| text.split_once(".."));
    let parsed = bounds.and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    parsed.ok_or("a range of bytes is `[FROM..TO]`, the end exclusive".into())
}

/// Replaces bytes of a hex string.
fn splice(place: &Value, bytes: Range<usize>, value: &Value) -> Result<String, String> {
    let old = hex_digits(place).ok_or("only a hex string has bytes")?;
    let new = hex_digits(value).ok_or("bytes are replaced by a hex string")?;
    let length = old.len().checked_div(2).unwrap_or_default();
    let end = bytes.end.checked_mul(2).and_then(|to| old.get(to..));
    let start = bytes.start.checked_mul(2).and_then(|from| old.get(..from));
    match (start, end) {
        (Some(head), Some(tail)) if bytes.start <= bytes.end => Ok(format!("0x{head}{new}{tail}")),
        _ => Err(format!("the twin has {length} bytes")),
    }
}

fn hex_digits(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix("0x")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_are_replaced_inserted_and_deleted() {
        for (range, new, expected) in
            [("1..2", "0xff", "0x00ff02"), ("3..3", "0x03", "0x00010203"), ("0..1", "0x", "0x0102")]
        {
            let mut input = json!({"bytes": "0x000102"});
            apply(&mut input, &format!("bytes[{range}]"), &json!(new)).unwrap();
            assert_eq!(input, json!({"bytes": expected}));
        }
    }

    #[test]
    fn a_change_that_changes_nothing_is_refused() {
        let mut input = json!({"bytes": "0x00", "n": "0x1"});
        for (path, value) in
            [("n", "0x1"), ("m", "0x1"), ("bytes[0..2]", "0x"), ("bytes[1..0]", "0x")]
        {
            assert!(apply(&mut input, path, &json!(value)).is_err(), "{path}");
        }
    }
}
