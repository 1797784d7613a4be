//! The checks, in the order in which the author of an adapter would meet them.

use super::connection::Connection;
use crate::runner::{
    Address, Ending, Event, Failure, Got, INFLIGHT_DEFAULT, Limits, Outcome, Unusable, declared_as,
    judge, question, request, shorten, sweep, undeclared,
};
use crate::vectors::Case;
use ckbspec_protocol::message::{Edition, Response, Verdict};
use ckbspec_protocol::{Hello, OPERATIONS, Operation, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

/// How long an adapter is unasked when nobody has asked anything.
const QUIET: Duration = Duration::from_millis(200);

/// Questions that are sent ahead to an adapter that takes more.
const AHEAD_MAX: u32 = 64;

/// Longer than the 64 KiB that some languages read of a line by default.
const LONG_LINE: usize = 80 * 1024;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// As it should be.
    Good,
    /// Nothing wrong, but good to know.
    Note,
    /// To be fixed.
    Bad,
}

/// A check.
#[derive(Clone, Debug)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// What was found.
    pub found: Found,
    /// In words.
    pub said: String,
    /// How to fix it.
    pub hint: Option<String>,
}

/// Examines an adapter with the smallest case of each operation that it declares. Whether it
/// could be used at all, and the checks that were made.
pub fn examine(
    address: &Address,
    root: &[OsString],
    limits: Limits,
    cases: &[Case],
) -> (bool, Vec<Check>) {
    let connection = Connection::new(address, root, limits);
    let mut doctor = Doctor { connection, features: vec![], checks: vec![] };
    let usable = match doctor.connection.start() {
        Ok(hello) => {
            doctor.all(&hello, cases);
            true
        }
        Err(unusable) => {
            doctor.unusable(&unusable);
            false
        }
    };
    sweep();
    (usable, doctor.checks)
}

struct Doctor<'a> {
    connection: Connection<'a>,
    features: Vec<String>,
    checks: Vec<Check>,
}

