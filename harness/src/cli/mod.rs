//! The commands of the examiner. Each file is one, with its arguments.

mod arguments;
mod ask;
mod chosen;
mod confirm;
mod doctor;
mod explain;
mod known;
mod lint;
mod list;
mod lists;
mod merge;
mod open;
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

use crate::root::Root;
use ckbspec_common::exit::CommandResult;
use clap::Subcommand;

/// A command of the examiner.
#[derive(Debug, Subcommand)]
#[expect(private_interfaces, reason = "the arguments are for clap and for the commands alone")]
pub enum Command {
    /// Ask one or more clients the cases, and judge their answers.
    #[command(
        after_help = "Example:\n  ckbspec run -a \"python3 adapter.py\" \"pow/*\" -o run.ndjson"
    )]
    Run(run::RunArgs),
    /// Run again whenever the adapter or the vectors change.
    #[command(after_help = "Example:\n  ckbspec watch -a \"target/debug/my-adapter\" --path src")]
    Watch(watch::WatchArgs),
    /// Check that an adapter speaks the protocol, and say what to fix.
    #[command(after_help = "Example:\n  ckbspec doctor -a \"python3 adapter.py\"")]
    Doctor(doctor::DoctorArgs),
    /// Answer questions on standard input with the reference (CTP/1).
    #[command(after_help = "Example:\n  ckbspec serve --as reference")]
    Serve(serve::ServeArgs),
    /// Print the names of the cases.
    #[command(
        after_help = "Example:\n  ckbspec list \"pow/nonce-*\"\n  ckbspec list --rule POW-008"
    )]
    List(list::ListArgs),
    /// Print cases as they are asked: the line on the wire, and the answer that is expected.
    #[command(after_help = "Example:\n  ckbspec show \"pow/nonce-*\"")]
    Show(crate::vectors::Selection),
    /// Explain a case or a rule: statement, twin, provenance, and where it is executed.
    ///
    /// Of a rule, `executed at` is where the reference decides it, `reported at` where it names the
    /// rule in a violation, and `tested at` a test of a rule that no vector can show. `accepts` and
    /// `rejects` are the verdicts of cases, at most five of each. A case that computes a value is
    /// accepted even if the value says that the rule is broken, as `well_formed` does.
    #[command(after_help = "Example:\n  ckbspec explain POW-008\n  ckbspec explain pow/nonce-0")]
    Explain(explain::NameArgs),
    /// Check the vector files: form, twins, single faults, lock.
    #[command(after_help = "Example:\n  ckbspec lint")]
    Lint,
    /// Write the vector files in their canonical form.
    #[command(after_help = "Example:\n  ckbspec fmt --check")]
    Fmt(lint::FmtArgs),
    /// Print every rule: where it is executed, and which vectors show it.
    #[command(after_help = "Example:\n  ckbspec rules --check\n  ckbspec rules --json")]
    Rules(rules::RulesArgs),
    /// Print the JSON Schemas, or write them to spec/schema.
    #[command(after_help = "Example:\n  ckbspec schema pow.verify")]
    Schema(schema::SchemaArgs),
    /// Keep a list of what a client is known to fail.
    #[command(after_help = "Example:\n  ckbspec known update known.yaml -a \"python3 adapter.py\"")]
    #[command(subcommand)]
    Known(known::KnownCommand),
    /// Bring vectors.lock up to date, and record which clients confirm which cases.
    #[command(
        after_help = "Example:\n  ckbspec confirm -a \"node adapter.mjs --impl lumos\" --lineage lumos"
    )]
    Confirm(confirm::ConfirmArgs),
    /// Write the release form of the vectors: one file, which every language can read.
    #[command(after_help = "Example:\n  ckbspec pack -o vectors.ndjson.gz")]
    Pack(pack::PackArgs),
    /// Say what changed from one pack to another, or to this checkout.
    #[command(after_help = "Example:\n  ckbspec compare ckbspec-0.1.0.ndjson.gz")]
    Compare(pack::CompareArgs),
    /// Make a report of run logs, for people, CI or tools.
    #[command(after_help = "Example:\n  ckbspec report run.ndjson --format html -o report.html")]
    Report(report::ReportArgs),
    /// Ask the case of a replay bundle again, and say whether it still fails.
    #[command(after_help = "Example:\n  ckbspec replay bundles/pow_nonce-0")]
    Replay(replay::ReplayArgs),
    /// Join run logs: the shards of a run, or several clients.
    #[command(after_help = "Example:\n  ckbspec merge 1.ndjson 2.ndjson -o all.ndjson")]
    Merge(merge::MergeArgs),
    /// Run a program of the VM, disassemble it, or compare a client with the reference by it.
    #[command(after_help = "Example:\n  ckbspec vm run program.elf argument --trace")]
    #[command(subcommand)]
    Vm(vm::VmCommand),
}

/// Runs a command; the whole suite against the embedded reference where none is given.
pub fn run(command: Option<Command>, root: &Root) -> CommandResult {
    match command {
        None => run::run(root, &run::RunArgs::default()),
        Some(Command::Run(args)) => run::run(root, &args),
        Some(Command::Watch(args)) => watch::watch(root, &args),
        Some(Command::Doctor(args)) => doctor::doctor(root, &args),
        Some(Command::Serve(args)) => serve::serve(root, &args),
        Some(Command::List(args)) => list::list(root, &args),
        Some(Command::Show(args)) => explain::show(root, &args),
        Some(Command::Explain(args)) => explain::explain(root, &args),
        Some(Command::Lint) => lint::lint(root),
        Some(Command::Fmt(args)) => lint::fmt(root, &args),
        Some(Command::Rules(args)) => rules::rules(root, &args),
        Some(Command::Schema(args)) => schema::schema(root, &args),
        Some(Command::Known(known::KnownCommand::Update(args))) => known::update(root, &args),
        Some(Command::Confirm(args)) => confirm::confirm(root, &args),
        Some(Command::Pack(args)) => pack::pack(root, &args),
        Some(Command::Compare(args)) => pack::compare(root, &args),
        Some(Command::Report(args)) => report::report(&args),
        Some(Command::Replay(args)) => replay::replay(root, &args),
        Some(Command::Merge(args)) => merge::merge(&args),
        Some(Command::Vm(command)) => vm::vm(root, &command),
    }
}
