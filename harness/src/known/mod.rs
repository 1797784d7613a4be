//! What a client is known to fail, and whether it still does.
//!
//! A list of known failures holds both ways: a failure that is listed does not fail a run, and a
//! listed case that does not fail does. So a list can neither hide a new failure nor outlive an
//! old one.

mod file;
mod judge;
mod update;

pub use file::{Known, KnownEntry, KnownFile, Name};
pub use judge::{ListProblem, ListedResults};
pub use update::{Update, fresh, updated};
