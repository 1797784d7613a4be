//! The outcomes of a case, and which of them count as failures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As expected.
    Pass,
    /// Right, with a coarser class than the spec's, or less to compare.
    PassWeak,
    /// Accepted what is invalid, or rejected what is valid.
    FailVerdict,
    /// Rejected, for another reason.
    FailClass,
    /// Accepted, with another output.
    FailOutput,
    /// The adapter does not declare the operation, or this point of an axis.
    Unsupported,
    /// A limit of the client's own: no verdict.
    Limit,
    /// The adapter says that it broke.
    Fault,
    /// The process ended by a signal.
    CrashSignal(i32),
    /// The process ended with an exit status.
    CrashExit(i32),
    /// No answer before the deadline, and hardly any work.
    TimeoutSilent,
    /// No answer before the deadline, while it used the processor.
    TimeoutBusy,
    /// It used more memory than it may.
    OutOfMemory,
    /// A line that is no message.
    ProtocolJson,
    /// The output ended, or stopped, in the middle of a line.
    ProtocolTruncated,
    /// A line that is not even JSON.
    ProtocolNoise,
    /// An answer to a question that was never asked.
    ProtocolWrongId,
    /// A second answer to a question.
    ProtocolDuplicateId,
    /// `unsupported`, for something that `hello` declares.
    ProtocolCapabilityLie,
    /// The canary of `hello` came back changed.
    ProtocolCanary,
    /// A line above the limit.
    ProtocolOversize,
    /// Two answers to the same question.
    Nondeterministic,
    /// Not asked, because the adapter had failed too often.
    Skipped,
}

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

impl Score {
    /// How an outcome of a log is counted, by its name.
    pub fn of_outcome(name: &str) -> Self {
        match name {
            "pass" => Self::Pass,
            "pass-weak" => Self::Weak,
            "unsupported" | "limit" => Self::Unsupported,
            "skipped" => Self::Skipped,
            _ if name.starts_with("fail.") => Self::Fail,
            _ => Self::Error,
        }
    }

    /// How a case is counted, with what is known of the client.
    pub fn of(score: Self, listed: Option<&Listed>) -> Self {
        match listed {
            Some(listed) if listed.excused && score != Self::Skipped => {
                if listed.flaky {
                    Self::Flaky
                } else {
                    Self::Known
                }
            }
            _ => score,
        }
    }
}

impl Outcome {
    /// How it is counted.
    pub const fn score(&self) -> Score {
        match self {
            Self::Pass => Score::Pass,
            Self::PassWeak => Score::Weak,
            Self::FailVerdict | Self::FailClass | Self::FailOutput => Score::Fail,
            Self::Unsupported | Self::Limit => Score::Unsupported,
            Self::Skipped => Score::Skipped,
            _ => Score::Error,
        }
    }

    /// The name without the number of a signal or status.
    pub fn family(&self) -> String {
        self.to_string().split(':').next().unwrap_or_default().to_owned()
    }

    /// Whether a name is that of this outcome, or of a group that it belongs to: `crash` and
    /// `crash.signal` are names of `crash.signal:11`.
    pub fn is_called(&self, name: &str) -> bool {
        let own = self.to_string();
        own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
    }

    /// All there are; those of a crash have this number.
    pub(crate) fn all(number: i32) -> impl Iterator<Item = Self> {
        [
            Self::Pass,
            Self::PassWeak,
            Self::FailVerdict,
            Self::FailClass,
            Self::FailOutput,
            Self::Unsupported,
            Self::Limit,
            Self::Fault,
            Self::CrashSignal(number),
            Self::CrashExit(number),
            Self::TimeoutSilent,
            Self::TimeoutBusy,
            Self::OutOfMemory,
            Self::ProtocolJson,
            Self::ProtocolTruncated,
            Self::ProtocolNoise,
            Self::ProtocolWrongId,
            Self::ProtocolDuplicateId,
            Self::ProtocolCapabilityLie,
            Self::ProtocolCanary,
            Self::ProtocolOversize,
            Self::Nondeterministic,
            Self::Skipped,
        ]
        .into_iter()
    }

    /// The outcome of a name, as logs have it.
    pub fn named(name: &str) -> Option<Self> {
        Self::all(number(name)).find(|outcome| outcome.to_string() == name)
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

/// The number in the name of a crash.
fn number(name: &str) -> i32 {
    let number = name.rsplit_once(':').and_then(|(_, number)| number.parse().ok());
    number.unwrap_or_default()
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::PassWeak => "pass-weak",
            Self::FailVerdict => "fail.verdict",
            Self::FailClass => "fail.class",
            Self::FailOutput => "fail.output",
            Self::Unsupported => "unsupported",
            Self::Limit => "limit",
            Self::Fault => "fault",
            Self::CrashSignal(signal) => return write!(f, "crash.signal:{signal}"),
            Self::CrashExit(status) => return write!(f, "crash.exit:{status}"),
            Self::TimeoutSilent => "timeout.silent",
            Self::TimeoutBusy => "timeout.busy",
            Self::OutOfMemory => "oom",
            Self::ProtocolJson => "protocol.json",
            Self::ProtocolTruncated => "protocol.truncated",
            Self::ProtocolNoise => "protocol.noise",
            Self::ProtocolWrongId => "protocol.wrong-id",
            Self::ProtocolDuplicateId => "protocol.duplicate-id",
            Self::ProtocolCapabilityLie => "protocol.capability-lie",
            Self::ProtocolCanary => "protocol.canary",
            Self::ProtocolOversize => "protocol.oversize",
            Self::Nondeterministic => "nondeterministic",
            Self::Skipped => "skipped",
        })
    }
}

/// How often each outcome came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts(pub BTreeMap<String, u64>);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, outcome: &str) {
        *self.0.entry(outcome.to_owned()).or_default() += 1;
    }
}

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
