//! `ckbspec rules`: every rule, where it is executed, and which vectors show it.

use super::open::open_files;
use crate::root::Root;
use crate::vectors::coverage::{Standing, coverage};
use ckbspec_common::exit::{CommandResult, Exit};
use ckbspec_common::problem::{Problem, Problems};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use std::io::Write;

#[derive(Args, Debug)]
pub(super) struct RulesArgs {
    /// Fail if a rule lacks code or vectors, or code cites a rule that does not exist.
    #[arg(long)]
    check: bool,
}

pub(super) fn rules(root: &Root, RulesArgs { check }: &RulesArgs) -> CommandResult {
    let (spec, suite) = open_files(root)?;
    let (standings, mut problems) = coverage(root, &spec, &suite)?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["rule", "title", "executed at", "accept", "reject", "missing"]);
    for standing in &standings {
        table.add_row(row(standing));
        for gap in standing.gaps() {
            let rule = standing.rule;
            let place = format!("{}:{}", rule.chapter, rule.line);
            problems.push(Problem::new(format!("{} ({place}): {gap}", rule.id)));
        }
    }
    for index in [3, 4] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", table.trim_fmt())?;
    writeln!(out, "\n{} rules, {} cases", standings.len(), suite.cases.len())?;
    if *check && !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    Ok(Exit::Expected)
}

fn row(standing: &Standing<'_>) -> [String; 6] {
    let rule = standing.rule;
    let executed = match standing.cited.as_slice() {
        [] => String::new(),
        [first, rest @ ..] => {
            let file = first.file.trim_start_matches("reference/src/");
            let more = if rest.is_empty() { String::new() } else { format!(" +{}", rest.len()) };
            format!("{file}:{}{more}", first.line)
        }
    };
    let count = |names: &[&str]| names.len().to_string();
    let rejecting = if rule.class.is_some() { count(&standing.rejecting) } else { "-".into() };
    [
        rule.id.clone(),
        rule.title.clone(),
        executed,
        count(&standing.accepting),
        rejecting,
        standing.gaps().join(", "),
    ]
}
