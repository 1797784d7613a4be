//! `ckbspec confirm`: bring `vectors.lock` up to date, and record which clients confirm what.

use super::run::ask;
use super::{ConfirmArgs, Exit, RunArgs, Stop, open};
use crate::house::House;
use crate::problem::Problem;
use crate::runner::Score;
use crate::vectors::lock::{self, Confirmation, Lock};
use std::time::SystemTime;

pub(super) fn confirm(house: &House, args: &ConfirmArgs) -> Result<Exit, Stop> {
    let (spec, suite) = open(house)?;
    let old = lock::read(house)?;
    let mut renewed = lock::renewed(&suite, &old)?;
    if args.adapter.len() != args.lineage.len() {
        let problem = Problem::new("each --adapter has its --lineage, in the same order");
        return Err(Stop::usage(problem));
    }
    let mut worst = Exit::Expected;
    for (address, lineage) in args.adapter.iter().zip(&args.lineage) {
        if address.is_builtin() {
            let message = format!("`{}` is ours: it confirms nothing", address.text);
            return Err(Stop::usage(Problem::new(message)));
        }
        let asked = ask(house, &spec, &suite.cases, address, &RunArgs::default(), None)?;
        worst = worst.max(asked.exit);
        let Some(run) = asked.run else { continue };
        let client = &run.hello.implementation;
        let confirmation = Confirmation {
            client: client.name.clone(),
            version: client.version.clone(),
            lineage: lineage.clone(),
            run: today(),
        };
        // A right verdict confirms, with or without the right class: classes are ours.
        let agrees = |score| matches!(score, Score::Pass | Score::Weak);
        for result in run.results.iter().filter(|result| agrees(result.outcome.score())) {
            record(&mut renewed, &result.case.name, &confirmation);
        }
    }
    let fresh = renewed.values().filter(|entry| old.get(&entry.case) != Some(*entry)).count();
    lock::write(house, &renewed)?;
    anstream::println!("{} cases in {}, {fresh} new or changed", renewed.len(), lock::PATH);
    Ok(worst)
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

/// The day, `2026-11-21`.
fn today() -> String {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}
