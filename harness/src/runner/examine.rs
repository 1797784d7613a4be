//! The loop: questions ahead, answers back, and suspects asked once more, alone.
//!
//! When an adapter crashes, hangs or writes nonsense, every question that was under way is a
//! suspect. The adapter is restarted and each suspect is asked alone: the one that fails again is
//! the culprit, and the others have their answer. No case is lost, none is asked a third time.

use super::address::Address;
use super::handshake::{can_ask, hello, question_line, shorten};
use super::judge::{Got, judge};
use super::outcome::{Listed, Outcome, Score};
use super::process::{Event, Process, describe};
use super::tally::Tally;
use crate::vectors::Case;
use ckbspec_protocol::message::Response;
use ckbspec_protocol::{Hello, Request};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

/// Questions under way where the adapter does not say how many it takes.
const INFLIGHT_DEFAULT: u32 = 16;

/// Octets of questions under way: a window of large blocks must not fill the memory.
const INFLIGHT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Cases of an operation that may break the adapter in a row before no more of it are asked: one
/// operation that hangs must not cost an hour, nor keep the others from being asked.
const FAILURES_MAX: u32 = 8;

/// Octets of standard error that are kept beside a case.
const STDERR_SHOWN: usize = 2048;

/// What a person may set.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long an answer may take.
    pub deadline: Duration,
}

/// What became of one case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub case: Case,
    /// The outcome.
    pub outcome: Outcome,
    /// What came back.
    pub got: Got,
    /// Time from the question to the answer.
    pub took: Duration,
    /// What is known of the case, if anything.
    pub listed: Option<Listed>,
    /// What the adapter wrote to standard error meanwhile.
    pub stderr: String,
}

impl CaseResult {
    /// How it is counted, with what is known of the client.
    pub fn score(&self) -> Score {
        Score::of(self.outcome.score(), self.listed.as_ref())
    }
}

/// Hears what happens while it happens, and may say what is known of a case.
pub trait Observer {
    /// The adapter has said who it is.
    fn hello(&mut self, hello: &Hello);
    /// A case has its outcome.
    fn case(&mut self, result: &mut CaseResult);
    /// The adapter had to be restarted.
    fn restart(&mut self, reason: &str, under_way: usize);
}

/// A run against one adapter.
#[derive(Clone, Debug)]
pub struct Run {
    /// What the adapter said of itself.
    pub hello: Hello,
    /// What became of the cases.
    pub tally: Tally,
    /// Why the adapter was given up before the end.
    pub given_up: Option<String>,
    /// The end of its standard error.
    pub stderr: String,
}

/// An adapter that could not be asked anything.
#[derive(Clone, Debug)]
pub struct Unusable {
    /// Why.
    pub reason: String,
    /// Whether its program ran at all.
    pub started: bool,
    /// The end of its standard error.
    pub stderr: String,
}

/// Asks an adapter all cases.
///
/// # Errors
/// When it does not start or does not answer `hello`.
pub fn examine(
    address: &Address,
    house: &[OsString],
    cases: &mut dyn Iterator<Item = Case>,
    limits: Limits,
    observer: &mut dyn Observer,
) -> Result<Run, Unusable> {
    let unusable = |reason: String| Unusable { reason, started: false, stderr: String::new() };
    let command = address.command(house).map_err(|error| unusable(error.to_string()))?;
    let (process, hello) = connect(&command, limits.deadline)?;
    observer.hello(&hello);
    let window = hello.limits.max_inflight.unwrap_or(INFLIGHT_DEFAULT).max(1);
    let mut examiner = Examiner {
        command,
        hello: hello.clone(),
        limits,
        one_shot: address.is_one_shot(),
        window: usize::try_from(window).unwrap_or(usize::MAX),
        observer,
        tally: Tally::default(),
        process: Some(process),
        under_way: BTreeMap::new(),
        bytes: 0,
        next_id: 1,
        failures: BTreeMap::new(),
        given_up: None,
        stderr: String::new(),
        heard: String::new(),
    };
    if examiner.one_shot {
        examiner.process = None;
    }
    examiner.run(cases);
    let Examiner { tally, given_up, stderr, .. } = examiner;
    Ok(Run { hello, tally, given_up, stderr })
}

fn connect(command: &[OsString], deadline: Duration) -> Result<(Process, Hello), Unusable> {
    let program = command.first().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    let mut process = Process::start(command).map_err(|error| Unusable {
        reason: format!("cannot start `{program}`: {error}"),
        started: false,
        stderr: String::new(),
    })?;
    match hello(&mut process, deadline) {
        Ok(hello) => Ok((process, hello)),
        Err(reason) => {
            process.kill();
            Err(Unusable { reason, started: true, stderr: process.stderr() })
        }
    }
}

