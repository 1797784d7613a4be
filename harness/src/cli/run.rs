//! `ckbspec run`: ask clients the cases, and judge their answers.

use super::arguments::{LimitArgs, MEMORY_MIB, SelectArgs};
use super::chosen::Chosen;
use super::known::{check_clients, of_client, read_lists};
use super::resume::{self, Before};
use crate::bundle::{Bundles, file_name};
use crate::known::{Finding, Hearing, HearingCounts, Known, UNEXPLAINED};
use crate::report::{ClientRun, Progress, cases, failures, summary};
use crate::root::Root;
use crate::runner::Shard;
use crate::runner::{
    Address, CaseResult, Limits, Log, Observer, RUN_SCHEMA, Run, RunHeader, Score, Tally, Unusable,
    examine, now_ms,
};
use crate::spec::Spec;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::interrupt;
use ckbspec_common::problem::{Problem, colour};
use ckbspec_protocol::{Hello, Operation};
use clap::{Args, Parser};
use std::cell::Cell;
use std::io::{self, Write};
use std::path::Path;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Args, Clone, Debug)]
pub(super) struct RunArgs {
    /// A client: `stdio:COMMAND` (the default kind), `oneshot:COMMAND`, `batch:COMMAND {in} {out}`,
    /// `unix:PATH`, `tcp:HOST:PORT`, `builtin:reference`, `builtin:always-accept`,
    /// `builtin:always-reject`; may be repeated.
    ///
    /// Of the environment a command sees PATH, HOME, LANG, TMPDIR and what begins with CKBSPEC_;
    /// `env NAME=VALUE COMMAND` sets more. No shell runs.
    #[arg(short, long, value_name = "ADAPTER", default_value = "builtin:reference")]
    pub(super) adapter: Vec<Address>,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    /// What a client is known to fail (`ckbspec schema known`): that does not fail the run, while
    /// an unexpected pass does, and so does an entry that is stale or expired. May be repeated,
    /// a file for each client.
    #[arg(long, value_name = "FILE")]
    pub(super) known: Vec<PathBuf>,
    /// Write the run log here, one JSON object a line. A log that is there is replaced, unless
    /// its run was interrupted.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Go on with the run log: what was asked before an interruption is not asked again.
    /// Where there is no log, it begins one.
    #[arg(long, requires = "output")]
    pub(super) resume: bool,
    /// Write a folder for each failure here: the bytes on the wire, expected, got, and a script
    /// that asks again.
    #[arg(long, value_name = "DIR")]
    pub(super) bundles: Option<PathBuf>,
    /// Ask one of several equal shares of the cases, as 1/4; `ckbspec merge` joins their logs.
    #[arg(long, value_name = "N/OF")]
    pub(super) shard: Option<Shard>,
    /// A right verdict without the right class fails the run.
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
    /// Ask each case twice; two answers are `nondeterministic`.
    #[arg(long)]
    pub(super) repeat: bool,
    /// How many failing rules are shown with a case in full.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) details: usize,
}

/// `run` alone on a command line.
#[derive(Parser)]
struct Alone {
    #[command(flatten)]
    run: RunArgs,
}

impl Default for RunArgs {
    /// What `ckbspec` alone does.
    fn default() -> Self {
        Alone::parse_from(["run"]).run
    }
}

