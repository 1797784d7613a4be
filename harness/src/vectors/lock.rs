//! `vectors/vectors.lock`: the digest of each case's question and expectation, and the clients that
//! have confirmed it.
//!
//! The file has one JSON line for each case, sorted by name. A changed digest without a raised
//! revision is an error, so that no expectation changes unnoticed. A name may disappear only when
//! another case has its digest: then the line of the old name says to which name it `moved`. Only
//! `ckbspec confirm` writes this file.

use super::file::VectorStatus;
use super::{Case, Expectation, Suite};
use crate::root::Root;
use ckbspec_common::files;
use ckbspec_common::problem::{Problem, Problems};
use ckbspec_reference::encoding::hash::ckbhash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// The path of the file, relative to the root.
pub const PATH: &str = "vectors/vectors.lock";

/// The line of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The case's name.
    pub case: String,
    /// The vector's revision.
    pub rev: u32,
    /// ckbhash over the canonical JSON of question and expectation.
    pub digest: String,
    /// The confirmations, which are deleted when the digest changes.
    pub confirmed: Vec<Confirmation>,
}

/// A client that is not ours and gave the expected answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The client's name.
    pub client: String,
    /// Its version.
    pub version: String,
    /// The group of clients that it shares code with.
    pub lineage: String,
    /// The day of the run, `2026-11-21`.
    pub run: String,
}

/// The line of a name that a case no longer has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved {
    /// The name that the case had.
    case: String,
    /// The name that it has now.
    moved: String,
}

/// The lock: every name that a case has or had.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// Cases by name.
    pub cases: BTreeMap<String, Entry>,
    /// Names that cases had before, and what these cases are called now.
    pub moved: BTreeMap<String, String>,
}

impl Lock {
    /// The entry of a case.
    pub fn get(&self, case: &str) -> Option<&Entry> {
        self.cases.get(case)
    }
}

/// ckbhash over the canonical JSON of question and expectation, without prose: keys are sorted, and
/// there are no blanks. Integers in inputs have only one spelling.
pub fn digest(case: &Case) -> String {
    let vector = &case.vector;
    let expectation = match &vector.expectation {
        Expectation::Accept(out) => json!({"accept": out}),
        Expectation::Reject { rule, .. } => {
            json!({"reject": rule, "any_of": vector.any_of.keys().collect::<Vec<_>>()})
        }
    };
    let mut whole = json!({
        "op": vector.operation.name,
        "env": case.env,
        "in": vector.input,
        "expect": expectation,
    });
    whole.sort_all_objects();
    const_hex::encode_prefixed(ckbhash(whole.to_string().as_bytes()).0)
}

/// Reads the lock; an absent file is an empty lock.
///
/// # Errors
/// When a line is no entry, or the lines are not sorted.
pub fn read(root: &Root) -> Result<Lock, Problem> {
    let mut lock = Lock::default();
    if !root.has(PATH) {
        return Ok(lock);
    }
    let (text, mut last) = (root.read_text(PATH)?, String::new());
    for (index, line) in text.lines().enumerate() {
        let number = index.saturating_add(1);
        let at = |message: &str| {
            Problem::new(format!("{}:{number}: {message}", root.shown(PATH)))
                .help("`ckbspec confirm` writes this file; take it back from git")
        };
        let case = match serde_json::from_str(line) {
            Ok(Moved { case, moved }) => {
                lock.moved.insert(case.clone(), moved);
                case
            }
            Err(_) => {
                let entry: Entry = serde_json::from_str(line).map_err(|e| at(&e.to_string()))?;
                let case = entry.case.clone();
                lock.cases.insert(case.clone(), entry);
                case
            }
        };
        if case <= last {
            return Err(at("the lines are not sorted by case"));
        }
        last = case;
    }
    Ok(lock)
}

/// Writes the lock.
///
/// # Errors
/// When the file cannot be written; the old file stays unchanged.
pub fn write(folder: &Path, lock: &Lock) -> Result<(), Problem> {
    files::replace(&folder.join(PATH), |out| {
        let mut lines = BTreeMap::new();
        for (case, entry) in &lock.cases {
            lines.insert(case, serde_json::to_string(entry)?);
        }
        for (case, moved) in &lock.moved {
            let line = Moved { case: case.clone(), moved: moved.clone() };
            lines.insert(case, serde_json::to_string(&line)?);
        }
        lines.values().try_for_each(|line| writeln!(out, "{line}"))
    })
}

