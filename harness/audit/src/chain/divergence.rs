//! Where the data differ from what the rules require.

use crate::amount::grouped;
use ckbspec_reference::Violation;
use ckbspec_reference::encoding::Byte32;
use std::fmt;

/// The first block that differs from what the rules require.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    number: u64,
    hash: Byte32,
    /// The file and the line, or the URL of the node.
    source: String,
    mismatch: Mismatch,
}

/// A check that failed, with both computations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// The id of the rule; `None` where no chapter states it.
    rule: Option<&'static str>,
    /// The rule in a few words.
    law: &'static str,
    by_the_rule: Vec<String>,
    in_the_data: Vec<String>,
}

impl Mismatch {
    pub(super) fn new(rule: impl Into<Option<&'static str>>, law: &'static str) -> Self {
        Self { rule: rule.into(), law, by_the_rule: vec![], in_the_data: vec![] }
    }

    /// The mismatch of a violation that the reference reports.
    pub(super) fn of(violation: &Violation, law: &'static str) -> Self {
        let facts = violation.facts.iter().map(|(name, value)| format!("{name}: {value}"));
        Self { in_the_data: facts.collect(), ..Self::new(violation.rule.as_str(), law) }
    }

    /// Adds a line of the computation by the rule.
    pub(super) fn expected(mut self, line: impl Into<String>) -> Self {
        self.by_the_rule.push(line.into());
        self
    }

    /// Adds a line about the values in the data.
    pub(super) fn found(mut self, line: impl Into<String>) -> Self {
        self.in_the_data.push(line.into());
        self
    }

    /// Adds the block in which the mismatch is.
    pub(super) fn at(self, number: u64, hash: Byte32, source: impl fmt::Display) -> Divergence {
        Divergence { number, hash, source: source.to_string(), mismatch: self }
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { rule, law, by_the_rule, in_the_data } = &self.mismatch;
        let from = rule.map(|rule| format!(" from {rule}")).unwrap_or_default();
        writeln!(f, "block {} diverges{from}: {law}", grouped(self.number))?;
        writeln!(f, "  at            {}", self.source)?;
        writeln!(f, "  hash          {}", self.hash)?;
        for (name, lines) in [("by the rule", by_the_rule), ("in the data", in_the_data)] {
            for (index, line) in lines.iter().enumerate() {
                let name = if index == 0 { name } else { "" };
                writeln!(f, "  {name:13} {line}")?;
            }
        }
        Ok(())
    }
}