pub(super) fn run(root: &Root, args: &RunArgs) -> CommandResult {
    let selection = args.select.selection();
    let chosen = Chosen::of(root, &selection)?.shard(args.shard)?;
    let known = read_lists(root, &args.known)?;
    let before = match args.output.as_deref() {
        Some(log) if args.resume => resume::read(log)?,
        Some(log) => resume::may_replace(log).map(|()| vec![])?,
        None => vec![],
    };
    let mut log = args.output.as_deref().map(|path| open(path, args.resume)).transpose()?;
    interrupt::listen()?;
    let whole = !selection.is_partial() && args.shard.is_none();
    let limits = args.limits.limits(args.repeat);
    let asking =
        Asking { root, chosen: &chosen, known: &known, before: &before, whole, args, limits };
    let (mut worst, mut clients) = (Exit::Expected, vec![]);
    for address in &args.adapter {
        let asked = with_bundles(&asking, address, log.as_mut())?;
        worst = worst.max(asked.exit);
        clients.extend(asked.run.map(|run| run.hello.implementation.name));
        if interrupt::requested() {
            return Ok(Exit::Incomplete);
        }
    }
    check_clients(&known, &clients, worst)?;
    Ok(worst)
}

/// Asks one adapter, and writes bundles of what fails where they are wanted.
fn with_bundles(
    asking: &Asking<'_>,
    address: &Address,
    log: Option<&mut Log>,
) -> Result<Asked, CommandError> {
    let args = asking.args;
    let Some(folder) = &args.bundles else {
        return ask(asking, address, log, &mut |_| ());
    };
    let several = args.adapter.len() > 1;
    let root = asking.root.arguments();
    let bundles = Bundles {
        folder: if several { folder.join(file_name(&address.text)) } else { folder.clone() },
        address,
        root: &root,
        limits: asking.limits,
    };
    let mut broken = None;
    let asked = ask(asking, address, log, &mut |result| {
        if broken.is_none() && matches!(result.score(), Score::Fail | Score::Error) {
            broken = bundles.write(result).err();
        }
    })?;
    match broken {
        None => Ok(asked),
        Some(error) => {
            let message = format!("cannot write bundles to {}: {error}", folder.display());
            Err(CommandError::usage(Problem::new(message)))
        }
    }
}

/// The first line of an adapter's section in the log.
fn header(asking: &Asking<'_>, address: &Address) -> Result<RunHeader, Problem> {
    Ok(RunHeader {
        schema: RUN_SCHEMA.to_owned(),
        runner: env!("CARGO_PKG_VERSION").to_owned(),
        adapter: address.text.clone(),
        cases: u64::try_from(asking.chosen.count).unwrap_or(u64::MAX),
        suite: Some(asking.chosen.digest()?),
        shard: asking.args.shard,
        partial: asking.args.select.selection().is_partial(),
        resumes: false,
        again: replay(asking, address),
        started_ms: now_ms(),
    })
}

fn open(path: &Path, resume: bool) -> Result<Log, CommandError> {
    let opened = if resume { Log::append(path) } else { Log::create(path) };
    opened.map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        let problem = Problem::new(message);
        CommandError::usage(match error.kind() {
            io::ErrorKind::NotFound => problem.help("-o takes a file in a folder that exists"),
            _ => problem,
        })
    })
}

fn log_broke(error: io::Error) -> CommandError {
    let problem = Problem::new(format!("the run log cannot be written: {error}"));
    problem.help("is the disk full? A log without its footer is not that of a whole run").into()
}

/// What is asked, and what is known beforehand.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) root: &'a Root,
    pub(super) chosen: &'a Chosen,
    /// Lists of known failures, each of another client.
    pub(super) known: &'a [Known],
    /// What the log that is resumed says.
    pub(super) before: &'a [ClientRun],
    /// Whether the cases are the whole suite.
    pub(super) whole: bool,
    pub(super) args: &'a RunArgs,
    pub(super) limits: Limits,
}

/// What asking one adapter came to.
pub(super) struct Asked {
    /// What the exit status should say of it.
    pub(super) exit: Exit,
    /// The run, unless the adapter was unusable.
    pub(super) run: Option<Run>,
}

