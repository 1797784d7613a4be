//! What only running the reference can show: that a reject has one fault, and its twin none.

use super::file::{ProvenanceKind, VectorStatus};
use super::lock::{self, Lock};
use super::{Case, Expectation, Suite, Vector, format as form};
use crate::operations::rule_on;
use crate::root::Root;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::Question;
use ckbspec_reference::{RuleId, RuleSet, Violation};
use std::collections::BTreeMap;

/// Changes by which a reject may differ from its twin.
const CHANGES_MAX: usize = 3;

/// All that is wrong with a suite that has loaded.
///
/// # Errors
/// When a file cannot be read.
pub fn lint(root: &Root, suite: &Suite) -> Result<Vec<Problem>, Problem> {
    let lock = lock::read(root)?;
    let mut problems = lock::differences(suite, &lock);
    problems.extend(suite.cases.iter().filter_map(|case| unconfirmed(case, &lock)));
    let mut asked: BTreeMap<String, &str> = BTreeMap::new();
    for vector in suite.vectors.values() {
        problems.extend(twin(suite, vector));
        problems.extend(single_fault(vector));
        let question = format!("{}{}{:?}", vector.operation.name, vector.input, vector.points);
        if let Some(first) = asked.insert(question, &vector.name) {
            let message = format!("asks the same question as {first}");
            problems.push(vector.problem(message, "one of them kills no mistake of its own"));
        }
    }
    for area in crate::spec::AREAS {
        let folder = format!("vectors/{area}");
        for path in root.files(&folder, "yaml")? {
            problems.extend(form::check(&root.shown(&path), &root.read_text(&path)?));
        }
    }
    Ok(problems)
}

/// What the reference filled in counts once a client that is not ours has confirmed it.
fn unconfirmed(case: &Case, lock: &Lock) -> Option<Problem> {
    let vector = &case.vector;
    let filled = vector.provenance.kind == ProvenanceKind::Filled;
    let counts = filled && vector.status == VectorStatus::Active;
    let confirmed = lock.get(&case.name).is_some_and(|entry| !entry.confirmed.is_empty());
    (counts && !confirmed).then(|| {
        let problem = vector.problem("filled by the reference, confirmed by nobody", "here");
        problem.help("`ckbspec confirm -a CLIENT`, or `status: candidate`")
    })
}

/// A twin accepts, and differs in few places.
fn twin(suite: &Suite, vector: &Vector) -> Option<Problem> {
    let (name, changes) = vector.twin.as_ref()?;
    let twin = suite.vectors.get(name)?;
    if !matches!(twin.expectation, Expectation::Accept(_)) {
        return Some(vector.problem(format!("its twin {name} is rejected"), "a twin accepts"));
    }
    let many = changes.len() > CHANGES_MAX;
    many.then(|| {
        let message = format!("differs from {name} in {} places", changes.len());
        vector.problem(message, format!("at most {CHANGES_MAX}"))
    })
}

/// The rule that a reject breaks, as the reference reports it, and what is reported when exactly
/// that rule is off: the rule itself, if it cannot be switched off.
pub(super) fn switched_off(vector: &Vector) -> Option<(RuleId, Option<Violation>)> {
    let Expectation::Reject { rule, .. } = &vector.expectation else {
        return None;
    };
    let question = Question::parse(vector.operation.name, vector.input.clone()).ok()?;
    let env = vector.points.first()?;
    let violation = |rules: &RuleSet| rule_on(&question, env, rules).ok()?.err();
    let first = violation(&RuleSet::all()).filter(|first| first.rule.as_str() == rule)?;
    Some((first.rule, violation(&RuleSet::all().without(first.rule))))
}

/// With exactly the broken rule switched off, the reference accepts.
fn single_fault(vector: &Vector) -> Option<Problem> {
    let (rule, second) = switched_off(vector)?;
    let Some(second) = second else {
        let message = format!("only {rule} is broken: `any_of` has no reason");
        return (!vector.any_of.is_empty()).then(|| vector.problem(message, "a single fault"));
    };
    if second.rule == rule || vector.any_of.contains_key(second.rule.as_str()) {
        return None;
    }
    let message = format!("two faults: with {rule} switched off, {second}");
    let problem = vector.problem(message, "not a single fault");
    Some(problem.help("isolate the fault, or say in `any_of` why not"))
}
