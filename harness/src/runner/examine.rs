//! The loop: questions ahead, answers back, and suspects asked once more, alone.
//!
//! When an adapter crashes, hangs or writes nonsense, every question that was under way is a
//! suspect. The adapter is restarted and each suspect is asked alone: the one that fails again is
//! the culprit, and the others have their answer. No case is lost, none is asked a third time.

use super::address::Address;
use super::group;
use super::handshake::{can_ask, hello, next_or_why, question_line};
use super::ids::Ids;
use super::judge::{Got, differs, judge};
use super::lines::Event;
use super::link::Link;
use super::message::{read_response, shorten};
use super::outcome::{Listed, Outcome, Score};
use super::process::GRACE;
use super::tally::Tally;
use crate::vectors::{Case, Expectation};
use ckbspec_common::interrupt;
use ckbspec_protocol::message::Verdict;
use ckbspec_protocol::{Hello, Request};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::time::{Duration, Instant};

/// Questions under way where the adapter does not say how many it takes.
pub(crate) const INFLIGHT_DEFAULT: u32 = 16;

/// Bytes of questions under way: a window of large blocks must not fill the memory.
const INFLIGHT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Cases of an operation that may break the adapter in a row before no more of it are asked: one
/// operation that hangs must not cost an hour, nor keep the others from being asked.
const FAILURES_MAX: u32 = 8;

/// Bytes of standard error that are kept beside a case.
const STDERR_SHOWN: usize = 2048;

/// All failures of an operation, in a row or not, after which no more of it are asked.
const FAILURES_IN_ALL_MAX: u32 = 64;

/// Waits in vain after which the adapter is given up: the run must end.
const TIMEOUTS_MAX: u32 = 32;

/// Answered questions whose names are kept, for an adapter that answers them again.
const ANSWERED_KEPT: usize = 1024;

/// Times that an adapter may break with no one case to blame before it is asked one at a time.
const UNEXPLAINED_MAX: u32 = 3;

/// What a person may set.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long an answer may take.
    pub deadline: Duration,
    /// How many bytes of memory the adapter may use.
    pub memory: u64,
    /// Whether each case is asked twice.
    pub repeat: bool,
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

    /// The rule that a failure is counted under. Where outputs differ, it decides a field that
    /// differs: one that the vector names, if there is one.
    pub fn rule(&self) -> &str {
        let vector = &self.case.vector;
        let (Expectation::Accept(expected), Got::Verdict(Verdict::Accept { out })) =
            (&vector.expectation, &self.got)
        else {
            return vector.main_rule();
        };
        let decide = vector.operation.rules(expected, out, differs);
        let named = vector.rules.iter().map(String::as_str).find(|rule| decide.contains(rule));
        named.or(decide.first().copied()).unwrap_or_else(|| vector.main_rule())
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
    /// Whether somebody wanted the end.
    pub interrupted: bool,
    /// How the adapter broke with no one case to blame: how often, and the first reason.
    pub unexplained: BTreeMap<Outcome, (u32, String)>,
    /// Processes that it had started and that outlived it; they were ended.
    pub left_behind: u32,
    /// The end of its standard error.
    pub stderr: String,
}

/// An adapter that could not be asked anything.
#[derive(Clone, Debug)]
pub struct Unusable {
    /// The name of what is wrong; nothing where its program did not start.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reason: String,
    /// The end of its standard error.
    pub stderr: String,
}

/// Asks an adapter all cases.
///
/// # Errors
/// When it does not start or does not answer `hello`.
pub fn examine(
    address: &Address,
    root: &[OsString],
    cases: &mut dyn Iterator<Item = Case>,
    limits: Limits,
    observer: &mut dyn Observer,
) -> Result<Run, Unusable> {
    let connected = connect(address, root, limits);
    let (link, hello) = connected.inspect_err(|_| {
        group::sweep();
    })?;
    observer.hello(&hello);
    let window = hello.limits.max_inflight.unwrap_or(INFLIGHT_DEFAULT).max(1);
    let one_shot = address.is_one_shot();
    let mut examiner = Examiner {
        address,
        root,
        hello,
        limits,
        one_shot,
        window: match window {
            _ if address.is_batch() => usize::MAX,
            _ if one_shot => 1,
            window => usize::try_from(window).unwrap_or(usize::MAX),
        },
        observer,
        tally: Tally::default(),
        link: (!one_shot).then_some(link),
        under_way: BTreeMap::new(),
        bytes: 0,
        ids: Ids::new(),
        answered: VecDeque::new(),
        failures: BTreeMap::new(),
        timeouts: 0,
        to_the_end: false,
        unexplained: BTreeMap::new(),
        left_behind: 0,
        given_up: None,
        stderr: String::new(),
        heard: String::new(),
    };
    examiner.run(cases);
    let Examiner { hello, tally, given_up, unexplained, left_behind, stderr, .. } = examiner;
    let interrupted = interrupt::requested();
    Ok(Run { hello, tally, given_up, interrupted, unexplained, left_behind, stderr })
}

