//! `ckbspec known update`, and the lists of known failures that `--known` names.

use super::arguments::LimitArgs;
use super::chosen::Chosen;
use super::open::{moved, today};
use super::run::RunArgs;
use super::run::{Asking, examine_only, fix};
use crate::known::{Hearing, Known, Update, fresh, updated};
use crate::root::Root;
use crate::runner::Address;
use crate::runner::CaseResult;
use crate::vectors::Selection;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::interrupt;
use ckbspec_common::problem::{Problem, Problems, colour};
use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum KnownCommand {
    /// Ask a client the whole suite, and fit its list: what passes now goes, new failures come.
    ///
    /// Reasons and comments stay, and so do `until`, `at_most`, and what is flaky.
    Update(KnownUpdateArgs),
}

#[derive(Args, Debug)]
pub(super) struct KnownUpdateArgs {
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

/// Reads the lists that a command line names.
pub(super) fn read_lists(root: &Root, files: &[PathBuf]) -> Result<Vec<Known>, CommandError> {
    let mut lists: Vec<Known> = vec![];
    let moved = if files.is_empty() { BTreeMap::new() } else { moved(root)? };
    for file in files {
        let list = Known::read(file, &today()).map_err(wrong)?.with_moves(&moved);
        if let Some(first) = of_client(&lists, &list.client) {
            let message = format!("{} is a list of this client, too", first.shown);
            return Err(CommandError::usage(list.problem(
                list.client_span(),
                message,
                "the second",
            )));
        }
        lists.push(list);
    }
    Ok(lists)
}

/// A list that a person has to fix before anything can be asked.
fn wrong(problems: Problems) -> CommandError {
    CommandError::Problems(problems, Exit::Usage)
}

/// The list of a client.
pub(super) fn of_client<'a>(lists: &'a [Known], client: &str) -> Option<&'a Known> {
    lists.iter().find(|list| list.client == client)
}

/// Each list is of a client that was asked. Where an adapter was unusable, nobody can tell.
pub(super) fn check_clients(
    lists: &[Known],
    clients: &[String],
    worst: Exit,
) -> Result<(), CommandError> {
    let foreign = lists.iter().filter(|list| !clients.contains(&list.client));
    let problems: Vec<Problem> = foreign.map(|list| foreign_list(list, clients)).collect();
    if problems.is_empty() || worst >= Exit::AdapterUnusable {
        return Ok(());
    }
    Err(wrong(Problems(problems)))
}

fn foreign_list(list: &Known, clients: &[String]) -> Problem {
    let asked: Vec<String> = clients.iter().map(|client| format!("`{client}`")).collect();
    let message = format!("a list of another client: {} was asked", asked.join(", "));
    list.problem(list.client_span(), message, "not asked")
        .help("`client` is the name that the adapter gives in `hello`")
}

pub(super) fn update(root: &Root, args: &KnownUpdateArgs) -> CommandResult {
    let chosen = Chosen::of(root, &Selection::default())?;
    let old = args.file.exists().then(|| Known::read(&args.file, &today()));
    let moved = moved(root)?;
    let old = old.transpose().map_err(wrong)?.map(|old| old.with_moves(&moved));
    let run_args = RunArgs { strict: args.strict, limits: args.limits, ..RunArgs::default() };
    let asking = Asking {
        root,
        chosen: &chosen,
        known: &[],
        before: &[],
        whole: true,
        args: &run_args,
        limits: args.limits.limits(false),
    };
    interrupt::listen()?;
    let mut results = vec![];
    let mut heard = |result: &CaseResult| results.push(result.clone());
    let Some((run, _)) = examine_only(&asking, &args.adapter, None, &mut heard)? else {
        return Ok(Exit::AdapterUnusable);
    };
    if let Some(why) = &run.given_up {
        let problem = Problem::new(format!("the adapter was given up: {why}"));
        let problem = problem.help("nothing is written of a run that is not whole");
        let exit = if run.interrupted { Exit::Incomplete } else { Exit::AdapterUnusable };
        return Err(CommandError::Problems(problem.into(), exit));
    }
    let client = &run.hello.implementation.name;
    let parse = |text: String| Known::parse(args.file.display().to_string(), text.into(), &today());
    let old = match old {
        Some(old) if old.client != *client => {
            return Err(CommandError::usage(foreign_list(&old, std::slice::from_ref(client))));
        }
        Some(old) => old,
        None => parse(fresh(client))?,
    };
    let update = updated(&hearing(&old, &results, args.strict)).map_err(CommandError::usage)?;
    // What we write can be read.
    let new = parse(update.text.clone())?;
    if !args.file.exists() || update.text != old.text() {
        write(&args.file, &update.text)?;
    }
    report(&hearing(&new, &results, args.strict), &new, &update, args)
}

/// A list after a run.
fn hearing<'a>(known: &'a Known, results: &[CaseResult], strict: bool) -> Hearing<'a> {
    let mut hearing = Hearing::new(known, strict);
    for result in results {
        hearing.hear(result);
    }
    hearing
}

/// Writes the list; the old one stays whole where that fails.
fn write(file: &Path, text: &str) -> Result<(), CommandError> {
    let mut part = file.as_os_str().to_owned();
    part.push(".new");
    let written = std::fs::write(&part, text).and_then(|()| std::fs::rename(&part, file));
    written.map_err(|error| {
        CommandError::usage(Problem::new(format!("cannot write {}: {error}", file.display())))
    })
}

/// Says what changed, and what only a person can fix.
fn report(
    hearing: &Hearing<'_>,
    new: &Known,
    update: &Update,
    args: &KnownUpdateArgs,
) -> CommandResult {
    let mut out = anstream::stdout().lock();
    for name in &update.removed {
        writeln!(out, "- {name}")?;
    }
    for case in &update.added {
        writeln!(out, "+ {case}")?;
    }
    let findings = hearing.findings(true, &fix(&new.shown, &args.adapter));
    for finding in &findings {
        writeln!(out, "\n{}\n", finding.problem.render(colour()))?;
    }
    if let count @ 1.. = hearing.counts().not_asked {
        writeln!(out, "{count} cases were not asked, as others broke the adapter: not listed")?;
    }
    let (removed, added) = (update.removed.len(), update.added.len());
    write!(out, "{}: {removed} names taken out, {added} cases put in", new.shown)?;
    writeln!(out, "{}", if added > 0 { "; say why they fail" } else { "" })?;
    Ok(if findings.is_empty() { Exit::Expected } else { Exit::ClientWrong })
}
