//! The commands. Each file is one; this one holds the arguments and the exit codes.

mod audit;
mod chosen;
mod confirm;
mod doctor;
mod explain;
mod known;
mod lint;
mod list;
mod merge;
mod pack;
mod replay;
mod report;
mod resume;
mod rules;
mod run;
mod schema;
mod serve;
mod vm;
mod watch;

use crate::house::House;
use crate::pack::Pack;
use crate::problem::{Problem, Problems};
use crate::runner::{Address, Control, Limits, Shard, deadline_here};
use crate::spec::Spec;
use crate::vectors::lock::{self, Lock};
use crate::vectors::{self, Selection, Suite};
use ckbspec_protocol::message::Edition;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

/// The executable specification of Nervos CKB layer 1, and its conformance suite.
///
/// Without a command it runs the whole suite against the embedded reference.
#[derive(Debug, Parser)]
#[command(name = "ckbspec", version, max_term_width = 100)]
struct Cli {
    /// A checkout of ckbspec. Where it is left out: the nearest one above the working folder, else
    /// the set in this binary.
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// A packed release instead of a checkout; for run, list, show, explain and known.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "root")]
    pack: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask one or more clients the cases, and judge their answers.
    Run(RunArgs),
    /// Run again whenever the adapter or the vectors change.
    Watch(WatchArgs),
    /// Check that an adapter speaks the protocol, and say what to fix.
    Doctor(DoctorArgs),
    /// Answer questions on standard input with the reference (CTP/1).
    Serve(ServeArgs),
    /// Print the names of the cases.
    List(ListArgs),
    /// Print cases as they are asked: the line on the wire, and the answer that is expected.
    Show(SelectArgs),
    /// Explain a case or a rule: the law, the twin, the provenance.
    Explain(NameArgs),
    /// Check the vector files: form, twins, single faults, lock.
    Lint,
    /// Write the vector files in their canonical form.
    Fmt(FmtArgs),
    /// Print every rule: where it is executed, and which vectors show it.
    Rules(RulesArgs),
    /// Print the JSON Schemas, or write them to spec/schema.
    Schema(SchemaArgs),
    /// Keep a list of what a client is known to fail.
    #[command(subcommand)]
    Known(KnownCommand),
    /// Bring vectors.lock up to date, and record which clients confirm which cases.
    Confirm(ConfirmArgs),
    /// Write the release form of the vectors: one file, which every language can read.
    Pack(PackArgs),
    /// Say what changed from one pack to another, or to this checkout.
    Compare(CompareArgs),
    /// Make a report of run logs, for people, CI or tools.
    Report(ReportArgs),
    /// Ask the case of a replay bundle again, and say whether it still fails.
    Replay(ReplayArgs),
    /// Join run logs: the shards of a run, or several clients.
    Merge(MergeArgs),
    /// Hold the monetary policy against data, to the shannon.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Run a program of the VM, take it apart, or hold a client against the reference with it.
    #[command(subcommand)]
    Vm(vm::VmCommand),
}

/// Which cases.
#[derive(Args, Clone, Debug, Default)]
struct SelectArgs {
    /// Names of cases, vectors or areas; `*` and `?` are wildcards. All where none is given.
    names: Vec<String>,
    /// Only cases that show this rule; may be repeated.
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    /// Only cases at this edition, and those that are alike in all; may be repeated.
    #[arg(long, value_name = "NAME", value_parser = edition)]
    edition: Vec<Edition>,
}

fn edition(name: &str) -> Result<Edition, String> {
    let names = Edition::ALL.map(Edition::name).join(", ");
    let known = Edition::ALL.into_iter().find(|edition| edition.name() == name);
    known.ok_or(format!("there is no such edition; there are {names}"))
}

impl SelectArgs {
    fn selection(&self) -> Selection {
        Selection {
            names: self.names.clone(),
            rules: self.rule.clone(),
            editions: self.edition.clone(),
        }
    }
}

