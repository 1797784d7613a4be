//! The report for a terminal: a line a failing rule with its smallest failing case, and a table.

use super::compared::{again, areas, cases, difference, failing};
use super::failure::{BOLD, GREEN, RED, paint};
use super::runs::{ClientRun, Runs};
use comfy_table::{CellAlignment, Table, presets};
use std::fmt::Write as _;

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
    for failing in failing(runs, run) {
        let count = cases(failing.cases.len());
        let line = format!("FAILED {} {}: {count}", failing.rule, failing.title);
        writeln!(text, "{} ({})", paint(RED, &line), run.label).ok();
        let Some(smallest) = failing.cases.first() else { continue };
        writeln!(text, "  {}: {}", smallest.case, smallest.outcome).ok();
        if let Some(asked) = &smallest.asked {
            writeln!(text, "  {}", asked.why).ok();
        }
        for (mark, line) in difference(smallest, STRING_SHOWN) {
            let line = format!("{mark} {line}");
            let line = match mark {
                '-' => paint(GREEN, &line),
                '+' => paint(RED, &line),
                _ => line,
            };
            writeln!(text, "    {line}").ok();
        }
        writeln!(text, "  {} {}\n", paint(BOLD, "again:"), again(run, &smallest.case)).ok();
    }
    for finding in &run.findings {
        writeln!(text, "{}: {} ({})\n", finding.at, finding.message, run.label).ok();
    }
}
