//! `ckbspec rules`: every rule, where it is executed, and which vectors show it.

use super::open::open_files;
use crate::root::Root;
use crate::spec::Citation;
use crate::vectors::coverage::{Standing, coverage};
use ckbspec_common::exit::{CommandResult, Exit};
use ckbspec_common::problem::{Problem, Problems};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value, json};
use std::io::Write;

#[derive(Args, Debug)]
pub(super) struct RulesArgs {
    /// Fail if a rule lacks code or vectors, or code cites a rule that does not exist.
    #[arg(long)]
    check: bool,
    /// Print one JSON object a line, with the names of all vectors.
    #[arg(long)]
    json: bool,
}

pub(super) fn rules(root: &Root, RulesArgs { check, json }: &RulesArgs) -> CommandResult {
    let (spec, suite) = open_files(root)?;
    let (standings, mut problems) = coverage(root, &spec, &suite)?;
    for standing in &standings {
        for gap in standing.gaps() {
            let rule = standing.rule;
            let place = format!("{}:{}", rule.chapter, rule.line);
            problems.push(Problem::new(format!("{} ({place}): {gap}", rule.id)));
        }
    }
    let mut text = String::new();
    if *json {
        for standing in &standings {
            text.push_str(&format!("{}\n", object(standing)));
        }
    } else {
        text = format!("{}\n\n", table(&standings));
        text.push_str(&format!("{} rules, {} cases\n", standings.len(), suite.cases.len()));
    }
    let printed = write!(anstream::stdout().lock(), "{text}");
    if *check && !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    printed?;
    Ok(Exit::Expected)
}

fn object(standing: &Standing<'_>) -> Value {
    let Standing { rule, cited, tested, accepting, rejecting, .. } = standing;
    let places = |citations: &[Citation]| {
        let place = |citation: &Citation| format!("{}:{}", citation.file, citation.line);
        citations.iter().map(place).collect::<Vec<_>>()
    };
    json!({
        "rule": rule.id,
        "title": rule.title,
        "chapter": rule.chapter,
        "line": rule.line,
        "editions": rule.editions,
        "class": rule.class,
        "status": rule.status.to_string(),
        "observable": rule.observable.to_string(),
        "executed": places(cited),
        "tested": places(tested),
        "accept": accepting,
        "reject": rejecting,
        "missing": standing.gaps(),
    })
}

fn table(standings: &[Standing<'_>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["rule", "title", "executed at", "accept", "reject", "missing"]);
    table.add_rows(standings.iter().map(row));
    for index in [3, 4] {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
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
