//! Ids of rules, sets of rules that are on, and violations.

use std::error::Error;
use std::fmt;

/// The id of a rule, such as `ENC-003`: its address in the chapters, the code and the vectors.
///
/// There is no list of ids in the code: each stands where it is used, and `ckbspec rules --check`
/// fails on an id that no chapter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(crate) &'static str);

impl RuleId {
    /// The id as text, such as `ENC-003`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The rules that are on.
///
/// Lint shows that a vector has a single fault: it switches the vector's rule off, and then the
/// vector's input must be accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSet {
    off: Vec<RuleId>,
}

impl RuleSet {
    /// All rules: the protocol.
    #[must_use]
    pub const fn all() -> Self {
        Self { off: Vec::new() }
    }

    /// The same set with one rule off. This has an effect only for predicate rules, those of
    /// `require`. A decoding rule stays on: where decoding fails, there is no value to continue
    /// with.
    #[must_use]
    pub fn without(mut self, rule: RuleId) -> Self {
        self.off.push(rule);
        self
    }

    /// Checks a predicate rule: one whose values exist whether or not it holds.
    ///
    /// `facts` adds the facts that explain the violation. The call is the rule's citation.
    pub(crate) fn require(
        &self,
        rule: RuleId,
        holds: bool,
        facts: impl FnOnce(Violation) -> Violation,
    ) -> Result<(), Violation> {
        if holds || self.off.contains(&rule) { Ok(()) } else { Err(facts(Violation::of(rule))) }
    }
}

/// A broken rule, with the expected and the found values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken.
    pub rule: RuleId,
    /// Names and values that explain the violation to people, in reading order.
    pub facts: Vec<(&'static str, String)>,
}

impl Violation {
    /// A violation without facts.
    pub(crate) const fn of(rule: RuleId) -> Self {
        Self { rule, facts: Vec::new() }
    }

    /// The same violation with one more fact.
    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rule)?;
        for (index, (name, value)) in self.facts.iter().enumerate() {
            let separator = if index == 0 { ":" } else { "," };
            write!(f, "{separator} {name} {value}")?;
        }
        Ok(())
    }
}

impl Error for Violation {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_off_is_not_required() {
        let rule = RuleId("POW-008");
        let broken = |rules: &RuleSet| rules.require(rule, false, |it| it.with("target", 0));
        assert_eq!(broken(&RuleSet::all()).unwrap_err().to_string(), "POW-008: target 0");
        assert_eq!(broken(&RuleSet::all().without(rule)), Ok(()));
        assert!(broken(&RuleSet::all().without(RuleId("POW-007"))).is_err());
    }
}
