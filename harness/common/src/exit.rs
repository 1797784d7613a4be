//! Exit codes, and why a command ends early.

use crate::problem::{Problem, Problems};
use std::io;
use std::process::ExitCode;

/// The exit status: CI must distinguish "your client is wrong" from "our tool failed".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything is as expected.
    Expected = 0,
    /// The client is wrong, or its list of known failures is.
    ClientWrong = 1,
    /// The command line is wrong (clap uses this code), or a file that it names is.
    Usage = 2,
    /// The adapter cannot be used.
    AdapterUnusable = 3,
    /// This program failed, or its own files are broken.
    OurError = 4,
    /// The run is incomplete.
    Incomplete = 5,
}

impl From<Exit> for ExitCode {
    #[expect(clippy::as_conversions, reason = "the discriminants are the exit codes")]
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub enum CommandError {
    /// Problems to show, and the exit code.
    Problems(Problems, Exit),
    /// Standard output was closed, for instance by `head`; that is no error.
    OutputClosed,
}

/// The result of a command.
pub type CommandResult = Result<Exit, CommandError>;

impl CommandError {
    /// The command line, or a file that it names, is wrong.
    #[must_use]
    pub fn usage(problem: Problem) -> Self {
        Self::Problems(problem.into(), Exit::Usage)
    }
}

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        Self::Problems(problem.into(), Exit::OurError)
    }
}

impl From<Problems> for CommandError {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems, Exit::OurError)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Problem::new(error.to_string()).into()
    }
}

/// Shows the problems of a command that ended early, and returns its exit code.
#[must_use]
pub fn exit_code(result: CommandResult) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(CommandError::OutputClosed) => Exit::Expected.into(),
        Err(CommandError::Problems(problems, exit)) => {
            problems.show();
            exit.into()
        }
    }
}
