//! Rules as values: their ids, the sets of them that are on, and what breaking one looks like.

use std::error::Error;
use std::fmt;

/// The id of a rule, such as `ENC-003`: its address in the chapters, the code and the vectors.
///
/// The constants are the rules that this crate can find broken. Rules that only compute are
/// cited where they are executed and need no constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(&'static str);

impl RuleId {
    /// Primitive widths.
    pub const ENC_001: Self = Self("ENC-001");
    /// Struct layout.
    pub const ENC_002: Self = Self("ENC-002");
    /// Fixed-item vector.
    pub const ENC_003: Self = Self("ENC-003");
    /// Dynamic-item vector, and the same header of a table.
    pub const ENC_004: Self = Self("ENC-004");
    /// Table field count.
    pub const ENC_005: Self = Self("ENC-005");
    /// `hash_type` byte.
    pub const ENC_011: Self = Self("ENC-011");
    /// `dep_type` byte.
    pub const ENC_012: Self = Self("ENC-012");
    /// `outputs` and `outputs_data` arity.
    pub const ENC_015: Self = Self("ENC-015");
    /// Block and BlockV1.
    pub const ENC_018: Self = Self("ENC-018");
    /// Dep-group payload.
    pub const ENC_021: Self = Self("ENC-021");
    /// Extension must be Bytes.
    pub const ENC_025: Self = Self("ENC-025");
    /// CBMT proof.
    pub const HASH_013: Self = Self("HASH-013");
    /// Target comparison.
    pub const POW_007: Self = Self("POW-007");
    /// Degenerate targets.
    pub const POW_008: Self = Self("POW-008");
    /// Epoch field well-formedness.
    pub const EPOCH_002: Self = Self("EPOCH-002");
    /// Epoch continuity.
    pub const EPOCH_004: Self = Self("EPOCH-004");
    /// Exact expected epoch.
    pub const EPOCH_007: Self = Self("EPOCH-007");
    /// Exact compact target.
    pub const EPOCH_008: Self = Self("EPOCH-008");

    /// Arithmetic width of the adjustment.
    pub const EPOCH_020: Self = Self("EPOCH-020");
    /// Transaction fee.
    pub const ISS_018: Self = Self("ISS-018");
    /// Overflow of a reward.
    pub const ISS_020: Self = Self("ISS-020");
    /// C update.
    pub const DAO_002: Self = Self("DAO-002");
    /// AR update.
    pub const DAO_003: Self = Self("DAO-003");
    /// S update.
    pub const DAO_004: Self = Self("DAO-004");
    /// U update.
    pub const DAO_005: Self = Self("DAO-005");
    /// Satoshi's gift.
    pub const DAO_007: Self = Self("DAO-007");
    /// Genesis DAO field.
    pub const DAO_008: Self = Self("DAO-008");
    /// Headers of a withdrawal.
    pub const DAO_011: Self = Self("DAO-011");
    /// Maximum withdraw.
    pub const DAO_012: Self = Self("DAO-012");
    /// Deposit before withdrawal.
    pub const DAO_013: Self = Self("DAO-013");
    /// Deposit number binding.
    pub const DAO_014: Self = Self("DAO-014");
    /// Fetch within memory.
    pub const VM_002: Self = Self("VM-002");
    /// Fetch from executable pages.
    pub const VM_003: Self = Self("VM-003");
    /// Legal instructions.
    pub const VM_004: Self = Self("VM-004");
    /// No other system call.
    pub const VM_026: Self = Self("VM-026");
    /// Loads within memory.
    pub const VM_031: Self = Self("VM-031");
    /// The last byte in version 0.
    pub const VM_032: Self = Self("VM-032");
    /// Stores within memory.
    pub const VM_033: Self = Self("VM-033");
    /// Executable pages are not written to.
    pub const VM_034: Self = Self("VM-034");
    /// Frozen pages are not mapped again.
    pub const VM_035: Self = Self("VM-035");
    /// ELF header.
    pub const VM_036: Self = Self("VM-036");
    /// Program headers within the file.
    pub const VM_037: Self = Self("VM-037");
    /// Segments within the file.
    pub const VM_038: Self = Self("VM-038");
    /// Flags of segments.
    pub const VM_039: Self = Self("VM-039");
    /// Segments within memory.
    pub const VM_040: Self = Self("VM-040");
    /// Executable segments at whole pages in version 0.
    pub const VM_042: Self = Self("VM-042");
    /// Arguments within the stack.
    pub const VM_046: Self = Self("VM-046");
    /// The limit of cycles.
    pub const VM_051: Self = Self("VM-051");

    /// The id as it is written everywhere.
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

/// The rules that a [`RuleSet`] can switch off: predicates over values that are there already.
///
/// Decoding is not among them, because without it there is no value to go on with.
pub const SWITCHABLE: &[RuleId] = &[
    RuleId::ENC_011,
    RuleId::ENC_012,
    RuleId::ENC_015,
    RuleId::ENC_021,
    RuleId::POW_007,
    RuleId::POW_008,
    RuleId::EPOCH_002,
    RuleId::EPOCH_004,
    RuleId::EPOCH_007,
    RuleId::EPOCH_008,
    RuleId::DAO_013,
    RuleId::DAO_014,
];

/// The rules that are on.
///
/// A vector is shown to have a single fault by switching its rule off: then it must pass.
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

    /// The same set with one rule off. A rule that is not in [`SWITCHABLE`] stays on.
    #[must_use]
    pub fn without(mut self, rule: RuleId) -> Self {
        if SWITCHABLE.contains(&rule) && self.is_on(rule) {
            self.off.push(rule);
        }
        self
    }

    /// Whether a rule is on.
    #[must_use]
    pub fn is_on(&self, rule: RuleId) -> bool {
        !self.off.contains(&rule)
    }
}

/// A broken rule, with what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that is broken.
    pub rule: RuleId,
    /// Names and values that explain it, for people: in the order in which they read best.
    pub facts: Vec<(&'static str, String)>,
}

impl Violation {
    /// A violation without facts so far.
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
    fn only_predicates_switch_off() {
        for rule in SWITCHABLE {
            assert!(!RuleSet::all().without(*rule).is_on(*rule));
        }
        assert!(RuleSet::all().without(RuleId::ENC_003).is_on(RuleId::ENC_003));
    }
}
