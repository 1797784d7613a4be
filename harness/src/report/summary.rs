//! The table at the end: area by edition, out of all cases that were selected.

use crate::runner::{Score, Tally};
use ckbspec_protocol::message::Edition;
use comfy_table::{Cell, CellAlignment, Table, presets};
use std::collections::BTreeMap;

/// The columns; those of known failures only where a list excused some.
const COLUMNS: [(&str, Score); 8] = [
    ("pass", Score::Pass),
    ("weak", Score::Weak),
    ("fail", Score::Fail),
    ("error", Score::Error),
    ("known", Score::Known),
    ("flaky", Score::Flaky),
    ("unsupported", Score::Unsupported),
    ("not asked", Score::Skipped),
];

/// The table, as text.
pub fn summary(tally: &Tally) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let columns: Vec<(&str, Score)> = COLUMNS
        .into_iter()
        .filter(|(_, score)| {
            let only_with_a_list = matches!(score, Score::Known | Score::Flaky);
            !only_with_a_list || tally.count(*score) > 0
        })
        .collect();
    let names = columns.iter().map(|(name, _)| *name);
    table.set_header(["area", "edition", "cases"].into_iter().chain(names));
    let mut total: BTreeMap<Score, u64> = BTreeMap::new();
    for ((area, edition), scores) in &tally.scores {
        table.add_row(row(area, edition.map_or("all alike", Edition::name), scores, &columns));
        for (score, count) in scores {
            *total.entry(*score).or_default() += count;
        }
    }
    table.add_row(row("total", "", &total, &columns));
    for index in 2..columns.len().saturating_add(3) {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

fn row(
    area: &str,
    edition: &str,
    scores: &BTreeMap<Score, u64>,
    columns: &[(&str, Score)],
) -> Vec<Cell> {
    let all: u64 = scores.values().sum();
    let mut cells = vec![Cell::new(area), Cell::new(edition), Cell::new(all)];
    for (_, score) in columns {
        let count = scores.get(score).copied().unwrap_or_default();
        cells.push(if count == 0 { Cell::new("-") } else { Cell::new(count) });
    }
    cells
}