#[derive(Args, Clone, Debug)]
struct RunArgs {
    /// A client: `stdio:COMMAND` (the default kind), `oneshot:COMMAND`, `batch:COMMAND {in} {out}`,
    /// `unix:PATH`, `tcp:HOST:PORT`, `builtin:reference`, `builtin:always-accept`,
    /// `builtin:always-reject`; may be repeated.
    ///
    /// Of the environment a command sees PATH, HOME, LANG, TMPDIR and what begins with CKBSPEC_;
    /// `env NAME=VALUE COMMAND` sets more. No shell runs.
    #[arg(short, long, value_name = "ADAPTER", default_value = "builtin:reference")]
    adapter: Vec<Address>,
    #[command(flatten)]
    select: SelectArgs,
    /// What a client is known to fail (`ckbspec schema known`): that does not fail the run, while
    /// an unexpected pass does, and so does an entry that is stale or expired. May be repeated,
    /// a file for each client.
    #[arg(long, value_name = "FILE")]
    known: Vec<PathBuf>,
    /// Write the run log here, one JSON object a line. A log that is there is replaced, unless
    /// its run was interrupted.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Go on with the run log: what was asked before an interruption is not asked again.
    /// Where there is no log, it begins one.
    #[arg(long, requires = "output")]
    resume: bool,
    /// Write a folder for each failure here: the bytes on the wire, expected, got, and a script
    /// that asks again.
    #[arg(long, value_name = "DIR")]
    bundles: Option<PathBuf>,
    /// Ask one of several equal shares of the cases, as 1/4; `ckbspec merge` joins their logs.
    #[arg(long, value_name = "N/OF")]
    shard: Option<Shard>,
    /// A right verdict without the right class fails the run.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    limits: LimitArgs,
    /// Ask each case twice; two answers are `nondeterministic`.
    #[arg(long)]
    repeat: bool,
    /// How many failing rules are shown with a case in full.
    #[arg(long, value_name = "N", default_value_t = 3)]
    details: usize,
}

/// How much memory an adapter may use where nothing is said.
const MEMORY_MIB: u64 = 4096;

/// What an adapter may take.
#[derive(Args, Clone, Copy, Debug)]
struct LimitArgs {
    /// How long an answer may take, in milliseconds; 10 s where it is left out, and more on a
    /// machine that is slow or busy.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..))]
    deadline_ms: Option<u64>,
    /// How much memory all processes of an adapter may use together, in MiB (on Linux).
    #[arg(long, value_name = "MIB", default_value_t = MEMORY_MIB, value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    memory_mib: u64,
}

impl LimitArgs {
    fn limits(self, repeat: bool) -> Limits {
        let deadline = self.deadline_ms.map_or_else(deadline_here, Duration::from_millis);
        Limits { deadline, memory: self.memory_mib.saturating_mul(1 << 20), repeat }
    }
}

impl Default for RunArgs {
    /// What `ckbspec` alone does.
    fn default() -> Self {
        Cli::parse_from(["ckbspec", "run"])
            .command
            .and_then(|command| if let Command::Run(run) = command { Some(run) } else { None })
            .unwrap_or_else(|| unreachable!("`run` has no required arguments"))
    }
}

#[derive(Args, Debug)]
struct WatchArgs {
    #[command(flatten)]
    run: RunArgs,
    /// A file or a folder that is watched, besides the files in the adapter's command line and the
    /// vectors of a checkout; may be repeated.
    #[arg(long, value_name = "PATH")]
    path: Vec<PathBuf>,
}

#[derive(Args, Debug)]
struct DoctorArgs {
    /// The adapter, as `run` takes it.
    #[arg(short, long, value_name = "ADAPTER")]
    adapter: Address,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Args, Debug)]
struct ServeArgs {
    /// Which of the built-in clients answers.
    #[arg(long = "as", value_enum, default_value = "reference")]
    control: Control,
}

