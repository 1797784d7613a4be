//! The lines of a run log: what every report is made from, and nothing else is.

use super::outcome::{Counts, Listed, Outcome, Score};
use crate::pack::RuleLine;
use crate::vectors::file::Note;
use ckbspec_protocol::message::{ClientName, Edition};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The format that this crate reads and writes.
pub const RUN_SCHEMA: &str = "ckbspec.run/1";

/// A line of a run log: the section of an adapter goes from its header to its footer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum LogLine {
    /// A section begins.
    Header(RunHeader),
    /// The adapter has said who it is.
    Hello(ClientLine),
    /// The text of a rule, once in a file, before the first case that shows it.
    Rule(RuleLine),
    /// What became of a case.
    Case(Box<CaseRecord>),
    /// The adapter was restarted, or given up.
    Adapter(AdapterLine),
    /// Something is wrong with a list of known failures.
    Known(KnownLine),
    /// A section ends.
    Footer(RunFooter),
}

/// The head of a section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunHeader {
    /// `ckbspec.run/1`. Fields may be added to it; readers ignore those that they do not know.
    pub schema: String,
    /// The version of the runner.
    pub runner: String,
    /// The address of the adapter, as it was typed.
    pub adapter: String,
    /// How many cases are to be asked here.
    pub cases: u64,
    /// ckbhash over the names and digests of all cases that were selected, before they were
    /// divided into shards: two runs of one digest asked the same questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// Which share of the selected cases this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Whether cases of the suite were left out by the selection.
    pub partial: bool,
    /// Whether it goes on with the section before it of the same adapter: what was asked there
    /// is not asked here, and `cases` counts the rest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resumes: bool,
    /// The command that asks a case again; the name of the case follows it.
    #[serde(default)]
    pub again: String,
    /// When it began, in milliseconds of Unix time.
    pub started_ms: u64,
}

/// One of several equal shares: a case belongs to the share of its place, counted round.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Shard {
    /// The number of this one, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClientLine {
    /// The client.
    #[serde(rename = "impl")]
    pub client: ClientName,
    /// What it can be asked.
    pub ops: Vec<String>,
    /// The points at which it can be asked.
    #[serde(default)]
    pub axes: BTreeMap<String, Vec<Value>>,
}

/// What became of a case. A pass has the first fields only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseRecord {
    /// The name.
    pub case: String,
    /// The rules that it shows; a failure is counted under the first.
    pub rules: Vec<String>,
    /// The edition at which it was asked, where the answer may differ between editions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
    /// The outcome.
    pub outcome: String,
    /// From the question to the answer, in microseconds.
    pub us: u64,
    /// What is known of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Listed>,
    /// Why there is no verdict, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Question, expectation and answer; absent of a pass, and where nobody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Box<Asked>>,
}

/// All that is needed to see why a case did not pass.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Asked {
    /// What the case shows, or the mistake that it catches.
    pub why: String,
    /// The mistakes that it is there to catch.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub flags: IndexMap<String, Note>,
    /// File and line of the vector, below the root of the repository.
    pub source: String,
    /// The operation.
    pub op: String,
    /// Its input. Here and below, strings above 2,048 bytes are cut: their beginning, their
    /// length, and the ckbhash of the text stay.
    #[serde(rename = "in")]
    pub input: Value,
    /// `{verdict, out}`, or `{verdict, rule, class, or}`.
    pub expected: Value,
    /// The verdict; null where there is none.
    #[serde(default)]
    pub got: Value,
    /// What the adapter wrote to standard error meanwhile: with several questions under way it
    /// may be about another of them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stderr: String,
}

/// Something that happened to the adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdapterLine {
    /// `restart`, `unexplained`, `unusable`, `given-up`, `interrupted`,
    /// `incomplete`.
    pub event: String,
    /// Why, in words.
    pub reason: String,
    /// The outcome that it would be of a case, where the adapter broke with no one case to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// Something wrong with a list of known failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KnownLine {
    /// What kind: `stale`, `unexpected-pass`, …
    pub finding: String,
    /// In words.
    pub message: String,
    /// File and line.
    pub at: String,
    /// The same with the excerpt of the list and the way out, as a terminal shows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub shown: String,
}

/// The end of a section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunFooter {
    /// How many case lines there are.
    pub cases: u64,
    /// How often each outcome came.
    pub counts: Counts,
    /// How many failures are known.
    pub known: KnownCounts,
    /// The ckbhash of the case lines, their line feeds included.
    pub digest: String,
    /// Whether all cases were asked.
    pub complete: bool,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub took_ms: u64,
    /// Processes that the adapter had started and that outlived it; they were ended.
    #[serde(default)]
    pub left_behind: u32,
    /// The end of the adapter's standard error.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stderr: String,
}

/// How many failures are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KnownCounts {
    /// That fail each time.
    pub failures: u64,
    /// That fail now and then.
    pub flaky: u64,
}

impl CaseRecord {
    /// The outcome; a fault of the adapter where a later version wrote one that is not known.
    pub fn outcome(&self) -> Outcome {
        Outcome::named(&self.outcome).unwrap_or(Outcome::Fault)
    }

    /// How it is counted, with what is known of the client.
    pub fn score(&self) -> Score {
        match (self.outcome().score(), &self.known) {
            (Score::Skipped, _) => Score::Skipped,
            (_, Some(listed)) if listed.excused && listed.flaky => Score::Flaky,
            (_, Some(listed)) if listed.excused => Score::Known,
            (score, _) => score,
        }
    }

    /// The area.
    pub fn area(&self) -> &str {
        self.case.split('/').next().unwrap_or_default()
    }

    /// The rule that a failure is counted under.
    pub fn main_rule(&self) -> &str {
        self.rules.first().map_or("", String::as_str)
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(n, of)| Some((n.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number @ 1.., of)) if number <= of => Ok(Self { number, of }),
            _ => Err("a shard is NUMBER/OF, as 1/4".into()),
        }
    }
}

impl Shard {
    /// Whether the case of a place, from 0, belongs to this share.
    pub fn holds(self, place: usize) -> bool {
        let [of, number] = [self.of, self.number].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        place.checked_rem(of).is_some_and(|rest| rest == number.saturating_sub(1))
    }
}