/// A question that waits for its answer.
struct UnderWay {
    case: Case,
    bytes: usize,
    asked: Instant,
}

struct Examiner<'a> {
    command: Vec<OsString>,
    hello: Hello,
    limits: Limits,
    one_shot: bool,
    window: usize,
    observer: &'a mut dyn Observer,
    tally: Tally,
    process: Option<Process>,
    under_way: BTreeMap<u32, UnderWay>,
    bytes: usize,
    next_id: u32,
    failures: BTreeMap<&'static str, u32>,
    given_up: Option<String>,
    stderr: String,
    /// The end of standard error, as it was when the case before had its outcome.
    heard: String,
}

impl Examiner<'_> {
    fn run(&mut self, cases: &mut dyn Iterator<Item = Case>) {
        let window = if self.one_shot { 1 } else { self.window };
        self.ask_all(cases, window, false);
        if let Some(mut process) = self.process.take() {
            process.close_input();
            self.stderr = process.stderr();
        }
    }

    /// Asks a queue of cases with a window. `alone`: the cases are suspects, their failures final.
    fn ask_all(&mut self, queue: &mut dyn Iterator<Item = Case>, window: usize, alone: bool) {
        while self.given_up.is_none() {
            if let Err(reason) = self.fill(queue, window) {
                self.give_up(reason);
            }
            if self.under_way.is_empty() {
                break;
            }
            let Err((outcome, reason)) = self.take_one() else {
                continue;
            };
            let suspects = self.fail(&reason);
            if alone {
                for (case, asked) in suspects {
                    let failures = self.failures.entry(case.vector.operation.name).or_default();
                    *failures = failures.saturating_add(1);
                    self.finish(
                        case,
                        outcome.clone(),
                        Got::Nothing(reason.clone()),
                        asked.elapsed(),
                    );
                }
            } else {
                let mut suspects = suspects.into_iter().map(|(case, _)| case);
                self.ask_all(&mut suspects, 1, true);
            }
        }
        if let Some(why) = self.given_up.clone() {
            for case in queue {
                self.finish(case, Outcome::Skipped, Got::Nothing(why.clone()), Duration::ZERO);
            }
        }
    }

    fn give_up(&mut self, reason: String) {
        let why = self.given_up.insert(reason).clone();
        if let Some(process) = &mut self.process {
            process.kill();
            self.stderr = process.stderr();
        }
        self.process = None;
        for under_way in std::mem::take(&mut self.under_way).into_values() {
            let got = Got::Nothing(why.clone());
            self.finish(under_way.case, Outcome::Skipped, got, Duration::ZERO);
        }
    }

    /// Writes questions until the window is full.
    fn fill(&mut self, queue: &mut dyn Iterator<Item = Case>, window: usize) -> Result<(), String> {
        while self.under_way.len() < window
            && (self.bytes < INFLIGHT_BYTES_MAX || self.under_way.is_empty())
        {
            let Some(case) = queue.next() else {
                return Ok(());
            };
            if !can_ask(&self.hello, &case) {
                let why = "the adapter does not declare it".to_owned();
                self.finish(case, Outcome::Unsupported, Got::Nothing(why), Duration::ZERO);
                continue;
            }
            let operation = case.vector.operation.name;
            if self.failures.get(operation).is_some_and(|failures| *failures >= FAILURES_MAX) {
                let why = format!("{FAILURES_MAX} cases of {operation} in a row broke the adapter");
                self.finish(case, Outcome::Skipped, Got::Nothing(why), Duration::ZERO);
                continue;
            }
            if self.process.is_none()
                && let Err(why) = self.reconnect()
            {
                let got = Got::Nothing(why.clone());
                self.finish(case, Outcome::Skipped, got, Duration::ZERO);
                return Err(why);
            }
            self.ask(case);
        }
        Ok(())
    }

    fn reconnect(&mut self) -> Result<(), String> {
        if self.one_shot {
            let process = Process::start(&self.command);
            self.process = Some(process.map_err(|error| error.to_string())?);
            return Ok(());
        }
        let connected = connect(&self.command, self.limits.deadline);
        let (process, _) = connected.map_err(|unusable| {
            self.stderr = unusable.stderr;
            format!("it could not be restarted: {}", unusable.reason)
        })?;
        self.process = Some(process);
        Ok(())
    }

    fn ask(&mut self, case: Case) {
        let Some(process) = &mut self.process else {
            return;
        };
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(1);
        let line = question_line(&Request {
            id,
            op: case.vector.operation.name.to_owned(),
            case: Some(case.name.clone()),
            env: case.env.clone(),
            input: case.vector.input.clone(),
            must: vec![],
        });
        let bytes = line.len();
        self.bytes = self.bytes.saturating_add(bytes);
        process.send(line);
        if self.one_shot {
            process.close_input();
        }
        self.under_way.insert(id, UnderWay { case, bytes, asked: Instant::now() });
    }

    /// Waits for one answer.
    ///
    /// # Errors
    /// The outcome of whichever question is to blame, and the reason in words.
    fn take_one(&mut self) -> Result<(), (Outcome, String)> {
        let Some(process) = &mut self.process else {
            return Ok(());
        };
        let line = match process.next(self.limits.deadline) {
            Some(Event::Line(line)) => line,
            Some(Event::Oversize) => {
                return Err((Outcome::ProtocolOversize, "a line exceeds 16 MiB".into()));
            }
            Some(Event::End(partial)) => {
                let status = process.reap();
                let reason = describe(status);
                if !partial.is_empty() {
                    let reason = format!("{reason} in the middle of {}", shorten(&partial));
                    return Err((Outcome::ProtocolTruncated, reason));
                }
                let signal = status.and_then(|status| status.signal());
                let code = status.and_then(|status| status.code()).unwrap_or_default();
                let outcome = signal.map_or(Outcome::CrashExit(code), Outcome::CrashSignal);
                return Err((outcome, reason));
            }
            None => {
                let reason = format!("no answer within {} ms", self.limits.deadline.as_millis());
                return Err((Outcome::TimeoutSilent, reason));
            }
        };
        let response = read_response(&line)?;
        let Some(under_way) = self.under_way.remove(&response.id) else {
            let id = response.id;
            let known = (1..self.next_id).contains(&id);
            let (outcome, what) = if known {
                (Outcome::ProtocolDuplicateId, "has been answered already")
            } else {
                (Outcome::ProtocolWrongId, "was never asked")
            };
            return Err((outcome, format!("id {id} {what}")));
        };
        self.bytes = self.bytes.saturating_sub(under_way.bytes);
        let UnderWay { case, asked, .. } = under_way;
        let (outcome, got) = judge(&case.vector.expectation, response);
        self.failures.remove(case.vector.operation.name);
        self.finish(case, outcome, got, asked.elapsed());
        if self.one_shot {
            self.process = None;
        }
        Ok(())
    }

    /// Ends the process and hands back the questions that were under way, in their order.
    fn fail(&mut self, reason: &str) -> Vec<(Case, Instant)> {
        if let Some(mut process) = self.process.take() {
            process.kill();
            self.stderr = process.stderr();
        }
        self.bytes = 0;
        let suspects = std::mem::take(&mut self.under_way);
        self.observer.restart(reason, suspects.len());
        suspects.into_values().map(|under_way| (under_way.case, under_way.asked)).collect()
    }

    fn finish(&mut self, case: Case, outcome: Outcome, got: Got, took: Duration) {
        let stderr = self.said();
        let mut result = CaseResult { case, outcome, got, took, listed: None, stderr };
        self.observer.case(&mut result);
        self.tally.add(result);
    }

    /// What the adapter has written to standard error since the case before: its own words about
    /// this one, unless it answers several at once.
    fn said(&mut self) -> String {
        let tail = match &self.process {
            Some(process) => process.stderr(),
            None => self.stderr.clone(),
        };
        if tail == self.heard {
            return String::new();
        }
        let fresh = tail.strip_prefix(self.heard.as_str()).unwrap_or(&tail).trim();
        let from = fresh.len().saturating_sub(STDERR_SHOWN);
        let from = (from..=fresh.len()).find(|at| fresh.is_char_boundary(*at));
        let fresh = fresh.get(from.unwrap_or_default()..).unwrap_or_default().to_owned();
        self.heard = tail;
        fresh
    }
}

/// Reads a line as a response.
///
/// # Errors
/// The outcome of whichever question is to blame, and the reason in words.
fn read_response(line: &[u8]) -> Result<Response, (Outcome, String)> {
    let error = match serde_json::from_slice::<serde_json::Value>(line) {
        Err(error) if line.trim_ascii_start().starts_with(b"{") => error.to_string(),
        Err(_) => {
            let hint = "does a library print to standard output?";
            return Err((Outcome::ProtocolNoise, format!("not JSON: {}; {hint}", shorten(line))));
        }
        Ok(value) if !value.is_object() => "not an object".into(),
        Ok(value) => match serde_json::from_value(value) {
            Ok(response) => return Ok(response),
            Err(error) => error.to_string(),
        },
    };
    Err((Outcome::ProtocolJson, format!("no response ({error}): {}", shorten(line))))
}
