//! Long strings, for those who read: what is left of them can still be told apart.

use ckbspec_reference::encoding::hash::ckbhash;
use serde_json::Value;

/// The same value with its strings above a length cut: their beginning, their length, their hash.
pub fn elide_to(value: &Value, shown: usize) -> Value {
    match value {
        Value::String(text) if text.len() > shown => {
            let head: String = text.chars().take(shown * 3 / 7).collect();
            let hash = const_hex::encode(ckbhash(text.as_bytes()).0);
            let (hash, _) = hash.split_at_checked(8).unwrap_or((&hash, ""));
            Value::String(format!("{head}… ({} characters, ckbhash {hash})", text.len()))
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
