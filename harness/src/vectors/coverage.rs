//! Which rule is executed where, and shown by which vectors.

use super::{Suite, Vector, file::VectorStatus};
use crate::root::Root;
use crate::spec::{Citation, Observable, Rule, Spec, Status, citations};
use ckbspec_common::problem::Problem;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a rule is executed and shown.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Where the reference executes it.
    pub cited: Vec<Citation>,
    /// The tests that show it, where no vector can.
    pub tested: Vec<Citation>,
    /// Vectors that accept by it.
    pub accepting: Vec<&'a str>,
    /// Vectors that reject by it.
    pub rejecting: Vec<&'a str>,
}

impl Standing<'_> {
    /// What is missing, in words.
    pub fn gaps(&self) -> Vec<&'static str> {
        let rule = self.rule;
        if matches!(rule.status, Status::Planned(_) | Status::History) {
            return vec![];
        }
        let mut gaps = vec![];
        if self.cited.is_empty() && rule.status != Status::Withheld {
            gaps.push("no code cites it");
        }
        let seen = rule.status != Status::Withheld;
        if seen && !matches!(rule.observable, Observable::None(_)) && self.accepting.is_empty() {
            gaps.push("no vector accepts by it");
        }
        if seen && rule.observable == Observable::Verdict && self.rejecting.is_empty() {
            gaps.push("no vector rejects by it");
        }
        gaps
    }
}

/// All rules with their standing, and citations of rules that no chapter states.
///
/// # Errors
/// When a source file cannot be read.
pub fn coverage<'a>(
    root: &Root,
    spec: &'a Spec,
    suite: &'a Suite,
) -> Result<(Vec<Standing<'a>>, Vec<Problem>), Problem> {
    let mut cited: BTreeMap<String, Vec<Citation>> = BTreeMap::new();
    for citation in citations(root)? {
        cited.entry(citation.rule.clone()).or_default().push(citation);
    }
    let standings = spec.rules.values().map(|rule| {
        let shows = |accepts: bool| {
            let shown = |vector: &Arc<Vector>| {
                vector.status == VectorStatus::Active && vector.shows(&rule.id) == Some(accepts)
            };
            let vectors = suite.vectors.iter().filter(|(_, answers)| answers.iter().any(shown));
            vectors.map(|(name, _)| name.as_str()).collect()
        };
        let all = cited.remove(&rule.id).unwrap_or_default();
        let (tested, cited) = all.into_iter().partition(|citation| citation.test);
        Standing { rule, cited, tested, accepting: shows(true), rejecting: shows(false) }
    });
    let standings: Vec<_> = standings.collect();
    let unknown = cited.into_values().flatten().map(|citation| {
        let Citation { rule, file, line, .. } = citation;
        Problem::new(format!("{file}:{line} cites {rule}, which no chapter states"))
    });
    Ok((standings, unknown.collect()))
}
