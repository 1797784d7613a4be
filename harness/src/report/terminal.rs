//! The report for a terminal, which `run` also prints: each failing rule with its smallest failing
//! case, in enough detail to fix the client, and then tables.

use super::compared::{
    Table, again, areas, cases, difference, editions, failing, operation, pretty, rule,
};
use super::runs::Runs;
use super::section::ClientRun;
use crate::elide::{SHOWN, elide_to};
use crate::runner::{CaseRecord, CaseResult, Outcome, Score, UNEXPLAINED, record};
use ckbspec_protocol::Operation;
use comfy_table::{CellAlignment, presets};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many other cases of a failing rule are named after the smallest.
const OTHERS_SHOWN: usize = 3;

/// How many lines of standard error are shown: the last ones.
const STDERR_SHOWN: usize = 12;

const RED: anstyle::Style = anstyle::AnsiColor::Red.on_default();
const GREEN: anstyle::Style = anstyle::AnsiColor::Green.on_default();
const BOLD: anstyle::Style = anstyle::Style::new().bold();

/// The report with colours; `anstream` strips them if the output is no terminal. For the first
/// `details` failing rules it shows the smallest failing case in full.
pub fn terminal(runs: &Runs, details: usize) -> String {
    let mut text = String::new();
    let several = runs.clients.len() > 1;
    for run in &runs.clients {
        let label = if several { format!(" ({})", run.label) } else { String::new() };
        failures(&mut text, runs, run, &label, details);
        client(&mut text, run, &label);
        if several {
            text.push('\n');
        }
    }
    if several {
        table(&mut text, areas(runs));
    }
    for note in &runs.notes {
        writeln!(text, "note: {note}").ok();
    }
    for what in runs.incomplete() {
        writeln!(text, "{}", paint(RED, &format!("INCOMPLETE: {what}"))).ok();
    }
    text
}

fn failures(text: &mut String, runs: &Runs, run: &ClientRun, label: &str, details: usize) {
    for (index, failing) in failing(runs, run).iter().enumerate() {
        let Some((smallest, others)) = failing.cases.split_first() else { continue };
        let count = cases(failing.count());
        let line = format!("FAILED {} {}: {count}", failing.rule, failing.title);
        writeln!(text, "{}{label}", paint(RED, &line)).ok();
        writeln!(text, "  {}: {}: {}", smallest.case, smallest.outcome, what(smallest)).ok();
        if index < details {
            whole(text, runs, smallest);
        }
        writeln!(text, "  {} {}", paint(BOLD, "again:"), again(run, &smallest.case)).ok();
        for other in others.iter().take(OTHERS_SHOWN) {
            writeln!(text, "  {} {}: {}", paint(BOLD, "also:"), other.case, other.outcome).ok();
        }
        if let Some(more @ 1..) = others.len().checked_sub(OTHERS_SHOWN) {
            writeln!(text, "  and {more} more").ok();
        }
        text.push('\n');
    }
}

/// What went wrong, in a few words.
fn what(record: &CaseRecord) -> &'static str {
    let expected = record.asked.as_ref().and_then(|asked| asked.expected.get("verdict"));
    match (record.outcome(), expected.and_then(Value::as_str)) {
        (Outcome::FailVerdict, Some("accept")) => "the client rejects what is valid",
        (Outcome::FailVerdict, Some(_)) => "the client accepts what is invalid",
        (outcome, _) => outcome.meaning(),
    }
}

/// A failing case in full.
fn whole(text: &mut String, runs: &Runs, record: &CaseRecord) {
    let Some(asked) = &record.asked else { return };
    let (rule, statement) = rule(runs, record);
    writeln!(text, "  {}\n  {}\n  {}", asked.why, asked.source, paint(BOLD, &rule)).ok();
    indent(text, statement);
    for (flag, effect) in &asked.flags {
        writeln!(text, "  {} {effect}", paint(BOLD, &format!("{flag}:"))).ok();
    }
    writeln!(text, "  {} {}", paint(BOLD, "asked:"), operation(record, asked)).ok();
    indent(text, &pretty(&elide_to(&asked.input, SHOWN)));
    expected_and_got(text, record);
    stderr(text, "last lines on stderr:", &asked.stderr);
    if let Some(hint) = record.outcome().hint() {
        writeln!(text, "  {} {hint}", paint(BOLD, "fix:")).ok();
    }
}

/// One result: what was expected, what the adapter answered, and what it wrote to standard error.
pub fn one(result: &CaseResult) -> String {
    let mut text = String::new();
    if result.outcome.score() != Score::Pass {
        expected_and_got(&mut text, &record(result));
    }
    stderr(&mut text, "last lines on stderr:", &result.stderr);
    text
}

