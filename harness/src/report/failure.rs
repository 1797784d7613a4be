//! A failure, such that somebody can fix it the same day: the rule, expected and got, the place
//! of the vector, and the command that asks just this case again.

use crate::elide::elide_to;
use crate::runner::{CaseResult, Failed, Got, Score, Tally};
use crate::spec::Spec;
use crate::vectors::Expectation;
use ckbspec_protocol::message::Verdict;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;

/// Longer strings are shown by their ends.
const STRING_SHOWN: usize = 140;

/// Lines of standard error that are shown beside a failure.
const STDERR_SHOWN: usize = 12;

/// All failures, gathered by rule: the first `details` rules with their first case in full.
pub fn failures(tally: &Tally, spec: &Spec, replay: &str, details: usize) -> String {
    let mut text = String::new();
    for (index, (rule, failed)) in tally.failed.iter().enumerate() {
        let Failed { cases, first: kept } = failed;
        let title = spec.rules.get(rule).map_or("", |rule| rule.title.as_str());
        let count = match cases {
            1 => "1 case".to_owned(),
            many => format!("{many} cases"),
        };
        writeln!(text, "{}", paint(RED, &format!("FAILED {rule} {title}: {count}"))).ok();
        if let Some(first) = kept.first().filter(|_| index < details) {
            text.push_str(&failure(first, spec, replay));
        }
        let mut shown = u64::from(index < details);
        for other in kept.iter().skip(usize::from(index < details)).take(3) {
            writeln!(text, "  {}: {}", other.case.name, other.outcome).ok();
            shown = shown.saturating_add(1);
        }
        if let more @ 1.. = cases.saturating_sub(shown) {
            writeln!(text, "  and {more} more").ok();
        }
        text.push('\n');
    }
    text
}

fn failure(result: &CaseResult, spec: &Spec, replay: &str) -> String {
    let vector = &result.case.vector;
    let mut text = String::new();
    let label = format!("{}: {}", result.outcome, headline(result));
    let place = vector.problem(vector.why.clone(), label).render(colour());
    writeln!(text, "{place}\n").ok();
    if let Some(rule) = spec.rules.get(result.rule()) {
        writeln!(text, "  {} ({}:{})", paint(BOLD, &rule.id), rule.chapter, rule.line).ok();
        for line in rule.statement().lines() {
            writeln!(text, "    {line}").ok();
        }
    }
    for (flag, note) in &vector.flags {
        writeln!(text, "  {} {note}", paint(BOLD, &format!("{flag}:"))).ok();
    }
    let env = match result.case.env.edition {
        Some(edition) => format!(" at edition {}", edition.name()),
        None => String::new(),
    };
    writeln!(text, "  {} {}{env}", paint(BOLD, "asked:"), vector.operation.name).ok();
    indent(&mut text, &pretty(&elide(&vector.input)));
    text.push_str(&difference(result));
    said(&mut text, &result.stderr);
    if let Some(hint) = result.outcome.hint() {
        writeln!(text, "  {} {hint}", paint(BOLD, "fix:")).ok();
    }
    let quoted = shlex::try_quote(&result.case.name).map_or_else(|_| String::new(), Into::into);
    writeln!(text, "  {} {replay} {quoted}", paint(BOLD, "again:")).ok();
    text
}

/// One result: expected and got, and what the adapter said meanwhile.
pub fn one(result: &CaseResult) -> String {
    let mut text = match result.outcome.score() {
        Score::Pass => String::new(),
        _ => difference(result),
    };
    if !result.stderr.is_empty() {
        writeln!(text, "  {}", paint(BOLD, "standard error:")).ok();
        indent(&mut text, &result.stderr);
    }
    text
}

/// The end of what the adapter wrote to standard error meanwhile.
pub(super) fn said(text: &mut String, stderr: &str) {
    if stderr.is_empty() {
        return;
    }
    writeln!(text, "  {}", paint(BOLD, "its standard error ends:")).ok();
    let lines: Vec<_> = stderr.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(STDERR_SHOWN)) {
        let safe = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
        writeln!(text, "    {}", line.chars().map(safe).collect::<String>()).ok();
    }
}

