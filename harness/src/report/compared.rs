//! What was expected beside what came, and the table that all reports of logs share.

use super::failure::{pretty, project};
use super::runs::{ClientRun, Runs};
use crate::elide::elide_to;
use crate::runner::{Asked, CaseRecord, Score};
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;

/// Expected and got, as far as they are compared, with strings above a length cut.
pub(super) fn compared(asked: &Asked, shown: usize) -> (Value, Value) {
    let verdict = |value: &Value| value.get("verdict").and_then(Value::as_str).map(str::to_owned);
    let (expected, got) = (verdict(&asked.expected), verdict(&asked.got));
    let accepts = expected.as_deref() == Some("accept");
    let expects = if accepts {
        elide_to(&asked.expected, shown)
    } else {
        let class = asked.expected.get("class").cloned().unwrap_or_default();
        json!({"verdict": "reject", "error": {"class": class}})
    };
    match got.as_deref() {
        None => (expects, Value::Null),
        Some("accept") if accepts => {
            let [out, came] =
                [&asked.expected, &asked.got].map(|v| v.get("out").unwrap_or(&Value::Null));
            (elide_to(out, shown), elide_to(&project(out, came), shown))
        }
        Some(_) => (expects, elide_to(&asked.got, shown)),
    }
}

/// The same as lines: the mark, `-` expected, `+` got, and the text.
pub(super) fn difference(record: &CaseRecord, shown: usize) -> Vec<(char, String)> {
    let Some(asked) = &record.asked else { return vec![] };
    let (expected, got) = compared(asked, shown);
    let expected = pretty(&expected);
    let got = match &record.reason {
        Some(why) if got.is_null() => format!("no verdict: {why}"),
        _ => pretty(&got),
    };
    let diff = TextDiff::from_lines(&expected, &got);
    let lines = diff.iter_all_changes().map(|change| {
        let mark = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        (mark, change.value().trim_end().to_owned())
    });
    lines.collect()
}

/// The command that asks a case again.
pub(super) fn again(run: &ClientRun, case: &str) -> String {
    let quoted = shlex::try_quote(case).map_or_else(|_| String::new(), Into::into);
    format!("{} {quoted}", run.header.again)
}

/// What a reader needs beside the difference: the place, the rule's own words, the question.
pub(super) struct Told<'a> {
    /// What the case shows.
    pub(super) why: &'a str,
    /// File and line of the vector.
    pub(super) source: &'a str,
    /// Id, chapter and line of the rule.
    pub(super) rule: String,
    /// The rule's own words.
    pub(super) statement: &'a str,
    /// The operation, with the edition where that matters.
    pub(super) asked: String,
    /// The question.
    pub(super) input: String,
    /// What the adapter wrote to standard error meanwhile.
    pub(super) stderr: &'a str,
}

/// The same, of a case that was asked.
pub(super) fn told<'a>(runs: &'a Runs, record: &'a CaseRecord, shown: usize) -> Option<Told<'a>> {
    let asked = record.asked.as_ref()?;
    let rule = runs.rules.get(record.main_rule());
    let edition = record.edition.map(|edition| format!(" at edition {}", edition.name()));
    Some(Told {
        why: &asked.why,
        source: &asked.source,
        rule: rule.map_or_else(String::new, |r| format!("{} ({}:{})", r.rule, r.chapter, r.line)),
        statement: rule.map_or("", |rule| rule.text.as_str()),
        asked: format!("{}{}", asked.op, edition.unwrap_or_default()),
        input: pretty(&elide_to(&asked.input, shown)),
        stderr: &asked.stderr,
    })
}

/// The failures of a rule.
pub(super) struct Failing<'a> {
    pub(super) rule: &'a str,
    pub(super) title: &'a str,
    /// All of them, the one with the smallest question first.
    pub(super) cases: Vec<&'a CaseRecord>,
}

impl Failing<'_> {
    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.cases.len()).unwrap_or(u64::MAX)
    }
}

/// Failures by rule.
pub(super) fn failing<'a>(runs: &'a Runs, run: &'a ClientRun) -> Vec<Failing<'a>> {
    let mut rules: BTreeMap<&str, Vec<&CaseRecord>> = BTreeMap::new();
    for case in &run.cases {
        if matches!(case.score(), Score::Fail | Score::Error) {
            rules.entry(case.main_rule()).or_default().push(case);
        }
    }
    let rules = rules.into_iter().map(|(rule, mut cases)| {
        cases.sort_by_cached_key(|case| {
            let size = case.asked.as_ref().map_or(0, |asked| asked.input.to_string().len());
            (size, case.case.clone())
        });
        let title = runs.rules.get(rule).map_or("", |rule| rule.title.as_str());
        Failing { rule, title, cases }
    });
    rules.collect()
}

/// Clients by areas: a row a client, a cell an area, and the counts that are no passes.
pub(super) struct Areas {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// The counts of a client.
pub(super) fn scores(run: &ClientRun) -> BTreeMap<&str, BTreeMap<Score, u64>> {
    let mut areas: BTreeMap<&str, BTreeMap<Score, u64>> = BTreeMap::new();
    for case in &run.cases {
        *areas.entry(case.area()).or_default().entry(case.score()).or_default() += 1;
    }
    areas
}

/// The columns after those of the areas.
const COUNTS: [(&str, Score); 7] = [
    ("weak", Score::Weak),
    ("fail", Score::Fail),
    ("error", Score::Error),
    ("known", Score::Known),
    ("flaky", Score::Flaky),
    ("unsupported", Score::Unsupported),
    ("not asked", Score::Skipped),
];

/// The table of all clients; `3/4` are three passes of four cases.
pub(super) fn areas(runs: &Runs) -> Areas {
    let all: Vec<_> = runs.clients.iter().map(scores).collect();
    let mut names: Vec<&str> = all.iter().flat_map(BTreeMap::keys).copied().collect();
    names.sort_unstable();
    names.dedup();
    let total = |scores: &BTreeMap<&str, BTreeMap<Score, u64>>, score: Score| -> u64 {
        scores.values().filter_map(|area| area.get(&score)).sum()
    };
    let counts = COUNTS.into_iter().filter(|(_, score)| {
        let optional = matches!(score, Score::Known | Score::Flaky);
        !optional || all.iter().any(|scores| total(scores, *score) > 0)
    });
    let counts: Vec<_> = counts.collect();
    let header = ["client"].into_iter().chain(names.iter().copied());
    let header = header.chain(counts.iter().map(|(name, _)| *name)).map(str::to_owned).collect();
    let rows = runs.clients.iter().zip(&all).map(|(run, scores)| {
        let mut row = vec![run.label.clone()];
        row.extend(names.iter().map(|area| match scores.get(area) {
            None => "-".to_owned(),
            Some(scores) => {
                let passed = scores.get(&Score::Pass).copied().unwrap_or_default();
                format!("{passed}/{}", scores.values().sum::<u64>())
            }
        }));
        row.extend(counts.iter().map(|(_, score)| match total(scores, *score) {
            0 => "-".to_owned(),
            count => count.to_string(),
        }));
        row
    });
    Areas { header, rows: rows.collect() }
}

/// `1 case`, `2 cases`.
pub fn cases(count: impl Into<u64>) -> String {
    match count.into() {
        1 => "1 case".to_owned(),
        count => format!("{count} cases"),
    }
}