/// Asks one adapter, and prints what it made of the cases; `heard` is called with each result.
pub(super) fn ask(
    asking: &Asking<'_>,
    address: &Address,
    mut log: Option<&mut Log>,
    heard: &mut dyn FnMut(&CaseResult),
) -> Result<Asked, CommandError> {
    let start = Instant::now();
    let examined = examine_only(asking, address, log.as_deref_mut(), heard)?;
    let Some((run, hearing)) = examined else {
        return Ok(Asked { exit: Exit::AdapterUnusable, run: None });
    };
    let known = of_client(asking.known, &run.hello.implementation.name);
    let fix = known.map_or_else(String::new, |known| fix(&known.shown, address));
    let findings = hearing
        .as_ref()
        .map_or_else(Vec::new, |heard| heard.findings(asking.whole && !run.interrupted, &fix));
    if let Some(log) = &mut log {
        for Finding { kind, at, problem } in &findings {
            log.known(kind, problem.message(), at).map_err(log_broke)?;
        }
        for (outcome, (count, reason)) in &run.unexplained {
            let reason = format!("{outcome}, {}: {reason}", times(*count));
            log.adapter("unexplained", &reason).map_err(log_broke)?;
        }
        if let Some(why) = &run.given_up {
            let event = if run.interrupted { "interrupted" } else { "given-up" };
            log.adapter(event, why).map_err(log_broke)?;
        }
        log.footer(run.given_up.is_none()).map_err(log_broke)?;
    }
    let counts = hearing.map_or_else(HearingCounts::default, |hearing| hearing.counts());
    let exit = exit(&run, &findings, counts, asking.args.strict);
    let said = known.map(|known| said(known, counts, findings.len()));
    let printed = Printed { run: &run, findings: &findings, said, exit };
    print(&printed, asking, address, start.elapsed())?;
    Ok(Asked { exit, run: Some(run) })
}

/// Asks one adapter without a word about the cases; `None` where it is unusable.
pub(super) fn examine_only<'a>(
    asking: &Asking<'a>,
    address: &Address,
    log: Option<&mut Log>,
    heard: &mut dyn FnMut(&CaseResult),
) -> Result<Option<(Run, Option<Hearing<'a>>)>, CommandError> {
    let Asking { root, chosen, known: lists, limits, args, .. } = *asking;
    let mut header = log.is_some().then(|| header(asking, address)).transpose()?;
    let mut before = Before::default();
    let mut rest = chosen.count;
    if let Some(header) = &mut header {
        before = Before::of(asking.before, header)?;
        rest = rest.saturating_sub(before.count());
        (header.resumes, header.cases) = (before.found, u64::try_from(rest).unwrap_or(u64::MAX));
    }
    let another = Cell::new(false);
    let mut watcher = Watcher {
        progress: Progress::new(&address.text, rest),
        log,
        header,
        broken: None,
        lists,
        hearing: None,
        strict: args.strict,
        before: &before,
        another: &another,
        spec: &chosen.spec,
        heard,
    };
    let mut unread = None;
    let mut each =
        chosen.each()?.filter(|case| !case.as_ref().is_ok_and(|case| before.holds(case)));
    // What cannot be read ends the cases, and the run; so does another client.
    let mut cases = std::iter::from_fn(|| {
        let case = each.next().filter(|_| !another.get())?;
        case.map_err(|bad| unread = Some(bad)).ok()
    });
    let mut ran = examine(address, &root.arguments(), &mut cases, limits, &mut watcher);
    if let Some(problem) = unread {
        return Err(problem.into());
    }
    if another.get() {
        return Err(CommandError::usage(before.another()));
    }
    if let Ok(run) = &mut ran {
        for result in before.results(chosen)? {
            watcher.again(result, &mut run.tally);
        }
    }
    let Watcher { progress, log, header, broken, hearing, .. } = watcher;
    progress.finish();
    if let Some(error) = broken {
        return Err(log_broke(error));
    }
    match ran {
        Ok(run) => Ok(Some((run, hearing))),
        Err(unusable) => {
            if let (Some(log), Some(header)) = (log, header) {
                log_unusable(log, header, &unusable).map_err(log_broke)?;
            }
            anstream::eprintln!("{}\n", unusable_problem(address, &unusable));
            Ok(None)
        }
    }
}

