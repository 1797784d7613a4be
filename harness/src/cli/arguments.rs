//! Arguments that several commands share.

use crate::runner::{Limits, deadline_here};
use crate::vectors::Selection;
use ckbspec_protocol::message::Edition;
use clap::Args;
use std::time::Duration;

/// Which cases.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct SelectArgs {
    /// Names of cases, vectors or areas; `*` and `?` are wildcards. All where none is given.
    pub(super) names: Vec<String>,
    /// Only cases that show this rule; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(super) rule: Vec<String>,
    /// Only cases at this edition, and those that are alike in all; may be repeated.
    #[arg(long, value_name = "NAME", value_parser = edition)]
    pub(super) edition: Vec<Edition>,
}

fn edition(name: &str) -> Result<Edition, String> {
    let names = Edition::ALL.map(Edition::name).join(", ");
    let known = Edition::ALL.into_iter().find(|edition| edition.name() == name);
    known.ok_or(format!("there is no such edition; there are {names}"))
}

impl SelectArgs {
    pub(super) fn selection(&self) -> Selection {
        Selection {
            names: self.names.clone(),
            rules: self.rule.clone(),
            editions: self.edition.clone(),
        }
    }
}

/// How much memory an adapter may use where nothing is said.
pub(super) const MEMORY_MIB: u64 = 4096;

/// What an adapter may take.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct LimitArgs {
    /// How long an answer may take, in milliseconds; 10 s where it is left out, and more on a
    /// machine that is slow or busy.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) deadline_ms: Option<u64>,
    /// How much memory all processes of an adapter may use together, in MiB (on Linux).
    #[arg(long, value_name = "MIB", default_value_t = MEMORY_MIB, value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    pub(super) memory_mib: u64,
}

impl Default for LimitArgs {
    fn default() -> Self {
        Self { deadline_ms: None, memory_mib: MEMORY_MIB }
    }
}

impl LimitArgs {
    pub(super) fn limits(self, repeat: bool) -> Limits {
        let deadline = self.deadline_ms.map_or_else(deadline_here, Duration::from_millis);
        Limits { deadline, memory: self.memory_mib.saturating_mul(1 << 20), repeat }
    }
}