#[derive(Args, Debug)]
struct ListArgs {
    #[command(flatten)]
    select: SelectArgs,
    /// One JSON object a line, with rules, operation and provenance.
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct NameArgs {
    /// A case, `pow/nonce-0x231`, or a rule, `POW-007`.
    name: String,
}

#[derive(Args, Debug)]
struct FmtArgs {
    /// Change nothing; fail if a file is not in its canonical form.
    #[arg(long)]
    check: bool,
}

#[derive(Args, Debug)]
struct RulesArgs {
    /// Fail if a rule lacks code or vectors, or code cites a rule that does not exist.
    #[arg(long)]
    check: bool,
}

#[derive(Args, Debug)]
struct SchemaArgs {
    /// `vectors`, `messages` or an operation; the list of names where it is left out.
    name: Option<String>,
    /// Write all of them to spec/schema.
    #[arg(long)]
    write: bool,
}

#[derive(Debug, Subcommand)]
enum KnownCommand {
    /// Ask a client the whole suite, and fit its list: what passes now goes, new failures come.
    ///
    /// Reasons and comments stay, and so do `until`, `at_most`, and what is flaky.
    Update(KnownUpdateArgs),
}

#[derive(Args, Debug)]
struct KnownUpdateArgs {
    /// The list; a new one where there is no such file.
    file: PathBuf,
    /// The client.
    #[arg(short, long, value_name = "ADAPTER")]
    adapter: Address,
    /// A right verdict without the right class is a failure.
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Args, Debug)]
struct ConfirmArgs {
    /// A client that we did not write: the cases that it answers as expected are recorded. May be
    /// repeated, each with its --lineage.
    #[arg(short, long, value_name = "ADAPTER", requires = "lineage")]
    adapter: Vec<Address>,
    /// The group of clients that it shares code with: `nervos`, `lumos`, `python-ckb`, …
    #[arg(long, value_name = "NAME", requires = "adapter")]
    lineage: Vec<String>,
    /// What a client is known to fail, as `run` takes it: the rest is recorded.
    #[arg(long, value_name = "FILE", requires = "adapter")]
    known: Vec<PathBuf>,
}

#[derive(Args, Debug)]
struct PackArgs {
    /// The file to write; `ckbspec-VERSION.ndjson.gz` where it is left out.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The commit that is packed, for the header.
    #[arg(long, value_name = "HASH")]
    commit: Option<String>,
    /// Write nothing; fail unless FILE is the pack of this checkout.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "commit"])]
    verify: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct CompareArgs {
    /// A pack.
    old: PathBuf,
    /// Another pack; this checkout where it is left out.
    new: Option<PathBuf>,
    /// Print one JSON object a line, as in CHANGES.ndjson.
    #[arg(long)]
    json: bool,
    /// Write the lines here, for a release: CHANGES.ndjson.
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct ReportArgs {
    /// Run logs, as `ckbspec run -o` writes them: shards, several clients, or both.
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// What is made of them.
    #[arg(long, value_enum, default_value = "terminal")]
    format: ReportFormat,
    /// The file to write; standard output where it is left out.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    /// A line a failing rule, its smallest failing case, and a table.
    Terminal,
    /// One object, for tools.
    Json,
    /// JUnit's XML, for CI: a test case a case.
    Junit,
    /// A GitHub step summary; in GitHub Actions also an annotation a failing rule, on standard
    /// output.
    Markdown,
    /// One page that needs no network: matrix, filters, and every case in full.
    Html,
}

#[derive(Args, Debug)]
struct ReplayArgs {
    /// A folder that `run --bundles` wrote.
    bundle: PathBuf,
    /// Another adapter than the one that failed.
    #[arg(short, long, value_name = "ADAPTER")]
    adapter: Option<Address>,
}

#[derive(Args, Debug)]
struct MergeArgs {
    /// Run logs.
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The log to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What the exit status says: CI must tell "your client is wrong" from "our tool broke".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// As expected.
    Expected = 0,
    /// The client is wrong, or the list of what it is known to fail.
    ClientWrong = 1,
    /// The command line is wrong (clap's own), or a file that it names.
    Usage = 2,
    /// The adapter is unusable.
    AdapterUnusable = 3,
    /// Our own error, or our own files are broken.
    OurError = 4,
    /// The run is incomplete.
    Incomplete = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Expected => 0,
            Exit::ClientWrong => 1,
            Exit::Usage => 2,
            Exit::AdapterUnusable => 3,
            Exit::OurError => 4,
            Exit::Incomplete => 5,
        })
    }
}

/// Why a command ended early.
enum Stop {
    /// Something to fix.
    Problems(Problems, Exit),
    /// Standard output went away, as under `head`: nobody is left to tell.
    OutputClosed,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problems(problem.into(), Exit::OurError)
    }
}

impl From<Problems> for Stop {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems, Exit::OurError)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Problem::new(error.to_string()).into()
    }
}

impl Stop {
    fn usage(problem: Problem) -> Self {
        Self::Problems(problem.into(), Exit::Usage)
    }
}

