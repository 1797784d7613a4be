//! Asks an adapter every case, and never loses one.
//!
//! | file | what it does |
//! |---|---|
//! | `address` | what `--adapter` takes |
//! | `process` | one child process: threads, lines, its end |
//! | `handshake` | `hello`, and what the adapter can be asked |
//! | `examine` | the loop: questions ahead, answers back, suspects alone |
//! | `judge` | one answer against one expectation |
//! | `outcome` | the outcomes, and which of them count as failures |
//! | `tally` | what a run came to, in little memory |
//! | `log` | the run log, one JSON object a line |

mod address;
mod examine;
mod handshake;
mod judge;
mod log;
mod outcome;
mod process;
mod tally;

pub use address::{Address, Control};
pub use examine::{CaseResult, Limits, Observer, Run, Unusable, examine};
pub use judge::{Got, differs};
pub use log::Log;
pub use outcome::{Counts, Listed, Outcome, Score};
pub use tally::{Failed, Tally};
