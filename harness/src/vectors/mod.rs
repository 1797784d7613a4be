//! The cases: YAML files, read twice, expanded over their axes, held against the lock.
//!
//! | file | what it does |
//! |---|---|
//! | `yaml` | the second reading: quoting, anchors, duplicate keys, positions |
//! | `file` | the typed form of a vector file |
//! | `change` | a twin's changes |
//! | `loaded` | a file that has been read twice |
//! | `answers` | the points of a vector, and its answers: each point has exactly one |
//! | `draft` | a vector on its way from what is written to what is asked |
//! | `load` | from files to cases, with every mistake shown at its place |
//! | `suite` | the cases, and how to select among them |
//! | `lock` | `vectors.lock`: revisions, digests, confirmations |
//! | `lint` | what only running the reference can show |
//! | `coverage` | which rule is executed where and shown by which vector |
//! | `format` | the canonical form of a file |

mod answers;
mod change;
pub mod coverage;
mod draft;
pub mod file;
pub mod format;
pub mod lint;
mod load;
mod loaded;
pub mod lock;
mod suite;
pub(crate) mod yaml;

pub use load::load;
pub use suite::{Case, Expectation, Selection, Source, Suite, Vector};
