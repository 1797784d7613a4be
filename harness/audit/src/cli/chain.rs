//! `ckbspec audit chain`: files or a node, read to the end or to the first divergence.

use crate::amount::grouped;
use crate::chain::{
    Auditor, ChainError, Checkpoint, Files, Lookup, NextObject, Nobody, Node, Options, Position,
    SourceLine,
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
    /// Files with a header or a block on each line, as JSON-RPC has them, or an array of them; `-`
    /// is standard input. Or the URL of a node's JSON-RPC, `http://127.0.0.1:8114`.
    #[arg(required = true, value_name = "FILE|URL")]
    sources: Vec<String>,
    /// The chain: mainnet or testnet. Where it is left out, that of the first header, by its proof
    /// of work.
    #[arg(long, value_name = "NAME", value_parser = network)]
    network: Option<Box<Network>>,
    /// Begin with this block.
    #[arg(long, value_name = "HEIGHT")]
    from: Option<u64>,
    /// End with this block; with the tip where it is left out.
    #[arg(long, value_name = "HEIGHT")]
    to: Option<u64>,
    /// Ask a node for headers alone: faster, and S only as an inequality.
    #[arg(long)]
    headers: bool,
    /// Check the proof of work of every header, too.
    #[arg(long)]
    pow: bool,
    /// Refuse data with gaps.
    #[arg(long)]
    contiguous: bool,
    /// Keep in this file how far the audit is, and go on from there when it exists.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// How many cells are kept in memory for later blocks to spend, some 80 bytes each.
    #[arg(long, value_name = "N", default_value_t = 1_500_000)]
    cells: usize,
}

pub(super) fn network(name: &str) -> Result<Box<Network>, String> {
    let names = Network::all().map(|network| network.name).join(", ");
    Network::named(name).map(Box::new).ok_or(format!("there is no such chain; there are {names}"))
}

/// How often a checkpoint is written.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(10);

/// How many items pass between two looks at the clock.
const LOOK_EVERY: u64 = 1024;

/// Where headers come from.
enum Source {
    Files(Files),
    Node(Node),
}

/// Why reading ends, beside the end.
enum Ending {
    /// All of it was read.
    End,
    /// Somebody wants the end.
    Interrupted,
    /// The data stop.
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
            anstream::eprintln!("going on after block {}", grouped(last));
            checkpoint.auditor(options).map_err(CommandError::usage)?
        }
        None => Auditor::new(args.network.as_deref().cloned(), options),
    };
    interrupt::listen()?;
    let accepted = match &source {
        Source::Files(files) => files.position(),
        Source::Node(_) => Position::default(),
    };
    let bar = ProgressBar::hidden();
    let mut audit = Audit { args, source, auditor, bar, read: 0, accepted };
    audit.bar = audit.progress();
    let ending = audit.read_all().map_err(CommandError::usage)?;
    audit.bar.finish_and_clear();
    audit.save().map_err(CommandError::usage)?;
    audit.report(ending)
}

/// Opens files or the node, where the audit begins or goes on.
fn open(args: &ChainArgs, resumed: Option<&Checkpoint>) -> Result<Source, Problem> {
    let is_url = |source: &String| source.starts_with("http://") || source.starts_with("https://");
    if let [url] = args.sources.as_slice()
        && is_url(url)
    {
        if url.starts_with("https://") {
            let problem = Problem::new(format!("{url}: this tool speaks no TLS"));
            return Err(problem.help("run it beside the node, or through a tunnel: http://…"));
        }
        let after = resumed.and_then(Checkpoint::last).map(|last| last.saturating_add(1));
        let from = after.or(args.from).unwrap_or(0);
        return Ok(Source::Node(Node::connect(url, !args.headers, from, args.to)?));
    }
    if let Some(url) = args.sources.iter().find(|source| is_url(source)) {
        let problem = Problem::new(format!("{url} is a node, and there are other sources"));
        return Err(problem.help("name files, or one node"));
    }
    let paths = args.sources.iter().map(PathBuf::from).collect();
    Ok(Source::Files(match resumed {
        Some(checkpoint) => Files::resume(paths, checkpoint.position())?,
        None => Files::new(paths),
    }))
}

