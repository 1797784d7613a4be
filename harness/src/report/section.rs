//! A section of a run log: what became of one client, written line by line, or read again.

use crate::digest::Digest;
use crate::runner::{
    AdapterLine, CaseRecord, ClientLine, Counts, KnownCounts, KnownLine, Log, LogLine, Outcome,
    RunFooter, RunHeader, Score, text,
};
use ckbspec_common::problem::Problem;
use std::collections::BTreeSet;
use std::io;

/// What became of a client.
#[derive(Clone, Debug, Default)]
pub struct ClientRun {
    /// Name and version, and what else it takes to tell it from the others.
    pub label: String,
    /// The log; empty where none is written.
    pub file: String,
    /// The head of its section.
    pub header: RunHeader,
    /// Who answered; nobody where the adapter was unusable.
    pub hello: Option<ClientLine>,
    /// What became of the cases, sorted by name.
    pub cases: Vec<CaseRecord>,
    /// Restarts.
    pub events: Vec<AdapterLine>,
    /// What is wrong with lists of known failures.
    pub findings: Vec<KnownLine>,
    /// How long it took.
    pub took_ms: u64,
    /// Processes that outlived the adapter; they were ended.
    pub left_behind: u32,
    /// The end of the adapter's standard error.
    pub stderr: String,
    /// Why it is incomplete.
    pub problems: Vec<String>,
    /// Whether somebody, or something, stopped it: it can go on.
    pub interrupted: bool,
}

impl ClientRun {
    /// What fails a run beside its cases: problems of lists of known failures, and breakages of the
    /// adapter that no case explains.
    pub fn other_findings(&self) -> Vec<KnownLine> {
        let broke = self.events.iter().filter(|event| event.event == "unexplained");
        let broke = broke.map(|AdapterLine { event, reason, outcome }| {
            let message = format!("the adapter broke, and no case alone does it: {reason}");
            let at = self.header.adapter.clone();
            let hint = outcome.as_deref().and_then(Outcome::named).and_then(|o| o.hint());
            let shown =
                hint.map_or_else(String::new, |hint| format!("{at}: {message}\n  fix: {hint}"));
            KnownLine { finding: event.clone(), message, at, shown }
        });
        self.findings.iter().cloned().chain(broke).collect()
    }

    /// Name and version, or the address of an adapter that never said.
    pub fn name(&self) -> String {
        match &self.hello {
            Some(hello) => format!("{} {}", hello.client.name, hello.client.version),
            None => self.header.adapter.clone(),
        }
    }

    /// How many cases have a score.
    pub fn count(&self, score: Score) -> u64 {
        let cases = self.cases.iter().filter(|record| record.score() == score);
        u64::try_from(cases.count()).unwrap_or(u64::MAX)
    }

    /// Whether something of this kind happened to the adapter.
    pub fn has_event(&self, event: &str) -> bool {
        self.events.iter().any(|own| own.event == event)
    }

    /// The client, and the log where there is one.
    fn who(&self) -> String {
        if self.file.is_empty() {
            return self.label.clone();
        }
        format!("{} in {}", self.label, self.file)
    }

    /// Why not all cases were asked.
    fn ended_early(&self) -> String {
        let of = |kinds: &[&str]| {
            let mut events = self.events.iter().rev();
            events.find(|event| kinds.contains(&event.event.as_str()))
        };
        match of(&["incomplete", "interrupted", "given-up", "unusable"]) {
            Some(AdapterLine { event, reason, .. }) if event == "incomplete" => reason.clone(),
            Some(AdapterLine { event, .. }) if event == "interrupted" && self.file.is_empty() => {
                "the run was interrupted".into()
            }
            Some(AdapterLine { event, .. }) if event == "interrupted" => {
                format!("the run was interrupted; -o {} --resume goes on with it", self.file)
            }
            Some(AdapterLine { reason, .. }) => format!("the run was given up: {reason}"),
            None => "the run was given up".into(),
        }
    }

    /// Takes in what was asked after an interruption.
    pub(crate) fn go_on(&mut self, rest: Self) {
        let of_same = rest.header.suite == self.header.suite
            && rest.header.shard == self.header.shard
            && (rest.hello.is_none() || self.hello.is_none() || rest.hello == self.hello);
        let names: BTreeSet<&str> = rest.cases.iter().map(|record| record.case.as_str()).collect();
        self.cases.retain(|record| !names.contains(record.case.as_str()));
        self.cases.extend(rest.cases);
        let lines = u64::try_from(self.cases.len()).unwrap_or(u64::MAX);
        self.events.retain(|event| event.event == "restart");
        self.events.extend(rest.events);
        self.hello = rest.hello.or_else(|| self.hello.take());
        (self.findings, self.problems) = (rest.findings, rest.problems);
        self.interrupted = rest.interrupted;
        self.took_ms += rest.took_ms;
        (self.left_behind, self.stderr) = (self.left_behind + rest.left_behind, rest.stderr);
        if self.problems.is_empty() && (lines != self.header.cases || !of_same) {
            let who = self.who();
            self.problems.push(format!("{who}: what was resumed was another run"));
        }
    }