fn log_unusable(log: &mut Log, header: RunHeader, unusable: &Unusable) -> io::Result<()> {
    let name = unusable.outcome.as_ref().map(|o| format!("{o}: ")).unwrap_or_default();
    log.header(header)?;
    log.adapter("unusable", &format!("{name}{}", unusable.reason))?;
    log.footer(false)
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
        return problem.help(format!("its standard error ends: {stderr}"));
    }
    let general = "it reads a JSON object a line, and answers and flushes each at once";
    problem.help(outcome.hint().unwrap_or(general))
}

/// What is printed of a run.
struct Printed<'a> {
    run: &'a Run,
    findings: &'a [Finding],
    /// What a list of known failures came to.
    said: Option<String>,
    exit: Exit,
}

fn print(
    printed: &Printed<'_>,
    asking: &Asking<'_>,
    address: &Address,
    took: Duration,
) -> io::Result<()> {
    let Printed { run, findings, said, exit } = printed;
    let mut out = anstream::stdout().lock();
    let replay = replay(asking, address);
    write!(out, "{}", failures(&run.tally, &asking.chosen.spec, &replay, asking.args.details))?;
    for finding in *findings {
        writeln!(out, "{}\n", finding.problem.render(colour()))?;
    }
    if !run.stderr.is_empty() && *exit != Exit::Expected {
        writeln!(out, "standard error of the adapter ends:")?;
        for line in run.stderr.lines().rev().take(10).collect::<Vec<_>>().into_iter().rev() {
            writeln!(out, "  {}", line.escape_debug())?;
        }
        writeln!(out)?;
    }
    let client = &run.hello.implementation;
    let language = client.language.as_deref().map(|l| format!(", {l}")).unwrap_or_default();
    writeln!(out, "{} {}{language} ({})", client.name, client.version, address.text)?;
    writeln!(out, "{}", summary(&run.tally))?;
    if let Some(said) = said {
        writeln!(out, "{said}")?;
    }
    for op in run.hello.ops.iter().filter(|op| !Operation::exists(op)) {
        writeln!(out, "note: it declares `{op}`, which is no operation, nor a part of one")?;
    }
    for (why, count) in &run.tally.not_asked {
        writeln!(out, "{} not asked: {why}", cases(*count))?;
    }
    for (outcome, (count, reason)) in &run.unexplained {
        let times = times(*count);
        writeln!(out, "{outcome}, {times}, though asked alone no case does it: {reason}")?;
        if let Some(hint) = outcome.hint() {
            writeln!(out, "  fix: {hint}")?;
        }
    }
    if run.left_behind > 0 {
        writeln!(out, "{} processes outlived the adapter, and were ended", run.left_behind)?;
    }
    let all = run.tally.cases();
    let not_asked = [Score::Unsupported, Score::Skipped].map(|score| run.tally.count(score));
    let asked = all.saturating_sub(not_asked.iter().sum());
    let seconds = took.as_secs_f64();
    let micros = seconds * 1e6 / f64::from(u32::try_from(asked.max(1)).unwrap_or(u32::MAX));
    let asked = if asked == all { String::new() } else { format!(", {asked} asked,") };
    writeln!(out, "{}{asked} in {seconds:.2} s, {micros:.1} µs a question", cases(all))
}

/// How often something happened.
fn times(count: u32) -> String {
    if count == 1 { "once".into() } else { format!("{count} times") }
}

/// What a list of known failures came to, in one line.
fn said(known: &Known, counts: HearingCounts, findings: usize) -> String {
    let HearingCounts { failed, flaky, flaky_failed, unexplained, .. } = counts;
    let mut said = format!("{}: {failed} failed as known", known.shown);
    if flaky > 0 {
        said.push_str(&format!(", {flaky_failed} of {flaky} flaky cases failed"));
    }
    if unexplained > 0 {
        said.push_str(&format!(", {unexplained} of them {UNEXPLAINED}"));
    }
    if findings > 0 {
        said.push_str(&format!("; mistakes in the list: {findings}"));
    }
    said
}

