//! The outcomes of a case, and how each is counted: one table for all that parse, show or explain
//! them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The table. A row: the outcome, its name, how it is counted, what it says of a case, and how to
/// fix an adapter that gives it; nothing where the client is to blame. From good to bad.
macro_rules! outcomes {
    ($(
        $outcome:ident $(($number:ty))?:
            $name:literal, $score:ident, $meaning:literal, $fix:literal;
    )*) => {
        /// What became of a case.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Outcome {
            $(#[doc = $meaning] $outcome $(($number))?,)*
        }

        impl Outcome {
            /// The row of the table.
            const fn row(&self) -> (&'static str, Score, &'static str, &'static str) {
                match self {
                    $(Self::$outcome { .. } => ($name, Score::$score, $meaning, $fix),)*
                }
            }

            /// All there are; those of a crash have this number.
            pub(crate) fn all(number: i32) -> impl Iterator<Item = Self> {
                [$(Self::$outcome $((<$number>::from(number)))?,)*].into_iter()
            }
        }
    };
}

outcomes! {
    Pass: "pass", Pass, "as expected", "";
    PassWeak: "pass-weak", Weak,
        "right, with a coarser class than the spec's, or less to compare", "";
    FailVerdict: "fail.verdict", Fail, "accepted what is invalid, or rejected what is valid", "";
    FailClass: "fail.class", Fail, "rejected, for another reason", "";
    FailOutput: "fail.output", Fail, "accepted, with another output", "";
    Unsupported: "unsupported", Unsupported, "not declared, so not asked", "";
    Limit: "limit", Unsupported, "a limit of the client's own: no verdict", "";
    Fault: "fault", Error, "the adapter says that it broke",
        "fix what it says; what the client cannot be asked is `unsupported`";
    CrashSignal(i32): "crash.signal", Error, "a signal ended the process; the number is the signal",
        "ask this case alone, with the adapter under a debugger";
    CrashExit(i32): "crash.exit", Error, "the process ended; the number is its exit status",
        "see its standard error; catch what the client throws, and reject";
    TimeoutSilent: "timeout.silent", Error, "no answer before the deadline, and hardly any work",
        "flush after each line; if it waits for something, say `fault`";
    TimeoutBusy: "timeout.busy", Error,
        "no answer before the deadline, while it used the processor",
        "it computes without end, or needs a longer --deadline-ms";
    OutOfMemory: "oom", Error, "it used more memory than it may",
        "free what a question took; --memory-mib allows more";
    ProtocolJson: "protocol.json", Error, "a line that is no message",
        "answer with one JSON object a line, as in spec/schema";
    ProtocolTruncated: "protocol.truncated", Error,
        "the output ended, or stopped, in the middle of a line",
        "write a whole line and its line feed at once, then flush";
    ProtocolNoise: "protocol.noise", Error, "a line that is not JSON",
        "only answers go to standard output; logs to standard error";
    ProtocolWrongId: "protocol.wrong-id", Error, "an answer to a question that was never asked",
        "echo the question's own id";
    ProtocolDuplicateId: "protocol.duplicate-id", Error, "a second answer to a question",
        "answer each question once";
    ProtocolCapabilityLie: "protocol.capability-lie", Error,
        "`unsupported`, for something that `hello` declares",
        "take it out of `ops` in the answer to `hello`";
    ProtocolCanary: "protocol.canary", Error, "the canary of `hello` came back changed",
        "echo the canary as it came; read and write it as strings";
    ProtocolOversize: "protocol.oversize", Error, "a line above the limit",
        "end each answer with a line feed; 16 MiB at most";
    Nondeterministic: "nondeterministic", Error, "two answers to the same question",
        "nothing but the question may decide: no clock, no chance";
    Skipped: "skipped", Skipped,
        "not asked: the adapter had failed too often, or the run ended", "";
}

/// What went wrong: the outcome of the question that is to blame, and the reason in words.
pub(crate) type Failure = (Outcome, String);

