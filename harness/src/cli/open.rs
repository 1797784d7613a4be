//! What commands begin with: the rules, the cases and the lock, from files or from a pack.

use crate::pack::Pack;
use crate::root::Root;
use crate::spec::Spec;
use crate::vectors::lock::{self, Lock};
use crate::vectors::{self, Suite};
use ckbspec_common::exit::CommandError;
use ckbspec_common::problem::Problem;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// The rules and the cases, from files: what commands for authors begin with.
pub(super) fn open_files(root: &Root) -> Result<(Spec, Suite), CommandError> {
    if let Some(pack) = root.pack() {
        let message = format!("this command reads files, and {} is a pack", pack.display());
        let help = "`run`, `watch`, `list`, `show`, `explain`, `known` and `serve` read packs";
        return Err(CommandError::usage(Problem::new(message).help(help)));
    }
    let spec = Spec::load(root)?;
    let suite = vectors::load(root, &spec)?;
    Ok((spec, suite))
}

/// The rules, the cases and the lock, from files or from a pack.
pub(super) fn open(root: &Root) -> Result<(Spec, Suite, Lock), CommandError> {
    if let Some(file) = root.pack() {
        let pack = Pack::open(file).map_err(CommandError::usage)?;
        let (suite, lock) = pack.load().map_err(CommandError::usage)?;
        return Ok((pack.spec, suite, lock));
    }
    let (spec, suite) = open_files(root)?;
    Ok((spec, suite, lock::read(root)?))
}

/// Names that cases had before, and what these cases are called now.
pub(super) fn moved(root: &Root) -> Result<BTreeMap<String, String>, CommandError> {
    match root.pack() {
        Some(file) => Ok(Pack::open(file).map_err(CommandError::usage)?.header.moved),
        None => Ok(lock::read(root)?.moved),
    }
}

pub(super) fn open_spec(root: &Root) -> Result<Spec, CommandError> {
    match root.pack() {
        Some(file) => Ok(Pack::open(file).map_err(CommandError::usage)?.spec),
        None => Ok(Spec::load(root)?),
    }
}

/// The day, `2026-11-21`.
pub(super) fn today() -> String {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}
