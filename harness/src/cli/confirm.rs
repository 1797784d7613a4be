//! `ckbspec confirm`: bring `vectors.lock` up to date, and record which clients confirm what.

use super::arguments::LimitArgs;
use super::ask::{DETAILS, Questions, Rules, ask, exit, print};
use super::chosen::Chosen;
use super::lists::{check_clients, of_client, read_lists};
use super::open::{open_files, today};
use crate::report::Runs;
use crate::root::Root;
use crate::runner::{Address, CaseRecord, Score};
use crate::vectors::lock::{self, Confirmation, Lock};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::interrupt;
use ckbspec_common::problem::Problem;
use clap::Args;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct ConfirmArgs {
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

pub(super) fn confirm(root: &Root, args: &ConfirmArgs) -> CommandResult {
    let (folder, (spec, suite)) = (root.folder()?, open_files(root)?);
    let old = lock::read(root)?;
    let mut renewed = lock::renewed(&suite, &old)?;
    let chosen = Chosen::all(spec, suite.cases);
    if args.adapter.len() != args.lineage.len() {
        let problem = Problem::new("each --adapter has its --lineage, in the same order");
        return Err(CommandError::usage(problem));
    }
    let known = read_lists(root, &args.known)?;
    interrupt::listen()?;
    let limits = LimitArgs::default().limits(false);
    let questions =
        Questions { root, chosen: &chosen, limits, strict: false, known: &known, options: &[] };
    let (nothing, mut rules) = (Runs::default(), Rules::new());
    let (mut worst, mut clients) = (Exit::Expected, vec![]);
    for (address, lineage) in args.adapter.iter().zip(&args.lineage) {
        if address.is_builtin() {
            let message = format!("`{}` is ours: it confirms nothing", address.text);
            return Err(CommandError::usage(Problem::new(message)));
        }
        let Some(run) = ask(&questions, address, &nothing, None, &mut rules, &mut |_, _| ())?
        else {
            worst = worst.max(Exit::AdapterUnusable);
            continue;
        };
        print(&run, &rules, DETAILS)?;
        let Some(hello) = &run.hello else { continue };
        let client = &hello.client;
        worst = worst.max(exit(&run, false, of_client(&known, &client.name).is_some()));
        clients.push(client.name.clone());
        let confirmation = Confirmation {
            client: client.name.clone(),
            version: client.version.clone(),
            lineage: lineage.clone(),
            run: today(),
        };
        for agreed in run.cases.iter().filter(|record| agrees(record)) {
            record(&mut renewed, &agreed.case, &confirmation);
        }
    }
    check_clients(&known, &clients, worst)?;
    let moves = renewed.moved.iter().filter(|(name, _)| old.get(name).is_some());
    let came: BTreeSet<&String> = moves.map(|(_, new)| new).collect();
    let entries = renewed.cases.values().filter(|entry| !came.contains(&entry.case));
    let fresh = entries.filter(|entry| old.get(&entry.case) != Some(*entry)).count();
    lock::write(folder, &renewed)?;
    let mut out = anstream::stdout().lock();
    let (cases, moved, path) = (renewed.cases.len(), came.len(), lock::PATH);
    writeln!(out, "{cases} cases in {path}, {fresh} new or changed, {moved} moved")?;
    Ok(worst)
}

/// Whether a result confirms its case. A right verdict does, with or without the right class, for
/// classes are ours; an answer that comes out right now and then does not.
fn agrees(record: &CaseRecord) -> bool {
    let right = matches!(record.outcome().score(), Score::Pass | Score::Weak);
    right && !record.known.as_ref().is_some_and(|listed| listed.flaky)
}

/// Takes a confirmation in, in place of one by an older version of the same client.
fn record(lock: &mut Lock, case: &str, confirmation: &Confirmation) {
    let Some(entry) = lock.cases.get_mut(case) else { return };
    let same = |known: &Confirmation| known.client == confirmation.client;
    // The day is that of the first run of a version, so that running it again changes nothing.
    if entry.confirmed.iter().any(|k| same(k) && k.version == confirmation.version) {
        return;
    }
    entry.confirmed.retain(|known| !same(known));
    entry.confirmed.push(confirmation.clone());
    entry.confirmed.sort();
}
