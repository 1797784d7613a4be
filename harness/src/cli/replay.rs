//! `ckbspec replay`: asks the case of a bundle again.

use crate::bundle::Bundle;
use crate::report::one;
use crate::root::Root;
use crate::runner::{Address, CaseResult, Limits, Observer, Score, examine};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::problem::Problem;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// A folder that `run --bundles` wrote.
    bundle: PathBuf,
    /// Another adapter than the one that failed.
    #[arg(short, long, value_name = "ADAPTER")]
    adapter: Option<Address>,
}

pub(super) fn replay(root: &Root, args: &ReplayArgs) -> CommandResult {
    let (bundle, case) = Bundle::read(&args.bundle).map_err(CommandError::usage)?;
    let address: Address = match &args.adapter {
        Some(address) => address.clone(),
        None => bundle.adapter.parse().map_err(CommandError::usage)?,
    };
    let Bundle { deadline_ms, memory, .. } = bundle;
    let limits = Limits { deadline: Duration::from_millis(deadline_ms), memory, repeat: false };
    let mut last = Last(None);
    let ran = examine(&address, &root.arguments(), &mut [case].into_iter(), limits, &mut last);
    let mut out = anstream::stdout().lock();
    let result = match (ran, last.0) {
        (Ok(_), Some(result)) => result,
        (Ok(_), None) => return Err(Problem::new("the case was not asked").into()),
        (Err(unusable), _) => {
            let problem = Problem::new(format!("adapter `{}`: {}", address.text, unusable.reason));
            let help = format!("the bundle was written in {}", bundle.folder.display());
            anstream::eprintln!("{}\n", problem.help(help));
            return Ok(Exit::AdapterUnusable);
        }
    };
    write!(out, "{}", one(&result))?;
    let (now, was) = (result.outcome.to_string(), &bundle.outcome);
    let (words, exit) = match result.outcome.score() {
        Score::Pass | Score::Weak => (format!("{now} now; it was {was}"), Exit::Expected),
        Score::Unsupported | Score::Skipped => {
            (format!("{now}: it cannot be asked"), Exit::AdapterUnusable)
        }
        _ if now == *was => (format!("still {now}"), Exit::ClientWrong),
        _ => (format!("{now}; it was {was}"), Exit::ClientWrong),
    };
    writeln!(out, "{}: {words}", bundle.case)?;
    Ok(exit)
}

pub(super) struct Last(pub(super) Option<CaseResult>);

impl Observer for Last {
    fn case(&mut self, result: &CaseResult) {
        self.0 = Some(result.clone());
    }
}