impl Doctor<'_> {
    fn say(&mut self, name: &'static str, found: Found, said: impl Into<String>, hint: &str) {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        self.checks.push(Check { name, found, said: said.into(), hint });
    }

    fn good(&mut self, name: &'static str, said: impl Into<String>) {
        self.say(name, Found::Good, said, "");
    }

    fn wrong(&mut self, name: &'static str, (outcome, why): &Failure) {
        let last = self.connection.stderr.lines().next_back().unwrap_or_default();
        let last = match last {
            "" => String::new(),
            last => format!("; last line on stderr: {}", shorten(last.as_bytes())),
        };
        let hint = outcome.hint().unwrap_or_default();
        self.say(name, Found::Bad, format!("{outcome}: {why}{last}"), hint);
    }

    fn unusable(&mut self, unusable: &Unusable) {
        let Unusable { outcome, reason, stderr } = unusable;
        let Some(outcome) = outcome else {
            let hint = "no shell runs: name a program on the PATH, or a path to one";
            return self.say("start", Found::Bad, reason.as_str(), hint);
        };
        self.good("start", "its program runs");
        self.connection.stderr.clone_from(stderr);
        self.wrong("hello", &(outcome.clone(), reason.clone()));
    }

    fn all(&mut self, hello: &Hello, cases: &[Case]) {
        let client = &hello.implementation;
        self.features.clone_from(&hello.features);
        self.good("start", "its program runs");
        self.good("hello", format!("{} {}, ctp {}", client.name, client.version, hello.ctp));
        self.good("canary", "came back byte for byte");
        let address = self.connection.address;
        if !address.is_one_shot() && !address.is_batch() {
            self.quiet();
        }
        self.operations(hello);
        self.axes(hello);
        let chosen = smallest(hello, cases);
        let answers = self.each(&chosen);
        if !answers.is_empty() {
            self.numbers(&answers);
            self.classes(&answers);
            self.again(hello, &answers);
            if let Some((case, got)) = answers.first() {
                self.ids(case, got);
                self.extra_fields(case, got);
            }
        }
        self.strange_operation();
        self.line_ends();
        if address.is_talker() {
            self.ends(hello);
        }
    }

    fn quiet(&mut self) {
        match self.connection.unasked(QUIET) {
            None => self.good("silence", "it writes nothing unasked"),
            Some(Event::Line(line)) => {
                let why = format!("it writes before it is asked: {}", shorten(&line));
                self.wrong("silence", &(Outcome::ProtocolNoise, why));
            }
            Some(_) => {
                let why = "it ended, or closed its output, after `hello`".to_owned();
                self.wrong("silence", &(Outcome::ProtocolTruncated, why));
            }
        }
    }

    fn operations(&mut self, hello: &Hello) {
        let strange: Vec<&str> =
            hello.ops.iter().map(String::as_str).filter(|op| !Operation::exists(op)).collect();
        let hint = "`ckbspec schema` prints the names; what has another name is never asked";
        if hello.ops.is_empty() {
            self.say("operations", Found::Bad, "it declares none", hint);
        } else if strange.is_empty() {
            let said = format!("{} of {} declared", hello.ops.len(), OPERATIONS.len());
            self.good("operations", said);
        } else {
            let said = format!("unknown: {}", strange.join(", "));
            self.say("operations", Found::Bad, said, hint);
        }
    }

    fn axes(&mut self, hello: &Hello) {
        let Some(points) = hello.axes.get("edition") else {
            return self.good("editions", "not restricted");
        };
        let names = Edition::ALL.map(Edition::name);
        let strange = points.iter().filter(|point| !names.iter().any(|name| *point == name));
        let strange: Vec<String> = strange.map(Value::to_string).collect();
        if strange.is_empty() {
            return self.good("editions", format!("{} of {}", points.len(), names.len()));
        }
        let said = format!("unknown: {}", strange.join(", "));
        self.say("editions", Found::Bad, said, &format!("there are {}", names.join(", ")));
    }

    /// Asks each operation one small question.
    fn each<'c>(&mut self, cases: &[&'c Case]) -> Vec<(&'c Case, Got)> {
        let (mut answers, mut right) = (vec![], 0_u32);
        for (index, case) in cases.iter().enumerate() {
            let id = u32::try_from(index).unwrap_or_default().saturating_add(1);
            let mut responses = match self.connection.ask(&[question(id, case)]) {
                Ok(responses) => responses,
                Err((outcome, why)) => {
                    self.wrong("each operation", &(outcome, format!("{}: {why}", case.name)));
                    continue;
                }
            };
            let response = responses.remove(&id).unwrap_or_default();
            let (outcome, got) = judge(&case.vector.expectation, &self.features, response);
            match &got {
                Got::Nothing(why) => {
                    let why = format!("{}: {why}", case.name);
                    self.wrong("each operation", &(outcome, why));
                }
                Got::Verdict(_) => {
                    right += u32::from(matches!(outcome, Outcome::Pass | Outcome::PassWeak));
                    answers.push((*case, got));
                }
            }
        }
        let said = format!(
            "{} of {} small questions have a verdict, {right} the right one",
            answers.len(),
            cases.len()
        );
        let found = if answers.is_empty() { Found::Bad } else { Found::Good };
        self.say("verdicts", found, said, "");
        answers
    }

    fn numbers(&mut self, answers: &[(&Case, Got)]) {
        let number = answers.iter().find(|(_, got)| match got {
            Got::Verdict(Verdict::Accept { out }) => has_number(out),
            _ => false,
        });
        match number {
            None => self.good("numbers", "no JSON number in an output"),
            Some((case, got)) => {
                let hint = "each integer is a string: 0x and digits without leading zeros";
                self.say("numbers", Found::Bad, format!("{}: {got}", case.name), hint);
            }
        }
    }

    fn classes(&mut self, answers: &[(&Case, Got)]) {
        let unclassified = answers.iter().find(|(_, got)| match got {
            Got::Verdict(Verdict::Reject { error }) => {
                error.as_ref().is_none_or(|error| error.class.is_none())
            }
            _ => false,
        });
        let Some((case, _)) = unclassified else {
            return self.good("classes", "each reject that was seen has a class");
        };
        let hint = "a right verdict without the class of its error scores as pass-weak";
        self.say("classes", Found::Note, format!("{} is rejected without", case.name), hint);
    }

    /// Asks all of them once more, in reverse and ahead.
    fn again(&mut self, hello: &Hello, answers: &[(&Case, Got)]) {
        let window = hello.limits.max_inflight.unwrap_or(INFLIGHT_DEFAULT);
        let ahead = usize::try_from(window.clamp(1, AHEAD_MAX)).unwrap_or(1);
        let round = answers.iter().rev().cycle().take(ahead.max(answers.len()));
        let round: Vec<&(&Case, Got)> = round.collect();
        let mut differs = None;
        for chunk in round.chunks(ahead) {
            let numbered = || (1_u32..).zip(chunk);
            let requests: Vec<Request> =
                numbered().map(|(index, (case, _))| question(index | 1 << 16, case)).collect();
            match self.connection.ask(&requests) {
                Ok(mut responses) => {
                    for (index, (case, first)) in numbered() {
                        let second = responses.remove(&(index | 1 << 16)).unwrap_or_default();
                        let (_, second) = judge(&case.vector.expectation, &self.features, second);
                        if !first.agrees(&second) {
                            let why = format!("{}: first {first}, then {second}", case.name);
                            differs = Some((Outcome::Nondeterministic, why));
                        }
                    }
                }
                Err(wrong) => return self.wrong("many at once", &wrong),
            }
        }
        match window {
            0 => self.say("many at once", Found::Bad, "max_inflight is 0", "1 at least"),
            _ => self.good("many at once", format!("{ahead} questions ahead are answered")),
        }
        match differs {
            Some(wrong) => self.wrong("same answer twice", &wrong),
            None => self.good("same answer twice", "asked again, it gives the same answer"),
        }
    }

    /// Asks one question with a request of its own, and compares the answer with the first.
    fn once_more(
        &mut self,
        name: &'static str,
        request: &Request,
        case: &Case,
        first: &Got,
    ) -> bool {
        match self.connection.ask(std::slice::from_ref(request)) {
            Ok(mut responses) => {
                let response = responses.remove(&request.id).unwrap_or_default();
                let (outcome, got) = judge(&case.vector.expectation, &self.features, response);
                if first.agrees(&got) {
                    return true;
                }
                let why = format!("{}: first {first}, then {got}", case.name);
                let nothing = matches!(got, Got::Nothing(_));
                let outcome = if nothing { outcome } else { Outcome::Nondeterministic };
                self.wrong(name, &(outcome, why));
            }
            Err(wrong) => self.wrong(name, &wrong),
        }
        false
    }

    fn ids(&mut self, case: &Case, first: &Got) {
        for id in [1, 1 << 31, u32::MAX] {
            if !self.once_more("ids", &question(id, case), case, first) {
                return;
            }
        }
        self.good("ids", "are echoed, also the largest");
    }

    /// Asks with a field beside those of a question: one in `in` would make another question.
    fn extra_fields(&mut self, case: &Case, first: &Got) {
        self.connection.extra = Some(json!({"a field of": "a later version"}));
        if self.once_more("unknown fields", &question(7, case), case, first) {
            self.good("unknown fields", "are ignored");
        }
        self.connection.extra = Some(json!("x".repeat(LONG_LINE)));
        if self.once_more("long lines", &question(8, case), case, first) {
            self.good("long lines", format!("{} KiB are read", LONG_LINE / 1024));
        }
        self.connection.extra = None;
    }

    fn strange_operation(&mut self) {
        let name = "unknown operations";
        match self.connection.ask(&[request(9, "doctor.unknown", json!({}))]) {
            Ok(responses) => match responses.into_values().next() {
                Some(Response { ok: None, .. }) => self.good(name, "are refused"),
                _ => {
                    let hint = "`unsupported` is the answer to what it does not know";
                    self.say(name, Found::Note, "are answered like others", hint);
                }
            },
            Err((outcome, why)) => {
                let hint = "it is never asked what it does not declare, but can say `unsupported`";
                self.say(name, Found::Note, format!("{outcome}: {why}"), hint);
            }
        }
    }

    fn line_ends(&mut self) {
        if self.connection.carriage_return {
            let hint = "they are tolerated; a line ends with a line feed";
            self.say("line ends", Found::Note, "carriage returns", hint);
        } else {
            self.good("line ends", "line feeds alone, no byte order mark");
        }
    }

    /// How it ends: by the end of its input, by SIGTERM, by `shutdown`.
    fn ends(&mut self, hello: &Hello) {
        self.end_of_input();
        match sweep() {
            0 => self.good("children", "none outlives it"),
            left => {
                let said = format!("{left} processes outlived it");
                self.say("children", Found::Bad, said, "end what it starts when it ends");
            }
        }
        match self.connection.start() {
            Ok(second) if second == *hello => {
                self.good("second start", "`hello` is answered as before")
            }
            Ok(_) => {
                let said = "`hello` is answered differently";
                self.say("second start", Found::Bad, said, "`hello` does not depend on chance");
            }
            Err(unusable) => {
                let outcome = unusable.outcome.unwrap_or(Outcome::Skipped);
                return self.wrong("second start", &(outcome, unusable.reason));
            }
        }
        match self.connection.terminate() {
            Some(_) => self.good("SIGTERM", "ends it"),
            None => {
                let said = "it did not exit within 2 s, and is killed";
                self.say("SIGTERM", Found::Bad, said, "do not ignore SIGTERM, or end within 2 s");
            }
        }
        if self.connection.shut_down(&request(1, "shutdown", json!({}))) {
            self.good("shutdown", "ends it");
        } else {
            let hint = "optional: answer `ok` and end; the end of input does the same";
            self.say("shutdown", Found::Note, "is not understood", hint);
        }
        let (mib, stderr) = (self.connection.memory >> 20, self.connection.stderr.len());
        self.good("resources", format!("{mib} MiB, {stderr} bytes of standard error"));
    }

    fn end_of_input(&mut self) {
        let name = "end of input";
        match self.connection.end() {
            (Some(Event::Line(line) | Event::End(line)), _) => {
                let why = format!("it writes more than it was asked: {}", shorten(&line));
                self.wrong(name, &(Outcome::ProtocolNoise, why));
            }
            (_, Some(Ending::Exit(0) | Ending::Closed)) => self.good(name, "ends it"),
            (_, Some(Ending::Mute)) => {
                let said = "it did not exit within 2 s, and is killed";
                self.say(name, Found::Bad, said, "end when standard input ends");
            }
            (_, Some(ending)) => {
                let hint = "end with exit status 0 when standard input ends";
                self.say(name, Found::Bad, ending.describe(), hint);
            }
            (_, None) => self.say(name, Found::Note, "could not be checked", ""),
        }
    }
}

/// The smallest case of each operation, or part of one, that an adapter declares.
fn smallest<'c>(hello: &Hello, cases: &'c [Case]) -> Vec<&'c Case> {
    let mut smallest: BTreeMap<String, (usize, &Case)> = BTreeMap::new();
    for case in cases.iter().filter(|case| undeclared(hello, case).is_none()) {
        let part = declared_as(case);
        let size = case.vector.input.to_string().len();
        let best = smallest.entry(part).or_insert((size, case));
        if size < best.0 {
            *best = (size, case);
        }
    }
    smallest.into_values().map(|(_, case)| case).collect()
}

fn has_number(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Array(items) => items.iter().any(has_number),
        Value::Object(fields) => fields.values().any(has_number),
        _ => false,
    }
}
