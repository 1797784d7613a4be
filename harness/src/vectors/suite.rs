//! The cases, and how to select among them.

use super::file::{Provenance, VectorStatus};
use crate::problem::Problem;
use ckbspec_protocol::message::Edition;
use ckbspec_protocol::{Env, Operation};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use wildmatch::WildMatch;

/// A vector whose input is whole and whose expectation is known.
#[derive(Clone, Debug)]
pub struct Vector {
    /// `<area>/<id>`.
    pub name: String,
    /// Raised when the question or the expectation changes.
    pub rev: u32,
    /// Whether it counts.
    pub status: VectorStatus,
    /// What it shows, in one line.
    pub why: String,
    /// The rules that it shows.
    pub rules: Vec<String>,
    /// The mistakes that it catches: flag and effect.
    pub flags: Vec<(String, String)>,
    /// Where the expectation comes from.
    pub provenance: Provenance,
    /// What nodes or documents disagree about.
    pub divergent: Option<String>,
    /// `<area>/<id>` of the twin, and the changes as written.
    pub twin: Option<(String, Vec<(String, Value)>)>,
    /// The other rules that a reject breaks, and why they cannot be kept apart.
    pub any_of: BTreeMap<String, String>,
    /// The operation that it asks.
    pub operation: &'static Operation,
    /// The operation's input, as it travels.
    pub input: Value,
    /// What the answer is compared with.
    pub expectation: Expectation,
    /// The points at which it is asked.
    pub points: Vec<Env>,
    /// Where it stands.
    pub source: Source,
}

/// What an answer is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// Accepted, with these fields in the output.
    Accept(Value),
    /// Rejected by this rule.
    Reject {
        /// The rule.
        rule: String,
        /// The class that the spec gives it.
        class: String,
        /// The classes of the other rules that it breaks, where the fault cannot be isolated.
        others: Vec<String>,
    },
}

/// Where a vector stands.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, as a person at this working folder would type it.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
    /// The line of the vector.
    pub line: usize,
    /// Octets of the vector's id.
    pub id: Range<usize>,
    /// Octets of its `accept` or `reject` key.
    pub expectation: Range<usize>,
}

/// A vector at one point of its axes: what a client is asked.
#[derive(Clone, Debug)]
pub struct Case {
    /// `<area>/<id>`, and `@edition=…` where the vector is asked at several points.
    pub name: String,
    /// The point.
    pub env: Env,
    /// The vector.
    pub vector: Arc<Vector>,
}

impl Case {
    /// Whether a name, in which `*` and `?` are wildcards, is that of this case or its vector.
    pub fn is_named(&self, name: &WildMatch) -> bool {
        name.matches(&self.name) || name.matches(&self.vector.name)
    }
}

/// All vectors and their cases, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// Vectors by name.
    pub vectors: BTreeMap<String, Arc<Vector>>,
    /// Cases by name.
    pub cases: Vec<Case>,
}

impl Vector {
    /// The area.
    pub fn area(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// Whether it accepts or rejects by a rule; `None` where it does not show it.
    pub fn shows(&self, rule: &str) -> Option<bool> {
        match &self.expectation {
            Expectation::Reject { rule: broken, .. } if broken == rule => Some(false),
            Expectation::Reject { .. } => None,
            Expectation::Accept(_) => self.rules.iter().any(|r| r == rule).then_some(true),
        }
    }

    /// The part of the operation that an adapter may declare alone: `encoding.hash/tx`.
    pub fn part(&self) -> Option<String> {
        let value = self.input.get(self.operation.selector?)?.as_str()?;
        Some(format!("{}/{value}", self.operation.name))
    }

    /// A problem that points at the vector's expectation.
    pub fn problem(&self, message: impl Into<String>, label: impl Into<String>) -> Problem {
        let source = &self.source;
        let message = format!("{}: {}", self.name, message.into());
        Problem::new(message).at(&source.file, &source.text, source.expectation.clone(), label)
    }
}

impl Suite {
    /// Builds the cases of vectors that are loaded.
    pub(super) fn new(vectors: BTreeMap<String, Arc<Vector>>) -> Self {
        let mut cases = vec![];
        for vector in vectors.values().filter(|v| v.status != VectorStatus::Retired) {
            for env in &vector.points {
                let mut name = vector.name.clone();
                if let Some(edition) = env.edition.filter(|_| vector.points.len() > 1) {
                    name.push_str("@edition=");
                    name.push_str(edition.name());
                }
                cases.push(Case { name, env: env.clone(), vector: vector.clone() });
            }
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Self { vectors, cases }
    }

    /// A case or a vector by its exact name.
    pub fn find(&self, name: &str) -> Option<&Case> {
        let exact = self.cases.iter().find(|case| case.name == name);
        exact.or_else(|| self.cases.iter().find(|case| case.vector.name == name))
    }
}

/// Which cases a person wants.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Names or globs: a case must match one of them; all cases where there are none.
    pub names: Vec<String>,
    /// Rules: a case must show one of them.
    pub rules: Vec<String>,
    /// Editions: a case must be asked at one of them, or be the same in all.
    pub editions: Vec<Edition>,
}

impl Selection {
    /// The cases of a suite that are selected.
    ///
    /// # Errors
    /// When nothing is: an empty run must not look like a good one.
    pub fn of(&self, suite: &Suite) -> Result<Vec<Case>, Problem> {
        let globs: Vec<WildMatch> = self.names.iter().map(|name| WildMatch::new(name)).collect();
        let matches =
            |glob: &WildMatch, case: &Case| case.is_named(glob) || glob.matches(case.vector.area());
        let wanted = |case: &&Case| {
            let vector = &case.vector;
            (globs.is_empty() || globs.iter().any(|glob| matches(glob, case)))
                && (self.rules.is_empty() || vector.rules.iter().any(|r| self.rules.contains(r)))
                && (self.editions.is_empty()
                    || case.env.edition.is_none_or(|e| self.editions.contains(&e)))
        };
        let cases: Vec<Case> = suite.cases.iter().filter(wanted).cloned().collect();
        if cases.is_empty() {
            let problem = Problem::new("this selection matches no case");
            return Err(problem.help("`ckbspec list` prints the names of all cases"));
        }
        Ok(cases)
    }

    /// Whether it leaves anything out.
    pub fn is_partial(&self) -> bool {
        !(self.names.is_empty() && self.rules.is_empty() && self.editions.is_empty())
    }
}
