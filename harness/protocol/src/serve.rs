//! The loop of an adapter: it reads questions from one stream and writes answers to another.

use crate::message::{Answer, Env, Hello, HelloIn, Implementation, Request, Response, features};
use crate::{AdapterLimits, CTP, MESSAGE_BYTES_MAX, Question};
use serde_json::Value;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

/// A client that answers questions.
pub trait Adapter {
    /// The client's name and version, and the operations that it answers.
    fn describe(&self) -> Implementation;

    /// Answers one question.
    fn answer(&mut self, question: Question, env: &Env) -> Answer;
}

/// Answers questions until the input ends or a `shutdown` arrives.
///
/// It flushes answers as soon as no further question is buffered, so that a pipelining runner costs
/// few system calls, and a runner that waits for an answer gets it at once.
///
/// # Errors
/// When reading or writing fails.
pub fn serve(adapter: &mut impl Adapter, input: impl Read, output: impl Write) -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = u64::try_from(MESSAGE_BYTES_MAX).unwrap_or(u64::MAX);
        (&mut input).take(limit).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return output.flush();
        }
        let (response, last) = respond(adapter, &line);
        serde_json::to_writer(&mut output, &response)?;
        output.write_all(b"\n")?;
        if last {
            return output.flush();
        }
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
}

/// The response to one line, and whether it is the last.
fn respond(adapter: &mut impl Adapter, line: &[u8]) -> (Response, bool) {
    let request: Request = match serde_json::from_slice(line) {
        Ok(request) => request,
        Err(error) => {
            return (response(0, Answer::fault(format!("not a request: {error}"))), false);
        }
    };
    let id = request.id;
    if let Some(name) = request.must.first() {
        return (response(id, Answer::unsupported(format!("must: {name}"))), false);
    }
    match request.op.as_str() {
        "hello" => (hello(adapter, id, request.input), false),
        "shutdown" => {
            let ok = Some(Value::Object(serde_json::Map::new()));
            (Response { id, ok, ..Response::default() }, true)
        }
        op => {
            let answer = match Question::parse(op, request.input) {
                Ok(question) => adapter.answer(question, &request.env),
                Err(bad) => Answer::fault(bad.to_string()),
            };
            (response(id, answer), false)
        }
    }
}

fn response(id: u32, answer: Answer) -> Response {
    let mut response = Response { id, ..Response::default() };
    match answer {
        Answer::Verdict(verdict) => match serde_json::to_value(verdict) {
            Ok(ok) => response.ok = Some(ok),
            Err(error) => response.fault = Some(crate::message::What { what: error.to_string() }),
        },
        Answer::Unsupported(what) => response.unsupported = Some(what),
        Answer::Fault(what) => response.fault = Some(what),
    }
    response
}

fn hello(adapter: &impl Adapter, id: u32, input: Value) -> Response {
    let asked: HelloIn = match serde_json::from_value(input) {
        Ok(asked) => asked,
        Err(error) => return response(id, Answer::fault(format!("hello: {error}"))),
    };
    if !asked.ctp.contains(&CTP) {
        return response(id, Answer::unsupported(format!("only ctp {CTP}")));
    }
    let about = adapter.describe();
    let hello = Hello {
        ctp: CTP,
        canary: asked.canary,
        implementation: about.client,
        ops: about.ops,
        axes: about.axes,
        features: features::ALL.map(str::to_owned).into(),
        limits: AdapterLimits { max_inflight: Some(about.inflight_max) },
        deterministic: true,
    };
    match serde_json::to_value(hello) {
        Ok(ok) => Response { id, ok: Some(ok), ..Response::default() },
        Err(error) => response(id, Answer::fault(error.to_string())),
    }
}