    /// Takes another shard of the same run in.
    pub(super) fn take(&mut self, other: Self) -> Result<(), Problem> {
        if other.header.suite != self.header.suite {
            let message = format!("{} and {} are shards of different runs", self.file, other.file);
            let help = "they were not asked the same cases, or not of the same release";
            return Err(Problem::new(message).help(help));
        }
        self.header.cases += other.header.cases;
        self.header.started_ms = self.header.started_ms.min(other.header.started_ms);
        self.took_ms += other.took_ms;
        self.left_behind += other.left_behind;
        self.cases.extend(other.cases);
        self.events.extend(other.events);
        self.findings.extend(other.findings);
        self.problems.extend(other.problems);
        Ok(())
    }
}

/// A section that is not at its end.
pub(super) struct Section {
    run: ClientRun,
    digest: Digest,
    names: BTreeSet<String>,
    footer: Option<RunFooter>,
}

impl Section {
    pub(super) fn new(file: String, header: RunHeader) -> Self {
        let run = ClientRun { file, header, ..ClientRun::default() };
        Self { run, digest: Digest::default(), names: BTreeSet::new(), footer: None }
    }

    /// Takes a line in, which stands in the log as `text`.
    pub(super) fn line(&mut self, line: LogLine, text: &str) {
        match line {
            LogLine::Header(_) | LogLine::Rule(_) => {}
            LogLine::Hello(hello) => self.run.hello = Some(hello),
            LogLine::Case(record) => {
                self.digest.update(text.as_bytes());
                if self.names.insert(record.case.clone()) {
                    self.run.cases.push(*record);
                } else {
                    self.problem(format!("{}: {} stands there twice", self.run.file, record.case));
                }
            }
            LogLine::Adapter(event) => self.run.events.push(event),
            LogLine::Known(finding) => self.run.findings.push(finding),
            LogLine::Footer(footer) => self.footer = Some(footer),
        }
    }

    pub(super) fn problem(&mut self, problem: String) {
        self.run.problems.push(problem);
    }

    pub(super) fn end(self) -> ClientRun {
        let Self { mut run, digest, footer, .. } = self;
        run.label = run.name();
        let (lines, shown) = (u64::try_from(run.cases.len()).unwrap_or(u64::MAX), run.header.cases);
        let who = run.who();
        let problem = match &footer {
            None if lines == shown => Some(format!("{who}: its last line is missing")),
            None => Some(format!("{who}: the run was interrupted after {lines} of {shown} cases")),
            Some(footer) if footer.cases != lines => {
                Some(format!("{who}: {lines} cases are there, {} were written", footer.cases))
            }
            Some(footer) if footer.digest != digest.text() => {
                Some(format!("{who}: its lines were changed after the run"))
            }
            Some(footer) if !footer.complete => Some(format!("{who}: {}", run.ended_early())),
            Some(_) if lines != shown => {
                Some(format!("{who}: {lines} cases are there, {shown} were to be asked"))
            }
            Some(_) => None,
        };
        run.interrupted = footer.is_none() || run.has_event("interrupted");
        run.problems.extend(problem);
        if let Some(footer) = footer {
            (run.took_ms, run.left_behind) = (footer.took_ms, footer.left_behind);
            run.stderr = footer.stderr;
        }
        run
    }
}

/// Writes a section to a log, where there is one, and keeps what it says for a report.
pub struct SectionWriter<'l> {
    log: Option<&'l mut Log>,
    section: Section,
}

impl<'l> SectionWriter<'l> {
    /// Begins a section; `file` is the name of the log.
    pub fn new(log: Option<&'l mut Log>, file: String, header: RunHeader) -> io::Result<Self> {
        let section = Section::new(file, header.clone());
        let mut writer = Self { log, section };
        writer.line(LogLine::Header(header))?;
        Ok(writer)
    }

    /// Writes a line.
    pub fn line(&mut self, line: LogLine) -> io::Result<()> {
        let text = text(&line)?;
        self.section.line(line, &text);
        self.log.as_mut().map_or(Ok(()), |log| log.line(&text))
    }

    /// Says what happened to the adapter.
    pub fn adapter(&mut self, event: &str, reason: &str) -> io::Result<()> {
        let [event, reason] = [event, reason].map(str::to_owned);
        self.line(LogLine::Adapter(AdapterLine { event, reason, outcome: None }))
    }

    /// Ends the section; of the footer, what is counted is filled in.
    pub fn end(mut self, footer: RunFooter) -> io::Result<ClientRun> {
        let run = &self.section.run;
        let mut counts = Counts::default();
        for record in &run.cases {
            *counts.0.entry(record.outcome.clone()).or_default() += 1;
        }
        self.line(LogLine::Footer(RunFooter {
            cases: u64::try_from(run.cases.len()).unwrap_or(u64::MAX),
            counts,
            known: KnownCounts {
                failures: run.count(Score::Known),
                flaky: run.count(Score::Flaky),
            },
            digest: self.section.digest.text(),
            ..footer
        }))?;
        Ok(self.section.end())
    }
}
