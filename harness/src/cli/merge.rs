//! `ckbspec merge`: several run logs as one.

use crate::report::{ClientRun, Runs};
use crate::runner::{Log, LogLine};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::problem::Problem;
use clap::Args;
use std::io;
use std::path::Path;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct MergeArgs {
    /// Run logs.
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The log to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn merge(args: &MergeArgs) -> CommandResult {
    let place = |file: &Path| file.canonicalize().ok();
    if place(&args.output)
        .is_some_and(|to| args.logs.iter().any(|log| place(log) == Some(to.clone())))
    {
        let message = format!("{} is one of the logs", args.output.display());
        return Err(CommandError::usage(Problem::new(message).help("-o takes another file")));
    }
    let runs = Runs::read(&args.logs).map_err(CommandError::usage)?;
    if let Some((first, second)) = runs.twice() {
        let message =
            format!("{} and {} are both runs of {}", first.file, second.file, first.label);
        let help = "merge takes the shards of a run (`run --shard`), or different clients";
        return Err(CommandError::usage(Problem::new(message).help(help)));
    }
    write(&runs, args).map_err(|error| {
        let message = format!("cannot write {}: {error}", args.output.display());
        CommandError::usage(Problem::new(message))
    })?;
    for note in &runs.notes {
        anstream::eprintln!("note: {note}");
    }
    let incomplete = runs.incomplete();
    for what in &incomplete {
        anstream::eprintln!("incomplete: {what}");
    }
    Ok(if incomplete.is_empty() { Exit::Expected } else { Exit::Incomplete })
}

fn write(runs: &Runs, args: &MergeArgs) -> io::Result<()> {
    let mut log = Log::create(&args.output)?;
    let mut rules = runs.rules.values();
    for ClientRun { header, hello, cases, events, findings, took_ms, problems, .. } in &runs.clients
    {
        log.header(header.clone())?;
        if let Some(hello) = hello {
            log.line(&LogLine::Hello(hello.clone()))?;
        }
        for rule in rules.by_ref() {
            log.line(&LogLine::Rule(rule.clone()))?;
        }
        for case in cases {
            log.record(case.clone())?;
        }
        for event in events {
            log.line(&LogLine::Adapter(event.clone()))?;
        }
        for finding in findings {
            log.line(&LogLine::Known(finding.clone()))?;
        }
        for problem in problems {
            log.adapter("incomplete", problem)?;
        }
        log.footer_after(*took_ms, problems.is_empty())?;
    }
    Ok(())
}
