//! For each rule: where the reference executes it, and which vectors show it.

use super::file::VectorStatus;
use super::lint::switched_off;
use super::{Suite, Vector};
use crate::root::Root;
use crate::spec::{Citation, Naming, Observable, Rule, Spec, Status, citations};
use ckbspec_common::problem::Problem;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The citations and the vectors of a rule.
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
    /// Vectors that show it by rejecting.
    pub rejecting: Vec<&'a str>,
    /// Whether a vector is rejected by the rule even when the rule is off, although its class does
    /// not allow that.
    pub stuck: bool,
}

impl Standing<'_> {
    /// What is missing, one message for each gap.
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
        if self.stuck {
            gaps.push("reported when it is off, and neither decoding, machine fault nor overflow");
        }
        gaps
    }
}

/// The coverage of all rules, and a problem for each place where the reference names a rule that no
/// chapter states.
///
/// # Errors
/// When a source file cannot be read.
pub fn coverage<'a>(
    root: &Root,
    spec: &'a Spec,
    suite: &'a Suite,
) -> Result<(Vec<Standing<'a>>, Vec<Problem>), Problem> {
    let mut cited: BTreeMap<String, Vec<Citation>> = BTreeMap::new();
    let mut unknown = vec![];
    for citation in citations(root)? {
        let Citation { rule, file, line, naming } = &citation;
        if !spec.rules.contains_key(rule) {
            let message = format!("{file}:{line} names {rule}, which no chapter states");
            unknown.push(Problem::new(message));
        } else if *naming != Naming::Reported {
            cited.entry(rule.clone()).or_default().push(citation);
        }
    }
    let standings = spec.rules.values().map(|rule| {
        let shows = |accepts: bool| {
            let shown = move |vector: &&Arc<Vector>| {
                vector.status == VectorStatus::Active && vector.shows(&rule.id) == Some(accepts)
            };
            suite.vectors.values().flat_map(move |answers| answers.iter().filter(shown))
        };
        let names = |accepts| {
            let mut names: Vec<_> = shows(accepts).map(|vector| vector.name.as_str()).collect();
            names.dedup();
            names
        };
        let is_reported = |vector: &Arc<Vector>| {
            switched_off(vector)
                .is_some_and(|(rule, found)| found.is_some_and(|found| found.rule == rule))
        };
        let all = cited.remove(&rule.id).unwrap_or_default();
        let (tested, cited) = all.into_iter().partition(|c| c.naming == Naming::Tested);
        Standing {
            rule,
            cited,
            tested,
            accepting: names(true),
            rejecting: names(false),
            stuck: spec.always_on(&rule.id).is_none() && shows(false).any(is_reported),
        }
    });
    Ok((standings.collect(), unknown))
}
