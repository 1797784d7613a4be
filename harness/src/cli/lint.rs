//! `ckbspec lint` and `ckbspec fmt`: check the vector files, and write their canonical form.

use super::open::open_files;
use crate::root::Root;
use crate::spec::AREAS;
use crate::vectors::{format, lint as linter};
use ckbspec_common::exit::{CommandResult, Exit};
use ckbspec_common::files;
use ckbspec_common::problem::Problems;
use clap::Args;
use std::io::{self, Write};

#[derive(Args, Debug)]
pub(super) struct FmtArgs {
    /// Change nothing; fail if a file is not in its canonical form.
    #[arg(long)]
    check: bool,
}

pub(super) fn lint(root: &Root) -> CommandResult {
    let (spec, suite) = open_files(root)?;
    let problems = linter::lint(root, &spec, &suite)?;
    if !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    let (vectors, cases) = (suite.vectors.len(), suite.cases.len());
    writeln!(io::stdout(), "{vectors} vectors, {cases} cases, no problems")?;
    Ok(Exit::Expected)
}

pub(super) fn fmt(root: &Root, FmtArgs { check }: &FmtArgs) -> CommandResult {
    let (checkout, mut problems) = (root.folder()?, vec![]);
    for area in AREAS {
        let folder = format!("vectors/{area}");
        for path in root.files(&folder, "yaml")? {
            let (shown, text) = (root.shown(&path), root.read_text(&path)?);
            if *check {
                problems.extend(format::check(&shown, &text));
                continue;
            }
            let formatted = format::format(&shown, &text)?;
            if formatted != *text {
                files::replace(&checkout.join(&path), |out| out.write_all(formatted.as_bytes()))?;
                writeln!(io::stdout(), "{shown}")?;
            }
        }
    }
    if problems.is_empty() { Ok(Exit::Expected) } else { Err(Problems(problems).into()) }
}
