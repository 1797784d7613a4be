//! The cases: YAML files, read twice, expanded over their axes, held against the lock.
//!
//! | file | what it does |
//! |---|---|
//! | `yaml` | the second reading: quoting, anchors, duplicate keys, positions |
//! | `file` | the typed form of a vector file |
//! | `change` | a twin's changes |
//! | `load` | from files to cases, with every mistake shown at its place |
//! | `suite` | the cases, and how to select among them |
//! | `lock` | `vectors.lock`: revisions, digests, confirmations |
//! | `lint` | what only running the reference can show |
//! | `coverage` | which rule is executed where and shown by which vector |
//! | `format` | the canonical form of a file |

mod change;
pub mod coverage;
pub mod file;
pub mod format;
pub mod lint;
mod load;
pub mod lock;
mod suite;
pub(crate) mod yaml;

pub use load::load;
pub use suite::{Case, Expectation, Selection, Source, Suite, Vector};
