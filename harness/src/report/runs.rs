//! Run logs, read again: the sections of clients, shards joined, and what is missing.

use super::section::{ClientRun, Section};
use crate::pack::RuleLine;
use crate::runner::{LogLine, RUN_SCHEMA, RunHeader};
use ckbspec_common::files;
use ckbspec_common::problem::Problem;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// All that some logs say.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// The rules that the cases show.
    pub rules: BTreeMap<String, RuleLine>,
    /// What became of each client.
    pub clients: Vec<ClientRun>,
    /// What a reader of the report has to know.
    pub notes: Vec<String>,
}

impl Runs {
    /// Reads logs, and joins shards.
    pub fn read(files: &[PathBuf]) -> Result<Self, Problem> {
        let mut runs = Self::default();
        let mut sections = vec![];
        for file in files {
            sections.extend(runs.sections(file)?);
        }
        runs.clients = join(sections)?;
        for run in &mut runs.clients {
            run.cases.sort_by(|a, b| a.case.cmp(&b.case));
        }
        let suites: BTreeSet<_> = runs.clients.iter().map(|run| &run.header.suite).collect();
        if suites.len() > 1 {
            let note = "the clients were not asked the same cases, or not of the same release";
            runs.notes.push(note.to_owned());
        }
        Ok(runs)
    }

    /// Reads a log: a section for each adapter, and those that go on with it joined.
    pub fn sections(&mut self, file: &Path) -> Result<Vec<ClientRun>, Problem> {
        let mut sections = vec![];
        let (shown, rules) = (file.display().to_string(), &mut self.rules);
        LogReader { shown, file, rules }.read(&mut sections)?;
        resumed(sections)
    }

    /// All that is missing.
    pub fn incomplete(&self) -> Vec<String> {
        self.clients.iter().flat_map(|run| run.problems.iter().cloned()).collect()
    }

    /// Two runs of one client that are no shards, by their labels and files.
    pub fn twice(&self) -> Option<(&ClientRun, &ClientRun)> {
        let mut seen: BTreeMap<String, &ClientRun> = BTreeMap::new();
        self.clients.iter().find_map(|run| Some((seen.insert(run.name(), run)?, run)))
    }

    /// Adds to the labels what tells runs of the same client apart.
    pub fn tell_apart(&mut self) {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        let mut commands: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for run in &self.clients {
            *times.entry(run.name()).or_default() += 1;
            commands.entry(run.name()).or_default().insert(run.header.adapter.clone());
        }
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for run in &mut self.clients {
            if times.get(&run.label).is_some_and(|times| *times > 1) {
                let by_command = commands.get(&run.label).map_or(0, BTreeSet::len);
                let tells = if times.get(&run.label) == Some(&by_command) {
                    &run.header.adapter
                } else {
                    &run.file
                };
                run.label = format!("{} ({tells})", run.label);
                while !seen.insert(run.label.clone()) {
                    run.label.push('\'');
                }
            }
        }
    }
}

struct LogReader<'a> {
    shown: String,
    file: &'a Path,
    rules: &'a mut BTreeMap<String, RuleLine>,
}

