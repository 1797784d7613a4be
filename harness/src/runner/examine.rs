//! The loop: questions ahead, answers back, and suspects asked once more, alone.
//!
//! When an adapter crashes, hangs or writes nonsense, every question that was under way is a
//! suspect. The adapter is restarted and each suspect is asked alone: the one that fails again is
//! the culprit, and the others have their answer. No case is lost, none is asked a third time.

use super::address::Address;
use super::breakages::Breakages;
use super::group;
use super::handshake::{hello, next_or_why, question, question_line, undeclared};
use super::judge::{CaseResult, Got, judge};
use super::limits::Limits;
use super::lines::Event;
use super::link::Link;
use super::message::{read_response, shorten};
use super::outcome::{Failure, Outcome};
use super::process::GRACE;
use super::under_way::{UnderWay, Waiting};
use crate::vectors::Case;
use ckbspec_common::interrupt;
use ckbspec_protocol::Hello;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

/// Questions under way where the adapter does not say how many it takes.
pub(crate) const INFLIGHT_DEFAULT: u32 = 16;

/// Bytes of standard error that are kept beside a case.
const STDERR_SHOWN: usize = 2048;

/// Is told what happens while it happens.
pub trait Observer {
    /// The adapter has said who it is.
    fn hello(&mut self, _hello: &Hello) {}
    /// A case has its outcome.
    fn case(&mut self, result: &CaseResult);
    /// The adapter had to be restarted.
    fn restart(&mut self, _reason: &str, _under_way: usize) {}
}

/// A run against one adapter.
#[derive(Clone, Debug)]
pub struct Run {
    /// What the adapter said of itself.
    pub hello: Hello,
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
        link: (!one_shot).then_some(link),
        under_way: UnderWay::new(),
        breakages: Breakages::default(),
        to_the_end: false,
        left_behind: 0,
        given_up: None,
        stderr: String::new(),
        stderr_reported: String::new(),
    };
    examiner.run(cases);
    let Examiner { hello, given_up, breakages, left_behind, stderr, .. } = examiner;
    let (unexplained, interrupted) = (breakages.unexplained, interrupt::requested());
    Ok(Run { hello, given_up, interrupted, unexplained, left_behind, stderr })
}

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

