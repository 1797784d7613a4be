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
//! | `line` | the lines of the run log |
//! | `log` | the run log, one JSON object a line |

mod address;
mod examine;
mod handshake;
mod judge;
mod line;
mod log;
mod outcome;
mod process;
mod tally;

pub use address::{Address, Control};
pub use examine::{CaseResult, Limits, Observer, Run, Unusable, examine};
pub use judge::{Got, differs};
pub use line::{
    AdapterLine, Asked, CaseRecord, ClientLine, KnownCounts, KnownLine, LogLine, RUN_SCHEMA,
    RunFooter, RunHeader, Shard,
};
pub use log::{Log, expectation, now_ms, text};
pub use outcome::{Counts, Listed, Outcome, Score};
pub use tally::{Failed, Tally};
