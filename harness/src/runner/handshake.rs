//! `hello`, and what the adapter can be asked.

use super::process::{Event, Process, describe};
use crate::vectors::Case;
use ckbspec_protocol::message::{HelloIn, Response};
use ckbspec_protocol::{CTP, Hello, Request};
use std::time::Duration;

/// Asks `hello`.
///
/// # Errors
/// In words, why this adapter cannot be used.
pub(super) fn hello(process: &mut Process, deadline: Duration) -> Result<Hello, String> {
    let deadline_ms = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
    let asked = HelloIn::new(env!("CARGO_PKG_VERSION"), deadline_ms);
    let input = serde_json::to_value(&asked).map_err(|error| error.to_string())?;
    process.send(question_line(&Request {
        id: 0,
        op: "hello".into(),
        case: None,
        env: ckbspec_protocol::Env::default(),
        input,
        must: vec![],
    }));
    let line = match process.next(deadline) {
        Some(Event::Line(line)) => line,
        Some(Event::Oversize) => return Err("its answer to `hello` exceeds 16 MiB".into()),
        Some(Event::End(_)) => {
            let status = process.reap();
            return Err(format!("{} before it answered `hello`", describe(status)));
        }
        None => {
            return Err(format!("it did not answer `hello` within {} ms", deadline.as_millis()));
        }
    };
    let shown = || shorten(&line);
    let response: Response = serde_json::from_slice(&line)
        .map_err(|error| format!("its answer to `hello` is no message ({error}): {}", shown()))?;
    if let Some(what) = response.unsupported.or(response.fault) {
        return Err(format!("it refuses `hello`: {}", what.what));
    }
    let ok = response.ok.unwrap_or_default();
    let hello: Hello = serde_json::from_value(ok)
        .map_err(|error| format!("its answer to `hello` does not fit ({error}): {}", shown()))?;
    if response.id != 0 {
        return Err(format!("it answers `hello` with id {}", response.id));
    }
    if hello.ctp != CTP {
        return Err(format!("it speaks ctp {}, not {CTP}", hello.ctp));
    }
    if hello.canary != asked.canary {
        let [sent, got] = [&asked.canary, &hello.canary].map(ToString::to_string);
        return Err(format!("its canary differs: sent {sent}, got {got}"));
    }
    Ok(hello)
}

/// A request as a line.
pub(super) fn question_line(request: &Request) -> Vec<u8> {
    let mut line = serde_json::to_vec(request).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Whether `hello` declares that a case can be asked.
pub(super) fn can_ask(hello: &Hello, case: &Case) -> bool {
    let part = case.vector.part();
    let declared =
        |op: &String| *op == case.vector.operation.name || Some(op.as_str()) == part.as_deref();
    let edition_known = case.env.edition.is_none_or(|edition| match hello.axes.get("edition") {
        None => true,
        Some(points) => points.iter().any(|point| point == edition.name()),
    });
    hello.ops.iter().any(declared) && edition_known
}

/// The beginning of a line that a stranger wrote, safe to print.
pub(super) fn shorten(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line.get(..160).unwrap_or(line));
    let mut shown: String = text.chars().flat_map(char::escape_debug).collect();
    if line.len() > 160 {
        shown.push('…');
    }
    format!("`{shown}`")
}
