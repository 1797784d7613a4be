//! The typed form of a list of known failures, and what can be wrong in it whatever is asked.

use crate::runner::Outcome;
use crate::vectors::yaml::{self, Node};
use ckbspec_common::files;
use ckbspec_common::problem::{Problem, Problems};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// The only schema there is so far.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum SchemaName {
    /// The first.
    #[serde(rename = "ckbspec.known/1")]
    Known1,
}

/// A list of known failures, as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    /// The format of this file.
    pub schema: SchemaName,
    /// The client, as its adapter names it in `hello`.
    pub client: String,
    /// What it fails.
    #[serde(default)]
    pub failures: Vec<WrittenEntry>,
    /// What it fails now and then: passing is tolerated as well.
    #[serde(default)]
    pub flaky: Vec<WrittenEntry>,
}

/// Cases that fail for one reason, as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenEntry {
    /// The reason, in one line.
    pub why: String,
    /// Names of cases or vectors; `*` and `?` are wildcards. Every case that is named fails.
    pub cases: Vec<String>,
    /// How they fail: `fail.verdict`, `crash.exit:3`, or a group, `crash`. Another
    /// failure is not excused. Where it is left out, any failure is.
    #[serde(default)]
    pub outcome: Option<String>,
    /// The last day on which the entry holds, `"2027-01-31"`; for ever where it is left out.
    #[serde(default)]
    pub until: Option<String>,
    /// How many cases may fail under this entry; needed where a name has a wildcard.
    #[serde(default)]
    pub at_most: Option<u64>,
}

/// A list that has been read.
#[derive(Clone, Debug)]
pub struct Known {
    /// The file, as it was named.
    pub shown: String,
    /// The client, as its adapter names it.
    pub client: String,
    /// The entries, in the order of the file, flaky ones last.
    pub entries: Vec<KnownEntry>,
    pub(super) text: Arc<str>,
    pub(super) tree: Node,
}

/// Cases that fail for one reason.
#[derive(Clone, Debug)]
pub struct KnownEntry {
    /// Whether passing is tolerated.
    pub flaky: bool,
    /// Whether its last day is over.
    pub expired: bool,
    /// As written.
    pub written: WrittenEntry,
    /// What it names.
    pub names: Vec<Name>,
    pub(super) node: Node,
}

/// A name in an entry.
#[derive(Clone, Debug)]
pub struct Name {
    /// As written.
    pub text: String,
    /// What the cases that were called so are called now.
    pub(super) moved: Vec<String>,
    pub(super) span: Range<usize>,
}

impl Name {
    /// Whether it may stand for several vectors.
    pub(super) fn is_wild(&self) -> bool {
        self.text.contains(['*', '?'])
    }

    /// Whether it names these cases by a name that they no longer have.
    pub(super) fn is_old<'a>(&self, mut cases: impl Iterator<Item = &'a str>) -> bool {
        let vector = |case: &str| case.split('@').next().map(str::to_owned);
        !self.moved.is_empty() && cases.all(|case| vector(case) != vector(&self.text))
    }
}

const HELP: &str = "`ckbspec schema known` prints the format";

impl Known {
    /// Reads a file. `today` decides what has expired.
    pub fn read(path: &Path, today: &str) -> Result<Self, Problems> {
        let shown = path.display().to_string();
        let mut text = files::read_text(path).map_err(|problem| {
            problem.help("`ckbspec known update` writes a list of known failures")
        })?;
        // Whoever edits the text may count on whole lines.
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Self::parse(shown, text.into(), today)
    }

    /// Reads a text.
    pub fn parse(shown: String, text: Arc<str>, today: &str) -> Result<Self, Problems> {
        let tree = yaml::read(&shown, &text)?;
        let KnownFile { client, failures, flaky, .. } = yaml::typed(&shown, &text, &tree, HELP)?;
        let mut known = Self { shown, client, entries: vec![], text, tree };
        for (list, written) in [("failures", failures), ("flaky", flaky)] {
            let nodes = known.tree.get(list).map_or(&[][..], Node::items).to_vec();
            for (written, node) in written.into_iter().zip(nodes) {
                known.entries.push(KnownEntry::new(list == "flaky", written, node, today));
            }
        }
        let mut problems: Vec<Problem> =
            known.entries.iter().flat_map(|entry| known.mistakes(entry)).collect();
        problems.extend(known.twice());
        if problems.is_empty() { Ok(known) } else { Err(Problems(problems)) }
    }