/// Expected and got, a line a field.
fn difference(result: &CaseResult) -> String {
    let (expected, got) = match (&result.case.vector.expectation, &result.got) {
        (_, Got::Nothing(why)) => {
            return format!("  {} {why}\n", paint(BOLD, "got no verdict:"));
        }
        (Expectation::Accept(out), Got::Verdict(Verdict::Accept { out: got })) => {
            (elide(out), elide(&project(out, got)))
        }
        (Expectation::Accept(_), Got::Verdict(reject @ Verdict::Reject { .. })) => {
            (json!({"verdict": "accept"}), json!(reject))
        }
        (Expectation::Reject { class, .. }, Got::Verdict(verdict)) => {
            (json!({"verdict": "reject", "error": {"class": class}}), elide(&json!(verdict)))
        }
    };
    let alike = expected != got && plain(&expected) == plain(&got);
    let (expected, got) = (pretty(&expected), pretty(&got));
    let mut text = format!("  {}\n", paint(BOLD, "- expected, + got:"));
    for change in TextDiff::from_lines(&expected, &got).iter_all_changes() {
        let line = change.value().trim_end();
        let line = match change.tag() {
            ChangeTag::Delete => paint(GREEN, &format!("- {line}")),
            ChangeTag::Insert => paint(RED, &format!("+ {line}")),
            ChangeTag::Equal => format!("  {line}"),
        };
        writeln!(text, "    {line}").ok();
    }
    if alike {
        let form =
            "integers are strings of 0x and hexadecimal digits, lower case, no leading zeros";
        writeln!(text, "  {} the values are equal, their form is not: {form}", paint(BOLD, "fix:"))
            .ok();
    }
    text
}

/// The same value with all ways to write a number made one.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            number.as_u64().map_or_else(|| value.clone(), |n| plain_hex(&format!("{n:x}")))
        }
        Value::String(text) => match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => plain_hex(digits),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

fn plain_hex(digits: &str) -> Value {
    Value::String(digits.trim_start_matches('0').to_lowercase())
}

fn headline(result: &CaseResult) -> &'static str {
    match (&result.case.vector.expectation, &result.got) {
        (_, Got::Nothing(_)) => "no verdict",
        (Expectation::Accept(_), Got::Verdict(Verdict::Reject { .. })) => "the client rejects",
        (Expectation::Accept(_), Got::Verdict(Verdict::Accept { .. })) => "another output",
        (Expectation::Reject { .. }, Got::Verdict(Verdict::Accept { .. })) => "the client accepts",
        (Expectation::Reject { .. }, Got::Verdict(Verdict::Reject { .. })) => "another class",
    }
}

/// The part of an output that an expectation names.
pub(super) fn project(expected: &Value, got: &Value) -> Value {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            let field = |(name, value): (&String, &Value)| {
                (name.clone(), project(value, got.get(name).unwrap_or(&Value::Null)))
            };
            Value::Object(expected.iter().map(field).collect())
        }
        _ => got.clone(),
    }
}

/// The same value with its long strings cut: their ends, their length, their hash.
pub fn elide(value: &Value) -> Value {
    elide_to(value, STRING_SHOWN)
}

pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

pub(super) fn indent(text: &mut String, block: &str) {
    for line in block.lines() {
        writeln!(text, "    {line}").ok();
    }
}

pub(super) const RED: anstyle::Style = anstyle::AnsiColor::Red.on_default();
pub(super) const GREEN: anstyle::Style = anstyle::AnsiColor::Green.on_default();
pub(super) const BOLD: anstyle::Style = anstyle::Style::new().bold();

/// Whether standard output takes colours; `anstream` strips them where it does not.
fn colour() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

pub(super) fn paint(style: anstyle::Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
