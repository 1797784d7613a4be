//! `ckbspec run`: ask clients the cases, and judge their answers.

use super::arguments::{LimitArgs, MEMORY_MIB};
use super::ask::{DETAILS, LogFile, Questions, Rules, ask, exit, print};
use super::chosen::Chosen;
use super::lists::{check_clients, of_client, read_lists};
use super::resume;
use crate::bundle::{Bundles, file_name};
use crate::report::{ClientRun, Runs};
use crate::root::Root;
use crate::runner::{Address, CaseRecord, CaseResult, Log, Score, Shard};
use crate::vectors::Selection;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::files::cannot_write;
use ckbspec_common::interrupt;
use clap::{Args, Parser};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Args, Clone, Debug)]
pub(super) struct RunArgs {
    /// A client: `stdio:COMMAND` (the default kind), `oneshot:COMMAND`, `batch:COMMAND {in} {out}`,
    /// `unix:PATH`, `tcp:HOST:PORT`, `builtin:reference`, `builtin:always-accept`,
    /// `builtin:always-reject`; may be repeated.
    ///
    /// A command gets only these environment variables: PATH, HOME, LANG, TMPDIR, and those whose
    /// name begins with CKBSPEC_; `env NAME=VALUE COMMAND` sets more. It does not run in a shell.
    #[arg(short, long, value_name = "ADAPTER", default_value = "builtin:reference")]
    pub(super) adapter: Vec<Address>,
    #[command(flatten)]
    pub(super) select: Selection,
    /// A list of known failures (`ckbspec schema known` prints its form). A listed failure does
    /// not fail the run; a listed case that passes does, and so does an entry that is stale or
    /// expired. May be repeated, with one file for each client.
    #[arg(long, value_name = "FILE")]
    pub(super) known: Vec<PathBuf>,
    /// Write the run log here, one JSON object per line. An existing log is replaced, unless its
    /// run was interrupted.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Continue the run log: cases that were asked before an interruption are not asked again.
    /// If there is no log yet, begin one.
    #[arg(long, requires = "output")]
    pub(super) resume: bool,
    /// Write a folder for each failure here: the bytes on the wire, expected, got, and a script
    /// that asks again.
    #[arg(long, value_name = "DIR")]
    pub(super) bundles: Option<PathBuf>,
    /// Ask only one of several equal shares of the cases, such as 1/4; `ckbspec merge` joins the
    /// logs of the shares.
    #[arg(long, value_name = "N/OF")]
    pub(super) shard: Option<Shard>,
    /// A right verdict without the right class fails the run.
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
    /// Ask each case twice; if the two answers differ, the case is `nondeterministic`.
    #[arg(long)]
    pub(super) repeat: bool,
    /// For how many failing rules to show a case in full.
    #[arg(long, value_name = "N", default_value_t = DETAILS)]
    pub(super) details: usize,
}

/// A command line of `run` without arguments, which gives the defaults.
#[derive(Parser)]
struct Alone {
    #[command(flatten)]
    run: RunArgs,
}

impl Default for RunArgs {
    /// The arguments of `run` that `ckbspec` without a command uses.
    fn default() -> Self {
        Alone::parse_from(["run"]).run
    }
}

pub(super) fn run(root: &Root, args: &RunArgs) -> CommandResult {
    let chosen = Chosen::of(root, &args.select)?.shard(args.shard)?;
    let known = read_lists(root, &args.known)?;
    let earlier = match args.output.as_deref() {
        Some(log) if args.resume => resume::read(log)?,
        Some(log) => resume::may_replace(log).map(|()| Runs::default())?,
        None => Runs::default(),
    };
    let mut log = args.output.as_deref().map(|path| open(path, args.resume)).transpose()?;
    interrupt::listen()?;
    let (limits, options) = (args.limits.limits(args.repeat), args.options());
    let (strict, known) = (args.strict, known.as_slice());
    let questions = Questions { root, chosen: &chosen, limits, strict, known, options: &options };
    let mut rules = earlier.rules.clone();
    let (mut worst, mut clients) = (Exit::Expected, vec![]);
    for address in &args.adapter {
        let asked = with_bundles(&questions, args, address, &earlier, log.as_mut(), &mut rules)?;
        let Some(run) = asked else {
            worst = worst.max(Exit::AdapterUnusable);
            continue;
        };
        print(&run, &rules, args.details)?;
        let client = run.hello.as_ref().map_or("", |hello| hello.client.name.as_str());
        worst = worst.max(exit(&run, strict, of_client(known, client).is_some()));
        clients.push(client.to_owned());
        if interrupt::requested() {
            return Ok(Exit::Incomplete);
        }
    }
    check_clients(known, &clients, worst)?;
    Ok(worst)
}

impl RunArgs {
    /// The options that matter when one case is asked again.
    fn options(&self) -> Vec<String> {
        let Self { limits, repeat, strict, .. } = self;
        let options = [
            limits.deadline_ms.map(|ms| format!("--deadline-ms {ms}")),
            Some(limits.memory_mib)
                .filter(|mib| *mib != MEMORY_MIB)
                .map(|mib| format!("--memory-mib {mib}")),
            repeat.then(|| "--repeat".to_owned()),
            strict.then(|| "--strict".to_owned()),
        ];
        options.into_iter().flatten().collect()
    }
}

/// Asks one adapter, and writes a bundle for each failure if `--bundles` is given.
fn with_bundles(
    questions: &Questions<'_>,
    args: &RunArgs,
    address: &Address,
    earlier: &Runs,
    log: Option<&mut LogFile>,
    rules: &mut Rules,
) -> Result<Option<ClientRun>, CommandError> {
    let Some(folder) = &args.bundles else {
        return ask(questions, address, earlier, log, rules, &mut |_, _| ());
    };
    let several = args.adapter.len() > 1;
    let root = questions.root.arguments();
    let bundles = Bundles {
        folder: if several { folder.join(file_name(&address.text)) } else { folder.clone() },
        address,
        root: &root,
        limits: questions.limits,
    };
    let mut broken = None;
    let mut write = |result: &CaseResult, record: &CaseRecord| {
        if broken.is_none() && matches!(record.score(), Score::Fail | Score::Error) {
            broken = bundles.write(result).err();
        }
    };
    let asked = ask(questions, address, earlier, log, rules, &mut write)?;
    match broken {
        None => Ok(asked),
        Some(error) => {
            let bundles = format!("bundles to {}", folder.display());
            Err(CommandError::usage(cannot_write(bundles, error)))
        }
    }
}

fn open(path: &Path, resume: bool) -> Result<LogFile, CommandError> {
    let opened = if resume { Log::append(path) } else { Log::create(path) };
    let log = opened.map_err(|error| {
        let problem = cannot_write(path.display(), &error);
        CommandError::usage(match error.kind() {
            io::ErrorKind::NotFound => problem.help("-o takes a file in a folder that exists"),
            _ => problem,
        })
    })?;
    Ok(LogFile { name: path.display().to_string(), log })
}
