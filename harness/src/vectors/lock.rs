//! `vectors/vectors.lock`: what each case asks and expects, and who has confirmed it.
//!
//! One JSON line a case, sorted by name. A changed digest without a raised revision is an error:
//! an expectation does not change in silence. Only `ckbspec confirm` writes this file.

use super::{Case, Expectation, Suite};
use crate::root::Root;
use ckbspec_common::files;
use ckbspec_common::problem::{Problem, Problems};
use ckbspec_reference::encoding::hash::ckbhash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// The file, below the root.
pub const PATH: &str = "vectors/vectors.lock";

/// A case's line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The case's name.
    pub case: String,
    /// The vector's revision.
    pub rev: u32,
    /// ckbhash over the canonical JSON of question and expectation.
    pub digest: String,
    /// Who confirmed it; emptied when the digest changes.
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

/// The lock, by case.
pub type Lock = BTreeMap<String, Entry>;

/// ckbhash over the canonical JSON of question and expectation: keys sorted, no blanks, prose
/// left out. Inputs hold integers in one spelling only.
pub fn digest(case: &Case) -> String {
    let vector = &case.vector;
    let expectation = match &vector.expectation {
        Expectation::Accept(out) => json!({"accept": out}),
        Expectation::Reject { rule, .. } => {
            json!({"reject": rule, "any_of": vector.any_of.keys().collect::<Vec<_>>()})
        }
    };
    let whole = json!({
        "op": vector.operation.name,
        "env": case.env,
        "in": vector.input,
        "expect": expectation,
    });
    let mut text = String::new();
    canonical(&whole, &mut text);
    const_hex::encode_prefixed(ckbhash(text.as_bytes()).0)
}

/// JSON with sorted keys, whatever order the map keeps.
fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            text.push('{');
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(key.clone()).to_string());
                text.push(':');
                canonical(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                canonical(item, text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

/// Reads the lock; an absent file is an empty lock.
///
/// # Errors
/// When a line is no entry, or the lines are not sorted.
pub fn read(root: &Root) -> Result<Lock, Problem> {
    if !root.has(PATH) {
        return Ok(Lock::new());
    }
    let text = root.read_text(PATH)?;
    let mut lock = Lock::new();
    for (index, line) in text.lines().enumerate() {
        let number = index.saturating_add(1);
        let at = |message: &str| {
            Problem::new(format!("{}:{number}: {message}", root.shown(PATH)))
                .help("`ckbspec confirm` writes this file; take it back from git")
        };
        let entry: Entry = serde_json::from_str(line).map_err(|error| at(&error.to_string()))?;
        if lock.last_key_value().is_some_and(|(last, _)| *last >= entry.case) {
            return Err(at("the lines are not sorted by case"));
        }
        lock.insert(entry.case.clone(), entry);
    }
    Ok(lock)
}

/// Writes the lock.
///
/// # Errors
/// Those of the file system; the old file stays whole.
pub fn write(folder: &Path, lock: &Lock) -> Result<(), Problem> {
    files::replace(&folder.join(PATH), |out| {
        lock.values().try_for_each(|entry| writeln!(out, "{}", serde_json::to_string(entry)?))
    })
}

/// The lock that fits a suite, keeping the confirmations of what has not changed.
///
/// # Errors
/// Every case whose digest changed while its revision did not.
pub fn renewed(suite: &Suite, old: &Lock) -> Result<Lock, Problems> {
    let (mut lock, mut problems) = (Lock::new(), vec![]);
    for case in &suite.cases {
        let (digest, rev) = (digest(case), case.vector.rev);
        let confirmed = match old.get(&case.name) {
            Some(known) if known.digest == digest => known.confirmed.clone(),
            Some(known) if known.rev >= rev => {
                problems.push(changed(case, known));
                vec![]
            }
            _ => vec![],
        };
        lock.insert(case.name.clone(), Entry { case: case.name.clone(), rev, digest, confirmed });
    }
    if problems.is_empty() { Ok(lock) } else { Err(Problems(problems)) }
}

/// Every difference between a suite and its lock.
pub fn differences(suite: &Suite, lock: &Lock) -> Vec<Problem> {
    let mut problems = vec![];
    for case in &suite.cases {
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
    let names: BTreeSet<&String> = suite.cases.iter().map(|case| &case.name).collect();
    for name in lock.keys().filter(|name| !names.contains(name)) {
        let message = format!("`{name}` is in {PATH} and in no file: ids are permanent");
        problems.push(Problem::new(message).help("keep the vector with `status: retired`"));
    }
    problems
}

fn changed(case: &Case, known: &Entry) -> Problem {
    let message =
        format!("its question or expectation changed, its revision {} did not", known.rev);
    let help = format!("write `rev: {}` if the change is meant", known.rev.saturating_add(1));
    case.vector.problem(message, "not what vectors.lock holds").help(help)
}
