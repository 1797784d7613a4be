//! `ckbspec list`: the names of the cases.

use super::chosen::Chosen;
use crate::root::Root;
use crate::vectors::{Expectation, Selection};
use ckbspec_common::exit::{CommandResult, Exit};
use clap::Args;
use serde_json::json;
use std::io::{self, Write};

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    #[command(flatten)]
    select: Selection,
    /// One JSON object a line, with rules, operation and provenance.
    #[arg(long)]
    json: bool,
}

pub(super) fn list(root: &Root, args: &ListArgs) -> CommandResult {
    let chosen = Chosen::of(root, &args.select)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for case in chosen.each()? {
        let case = case?;
        let vector = &case.vector;
        if args.json {
            let line = json!({
                "case": case.name,
                "op": vector.operation.name,
                "rules": vector.rules,
                "expect": match &vector.expectation {
                    Expectation::Accept(_) => json!("accept"),
                    Expectation::Reject { rule, .. } => json!({"reject": rule}),
                },
                "why": vector.why,
                "provenance": vector.provenance,
                "file": vector.source.file,
                "line": vector.source.line,
            });
            writeln!(out, "{line}")?;
        } else if args.select.rules.is_empty() {
            writeln!(out, "{}", case.name)?;
        } else {
            // A case that rejects by another rule may show this one as well.
            let verb = match args.select.rules.iter().find_map(|rule| vector.shows(rule)) {
                Some(true) => "accepts",
                Some(false) => "rejects",
                None => "shows",
            };
            writeln!(out, "{verb}  {}", case.name)?;
        }
    }
    out.flush()?;
    Ok(Exit::Expected)
}
