//! A list that fits a run, in the words that are there.
//!
//! Names are taken out and put in where they stand, so that reasons and comments stay. What a
//! person has decided is not changed: neither `until` nor `at_most` nor what is flaky.

use super::file::{Known, KnownEntry, Name};
use super::judge::{ListedResult, ListedResults};
use crate::runner::{Score, UNEXPLAINED};
use crate::vectors::yaml::{Kind, Node};
use ckbspec_common::problem::Problem;
use std::collections::BTreeMap;
use std::ops::Range;

/// Columns of a flow list before each of its names has a line.
const FLOW_WIDTH: usize = 80;

/// A list that fits a run.
#[derive(Clone, Debug)]
pub struct Update {
    /// The file.
    pub text: String,
    /// Names that were taken out.
    pub removed: Vec<String>,
    /// Cases that were put in.
    pub added: Vec<String>,
}

/// The list of a client that has none.
pub fn fresh(client: &str) -> String {
    let client = serde_json::Value::from(client);
    format!(
        "# What this client is known to fail: `ckbspec run --known FILE` holds it to that.\n\
         schema: ckbspec.known/1\nclient: {client}\nfailures: []\n"
    )
}

/// Fits a list to a run of the whole suite.
pub fn updated(results: &ListedResults<'_>) -> Result<Update, Problem> {
    let update = Update { text: String::new(), removed: vec![], added: vec![] };
    let known = results.known;
    let mut editor = Editor { results, known, edits: vec![], update };
    let mut kept = [0_usize; 2];
    for (e, entry) in known.entries.iter().enumerate() {
        let stays = editor.entry(e, entry)?;
        if let Some(kept) = kept.get_mut(usize::from(entry.flaky)) {
            *kept = kept.saturating_add(usize::from(stays));
        }
    }
    let new = editor.new_failures();
    let [failures, flaky] = kept;
    editor.put_in(&new, failures)?;
    editor.close("flaky", flaky);
    let Editor { edits, update, .. } = editor;
    Ok(Update { text: edited(&known.text, edits), ..update })
}

/// A text after edits. At one place, what is put in stands behind what is taken out.
fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let (mut result, mut done) = (String::new(), 0);
    for (span, new) in edits {
        result.push_str(text.get(done..span.start).unwrap_or_default());
        result.push_str(&new);
        done = span.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

struct Editor<'a> {
    results: &'a ListedResults<'a>,
    known: &'a Known,
    edits: Vec<(Range<usize>, String)>,
    update: Update,
}

enum NameChange {
    Stays,
    Goes,
    /// Some of its cases fail, some do not, or they have moved: those that fail are named instead.
    Becomes(Vec<String>),
}

