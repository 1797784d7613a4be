//! The run log: one JSON object a line, and the only source of every report.
//!
//! A header, a line a case, the adapter's restarts, and a footer with the counts and a digest of
//! the case lines. A log without its footer is that of a run that was interrupted.

use super::address::Address;
use super::examine::CaseResult;
use super::judge::Got;
use super::outcome::{Counts, Score};
use crate::digest::Digest;
use crate::vectors::Expectation;
use ckbspec_protocol::Hello;
use serde::Serialize;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A log that is being written.
pub struct Log {
    file: File,
    case_lines: Digest,
    cases: u64,
    counts: Counts,
    known: Known,
}

/// How many failures are known.
#[derive(Clone, Copy, Default, Serialize)]
struct Known {
    failures: u64,
    flaky: u64,
}

impl Log {
    /// Creates the file.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::create(path)?;
        let (counts, known) = (Counts::default(), Known::default());
        Ok(Self { file, case_lines: Digest::default(), cases: 0, counts, known })
    }

    /// Begins the section of one adapter.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn header(&mut self, address: &Address, cases: usize, partial: bool) -> io::Result<()> {
        (self.case_lines, self.cases, self.counts) = (Digest::default(), 0, Counts::default());
        self.known = Known::default();
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.line(&json!({
            "t": "header",
            "schema": "ckbspec.run/1",
            "runner": env!("CARGO_PKG_VERSION"),
            "adapter": address.text,
            "cases": cases,
            "partial": partial,
            "started_ms": u64::try_from(started.as_millis()).unwrap_or(u64::MAX),
        }))
    }

    /// Says who answers.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn hello(&mut self, hello: &Hello) -> io::Result<()> {
        let Hello { implementation, ops, axes, .. } = hello;
        self.line(&json!({"t": "hello", "impl": implementation, "ops": ops, "axes": axes}))
    }

    /// Says what became of a case; expectation and answer only where they differ.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn case(&mut self, result: &CaseResult) -> io::Result<()> {
        let mut line = json!({
            "t": "case",
            "case": result.case.name,
            "outcome": result.outcome.to_string(),
            "us": u64::try_from(result.took.as_micros()).unwrap_or(u64::MAX),
        });
        if let Some(fields) = line.as_object_mut().filter(|_| result.outcome.score() != Score::Pass)
        {
            fields.insert("expected".into(), expectation(&result.case.vector.expectation));
            fields.insert("got".into(), got(&result.got));
        }
        if let (Some(fields), Some(listed)) = (line.as_object_mut(), &result.listed) {
            fields.insert("known".into(), json!(listed));
        }
        match result.score() {
            Score::Known => self.known.failures += 1,
            Score::Flaky => self.known.flaky += 1,
            _ => {}
        }
        self.cases += 1;
        self.counts.add(&result.outcome);
        let text = line.to_string();
        self.case_lines.update(text.as_bytes());
        self.case_lines.update(b"\n");
        self.line(&line)
    }

    /// Says what is wrong with a list of known failures.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn known(&mut self, finding: &str, message: &str, at: &str) -> io::Result<()> {
        self.line(&json!({"t": "known", "finding": finding, "message": message, "at": at}))
    }

    /// Says that the adapter had to be restarted, or could not be used.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn adapter(&mut self, event: &str, reason: &str) -> io::Result<()> {
        self.line(&json!({"t": "adapter", "event": event, "reason": reason}))
    }

    /// Ends the section of one adapter.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn footer(&mut self, complete: bool, interrupted: bool) -> io::Result<()> {
        let digest = self.case_lines.text();
        let line = json!({
            "t": "footer",
            "cases": self.cases,
            "counts": self.counts,
            "known": self.known,
            "digest": digest,
            "complete": complete,
            "interrupted": interrupted,
        });
        self.line(&line)
    }

    /// One line, at once: what has been measured is not lost when the run is.
    fn line(&mut self, line: &Value) -> io::Result<()> {
        let mut text = line.to_string();
        text.push('\n');
        self.file.write_all(text.as_bytes())
    }
}

fn expectation(expectation: &Expectation) -> Value {
    match expectation {
        Expectation::Accept(out) => json!({"verdict": "accept", "out": out}),
        Expectation::Reject { rule, class, others } => {
            json!({"verdict": "reject", "rule": rule, "class": class, "or": others})
        }
    }
}

fn got(got: &Got) -> Value {
    match got {
        Got::Verdict(verdict) => json!(verdict),
        Got::Nothing(why) => json!({"nothing": why}),
    }
}
