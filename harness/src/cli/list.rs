//! `ckbspec list`: the names of the cases.

use super::chosen::Chosen;
use super::{Exit, ListArgs, Stop};
use crate::house::House;
use serde_json::json;
use std::io::{self, Write};

pub(super) fn list(house: &House, args: &ListArgs) -> Result<Exit, Stop> {
    let chosen = Chosen::of(house, &args.select.selection())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for case in chosen.each()? {
        let case = case?;
        let vector = &case.vector;
        if args.json {
            let line = json!({
                "case": case.name,
                "op": vector.operation.name,
                "rules": vector.rules,
                "why": vector.why,
                "provenance": vector.provenance,
                "file": vector.source.file,
                "line": vector.source.line,
            });
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{}", case.name)?;
        }
    }
    out.flush()?;
    Ok(Exit::Expected)
}