/// The expected and the actual answer, one field per line.
fn expected_and_got(text: &mut String, record: &CaseRecord) {
    if let Some(why) = &record.reason {
        writeln!(text, "  {} {why}", paint(BOLD, "got no verdict:")).ok();
        return;
    }
    writeln!(text, "  {}", paint(BOLD, "- expected, + got:")).ok();
    let difference = difference(record, SHOWN);
    for (mark, line) in difference.lines {
        let line = format!("{mark} {line}");
        let line = match mark {
            '-' => paint(GREEN, &line),
            '+' => paint(RED, &line),
            _ => line,
        };
        writeln!(text, "    {line}").ok();
    }
    if difference.by_form {
        let form =
            "write integers as strings: 0x and lower-case hexadecimal digits, no leading zeros";
        let fix = paint(BOLD, "fix:");
        writeln!(text, "  {fix} the values are equal, but not written alike: {form}").ok();
    }
}

/// The summary of a client's run: the problems that belong to no case, and the counts.
fn client(text: &mut String, run: &ClientRun, label: &str) {
    for finding in run.other_findings() {
        if finding.shown.is_empty() {
            writeln!(text, "{}: {}{label}", finding.at, finding.message).ok();
        } else {
            writeln!(text, "{}", finding.shown).ok();
        }
        text.push('\n');
    }
    if run.count(Score::Fail) + run.count(Score::Error) > 0 || !run.problems.is_empty() {
        stderr(text, "last lines of the adapter on stderr:", &run.stderr);
    }
    let language = run.hello.as_ref().and_then(|hello| hello.client.language.as_deref());
    let language = language.map(|language| format!(", {language}")).unwrap_or_default();
    writeln!(text, "{}{language} ({})", run.name(), run.header.adapter).ok();
    table(text, editions(run));
    known(text, run);
    for op in run.hello.iter().flat_map(|hello| &hello.ops).filter(|op| !Operation::exists(op)) {
        let wrong = "which is neither an operation nor a part of one";
        writeln!(text, "note: the adapter declares `{op}`, {wrong}").ok();
    }
    let mut not_asked: BTreeMap<&str, u64> = BTreeMap::new();
    for record in run.cases.iter().filter(|record| record.score() == Score::Skipped) {
        *not_asked.entry(record.reason.as_deref().unwrap_or_default()).or_default() += 1;
    }
    for (why, count) in not_asked {
        writeln!(text, "{} not asked: {why}", cases(count)).ok();
    }
    if run.left_behind > 0 {
        let left = run.left_behind;
        writeln!(text, "processes that outlived the adapter and were ended: {left}").ok();
    }
    time(text, run);
}

/// One line about the list of known failures: how many cases failed as it says.
fn known(text: &mut String, run: &ClientRun) {
    let listed =
        || run.cases.iter().filter_map(|record| Some((record.score(), record.known.as_ref()?)));
    let at = listed().map(|(_, known)| &known.at).chain(run.findings.iter().map(|f| &f.at)).next();
    let Some((file, _)) = at.and_then(|at| at.rsplit_once(':')) else { return };
    write!(text, "{file}: {} failed as known", run.count(Score::Known)).ok();
    let (flaky, failed) = (listed().filter(|(_, k)| k.flaky).count(), run.count(Score::Flaky));
    if flaky > 0 {
        write!(text, ", {failed} of {flaky} flaky cases failed").ok();
    }
    let unexplained = listed().filter(|(_, known)| known.excused && known.why == UNEXPLAINED);
    if let count @ 1.. = unexplained.count() {
        write!(text, "; {UNEXPLAINED}: {count}").ok();
    }
    if !run.findings.is_empty() {
        write!(text, "; mistakes in the list: {}", run.findings.len()).ok();
    }
    text.push('\n');
}

fn time(text: &mut String, run: &ClientRun) {
    let all = u64::try_from(run.cases.len()).unwrap_or(u64::MAX);
    let asked = all.saturating_sub(run.count(Score::Unsupported) + run.count(Score::Skipped));
    let number = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let seconds = number(run.took_ms) / 1e3;
    let micros = seconds * 1e6 / number(asked.max(1));
    let asked = if asked == all { String::new() } else { format!(", {asked} asked,") };
    writeln!(text, "{}{asked} in {seconds:.2} s, {micros:.1} µs a question", cases(all)).ok();
}

fn table(text: &mut String, Table { header, rows, names }: Table) {
    let mut table = comfy_table::Table::new();
    table.load_style(presets::NOTHING);
    let columns = header.len();
    table.set_header(header);
    table.add_rows(rows);
    for index in names..columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(text, "{}", table.trim_fmt()).ok();
}

/// The end of what the adapter wrote to standard error.
fn stderr(text: &mut String, title: &str, stderr: &str) {
    if stderr.is_empty() {
        return;
    }
    writeln!(text, "  {}", paint(BOLD, title)).ok();
    let lines: Vec<_> = stderr.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(STDERR_SHOWN)) {
        let safe = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
        writeln!(text, "    {}", line.chars().map(safe).collect::<String>()).ok();
    }
}

fn indent(text: &mut String, block: &str) {
    for line in block.lines() {
        writeln!(text, "    {line}").ok();
    }
}

fn paint(style: anstyle::Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
