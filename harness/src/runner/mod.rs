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
//! | `under_way` | the questions that wait: suspects when the adapter breaks |
//! | `breakages` | how often it broke, and what is not asked because of it |
//! | `limits` | what an adapter may take, and how long an answer may take on this machine |
//! | `judge` | one answer against one expectation |
//! | `outcome` | the table of outcomes |
//! | `line` | the lines of the run log |
//! | `log` | the run log, one JSON object a line |

mod address;
mod batch;
mod breakages;
mod examine;
mod group;
mod handshake;
mod ids;
mod judge;
mod limits;
mod line;
mod lines;
mod link;
mod log;
mod message;
mod outcome;
mod process;
mod socket;
mod under_way;

pub use address::{Address, Control};
pub use examine::{Observer, Run, Unusable, examine};
pub use handshake::question;
pub use judge::{CaseResult, Got, differs};
pub use limits::{Limits, deadline_here};
pub use line::{
    AdapterLine, Asked, CaseRecord, ClientLine, KnownCounts, KnownLine, LogLine, RUN_SCHEMA,
    RunFooter, RunHeader, Shard,
};
pub use log::{Log, expectation, now_ms, record, text};
pub use outcome::{Counts, Listed, Outcome, Score, UNEXPLAINED};
// For the doctor, which asks line by line.
pub(crate) use examine::{INFLIGHT_DEFAULT, connect};
pub(crate) use group::sweep;
pub(crate) use handshake::{declared_as, next_or_why, question_line, undeclared};
pub(crate) use judge::judge;
pub(crate) use lines::Event;
pub(crate) use link::{Ending, Link};
pub(crate) use message::{read_response, shorten};
pub(crate) use outcome::Failure;
pub(crate) use process::GRACE;