/// The command that asks one case again, as typed at this working folder.
fn replay(asking: &Asking<'_>, address: &Address) -> String {
    let RunArgs { limits, repeat, strict, .. } = asking.args;
    let pack = asking.root.pack().map(|file| format!("--pack {}", quoted(&file.to_string_lossy())));
    let options = [
        pack,
        limits.deadline_ms.map(|ms| format!("--deadline-ms {ms}")),
        (limits.memory_mib != MEMORY_MIB).then(|| format!("--memory-mib {}", limits.memory_mib)),
        repeat.then(|| "--repeat".to_owned()),
        strict.then(|| "--strict".to_owned()),
    ];
    let options: String =
        options.into_iter().flatten().map(|option| format!(" {option}")).collect();
    format!("{} run{options} -a {}", program(), quoted(&address.text))
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

fn exit(run: &Run, findings: &[Finding], known: HearingCounts, strict: bool) -> Exit {
    let has = |score| run.tally.count(score) > 0;
    if run.interrupted {
        return Exit::Incomplete;
    }
    if run.given_up.is_some() {
        return Exit::AdapterUnusable;
    }
    let fails = has(Score::Fail) || has(Score::Error) || (strict && has(Score::Weak));
    let fails = fails || !run.unexplained.is_empty();
    // Where all that broke the adapter is known, what was not asked because of it is not.
    if fails || !findings.is_empty() || known.not_asked > 0 {
        return Exit::ClientWrong;
    }
    Exit::Expected
}

/// Shows progress, says what is known, and writes the log while the run goes on.
struct Watcher<'a, 'l> {
    progress: Progress,
    log: Option<&'l mut Log>,
    /// Until it is written.
    header: Option<RunHeader>,
    broken: Option<io::Error>,
    lists: &'a [Known],
    hearing: Option<Hearing<'a>>,
    strict: bool,
    before: &'l Before,
    /// Whether it is not the client that was asked before.
    another: &'l Cell<bool>,
    spec: &'a Spec,
    heard: &'l mut dyn FnMut(&CaseResult),
}

impl Watcher<'_, '_> {
    fn log(&mut self, write: impl FnOnce(&mut Log) -> io::Result<()>) {
        if let Some(log) = self.log.as_mut().filter(|_| self.broken.is_none()) {
            self.broken = write(log).err();
        }
    }

    /// What was asked before an interruption counts, and stands in the log already.
    fn again(&mut self, mut result: CaseResult, tally: &mut Tally) {
        result.listed = self.hearing.as_mut().and_then(|hearing| hearing.hear(&result));
        tally.add(result);
    }
}

impl Observer for Watcher<'_, '_> {
    fn hello(&mut self, hello: &Hello) {
        if self.before.is_of_another(&hello.implementation) {
            return self.another.set(true);
        }
        if let Some(header) = self.header.take() {
            self.log(|log| log.header(header));
        }
        let known = of_client(self.lists, &hello.implementation.name);
        self.hearing = known.map(|known| Hearing::new(known, self.strict));
        self.log(|log| log.hello(hello));
    }

    fn case(&mut self, result: &mut CaseResult) {
        result.listed = self.hearing.as_mut().and_then(|hearing| hearing.hear(result));
        self.progress.add(result);
        (self.heard)(result);
        let spec = self.spec;
        self.log(|log| log.case(result, spec));
    }

    fn restart(&mut self, reason: &str, under_way: usize) {
        let questions = if under_way == 1 { "question" } else { "questions" };
        self.progress
            .say(&format!("adapter ended with {under_way} {questions} under way: {reason}"));
        self.log(|log| log.adapter("restart", reason));
    }
}
