//! The run log: one JSON object a line, and the only source of every report.
//!
//! A header, a line a case, the adapter's restarts, and a footer with the counts and a digest of
//! the case lines. A log without its footer is that of a run that was interrupted.

use super::judge::{CaseResult, Got};
use super::line::{Asked, CaseRecord, LogLine};
use super::outcome::{Outcome, Score};
use crate::elide::elide_to;
use crate::vectors::Expectation;
use serde_json::{Value, json};
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Longer strings are cut in a log: the command that asks again shows them whole, and so does a
/// bundle.
const STRING_KEPT: usize = 2048;

/// A file that lines are written to.
pub struct Log(File);

impl Log {
    /// Creates the file, or empties it.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = locked(path)?;
        // A pipe or a terminal has no length.
        if file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        Ok(Self(file))
    }

    /// Goes on with a file, or creates it. A last line that was cut off goes.
    pub fn append(path: &Path) -> io::Result<Self> {
        let mut file = locked(path)?;
        let mut end = 0_u64;
        let mut lines = BufReader::new(&file);
        let mut line = vec![];
        while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            end += u64::try_from(line.len()).unwrap_or(u64::MAX);
            line.clear();
        }
        file.set_len(end)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self(file))
    }

    /// One line, at once: what has been measured is not lost when the run is.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes())
    }
}

/// Opens a file that no other run writes to.
fn locked(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    let file = options.read(true).write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::Error::other("another run writes to it")),
        // Some file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// A line as it is written.
pub fn text(line: &LogLine) -> io::Result<String> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    Ok(text)
}

/// Now, in milliseconds of Unix time.
pub fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// The rules that a case shows, first the one that a failure is counted under.
fn rules(result: &CaseResult) -> Vec<String> {
    let (main, all) = (result.rule(), &result.case.vector.rules);
    let others = all.iter().filter(|rule| *rule != main).cloned();
    [main.to_owned()].into_iter().chain(others).collect()
}

/// What a log keeps of a case: all that shows why only where it did not pass.
pub fn record(result: &CaseResult) -> CaseRecord {
    let vector = &result.case.vector;
    let nobody_asked = matches!(result.outcome.score(), Score::Skipped);
    let undeclared = result.outcome == Outcome::Unsupported;
    let passed = result.outcome.score() == Score::Pass;
    let asked = (!passed && !nobody_asked && !undeclared).then(|| Asked {
        why: vector.why.clone(),
        flags: vector.flags.clone(),
        source: format!("{}:{}", vector.source.path, vector.source.line),
        op: vector.operation.name.to_owned(),
        input: elide_to(&vector.input, STRING_KEPT),
        expected: elide_to(&expectation(&vector.expectation), STRING_KEPT),
        got: match &result.got {
            Got::Verdict(verdict) => elide_to(&json!(verdict), STRING_KEPT),
            Got::Nothing(_) => Value::Null,
        },
        stderr: result.stderr.clone(),
    });
    CaseRecord {
        case: result.case.name.clone(),
        rules: rules(result),
        edition: result.case.env.edition,
        outcome: result.outcome.to_string(),
        us: u64::try_from(result.took.as_micros()).unwrap_or(u64::MAX),
        known: None,
        reason: match &result.got {
            Got::Nothing(why) => Some(why.clone()),
            Got::Verdict(_) => None,
        },
        asked: asked.map(Box::new),
    }
}

/// What was expected, as logs and bundles say it.
pub fn expectation(expectation: &Expectation) -> Value {
    match expectation {
        Expectation::Accept(out) => json!({"verdict": "accept", "out": out}),
        Expectation::Reject { rule, class, others } => {
            json!({"verdict": "reject", "rule": rule, "class": class, "or": others})
        }
    }
}
