//! The rules of Nervos CKB layer 1, executable.
//!
//! This crate is the specification's second half: a chapter states a rule, and here stands the
//! code that executes it, under the same id and in the same order. It is written to be read
//! beside the chapter, by someone who writes a CKB client and wants to know what exactly happens.
//!
//! - A rule that only computes returns its value. A rule that can reject returns its value or a
//!   [`Violation`], which names the rule and carries what was expected and found.
//! - Functions are pure, over plain values: no I/O, no clock, no global state, no panic on any
//!   input. Where the protocol wraps or truncates on purpose, the code says so with a rule's id.
//! - `//= ENC-003` stands directly above the function, type or line that decides ENC-003.
//!   Search for an id to come from the chapter to the code.
//! - Nothing is shared with the official node, so that agreement with it means something.
//!
//! | module | chapter | rules |
//! |---|---|---|
//! | [`encoding::molecule`] | `spec/encoding/molecule.md` | ENC-001 … ENC-007 |
//! | [`encoding::script`] | `spec/encoding/molecule.md` | ENC-010, ENC-011 |
//! | [`encoding::transaction`] | `spec/encoding/molecule.md` | ENC-012 … ENC-015, ENC-021, 022 |
//! | [`encoding::header`] | `spec/encoding/molecule.md` | ENC-016 |
//! | [`encoding::block`] | `spec/encoding/molecule.md` | ENC-017, ENC-018, ENC-023, ENC-025 |
//! | [`encoding::witness`] | `spec/encoding/molecule.md` | ENC-019, ENC-020 |
//! | [`encoding::hash`] | `spec/encoding/hashes.md` | HASH-001 … HASH-011, HASH-014, HASH-015 |
//! | [`encoding::merkle`] | `spec/encoding/hashes.md` | HASH-012, HASH-013 |
//! | [`encoding::header_digest`] | `spec/encoding/hashes.md` | HASH-016 |
//! | `pow::eaglesong` and `_fast` | `spec/pow/proof-of-work.md` | POW-001 … POW-005 |
//! | [`pow`] | `spec/pow/proof-of-work.md` | POW-006 … POW-008, POW-014, POW-015 |
//! | `pow::compact` | `spec/pow/proof-of-work.md` | POW-009 … POW-013 |
//! | `pow::epoch_fraction` | `spec/pow/epoch-fraction.md` | EPOCH-001 … EPOCH-009 |
//! | `pow::adjustment` | `spec/pow/epochs-and-difficulty.md` | EPOCH-010 … EPOCH-023 |
//! | [`issuance`] | `spec/issuance/issuance.md` | ISS-001 … ISS-020 |
//! | [`issuance`] | `spec/issuance/nervos-dao.md` | DAO-001 … DAO-015 |
//! | [`vm`] | `spec/vm/*.md` | VM-001 … VM-052 |
//! | [`Parameters`] | `spec/parameters/*.yaml` | what differs between chains |
//!
//! ```
//! use ckbspec_reference::encoding::{Decoder, Mode, script::Script};
//! use ckbspec_reference::{RuleId, RuleSet};
//!
//! let rules = RuleSet::all();
//! let decoder = Decoder { mode: Mode::Strict, rules: &rules };
//! let violation = Script::decode(&[4, 0, 0, 0], &decoder).unwrap_err();
//! assert_eq!(violation.rule, RuleId::ENC_005);
//! assert_eq!(violation.to_string(), "ENC-005: expected 3 fields, got 0");
//! ```

#[cfg(any(test, feature = "arbitrary"))]
mod arbitrary;
pub mod encoding;
pub mod issuance;
mod parameters;
pub mod pow;
mod rules;
pub mod vm;

pub use parameters::{Parameters, Ratio};
pub use rules::{RuleId, RuleSet, SWITCHABLE, Violation};
