//! `ckbspec watch`: asks again whenever the adapter or the vectors change.

use super::run::{RunArgs, run};
use crate::root::Root;
use ckbspec_common::exit::{CommandError, CommandResult};
use ckbspec_common::interrupt;
use ckbspec_common::problem::Problem;
use clap::Args;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

#[derive(Args, Debug)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    run: RunArgs,
    /// A file or a folder that is watched, besides the files in the adapter's command line and the
    /// vectors of a checkout; may be repeated.
    #[arg(long, value_name = "PATH")]
    path: Vec<PathBuf>,
}

/// A compiler writes a program in many steps: it is asked after this long a silence.
const SILENCE: Duration = Duration::from_millis(300);

pub(super) fn watch(root: &Root, args: &WatchArgs) -> CommandResult {
    interrupt::listen()?;
    let paths = paths(root, args)?;
    let (_watcher, changes) = listen(&paths).map_err(|error| {
        Problem::new(format!("cannot watch: {error}")).help("--path takes files and folders")
    })?;
    loop {
        let exit = match run(root, &args.run) {
            Ok(exit) => exit,
            Err(CommandError::Problems(problems, exit)) => {
                problems.show();
                exit
            }
            Err(closed) => return Err(closed),
        };
        if interrupt::requested() {
            return Ok(exit);
        }
        let shown: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        anstream::eprintln!("waiting for a change of {}; Ctrl-C ends", shown.join(", "));
        if !wait(&changes, args) {
            return Ok(exit);
        }
    }
}

/// What is watched: what was named, the files in the adapters' command lines, and the vectors.
fn paths(root: &Root, args: &WatchArgs) -> Result<Vec<PathBuf>, CommandError> {
    let programs = args.run.adapter.iter().flat_map(|address| address.files());
    let law = root.folder().map(|root| ["vectors", "spec"].map(|name| root.join(name)));
    let all = args.path.iter().cloned().chain(programs).chain(law.into_iter().flatten());
    let mut paths = vec![];
    for path in all {
        let whole = path.canonicalize().map_err(|error| {
            CommandError::usage(Problem::new(format!("cannot watch {}: {error}", path.display())))
        })?;
        if !paths.contains(&whole) {
            paths.push(whole);
        }
    }
    if paths.is_empty() {
        let problem = Problem::new("nothing here can change");
        return Err(CommandError::usage(problem.help("--path names what the adapter is made of")));
    }
    Ok(paths)
}

fn listen(paths: &[PathBuf]) -> notify::Result<(RecommendedWatcher, Receiver<Vec<PathBuf>>)> {
    let (sender, changes) = channel();
    let wanted = paths.to_vec();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let changed = event.ok().filter(|event| !matches!(event.kind, EventKind::Access(_)));
        let mut changed = changed.map_or_else(Vec::new, |event| event.paths);
        changed.retain(|path| wanted.iter().any(|wanted| path.starts_with(wanted)));
        if !changed.is_empty() {
            // Nobody listens any more: the command ends.
            sender.send(changed).ok();
        }
    })?;
    for path in paths {
        // Editors and compilers put another file in the place of the old one.
        match path.parent().filter(|_| path.is_file()) {
            Some(folder) => watcher.watch(folder, RecursiveMode::NonRecursive)?,
            None => watcher.watch(path, RecursiveMode::Recursive)?,
        }
    }
    Ok((watcher, changes))
}

/// Waits until something changes that the run itself does not write, and then for silence.
fn wait(changes: &Receiver<Vec<PathBuf>>, args: &WatchArgs) -> bool {
    let written = [&args.run.output, &args.run.bundles];
    let written: Vec<_> =
        written.into_iter().flatten().filter_map(|path| path.canonicalize().ok()).collect();
    let is_own = |path: &Path| written.iter().any(|own| path.starts_with(own));
    let mut changed = false;
    while !interrupt::requested() {
        match changes.recv_timeout(SILENCE) {
            Ok(paths) => changed |= paths.iter().any(|path| !is_own(path)),
            Err(RecvTimeoutError::Timeout) if changed => return true,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    false
}
