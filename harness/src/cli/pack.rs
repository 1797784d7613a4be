//! `ckbspec pack` and `ckbspec compare`: the release form of the vectors, and what a release
//! changes.

use super::open::open_files;
use crate::pack::{CaseLine, Changes, Header, Pack, Written, compare as compare_cases, lines};
use crate::root::Root;
use crate::vectors::lock;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::files::cannot_write;
use ckbspec_common::problem::Problem;
use clap::Args;
use comfy_table::{Table, presets};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args, Debug)]
pub(super) struct PackArgs {
    /// The file to write; `ckbspec-VERSION.ndjson.gz` where it is left out.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The commit that is packed, for the header.
    #[arg(long, value_name = "HASH")]
    commit: Option<String>,
    /// Write nothing; fail unless FILE is the pack of this checkout.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "commit"])]
    verify: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct CompareArgs {
    /// A pack.
    old: PathBuf,
    /// Another pack; this checkout where it is left out.
    new: Option<PathBuf>,
    /// Print one JSON object a line, as in CHANGES.ndjson.
    #[arg(long)]
    json: bool,
    /// Write the lines here, for a release: CHANGES.ndjson.
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
}

pub(super) fn pack(root: &Root, args: &PackArgs) -> CommandResult {
    if let Some(file) = &args.verify {
        return verify(root, file);
    }
    let pack = written(root, args.commit.as_deref())?;
    let name = || PathBuf::from(format!("ckbspec-{}.ndjson.gz", pack.header.version));
    let file = args.output.clone().unwrap_or_else(name);
    let failed = |error: io::Error| {
        let problem = cannot_write(file.display(), error);
        CommandError::usage(problem.help("-o takes a file in a folder that exists"))
    };
    crate::pack::write(&pack, File::create(&file).map_err(failed)?).map_err(failed)?;
    let Header { version, cases, digest, .. } = &pack.header;
    let bytes = std::fs::metadata(&file)?.len();
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}: vectors {version}, {cases} cases, {bytes} bytes", file.display())?;
    writeln!(out, "digest {digest}")?;
    Ok(Exit::Expected)
}

fn written(root: &Root, commit: Option<&str>) -> Result<Written, CommandError> {
    let (spec, suite) = open_files(root)?;
    Ok(Written::new(&spec, &suite, &lock::read(root)?, commit)?)
}

/// Whether a pack is that of this checkout, and what differs if it is not.
fn verify(root: &Root, file: &Path) -> CommandResult {
    let theirs = checked(file)?;
    let commit = theirs.header.commit.as_deref();
    let ours = written(root, commit)?;
    let shown = file.display();
    if theirs.header == ours.header {
        let digest = &ours.header.digest;
        writeln!(io::stdout(), "{shown} is the pack of this checkout, digest {digest}")?;
        return Ok(Exit::Expected);
    }
    let changes = from(root, &theirs)?;
    let problem = Problem::new(format!("{shown} is not the pack of this checkout"));
    let help = if changes.0.is_empty() {
        "every question and expectation is the same: prose, rules, confirmations or the version \
         differ"
            .to_owned()
    } else {
        format!("from the pack to the checkout: {changes}; `ckbspec compare {shown}` lists them")
    };
    Err(problem.help(help).into())
}

pub(super) fn compare(root: &Root, args: &CompareArgs) -> CommandResult {
    let old = checked(&args.old)?;
    let (changes, new) = match &args.new {
        Some(file) => {
            let new = checked(file)?;
            (compare_cases(cases(&old)?, cases(&new)?, &new.header.moved)?, about(&new.header))
        }
        None => (from(root, &old)?, json!({"version": env!("CARGO_PKG_VERSION")})),
    };
    let header = json!({
        "schema": "ckbspec.changes/1",
        "from": about(&old.header),
        "to": new,
        "changes": changes.0.len(),
    });
    if let Some(path) = &args.changes {
        let file = File::create(path).and_then(|file| write_lines(&header, &changes, file));
        file.map_err(|error| {
            let problem = cannot_write(path.display(), error);
            CommandError::usage(problem.help("--changes takes a file in a folder that exists"))
        })?;
    }
    let mut out = anstream::stdout().lock();
    if args.json {
        write_lines(&header, &changes, out)?;
    } else {
        write_table(&changes, &mut out)?;
    }
    Ok(Exit::Expected)
}

fn checked(file: &Path) -> Result<Pack, CommandError> {
    let pack = Pack::open(file).map_err(CommandError::usage)?;
    pack.check().map_err(CommandError::usage)?;
    Ok(pack)
}

fn cases(pack: &Pack) -> Result<impl Iterator<Item = Result<CaseLine, Problem>>, Problem> {
    Ok(pack.cases()?.map(|line| line.map(|(_, case)| case)))
}

fn from(root: &Root, old: &Pack) -> Result<Changes, CommandError> {
    let (_, suite) = open_files(root)?;
    let lock = lock::read(root)?;
    Ok(compare_cases(cases(old)?, lines(&suite, &lock)?.map(Ok), &lock.moved)?)
}

fn about(header: &Header) -> Value {
    let Header { version, commit, digest, .. } = header;
    json!({"version": version, "commit": commit, "digest": digest})
}

fn write_lines(header: &Value, changes: &Changes, out: impl Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    writeln!(out, "{header}")?;
    for change in &changes.0 {
        writeln!(out, "{}", serde_json::to_string(change)?)?;
    }
    out.flush()
}

fn write_table(changes: &Changes, out: &mut impl Write) -> io::Result<()> {
    if !changes.0.is_empty() {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["change", "case", "what"]);
        for change in &changes.0 {
            let kind = format!("{:?}", change.change).to_lowercase();
            table.add_row([kind, change.case.clone(), change.detail()]);
        }
        writeln!(out, "{}\n", table.trim_fmt())?;
    }
    writeln!(out, "{changes}")
}
