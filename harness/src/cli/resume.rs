//! `run --resume`: what a run log already says is not asked again.

use super::chosen::Chosen;
use crate::report::{ClientRun, Runs};
use crate::runner::{CaseRecord, CaseResult, Got, Outcome, RunHeader};
use crate::vectors::Case;
use ckbspec_common::exit::CommandError;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::message::{ClientName, Verdict};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// What is known from an earlier run of one adapter.
#[derive(Default)]
pub(super) struct Before {
    /// Whether the log has a section of it.
    pub(super) found: bool,
    /// Who answered then.
    client: Option<ClientName>,
    records: BTreeMap<String, CaseRecord>,
}

/// Reads the log that is resumed; none where there is no such file yet.
pub(super) fn read(log: &Path) -> Result<Vec<ClientRun>, CommandError> {
    if std::fs::metadata(log).map_or(0, |data| data.len()) == 0 {
        return Ok(vec![]);
    }
    Runs::default().sections(log).map_err(CommandError::usage)
}

/// That a file can be written anew: it is no other file, and no log that can go on.
pub(super) fn may_replace(file: &Path) -> Result<(), CommandError> {
    if !std::fs::metadata(file).is_ok_and(|data| data.is_file() && data.len() > 0) {
        return Ok(());
    }
    let Ok(sections) = Runs::default().sections(file) else {
        let message = format!("{} is there, and is no run log", file.display());
        return Err(CommandError::usage(
            Problem::new(message).help("it is left alone: -o takes another file"),
        ));
    };
    match sections.iter().find(|run| run.interrupted) {
        None => Ok(()),
        Some(run) => {
            let (asked, all) = (run.cases.len(), run.header.cases);
            let message =
                format!("{} holds a run that was interrupted: {asked} of {all} cases", run.file);
            let help = "--resume goes on with it; remove it to begin anew";
            Err(CommandError::usage(Problem::new(message).help(help)))
        }
    }
}

impl Before {
    /// What a log says of an adapter, whose section would have this header.
    pub(super) fn of(sections: &[ClientRun], header: &RunHeader) -> Result<Self, CommandError> {
        let mut own = sections.iter().filter(|run| run.header.adapter == header.adapter);
        let (Some(run), others) = (own.next(), own.count()) else {
            return match sections.iter().find(|run| run.header.suite != header.suite) {
                Some(run) => Err(CommandError::usage(Self::of_another_run(run))),
                None => Ok(Self::default()),
            };
        };
        let RunHeader { suite, shard, .. } = &run.header;
        if others > 0 || (suite, shard) != (&header.suite, &header.shard) {
            return Err(CommandError::usage(Self::of_another_run(run)));
        }
        // How an adapter broke with no case to blame says nothing of one case.
        if run.events.iter().any(|event| event.event == "unexplained") {
            return Ok(Self { found: true, ..Self::default() });
        }
        let records = run.cases.iter().filter(|record| record.outcome != "skipped");
        Ok(Self {
            found: true,
            client: run.hello.as_ref().map(|hello| hello.client.clone()),
            records: records.map(|record| (record.case.clone(), record.clone())).collect(),
        })
    }

    fn of_another_run(run: &ClientRun) -> Problem {
        let message = format!("{} is the log of another run: it cannot be resumed", run.file);
        let help = "resume with the cases, the shard and the release that it began with";
        Problem::new(message).help(help)
    }

    /// Whether the case is known.
    pub(super) fn holds(&self, case: &Case) -> bool {
        self.records.contains_key(&case.name)
    }

    /// How many are known.
    pub(super) fn count(&self) -> usize {
        self.records.len()
    }

    /// Whether somebody else answers now.
    pub(super) fn is_of_another(&self, client: &ClientName) -> bool {
        self.client.as_ref().is_some_and(|then| then != client)
    }

    /// That somebody else answers now.
    pub(super) fn another(&self) -> Problem {
        let then = self.client.as_ref().map(|client| format!("{} {}", client.name, client.version));
        let message = format!("the log is of {}: another answers now", then.unwrap_or_default());
        Problem::new(message).help("run without --resume, or into another file")
    }

    /// The results, as if the cases had been asked now.
    pub(super) fn results(&self, chosen: &Chosen) -> Result<Vec<CaseResult>, Problem> {
        let known = chosen.each()?.filter_map(|case| match case {
            Ok(case) => Some(Ok(result(self.records.get(&case.name)?, case))),
            Err(bad) => Some(Err(bad)),
        });
        known.collect()
    }
}

fn result(record: &CaseRecord, case: Case) -> CaseResult {
    let asked = record.asked.as_deref();
    let verdict = asked.map_or(Value::Null, |asked| asked.got.clone());
    // The log has no verdict of what passed: nobody will look at it.
    let passed = || Got::Verdict(Verdict::Accept { out: Value::Null });
    let got = match serde_json::from_value(verdict) {
        Ok(verdict) => Got::Verdict(verdict),
        Err(_) => record.reason.clone().map_or_else(passed, Got::Nothing),
    };
    CaseResult {
        case,
        outcome: Outcome::named(&record.outcome).unwrap_or(Outcome::Fault),
        got,
        took: Duration::from_micros(record.us),
        listed: None,
        stderr: asked.map_or_else(String::new, |asked| asked.stderr.clone()),
    }
}
