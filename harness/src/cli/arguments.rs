//! Arguments that several commands share.

use crate::runner::{Limits, deadline_here};
use clap::Args;
use std::time::Duration;

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
