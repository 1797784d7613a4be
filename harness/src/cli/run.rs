//! `ckbspec run`: ask clients the cases, and judge their answers.

use super::{Exit, RunArgs, Stop, open};
use crate::house::House;
use crate::problem::Problem;
use crate::report::{Progress, failures, summary};
use crate::runner::{Address, CaseResult, Got, Limits, Log, Observer, Run, Score, examine};
use crate::spec::Spec;
use crate::vectors::Case;
use ckbspec_protocol::Hello;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) fn run(house: &House, args: &RunArgs) -> Result<Exit, Stop> {
    let (spec, suite) = open(house)?;
    let selection = args.select.selection();
    let cases = selection.of(&suite).map_err(Stop::usage)?;
    let mut log = args.output.as_deref().map(create).transpose()?;
    let mut worst = Exit::Expected;
    for address in &args.adapter {
        if let Some(log) = &mut log {
            log.header(address, cases.len(), selection.is_partial()).map_err(log_broke)?;
        }
        let asked = ask(house, &spec, &cases, address, args, log.as_mut())?;
        worst = worst.max(asked.exit);
    }
    Ok(worst)
}

fn create(path: &Path) -> Result<Log, Stop> {
    Log::create(path).map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        Stop::usage(Problem::new(message).help("-o takes a file in a folder that exists"))
    })
}

fn log_broke(error: io::Error) -> Stop {
    Problem::new(format!("the run log cannot be written: {error}")).into()
}

/// What asking one adapter came to.
pub(super) struct Asked {
    /// What the exit status should say of it.
    pub(super) exit: Exit,
    /// The run, unless the adapter was unusable.
    pub(super) run: Option<Run>,
}

/// Asks one adapter, and prints what it made of the cases.
pub(super) fn ask(
    house: &House,
    spec: &Spec,
    cases: &[Case],
    address: &Address,
    args: &RunArgs,
    log: Option<&mut Log>,
) -> Result<Asked, Stop> {
    let start = Instant::now();
    let limits = Limits { deadline: Duration::from_millis(args.deadline_ms) };
    let progress = Progress::new(&address.text, cases.len());
    let mut watcher = Watcher { progress, log, broken: None };
    let ran = examine(address, house.root(), cases, limits, &mut watcher);
    let Watcher { progress, mut log, broken } = watcher;
    progress.finish();
    if let Some(error) = broken {
        return Err(log_broke(error));
    }
    let run = match ran {
        Ok(run) => run,
        Err(unusable) => {
            if let Some(log) = &mut log {
                log.adapter("unusable", &unusable.reason).map_err(log_broke)?;
                log.footer(false).map_err(log_broke)?;
            }
            let mut problem =
                Problem::new(format!("adapter `{}`: {}", address.text, unusable.reason));
            problem = if !unusable.stderr.is_empty() {
                problem.help(format!("its standard error ends: {}", unusable.stderr))
            } else if unusable.started {
                problem.help("it reads a JSON object a line, and answers and flushes each at once")
            } else {
                problem.help("no shell runs: name a program on the PATH, or a path to one")
            };
            anstream::eprintln!("{problem}\n");
            return Ok(Asked { exit: Exit::AdapterUnusable, run: None });
        }
    };
    if let Some(log) = &mut log {
        log.footer(run.given_up.is_none()).map_err(log_broke)?;
    }
    print(&run, spec, address, args, start.elapsed())?;
    Ok(Asked { exit: exit(&run, args.strict), run: Some(run) })
}

fn print(
    run: &Run,
    spec: &Spec,
    address: &Address,
    args: &RunArgs,
    took: Duration,
) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let replay = replay(address);
    write!(out, "{}", failures(&run.results, spec, &replay, args.details))?;
    if !run.stderr.is_empty() && exit(run, args.strict) != Exit::Expected {
        writeln!(out, "standard error of the adapter ends:")?;
        for line in run.stderr.lines().rev().take(10).collect::<Vec<_>>().into_iter().rev() {
            writeln!(out, "  {}", line.escape_debug())?;
        }
        writeln!(out)?;
    }
    let client = &run.hello.implementation;
    let language = client.language.as_deref().map(|l| format!(", {l}")).unwrap_or_default();
    writeln!(out, "{} {}{language} ({})", client.name, client.version, address.text)?;
    writeln!(out, "{}", summary(&run.results))?;
    for (why, count) in not_asked(run) {
        writeln!(out, "{count} cases not asked: {why}")?;
    }
    let per_case = took.as_micros().checked_div(run.results.len().try_into().unwrap_or(u128::MAX));
    let seconds = took.as_secs_f64();
    let micros = per_case.unwrap_or_default();
    writeln!(out, "{} cases in {seconds:.2} s, {micros} µs a case", run.results.len())
}

/// Why cases were not asked, and how many.
fn not_asked(run: &Run) -> BTreeMap<&str, u64> {
    let mut reasons = BTreeMap::new();
    for result in &run.results {
        if let (Score::Skipped, Got::Nothing(why)) = (result.outcome.score(), &result.got) {
            *reasons.entry(why.as_str()).or_default() += 1;
        }
    }
    reasons
}

/// The command that asks one case again, as typed at this working folder.
fn replay(address: &Address) -> String {
    let program = std::env::current_exe().unwrap_or_default();
    let here = std::env::current_dir().unwrap_or_default();
    let program = program.strip_prefix(&here).unwrap_or(&program).display().to_string();
    let adapter = shlex::try_quote(&address.text).map_or_else(|_| String::new(), Into::into);
    format!("{program} run -a {adapter}")
}

fn exit(run: &Run, strict: bool) -> Exit {
    let has = |score| run.results.iter().any(|result| result.outcome.score() == score);
    if run.given_up.is_some() {
        Exit::AdapterUnusable
    } else if has(Score::Fail) || has(Score::Error) || (strict && has(Score::Weak)) {
        Exit::ClientWrong
    } else {
        Exit::Expected
    }
}

/// Shows progress and writes the log while the run goes on.
struct Watcher<'a> {
    progress: Progress,
    log: Option<&'a mut Log>,
    broken: Option<io::Error>,
}

impl Watcher<'_> {
    fn log(&mut self, write: impl FnOnce(&mut Log) -> io::Result<()>) {
        if let Some(log) = self.log.as_mut().filter(|_| self.broken.is_none()) {
            self.broken = write(log).err();
        }
    }
}

impl Observer for Watcher<'_> {
    fn hello(&mut self, hello: &Hello) {
        self.log(|log| log.hello(hello));
    }

    fn case(&mut self, result: &CaseResult) {
        self.progress.add(result);
        self.log(|log| log.case(result));
    }

    fn restart(&mut self, reason: &str, under_way: usize) {
        let questions = if under_way == 1 { "question" } else { "questions" };
        self.progress
            .say(&format!("adapter ended with {under_way} {questions} under way: {reason}"));
        self.log(|log| log.adapter("restart", reason));
    }
}