/// An audit under way.
struct Audit<'a> {
    args: &'a ChainArgs,
    source: Source,
    auditor: Auditor,
    bar: ProgressBar,
    read: u64,
    /// Where the files stood after the last item that was accepted.
    accepted: Position,
}

impl Audit<'_> {
    fn progress(&self) -> ProgressBar {
        let (bar, template) = match &self.source {
            Source::Files(files) => {
                let size = files.size().unwrap_or_default();
                (ProgressBar::new(size), "[{bar:30}] {bytes}/{total_bytes} {msg}")
            }
            Source::Node(node) => (ProgressBar::new(node.last()), "[{bar:30}] {pos}/{len} {msg}"),
        };
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar
    }

    /// Reads to the end, or to the first thing that is wrong; an error of the very first read is
    /// one of the command line.
    fn read_all(&mut self) -> Result<Ending, Problem> {
        let mut saved = Instant::now();
        loop {
            if self.read.is_multiple_of(LOOK_EVERY) {
                if interrupt::requested() {
                    return Ok(Ending::Interrupted);
                }
                if self.read > 0 && saved.elapsed() > CHECKPOINT_EVERY {
                    self.save()?;
                    saved = Instant::now();
                }
                self.show();
            }
            self.read += 1;
            let (item, line) = match &mut self.source {
                Source::Files(files) => match files.read()? {
                    NextObject::End => return Ok(Ending::End),
                    NextObject::Cut(line) => return Ok(Ending::Cut(cut(&line))),
                    NextObject::Object(text, line) => match json::header_or_block(text) {
                        Ok(item) => (item, line),
                        Err(error) => return Err(Problem::new(format!("{line}: {error}"))),
                    },
                },
                Source::Node(node) => match node.read() {
                    Ok(Some(item)) => (item, node.source()),
                    Ok(None) => return Ok(Ending::End),
                    Err(problem) => return Ok(Ending::Cut(problem)),
                },
            };
            let number = item.header.raw.number;
            if self.args.from.is_some_and(|from| number < from) {
                continue;
            }
            if self.args.to.is_some_and(|to| number > to) {
                return Ok(Ending::End);
            }
            let lookup: &mut dyn Lookup = match &mut self.source {
                Source::Node(node) => node,
                Source::Files(_) => &mut Nobody,
            };
            if let Err(error) = self.auditor.add(item, line, lookup) {
                return Ok(Ending::Stopped(error));
            }
            if let Source::Files(files) = &self.source {
                self.accepted = files.position();
            }
        }
    }

    fn show(&self) {
        let coverage = self.auditor.coverage();
        let position = match &self.source {
            Source::Files(files) => files.position().offset,
            Source::Node(_) => coverage.last.unwrap_or_default(),
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

    fn report(&self, ending: Ending) -> CommandResult {
        let mut out = anstream::stdout().lock();
        let coverage = self.auditor.coverage();
        let name = self.auditor.network().map_or("unknown", |network| network.name);
        if let Ending::Stopped(ChainError::Divergence(divergence)) = &ending {
            writeln!(out, "{divergence}")?;
        }
        writeln!(out, "chain             {name}")?;
        write!(out, "{coverage}")?;
        let incomplete = |problem| Err(CommandError::Problems(problem, Exit::Incomplete));
        match ending {
            Ending::End if coverage.headers == 0 => {
                let problem = Problem::new(format!("{}: no header", self.args.sources.join(", ")));
                Err(CommandError::usage(
                    problem.help("--from and --to leave out what lies outside"),
                ))
            }
            Ending::End => {
                writeln!(out, "\nno divergence")?;
                Ok(Exit::Expected)
            }
            Ending::Interrupted => incomplete(Problem::new("interrupted").into()),
            Ending::Cut(problem) => incomplete(problem.into()),
            Ending::Stopped(ChainError::Divergence(_)) => Ok(Exit::ClientWrong),
            Ending::Stopped(ChainError::Input(problem)) => Err(CommandError::usage(problem)),
            Ending::Stopped(ChainError::Gap(problem) | ChainError::Node(problem)) => {
                incomplete(problem.into())
            }
        }
    }
}

fn cut(line: &SourceLine) -> Problem {
    let problem = Problem::new(format!("{line}: the file ends in the middle of what begins here"));
    problem.help("what stands before it was checked")
}
