//! `ckbspec audit chain`: reads files or a node to the end, or to the first divergence.

use crate::amount::grouped;
use crate::chain::{
    Auditor, ChainError, Checkpoint, InputFiles, Lookup, NextObject, Nobody, Options, Position,
    RpcNode, SourceLine,
};
use crate::json;
use crate::network::Network;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::interrupt;
use ckbspec_common::problem::Problem;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Args, Debug)]
pub(super) struct ChainArgs {
    /// Files with a header or a block on each line, in the JSON of the JSON-RPC, or with an array
    /// of them; `-` is standard input. Or the URL of a node's JSON-RPC, `http://127.0.0.1:8114`.
    #[arg(required = true, value_name = "FILE|URL")]
    sources: Vec<String>,
    /// The chain: mainnet or testnet. By default the chain of the first header, which its proof of
    /// work shows.
    #[arg(long, value_name = "NAME", value_parser = network)]
    network: Option<Box<Network>>,
    /// Begin with this block.
    #[arg(long, value_name = "NUMBER")]
    from: Option<u64>,
    /// End with this block; by default with the tip.
    #[arg(long, value_name = "NUMBER")]
    to: Option<u64>,
    /// Ask a node for headers only: that is faster, and checks S only as an inequality.
    #[arg(long)]
    headers: bool,
    /// Check the proof of work of every header, too.
    #[arg(long)]
    pow: bool,
    /// Refuse data with gaps.
    #[arg(long)]
    contiguous: bool,
    /// Store in this file how far the audit is; if the file exists, continue from there.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// How many cells to keep in memory for later blocks to spend; each needs about 80 bytes.
    #[arg(long, value_name = "N", default_value_t = 1_500_000)]
    cells: usize,
}

pub(super) fn network(name: &str) -> Result<Box<Network>, String> {
    let names = Network::all().map(|network| network.name).join(", ");
    Network::named(name).map(Box::new).ok_or(format!("there is no such chain; there are {names}"))
}

/// How often a checkpoint is written.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);

/// After how many items the clock and the interrupt flag are checked.
const CHECK_EVERY: u64 = 1024;

/// The source of headers.
enum DataSource {
    Files(InputFiles),
    Node(RpcNode),
}

/// Why reading ends.
enum AuditEnd {
    /// All data were read.
    End,
    /// A signal requested the end.
    Interrupted,
    /// The data end too early.
    Cut(Problem),
    /// A check failed, or the data are not one chain.
    Stopped(ChainError),
}

pub(super) fn chain(args: &ChainArgs) -> CommandResult {
    let options = Options { pow: args.pow, contiguous: args.contiguous, cells: args.cells };
    let resumed = match args.checkpoint.as_deref().filter(|path| path.exists()) {
        Some(path) => Some(Checkpoint::read(path, &args.sources).map_err(CommandError::usage)?),
        None => None,
    };
    let source = open(args, resumed.as_ref()).map_err(CommandError::usage)?;
    let auditor = match resumed {
        Some(checkpoint) => {
            let last = checkpoint.last().unwrap_or_default();
            anstream::eprintln!("continuing after block {}", grouped(last));
            checkpoint.auditor(options).map_err(CommandError::usage)?
        }
        None => Auditor::new(args.network.as_deref().cloned(), options),
    };
    interrupt::listen()?;
    let accepted = match &source {
        DataSource::Files(files) => files.position(),
        DataSource::Node(_) => Position::default(),
    };
    let bar = ProgressBar::hidden();
    let mut audit = Audit { args, source, auditor, bar, read: 0, accepted };
    audit.bar = audit.progress();
    let ending = audit.read_all().map_err(CommandError::usage)?;
    audit.bar.finish_and_clear();
    audit.save().map_err(CommandError::usage)?;
    audit.report(ending)
}

/// Opens the files or the node at the position where the audit begins or continues.
fn open(args: &ChainArgs, resumed: Option<&Checkpoint>) -> Result<DataSource, Problem> {
    let is_url = |source: &String| source.starts_with("http://") || source.starts_with("https://");
    if let [url] = args.sources.as_slice()
        && is_url(url)
    {
        if url.starts_with("https://") {
            let problem = Problem::new(format!("{url}: this tool does not support TLS"));
            return Err(problem.help("run it beside the node, or through a tunnel: http://…"));
        }
        let after = resumed.and_then(Checkpoint::last).map(|last| last.saturating_add(1));
        let from = after.or(args.from).unwrap_or(0);
        return Ok(DataSource::Node(RpcNode::connect(url, !args.headers, from, args.to)?));
    }
    if let Some(url) = args.sources.iter().find(|source| is_url(source)) {
        let problem = Problem::new(format!("{url} is a node, and there are other sources"));
        return Err(problem.help("name files, or one node"));
    }
    let paths = args.sources.iter().map(PathBuf::from).collect();
    Ok(DataSource::Files(match resumed {
        Some(checkpoint) => InputFiles::resume(paths, checkpoint.position())?,
        None => InputFiles::new(paths),
    }))
}