/// How an outcome is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Score {
    /// As expected.
    Pass,
    /// The right verdict without the right reason.
    Weak,
    /// The client is wrong.
    Fail,
    /// The client or its adapter broke.
    Error,
    /// The client cannot be asked.
    Unsupported,
    /// Nobody was asked.
    Skipped,
    /// The client is wrong, as is known of it.
    Known,
    /// The client is wrong where it is known to be wrong now and then.
    Flaky,
}

/// A case that stands in a client's list of known failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    /// Whether passing is as good as failing.
    pub flaky: bool,
    /// Whether the case failed as listed, so that the run does not fail by it.
    pub excused: bool,
    /// The reason that the list gives.
    pub why: String,
    /// Where it stands: file and line.
    pub at: String,
}

/// The reason of failures that nobody has looked at yet.
pub const UNEXPLAINED: &str = "not explained yet";

impl Outcome {
    /// How it is counted.
    pub const fn score(&self) -> Score {
        self.row().1
    }

    /// What it says of a case, in one sentence.
    pub const fn meaning(&self) -> &'static str {
        self.row().2
    }

    /// How to fix an adapter that gives this outcome; nothing where the client is to blame.
    pub fn hint(&self) -> Option<&'static str> {
        let hint = match self {
            Self::CrashSignal(9) => "another program killed it: did the machine run out of memory?",
            Self::CrashExit(0) => "an adapter ends when its input ends, not before",
            _ => self.row().3,
        };
        Some(hint).filter(|hint| !hint.is_empty())
    }

    /// The name without the number of a signal or status.
    pub const fn family(&self) -> &'static str {
        self.row().0
    }

    /// Whether a name is that of this outcome, or of a group that it belongs to: `crash` and
    /// `crash.signal` are names of `crash.signal:11`.
    pub fn is_called(&self, name: &str) -> bool {
        let own = self.to_string();
        own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
    }

    /// The outcome of a name, as logs have it.
    pub fn named(name: &str) -> Option<Self> {
        let family = name.split(':').next().unwrap_or_default();
        let mut of_family = Self::all(number(name)).filter(|outcome| outcome.family() == family);
        of_family.find(|outcome| outcome.to_string() == name)
    }

    /// Whether a name is that of an outcome that can fail a run.
    pub fn names_a_failure(name: &str) -> bool {
        let can_fail = |outcome: &Self| {
            let score = outcome.score();
            let weak_or_worse = matches!(score, Score::Weak | Score::Fail | Score::Error);
            weak_or_worse && *outcome != Self::ProtocolCanary
        };
        Self::all(number(name)).filter(can_fail).any(|failure| failure.is_called(name))
    }
}

fn number(name: &str) -> i32 {
    let number = name.rsplit_once(':').and_then(|(_, number)| number.parse().ok());
    number.unwrap_or_default()
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CrashSignal(number) | Self::CrashExit(number) => {
                write!(f, "{}:{number}", self.family())
            }
            _ => f.write_str(self.family()),
        }
    }
}

/// How often each outcome came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts(pub BTreeMap<String, u64>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_called_by_its_groups_too() {
        for name in ["crash", "crash.signal", "crash.signal:11"] {
            assert!(Outcome::CrashSignal(11).is_called(name), "{name}");
            assert!(Outcome::names_a_failure(name), "{name}");
        }
        for name in ["crash.sig", "crash.signal:1", "crash.exit", ""] {
            assert!(!Outcome::CrashSignal(11).is_called(name), "{name}");
        }
        for name in ["pass", "unsupported", "limit", "skipped", "fail.verdikt", "crash:1", ""] {
            assert!(!Outcome::names_a_failure(name), "{name}");
        }
        assert_eq!(Outcome::named("crash.exit:-1"), Some(Outcome::CrashExit(-1)));
        assert_eq!(Outcome::named("crash.exit"), None);
    }
}
