//! `ckbspec doctor`: whether an adapter speaks the protocol, and what to fix.

use super::arguments::LimitArgs;
use super::chosen::Chosen;
use crate::doctor::{Check, Found, examine};
use crate::root::Root;
use crate::runner::Address;
use crate::vectors::{Case, Selection};
use ckbspec_common::exit::{CommandResult, Exit};
use ckbspec_common::interrupt;
use ckbspec_common::problem::Problem;
use clap::Args;
use std::io::Write;

#[derive(Args, Debug)]
pub(super) struct DoctorArgs {
    /// The adapter, as `run` takes it.
    #[arg(short, long, value_name = "ADAPTER")]
    adapter: Address,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) fn doctor(root: &Root, args: &DoctorArgs) -> CommandResult {
    let chosen = Chosen::of(root, &Selection::default())?;
    let cases: Vec<Case> = chosen.each()?.collect::<Result<_, Problem>>()?;
    interrupt::listen()?;
    let limits = args.limits.limits(false);
    let (usable, checks) = examine(&args.adapter, &root.arguments(), limits, &cases);
    let mut out = anstream::stdout().lock();
    for check in &checks {
        print(&mut out, check)?;
    }
    let bad = checks.iter().filter(|check| check.found == Found::Bad).count();
    if interrupt::requested() {
        writeln!(out, "interrupted")?;
        return Ok(Exit::Incomplete);
    }
    if !usable {
        writeln!(out, "the adapter cannot be asked anything")?;
        return Ok(Exit::AdapterUnusable);
    }
    if bad > 0 {
        writeln!(out, "{bad} to fix, of {} checks", checks.len())?;
        return Ok(Exit::ClientWrong);
    }
    writeln!(out, "{} checks, nothing to fix", checks.len())?;
    Ok(Exit::Expected)
}

fn print(out: &mut impl Write, check: &Check) -> std::io::Result<()> {
    let (style, word) = match check.found {
        Found::Good => (anstyle::AnsiColor::Green.on_default(), "ok"),
        Found::Note => (anstyle::AnsiColor::Yellow.on_default(), "note"),
        Found::Bad => (anstyle::AnsiColor::Red.on_default(), "fix"),
    };
    writeln!(out, "{style}{word:4}{style:#}  {:18}  {}", check.name, check.said)?;
    if let Some(hint) = &check.hint {
        writeln!(out, "      {:18}  → {hint}", "")?;
    }
    Ok(())
}
