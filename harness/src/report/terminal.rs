//! The report for a terminal: a line a failing rule with its smallest failing case, and a table.

use super::compared::{again, areas, cases, difference, failing, told};
use super::failure::{BOLD, GREEN, RED, indent, paint, said};
use super::runs::{ClientRun, Runs};
use crate::runner::CaseRecord;
use comfy_table::{CellAlignment, Table, presets};
use std::fmt::Write as _;

/// Failing rules whose smallest case is shown in full.
const WHOLE: usize = 3;

/// Longer strings are shown by their ends.
const STRING_SHOWN: usize = 140;

/// The report, with colours, which `anstream` strips where nobody sees them.
pub fn terminal(runs: &Runs) -> String {
    let mut text = String::new();
    for run in &runs.clients {
        client(&mut text, runs, run);
    }
    let areas = areas(runs);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let columns = areas.header.len();
    table.set_header(areas.header);
    table.add_rows(areas.rows);
    for index in 1..columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    writeln!(text, "{}", table.trim_fmt()).ok();
    for note in &runs.notes {
        writeln!(text, "note: {note}").ok();
    }
    for what in runs.incomplete() {
        writeln!(text, "{}", paint(RED, &format!("INCOMPLETE: {what}"))).ok();
    }
    text
}

fn client(text: &mut String, runs: &Runs, run: &ClientRun) {
    for (index, failing) in failing(runs, run).iter().enumerate() {
        let count = cases(failing.count());
        let line = format!("FAILED {} {}: {count}", failing.rule, failing.title);
        writeln!(text, "{} ({})", paint(RED, &line), run.label).ok();
        let Some(smallest) = failing.cases.first() else { continue };
        writeln!(text, "  {}: {}", smallest.case, smallest.outcome).ok();
        if index < WHOLE {
            whole(text, runs, smallest);
        }
        writeln!(text, "  {} {}\n", paint(BOLD, "again:"), again(run, &smallest.case)).ok();
    }
    for finding in run.complaints() {
        writeln!(text, "{}: {} ({})\n", finding.at, finding.message, run.label).ok();
    }
}

/// A case with all that is known of it.
fn whole(text: &mut String, runs: &Runs, record: &CaseRecord) {
    let told = told(runs, record, STRING_SHOWN);
    if let Some(told) = &told {
        writeln!(text, "  {}\n  {}\n  {}", told.why, told.source, paint(BOLD, &told.rule)).ok();
        indent(text, told.statement);
        writeln!(text, "  {} {}", paint(BOLD, "asked:"), told.asked).ok();
        indent(text, &told.input);
    }
    writeln!(text, "  {}", paint(BOLD, "- expected, + got:")).ok();
    for (mark, line) in difference(record, STRING_SHOWN) {
        let line = format!("{mark} {line}");
        let line = match mark {
            '-' => paint(GREEN, &line),
            '+' => paint(RED, &line),
            _ => line,
        };
        writeln!(text, "    {line}").ok();
    }
    said(text, told.map_or("", |told| told.stderr));
}
