//! What the examiner needs of an adapter, wherever it runs.

use super::group::Usage;
use super::lines::Event;
use super::outcome::Outcome;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

pub(crate) trait Link {
    /// Hands it a line; never waits.
    fn send(&mut self, line: Vec<u8>);
    /// Ends its input.
    fn close_input(&mut self);
    /// The next event, unless none comes before the deadline, or somebody wants the end.
    fn next(&mut self, deadline: Duration) -> Option<Event>;
    /// The beginning of a line whose end has not come.
    fn unfinished(&self) -> Option<String>;
    /// What it uses, where that can be known.
    fn usage(&self) -> Option<Usage>;
    /// The end of its standard error.
    fn stderr(&self) -> String;
    /// Waits until it exits, having closed its output, and kills what is left of it.
    fn reap(&mut self) -> Ending;
    /// Asks it to end: end of input, two seconds, SIGTERM, half a second, SIGKILL.
    fn end(&mut self) -> Ending;
    /// Ends it at once.
    fn kill(&mut self);
    /// Sends SIGTERM, where it is a process of ours.
    fn terminate(&mut self) {}
}

/// How an adapter ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With an exit status.
    Exit(i32),
    /// By a signal.
    Signal(i32),
    /// It used more memory than it may, and was ended.
    Memory,
    /// It closed its output and went on running.
    Mute,
    /// It closed the connection.
    Closed,
    /// Its file of answers ended too early.
    Missing,
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        let signal = status.signal().map(Self::Signal);
        signal.unwrap_or_else(|| Self::Exit(status.code().unwrap_or_default()))
    }
}

impl Ending {
    /// What it makes of the questions that were under way.
    pub(crate) const fn outcome(self) -> Outcome {
        match self {
            Self::Exit(status) => Outcome::CrashExit(status),
            Self::Signal(signal) => Outcome::CrashSignal(signal),
            Self::Memory => Outcome::OutOfMemory,
            Self::Mute | Self::Closed | Self::Missing => Outcome::ProtocolTruncated,
        }
    }

    pub(crate) fn describe(self) -> String {
        match self {
            Self::Exit(status) => format!("it ended with exit status {status}"),
            Self::Signal(signal) => format!("it was ended by signal {signal}"),
            Self::Memory => "it was ended because it used more memory than it may".into(),
            Self::Mute => "it closed its output and went on running".into(),
            Self::Closed => "it closed the connection".into(),
            Self::Missing => "its file of answers ended before the last answer".into(),
        }
    }
}
