//! The connection with the adapter that is checked: asked line by line, started again where it
//! ended.

use crate::runner::{
    Address, Ending, Event, Failure, GRACE, Limits, Link, Outcome, Unusable, connect, next_or_why,
    question_line, read_response,
};
use ckbspec_protocol::message::Response;
use ckbspec_protocol::{Hello, Request};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;

/// An adapter that is started when it is needed.
pub(super) struct Connection<'a> {
    pub(super) address: &'a Address,
    root: &'a [OsString],
    pub(super) limits: Limits,
    link: Option<Box<dyn Link>>,
    /// Whether an answer ended in a carriage return.
    pub(super) carriage_return: bool,
    /// The most memory that was seen, in bytes.
    pub(super) memory: u64,
    /// The end of the standard error of the last process that ended.
    pub(super) stderr: String,
    /// A field that each question has beside its own.
    pub(super) extra: Option<Value>,
}

impl<'a> Connection<'a> {
    pub(super) fn new(address: &'a Address, root: &'a [OsString], limits: Limits) -> Self {
        let (stderr, memory, carriage_return) = (String::new(), 0, false);
        Self { address, root, limits, link: None, carriage_return, memory, stderr, extra: None }
    }

    pub(super) fn start(&mut self) -> Result<Hello, Unusable> {
        self.link = None;
        let (link, hello) = connect(self.address, self.root, self.limits)?;
        self.link = Some(link);
        Ok(hello)
    }

    /// Asks all of these before it waits; the answers by their ids.
    pub(super) fn ask(&mut self, requests: &[Request]) -> Result<BTreeMap<u32, Response>, Failure> {
        if !self.address.is_one_shot() {
            return self.ask_lines(requests);
        }
        let mut answers = BTreeMap::new();
        for request in requests {
            self.link = None;
            let opened = self.address.open(self.root, self.limits);
            self.link = Some(opened.map_err(|why| (Outcome::CrashExit(0), why))?);
            answers.append(&mut self.ask_lines(std::slice::from_ref(request))?);
        }
        Ok(answers)
    }

    fn ask_lines(&mut self, requests: &[Request]) -> Result<BTreeMap<u32, Response>, Failure> {
        if self.link.is_none() {
            self.start().map_err(|unusable| {
                (unusable.outcome.unwrap_or(Outcome::Skipped), unusable.reason)
            })?;
        }
        let answers = self.exchange(requests);
        if answers.is_err() {
            self.close();
        }
        answers
    }

    fn exchange(&mut self, requests: &[Request]) -> Result<BTreeMap<u32, Response>, Failure> {
        let one_shot = self.address.is_one_shot();
        let Some(link) = &mut self.link else {
            return Ok(BTreeMap::new());
        };
        for request in requests {
            link.send(line(request, self.extra.as_ref()));
        }
        if one_shot {
            link.close_input();
        }
        let mut answers = BTreeMap::new();
        while answers.len() < requests.len() {
            let line = match next_or_why(link.as_mut(), self.limits.deadline) {
                Ok(Event::Line(line)) => line,
                Ok(Event::Oversize) => {
                    return Err((Outcome::ProtocolOversize, "a line exceeds 16 MiB".into()));
                }
                Ok(Event::End(_)) => {
                    let ending = link.reap();
                    return Err((ending.outcome(), ending.describe()));
                }
                Err((outcome, why)) => return Err((outcome, format!("no answer{why}"))),
            };
            self.carriage_return |= line.ends_with(b"\r");
            let response = read_response(&line)?;
            let id = response.id;
            if !requests.iter().any(|request| request.id == id) {
                return Err((Outcome::ProtocolWrongId, format!("id {id} was never asked")));
            }
            if answers.insert(id, response).is_some() {
                let why = format!("id {id} has been answered already");
                return Err((Outcome::ProtocolDuplicateId, why));
            }
        }
        self.memory = self.memory.max(link.usage().map_or(0, |usage| usage.memory));
        Ok(answers)
    }

    /// What it writes although nobody asked.
    pub(super) fn unasked(&mut self, wait: std::time::Duration) -> Option<Event> {
        self.link.as_mut()?.next(wait)
    }

    /// Ends its input, and waits for its end; a line that it still wrote comes first.
    pub(super) fn end(&mut self) -> (Option<Event>, Option<Ending>) {
        let Some(mut link) = self.link.take() else {
            return (None, None);
        };
        link.close_input();
        let event = link.next(GRACE);
        let ending = link.end();
        self.stderr = link.stderr();
        (event.filter(|event| !matches!(event, Event::End(rest) if rest.is_empty())), Some(ending))
    }

    /// Sends SIGTERM, with its input open; how it ended.
    pub(super) fn terminate(&mut self) -> Option<Ending> {
        let mut link = self.link.take()?;
        link.terminate();
        let ending = matches!(link.next(GRACE), Some(Event::End(_))).then(|| link.reap());
        link.kill();
        ending
    }

    /// Asks for its end in words; whether it answered and ended.
    pub(super) fn shut_down(&mut self, request: &Request) -> bool {
        let answered = self.ask(std::slice::from_ref(request));
        let ok = answered.is_ok_and(|answers| answers.values().all(|answer| answer.ok.is_some()));
        let Some(mut link) = self.link.take() else {
            return false;
        };
        let ended = matches!(link.next(GRACE), Some(Event::End(_)));
        link.kill();
        ok && ended
    }

    fn close(&mut self) {
        if let Some(mut link) = self.link.take() {
            link.kill();
            self.stderr = link.stderr();
        }
    }
}

/// A request as a line, with a field that no version of the protocol has.
fn line(request: &Request, extra: Option<&Value>) -> Vec<u8> {
    let Some(extra) = extra else {
        return question_line(request);
    };
    let mut line = question_line(request);
    let rest = line.split_off(1);
    line.extend_from_slice(format!("\"doctor\":{extra},").as_bytes());
    line.extend(rest);
    line
}
