//! The lines of a pack, and their conversion to cases.

use crate::spec::{Class, Observable, Rule, Status};
use crate::vectors::file::{Note, Provenance, VectorStatus};
use crate::vectors::lock::{Confirmation, Entry};
use crate::vectors::{Case, Expectation, Source, Vector};
use ckbspec_protocol::operations::operation;
use ckbspec_protocol::{Env, Question};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The format that this crate reads and writes.
pub const SCHEMA: &str = "ckbspec.pack/1";

/// The header, which is the first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// `ckbspec.pack/1`. Later versions may add fields; readers ignore fields that they do not
    /// know.
    pub schema: String,
    /// The version of the vectors.
    pub version: String,
    /// The commit of the checkout, if the packer gave one.
    pub commit: Option<String>,
    /// How many lines of rules follow the header.
    pub rules: u64,
    /// How many lines of error classes follow the rules.
    pub classes: u64,
    /// How many lines of cases follow the classes.
    pub cases: u64,
    /// The ckbhash of all lines after the header, including their line feeds.
    pub digest: String,
    /// How many cases each operation has, by area.
    pub index: BTreeMap<String, BTreeMap<String, u64>>,
    /// Old names of cases, and their new names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub moved: BTreeMap<String, String>,
}

/// The parts of a rule that a report needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleLine {
    /// Its id, `POW-008`.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// The editions in which it holds, as the chapter writes them.
    pub editions: String,
    /// The class of a rejection by it; null for a rule that only computes.
    pub class: Option<String>,
    /// The chapter that states it, as a path from the root of the repository.
    pub chapter: String,
    /// The line of its heading.
    pub line: usize,
    /// Its first paragraph, in Markdown.
    pub text: String,
}

/// An error class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClassLine {
    /// Its dotted name: the expected class must be a prefix of the class in the answer.
    pub class: String,
    /// What it means.
    pub means: String,
    /// What the official node calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

/// A case: a question, and the answer that every client must give.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CaseLine {
    /// Its permanent name, `<area>/<id>`, with `@edition=…` or `@vm=…` where it is asked at several
    /// points.
    pub case: String,
    /// Its revision, which is raised when the question or the expectation changes.
    pub rev: u32,
    /// Whether it counts.
    #[serde(default)]
    pub status: VectorStatus,
    /// The operation.
    pub op: String,
    /// The point on the axes; absent where the answer is the same at all points.
    #[serde(default, skip_serializing_if = "Env::is_empty")]
    pub env: Env,
    /// The operation's input, in its wire form.
    #[serde(rename = "in")]
    pub input: Value,
    /// The input is accepted, and the output has these fields. Of objects, the fields named here
    /// are compared, at every depth; arrays are compared as a whole; null means that the field is
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Value>,
    /// The input is rejected. A line has either `accept` or `reject`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reject: Option<Reject>,
    /// The rules that it shows.
    pub rules: Vec<String>,
    /// What it shows, or the mistake that it catches.
    pub why: String,
    /// The mistakes that it catches.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub flags: IndexMap<String, Note>,
    /// How nodes or documents differ here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divergent: Option<String>,
    /// The name of the accepted case from which this one differs by `change`, without `@…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<String>,
    /// Paths in the twin's input, and the values that replace those there.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub change: IndexMap<String, Value>,
    /// The source of the expectation.
    pub provenance: Provenance,
    /// The file and the line where it is written; the path is from the root of the repository.
    #[serde(default)]
    pub source: String,
    /// ckbhash of question and expectation without prose, as in `vectors.lock`.
    pub digest: String,
    /// The clients that gave the expected answer; none of them is ours.
    pub confirmed: Vec<Confirmation>,
}

/// How a case is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reject {
    /// The class that the spec gives the rule.
    pub class: String,
    /// The rule that it breaks.
    pub rule: String,
    /// The other rules that it breaks unavoidably; a client may reject by one of these as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or: Vec<Other>,
}

/// Another rule that a case breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Other {
    /// The class that the spec gives the rule.
    pub class: String,
    /// The rule.
    pub rule: String,
    /// Why the two faults cannot be separated.
    pub why: String,
}

