//! What was expected beside what came, and the table that all reports of logs share.

use super::runs::Runs;
use super::section::ClientRun;
use crate::elide::elide_to;
use crate::runner::{Asked, CaseRecord, Score};
use ckbspec_protocol::message::Edition;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use std::collections::{BTreeMap, BTreeSet};

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

pub(super) struct Difference {
    /// Lines: the mark, `-` expected, `+` got, and the text.
    pub(super) lines: Vec<(char, String)>,
    /// Whether the values are equal, and only their form differs.
    pub(super) by_form: bool,
}

/// The same as lines; of what was accepted wrongly or rejected wrongly, the verdicts alone.
pub(super) fn difference(record: &CaseRecord, shown: usize) -> Difference {
    let Some(asked) = &record.asked else {
        return Difference { lines: vec![], by_form: false };
    };
    let (mut expected, got) = compared(asked, shown);
    let verdict = |value: &Value| value.get("verdict").cloned();
    if verdict(&expected) == Some("accept".into()) {
        expected = json!({"verdict": "accept"});
    }
    let by_form = expected != got && plain(&expected) == plain(&got);
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
    Difference { lines: lines.collect(), by_form }
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

/// The part of an output that an expectation names.
fn project(expected: &Value, got: &Value) -> Value {
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

pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

pub(super) fn again(run: &ClientRun, case: &str) -> String {
    let quoted = shlex::try_quote(case).map_or_else(|_| String::new(), Into::into);
    format!("{} {quoted}", run.header.again)
}

/// Id, chapter and line of the rule that a failure is counted under, and the rule's own words.
pub(super) fn rule<'a>(runs: &'a Runs, record: &CaseRecord) -> (String, &'a str) {
    let rule = runs.rules.get(record.main_rule());
    rule.map_or_else(Default::default, |rule| {
        (format!("{} ({}:{})", rule.rule, rule.chapter, rule.line), rule.text.as_str())
    })
}

/// The operation, with the edition where that matters.
pub(super) fn operation(record: &CaseRecord, asked: &Asked) -> String {
    let edition = record.edition.map(|edition| format!(" at edition {}", edition.name()));
    format!("{}{}", asked.op, edition.unwrap_or_default())
}

pub(super) struct Failing<'a> {
    pub(super) rule: &'a str,
    pub(super) title: &'a str,
    /// All of them, the one with the smallest question first.
    pub(super) cases: Vec<&'a CaseRecord>,
}

impl Failing<'_> {
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.cases.len()).unwrap_or(u64::MAX)
    }
}

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

/// The columns of counts; those of known failures only where a list excused some.
const COUNTS: [(&str, Score); 8] = [
    ("pass", Score::Pass),
    ("weak", Score::Weak),
    ("fail", Score::Fail),
    ("error", Score::Error),
    ("known", Score::Known),
    ("flaky", Score::Flaky),
    ("unsupported", Score::Unsupported),
    ("not asked", Score::Skipped),
];

/// The columns of counts that some runs need.
fn columns<'a>(runs: impl Iterator<Item = &'a ClientRun> + Clone) -> Vec<(&'static str, Score)> {
    let needed = |score: &Score| {
        let optional = matches!(score, Score::Known | Score::Flaky);
        !optional || runs.clone().any(|run| run.count(*score) > 0)
    };
    COUNTS.into_iter().filter(|(_, score)| needed(score)).collect()
}

/// A table: the first columns are names, the others are numbers.
pub(super) struct Table {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// How many columns are names.
    pub(super) names: usize,
}

type Scores = BTreeMap<Score, u64>;

fn count(scores: &Scores, score: Score) -> u64 {
    scores.get(&score).copied().unwrap_or_default()
}

fn cell(count: u64) -> String {
    if count == 0 { "-".to_owned() } else { count.to_string() }
}

pub(super) fn scores(run: &ClientRun) -> BTreeMap<&str, Scores> {
    let mut areas: BTreeMap<&str, Scores> = BTreeMap::new();
    for case in &run.cases {
        *areas.entry(case.area()).or_default().entry(case.score()).or_default() += 1;
    }
    areas
}

/// One client: a row an area and edition.
pub(super) fn editions(run: &ClientRun) -> Table {
    let columns = columns(std::iter::once(run));
    let names = columns.iter().map(|(name, _)| *name);
    let header = ["area", "edition", "cases"].into_iter().chain(names).map(str::to_owned);
    let row = |area: &str, edition: &str, scores: &Scores| {
        let names = [area.to_owned(), edition.to_owned(), cell(scores.values().sum())];
        let counts = columns.iter().map(|(_, score)| cell(count(scores, *score)));
        names.into_iter().chain(counts).collect()
    };
    let mut rows: BTreeMap<_, Scores> = BTreeMap::new();
    let mut total = Scores::new();
    for case in &run.cases {
        *rows.entry((case.area(), case.edition)).or_default().entry(case.score()).or_default() += 1;
        *total.entry(case.score()).or_default() += 1;
    }
    let rows = rows.iter().map(|((area, edition), scores)| {
        row(area, edition.map_or("all alike", Edition::name), scores)
    });
    let rows: Vec<Vec<String>> = rows.chain([row("total", "", &total)]).collect();
    Table { header: header.collect(), rows, names: 2 }
}

/// All clients: a row a client, and a column an area, in which `3/4` are three passes of four
/// cases.
pub(super) fn areas(runs: &Runs) -> Table {
    let all: Vec<_> = runs.clients.iter().map(scores).collect();
    let areas: BTreeSet<&str> = all.iter().flat_map(BTreeMap::keys).copied().collect();
    let mut columns = columns(runs.clients.iter());
    columns.retain(|(_, score)| *score != Score::Pass);
    let names = columns.iter().map(|(name, _)| *name);
    let header = ["client"].into_iter().chain(areas.iter().copied()).chain(names);
    let rows = runs.clients.iter().zip(&all).map(|(run, scores)| {
        let passes = areas.iter().map(|area| match scores.get(area) {
            None => "-".to_owned(),
            Some(scores) => {
                format!("{}/{}", count(scores, Score::Pass), scores.values().sum::<u64>())
            }
        });
        let counts = columns.iter().map(|(_, score)| cell(run.count(*score)));
        [run.label.clone()].into_iter().chain(passes).chain(counts).collect()
    });
    Table { rows: rows.collect(), header: header.map(str::to_owned).collect(), names: 1 }
}

/// `1 case`, `2 cases`.
pub fn cases(count: impl Into<u64>) -> String {
    match count.into() {
        1 => "1 case".to_owned(),
        count => format!("{count} cases"),
    }
}
