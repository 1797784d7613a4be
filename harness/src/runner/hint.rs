//! What to do about an outcome: for the author of an adapter, in one sentence.

use super::outcome::Outcome;

impl Outcome {
    /// What it says of a case, in one sentence.
    pub(crate) const fn meaning(&self) -> &'static str {
        match self {
            Self::Pass => "as expected",
            Self::PassWeak => "right, with a coarser class than the spec's, or less to compare",
            Self::FailVerdict => "accepted what is invalid, or rejected what is valid",
            Self::FailClass => "rejected, for another reason",
            Self::FailOutput => "accepted, with another output",
            Self::Unsupported => "not declared, so not asked",
            Self::Limit => "a limit of the client's own: no verdict",
            Self::Fault => "the adapter says that it broke",
            Self::CrashSignal(_) => "a signal ended the process; its number follows",
            Self::CrashExit(_) => "the process ended; its status follows",
            Self::TimeoutSilent => "no answer before the deadline, and hardly any work",
            Self::TimeoutBusy => "no answer before the deadline, while it used the processor",
            Self::OutOfMemory => "it used more memory than it may",
            Self::ProtocolJson => "a line that is no message",
            Self::ProtocolTruncated => "the output ended, or stopped, in the middle of a line",
            Self::ProtocolNoise => "a line that is not JSON",
            Self::ProtocolWrongId => "an answer to a question that was never asked",
            Self::ProtocolDuplicateId => "a second answer to a question",
            Self::ProtocolCapabilityLie => "`unsupported`, for something that `hello` declares",
            Self::ProtocolCanary => "the canary of `hello` came back changed",
            Self::ProtocolOversize => "a line above the limit",
            Self::Nondeterministic => "two answers to the same question",
            Self::Skipped => "not asked: the adapter had failed too often, or the run ended",
        }
    }

    /// How to fix an adapter that gives this outcome; nothing where the client is to blame.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Pass
            | Self::PassWeak
            | Self::FailVerdict
            | Self::FailClass
            | Self::FailOutput
            | Self::Unsupported
            | Self::Limit
            | Self::Skipped => return None,
            Self::Fault => "fix what it says; what the client cannot be asked is `unsupported`",
            Self::CrashSignal(9) => "another program killed it: did the machine run out of memory?",
            Self::CrashSignal(_) => "ask this case alone, with the adapter under a debugger",
            Self::CrashExit(0) => "an adapter ends when its input ends, not before",
            Self::CrashExit(_) => {
                "see its standard error; catch what the client throws, and reject"
            }
            Self::TimeoutSilent => "flush after each line; if it waits for something, say `fault`",
            Self::TimeoutBusy => "it computes without end, or needs a longer --deadline-ms",
            Self::OutOfMemory => "free what a question took; --memory-mib allows more",
            Self::ProtocolJson => "answer with one JSON object a line, as in spec/schema",
            Self::ProtocolTruncated => "write a whole line and its line feed at once, then flush",
            Self::ProtocolNoise => "only answers go to standard output; logs to standard error",
            Self::ProtocolWrongId => "echo the question's own id",
            Self::ProtocolDuplicateId => "answer each question once",
            Self::ProtocolCapabilityLie => "take it out of `ops` in the answer to `hello`",
            Self::ProtocolCanary => "echo the canary as it came; read and write it as strings",
            Self::ProtocolOversize => "end each answer with a line feed; 16 MiB at most",
            Self::Nondeterministic => "nothing but the question may decide: no clock, no chance",
        })
    }
}
