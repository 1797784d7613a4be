//! The report for tools: one object.

use super::compared::{again, scores};
use super::runs::Runs;
use super::section::ClientRun;
use crate::runner::CaseRecord;
use serde_json::{Value, json};

/// The report.
pub fn json(runs: &Runs) -> String {
    let report = json!({
        "schema": "ckbspec.report/1",
        "incomplete": runs.incomplete(),
        "notes": runs.notes,
        "rules": runs.rules,
        "clients": runs.clients.iter().map(client).collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string(&report).unwrap_or_default();
    text.push('\n');
    text
}

fn client(run: &ClientRun) -> Value {
    json!({
        "label": run.label,
        "impl": run.hello.as_ref().map(|hello| &hello.client),
        "adapter": run.header.adapter,
        "suite": run.header.suite,
        "partial": run.header.partial,
        "complete": run.problems.is_empty(),
        "started_ms": run.header.started_ms,
        "took_ms": run.took_ms,
        "areas": scores(run),
        "events": run.events,
        "findings": run.other_findings(),
        "cases": run.cases.iter().map(|record| case(run, record)).collect::<Vec<_>>(),
    })
}

fn case(run: &ClientRun, record: &CaseRecord) -> Value {
    let mut value = json!(record);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("score".into(), json!(record.score()));
        if record.asked.is_some() {
            fields.insert("again".into(), json!(again(run, &record.case)));
        }
    }
    value
}
