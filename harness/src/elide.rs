//! Long strings, for those who read: what is left of them can still be told apart.

use ckbspec_reference::encoding::hash::ckbhash;
use serde_json::Value;

/// The longest string that fits on a line beside others.
pub const SHOWN: usize = 140;

/// The same value with its strings above a length cut: their beginning, their length, their hash.
pub fn elide_to(value: &Value, shown: usize) -> Value {
    match value {
        Value::String(text) if text.len() > shown => {
            // What was cut before keeps its length and its hash.
            let cut = text.rfind("… (").filter(|_| text.ends_with(')'));
            let (text, end) = match cut.and_then(|at| text.split_at_checked(at)) {
                Some((text, end)) => (text, end.to_owned()),
                None => {
                    let hash = const_hex::encode(ckbhash(text.as_bytes()).0);
                    let (hash, _) = hash.split_at_checked(8).unwrap_or((&hash, ""));
                    (text.as_str(), format!("… ({} characters, ckbhash {hash})", text.len()))
                }
            };
            let head: String = text.chars().take(shown * 3 / 7).collect();
            Value::String(head + &end)
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| elide_to(item, shown)).collect())
        }
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(k, v)| (k.clone(), elide_to(v, shown))).collect())
        }
        other => other.clone(),
    }
}