impl Editor<'_> {
    fn text(&self, span: Range<usize>) -> &str {
        self.known.text.get(span).unwrap_or_default()
    }

    fn change(&self, entry: &KnownEntry, name: &Name, results: &[ListedResult]) -> NameChange {
        let asked: Vec<&ListedResult> =
            results.iter().filter(|r| r.outcome.score() != Score::Unsupported).collect();
        let failing: Vec<String> = asked
            .iter()
            .filter(|result| entry.covers(&result.outcome, self.results.strict))
            .map(|result| result.case.clone())
            .collect();
        match failing.len() {
            _ if asked.is_empty() => NameChange::Goes,
            _ if name.is_old(asked.iter().map(|result| result.case.as_str())) => {
                let all = || asked.iter().map(|result| result.case.clone()).collect();
                NameChange::Becomes(if entry.flaky { all() } else { failing })
            }
            count if entry.flaky || count == asked.len() => NameChange::Stays,
            0 => NameChange::Goes,
            _ => NameChange::Becomes(failing),
        }
    }

    /// Edits the names of an entry, or takes it out whole; whether it stays.
    fn entry(&mut self, e: usize, entry: &KnownEntry) -> Result<bool, Problem> {
        let names = entry.names.iter().enumerate();
        let changes: Vec<NameChange> =
            names.map(|(n, name)| self.change(entry, name, self.results.of(e, n))).collect();
        for (name, change) in entry.names.iter().zip(&changes) {
            if !matches!(change, NameChange::Stays) {
                self.update.removed.push(name.text.clone());
            }
        }
        if changes.iter().all(|change| matches!(change, NameChange::Goes)) {
            let start = self.dash(entry)?;
            let end = self.line_end(self.content_end(&entry.node));
            self.edits.push((self.line_start(start)..end, String::new()));
            return Ok(false);
        }
        if changes.iter().all(|change| matches!(change, NameChange::Stays)) {
            return Ok(true);
        }
        let list = entry.node.get("cases").unwrap_or(&entry.node);
        if self.text(list.span.clone()).starts_with('[') {
            let edit = self.flow_list(entry, &changes);
            self.edits.push((list.span.start..self.content_end(list), edit));
            return Ok(true);
        }
        for (name, change) in entry.names.iter().zip(&changes) {
            let start = self.line_start(name.span.start);
            let before = self.text(start..name.span.start).to_owned();
            let lines = match change {
                NameChange::Stays => continue,
                NameChange::Goes => String::new(),
                NameChange::Becomes(names) => {
                    names.iter().map(|name| format!("{before}{name}\n")).collect()
                }
            };
            self.edits.push((start..self.line_end(name.span.end), lines));
        }
        Ok(true)
    }

    /// The names that stay, between brackets.
    fn flow_list(&self, entry: &KnownEntry, changes: &[NameChange]) -> String {
        let mut names: Vec<&str> = vec![];
        for (name, change) in entry.names.iter().zip(changes) {
            match change {
                NameChange::Stays => names.push(self.text(name.span.clone())),
                NameChange::Goes => {}
                NameChange::Becomes(cases) => names.extend(cases.iter().map(String::as_str)),
            }
        }
        let line = format!("[{}]", names.join(", "));
        if line.len() <= FLOW_WIDTH {
            return line;
        }
        let key = entry.node.entry("cases").map_or(0, |(key, _)| key.span.start);
        let indent = " ".repeat(key.saturating_sub(self.line_start(key)));
        let lines: String = names.iter().map(|name| format!("{indent}  {name},\n")).collect();
        format!("[\n{lines}{indent}]")
    }

    /// Failures that no entry lists, or lists with another outcome; by outcome.
    fn new_failures(&mut self) -> BTreeMap<String, Vec<String>> {
        let mut new: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (case, outcome) in &self.results.new {
            new.entry(outcome.family().to_owned()).or_default().push(case.clone());
            self.update.added.push(case.clone());
        }
        new.values_mut().for_each(|cases| cases.sort());
        self.update.added.sort();
        new
    }

    /// Puts new entries behind those of `failures`, of which so many stay.
    fn put_in(&mut self, new: &BTreeMap<String, Vec<String>>, stay: usize) -> Result<(), Problem> {
        if new.is_empty() {
            self.close("failures", stay);
            return Ok(());
        }
        let last = self.known.entries.iter().rfind(|entry| !entry.flaky);
        let (end, indent) = match (last, self.known.tree.entry("failures")) {
            (Some(last), _) => {
                let dash = self.dash(last)?;
                let indent = self.text(self.line_start(dash)..dash);
                (self.line_end(self.content_end(&last.node)), indent.to_owned())
            }
            (None, Some((key, list))) => {
                let colon = self.after_colon(key);
                let end = self.content_end(list).max(colon);
                // What stands there is `[]` or nothing.
                self.edits.push((colon..end, String::new()));
                (self.line_end(end), "  ".to_owned())
            }
            (None, None) => {
                let end = self.known.text.len();
                self.edits.push((end..end, "failures:\n".to_owned()));
                (end, "  ".to_owned())
            }
        };
        self.edits.push((end..end, entries(new, &indent)));
        Ok(())
    }

    /// Writes `[]` behind a key whose entries have all gone.
    fn close(&mut self, list: &str, stay: usize) {
        let Some((key, value)) = self.known.tree.entry(list) else {
            return;
        };
        if stay == 0 && !value.items().is_empty() {
            let colon = self.after_colon(key);
            self.edits.push((colon..colon, " []".to_owned()));
        }
    }

    fn after_colon(&self, key: &Node) -> usize {
        let rest = self.text(key.span.end..self.known.text.len());
        key.span.end.saturating_add(rest.find(':').map_or(0, |at| at.saturating_add(1)))
    }

    /// The dash before an entry.
    fn dash(&self, entry: &KnownEntry) -> Result<usize, Problem> {
        let before = self.text(0..entry.node.span.start).trim_end_matches([' ', '\n']);
        let dash = before.strip_suffix('-').map(str::len);
        dash.ok_or_else(|| {
            let message = "only entries that begin with `- ` can be updated";
            let problem = self.known.problem(entry.node.span.clone(), message, "in brackets");
            problem.help("write each entry on lines of its own")
        })
    }

    fn line_start(&self, at: usize) -> usize {
        self.text(0..at).rfind('\n').map_or(0, |found| found.saturating_add(1))
    }

    /// The start of the next line.
    fn line_end(&self, at: usize) -> usize {
        let end = self.known.text.len();
        self.text(at..end)
            .find('\n')
            .map_or(end, |found| at.saturating_add(found.saturating_add(1)))
    }

    /// Where the last scalar or bracket of a node ends: the parser counts what follows, too.
    fn content_end(&self, node: &Node) -> usize {
        let last = match &node.kind {
            Kind::Scalar(text) if text.is_empty() => return node.span.start,
            Kind::Scalar(_) => return node.span.end,
            Kind::Sequence(items) => items.last(),
            Kind::Mapping(entries) => entries.last().map(|(_, value)| value),
        };
        let end = last.map_or(node.span.start, |last| self.content_end(last));
        if !self.text(node.span.clone()).starts_with(['[', '{']) {
            return end;
        }
        // Between the last item and the bracket there are blanks, commas and comments.
        let mut comment = false;
        let rest = self.text(end..self.known.text.len()).char_indices().find(|(_, c)| {
            comment = (comment || *c == '#') && *c != '\n';
            !comment && matches!(c, ']' | '}')
        });
        rest.map_or(end, |(at, _)| end.saturating_add(at).saturating_add(1))
    }
}

/// Entries that a person has yet to explain.
fn entries(new: &BTreeMap<String, Vec<String>>, indent: &str) -> String {
    let mut text = String::new();
    for (outcome, cases) in new {
        text.push_str(&format!("{indent}- why: \"{UNEXPLAINED}\"\n"));
        text.push_str(&format!("{indent}  outcome: {outcome}\n{indent}  cases:\n"));
        for case in cases {
            text.push_str(&format!("{indent}    - {case}\n"));
        }
    }
    text
}
