//! `ckbspec known update`: fit a list of known failures to what a client answers.

use super::arguments::LimitArgs;
use super::ask::{Questions, Rules, ask, fix};
use super::chosen::Chosen;
use super::lists::{foreign_list, wrong};
use super::open::{moved, today};
use crate::known::{Known, ListedResults, Update, fresh, updated};
use crate::report::Runs;
use crate::root::Root;
use crate::runner::{Address, CaseRecord};
use crate::vectors::Selection;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::problem::{Problem, colour};
use ckbspec_common::{files, interrupt};
use clap::{Args, Subcommand};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum KnownCommand {
    /// Ask a client the whole suite, and fit its list: what passes now goes, new failures come.
    ///
    /// Reasons and comments stay, and so do `until`, `at_most`, and what is flaky.
    #[command(after_help = "Example:\n  ckbspec known update known.yaml -a \"python3 adapter.py\"")]
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

pub(super) fn update(root: &Root, args: &KnownUpdateArgs) -> CommandResult {
    let chosen = Chosen::of(root, &Selection::default())?;
    let old = args.file.exists().then(|| Known::read(&args.file, &today()));
    let moved = moved(root)?;
    let old = old.transpose().map_err(wrong)?.map(|old| old.with_moves(&moved));
    interrupt::listen()?;
    let (limits, strict) = (args.limits.limits(false), args.strict);
    let questions = Questions { root, chosen: &chosen, limits, strict, known: &[], options: &[] };
    let nothing = Runs::default();
    let asked = ask(&questions, &args.adapter, &nothing, None, &mut Rules::new(), &mut |_, _| ())?;
    let Some(run) = asked else { return Ok(Exit::AdapterUnusable) };
    if let Some(why) = run.problems.first() {
        let problem = Problem::new(format!("not all cases were asked: {why}"));
        let problem = problem.help("nothing is written of a run that is not whole");
        let exit = if run.interrupted { Exit::Incomplete } else { Exit::AdapterUnusable };
        return Err(CommandError::Problems(problem.into(), exit));
    }
    let client = run.hello.as_ref().map_or("", |hello| hello.client.name.as_str());
    let parse = |text: String| Known::parse(args.file.display().to_string(), text.into(), &today());
    let old = match old {
        Some(old) if old.client != client => {
            return Err(CommandError::usage(foreign_list(&old, &[client.to_owned()])));
        }
        Some(old) => old,
        None => parse(fresh(client))?,
    };
    let update = updated(&results(&old, &run.cases, strict)).map_err(CommandError::usage)?;
    // What we write can be read.
    let new = parse(update.text.clone())?;
    if !args.file.exists() || update.text != old.text() {
        files::replace(&args.file, |out| out.write_all(update.text.as_bytes()))
            .map_err(CommandError::usage)?;
    }
    report(&results(&new, &run.cases, strict), &new, &update, args)
}

fn results<'a>(known: &'a Known, records: &[CaseRecord], strict: bool) -> ListedResults<'a> {
    let mut results = ListedResults::new(known, strict);
    for record in records {
        results.add(record);
    }
    results
}

/// Says what changed, and what only a person can fix.
fn report(
    results: &ListedResults<'_>,
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
    let problems = results.problems(true, &fix(&new.shown, &args.adapter));
    for found in &problems {
        writeln!(out, "\n{}\n", found.problem.render(colour()))?;
    }
    if let count @ 1.. = results.not_asked() {
        writeln!(out, "{count} cases were not asked, as others broke the adapter: not listed")?;
    }
    let (removed, added) = (update.removed.len(), update.added.len());
    write!(out, "{}: {removed} names taken out, {added} cases put in", new.shown)?;
    writeln!(out, "{}", if added > 0 { "; say why they fail" } else { "" })?;
    Ok(if problems.is_empty() { Exit::Expected } else { Exit::ClientWrong })
}
