//! The table at the end: area by edition, out of all cases that were selected.

use crate::runner::{CaseResult, Score};
use ckbspec_protocol::message::Edition;
use comfy_table::{Cell, CellAlignment, Table, presets};
use std::collections::BTreeMap;

const COLUMNS: [(&str, Score); 6] = [
    ("pass", Score::Pass),
    ("weak", Score::Weak),
    ("fail", Score::Fail),
    ("error", Score::Error),
    ("unsupported", Score::Unsupported),
    ("not asked", Score::Skipped),
];

/// The table, as text.
pub fn summary(results: &[CaseResult]) -> String {
    let mut rows: BTreeMap<(&str, Option<Edition>), BTreeMap<Score, u64>> = BTreeMap::new();
    for result in results {
        let key = (result.case.vector.area(), result.case.env.edition);
        let row = rows.entry(key).or_default();
        *row.entry(result.outcome.score()).or_default() += 1;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let names = COLUMNS.iter().map(|(name, _)| *name);
    table.set_header(["area", "edition", "cases"].into_iter().chain(names));
    let mut total: BTreeMap<Score, u64> = BTreeMap::new();
    for ((area, edition), scores) in &rows {
        table.add_row(row(area, edition.map_or("all alike", Edition::name), scores));
        for (score, count) in scores {
            *total.entry(*score).or_default() += count;
        }
    }
    table.add_row(row("total", "", &total));
    for index in 2..COLUMNS.len().saturating_add(3) {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

fn row(area: &str, edition: &str, scores: &BTreeMap<Score, u64>) -> Vec<Cell> {
    let all: u64 = scores.values().sum();
    let mut cells = vec![Cell::new(area), Cell::new(edition), Cell::new(all)];
    for (_, score) in COLUMNS {
        let count = scores.get(&score).copied().unwrap_or_default();
        cells.push(if count == 0 { Cell::new("-") } else { Cell::new(count) });
    }
    cells
}
