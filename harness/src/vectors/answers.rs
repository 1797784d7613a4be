//! The points of a vector, and its answers: each point has exactly one.

use super::file::{Over, WrittenVector};
use super::suite::point_text;
use ckbspec_protocol::Env;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The answer of a vector at some of its points, as written.
pub(super) struct Answer<'a> {
    /// Its index in `answers`; `None` where the vector has one answer.
    index: Option<usize>,
    pub(super) points: Vec<Env>,
    pub(super) why: &'a str,
    pub(super) rules: &'a [String],
    pub(super) flags: &'a [String],
    pub(super) accept: Option<&'a Value>,
    pub(super) reject: Option<&'a String>,
    pub(super) any_of: &'a BTreeMap<String, String>,
}

impl Answer<'_> {
    /// The dotted path of one of its keys, relative to the vector.
    pub(super) fn path(&self, key: &str) -> String {
        self.index.map_or_else(|| key.to_owned(), |index| format!("answers.{index}.{key}"))
    }
}

/// Why answers do not fit the points of a vector, and the path of the mistake.
pub(super) struct Misfit {
    pub(super) path: String,
    pub(super) message: String,
    pub(super) label: &'static str,
}

/// All points of the axes.
pub(super) fn points(over: &Over) -> Vec<Env> {
    let point = |edition, vm| Env { edition, vm };
    let editions = each(&over.edition).into_iter();
    editions.flat_map(|e| each(&over.vm).into_iter().map(move |vm| point(e, vm))).collect()
}

/// The points of an axis, sorted; a single `None` where the axis is left out.
fn each<T: Copy + Ord>(points: &[T]) -> Vec<Option<T>> {
    let sorted: BTreeSet<T> = points.iter().copied().collect();
    if sorted.is_empty() { vec![None] } else { sorted.into_iter().map(Some).collect() }
}

/// The answers of a vector at its points.
pub(super) fn answers(
    written: &WrittenVector,
    points: Vec<Env>,
) -> Result<Vec<Answer<'_>>, Misfit> {
    let WrittenVector { why, rules, flags, accept, reject, any_of, .. } = written;
    if written.answers.is_empty() {
        let (accept, reject) = (accept.as_ref(), reject.as_ref());
        return Ok(vec![Answer { index: None, points, why, rules, flags, accept, reject, any_of }]);
    }
    let mut open: BTreeSet<&Env> = points.iter().collect();
    let mut answers = vec![];
    for (index, answer) in written.answers.iter().enumerate() {
        let misfit =
            |message, label| Misfit { path: format!("answers.{index}.when"), message, label };
        if let Some(foreign) = foreign(&answer.when, &points) {
            return Err(misfit(format!("`over` has no {foreign}"), "no point of this vector"));
        }
        let mut own = vec![];
        for point in points.iter().filter(|point| holds(&answer.when, point)) {
            if !open.remove(point) {
                let message = format!("{} has two answers", point_text(point));
                return Err(misfit(message, "the second"));
            }
            own.push(point.clone());
        }
        answers.push(Answer {
            index: Some(index),
            points: own,
            why: answer.why.as_ref().unwrap_or(why),
            rules: answer.rules.as_ref().unwrap_or(rules),
            flags: answer.flags.as_ref().unwrap_or(flags),
            accept: answer.accept.as_ref(),
            reject: answer.reject.as_ref(),
            any_of: &answer.any_of,
        });
    }
    let Some(point) = open.first() else {
        return Ok(answers);
    };
    let message = format!("{} has no answer", point_text(point));
    Err(Misfit { path: "answers".to_owned(), message, label: "each point has one" })
}

/// Whether `when` names a point.
fn holds(when: &Over, point: &Env) -> bool {
    let edition = point.edition.is_some_and(|edition| when.edition.contains(&edition));
    let vm = point.vm.is_some_and(|vm| when.vm.contains(&vm));
    (edition || when.edition.is_empty()) && (vm || when.vm.is_empty())
}

/// A value of an axis that `when` names, but that no point has.
fn foreign(when: &Over, points: &[Env]) -> Option<String> {
    let editions = when.edition.iter().map(|edition| Env { edition: Some(*edition), vm: None });
    let vms = when.vm.iter().map(|vm| Env { edition: None, vm: Some(*vm) });
    let known = |named: &Env| {
        points.iter().any(|point| match named.vm {
            Some(_) => point.vm == named.vm,
            None => point.edition == named.edition,
        })
    };
    editions.chain(vms).find(|named| !known(named)).map(|named| point_text(&named))
}
