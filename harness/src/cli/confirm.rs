//! `ckbspec confirm`: bring `vectors.lock` up to date, and record which clients confirm what.

use super::chosen::Chosen;
use super::known::{check_clients, read_lists};
use super::run::{Asking, ask};
use super::{ConfirmArgs, Exit, RunArgs, Stop, open_files, today};
use crate::house::House;
use crate::problem::Problem;
use crate::runner::{CaseResult, Score, interrupt};
use crate::vectors::lock::{self, Confirmation, Lock};

pub(super) fn confirm(house: &House, args: &ConfirmArgs) -> Result<Exit, Stop> {
    let (root, (spec, suite)) = (house.folder()?, open_files(house)?);
    let old = lock::read(house)?;
    let mut renewed = lock::renewed(&suite, &old)?;
    let chosen = Chosen::all(spec, suite.cases);
    if args.adapter.len() != args.lineage.len() {
        let problem = Problem::new("each --adapter has its --lineage, in the same order");
        return Err(Stop::usage(problem));
    }
    let known = read_lists(&args.known)?;
    interrupt::listen()?;
    let (mut worst, mut clients) = (Exit::Expected, vec![]);
    for (address, lineage) in args.adapter.iter().zip(&args.lineage) {
        if address.is_builtin() {
            let message = format!("`{}` is ours: it confirms nothing", address.text);
            return Err(Stop::usage(Problem::new(message)));
        }
        let args = RunArgs::default();
        let asking = Asking {
            house,
            chosen: &chosen,
            known: &known,
            before: &[],
            whole: true,
            args: &args,
            limits: args.limits.limits(false),
        };
        let mut agreed = vec![];
        let mut heard = |result: &CaseResult| {
            if agrees(result) {
                agreed.push(result.case.name.clone());
            }
        };
        let asked = ask(&asking, address, None, &mut heard)?;
        worst = worst.max(asked.exit);
        let Some(run) = asked.run else { continue };
        let client = &run.hello.implementation;
        clients.push(client.name.clone());
        let confirmation = Confirmation {
            client: client.name.clone(),
            version: client.version.clone(),
            lineage: lineage.clone(),
            run: today(),
        };
        for case in &agreed {
            record(&mut renewed, case, &confirmation);
        }
    }
    check_clients(&known, &clients, worst)?;
    let fresh = renewed.values().filter(|entry| old.get(&entry.case) != Some(*entry)).count();
    lock::write(root, &renewed)?;
    anstream::println!("{} cases in {}, {fresh} new or changed", renewed.len(), lock::PATH);
    Ok(worst)
}

/// Whether a result confirms its case. A right verdict does, with or without the right class, for
/// classes are ours; an answer that comes out right now and then does not.
fn agrees(result: &CaseResult) -> bool {
    let right = matches!(result.outcome.score(), Score::Pass | Score::Weak);
    right && !result.listed.as_ref().is_some_and(|listed| listed.flaky)
}

/// Takes a confirmation in, in place of one by an older version of the same client.
fn record(lock: &mut Lock, case: &str, confirmation: &Confirmation) {
    let Some(entry) = lock.get_mut(case) else { return };
    let same = |known: &Confirmation| known.client == confirmation.client;
    // The day is that of the first run of a version, so that running it again changes nothing.
    if entry.confirmed.iter().any(|k| same(k) && k.version == confirmation.version) {
        return;
    }
    entry.confirmed.retain(|known| !same(known));
    entry.confirmed.push(confirmation.clone());
    entry.confirmed.sort();
}
