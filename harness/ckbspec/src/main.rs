//! `ckbspec`: see README.md, or `ckbspec help`. Here the commands of the examiner and of the audit
//! meet; neither needs the other.

use ckbspec_common::exit::{CommandError, CommandResult, Exit, exit_code};
use ckbspec_common::problem::Problem;
use ckbspec_harness::root::Root;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// The spec and the vectors as they stood when this binary was built; `build.rs` gathers them.
const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/embedded"));

/// The executable specification of Nervos CKB layer 1, and its conformance suite.
///
/// Without a command it runs the whole suite against the embedded reference.
#[derive(Debug, Parser)]
#[command(name = "ckbspec", version, max_term_width = 100, after_help = Exit::help())]
struct Cli {
    /// A checkout of ckbspec. Where it is left out: the nearest one above the working folder, else
    /// the set in this binary.
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// A packed release instead of a checkout; for run, watch, list, show, explain, known, serve.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "root")]
    pack: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Examiner(ckbspec_harness::cli::Command),
    /// Hold the monetary policy against data, to the shannon.
    #[command(subcommand, after_help = "Example:\n  ckbspec audit issuance --until 2031")]
    Audit(ckbspec_audit::cli::AuditCommand),
}

fn main() -> ExitCode {
    exit_code(dispatch(Cli::parse()))
}

fn dispatch(cli: Cli) -> CommandResult {
    let root = match &cli.pack {
        Some(file) if matches!(cli.command, Some(Command::Audit(_))) => {
            let message = format!("`audit` reads no pack: leave --pack {} out", file.display());
            return Err(CommandError::usage(Problem::new(message)));
        }
        Some(file) => Root::packed(file),
        None => Root::find(cli.root.as_deref(), EMBEDDED).map_err(CommandError::usage)?,
    };
    match cli.command {
        None => ckbspec_harness::cli::run(None, &root),
        Some(Command::Examiner(command)) => ckbspec_harness::cli::run(Some(command), &root),
        Some(Command::Audit(command)) => ckbspec_audit::cli::audit(&command),
    }
}
