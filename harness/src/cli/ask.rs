//! Asks one adapter the cases, and records what becomes of them: for the run log, where there is
//! one, and for the report.

use super::chosen::Chosen;
use super::lists::of_client;
use super::resume::Earlier;
use crate::known::{Known, ListProblem, ListedResults};
use crate::pack::RuleLine;
use crate::report::{ClientRun, Progress, Runs, SectionWriter, terminal};
use crate::root::Root;
use crate::runner::{
    AdapterLine, Address, CaseRecord, CaseResult, ClientLine, KnownLine, Limits, Log, LogLine,
    Observer, RUN_SCHEMA, Run, RunFooter, RunHeader, Score, Unusable, examine, now_ms, record,
};
use ckbspec_common::exit::{CommandError, Exit};
use ckbspec_common::problem::Problem;
use ckbspec_protocol::Hello;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The rules that the cases show, by id.
pub(super) type Rules = BTreeMap<String, RuleLine>;

/// Failing rules whose smallest case is shown in full, where nothing else is said.
pub(super) const DETAILS: usize = 3;

/// What is asked, and how.
#[derive(Clone, Copy)]
pub(super) struct Questions<'a> {
    pub(super) root: &'a Root,
    pub(super) chosen: &'a Chosen,
    pub(super) limits: Limits,
    /// Whether a right verdict without the right class is a failure.
    pub(super) strict: bool,
    /// Lists of known failures, each of another client.
    pub(super) known: &'a [Known],
    /// The options of `run` that the command which asks a case again repeats.
    pub(super) options: &'a [String],
}

pub(super) struct LogFile {
    pub(super) name: String,
    pub(super) log: Log,
}

/// Asks one adapter; `None` where it is unusable. `each` is called with what becomes of each case,
/// `rules` are those that the log has already.
pub(super) fn ask(
    questions: &Questions<'_>,
    address: &Address,
    earlier: &Runs,
    log: Option<&mut LogFile>,
    rules: &mut Rules,
    each: &mut dyn FnMut(&CaseResult, &CaseRecord),
) -> Result<Option<ClientRun>, CommandError> {
    let Questions { root, chosen, limits, .. } = *questions;
    let mut header = header(questions, address, log.is_some())?;
    let earlier = Earlier::of(&earlier.clients, &header)?;
    let rest = chosen.count.saturating_sub(earlier.count());
    (header.resumes, header.cases) = (earlier.found(), u64::try_from(rest).unwrap_or(u64::MAX));
    let another = Cell::new(false);
    let mut recorder = Recorder {
        questions,
        progress: Progress::new(&address.text, rest),
        log,
        began_ms: header.started_ms,
        header: Some(header),
        section: None,
        broken: None,
        list: None,
        earlier,
        another: &another,
        rules,
        each,
    };
    let known = recorder.earlier.names();
    let mut unread = None;
    let mut cases =
        chosen.each()?.filter(|case| !case.as_ref().is_ok_and(|case| known.contains(&case.name)));
    // What cannot be read ends the cases, and the run; so does another client.
    let mut cases = std::iter::from_fn(|| {
        let case = cases.next().filter(|_| !another.get())?;
        case.map_err(|bad| unread = Some(bad)).ok()
    });
    let ran = examine(address, &root.arguments(), &mut cases, limits, &mut recorder);
    if let Some(problem) = unread {
        return Err(problem.into());
    }
    if another.get() {
        return Err(CommandError::usage(recorder.earlier.another()));
    }
    match ran {
        Ok(run) => recorder.end(run, address).map(Some),
        Err(unusable) => {
            recorder.unusable(&unusable)?;
            anstream::eprintln!("{}\n", unusable_problem(address, &unusable));
            Ok(None)
        }
    }
}