/// Starts an adapter and asks it `hello`.
///
/// # Errors
/// When it does not start or does not answer `hello`.
pub(crate) fn connect(
    address: &Address,
    root: &[OsString],
    limits: Limits,
) -> Result<(Box<dyn Link>, Hello), Unusable> {
    let mut link = address.open(root, limits).map_err(|reason| Unusable {
        outcome: None,
        reason,
        stderr: String::new(),
    })?;
    match hello(link.as_mut(), limits.deadline) {
        Ok(hello) => Ok((link, hello)),
        Err((outcome, reason)) => {
            link.kill();
            Err(Unusable { outcome: Some(outcome), reason, stderr: link.stderr() })
        }
    }
}

/// A question that waits for its answer.
struct UnderWay {
    case: Case,
    bytes: usize,
    asked: Instant,
    /// How long it may take with those before it.
    patience: Duration,
    /// What came of the case when it was asked for the first time.
    first: Option<(Outcome, Got)>,
}

struct Examiner<'a> {
    address: &'a Address,
    root: &'a [OsString],
    hello: Hello,
    limits: Limits,
    one_shot: bool,
    window: usize,
    observer: &'a mut dyn Observer,
    tally: Tally,
    link: Option<Box<dyn Link>>,
    /// By their numbers, so in the order of asking.
    under_way: BTreeMap<u32, UnderWay>,
    bytes: usize,
    ids: Ids,
    /// The last ones that were answered: numbers and names.
    answered: VecDeque<(u32, String)>,
    /// Failures of each operation: in a row, and in all.
    failures: BTreeMap<&'static str, (u32, u32)>,
    timeouts: u32,
    /// Whether each suspect has a process of its own, read to its end after the answer: what
    /// comes late must not be blamed on the next one.
    to_the_end: bool,
    unexplained: BTreeMap<Outcome, (u32, String)>,
    left_behind: u32,
    given_up: Option<String>,
    stderr: String,
    /// The end of standard error, as it was when the case before had its outcome.
    heard: String,
}

