//! The cases, and how to select among them.

use super::file::{Note, Provenance, VectorStatus};
use ckbspec_common::problem::Problem;
use ckbspec_protocol::message::Edition;
use ckbspec_protocol::{Env, Operation, Question};
use indexmap::IndexMap;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use wildmatch::WildMatch;

/// A complete question, and the answer that is expected at some points. A vector in a file becomes
/// one of these for each of its answers, all with the same name.
#[derive(Clone, Debug)]
pub struct Vector {
    /// `<area>/<id>`.
    pub name: String,
    /// Its revision, which is raised when the question or the expectation changes.
    pub rev: u32,
    /// Whether it counts.
    pub status: VectorStatus,
    /// What it shows, in one line.
    pub why: String,
    /// The rules that it shows.
    pub rules: Vec<String>,
    /// The mistakes that it catches.
    pub flags: IndexMap<String, Note>,
    /// The source of the expectation.
    pub provenance: Provenance,
    /// How nodes or documents differ here.
    pub divergent: Option<String>,
    /// `<area>/<id>` of the twin, and the changes as written.
    pub twin: Option<(String, Vec<(String, Value)>)>,
    /// The other rules that a reject breaks, each with the reason why the faults cannot be
    /// separated.
    pub any_of: BTreeMap<String, String>,
    /// The operation that it asks.
    pub operation: &'static Operation,
    /// The operation's input, in its wire form.
    pub input: Value,
    /// The operation and its input, parsed.
    pub question: Question,
    /// The expected answer.
    pub expectation: Expectation,
    /// The points at which it is asked and this is expected.
    pub points: Vec<Env>,
    /// Its place in a file.
    pub source: Source,
}

/// An expected answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// The input is accepted, and the output has these fields.
    Accept(Value),
    /// The input is rejected by this rule.
    Reject {
        /// The rule.
        rule: String,
        /// The class that the spec gives it.
        class: String,
        /// The classes of the other rules that it breaks, where the fault cannot be isolated.
        others: Vec<String>,
    },
}

/// The place of a vector in a file.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The path of the file, relative to the working folder.
    pub file: String,
    /// The path of the file, relative to the root.
    pub path: String,
    /// The text of the file; empty where the vector comes from a pack.
    pub text: Arc<str>,
    /// The line of the vector.
    pub line: usize,
    /// Bytes of its `accept` or `reject` key.
    pub expectation: Range<usize>,
}

/// A vector at one point of its axes, which is one question to a client.
#[derive(Clone, Debug)]
pub struct Case {
    /// `<area>/<id>`, and `@edition=…` where the vector is asked at several points.
    pub name: String,
    /// The point.
    pub env: Env,
    /// The vector.
    pub vector: Arc<Vector>,
}

/// All vectors and their cases, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// Vectors by name, one for each answer.
    pub vectors: BTreeMap<String, Vec<Arc<Vector>>>,
    /// Cases by name.
    pub cases: Vec<Case>,
}

impl Vector {
    /// Whether it accepts or rejects by a rule; `None` where it does not show it.
    pub fn shows(&self, rule: &str) -> Option<bool> {
        match &self.expectation {
            Expectation::Reject { rule: broken, .. } if broken == rule => Some(false),
            Expectation::Reject { .. } => None,
            Expectation::Accept(_) => self.rules.iter().any(|r| r == rule).then_some(true),
        }
    }

    /// The rule that a failure is counted under.
    pub fn main_rule(&self) -> &str {
        match &self.expectation {
            Expectation::Reject { rule, .. } => rule,
            Expectation::Accept(_) => self.rules.first().map_or("", String::as_str),
        }
    }

    /// The part of the operation that it asks, if an adapter may declare parts: `encoding.hash/tx`.
    pub fn part(&self) -> Option<String> {
        let value = self.input.get(self.operation.selector?)?.as_str()?;
        Some(format!("{}/{value}", self.operation.name))
    }

    /// A problem that points at the vector's expectation.
    pub fn problem(&self, message: impl Into<String>, label: impl Into<String>) -> Problem {
        let source = &self.source;
        let message = format!("{}: {}", self.name, message.into());
        if source.text.is_empty() {
            let place = format!("{}; {}:{}", label.into(), source.file, source.line);
            return Problem::new(message).help(place);
        }
        Problem::new(message).at(&source.file, &source.text, source.expectation.clone(), label)
    }
}

