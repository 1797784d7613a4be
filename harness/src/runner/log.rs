//! The run log: one JSON object a line, and the only source of every report.
//!
//! A header, a line a case, the adapter's restarts, and a footer with the counts and a digest of
//! the case lines. A log without its footer is that of a run that was interrupted.

use super::examine::CaseResult;
use super::judge::Got;
use super::line::{
    AdapterLine, Asked, CaseRecord, ClientLine, KnownCounts, KnownLine, LogLine, RunFooter,
    RunHeader,
};
use super::outcome::{Counts, Score};
use crate::digest::Digest;
use crate::elide::elide_to;
use crate::pack::RuleLine;
use crate::spec::Spec;
use crate::vectors::Expectation;
use ckbspec_protocol::Hello;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Longer strings are cut in a log: the command that asks again shows them whole, and so does a
/// bundle.
const STRING_KEPT: usize = 2048;

/// A log that is being written.
pub struct Log {
    file: File,
    rules: BTreeSet<String>,
    case_lines: Digest,
    cases: u64,
    counts: Counts,
    known: KnownCounts,
    began: Instant,
}

impl Log {
    /// Creates the file, or empties it.
    ///
    /// # Errors
    /// Those of the file system, and when another run writes to it.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = locked(path)?;
        // A pipe or a terminal has no length.
        if file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        Ok(Self::of(file))
    }

    /// Goes on with a file, or creates it. A last line that was cut off goes.
    ///
    /// # Errors
    /// Those of the file system, and when another run writes to it.
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
        Ok(Self::of(file))
    }

    fn of(file: File) -> Self {
        Self {
            file,
            rules: BTreeSet::new(),
            case_lines: Digest::default(),
            cases: 0,
            counts: Counts::default(),
            known: KnownCounts::default(),
            began: Instant::now(),
        }
    }

    /// Begins the section of one adapter.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn header(&mut self, header: RunHeader) -> io::Result<()> {
        (self.case_lines, self.cases, self.counts) = (Digest::default(), 0, Counts::default());
        (self.known, self.began) = (KnownCounts::default(), Instant::now());
        self.line(&LogLine::Header(header))
    }

    /// Says who answers.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn hello(&mut self, hello: &Hello) -> io::Result<()> {
        let Hello { implementation, ops, axes, .. } = hello.clone();
        self.line(&LogLine::Hello(ClientLine { client: implementation, ops, axes }))
    }

    /// Says what became of a case; all that shows why only where it did not pass.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn case(&mut self, result: &CaseResult, spec: &Spec) -> io::Result<()> {
        for id in rules(result) {
            if let Some(rule) = spec.rules.get(&id).filter(|_| self.rules.insert(id)) {
                self.line(&LogLine::Rule(RuleLine::of(rule)))?;
            }
        }
        self.record(record(result))
    }

    /// Writes the line of a case.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn record(&mut self, record: CaseRecord) -> io::Result<()> {
        match record.score() {
            Score::Known => self.known.failures += 1,
            Score::Flaky => self.known.flaky += 1,
            _ => {}
        }
        self.counts.add(&record.outcome);
        self.cases += 1;
        let text = text(&LogLine::Case(Box::new(record)))?;
        self.case_lines.update(text.as_bytes());
        self.file.write_all(text.as_bytes())
    }

    /// Says what is wrong with a list of known failures.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn known(&mut self, finding: &str, message: &str, at: &str) -> io::Result<()> {
        let [finding, message, at] = [finding, message, at].map(str::to_owned);
        self.line(&LogLine::Known(KnownLine { finding, message, at }))
    }

    /// Says that the adapter had to be restarted, or could not be used.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn adapter(&mut self, event: &str, reason: &str) -> io::Result<()> {
        let [event, reason] = [event, reason].map(str::to_owned);
        self.line(&LogLine::Adapter(AdapterLine { event, reason }))
    }

    /// Ends the section of one adapter.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn footer(&mut self, complete: bool) -> io::Result<()> {
        self.footer_after(millis(self.began.elapsed()), complete)
    }

    /// Ends a section that took so long when it was measured.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn footer_after(&mut self, took_ms: u64, complete: bool) -> io::Result<()> {
        self.line(&LogLine::Footer(RunFooter {
            cases: self.cases,
            counts: self.counts.clone(),
            known: self.known,
            digest: self.case_lines.text(),
            complete,
            took_ms,
        }))
    }

    /// One line, at once: what has been measured is not lost when the run is.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn line(&mut self, line: &LogLine) -> io::Result<()> {
        self.file.write_all(text(line)?.as_bytes())
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
///
/// # Errors
/// None that can happen: every line is an object.
pub fn text(line: &LogLine) -> io::Result<String> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    Ok(text)
}

/// Now, in milliseconds of Unix time.
pub fn now_ms() -> u64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The rules that a case shows, first the one that a failure is counted under.
fn rules(result: &CaseResult) -> Vec<String> {
    let (main, all) = (result.rule(), &result.case.vector.rules);
    let others = all.iter().filter(|rule| *rule != main).cloned();
    [main.to_owned()].into_iter().chain(others).collect()
}

fn record(result: &CaseResult) -> CaseRecord {
    let vector = &result.case.vector;
    let nobody_asked = matches!(result.outcome.score(), Score::Skipped);
    let undeclared = result.outcome == super::outcome::Outcome::Unsupported;
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
        known: result.listed.clone(),
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
