//! Exit codes, and why a command ends early.

use crate::problem::{Problem, Problems};
use std::io;
use std::process::ExitCode;

/// The exit status: CI must distinguish "your client is wrong" from "our tool failed".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[expect(missing_docs, reason = "`Exit::ALL` says what each means")]
pub enum Exit {
    Expected = 0,
    ClientWrong = 1,
    Usage = 2,
    AdapterUnusable = 3,
    OurError = 4,
    Incomplete = 5,
}

impl Exit {
    /// The table of exit codes, in their order: `--help` and the guide print it.
    pub const ALL: [(Self, &str); 6] = [
        (Self::Expected, "as expected"),
        (Self::ClientWrong, "the client is wrong, or its list of known failures is"),
        (Self::Usage, "the command line is wrong, or a file that it names is"),
        (Self::AdapterUnusable, "the adapter is unusable: `ckbspec doctor` says why"),
        (Self::OurError, "an error of ckbspec itself, or its own files are broken"),
        (Self::Incomplete, "incomplete: interrupted, a log without its end, a shard missing"),
    ];

    /// The table, for `--help`.
    #[must_use]
    pub fn help() -> String {
        let row = |(code, (_, meaning)): (u8, (Self, &str))| format!("\n  {code}  {meaning}");
        let rows = (0_u8..).zip(Self::ALL).map(row);
        format!("Exit status:{}", rows.collect::<String>())
    }
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
    /// The reader closed standard output, as `head` does: the command ends, and nothing is wrong.
    OutputClosed,
}

/// How a command ends: with an exit code, or early.
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
