//! Asks an adapter every case, and never loses one.
//!
//! | file | what it does |
//! |---|---|
//! | `address` | what `--adapter` takes |
//! | `link` | what the loop needs of an adapter, wherever it runs |
//! | `process` | one child process: its environment, its memory, its end |
//! | `socket` | an adapter that listens |
//! | `batch` | an adapter that reads a file and writes one |
//! | `group` | all processes of an adapter, as `/proc` shows them |
//! | `lines` | threads that read and write, with a limit on what waits |
//! | `message` | one line, read strictly |
//! | `handshake` | `hello`, and what the adapter can be asked |
//! | `ids` | the ids of questions, which nobody can guess |
//! | `examine` | the loop: questions ahead, answers back, suspects alone |
//! | `calibrate` | how long an answer may take on this machine |
//! | `judge` | one answer against one expectation |
//! | `outcome` | the outcomes, and which of them count as failures |
//! | `hint` | what to do about an outcome |
//! | `tally` | what a run came to, in little memory |
//! | `line` | the lines of the run log |
//! | `log` | the run log, one JSON object a line |

mod address;
mod batch;
mod calibrate;
mod examine;
mod group;
mod handshake;
mod hint;
mod ids;
mod judge;
mod line;
mod lines;
mod link;
mod log;
mod message;
mod outcome;
mod process;
mod socket;
mod tally;

pub use address::{Address, Control};
pub use calibrate::deadline_here;
pub use examine::{CaseResult, Limits, Observer, Run, Unusable, examine};
pub use judge::{Got, differs};
pub use line::{
    AdapterLine, Asked, CaseRecord, ClientLine, KnownCounts, KnownLine, LogLine, RUN_SCHEMA,
    RunFooter, RunHeader, Shard,
};
pub use log::{Log, expectation, now_ms, text};
pub use outcome::{Counts, Listed, Outcome, Score};
pub use tally::{Failed, Tally};
// For the doctor, which asks line by line.
pub(crate) use examine::{INFLIGHT_DEFAULT, connect};
pub(crate) use group::sweep;
pub(crate) use handshake::{can_ask, next_or_why, question_line};
pub(crate) use judge::judge;
pub(crate) use lines::Event;
pub(crate) use link::{Ending, Link};
pub(crate) use message::{read_response, shorten};
pub(crate) use process::GRACE;
