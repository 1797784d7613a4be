//! `ckbspec show` and `ckbspec explain`: a case as it is asked, and why.

use super::chosen::Chosen;
use super::open::open;
use crate::elide::{SHOWN, elide_to};
use crate::root::Root;
use crate::runner::question;
use crate::spec::{Citation, Naming, Rule, Spec, citations};
use crate::vectors::lock::{Confirmation, Lock};
use crate::vectors::{Case, Expectation, Selection, Suite, Vector};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::problem::Problem;
use clap::Args;
use serde_json::json;
use std::io::{self, Write};
use std::sync::Arc;

#[derive(Args, Debug)]
pub(super) struct NameArgs {
    /// A case, `pow/nonce-0x231`, or a rule, `POW-007`.
    name: String,
}

/// Vectors that are shown of a rule, of each polarity.
const VECTORS_SHOWN: usize = 5;

pub(super) fn show(root: &Root, selection: &Selection) -> CommandResult {
    let chosen = Chosen::of(root, selection)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (id, case) in (1..).zip(chosen.each()?) {
        let case = case?;
        let request = question(id, &case);
        let expectation = match &case.vector.expectation {
            Expectation::Accept(out) => json!({"verdict": "accept", "out": out}),
            Expectation::Reject { class, .. } => {
                json!({"verdict": "reject", "error": {"class": class}})
            }
        };
        writeln!(out, "{}", serde_json::to_string(&request).unwrap_or_default())?;
        writeln!(out, "{}", json!({"id": id, "ok": expectation}))?;
    }
    out.flush()?;
    Ok(Exit::Expected)
}

pub(super) fn explain(root: &Root, NameArgs { name }: &NameArgs) -> CommandResult {
    let (spec, suite, lock) = open(root)?;
    let mut out = anstream::stdout().lock();
    if let Some(rule) = spec.rules.get(name) {
        write_rule(&mut out, rule)?;
        for Citation { rule, file, line, naming } in citations(root)? {
            if rule == *name {
                let verb = match naming {
                    Naming::Executed => "executed",
                    Naming::Reported => "reported",
                    Naming::Tested => "tested",
                };
                writeln!(out, "{verb} at {file}:{line}")?;
            }
        }
        let mut cases = false;
        for (accepts, verb) in [(true, "accepts"), (false, "rejects")] {
            let showing = |vector: &&Arc<Vector>| vector.shows(name) == Some(accepts);
            let mut shown: Vec<_> = suite.vectors.values().flatten().filter(showing).collect();
            shown.dedup_by_key(|vector| &vector.name);
            cases |= !shown.is_empty();
            for vector in shown.into_iter().take(VECTORS_SHOWN) {
                writeln!(out, "{verb}: {} ({})", vector.name, vector.why)?;
            }
        }
        if cases {
            writeln!(out, "all its cases: ckbspec list --rule {name}")?;
        }
        return Ok(Exit::Expected);
    }
    let case = find(&suite, name, spec.rules.keys())?;
    write_case(&mut out, &spec, &suite, &lock, case)?;
    Ok(Exit::Expected)
}

fn write_rule(out: &mut impl Write, rule: &Rule) -> io::Result<()> {
    writeln!(out, "{}: {} ({}:{})", rule.id, rule.title, rule.chapter, rule.line)?;
    let class = rule.class.as_deref().unwrap_or("none: it only computes");
    writeln!(out, "editions {}, status {}, class {class}", rule.editions, rule.status)?;
    writeln!(out, "observable {}\n\n{}\n", rule.observable, rule.text)
}

fn write_case(
    out: &mut impl Write,
    spec: &Spec,
    suite: &Suite,
    lock: &Lock,
    case: &Case,
) -> Result<(), CommandError> {
    let vector = &case.vector;
    writeln!(out, "{}: {}", case.name, vector.why)?;
    writeln!(out, "{}:{}\n", vector.source.file, vector.source.line)?;
    writeln!(out, "asks {} with", vector.operation.name)?;
    writeln!(out, "{:#}\n", elide_to(&vector.input, SHOWN))?;
    match &vector.expectation {
        Expectation::Accept(fields) => {
            writeln!(out, "expects it to be accepted, with\n{:#}\n", elide_to(fields, SHOWN))?;
        }
        Expectation::Reject { rule, class, .. } => {
            writeln!(out, "expects it to be rejected by {rule}, class {class}\n")?;
        }
    }
    let differs = |other: &&Case| {
        let Vector { name, expectation, .. } = &*other.vector;
        *name == vector.name && *expectation != vector.expectation
    };
    for other in suite.cases.iter().filter(differs) {
        match &other.vector.expectation {
            Expectation::Accept(_) => writeln!(out, "elsewhere accepted: {}", other.name)?,
            Expectation::Reject { rule, .. } => {
                writeln!(out, "elsewhere rejected by {rule}: {}", other.name)?;
            }
        }
    }
    if let Some((twin, changes)) = &vector.twin {
        let why = suite.vectors.get(twin).and_then(|answers| answers.first());
        let why = why.map_or("", |twin| twin.why.as_str());
        writeln!(out, "its twin {twin} is accepted ({why}); the changes are")?;
        for (path, value) in changes {
            writeln!(out, "  {path}: {}", elide_to(value, SHOWN))?;
        }
        writeln!(out)?;
    }
    for (flag, note) in &vector.flags {
        writeln!(out, "it catches {flag}: {note}")?;
    }
    for (rule, why) in &vector.any_of {
        writeln!(out, "rejecting by {rule} is right as well: {why}")?;
    }
    if let Some(why) = &vector.divergent {
        writeln!(out, "divergent: {why}")?;
    }
    let source = &vector.provenance;
    let kind = format!("{:?}", source.kind).to_lowercase();
    writeln!(out, "the expectation is {kind}: {}", source.source)?;
    for confirmed in lock.get(&case.name).map_or(&[][..], |e| &e.confirmed) {
        let Confirmation { client, version, lineage, run } = confirmed;
        writeln!(out, "confirmed by {client} {version} ({lineage}) on {run}")?;
    }
    writeln!(out)?;
    for rule in vector.rules.iter().filter_map(|id| spec.rules.get(id)) {
        writeln!(out, "{}: {} ({}:{})", rule.id, rule.title, rule.chapter, rule.line)?;
        for line in rule.statement().lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// The case of a name; where there is none, the nearest of all names is suggested.
fn find<'a>(
    suite: &'a Suite,
    name: &str,
    rules: impl IntoIterator<Item = &'a String>,
) -> Result<&'a Case, CommandError> {
    suite.find(name).ok_or_else(|| {
        let names = suite.vectors.keys().chain(rules);
        let near = names.max_by_key(|other| similarity(other, name)).map_or("", String::as_str);
        let problem = Problem::new(format!("there is no case and no rule `{name}`"));
        CommandError::usage(problem.help(format!("the nearest name is `{near}`")))
    })
}

/// How much of two names is alike, in thousandths; upper and lower case count as one.
fn similarity(a: &str, b: &str) -> u32 {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let ratio = similar::TextDiff::from_chars(&a, &b).ratio() * 1000.0;
    // A ratio lies between 0 and 1, so that the text has at most four digits.
    format!("{ratio:.0}").parse().unwrap_or_default()
}
