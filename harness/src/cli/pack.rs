//! `ckbspec pack` and `ckbspec compare`: the release form of the vectors, and what a release
//! changes.

use super::{CompareArgs, Exit, PackArgs, Stop, open_files};
use crate::house::House;
use crate::pack::{CaseLine, Changes, Header, Pack, Written, compare as compare_cases, lines};
use crate::problem::Problem;
use crate::vectors::lock;
use comfy_table::{Table, presets};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(super) fn pack(house: &House, args: &PackArgs) -> Result<Exit, Stop> {
    if let Some(file) = &args.verify {
        return verify(house, file);
    }
    let pack = written(house, args.commit.as_deref())?;
    let name = || PathBuf::from(format!("ckbspec-{}.ndjson.gz", pack.header.version));
    let file = args.output.clone().unwrap_or_else(name);
    let failed = |error: io::Error| {
        let problem = Problem::new(format!("cannot write {}: {error}", file.display()));
        Stop::usage(problem.help("-o takes a file in a folder that exists"))
    };
    crate::pack::write(&pack, File::create(&file).map_err(failed)?).map_err(failed)?;
    let Header { version, cases, digest, .. } = &pack.header;
    let bytes = std::fs::metadata(&file)?.len();
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}: vectors {version}, {cases} cases, {bytes} bytes", file.display())?;
    writeln!(out, "digest {digest}")?;
    Ok(Exit::Expected)
}

/// The pack of a checkout.
fn written(house: &House, commit: Option<&str>) -> Result<Written, Stop> {
    let (spec, suite) = open_files(house)?;
    Ok(Written::new(&spec, &suite, &lock::read(house)?, commit)?)
}

/// Whether a pack is that of this checkout, and what differs if it is not.
fn verify(house: &House, file: &Path) -> Result<Exit, Stop> {
    let theirs = checked(file)?;
    let commit = theirs.header.commit.as_deref();
    let ours = written(house, commit)?;
    let shown = file.display();
    if theirs.header == ours.header {
        anstream::println!("{shown} is the pack of this checkout, digest {}", ours.header.digest);
        return Ok(Exit::Expected);
    }
    let changes = from(house, &theirs)?;
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

pub(super) fn compare(house: &House, args: &CompareArgs) -> Result<Exit, Stop> {
    let old = checked(&args.old)?;
    let (changes, new) = match &args.new {
        Some(file) => {
            let new = checked(file)?;
            (compare_cases(cases(&old)?, cases(&new)?)?, about(&new.header))
        }
        None => (from(house, &old)?, json!({"version": env!("CARGO_PKG_VERSION")})),
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
            let problem = Problem::new(format!("cannot write {}: {error}", path.display()));
            Stop::usage(problem.help("--changes takes a file in a folder that exists"))
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

fn checked(file: &Path) -> Result<Pack, Stop> {
    let pack = Pack::open(file).map_err(Stop::usage)?;
    pack.check().map_err(Stop::usage)?;
    Ok(pack)
}

fn cases(pack: &Pack) -> Result<impl Iterator<Item = Result<CaseLine, Problem>>, Problem> {
    Ok(pack.cases()?.map(|line| line.map(|(_, case)| case)))
}

/// What changed from a pack to a checkout.
fn from(house: &House, old: &Pack) -> Result<Changes, Stop> {
    let (_, suite) = open_files(house)?;
    let lock = lock::read(house)?;
    Ok(compare_cases(cases(old)?, lines(&suite, &lock)?.map(Ok))?)
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
            table.add_row([change.change.to_string(), change.case.clone(), change.detail()]);
        }
        writeln!(out, "{}\n", table.trim_fmt())?;
    }
    writeln!(out, "{changes}")
}
