//! The cases: reads the YAML files in two ways, expands them over their axes, and compares them
//! with the lock.
//!
//! | file | what it does |
//! |---|---|
//! | `yaml` | reads a file as nodes: quoting, anchors, duplicate keys, positions |
//! | `file` | the typed form of a vector file |
//! | `change` | applies the changes to a twin |
//! | `loaded` | a file that was read in both ways |
//! | `answers` | the points of a vector, and its answers: each point has exactly one |
//! | `draft` | turns a vector as it is written into vectors that can be asked |
//! | `load` | reads the files into cases, and shows every mistake at its place |
//! | `suite` | the cases, and how to select among them |
//! | `lock` | `vectors.lock`: revisions, digests, confirmations |
//! | `lint` | checks that need the reference |
//! | `coverage` | for each rule: where it is executed, and which vectors show it |
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
