//! `ckbspec report`: run logs, made readable.

use super::{Exit, ReportArgs, ReportFormat, Stop};
use crate::problem::Problem;
use crate::report::{Runs, annotations, html, json, junit, markdown, terminal};
use std::io::Write;

pub(super) fn report(args: &ReportArgs) -> Result<Exit, Stop> {
    let mut runs = Runs::read(&args.logs).map_err(Stop::usage)?;
    runs.tell_apart();
    let text = match args.format {
        ReportFormat::Terminal => terminal(&runs),
        ReportFormat::Json => json(&runs),
        ReportFormat::Junit => junit(&runs).map_err(Problem::new)?,
        ReportFormat::Markdown => markdown(&runs),
        ReportFormat::Html => html(&runs),
    };
    match &args.output {
        None => write!(anstream::stdout().lock(), "{text}")?,
        Some(file) => {
            let text = anstream::adapter::strip_str(&text).to_string();
            std::fs::write(file, text).map_err(|error| {
                let message = format!("cannot write {}: {error}", file.display());
                Stop::usage(Problem::new(message))
            })?;
        }
    }
    let in_actions = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    if args.format == ReportFormat::Markdown && args.output.is_some() && in_actions {
        write!(anstream::stdout().lock(), "{}", annotations(&runs))?;
    }
    let incomplete = runs.incomplete();
    // The terminal has it already.
    if args.format != ReportFormat::Terminal || args.output.is_some() {
        for what in &incomplete {
            anstream::eprintln!("incomplete: {what}");
        }
    }
    Ok(if incomplete.is_empty() { Exit::Expected } else { Exit::Incomplete })
}
