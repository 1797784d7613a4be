//! The changes between two packs in questions, expectations and names; prose is not compared.

use super::line::CaseLine;
use ckbspec_common::problem::Problem;
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// All changes, sorted by case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<Change>);

/// A change that can change a client's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What became of it.
    pub change: ChangeKind,
    /// The case.
    pub case: String,
    /// The new name, if the case has moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<String>,
    /// Its operation; the new one if that changed.
    pub op: String,
    /// The rules that it shows.
    pub rules: Vec<String>,
    /// What it shows.
    pub why: String,
    /// Whether the question changed.
    pub question: bool,
    /// Whether the expected answer changed.
    pub expectation: bool,
    /// The case in the old pack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Side>,
    /// The case in the new pack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Side>,
}

/// Kinds of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// The new pack alone has it.
    Added,
    /// Only the old pack has the case.
    Removed,
    /// The question or the expectation changed.
    Changed,
    /// Only the name changed.
    Moved,
}

/// A case in one of the packs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its revision.
    pub rev: u32,
    /// Its digest.
    pub digest: String,
    /// `accept`, or `reject` with the rule and its class.
    pub expect: String,
}

impl Side {
    fn of(line: &CaseLine) -> Self {
        let expect = match &line.reject {
            Some(reject) => format!("reject {} {}", reject.rule, reject.class),
            None => "accept".to_owned(),
        };
        Self { rev: line.rev, digest: line.digest.clone(), expect }
    }
}

/// What changed from one list of cases to another, both sorted by name. `moved`: names that cases
/// had before, and what these cases are called now.
pub fn compare<O, N>(old: O, new: N, moved: &BTreeMap<String, String>) -> Result<Changes, Problem>
where
    O: Iterator<Item = Result<CaseLine, Problem>>,
    N: Iterator<Item = Result<CaseLine, Problem>>,
{
    let (mut old, mut new) = (old, new);
    let (mut left, mut right) = (old.next().transpose()?, new.next().transpose()?);
    let mut changes = vec![];
    loop {
        let order = match (&left, &right) {
            (None, None) => return Ok(Changes(with_moves(changes, moved))),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.case.cmp(&right.case),
        };
        let (before, after) = match order {
            Ordering::Less => (left.take(), None),
            Ordering::Greater => (None, right.take()),
            Ordering::Equal => (left.take(), right.take()),
        };
        changes.extend(Change::between(before, after));
        if order.is_le() {
            left = old.next().transpose()?;
        }
        if order.is_ge() {
            right = new.next().transpose()?;
        }
    }
}

/// Replaces the two changes of a case that only has a new name by one.
fn with_moves(changes: Vec<Change>, moved: &BTreeMap<String, String>) -> Vec<Change> {
    let added = changes.iter().filter(|change| change.change == ChangeKind::Added);
    let added: BTreeMap<String, Side> =
        added.filter_map(|change| Some((change.case.clone(), change.to.clone()?))).collect();
    let (mut joined, mut came) = (vec![], BTreeSet::new());
    for change in changes {
        let now = moved.get(&change.case).filter(|_| change.change == ChangeKind::Removed);
        let to = now.and_then(|now| added.get(now));
        let same = |to: &&Side| change.from.as_ref().is_some_and(|from| from.digest == to.digest);
        joined.push(match (now, to.filter(same).cloned()) {
            (Some(now), to @ Some(_)) => {
                came.insert(now);
                let (moved, question, expectation) = (Some(now.clone()), false, false);
                Change { change: ChangeKind::Moved, moved, to, question, expectation, ..change }
            }
            _ => change,
        });
    }
    joined.retain(|change| change.change != ChangeKind::Added || !came.contains(&change.case));
    joined
}

impl Change {
    /// The change of a case; `None` where at most its prose changed.
    fn between(old: Option<CaseLine>, new: Option<CaseLine>) -> Option<Self> {
        let (change, question, expectation) = match (&old, &new) {
            (Some(old), Some(new)) => {
                let question = (&old.op, &old.env, &old.input) != (&new.op, &new.env, &new.input);
                // A class can change while the digest, which names rules, does not.
                let expectation = old.accept != new.accept
                    || old.reject.as_ref().map(reasons) != new.reject.as_ref().map(reasons);
                (ChangeKind::Changed, question, expectation)
            }
            (Some(_), None) => (ChangeKind::Removed, true, true),
            (None, _) => (ChangeKind::Added, true, true),
        };
        if !(question || expectation) {
            return None;
        }
        let (from, to) = (old.as_ref().map(Side::of), new.as_ref().map(Side::of));
        let CaseLine { case, op, rules, why, .. } = new.or(old)?;
        let moved = None;
        Some(Self { change, case, moved, op, rules, why, question, expectation, from, to })
    }

    /// A text that describes the change for an author.
    pub fn detail(&self) -> String {
        if let Some(now) = &self.moved {
            return format!("now {now}");
        }
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => {
                let what = match (self.question, self.expectation) {
                    (true, true) => "question and expectation",
                    (true, false) => "question",
                    _ => "expectation",
                };
                let verdict = if from.expect == to.expect {
                    to.expect.clone()
                } else {
                    format!("{} → {}", from.expect, to.expect)
                };
                format!("{what} (revision {} → {}): {verdict}", from.rev, to.rev)
            }
            (from, to) => from.as_ref().or(to.as_ref()).map_or("", |side| &side.expect).to_owned(),
        }
    }
}

/// The rules and classes of a reject, without the prose.
fn reasons(reject: &super::line::Reject) -> Vec<(&str, &str)> {
    let others = reject.or.iter().map(|other| (other.rule.as_str(), other.class.as_str()));
    [(reject.rule.as_str(), reject.class.as_str())].into_iter().chain(others).collect()
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |kind: ChangeKind| self.0.iter().filter(|change| change.change == kind).count();
        let [added, removed] = [ChangeKind::Added, ChangeKind::Removed].map(count);
        let [changed, moved] = [ChangeKind::Changed, ChangeKind::Moved].map(count);
        write!(f, "{added} added, {removed} removed, {changed} changed, {moved} moved")
    }
}