/// Prints what a run came to. Where nobody reads on, the exit status still tells.
pub(super) fn print(run: &ClientRun, rules: &Rules, details: usize) -> io::Result<()> {
    let runs = Runs { rules: rules.clone(), clients: vec![run.clone()], notes: vec![] };
    match write!(anstream::stdout().lock(), "{}", terminal(&runs, details)) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// What the exit status says of a run. `listed`: there is a list of known failures of the client.
pub(super) fn exit(run: &ClientRun, strict: bool, listed: bool) -> Exit {
    if run.has_event("interrupted") {
        return Exit::Incomplete;
    }
    if run.has_event("given-up") {
        return Exit::AdapterUnusable;
    }
    let has = |score| run.count(score) > 0;
    let fails = has(Score::Fail) || has(Score::Error) || (strict && has(Score::Weak));
    // Where all that broke the adapter is known, what was not asked because of it is not.
    let not_asked =
        |record: &CaseRecord| record.score() == Score::Skipped && record.known.is_none();
    if fails || !run.other_findings().is_empty() || (listed && run.cases.iter().any(not_asked)) {
        return Exit::ClientWrong;
    }
    Exit::Expected
}

/// The first line of an adapter's section in the log.
fn header(
    questions: &Questions<'_>,
    address: &Address,
    logged: bool,
) -> Result<RunHeader, CommandError> {
    let Questions { root, chosen, options, .. } = questions;
    Ok(RunHeader {
        schema: RUN_SCHEMA.to_owned(),
        runner: env!("CARGO_PKG_VERSION").to_owned(),
        adapter: address.text.clone(),
        cases: 0,
        suite: if logged { Some(chosen.digest()?) } else { None },
        shard: chosen.shard,
        partial: chosen.partial,
        resumes: false,
        again: again(root, options, address),
        started_ms: now_ms(),
    })
}

/// The command that asks one case again, as typed at this working folder.
fn again(root: &Root, options: &[String], address: &Address) -> String {
    let pack = root.pack().map(|file| format!("--pack {}", quoted(&file.to_string_lossy())));
    let options = pack.iter().chain(options).map(|option| format!(" {option}"));
    format!("{} run{} -a {}", program(), options.collect::<String>(), quoted(&address.text))
}

/// The command that fits a list of known failures to what a client answers.
pub(super) fn fix(file: &str, address: &Address) -> String {
    format!("{} known update {} -a {}", program(), quoted(file), quoted(&address.text))
}

/// This binary, as typed at this working folder.
fn program() -> String {
    let program = std::env::current_exe().unwrap_or_default();
    let here = std::env::current_dir().unwrap_or_default();
    program.strip_prefix(&here).unwrap_or(&program).display().to_string()
}

fn quoted(text: &str) -> String {
    shlex::try_quote(text).map_or_else(|_| String::new(), Into::into)
}

/// Why an adapter cannot be asked anything, and the way out.
pub(super) fn unusable_problem(address: &Address, unusable: &Unusable) -> Problem {
    let Unusable { outcome, reason, stderr } = unusable;
    let Some(outcome) = outcome else {
        let problem = Problem::new(format!("adapter `{}`: {reason}", address.text));
        return problem.help(if address.is_socket() {
            "the client listens there before the run begins"
        } else {
            "no shell runs: name a program on the PATH, or a path to one"
        });
    };
    let problem = Problem::new(format!("adapter `{}`: {reason} ({outcome})", address.text));
    if !stderr.is_empty() {
        return problem.help(format!("last lines on stderr: {stderr}"));
    }
    let general = "it reads a JSON object a line, and answers and flushes each at once";
    problem.help(outcome.hint().unwrap_or(general))
}

fn log_broke(error: io::Error) -> CommandError {
    let problem = Problem::new(format!("the run log cannot be written: {error}"));
    problem.help("is the disk full? A log without its footer is not that of a whole run").into()
}

/// Shows progress, says what is known, and records what happens while the run goes on.
struct Recorder<'a, 'l> {
    questions: &'l Questions<'a>,
    progress: Progress,
    log: Option<&'l mut LogFile>,
    /// Until the section begins.
    header: Option<RunHeader>,
    began_ms: u64,
    section: Option<SectionWriter<'l>>,
    /// Why the log cannot be written any more.
    broken: Option<io::Error>,
    /// What the list of the client says, where there is one.
    list: Option<ListedResults<'a>>,
    earlier: Earlier,
    /// Whether it is not the client that was asked before.
    another: &'l Cell<bool>,
    rules: &'l mut Rules,
    each: &'l mut dyn FnMut(&CaseResult, &CaseRecord),
}

impl Recorder<'_, '_> {
    fn begin(&mut self) {
        let Some(header) = self.header.take() else { return };
        let log = self.log.take();
        let (name, log) = log.map_or((String::new(), None), |l| (l.name.clone(), Some(&mut l.log)));
        match SectionWriter::new(log, name, header) {
            Ok(section) => self.section = Some(section),
            Err(error) => self.broken = Some(error),
        }
    }

    fn line(&mut self, line: LogLine) {
        if let Some(section) = self.section.as_mut().filter(|_| self.broken.is_none()) {
            self.broken = section.line(line).err();
        }
    }

    fn adapter(&mut self, event: &str, reason: &str, outcome: Option<String>) {
        let [event, reason] = [event, reason].map(str::to_owned);
        self.line(LogLine::Adapter(AdapterLine { event, reason, outcome }));
    }

    /// Ends the section of a run.
    fn end(mut self, run: Run, address: &Address) -> Result<ClientRun, CommandError> {
        if let Some(list) = self.list.take() {
            let fix = fix(&list.known.shown, address);
            let whole = self.questions.chosen.is_whole() && !run.interrupted;
            for ListProblem { kind, at, problem } in list.problems(whole, &fix) {
                let [finding, message] = [kind, problem.message()].map(str::to_owned);
                let shown = problem.to_string();
                self.line(LogLine::Known(KnownLine { finding, message, at, shown }));
            }
        }
        for (outcome, (count, reason)) in &run.unexplained {
            let times = if *count == 1 { "once".into() } else { format!("{count} times") };
            let reason = format!("{outcome}, {times}: {reason}");
            self.adapter("unexplained", &reason, Some(outcome.to_string()));
        }
        if let Some(why) = &run.given_up {
            self.adapter(if run.interrupted { "interrupted" } else { "given-up" }, why, None);
        }
        let earlier = std::mem::take(&mut self.earlier);
        let section = self.close(run.given_up.is_none(), run.left_behind, run.stderr)?;
        Ok(earlier.and(section))
    }

    /// Says that the adapter cannot be asked anything.
    fn unusable(mut self, unusable: &Unusable) -> Result<ClientRun, CommandError> {
        let name = unusable.outcome.as_ref().map(|o| format!("{o}: ")).unwrap_or_default();
        self.begin();
        self.adapter("unusable", &format!("{name}{}", unusable.reason), None);
        self.close(false, 0, unusable.stderr.clone())
    }

    fn close(
        self,
        complete: bool,
        left_behind: u32,
        stderr: String,
    ) -> Result<ClientRun, CommandError> {
        self.progress.finish();
        let took_ms = now_ms().saturating_sub(self.began_ms);
        let footer = RunFooter { complete, took_ms, left_behind, stderr, ..RunFooter::default() };
        match (self.broken, self.section) {
            (Some(error), _) => Err(log_broke(error)),
            (None, Some(section)) => section.end(footer).map_err(log_broke),
            (None, None) => Err(Problem::new("the adapter never said who it is").into()),
        }
    }
}

impl Observer for Recorder<'_, '_> {
    fn hello(&mut self, hello: &Hello) {
        if self.earlier.is_of_another(&hello.implementation) {
            return self.another.set(true);
        }
        self.begin();
        let Hello { implementation: client, ops, axes, .. } = hello.clone();
        let list = of_client(self.questions.known, &client.name);
        let mut list = list.map(|list| ListedResults::new(list, self.questions.strict));
        // What was asked before an interruption counts.
        for record in self.earlier.records() {
            record.known = list.as_mut().and_then(|list| list.add(record));
        }
        self.list = list;
        self.line(LogLine::Hello(ClientLine { client, ops, axes }));
    }

    fn case(&mut self, result: &CaseResult) {
        let mut record = record(result);
        record.known = self.list.as_mut().and_then(|list| list.add(&record));
        self.progress.add(&record);
        (self.each)(result, &record);
        for id in &record.rules {
            if let Some(rule) = self.questions.chosen.spec.rules.get(id)
                && !self.rules.contains_key(id)
            {
                let line = RuleLine::of(rule);
                self.rules.insert(id.clone(), line.clone());
                self.line(LogLine::Rule(line));
            }
        }
        self.line(LogLine::Case(Box::new(record)));
    }

    fn restart(&mut self, reason: &str, under_way: usize) {
        let questions = if under_way == 1 { "question" } else { "questions" };
        self.progress
            .say(&format!("adapter ended with {under_way} {questions} under way: {reason}"));
        self.adapter("restart", reason, None);
    }
}
