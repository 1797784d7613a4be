//! The report as one page that needs nothing else: the data of the logs, and a script that draws
//! them.

use super::compared::compared;
use super::runs::Runs;
use super::section::ClientRun;
use crate::elide::elide_to;
use crate::runner::CaseRecord;
use indexmap::IndexSet;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Bytes that questions and answers may take together: the page stays below 5 MB with 10,000
/// cases.
const DETAILS_MAX: usize = 3_400_000;

/// Strings are cut at the first of these lengths that keeps to that.
const STRINGS_SHOWN: [usize; 4] = [4000, 1000, 300, 90];

/// The page.
pub fn html(runs: &Runs) -> String {
    let data = data(runs).to_string();
    // Nothing in a string may end the element that the data stand in.
    let data = data.replace('<', "\\u003c").replace('\u{2028}', "\\u2028");
    let parts = [("{style}", STYLE), ("{data}", data.as_str()), ("{script}", SCRIPT)];
    let (mut page, mut rest) = (String::new(), PAGE);
    for (mark, part) in parts {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(part);
        rest = after;
    }
    page.push_str(rest);
    page
}

/// Words that come again and again, by their number.
type Words = IndexSet<String>;

fn number(words: &mut Words, word: &str) -> usize {
    words.insert_full(word.to_owned()).0
}

/// A case at all clients.
type Answers<'a> = Vec<Option<&'a CaseRecord>>;

fn data(runs: &Runs) -> Value {
    let mut rows: BTreeMap<&str, Answers<'_>> = BTreeMap::new();
    for (index, run) in runs.clients.iter().enumerate() {
        for record in &run.cases {
            let row = rows.entry(&record.case).or_insert_with(|| vec![None; runs.clients.len()]);
            if let Some(cell) = row.get_mut(index) {
                *cell = Some(record);
            }
        }
    }
    let (mut outcomes, mut rules, mut reasons) =
        (Words::default(), Words::default(), Words::default());
    let mut cases = vec![];
    for (name, row) in &rows {
        let Some(first) = row.iter().flatten().next() else { continue };
        let shown: Vec<usize> = first.rules.iter().map(|rule| number(&mut rules, rule)).collect();
        let edition = first.edition.map(ckbspec_protocol::message::Edition::name);
        let cells = row.iter().map(|cell| {
            let Some(record) = cell else { return json!(-1) };
            let score = json!(record.score());
            let word = format!("{} {}", score.as_str().unwrap_or_default(), record.outcome);
            json!(number(&mut outcomes, &word))
        });
        cases.push(json!([name, shown, edition, cells.collect::<Vec<_>>()]));
    }
    let (details, shown) = details(&rows, &mut reasons);
    let rule = |id: &String| match runs.rules.get(id) {
        Some(rule) => json!(rule),
        None => json!({"rule": id, "title": "", "editions": "", "text": ""}),
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "incomplete": runs.incomplete(),
        "notes": runs.notes,
        "clients": runs.clients.iter().map(client).collect::<Vec<_>>(),
        "rules": rules.iter().map(rule).collect::<Vec<_>>(),
        "outcomes": outcomes,
        "reasons": reasons,
        "cases": cases,
        "details": details,
        "left_out": rows.values().filter(|row| wants_details(row)).count() - shown,
    })
}

fn client(run: &ClientRun) -> Value {
    let hello = run.hello.as_ref().map(|hello| &hello.client);
    json!({
        "label": run.label,
        "language": hello.and_then(|client| client.language.as_ref()),
        "adapter": run.header.adapter,
        "again": run.header.again,
        "started_ms": run.header.started_ms,
        "took_ms": run.took_ms,
        "partial": run.header.partial,
        "complete": run.problems.is_empty(),
        "restarts": run.events.iter().filter(|event| event.event == "restart").count(),
        "findings": run.other_findings(),
    })
}

fn wants_details(row: &Answers<'_>) -> bool {
    row.iter().flatten().any(|record| record.asked.is_some())
}

/// Questions and answers by case, as long as they have room; and of how many cases they are.
fn details(rows: &BTreeMap<&str, Answers<'_>>, reasons: &mut Words) -> (Map<String, Value>, usize) {
    let last = STRINGS_SHOWN.len() - 1;
    for (index, shown) in STRINGS_SHOWN.into_iter().enumerate() {
        let (mut all, mut size, mut whole, mut count) = (Map::new(), 0, true, 0);
        for (name, row) in rows {
            let detail = detail(row, shown, reasons);
            if detail.is_null() {
                continue;
            }
            let bytes = detail.to_string().len();
            if size + bytes > DETAILS_MAX {
                whole = false;
                if index < last {
                    break;
                }
                continue;
            }
            size += bytes;
            count += usize::from(wants_details(row));
            all.insert((*name).to_owned(), detail);
        }
        if whole || index == last {
            return (all, count);
        }
    }
    (Map::new(), 0)
}

/// The question of a case, and the answers that are no passes.
fn detail(row: &Answers<'_>, shown: usize, reasons: &mut Words) -> Value {
    let asked = row.iter().flatten().find_map(|record| record.asked.as_ref());
    let mut answers = Map::new();
    for (index, record) in row.iter().enumerate() {
        let Some(record) = record else { continue };
        if record.asked.is_some() || record.reason.is_some() || record.known.is_some() {
            answers.insert(index.to_string(), answer(record, shown, reasons));
        }
    }
    if asked.is_none() && answers.is_empty() {
        return Value::Null;
    }
    let mut detail = json!({"a": answers});
    if let (Some(fields), Some(asked)) = (detail.as_object_mut(), asked) {
        fields.insert("why".into(), json!(asked.why));
        fields.insert("op".into(), json!(asked.op));
        fields.insert("in".into(), elide_to(&asked.input, shown));
        fields.insert("source".into(), json!(asked.source));
        if !asked.flags.is_empty() {
            fields.insert("flags".into(), json!(asked.flags));
        }
    }
    detail
}

fn answer(record: &CaseRecord, shown: usize, reasons: &mut Words) -> Value {
    let mut answer = Map::new();
    if let Some(asked) = &record.asked {
        let (expected, got) = compared(asked, shown);
        answer.insert("e".into(), expected);
        answer.insert("g".into(), got);
        if !asked.stderr.is_empty() {
            answer.insert("log".into(), elide_to(&json!(asked.stderr), shown));
        }
    }
    if let Some(reason) = &record.reason {
        answer.insert("r".into(), json!(number(reasons, reason)));
    }
    if let Some(known) = &record.known {
        answer.insert("k".into(), json!(known));
    }
    Value::Object(answer)
}