/// A running audit.
struct Audit<'a> {
    args: &'a ChainArgs,
    source: DataSource,
    auditor: Auditor,
    bar: ProgressBar,
    read: u64,
    /// The position in the files after the last accepted item.
    accepted: Position,
}

impl Audit<'_> {
    fn progress(&self) -> ProgressBar {
        let (bar, template) = match &self.source {
            DataSource::Files(files) => {
                let size = files.size().unwrap_or_default();
                (ProgressBar::new(size), "[{bar:30}] {bytes}/{total_bytes} {msg}")
            }
            DataSource::Node(node) => {
                (ProgressBar::new(node.last()), "[{bar:30}] {pos}/{len} {msg}")
            }
        };
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar
    }

    /// Reads to the end, or to the first failed check. The error is a file that cannot be read, or
    /// an object that is no header or block.
    fn read_all(&mut self) -> Result<AuditEnd, Problem> {
        let mut saved = Instant::now();
        loop {
            if self.read.is_multiple_of(CHECK_EVERY) {
                if interrupt::requested() {
                    return Ok(AuditEnd::Interrupted);
                }
                if self.read > 0 && saved.elapsed() > CHECKPOINT_EVERY {
                    self.save()?;
                    saved = Instant::now();
                }
                self.show();
            }
            self.read += 1;
            let (item, line) = match &mut self.source {
                DataSource::Files(files) => match files.read()? {
                    NextObject::End => return Ok(AuditEnd::End),
                    NextObject::Cut(line) => return Ok(AuditEnd::Cut(cut(&line))),
                    NextObject::Object(text, line) => match json::header_or_block(text) {
                        Ok(item) => (item, line),
                        Err(error) => return Err(Problem::new(format!("{line}: {error}"))),
                    },
                },
                DataSource::Node(node) => match node.read() {
                    Ok(Some(item)) => (item, node.source()),
                    Ok(None) => return Ok(AuditEnd::End),
                    Err(problem) => return Ok(AuditEnd::Cut(problem)),
                },
            };
            let number = item.header.raw.number;
            if self.args.from.is_some_and(|from| number < from) {
                continue;
            }
            if self.args.to.is_some_and(|to| number > to) {
                return Ok(AuditEnd::End);
            }
            let lookup: &mut dyn Lookup = match &mut self.source {
                DataSource::Node(node) => node,
                DataSource::Files(_) => &mut Nobody,
            };
            if let Err(error) = self.auditor.add(item, line, lookup) {
                return Ok(AuditEnd::Stopped(error));
            }
            if let DataSource::Files(files) = &self.source {
                self.accepted = files.position();
            }
        }
    }

    fn show(&self) {
        let coverage = self.auditor.coverage();
        let position = match &self.source {
            DataSource::Files(files) => files.position().offset,
            DataSource::Node(_) => coverage.last.unwrap_or_default(),
        };
        self.bar.set_position(position);
        self.bar.set_message(format!("{} headers", coverage.headers));
    }

    fn save(&self) -> Result<(), Problem> {
        let Some(path) = &self.args.checkpoint else { return Ok(()) };
        match Checkpoint::of(&self.auditor, &self.args.sources, self.accepted) {
            Some(checkpoint) => checkpoint.write(path),
            None => Ok(()),
        }
    }

    fn report(&self, ending: AuditEnd) -> CommandResult {
        let mut out = anstream::stdout().lock();
        let coverage = self.auditor.coverage();
        let name = self.auditor.network().map_or("unknown", |network| network.name);
        if let AuditEnd::Stopped(ChainError::Divergence(divergence)) = &ending {
            writeln!(out, "{divergence}")?;
        }
        writeln!(out, "chain             {name}")?;
        write!(out, "{coverage}")?;
        let incomplete = |problem| Err(CommandError::Problems(problem, Exit::Incomplete));
        match ending {
            AuditEnd::End if coverage.headers == 0 => {
                let problem = Problem::new(format!("{}: no header", self.args.sources.join(", ")));
                Err(CommandError::usage(
                    problem.help("--from and --to leave out what lies outside"),
                ))
            }
            AuditEnd::End => {
                writeln!(out, "\nno divergence")?;
                Ok(Exit::Expected)
            }
            AuditEnd::Interrupted => incomplete(Problem::new("interrupted").into()),
            AuditEnd::Cut(problem) => incomplete(problem.into()),
            AuditEnd::Stopped(ChainError::Divergence(_)) => Ok(Exit::ClientWrong),
            AuditEnd::Stopped(ChainError::Input(problem)) => Err(CommandError::usage(problem)),
            AuditEnd::Stopped(ChainError::Gap(problem) | ChainError::Node(problem)) => {
                incomplete(problem.into())
            }
        }
    }
}

fn cut(line: &SourceLine) -> Problem {
    let problem = Problem::new(format!("{line}: the file ends within an object or an array"));
    problem.help("everything before it was checked")
}