/// Parses the command line and runs the command; `embedded` is the house in this binary.
pub fn main(embedded: &'static [u8]) -> ExitCode {
    let cli = Cli::parse();
    let stopped = match dispatch(cli, embedded) {
        Ok(exit) => return exit.into(),
        Err(stopped) => stopped,
    };
    match stopped {
        Stop::OutputClosed => Exit::Incomplete.into(),
        Stop::Problems(problems, exit) => {
            show_problems(&problems);
            exit.into()
        }
    }
}

fn show_problems(Problems(problems): &Problems) {
    let colour = anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    for problem in problems.iter().take(PROBLEMS_SHOWN) {
        anstream::eprintln!("{}\n", problem.render(colour));
    }
    if let Some(more @ 1..) = problems.len().checked_sub(PROBLEMS_SHOWN) {
        anstream::eprintln!("and {more} more problems");
    }
}

/// Problems that are printed: the first ones usually explain the others.
const PROBLEMS_SHOWN: usize = 20;

fn dispatch(cli: Cli, embedded: &'static [u8]) -> Result<Exit, Stop> {
    let house = match &cli.pack {
        Some(file) if matches!(cli.command, Some(Command::Audit(_))) => {
            let message = format!("`audit` reads no pack: leave --pack {} out", file.display());
            return Err(Stop::usage(Problem::new(message)));
        }
        Some(file) => House::packed(file),
        None => House::find(cli.root.as_deref(), embedded).map_err(Stop::usage)?,
    };
    match cli.command {
        None => run::run(&house, &RunArgs::default()),
        Some(Command::Run(args)) => run::run(&house, &args),
        Some(Command::Watch(args)) => watch::watch(&house, &args),
        Some(Command::Doctor(args)) => doctor::doctor(&house, &args),
        Some(Command::Serve(args)) => serve::serve(&house, args.control),
        Some(Command::List(args)) => list::list(&house, &args),
        Some(Command::Show(args)) => explain::show(&house, &args),
        Some(Command::Explain(args)) => explain::explain(&house, &args.name),
        Some(Command::Lint) => lint::lint(&house),
        Some(Command::Fmt(args)) => lint::fmt(&house, args.check),
        Some(Command::Rules(args)) => rules::rules(&house, args.check),
        Some(Command::Schema(args)) => schema::schema(&house, &args),
        Some(Command::Known(KnownCommand::Update(args))) => known::update(&house, &args),
        Some(Command::Confirm(args)) => confirm::confirm(&house, &args),
        Some(Command::Pack(args)) => pack::pack(&house, &args),
        Some(Command::Compare(args)) => pack::compare(&house, &args),
        Some(Command::Report(args)) => report::report(&args),
        Some(Command::Replay(args)) => replay::replay(&house, &args),
        Some(Command::Merge(args)) => merge::merge(&args),
        Some(Command::Audit(command)) => audit::audit(&command),
        Some(Command::Vm(command)) => vm::vm(&house, &command),
    }
}

/// The law and the cases, from files: what commands for authors begin with.
fn open_files(house: &House) -> Result<(Spec, Suite), Stop> {
    if let Some(pack) = house.pack() {
        let message = format!("this command reads files, and {} is a pack", pack.display());
        let help = "`run`, `watch`, `list`, `show`, `explain`, `known` and `serve` read packs";
        return Err(Stop::usage(Problem::new(message).help(help)));
    }
    let spec = Spec::load(house)?;
    let suite = vectors::load(house, &spec)?;
    Ok((spec, suite))
}

/// The law, the cases and the lock, from files or from a pack.
fn open(house: &House) -> Result<(Spec, Suite, Lock), Stop> {
    if let Some(file) = house.pack() {
        let pack = Pack::open(file).map_err(Stop::usage)?;
        let (suite, lock) = pack.load().map_err(Stop::usage)?;
        return Ok((pack.spec, suite, lock));
    }
    let (spec, suite) = open_files(house)?;
    Ok((spec, suite, lock::read(house)?))
}

/// The law alone.
fn open_spec(house: &House) -> Result<Spec, Stop> {
    match house.pack() {
        Some(file) => Ok(Pack::open(file).map_err(Stop::usage)?.spec),
        None => Ok(Spec::load(house)?),
    }
}

/// Whether standard output takes colours.
fn colour() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// The day, `2026-11-21`.
fn today() -> String {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}
