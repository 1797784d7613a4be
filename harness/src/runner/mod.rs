//! Asks an adapter every case, and never loses one.

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
pub(crate) use handshake::{declared_as, next_or_why, question_line, request, undeclared};
pub(crate) use judge::judge;
pub(crate) use lines::Event;
pub(crate) use link::{Ending, Link};
pub(crate) use message::{read_response, shorten};
pub(crate) use outcome::Failure;
pub(crate) use process::GRACE;
