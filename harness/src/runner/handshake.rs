//! `hello`, and what the adapter can be asked.

use super::lines::Event;
use super::link::Link;
use super::message::{read_response, shorten};
use super::outcome::{Failure, Outcome};
use crate::vectors::Case;
use ckbspec_common::interrupt;
use ckbspec_protocol::message::{HelloIn, Response};
use ckbspec_protocol::{CTP, Env, Hello, Request};
use serde_json::Value;
use std::time::Duration;

/// Which part of its time an adapter must use the processor to be called busy: little, for other
/// programs may use it, too, while one that waits uses none.
const BUSY_PART: u32 = 10;

/// How long an adapter that was silent may take to answer once its input has ended.
const LATE_ANSWER: Duration = Duration::from_millis(500);

pub(crate) fn hello(link: &mut dyn Link, deadline: Duration) -> Result<Hello, Failure> {
    let deadline_ms = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
    let asked = HelloIn::new(env!("CARGO_PKG_VERSION"), deadline_ms);
    let input = serde_json::to_value(&asked).unwrap_or_default();
    link.send(question_line(&request(0, "hello", input)));
    let line = first_line(link, deadline)?;
    let response = read_response(&line).map_err(|(outcome, why)| {
        (outcome, format!("its answer to `hello` is no message: {why}"))
    })?;
    read_hello(response, &asked, &line)
}

fn first_line(link: &mut dyn Link, deadline: Duration) -> Result<Vec<u8>, Failure> {
    match next_or_why(link, deadline) {
        Ok(Event::Line(line)) => Ok(line),
        Ok(Event::Oversize) => {
            Err((Outcome::ProtocolOversize, "its answer to `hello` exceeds 16 MiB".into()))
        }
        Ok(Event::End(unfinished)) => {
            let ending = link.reap();
            let how = ending.describe();
            if unfinished.is_empty() {
                return Err((ending.outcome(), format!("{how} before it answered `hello`")));
            }
            let shown = shorten(&unfinished);
            Err((Outcome::ProtocolTruncated, format!("{how} in its answer to `hello`: {shown}")))
        }
        Err((outcome, why)) => Err((outcome, format!("it did not answer `hello`{why}"))),
    }
}

/// The next event; where none comes in time, what the adapter did instead, as the end of a
/// sentence.
pub(crate) fn next_or_why(link: &mut dyn Link, deadline: Duration) -> Result<Event, Failure> {
    let half = deadline.checked_div(2).unwrap_or_default();
    if let Some(event) = link.next(half) {
        return Ok(event);
    }
    let before = link.usage();
    if let Some(event) = link.next(deadline.saturating_sub(half)) {
        return Ok(event);
    }
    if interrupt::requested() {
        return Err((Outcome::Skipped, ": interrupted".into()));
    }
    let within = format!(" within {} ms", deadline.as_millis());
    if let Some(shown) = link.unfinished() {
        let why = format!("{within}: it stopped in the middle of a line: {shown}");
        return Err((Outcome::ProtocolTruncated, why));
    }
    let worked = match (before, link.usage()) {
        (Some(before), Some(after)) => after.cpu.saturating_sub(before.cpu),
        _ => Duration::ZERO,
    };
    if worked > half.checked_div(BUSY_PART).unwrap_or_default() {
        let why = format!("{within}, and used {} ms of the processor", worked.as_millis());
        return Err((Outcome::TimeoutBusy, why));
    }
    link.close_input();
    let why = match link.next(LATE_ANSWER.min(deadline)) {
        Some(Event::Line(_)) => "; one came only after its input had ended: does it flush?",
        _ => "",
    };
    Err((Outcome::TimeoutSilent, format!("{within}{why}")))
}

fn read_hello(response: Response, asked: &HelloIn, line: &[u8]) -> Result<Hello, Failure> {
    if let Some(what) = response.unsupported.or(response.fault) {
        return Err((Outcome::Fault, format!("it refuses `hello`: {}", what.what)));
    }
    let ok = response.ok.unwrap_or_default();
    let hello: Hello = serde_json::from_value(ok).map_err(|error| {
        let shown = shorten(line);
        let why = format!("its answer to `hello` does not fit ({error}): {shown}");
        (Outcome::ProtocolJson, why)
    })?;
    if response.id != 0 {
        let why = format!("it answers `hello` with id {}", response.id);
        return Err((Outcome::ProtocolWrongId, why));
    }
    if hello.ctp != CTP {
        return Err((Outcome::ProtocolJson, format!("it speaks ctp {}, not {CTP}", hello.ctp)));
    }
    if hello.canary != asked.canary {
        let [sent, got] = [&asked.canary, &hello.canary].map(ToString::to_string);
        let why = format!("its canary differs: sent {sent}, got {got}");
        return Err((Outcome::ProtocolCanary, why));
    }
    Ok(hello)
}

/// A question of our own making.
pub(crate) fn request(id: u32, op: &str, input: Value) -> Request {
    Request { id, op: op.to_owned(), case: None, env: Env::default(), input, must: vec![] }
}

/// The question of a case.
pub fn question(id: u32, case: &Case) -> Request {
    Request {
        id,
        op: case.vector.operation.name.to_owned(),
        case: Some(case.name.clone()),
        env: case.env.clone(),
        input: case.vector.input.clone(),
        must: vec![],
    }
}

pub(crate) fn question_line(request: &Request) -> Vec<u8> {
    let mut line = serde_json::to_vec(request).unwrap_or_default();
    line.push(b'\n');
    line
}

/// The name by which an adapter declares the operation of a case alone: that of its part.
pub(crate) fn declared_as(case: &Case) -> String {
    case.vector.part().unwrap_or_else(|| case.vector.operation.name.to_owned())
}

/// Why `hello` does not declare that a case can be asked, where it does not.
pub(crate) fn undeclared(hello: &Hello, case: &Case) -> Option<String> {
    let (operation, part) = (case.vector.operation.name, declared_as(case));
    if !hello.ops.iter().any(|op| *op == operation || *op == part) {
        return Some(format!("the adapter does not declare {part}"));
    }
    let point = serde_json::to_value(&case.env).unwrap_or_default();
    hello.axes.iter().find_map(|(axis, declared)| {
        let value = point.get(axis).filter(|value| !declared.contains(value))?;
        Some(format!("the adapter does not declare {axis} {value}"))
    })
}
