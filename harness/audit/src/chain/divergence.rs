//! Where data and rules part.

use crate::amount::grouped;
use ckbspec_reference::Violation;
use ckbspec_reference::encoding::Byte32;
use std::fmt;

/// The first place where the data are not what the rules make of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The rule.
    pub rule: &'static str,
    /// What it says, in short.
    pub law: &'static str,
    /// The height.
    pub number: u64,
    /// The hash of the block.
    pub hash: Byte32,
    /// File and line, or the node.
    pub place: String,
    /// What the rule makes of the data before.
    pub by_the_rule: Vec<String>,
    /// What the data have, and what that would take.
    pub in_the_data: Vec<String>,
}

/// The two computations of a check, before it is known whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parted {
    pub(super) rule: &'static str,
    pub(super) law: &'static str,
    pub(super) by_the_rule: Vec<String>,
    pub(super) in_the_data: Vec<String>,
}

impl Parted {
    pub(super) fn new(rule: &'static str, law: &'static str) -> Self {
        Self { rule, law, by_the_rule: vec![], in_the_data: vec![] }
    }

    /// A line of the computation by the rule.
    pub(super) fn rule(mut self, line: impl Into<String>) -> Self {
        self.by_the_rule.push(line.into());
        self
    }

    /// A line of what the data have.
    pub(super) fn data(mut self, line: impl Into<String>) -> Self {
        self.in_the_data.push(line.into());
        self
    }

    /// A rule of the reference that was broken.
    pub(super) fn broken(violation: &Violation, law: &'static str) -> Self {
        let facts = violation.facts.iter().map(|(name, value)| format!("{name}: {value}"));
        Self {
            rule: violation.rule.as_str(),
            law,
            by_the_rule: vec![],
            in_the_data: facts.collect(),
        }
    }

    pub(super) fn at(self, number: u64, hash: Byte32, place: impl fmt::Display) -> Divergence {
        let Self { rule, law, by_the_rule, in_the_data } = self;
        let place = place.to_string();
        Divergence { rule, law, number, hash, place, by_the_rule, in_the_data }
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "block {} diverges from {}: {}", grouped(self.number), self.rule, self.law)?;
        writeln!(f, "  at            {}", self.place)?;
        writeln!(f, "  hash          {}", self.hash)?;
        for (name, lines) in
            [("by the rule", &self.by_the_rule), ("in the data", &self.in_the_data)]
        {
            for (index, line) in lines.iter().enumerate() {
                let name = if index == 0 { name } else { "" };
                writeln!(f, "  {name:13} {line}")?;
            }
        }
        Ok(())
    }
}
