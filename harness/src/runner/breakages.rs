//! How often the adapter broke, by which case or by none, and what is not asked because of it.

use super::outcome::Outcome;
use std::collections::BTreeMap;

/// Cases of an operation that may break the adapter in a row before no more of it are asked: one
/// operation that hangs must not cost an hour, nor keep the others from being asked.
const IN_A_ROW_MAX: u32 = 8;

/// Cases of an operation that may break the adapter, in a row or not.
const IN_ALL_MAX: u32 = 64;

/// Answers that may time out before the adapter is given up: the run must end.
const TIMEOUTS_MAX: u32 = 32;

/// Times that an adapter may break with no one case to blame before it is asked one at a time.
const UNEXPLAINED_MAX: u32 = 3;

/// How the adapter broke.
#[derive(Default)]
pub(super) struct Breakages {
    /// Cases of each operation that broke it: in a row, and in all.
    operations: BTreeMap<&'static str, (u32, u32)>,
    timeouts: u32,
    /// With no one case to blame: how often, and the first reason.
    pub(super) unexplained: BTreeMap<Outcome, (u32, String)>,
}

impl Breakages {
    /// A case of an operation broke it.
    pub(super) fn by(&mut self, operation: &'static str) {
        let (row, all) = self.operations.entry(operation).or_default();
        (*row, *all) = (row.saturating_add(1), all.saturating_add(1));
    }

    /// A case of an operation did not break it.
    pub(super) fn not_by(&mut self, operation: &str) {
        if let Some((row, _)) = self.operations.get_mut(operation) {
            *row = 0;
        }
    }

    /// Why no more cases of an operation are asked.
    pub(super) fn spared(&self, operation: &str) -> Option<String> {
        match self.operations.get(operation) {
            Some((IN_A_ROW_MAX.., _)) => {
                Some(format!("{IN_A_ROW_MAX} cases of {operation} in a row broke the adapter"))
            }
            Some((_, IN_ALL_MAX..)) => {
                Some(format!("{IN_ALL_MAX} cases of {operation} broke the adapter"))
            }
            _ => None,
        }
    }

    pub(super) fn timeout(&mut self) {
        self.timeouts = self.timeouts.saturating_add(1);
    }

    /// Why the adapter is not started again.
    pub(super) fn enough(&self) -> Option<String> {
        (self.timeouts >= TIMEOUTS_MAX).then(|| format!("{TIMEOUTS_MAX} answers timed out"))
    }

    /// It broke with no one case to blame; whether it is asked one case at a time from now on.
    pub(super) fn unexplained(&mut self, outcome: Outcome, reason: String) -> bool {
        let (count, _) = self.unexplained.entry(outcome).or_insert((0, reason));
        *count = count.saturating_add(1);
        self.unexplained.values().map(|(count, _)| count).sum::<u32>() >= UNEXPLAINED_MAX
    }
}
