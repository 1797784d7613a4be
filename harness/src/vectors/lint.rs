//! Checks that need the reference: that a reject has exactly one fault, that its twin has none, and
//! that an accepting vector names a rule that decides a field that it compares.

use super::file::{ProvenanceKind, VectorStatus};
use super::lock::{self, Lock};
use super::suite::point_text;
use super::{Case, Expectation, Suite, Vector, format as form};
use crate::operations::evaluate;
use crate::root::Root;
use crate::spec::Spec;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::operations::RULES;
use ckbspec_protocol::{OPERATIONS, Operation};
use ckbspec_reference::{RuleId, RuleSet, Violation};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most changes by which a reject may differ from its twin.
const CHANGES_MAX: usize = 3;

/// All problems of a loaded suite.
///
/// # Errors
/// When a file cannot be read.
pub fn lint(root: &Root, spec: &Spec, suite: &Suite) -> Result<Vec<Problem>, Problem> {
    let lock = lock::read(root)?;
    let mut problems = lock::differences(suite, &lock);
    problems.extend(OPERATIONS.iter().flat_map(|operation| unstated(operation, spec)));
    problems.extend(suite.cases.iter().filter_map(|case| unconfirmed(case, &lock)));
    let mut asked: BTreeMap<String, &str> = BTreeMap::new();
    for vector in suite.vectors.values().flatten() {
        problems.extend(twin(suite, vector));
        problems.extend(single_fault(vector));
        problems.extend(undecided(vector));
        let question = format!("{}{}", vector.operation.name, vector.input);
        let counts = vector.status != VectorStatus::Retired;
        let first = counts.then(|| asked.insert(question, &vector.name)).flatten();
        if let Some(first) = first.filter(|name| *name != vector.name) {
            let problem = vector.problem(format!("asks the same question as {first}"), "again");
            problems.push(problem.help("one vector has `answers` where they differ by point"));
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

/// The rules that an operation names for fields of its output, although no chapter states them.
fn unstated(operation: &Operation, spec: &Spec) -> Vec<Problem> {
    let mut named = BTreeSet::new();
    rules_in(&operation.out, &mut named);
    let unknown = named.into_iter().filter(|rule| !spec.rules.contains_key(*rule));
    let message = |rule| format!("{}: `{RULES}` names {rule}: no such rule", operation.name);
    unknown.map(|rule| Problem::new(message(rule))).collect()
}

fn rules_in<'a>(schema: &'a Value, named: &mut BTreeSet<&'a str>) {
    let own = schema.get(RULES).and_then(Value::as_array).into_iter().flatten();
    named.extend(own.filter_map(Value::as_str));
    let fields = schema.as_object().into_iter().flat_map(|fields| fields.values());
    for inner in fields.chain(schema.as_array().into_iter().flatten()) {
        rules_in(inner, named);
    }
}

/// Checks that an accepting vector names a rule that decides a field that it compares.
fn undecided(vector: &Vector) -> Option<Problem> {
    let Expectation::Accept(expected) = &vector.expectation else {
        return None;
    };
    let rules = vector.operation.rules(expected, expected, |_, _| true);
    let names_one = vector.rules.iter().any(|rule| rules.contains(&rule.as_str()));
    (!names_one && !rules.is_empty()).then(|| {
        let message = format!("{} decides no field that is compared", vector.rules.join(", "));
        let problem = vector.problem(message, "the fields that are compared");
        problem.help(format!("these are decided by {}", rules.join(", ")))
    })
}

/// Checks that a client that is not ours has confirmed an expectation that the reference computed.
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

/// Checks that a twin accepts, and that the vector differs from it in few places. A reject has an
/// accepting neighbour: its twin, or the same vector at another point.
fn twin(suite: &Suite, vector: &Vector) -> Option<Problem> {
    let (name, changes) = vector.twin.as_ref()?;
    let accepts = |vector: &&Arc<Vector>| matches!(vector.expectation, Expectation::Accept(_));
    let own = suite.vectors.get(&vector.name)?;
    let (accepting, rejecting): (Vec<_>, Vec<_>) =
        suite.vectors.get(name)?.iter().partition(accepts);
    let rejected = vector.points.iter().find(|p| rejecting.iter().any(|t| t.points.contains(p)));
    let point = rejected.filter(|_| !own.iter().any(|vector| accepts(&vector)));
    if accepting.is_empty() || point.is_some() {
        let at = point.map_or_else(String::new, |point| format!(" at {}", point_text(point)));
        return Some(vector.problem(format!("its twin {name} is rejected{at}"), "a twin accepts"));
    }
    let many = changes.len() > CHANGES_MAX;
    many.then(|| {
        let message = format!("differs from {name} in {} places", changes.len());
        vector.problem(message, format!("at most {CHANGES_MAX}"))
    })
}

/// The rule by which the reference rejects a vector, and the violation that it reports when exactly
/// that rule is off; that is the same rule if it cannot be switched off.
pub(super) fn switched_off(vector: &Vector) -> Option<(RuleId, Option<Violation>)> {
    let Expectation::Reject { rule, .. } = &vector.expectation else {
        return None;
    };
    let env = vector.points.first()?;
    let violation = |rules: &RuleSet| evaluate(&vector.question, env, rules).ok()?.err();
    let first = violation(&RuleSet::all()).filter(|first| first.rule.as_str() == rule)?;
    Some((first.rule, violation(&RuleSet::all().without(first.rule))))
}

/// Checks that the reference accepts when exactly the broken rule is off.
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