impl Suite {
    /// Builds the cases of loaded vectors.
    pub(super) fn new(vectors: BTreeMap<String, Vec<Arc<Vector>>>) -> Self {
        let mut cases = vec![];
        for answers in vectors.values() {
            let points: Vec<&Env> = answers.iter().flat_map(|vector| &vector.points).collect();
            for vector in answers.iter().filter(|v| v.status != VectorStatus::Retired) {
                for env in &vector.points {
                    let name = format!("{}{}", vector.name, point_name(env, &points));
                    cases.push(Case { name, env: env.clone(), vector: vector.clone() });
                }
            }
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Self { vectors, cases }
    }

    /// The suite of these cases, which are sorted by name and whose vectors have one point each.
    pub(crate) fn of_cases(cases: Vec<Case>) -> Self {
        let mut vectors: BTreeMap<String, Vec<Arc<Vector>>> = BTreeMap::new();
        for case in &cases {
            vectors.entry(case.vector.name.clone()).or_default().push(case.vector.clone());
        }
        Self { vectors, cases }
    }

    /// The cases with this exact name, or of the vector with this exact name.
    pub fn find(&self, name: &str) -> Option<&Case> {
        let exact = self.cases.iter().find(|case| case.name == name);
        exact.or_else(|| self.cases.iter().find(|case| case.vector.name == name))
    }
}

/// The suffix `@edition=…,vm=…` of a case's name, without axes that have a single point.
fn point_name(env: &Env, points: &[&Env]) -> String {
    let edition = env.edition.filter(|_| points.iter().any(|point| point.edition != env.edition));
    let vm = env.vm.filter(|_| points.iter().any(|point| point.vm != env.vm));
    let varying = Env { edition, vm };
    if varying.is_empty() { String::new() } else { format!("@{}", point_text(&varying)) }
}

/// A point as text: `edition=…,vm=…`.
pub(super) fn point_text(env: &Env) -> String {
    let edition = env.edition.map(|edition| format!("edition={}", edition.name()));
    let vm = env.vm.map(|vm| format!("vm={}", u8::from(vm)));
    edition.into_iter().chain(vm).collect::<Vec<_>>().join(",")
}

/// Which cases a person wants.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Selection {
    /// Names of cases, vectors or areas; `*` and `?` are wildcards. All where none is given.
    pub names: Vec<String>,
    /// Only cases that show this rule; may be repeated.
    #[arg(long = "rule", value_name = "ID")]
    pub rules: Vec<String>,
    /// Only cases at this edition, and those that are alike in all; may be repeated.
    #[arg(long = "edition", value_name = "NAME", value_parser = edition)]
    pub editions: Vec<Edition>,
}

fn edition(name: &str) -> Result<Edition, String> {
    let names = Edition::ALL.map(Edition::name).join(", ");
    let known = Edition::ALL.into_iter().find(|edition| edition.name() == name);
    known.ok_or(format!("there is no such edition; there are {names}"))
}

impl Selection {
    /// The cases of a suite that are selected.
    ///
    /// # Errors
    /// When no case is selected, because an empty run must not look like a success.
    pub fn of(&self, suite: &Suite) -> Result<Vec<Case>, Problem> {
        let matcher = self.matcher();
        let wanted = |case: &&Case| matcher.wants(&case.name, &case.vector.rules, case.env.edition);
        let cases: Vec<Case> = suite.cases.iter().filter(wanted).cloned().collect();
        if cases.is_empty() { Err(Self::matches_nothing()) } else { Ok(cases) }
    }

    /// Prepares to decide about one case after another.
    pub fn matcher(&self) -> Matcher {
        let globs = self.names.iter().map(|name| WildMatch::new(name)).collect();
        Matcher { globs, selection: self.clone() }
    }

    /// The problem of a selection that matches no case.
    pub fn matches_nothing() -> Problem {
        let problem = Problem::new("this selection matches no case");
        problem
            .help("`ckbspec list` prints all names, `ckbspec rules` how many cases each rule has")
    }

    /// Whether it excludes any case.
    pub fn is_partial(&self) -> bool {
        !(self.names.is_empty() && self.rules.is_empty() && self.editions.is_empty())
    }
}

/// A selection that is ready to decide.
#[derive(Clone, Debug)]
pub struct Matcher {
    globs: Vec<WildMatch>,
    selection: Selection,
}

impl Matcher {
    /// Whether a case is selected, by its name, its rules and its edition.
    pub fn wants(&self, name: &str, rules: &[String], edition: Option<Edition>) -> bool {
        let Selection { rules: wanted, editions, .. } = &self.selection;
        let vector = name.split('@').next().unwrap_or_default();
        let area = name.split('/').next().unwrap_or_default();
        let matches = |glob: &WildMatch| [name, vector, area].iter().any(|n| glob.matches(n));
        (self.globs.is_empty() || self.globs.iter().any(matches))
            && (wanted.is_empty() || rules.iter().any(|rule| wanted.contains(rule)))
            && (editions.is_empty() || edition.is_none_or(|e| editions.contains(&e)))
    }
}