/// The lock of a suite, with the confirmations of unchanged cases; a case that has moved keeps
/// those of its old name.
///
/// # Errors
/// Every case whose digest changed while its revision did not, and every name that would be lost
/// or used again.
pub fn renewed(suite: &Suite, old: &Lock) -> Result<Lock, Problems> {
    let (mut lock, mut problems) = (Lock::default(), vec![]);
    let (moves, lost) = moves(suite, old);
    problems.extend(lost.into_iter().map(gone));
    let before: BTreeMap<&str, &str> = moves.iter().map(|(old, new)| (*new, *old)).collect();
    for case in &suite.cases {
        problems.extend(used_again(case, old));
        let (digest, rev) = (digest(case), case.vector.rev);
        let name = before.get(case.name.as_str()).copied().unwrap_or(&case.name);
        let confirmed = match old.get(name) {
            Some(known) if known.digest == digest => known.confirmed.clone(),
            Some(known) if known.rev >= rev => {
                problems.push(changed(case, known));
                vec![]
            }
            _ => vec![],
        };
        let entry = Entry { case: case.name.clone(), rev, digest, confirmed };
        lock.cases.insert(case.name.clone(), entry);
    }
    // A case that has moved before may move again.
    let now =
        |name: &String| moves.get(name.as_str()).map_or(name.clone(), |now| (*now).to_owned());
    lock.moved.extend(old.moved.iter().map(|(name, to)| (name.clone(), now(to))));
    lock.moved.extend(moves.iter().map(|(name, to)| ((*name).to_owned(), (*to).to_owned())));
    if problems.is_empty() { Ok(lock) } else { Err(Problems(problems)) }
}

/// Every difference between a suite and its lock.
pub fn differences(suite: &Suite, lock: &Lock) -> Vec<Problem> {
    let (moves, lost) = moves(suite, lock);
    let mut problems: Vec<Problem> = lost.into_iter().map(gone).collect();
    for (name, now) in &moves {
        let message = format!("`{name}` has moved: it is `{now}` now");
        problems.push(Problem::new(message).help("`ckbspec confirm` takes it in"));
    }
    let came: BTreeSet<&str> = moves.into_values().collect();
    for case in suite.cases.iter().filter(|case| !came.contains(case.name.as_str())) {
        problems.extend(used_again(case, lock));
        match lock.get(&case.name) {
            None => problems.push(
                case.vector
                    .problem("not in vectors.lock", "a new case")
                    .help("`ckbspec confirm` takes it in"),
            ),
            Some(known) if known.digest != digest(case) && known.rev >= case.vector.rev => {
                problems.push(changed(case, known));
            }
            Some(known) if known.digest != digest(case) || known.rev != case.vector.rev => {
                let problem = case.vector.problem("vectors.lock has an older revision", "raised");
                problems.push(problem.help("`ckbspec confirm` takes it in"));
            }
            Some(_) => {}
        }
    }
    problems
}

/// The names in a lock that no case has any more: those that have moved, each with the new name of
/// the same question and expectation, and those that are lost. A retired vector keeps its name.
fn moves<'a>(suite: &'a Suite, lock: &'a Lock) -> (BTreeMap<&'a str, &'a str>, Vec<&'a str>) {
    let names: BTreeSet<&str> = suite.cases.iter().map(|case| case.name.as_str()).collect();
    let retired = |name: &str| {
        let vector = suite.vectors.get(name.split('@').next().unwrap_or_default());
        vector.is_some_and(|answers| answers.iter().all(|v| v.status == VectorStatus::Retired))
    };
    let gone = lock.cases.values().filter(|entry| !names.contains(entry.case.as_str()));
    let gone: Vec<&Entry> = gone.filter(|entry| !retired(&entry.case)).collect();
    if gone.is_empty() {
        return Default::default();
    }
    let new = suite.cases.iter().filter(|case| lock.get(&case.name).is_none());
    let new: BTreeMap<String, &str> = new.map(|case| (digest(case), case.name.as_str())).collect();
    let (mut moves, mut lost) = (BTreeMap::new(), vec![]);
    for entry in gone {
        match new.get(&entry.digest) {
            Some(now) => drop(moves.insert(entry.case.as_str(), *now)),
            None => lost.push(entry.case.as_str()),
        }
    }
    (moves, lost)
}

fn gone(name: &str) -> Problem {
    let message = format!("`{name}` is in {PATH} and in no file: ids are permanent");
    Problem::new(message).help(
        "keep the vector with `status: retired`; one that moves keeps its question and expectation",
    )
}

/// A problem if the name of a case was that of another case.
fn used_again(case: &Case, lock: &Lock) -> Option<Problem> {
    let now = lock.moved.get(&case.name)?;
    let message = format!("the name `{}` was that of {now}", case.name);
    Some(case.vector.problem(message, "a name is never used again").help("give it another id"))
}

fn changed(case: &Case, known: &Entry) -> Problem {
    let message =
        format!("its question or expectation changed, its revision {} did not", known.rev);
    let help = format!("write `rev: {}` if the change is meant", known.rev.saturating_add(1));
    case.vector.problem(message, "not what vectors.lock holds").help(help)
}