impl LogReader<'_> {
    fn read(self, sections: &mut Vec<ClientRun>) -> Result<(), Problem> {
        let bytes = files::read(self.file)?;
        let text = String::from_utf8_lossy(&bytes);
        let mut open: Option<Section> = None;
        let mut cut = None;
        for (number, line) in (1_usize..).zip(text.split_inclusive('\n')) {
            let parsed = match serde_json::from_str::<LogLine>(line) {
                Ok(parsed) => parsed,
                Err(_) if number > 1 && !line.ends_with('\n') => {
                    cut = Some(number);
                    break;
                }
                Err(_) if self.is_newer(line) => continue,
                Err(error) => return Err(self.foreign(number, line, &error)),
            };
            if let LogLine::Header(header) = parsed {
                self.known_schema(&header)?;
                sections.extend(open.take().map(Section::end));
                open = Some(Section::new(self.shown.clone(), header));
            } else {
                let Some(section) = &mut open else { return Err(self.no_log()) };
                if let LogLine::Rule(rule) = parsed {
                    self.rules.insert(rule.rule.clone(), rule);
                } else {
                    section.line(parsed, line);
                }
            }
        }
        let Some(mut last) = open else { return Err(self.no_log()) };
        if let Some(number) = cut {
            last.problem(format!("{}:{number} is cut off", self.shown));
        }
        sections.push(last.end());
        Ok(())
    }

    fn known_schema(&self, header: &RunHeader) -> Result<(), Problem> {
        if header.schema == RUN_SCHEMA {
            return Ok(());
        }
        let message =
            format!("{}: its schema is `{}`, not {RUN_SCHEMA}", self.shown, header.schema);
        Err(Problem::new(message).help("another version of ckbspec wrote it"))
    }

    /// Whether a line is of a kind that a later version of this format has added.
    fn is_newer(&self, line: &str) -> bool {
        const KINDS: [&str; 7] = ["header", "hello", "rule", "case", "adapter", "known", "footer"];
        let value = serde_json::from_str::<Value>(line).unwrap_or_default();
        value.get("t").and_then(Value::as_str).is_some_and(|kind| !KINDS.contains(&kind))
    }

    fn no_log(&self) -> Problem {
        let message = format!("{} is no run log: its first line is no header", self.shown);
        Problem::new(message).help("`ckbspec run -o FILE` writes run logs")
    }

    fn foreign(&self, number: usize, line: &str, error: &serde_json::Error) -> Problem {
        let header = serde_json::from_str::<Value>(line).unwrap_or_default();
        let schema = header.get("schema").and_then(Value::as_str).unwrap_or_default();
        if number == 1 && schema != RUN_SCHEMA {
            return self.no_log();
        }
        let message = format!("{}:{number} is no line of a run log: {error}", self.shown);
        Problem::new(message).help("the log is damaged; run it again")
    }
}

/// Puts each section that resumes another into it.
fn resumed(sections: Vec<ClientRun>) -> Result<Vec<ClientRun>, Problem> {
    let mut joined: Vec<ClientRun> = vec![];
    for section in sections {
        if !section.header.resumes {
            joined.push(section);
            continue;
        }
        let same = |run: &&mut ClientRun| run.header.adapter == section.header.adapter;
        match joined.iter_mut().rev().find(same) {
            Some(run) => run.go_on(section),
            None => {
                let message = format!("{}: the section that is resumed is missing", section.file);
                return Err(Problem::new(message).help("keep the log whole, or run again"));
            }
        }
    }
    Ok(joined)
}

/// Puts the shards of a run together.
fn join(sections: Vec<ClientRun>) -> Result<Vec<ClientRun>, Problem> {
    let mut joined: Vec<ClientRun> = vec![];
    let mut shares: BTreeMap<usize, BTreeMap<u32, String>> = BTreeMap::new();
    for section in sections {
        let Some(shard) = section.header.shard else {
            joined.push(section);
            continue;
        };
        let of_same_run = |run: &ClientRun| {
            let of = run.header.shard.map(|shard| shard.of);
            of == Some(shard.of) && run.name() == section.name()
        };
        let Some(at) = joined.iter().position(of_same_run) else {
            let first = BTreeMap::from([(shard.number, section.file.clone())]);
            shares.insert(joined.len(), first);
            joined.push(section);
            continue;
        };
        let file = section.file.clone();
        if let Some(other) = shares.entry(at).or_default().insert(shard.number, file) {
            let (name, file) = (section.name(), section.file);
            let message = format!("{other} and {file} are both shard {shard} of {name}");
            return Err(Problem::new(message));
        }
        if let Some(run) = joined.get_mut(at) {
            run.take(section)?;
        }
    }
    for (at, shares) in shares {
        if let Some(run) = joined.get_mut(at) {
            let of = run.header.shard.take().map_or(0, |shard| shard.of);
            let missing = (1..=of).filter(|number| !shares.contains_key(number));
            let problems = missing.map(|n| format!("{}: shard {n}/{of} is missing", run.label));
            run.problems.extend(problems.collect::<Vec<_>>());
        }
    }
    Ok(joined)
}
