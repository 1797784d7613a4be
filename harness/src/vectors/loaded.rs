//! A vector file that was read in both ways, typed and as nodes, and the checks of the whole file.

use super::file::{VectorFile, WrittenVector};
use super::yaml::{self, Node};
use crate::root::Root;
use crate::spec::{Spec, Status};
use ckbspec_common::problem::{Problem, Problems};
use ckbspec_protocol::Operation;
use ckbspec_protocol::operations::operation;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// A vector file that was read in both ways, typed and as nodes.
pub(super) struct Loaded {
    pub(super) area: &'static str,
    pub(super) folder: String,
    pub(super) path: String,
    pub(super) shown: String,
    pub(super) text: Arc<str>,
    /// The ends of its lines. Counting lines again for each vector would take quadratic time.
    line_ends: Vec<usize>,
    tree: Node,
    pub(super) typed: VectorFile,
    pub(super) operation: &'static Operation,
}

impl Loaded {
    pub(super) fn read(root: &Root, area: &'static str, path: &str) -> Result<Self, Problems> {
        let shown = root.shown(path);
        let text = root.read_text(path)?;
        let tree = yaml::read(&shown, &text)?;
        let help = "vectors/README.md shows the format";
        let typed: VectorFile = yaml::typed(&shown, &text, &tree, help)?;
        let place = |message: String, key: &str, label: &str| {
            let span = tree.get(key).map_or(0..0, |node| node.span.clone());
            Problem::new(message).at(&shown, &text, span, label)
        };
        let Some(operation) = operation(&typed.operation) else {
            let message = format!("there is no operation `{}`", typed.operation);
            let problem = place(message, "operation", "unknown operation");
            return Err(problem.help("`ckbspec schema` lists the operations").into());
        };
        if !operation.name.starts_with(&format!("{area}.")) {
            let message = format!("`{}` is no operation of the area `{area}`", operation.name);
            return Err(place(message, "operation", "belongs to another folder").into());
        }
        let folder = path.rsplit_once('/').map_or_else(String::new, |(f, _)| f.to_owned());
        let line_ends = text.match_indices('\n').map(|(at, _)| at).collect();
        let path = path.to_owned();
        Ok(Self { area, folder, path, shown, text, line_ends, tree, typed, operation })
    }

    pub(super) fn line_at(&self, at: usize) -> usize {
        self.line_ends.partition_point(|end| *end < at).saturating_add(1)
    }

    pub(super) fn nodes(&self) -> &[Node] {
        self.tree.get("vectors").map_or(&[], Node::items)
    }

    /// Checks the file as a whole: that its rules and flags exist, and that its notes are used.
    pub(super) fn check(&self, spec: &Spec) -> Vec<Problem> {
        let mut problems = vec![];
        let mut used = BTreeSet::new();
        let vectors = self.typed.vectors.iter().zip(self.nodes());
        for (rules, flags, node) in vectors.flat_map(|(vector, node)| said(vector, node)) {
            for (rule, node) in rules.iter().zip(items(node, "rules")) {
                let known = spec.rules.get(rule);
                let message = match known.map(|rule| &rule.status) {
                    None => format!("there is no rule {rule}"),
                    Some(Status::Withheld) => format!("{rule} is withheld: it has no vectors"),
                    Some(_) => continue,
                };
                problems.push(self.problem(node.span.clone(), &message, "in no chapter"));
            }
            for (flag, node) in flags.iter().zip(items(node, "flags")) {
                used.insert(flag.as_str());
                if !self.typed.notes.contains_key(flag) {
                    let message = format!("flag `{flag}` is not explained in `notes`");
                    problems.push(self.problem(node.span.clone(), &message, "add a note"));
                }
            }
        }
        for note in self.typed.notes.keys().filter(|note| !used.contains(note.as_str())) {
            let key = self.tree.get("notes").and_then(|notes| notes.entry(note));
            let span = key.map_or(0..0, |(key, _)| key.span.clone());
            problems.push(self.problem(
                span,
                &format!("no vector has the flag `{note}`"),
                "unused",
            ));
        }
        problems
    }

    pub(super) fn problem(&self, span: Range<usize>, message: &str, label: &str) -> Problem {
        Problem::new(message).at(&self.shown, &self.text, span, label)
    }
}

/// The rules and flags that a vector and its answers name, each with the node that names them.
fn said<'a>(
    vector: &'a WrittenVector,
    node: &'a Node,
) -> impl Iterator<Item = (&'a [String], &'a [String], &'a Node)> {
    let answers = vector.answers.iter().zip(items(node, "answers"));
    let own = |list: &'a Option<Vec<String>>| list.as_deref().unwrap_or_default();
    let answers = answers.map(move |(a, node)| (own(&a.rules), own(&a.flags), node));
    [(&vector.rules[..], &vector.flags[..], node)].into_iter().chain(answers)
}

fn items<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    node.get(key).map_or(&[], Node::items)
}
