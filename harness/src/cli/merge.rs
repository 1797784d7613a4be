//! `ckbspec merge`: several run logs as one.

use crate::report::{ClientRun, Runs, SectionWriter};
use crate::runner::{Log, LogLine, RunFooter};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::files::cannot_write;
use ckbspec_common::problem::Problem;
use clap::Args;
use std::io;
use std::path::{Path, PathBuf};

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
    write(&runs, args)
        .map_err(|error| CommandError::usage(cannot_write(args.output.display(), error)))?;
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
    for run in &runs.clients {
        let ClientRun { header, hello, cases, events, findings, problems, .. } = run.clone();
        let mut section = SectionWriter::new(Some(&mut log), String::new(), header)?;
        let hello = hello.map(LogLine::Hello);
        let rules = rules.by_ref().cloned().map(LogLine::Rule);
        let cases = cases.into_iter().map(|case| LogLine::Case(Box::new(case)));
        let events = events.into_iter().map(LogLine::Adapter);
        let findings = findings.into_iter().map(LogLine::Known);
        let lines = hello.into_iter().chain(rules).chain(cases).chain(events).chain(findings);
        for line in lines {
            section.line(line)?;
        }
        for problem in &problems {
            section.adapter("incomplete", problem)?;
        }
        let (took_ms, left_behind, stderr) = (run.took_ms, run.left_behind, run.stderr.clone());
        let complete = problems.is_empty();
        let footer = RunFooter { complete, took_ms, left_behind, stderr, ..RunFooter::default() };
        section.end(footer)?;
    }
    Ok(())
}
