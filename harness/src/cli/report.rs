//! `ckbspec report`: run logs, made readable.

use super::ask::DETAILS;
use crate::report::{Runs, annotations, html, json, junit, markdown, terminal};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::files::cannot_write;
use ckbspec_common::problem::Problem;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct ReportArgs {
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
pub(super) enum ReportFormat {
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

pub(super) fn report(args: &ReportArgs) -> CommandResult {
    let mut runs = Runs::read(&args.logs).map_err(CommandError::usage)?;
    runs.tell_apart();
    let text = match args.format {
        ReportFormat::Terminal => terminal(&runs, DETAILS),
        ReportFormat::Json => json(&runs),
        ReportFormat::Junit => junit(&runs).map_err(Problem::new)?,
        ReportFormat::Markdown => markdown(&runs),
        ReportFormat::Html => html(&runs),
    };
    match &args.output {
        None => write!(anstream::stdout().lock(), "{text}")?,
        Some(file) => {
            let text = anstream::adapter::strip_str(&text).to_string();
            std::fs::write(file, text)
                .map_err(|error| CommandError::usage(cannot_write(file.display(), error)))?;
        }
    }
    let in_actions = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    if args.format == ReportFormat::Markdown && args.output.is_some() && in_actions {
        write!(anstream::stdout().lock(), "{}", annotations(&runs))?;
    }
    let incomplete = runs.incomplete();
    // The terminal has it already.
    if args.format != ReportFormat::Terminal || args.output.is_some() {
        for what in &incomplete {
            anstream::eprintln!("incomplete: {what}");
        }
    }
    Ok(if incomplete.is_empty() { Exit::Expected } else { Exit::Incomplete })
}