impl RuleLine {
    /// The line of a rule.
    pub fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            editions: rule.editions.clone(),
            class: rule.class.clone(),
            chapter: rule.chapter.clone(),
            line: rule.line,
            text: rule.statement().to_owned(),
        }
    }

    /// The rule, with the parts that a pack contains.
    pub(super) fn rule(self) -> Rule {
        let observable =
            if self.class.is_some() { Observable::Verdict } else { Observable::Output };
        Rule {
            id: self.rule,
            title: self.title,
            editions: self.editions,
            class: self.class,
            observable,
            status: Status::Active,
            node: None,
            chapter: self.chapter,
            line: self.line,
            span: 0..0,
            text: self.text,
        }
    }
}

impl ClassLine {
    /// The line of a class.
    pub(super) fn of(class: &Class) -> Self {
        let Class { name, means, node, .. } = class.clone();
        Self { class: name, means, node }
    }

    /// The class.
    pub(super) fn class(self) -> Class {
        Class { name: self.class, means: self.means, node: self.node, always_on: None }
    }
}

impl CaseLine {
    /// The line of a case and its entry in the lock.
    pub fn of(case: &Case, entry: &Entry) -> Self {
        let vector = &case.vector;
        let (accept, reject) = match &vector.expectation {
            Expectation::Accept(out) => (Some(out.clone()), None),
            Expectation::Reject { rule, class, others } => {
                let or = vector.any_of.iter().zip(others).map(|((rule, why), class)| Other {
                    class: class.clone(),
                    rule: rule.clone(),
                    why: why.clone(),
                });
                let (class, rule) = (class.clone(), rule.clone());
                (None, Some(Reject { class, rule, or: or.collect() }))
            }
        };
        let (twin, change) = vector.twin.clone().unzip();
        Self {
            case: case.name.clone(),
            rev: entry.rev,
            status: vector.status,
            op: vector.operation.name.to_owned(),
            env: case.env.clone(),
            input: vector.input.clone(),
            accept,
            reject,
            rules: vector.rules.clone(),
            why: vector.why.clone(),
            flags: vector.flags.clone(),
            divergent: vector.divergent.clone(),
            twin,
            change: change.unwrap_or_default().into_iter().collect(),
            provenance: vector.provenance.clone(),
            source: format!("{}:{}", vector.source.path, vector.source.line),
            digest: entry.digest.clone(),
            confirmed: entry.confirmed.clone(),
        }
    }

    /// The name of the vector: the name of the case without `@…`.
    pub fn vector(&self) -> &str {
        self.case.split('@').next().unwrap_or_default()
    }

    /// The case, and its entry in the lock.
    ///
    /// # Errors
    /// A message when there is no such operation, the input does not fit the operation, or no
    /// answer is expected.
    pub fn case(self) -> Result<(Case, Entry), String> {
        let operation =
            operation(&self.op).ok_or_else(|| format!("there is no operation `{}`", self.op))?;
        let question = Question::parse(operation.name, self.input.clone())
            .map_err(|bad| format!("`{}`: {bad}", self.case))?;
        let name = self.vector().to_owned();
        let mut any_of = BTreeMap::new();
        let expectation = match (self.accept, self.reject) {
            (Some(out), None) => Expectation::Accept(out),
            (None, Some(Reject { class, rule, or })) => {
                let others = or.iter().map(|other| other.class.clone()).collect();
                any_of.extend(or.into_iter().map(|other| (other.rule, other.why)));
                Expectation::Reject { rule, class, others }
            }
            _ => return Err("a case has either `accept` or `reject`".into()),
        };
        let (file, line) = self.source.rsplit_once(':').unwrap_or((&self.source, "0"));
        let entry = Entry {
            case: self.case.clone(),
            rev: self.rev,
            digest: self.digest,
            confirmed: self.confirmed,
        };
        let vector = Vector {
            name,
            rev: self.rev,
            status: self.status,
            why: self.why,
            rules: self.rules,
            flags: self.flags,
            provenance: self.provenance,
            divergent: self.divergent,
            twin: self.twin.map(|twin| (twin, self.change.into_iter().collect())),
            any_of,
            operation,
            question,
            input: self.input,
            expectation,
            points: vec![self.env.clone()],
            source: Source {
                file: file.to_owned(),
                path: file.to_owned(),
                line: line.parse().unwrap_or_default(),
                ..Source::default()
            },
        };
        Ok((Case { name: self.case, env: self.env, vector: Arc::new(vector) }, entry))
    }
}