    /// Takes in which names were moved to which: entries cover the cases that have moved.
    #[must_use]
    pub fn with_moves(mut self, moved: &BTreeMap<String, String>) -> Self {
        for name in self.entries.iter_mut().flat_map(|entry| &mut entry.names) {
            let is_named =
                |old: &str| old.split('@').next() == Some(&name.text) || old == name.text;
            let now = moved.iter().filter(|(old, _)| is_named(old)).map(|(_, new)| new.clone());
            name.moved = now.collect();
        }
        self
    }

    /// A problem at a place of the file.
    pub fn problem(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Problem {
        Problem::new(message).at(&self.shown, &self.text, span, label)
    }

    pub(super) fn at(&self, span: &Range<usize>) -> String {
        let before = self.text.get(..span.start).unwrap_or_default();
        format!("{}:{}", self.shown, before.matches('\n').count().saturating_add(1))
    }

    /// The file as it is.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of the client's name.
    pub fn client_span(&self) -> Range<usize> {
        self.tree.get("client").map_or(0..0, |node| node.span.clone())
    }

    fn mistakes(&self, entry: &KnownEntry) -> Vec<Problem> {
        let KnownEntry { written, .. } = entry;
        let mut problems = vec![];
        if written.why.trim().is_empty() {
            let message = "an entry says why its cases fail";
            problems.push(self.problem(entry.span("why"), message, "no reason"));
        }
        if written.cases.is_empty() {
            let message = "an entry names its cases";
            problems.push(self.problem(entry.span("cases"), message, "no case"));
        }
        if let Some(outcome) = written.outcome.as_deref().filter(|o| !Outcome::names_a_failure(o)) {
            let message = format!("`{outcome}` is no outcome that fails a run");
            let problem = self.problem(entry.span("outcome"), message, "unknown outcome");
            let help = "pass-weak, fail.verdict, fail.class, fail.output, fault, crash.signal:N, \
                        crash.exit:N, timeout.silent, protocol.noise, …, or a group: fail, crash";
            problems.push(problem.help(help));
        }
        if let Some(until) = written.until.as_deref().filter(|day| !is_day(day)) {
            let message = format!("`{until}` is no day");
            problems.push(self.problem(entry.span("until"), message, "such as \"2027-01-31\""));
        }
        let wild = entry.names.iter().find(|name| name.is_wild());
        if let Some(name) = wild.filter(|_| written.at_most.is_none()) {
            let message = "an entry with a wildcard has a ceiling";
            let problem = self.problem(name.span.clone(), message, "may match cases to come");
            problems.push(problem.help("add `at_most: N`: how many cases may fail under it"));
        }
        problems
    }

    /// Names that stand in the file before.
    fn twice(&self) -> Vec<Problem> {
        let (mut first, mut problems) = (BTreeMap::<&str, &Name>::new(), vec![]);
        for name in self.entries.iter().flat_map(|entry| &entry.names) {
            match first.get(name.text.as_str()) {
                Some(place) => problems.push(self.listed_twice(&name.text, name, place)),
                None => drop(first.insert(&name.text, name)),
            }
        }
        problems
    }

    /// A case that is listed twice has two reasons, which is one too many.
    pub(super) fn listed_twice(&self, what: &str, second: &Name, first: &Name) -> Problem {
        let label = format!("stands at {}, too", self.at(&first.span));
        self.problem(second.span.clone(), format!("{what} is listed twice"), label)
    }
}

impl KnownEntry {
    fn new(flaky: bool, written: WrittenEntry, node: Node, today: &str) -> Self {
        let spans = node.get("cases").map_or(&[][..], Node::items).iter().map(|n| n.span.clone());
        let names = written.cases.iter().cloned().zip(spans);
        let names = names.map(|(text, span)| Name { text, moved: vec![], span }).collect();
        // Days in this form are ordered as their text is.
        let expired = written.until.as_deref().is_some_and(|until| until < today);
        Self { flaky, expired, written, names, node }
    }

    /// The place of a key's value, or of the entry.
    pub(super) fn span(&self, key: &str) -> Range<usize> {
        self.node.get(key).map_or(self.node.span.clone(), |node| node.span.clone())
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && humantime::parse_rfc3339(&format!("{text}T00:00:00Z")).is_ok()
}