struct Examiner<'a> {
    address: &'a Address,
    root: &'a [OsString],
    hello: Hello,
    limits: Limits,
    one_shot: bool,
    window: usize,
    observer: &'a mut dyn Observer,
    link: Option<Box<dyn Link>>,
    under_way: UnderWay,
    breakages: Breakages,
    /// Whether each suspect has a process of its own, read to its end after the answer: what
    /// comes late must not be blamed on the next one.
    to_the_end: bool,
    left_behind: u32,
    given_up: Option<String>,
    stderr: String,
    /// The end of standard error, as it was when the case before had its outcome.
    stderr_reported: String,
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
                    last => format!("{reason}; last line on stderr: {}", shorten(last.as_bytes())),
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
    fn ask_suspects(&mut self, suspects: Vec<Waiting>, outcome: Outcome, reason: String) {
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
        if self.breakages.unexplained(outcome, reason) {
            self.window = 1;
        }
    }

    /// The failure of a suspect is final.
    fn blame(&mut self, suspect: Waiting, outcome: Outcome, reason: String) {
        self.breakages.by(suspect.case.vector.operation.name);
        self.finish(suspect.case, outcome, Got::Nothing(reason), suspect.asked.elapsed());
    }

    fn give_up(&mut self, reason: String) {
        let why = self.given_up.insert(reason).clone();
        if let Some(mut link) = self.link.take() {
            link.kill();
            self.stderr = link.stderr();
        }
        for waiting in self.under_way.take() {
            let got = Got::Nothing(why.clone());
            self.finish(waiting.case, Outcome::Skipped, got, Duration::ZERO);
        }
    }

    /// Writes questions until the window is full.
    fn fill(&mut self, queue: &mut dyn Iterator<Item = Case>, window: usize) -> Result<(), String> {
        while self.under_way.has_room(window) {
            let Some(case) = queue.next() else {
                return Ok(());
            };
            if let Some(why) = undeclared(&self.hello, &case) {
                self.finish(case, Outcome::Unsupported, Got::Nothing(why), Duration::ZERO);
                continue;
            }
            if let Some(why) = self.breakages.spared(case.vector.operation.name) {
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

    /// The adapter, started again where it had ended.
    fn link(&mut self) -> Result<&mut Box<dyn Link>, String> {
        if let Some(why) = self.breakages.enough() {
            return Err(why);
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

    fn ask(&mut self, case: &Case, first: Option<Got>) -> Result<(), String> {
        let (number, id) = self.under_way.next_id();
        let line = question_line(&question(id, case));
        let (bytes, one_shot) = (line.len(), self.one_shot);
        let link = self.link()?;
        link.send(line);
        if one_shot {
            link.close_input();
        }
        self.under_way.add(number, case, first, bytes, self.limits.deadline);
        Ok(())
    }

    /// Waits for one answer.
    fn take_one(&mut self) -> Result<(), Failure> {
        let left = self.under_way.left();
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
                self.breakages.timeout();
                return Err((outcome, format!("no answer{why}")));
            }
        };
        let response = read_response(&line)?;
        if !self.under_way.expects(response.id) {
            return Err(self.under_way.stray(response.id));
        }
        if self.to_the_end {
            self.read_to_the_end()?;
        }
        if self.one_shot {
            self.link = None;
        }
        let Some(waiting) = self.under_way.answered(response.id) else {
            return Ok(());
        };
        let expectation = &waiting.case.vector.expectation;
        let (outcome, got) = judge(expectation, &self.hello.features, response);
        self.take_in(waiting, outcome, got);
        Ok(())
    }

    /// Ends the adapter and reads what it still writes, which should be nothing.
    fn read_to_the_end(&mut self) -> Result<(), Failure> {
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
        Err(self.under_way.stray(read_response(&line)?.id))
    }

    /// Takes an answer in, or asks once more.
    fn take_in(&mut self, waiting: Waiting, outcome: Outcome, got: Got) {
        let Waiting { case, asked, first, .. } = waiting;
        self.breakages.not_by(case.vector.operation.name);
        let (outcome, got) = match first {
            None if self.limits.repeat => {
                if let Err(why) = self.ask(&case, Some(got.clone())) {
                    self.finish(case, outcome, got, asked.elapsed());
                    self.give_up(why);
                }
                return;
            }
            Some(first) if !first.agrees(&got) => {
                let why = format!("asked twice, answered first {first}, then {got}");
                (Outcome::Nondeterministic, Got::Nothing(why))
            }
            _ => (outcome, got),
        };
        self.finish(case, outcome, got, asked.elapsed());
    }

    /// Ends the adapter and hands back the questions that were under way, in their order.
    fn fail(&mut self, outcome: &Outcome, reason: &str) -> Vec<Waiting> {
        if let Some(mut link) = self.link.take() {
            link.kill();
            self.stderr = link.stderr();
        }
        if !self.one_shot {
            self.left_behind = self.left_behind.saturating_add(group::sweep());
        }
        let suspects: Vec<Waiting> = self.under_way.take().collect();
        self.observer.restart(&format!("{outcome}: {reason}"), suspects.len());
        suspects
    }

    fn finish(&mut self, case: Case, outcome: Outcome, got: Got, took: Duration) {
        let stderr = self.new_stderr();
        self.observer.case(&CaseResult { case, outcome, got, took, stderr });
    }

    /// What the adapter has written to standard error since the case before: its own words about
    /// this one, unless it answers several at once.
    fn new_stderr(&mut self) -> String {
        let tail = match &self.link {
            Some(link) => link.stderr(),
            None => self.stderr.clone(),
        };
        if tail == self.stderr_reported {
            return String::new();
        }
        let fresh = tail.strip_prefix(self.stderr_reported.as_str()).unwrap_or(&tail).trim();
        let from = fresh.len().saturating_sub(STDERR_SHOWN);
        let from = (from..=fresh.len()).find(|at| fresh.is_char_boundary(*at));
        let fresh = fresh.get(from.unwrap_or_default()..).unwrap_or_default().to_owned();
        self.stderr_reported = tail;
        fresh
    }
}
