//! The report that CI systems read: a suite a client and area, a test case a case.

use super::compared::{again, difference};
use super::runs::Runs;
use super::section::ClientRun;
use crate::runner::{CaseRecord, Score};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;
use std::time::Duration;

/// Longer strings are shown by their ends.
const STRING_SHOWN: usize = 400;

/// The report. What is missing of an incomplete run is a test case that errs, and so is what fails
/// a run beside its cases.
pub fn junit(runs: &Runs) -> Result<String, String> {
    let mut report = Report::new("ckbspec");
    for run in &runs.clients {
        let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
        for record in &run.cases {
            let name = format!("{} {}", run.label, record.area());
            let suite = suites.entry(record.area()).or_insert_with(|| TestSuite::new(name));
            suite.add_test_case(case(runs, run, record));
        }
        report.add_test_suites(suites.into_values());
    }
    let incomplete = runs.incomplete().into_iter().map(|what| ("incomplete".to_owned(), what));
    let other_findings = runs.clients.iter().flat_map(|run| {
        let of_run = run.other_findings().into_iter();
        of_run.map(|found| {
            (found.finding, format!("{} ({}, {})", found.message, run.label, found.at))
        })
    });
    let mut suite = TestSuite::new("ckbspec");
    for (kind, what) in incomplete.chain(other_findings) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(what.as_str()).set_type(kind);
        suite.add_test_case(TestCase::new(what, status));
    }
    if suite.tests > 0 {
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| error.to_string())
}

fn case(runs: &Runs, run: &ClientRun, record: &CaseRecord) -> TestCase {
    let reason = record.reason.as_deref().unwrap_or_default();
    let status = match record.score() {
        Score::Pass | Score::Weak => TestCaseStatus::success(),
        Score::Fail => failed(NonSuccessKind::Failure, run, record),
        Score::Error => failed(NonSuccessKind::Error, run, record),
        Score::Known | Score::Flaky => {
            let known = record.known.as_ref();
            let (at, why) = known.map_or(("", ""), |known| (&known.at, &known.why));
            skipped(format!("known to fail ({at}): {why}"))
        }
        Score::Unsupported => skipped(format!("unsupported: {reason}")),
        Score::Skipped => skipped(format!("not asked: {reason}")),
    };
    let mut case = TestCase::new(record.case.as_str(), status);
    let rule = record.main_rule();
    let title = runs.rules.get(rule).map_or("", |rule| rule.title.as_str());
    case.set_classname(format!("{rule} {title}").trim());
    case.set_time(Duration::from_micros(record.us));
    if let Some(asked) = record.asked.as_ref().filter(|asked| !asked.stderr.is_empty()) {
        case.set_system_err(asked.stderr.as_str());
    }
    case
}

fn skipped(why: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    status
}

fn failed(kind: NonSuccessKind, run: &ClientRun, record: &CaseRecord) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    let why = record.asked.as_ref().map_or("", |asked| asked.why.as_str());
    let mut text: Vec<String> = difference(record, STRING_SHOWN)
        .lines
        .into_iter()
        .map(|(mark, line)| format!("{mark} {line}"))
        .collect();
    text.push(format!("again: {}", again(run, &record.case)));
    status.set_type(record.outcome.as_str()).set_message(why).set_description(text.join("\n"));
    status
}
