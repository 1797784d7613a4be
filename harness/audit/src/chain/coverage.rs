//! Counts what an audit checked, and which part of the chain that is.

use crate::amount::{ckb, decimal, grouped};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many ranges are kept and shown; further ranges are only counted.
const RANGES_MAX: usize = 64;

/// The counts of an audit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Headers.
    pub headers: u64,
    /// Headers whose block was read as well.
    pub blocks: u64,
    /// The block numbers, as ranges without gaps; only the first ranges.
    pub ranges: Vec<(u64, u64)>,
    /// How many ranges there are.
    pub range_count: u64,
    /// The last block number.
    pub last: Option<u64>,
    /// Headers with the block number of an earlier one.
    pub beside: u64,
    /// Headers whose parent is in the data.
    pub links: u64,
    /// Headers whose C was computed from the schedule alone.
    pub totals: u64,
    /// Headers whose AR follows from the parent's.
    pub steps: u64,
    /// Headers whose S was checked as an inequality.
    pub s_bounded: u64,
    /// The interest in shannons that these blocks withdraw, as their S implies.
    pub interest_implied: u128,
    /// How many of these blocks withdraw interest.
    pub interest_blocks: u64,
    /// Blocks whose S was checked exactly.
    pub s_exact: u64,
    /// Blocks whose U was checked exactly.
    pub u_exact: u64,
    /// Blocks whose body matches what the header commits to.
    pub bodies: u64,
    /// Cellbases whose payment was checked.
    pub payments: u64,
    /// The shannons that these cellbases pay.
    pub paid: u128,
    /// Cellbases that could not be checked, because the data lack blocks.
    pub payments_open: u64,
    /// Blocks that spend cells that are not in the data.
    pub spends_open: u64,
    /// Headers whose proof of work was checked.
    pub proofs: u64,
    /// Epoch changes.
    pub changes: u64,
    /// Epoch changes whose target and length follow from a known number of uncles.
    pub changes_exact: u64,
    /// Epoch changes whose target and length follow from a number of uncles that the headers
    /// allow.
    pub changes_implied: u64,
}

impl Coverage {
    /// Adds a block number, which is not below any before it.
    pub(super) fn add_number(&mut self, number: u64) {
        match self.last {
            Some(last) if last == number => return,
            Some(last) if last.checked_add(1) == Some(number) => {
                let is_kept = usize::try_from(self.range_count).is_ok_and(|n| n <= RANGES_MAX);
                if let Some(range) = self.ranges.last_mut().filter(|_| is_kept) {
                    range.1 = number;
                }
            }
            _ => {
                self.range_count += 1;
                if self.ranges.len() < RANGES_MAX {
                    self.ranges.push((number, number));
                }
            }
        }
        self.last = Some(number);
    }

    /// How many gaps there are between ranges.
    pub fn gaps(&self) -> u64 {
        self.range_count.saturating_sub(1)
    }

    /// The block numbers, as text.
    fn numbers(&self) -> String {
        let range = |&(from, to): &(u64, u64)| {
            if from == to { grouped(from) } else { format!("{}–{}", grouped(from), grouped(to)) }
        };
        let mut text = self.ranges.iter().map(range).collect::<Vec<_>>().join(", ");
        let shown = u64::try_from(self.ranges.len()).unwrap_or(u64::MAX);
        if let Some(more @ 1..) = self.range_count.checked_sub(shown) {
            text.push_str(&format!(" and {} more ranges", grouped(more)));
        }
        text
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(last) = self.last else {
            return writeln!(f, "no header was read");
        };
        let all = u128::from(last) + 1;
        let distinct = u128::from(self.headers - self.beside);
        let share = decimal(distinct * 100, all, 4).unwrap_or_default();
        let beside = match self.beside {
            0 => String::new(),
            beside => format!(", {} of them beside the chain", grouped(beside)),
        };
        let headers = grouped(self.headers);
        writeln!(
            f,
            "headers           {headers}{beside}, {} with their block",
            grouped(self.blocks)
        )?;
        writeln!(f, "block numbers     {}", self.numbers())?;
        writeln!(f, "coverage          {share} % of blocks 0 to {}", grouped(last))?;
        let mut line = |name: &str, held: u64, open: u64, more: &str| {
            if held == 0 && open == 0 {
                return Ok(());
            }
            writeln!(f, "{name:17} {:>10} hold{more}", grouped(held))
        };
        line("parent links", self.links, 0, "")?;
        line("C by schedule", self.totals, 0, ": each header alone, from genesis on")?;
        line("AR", self.steps, 0, " exactly, on consecutive headers")?;
        let implied = format!(
            " as an inequality: {} blocks withdraw {} of interest by it",
            grouped(self.interest_blocks),
            ckb(self.interest_implied),
        );
        line("S", self.s_bounded, 0, &implied)?;
        line("S", self.s_exact, 0, " exactly")?;
        let open = format!(" exactly; {} blocks spend cells of others", grouped(self.spends_open));
        line("U", self.u_exact, self.spends_open, &open)?;
        line("bodies", self.bodies, 0, ": what their headers commit to")?;
        let paid = format!(
            " exactly, {} in all; {} need blocks that are not there",
            ckb(self.paid),
            grouped(self.payments_open),
        );
        line("cellbases", self.payments, self.payments_open, &paid)?;
        let changes = format!(
            " with known uncles, {} with a number that fits, of {}",
            grouped(self.changes_implied),
            grouped(self.changes),
        );
        line("epoch changes", self.changes_exact, self.changes, &changes)?;
        line("proof of work", self.proofs, 0, "")
    }
}