impl Examiner<'_> {
    fn run(&mut self, cases: &mut dyn Iterator<Item = Case>) {
        self.ask_all(cases, false);
        if let Err((outcome, reason)) = self.read_to_the_end() {
            self.unexplained(outcome, reason);
        }
        self.left_behind = self.left_behind.saturating_add(group::sweep());
    }

    /// Asks a queue of cases. `alone`: the cases are suspects, asked one at a time, and their
    /// failures are final. How many failed for good.
    fn ask_all(&mut self, queue: &mut dyn Iterator<Item = Case>, alone: bool) -> usize {
        let mut failed = 0_usize;
        while self.given_up.is_none() {
            if interrupt::requested() {
                self.give_up("interrupted".into());
                break;
            }
            if let Err(reason) = self.fill(queue, if alone { 1 } else { self.window }) {
                self.give_up(reason);
            }
            if self.under_way.is_empty() {
                break;
            }
            let Err((outcome, reason)) = self.take_one() else {
                continue;
            };
            if interrupt::requested() {
                continue;
            }
            let suspects = self.fail(&outcome, &reason);
            if alone || self.one_shot {
                failed = failed.saturating_add(suspects.len());
                let last = self.stderr.lines().next_back().unwrap_or_default();
                let said = match last {
                    "" => reason,
                    last => format!("{reason}; its last words: {}", shorten(last.as_bytes())),
                };
                for suspect in suspects {
                    self.blame(suspect, outcome.clone(), said.clone());
                }
            } else {
                self.ask_suspects(suspects, outcome, reason);
            }
        }
        if let Some(why) = self.given_up.clone() {
            for case in queue {
                self.finish(case, Outcome::Skipped, Got::Nothing(why.clone()), Duration::ZERO);
            }
        }
        failed
    }

    /// Asks what was under way once more, alone.
    fn ask_suspects(&mut self, suspects: Vec<UnderWay>, outcome: Outcome, reason: String) {
        let mut suspects = suspects.into_iter().map(|suspect| suspect.case);
        self.to_the_end = outcome.is_called("protocol");
        let failed = self.ask_all(&mut suspects, true);
        self.to_the_end = false;
        if failed == 0 && self.given_up.is_none() {
            self.unexplained(outcome, reason);
        }
    }

    /// The adapter broke, and no one case did it.
    fn unexplained(&mut self, outcome: Outcome, reason: String) {
        let entry = self.unexplained.entry(outcome).or_insert((0, reason));
        entry.0 = entry.0.saturating_add(1);
        if self.unexplained.values().map(|(count, _)| count).sum::<u32>() >= UNEXPLAINED_MAX {
            self.window = 1;
        }
    }

    /// The failure of a suspect is final.
    fn blame(&mut self, suspect: UnderWay, outcome: Outcome, reason: String) {
        let counts = self.failures.entry(suspect.case.vector.operation.name).or_default();
        *counts = (counts.0.saturating_add(1), counts.1.saturating_add(1));
        self.finish(suspect.case, outcome, Got::Nothing(reason), suspect.asked.elapsed());
    }

    fn give_up(&mut self, reason: String) {
        let why = self.given_up.insert(reason).clone();
        if let Some(mut link) = self.link.take() {
            link.kill();
            self.stderr = link.stderr();
        }
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
            if let Some(why) = self.spared(case.vector.operation.name) {
                self.finish(case, Outcome::Skipped, Got::Nothing(why), Duration::ZERO);
                continue;
            }
            if let Err(why) = self.ask(&case, None) {
                let got = Got::Nothing(why.clone());
                self.finish(case, Outcome::Skipped, got, Duration::ZERO);
                return Err(why);
            }
        }
        Ok(())
    }

    /// Why no more of an operation are asked.
    fn spared(&self, operation: &str) -> Option<String> {
        match self.failures.get(operation) {
            Some((FAILURES_MAX.., _)) => {
                Some(format!("{FAILURES_MAX} cases of {operation} in a row broke the adapter"))
            }
            Some((_, FAILURES_IN_ALL_MAX..)) => {
                Some(format!("{FAILURES_IN_ALL_MAX} cases of {operation} broke the adapter"))
            }
            _ => None,
        }
    }

    /// The adapter, started again where it had ended.
    fn link(&mut self) -> Result<&mut Box<dyn Link>, String> {
        if self.timeouts >= TIMEOUTS_MAX {
            return Err(format!("it was waited for in vain {TIMEOUTS_MAX} times"));
        }
        let link = match self.link.take() {
            Some(link) => link,
            None if self.one_shot => self.address.open(self.root, self.limits)?,
            None => {
                let connected = connect(self.address, self.root, self.limits);
                let (link, _) = connected.map_err(|unusable| {
                    self.stderr = unusable.stderr;
                    let name = unusable.outcome.map(|o| format!("{o}: ")).unwrap_or_default();
                    format!("it could not be restarted: {name}{}", unusable.reason)
                })?;
                link
            }
        };
        Ok(self.link.insert(link))
    }

    fn ask(&mut self, case: &Case, first: Option<(Outcome, Got)>) -> Result<(), String> {
        let (number, id) = self.ids.take();
        let line = question_line(&Request {
            id,
            op: case.vector.operation.name.to_owned(),
            case: Some(case.name.clone()),
            env: case.env.clone(),
            input: case.vector.input.clone(),
            must: vec![],
        });
        let (bytes, one_shot) = (line.len(), self.one_shot);
        let link = self.link()?;
        link.send(line);
        if one_shot {
            link.close_input();
        }
        self.bytes = self.bytes.saturating_add(bytes);
        let before = u32::try_from(self.under_way.len()).unwrap_or(u32::MAX);
        let patience = self.limits.deadline.saturating_mul(before.saturating_add(1));
        let under_way =
            UnderWay { case: case.clone(), bytes, asked: Instant::now(), patience, first };
        self.under_way.insert(number, under_way);
        Ok(())
    }

    /// Waits for one answer.
    ///
    /// # Errors
    /// The outcome of whichever question is to blame, and the reason in words.
    fn take_one(&mut self) -> Result<(), (Outcome, String)> {
        // A question that is never answered must not wait as long as others are.
        let oldest = self.under_way.values().next();
        let left = oldest.map_or(Duration::MAX, |o| o.patience.saturating_sub(o.asked.elapsed()));
        let Some(link) = &mut self.link else {
            return Ok(());
        };
        let line = match next_or_why(link.as_mut(), self.limits.deadline.min(left)) {
            Ok(Event::Line(line)) => line,
            Ok(Event::Oversize) => {
                return Err((Outcome::ProtocolOversize, "a line exceeds 16 MiB".into()));
            }
            Ok(Event::End(unfinished)) => {
                let ending = link.reap();
                let reason = ending.describe();
                if !unfinished.is_empty() {
                    let reason = format!("{reason} in the middle of {}", shorten(&unfinished));
                    return Err((Outcome::ProtocolTruncated, reason));
                }
                return Err((ending.outcome(), reason));
            }
            Err((outcome, why)) => {
                self.timeouts = self.timeouts.saturating_add(1);
                return Err((outcome, format!("no answer{why}")));
            }
        };
        let response = read_response(&line)?;
        let number = self.ids.number(response.id);
        let Some(under_way) = self.under_way.remove(&number) else {
            return Err(self.stray(response.id));
        };
        self.bytes = self.bytes.saturating_sub(under_way.bytes);
        if self.to_the_end
            && let Err(why) = self.read_to_the_end()
        {
            self.under_way.insert(number, under_way);
            return Err(why);
        }
        if self.one_shot {
            self.link = None;
        }
        if self.answered.len() >= ANSWERED_KEPT {
            self.answered.pop_front();
        }
        self.answered.push_back((number, under_way.case.name.clone()));
        let expectation = &under_way.case.vector.expectation;
        let (outcome, got) = judge(expectation, &self.hello.features, response);
        self.heard(under_way, outcome, got);
        Ok(())
    }

    /// Ends the adapter and reads what it still writes, which should be nothing.
    fn read_to_the_end(&mut self) -> Result<(), (Outcome, String)> {
        let Some(mut link) = self.link.take() else {
            return Ok(());
        };
        link.close_input();
        let event = link.next(GRACE);
        link.end();
        self.stderr = link.stderr();
        let line = match event {
            Some(Event::Line(line)) => line,
            Some(Event::Oversize) => {
                return Err((Outcome::ProtocolOversize, "a line exceeds 16 MiB".into()));
            }
            Some(Event::End(unfinished)) if !unfinished.is_empty() => unfinished,
            _ => return Ok(()),
        };
        let response = read_response(&line)?;
        Err(self.stray(response.id))
    }

    /// What is wrong with an answer for which no question waits.
    fn stray(&self, id: u32) -> (Outcome, String) {
        let number = self.ids.number(id);
        if id == 0 || !self.ids.has_taken(id) {
            return (Outcome::ProtocolWrongId, format!("id {id} was never asked"));
        }
        let case = self.answered.iter().find(|(answered, _)| *answered == number);
        let name = case.map_or_else(|| format!("id {id}"), |(_, name)| name.clone());
        (Outcome::ProtocolDuplicateId, format!("{name} has been answered already"))
    }

    /// Takes an answer in, or asks once more.
    fn heard(&mut self, under_way: UnderWay, outcome: Outcome, got: Got) {
        let UnderWay { case, asked, first, .. } = under_way;
        if let Some(counts) = self.failures.get_mut(case.vector.operation.name) {
            counts.0 = 0;
        }
        let (outcome, got) = match first {
            None if self.limits.repeat => {
                if let Err(why) = self.ask(&case, Some((outcome.clone(), got.clone()))) {
                    self.finish(case, outcome, got, asked.elapsed());
                    self.give_up(why);
                }
                return;
            }
            Some((_, first)) if !first.agrees(&got) => {
                let why = format!("asked twice, answered first {first}, then {got}");
                (Outcome::Nondeterministic, Got::Nothing(why))
            }
            _ => (outcome, got),
        };
        self.finish(case, outcome, got, asked.elapsed());
    }

    /// Ends the adapter and hands back the questions that were under way, in their order.
    fn fail(&mut self, outcome: &Outcome, reason: &str) -> Vec<UnderWay> {
        if let Some(mut link) = self.link.take() {
            link.kill();
            self.stderr = link.stderr();
        }
        if !self.one_shot {
            self.left_behind = self.left_behind.saturating_add(group::sweep());
        }
        self.bytes = 0;
        let suspects = std::mem::take(&mut self.under_way);
        self.observer.restart(&format!("{outcome}: {reason}"), suspects.len());
        suspects.into_values().collect()
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
        let tail = match &self.link {
            Some(link) => link.stderr(),
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
