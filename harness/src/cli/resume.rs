//! `run --resume`: what a run log already says is not asked again.

use crate::report::{ClientRun, Runs};
use crate::runner::{CaseRecord, RunHeader};
use ckbspec_common::exit::CommandError;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::message::ClientName;
use std::collections::BTreeSet;
use std::path::Path;

/// What is known from an earlier run of one adapter; nothing where the log has no section of it.
#[derive(Default)]
pub(super) struct Earlier(Option<ClientRun>);

/// Reads the log that is resumed; nothing where there is no such file yet.
pub(super) fn read(log: &Path) -> Result<Runs, CommandError> {
    let mut runs = Runs::default();
    if std::fs::metadata(log).map_or(0, |data| data.len()) > 0 {
        runs.clients = runs.sections(log).map_err(CommandError::usage)?;
    }
    Ok(runs)
}

/// That a file can be written anew: it is no other file, and no log that can go on.
pub(super) fn may_replace(file: &Path) -> Result<(), CommandError> {
    if !std::fs::metadata(file).is_ok_and(|data| data.is_file() && data.len() > 0) {
        return Ok(());
    }
    let Ok(sections) = Runs::default().sections(file) else {
        let message = format!("{} is there, and is no run log", file.display());
        let help = "it is left alone: -o takes another file";
        return Err(CommandError::usage(Problem::new(message).help(help)));
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

impl Earlier {
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
        let mut run = run.clone();
        // How an adapter broke with no case to blame says nothing of one case.
        if run.has_event("unexplained") {
            run.cases.clear();
        }
        run.cases.retain(|record| record.outcome != "skipped");
        Ok(Self(Some(run)))
    }

    fn of_another_run(run: &ClientRun) -> Problem {
        let message = format!("{} is the log of another run: it cannot be resumed", run.file);
        let help = "resume with the cases, the shard and the release that it began with";
        Problem::new(message).help(help)
    }

    /// Whether the log has a section of the adapter.
    pub(super) const fn found(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn count(&self) -> usize {
        self.0.as_ref().map_or(0, |run| run.cases.len())
    }

    pub(super) fn names(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(|run| &run.cases).map(|record| record.case.clone()).collect()
    }

    pub(super) fn records(&mut self) -> impl Iterator<Item = &mut CaseRecord> {
        self.0.iter_mut().flat_map(|run| &mut run.cases)
    }

    /// Who answered then, unless the adapter never said, or nothing of that run is taken over.
    fn client(&self) -> Option<&ClientName> {
        let run = self.0.as_ref().filter(|run| !run.cases.is_empty())?;
        run.hello.as_ref().map(|hello| &hello.client)
    }

    pub(super) fn is_of_another(&self, client: &ClientName) -> bool {
        self.client().is_some_and(|then| then != client)
    }

    pub(super) fn another(&self) -> Problem {
        let then = self.client().map(|client| format!("{} {}", client.name, client.version));
        let message = format!("the log is of {}: another answers now", then.unwrap_or_default());
        Problem::new(message).help("run without --resume, or into another file")
    }

    /// The run with what was asked after the interruption.
    pub(super) fn and(self, rest: ClientRun) -> ClientRun {
        match self.0 {
            None => rest,
            Some(mut run) => {
                run.go_on(rest);
                run.cases.sort_by(|a, b| a.case.cmp(&b.case));
                run
            }
        }
    }
}
