//! A line of a stranger, read strictly: what JSON libraries let pass in silence is named.

use super::outcome::{Failure, Outcome};
use ckbspec_protocol::message::Response;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// The bytes that some editors and languages put before UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

pub(crate) fn read_response(line: &[u8]) -> Result<Response, Failure> {
    let shown = shorten(line);
    let json = |what: String| Err((Outcome::ProtocolJson, format!("{what}: {shown}")));
    if line.starts_with(BOM) {
        return json("a line begins with a byte order mark".into());
    }
    let looks_like_json = line.trim_ascii_start().starts_with(b"{");
    let value = match read_strictly(line) {
        Ok(value) => value,
        Err(_) if !looks_like_json => {
            let hint = if line.contains(&0x1b) {
                "terminal colours do not belong on standard output"
            } else {
                "does a library print to standard output?"
            };
            return Err((Outcome::ProtocolNoise, format!("not JSON: {shown}; {hint}")));
        }
        Err(error) => {
            return json(match std::str::from_utf8(line) {
                Ok(_) => no_response(&error),
                Err(at) => format!("not UTF-8 at byte {}", at.valid_up_to()),
            });
        }
    };
    let Some(fields) = value.as_object() else {
        return json("no response (not an object)".into());
    };
    let answers = ["ok", "unsupported", "fault"].iter().any(|name| fields.contains_key(*name));
    if fields.contains_key("op") && !answers {
        return json("the question itself came back as the answer".into());
    }
    serde_json::from_value(value).or_else(|error| json(no_response(&error)))
}

/// The message of the library may quote as much as it has read.
fn no_response(error: &serde_json::Error) -> String {
    format!("no response ({})", printable(&error.to_string()))
}

/// The beginning of a line that a stranger wrote, safe to print.
pub(crate) fn shorten(line: &[u8]) -> String {
    format!("`{}`", printable(&String::from_utf8_lossy(line.get(..1024).unwrap_or(line))))
}

fn printable(text: &str) -> String {
    let mut chars = text.chars();
    let mut shown = String::new();
    for c in chars.by_ref().take(160) {
        // What could move a cursor, and what cannot be seen.
        if c.is_control() || c.escape_debug().len() > 2 {
            shown.extend(c.escape_debug());
        } else {
            shown.push(c);
        }
    }
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Reads JSON in which no object has a key twice: of two answers in one line, libraries would
/// take the first or the last, each its own.
fn read_strictly(line: &[u8]) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    let value = Strict.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = vec![];
        while let Some(item) = items.next_element_seed(Self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let value = fields.next_value_seed(Self)?;
            if object.insert(name.clone(), value).is_some() {
                return Err(de::Error::custom(format!("key `{name}` twice in an object")));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[u8]) -> String {
        match read_response(line) {
            Ok(response) => format!("ok {}", response.id),
            Err((outcome, reason)) => format!("{outcome} {reason}"),
        }
    }

    #[test]
    fn every_slip_has_its_name() {
        assert_eq!(read(b"{\"id\":7,\"ok\":{}}\r"), "ok 7");
        for (line, expected) in [
            (&b"\xef\xbb\xbf{}"[..], "protocol.json a line begins with a byte order mark"),
            (b"{\"id\":7,\"ok\":{\"a\":1,\"a\":2}}", "protocol.json no response (key `a` twice"),
            (b"{\"id\":7,\"op\":\"x\",\"in\":{}}", "protocol.json the question itself"),
            (b"{\"id\":7,\"ok\":\"\xff\"}", "protocol.json not UTF-8 at byte 14"),
            (b"{\"id\":-1}", "protocol.json no response (invalid value"),
            (b"\x1b[1mok", "protocol.noise not JSON: `\\u{1b}[1mok`; terminal colours"),
            (b"", "protocol.noise"),
            (b"7", "protocol.json no response (not an object)"),
            (b"{} {}", "protocol.json no response (trailing"),
        ] {
            assert!(read(line).starts_with(expected), "{}", read(line));
        }
        let deep = format!("{{\"id\":7,\"ok\":{}", "[".repeat(100_000));
        assert!(read(deep.as_bytes()).contains("recursion limit"), "{}", read(deep.as_bytes()));
    }
}
