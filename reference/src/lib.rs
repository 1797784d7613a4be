//! The rules of Nervos CKB layer 1, executable.
//!
//! This crate is the second half of the specification: a chapter states a rule, and this crate
//! has the code that executes it, under the same id and in the same order. The code is written to
//! be read beside the chapter, by someone who writes a CKB client and needs the exact behaviour.
//!
//! - A rule that only computes returns its value. A rule that can reject returns its value or a
//!   [`Violation`], which names the rule and carries what was expected and found.
//! - Functions are pure, over plain values: no I/O, no clock, no global state, no panic on any
//!   input. Where the protocol wraps or truncates on purpose, the code says so with a rule's id.
//! - `//= ENC-003` stands directly above the function, type or line that decides ENC-003, unless
//!   that line is the `require` of a predicate, which names its rule itself.
//!   To find the code of a rule, search for its id.
//! - The crate shares no code with the official node, so that agreement with it means something.
//!
//! The chapters of the modules [`encoding`], [`pow`], [`issuance`] and [`vm`] are in the folders of
//! `spec/` with the same names; the values of [`Parameters`] are in `spec/parameters/`. So far
//! [`ledger`] and [`chain`] contain only what audits need. `ckbspec rules` lists the lines that
//! decide each rule.
//!
//! ```
//! use ckbspec_reference::encoding::{Decoder, Mode, script::Script};
//! use ckbspec_reference::RuleSet;
//!
//! let rules = RuleSet::all();
//! let decoder = Decoder { mode: Mode::Strict, rules: &rules };
//! let violation = Script::decode(&[4, 0, 0, 0], &decoder).unwrap_err();
//! assert_eq!(violation.rule.as_str(), "ENC-005");
//! assert_eq!(violation.to_string(), "ENC-005: expected 3 fields, got 0");
//! ```

#[cfg(any(test, feature = "arbitrary"))]
mod arbitrary;
pub mod chain;
pub mod encoding;
pub mod issuance;
pub mod ledger;
mod parameters;
pub mod pow;
mod rules;
pub mod vm;

pub use parameters::{Parameters, Ratio};
pub use rules::{RuleId, RuleSet, Violation};
