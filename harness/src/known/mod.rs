//! What a client is known to fail, and whether it still does.
//!
//! A list of known failures holds both ways: a failure that is listed does not fail a run, and a
//! listed case that does not fail does. So a list can neither hide a new failure nor outlive an
//! old one.
//!
//! | file | what it does |
//! |---|---|
//! | `file` | the typed form of a list, and the mistakes that can be seen in it alone |
//! | `judge` | a run against a list: what is excused, and where the list is wrong |
//! | `update` | a list that fits a run, in the words that are there |

mod file;
mod judge;
mod update;

pub use file::{Known, KnownEntry, KnownFile, Name};
pub use judge::{ListProblem, ListedResults};
pub use update::{Update, fresh, updated};
