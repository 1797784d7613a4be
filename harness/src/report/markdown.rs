//! The report for GitHub: a step summary, and an annotation a failing rule.

use super::compared::{Table, again, areas, cases, difference, failing, operation, pretty, rule};
use super::runs::Runs;
use super::section::ClientRun;
use crate::elide::{SHOWN, elide_to};
use std::fmt::Write as _;

/// Rules that are shown of a client; GitHub cuts a summary above 1 MiB.
const RULES_SHOWN: usize = 100;

/// Annotations of a step that GitHub shows.
const ANNOTATIONS_MAX: usize = 10;

/// The summary.
pub fn markdown(runs: &Runs) -> String {
    let mut text = String::from("## ckbspec\n\n");
    for what in runs.incomplete() {
        writeln!(text, "> **Incomplete:** {}\n", escaped(&what)).ok();
    }
    let Table { header, rows, .. } = areas(runs);
    writeln!(text, "| {} |", header.join(" | ")).ok();
    writeln!(text, "|---|{}", "--:|".repeat(header.len().saturating_sub(1))).ok();
    for row in rows {
        let row: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        writeln!(text, "| {} |", row.join(" | ")).ok();
    }
    for note in &runs.notes {
        writeln!(text, "\n{}", escaped(note)).ok();
    }
    for run in &runs.clients {
        client(&mut text, runs, run);
    }
    text
}

fn client(text: &mut String, runs: &Runs, run: &ClientRun) {
    let failing = failing(runs, run);
    let other_findings = run.other_findings();
    if !failing.is_empty() || !other_findings.is_empty() {
        writeln!(text, "\n### {}\n", escaped(&run.label)).ok();
    }
    for finding in &other_findings {
        writeln!(text, "- `{}`: {}", finding.at, escaped(&finding.message)).ok();
    }
    for failing in failing.iter().take(RULES_SHOWN) {
        let Some(smallest) = failing.cases.first() else { continue };
        let (count, title) = (cases(failing.count()), html_escaped(failing.title));
        writeln!(text, "<details><summary><b>{}</b> {title}: {count}</summary>\n", failing.rule)
            .ok();
        writeln!(text, "`{}`: {}", smallest.case, smallest.outcome).ok();
        if let Some(asked) = &smallest.asked {
            let (rule, statement) = rule(runs, smallest);
            let input = pretty(&elide_to(&asked.input, SHOWN));
            writeln!(text, "({})\n\nThe vector is at {}.\n", escaped(&asked.why), asked.source)
                .ok();
            writeln!(text, "{rule}\n").ok();
            for line in statement.lines() {
                writeln!(text, "> {}", escaped(line)).ok();
            }
            let operation = operation(smallest, asked);
            writeln!(text, "\nAsked `{operation}`:\n\n```json\n{input}\n```").ok();
        }
        writeln!(text, "\n− expected, + got:\n\n```diff").ok();
        for (mark, line) in difference(smallest, SHOWN).lines {
            writeln!(text, "{mark} {line}").ok();
        }
        writeln!(text, "```").ok();
        if let Some(asked) = smallest.asked.as_ref().filter(|asked| !asked.stderr.is_empty()) {
            let stderr = asked.stderr.replace("```", "~~~");
            let stderr = stderr.trim_end();
            writeln!(text, "\nIts standard error meanwhile:\n\n```\n{stderr}\n```").ok();
        }
        writeln!(text, "\n```\n{}\n```\n</details>\n", again(run, &smallest.case)).ok();
    }
    if let Some(more @ 1..) = failing.len().checked_sub(RULES_SHOWN) {
        writeln!(text, "and {more} more rules").ok();
    }
}

/// The commands by which GitHub Actions shows an annotation.
pub fn annotations(runs: &Runs) -> String {
    let mut text = String::new();
    let failures = runs.clients.iter().flat_map(|run| {
        failing(runs, run).into_iter().map(move |failing| {
            let smallest = failing.cases.first();
            let (case, outcome) =
                smallest.map_or(("", ""), |case| (case.case.as_str(), case.outcome.as_str()));
            let count = cases(failing.count());
            let title = format!("{} {} ({})", failing.rule, failing.title, run.label);
            (title, format!("{count}, as {case}: {outcome}\nagain: {}", again(run, case)))
        })
    });
    let incomplete = runs.incomplete().into_iter().map(|what| ("Incomplete".to_owned(), what));
    let other_findings = runs.clients.iter().flat_map(|run| {
        let title = |finding: &str| format!("{finding} ({})", run.label);
        run.other_findings()
            .into_iter()
            .map(move |found| (title(&found.finding), format!("{} ({})", found.message, found.at)))
    });
    for (title, message) in incomplete.chain(other_findings).chain(failures).take(ANNOTATIONS_MAX) {
        let title = command(&title).replace(':', "%3A").replace(',', "%2C");
        writeln!(text, "::error title={title}::{}", command(&message)).ok();
    }
    text
}

fn command(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn html_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Text between Markdown, on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in html_escaped(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '|' | '[' | ']') {
            escaped.push('\\');
        }
        escaped.push(if c == '\n' { ' ' } else { c });
    }
    escaped
}
