//! The typed form of a vector file, as people write it (`vectors/README.md`).

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The only schema there is so far.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum SchemaName {
    /// The first.
    #[serde(rename = "ckbspec.vectors/1")]
    Vectors1,
}

/// One topic: vectors of one operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VectorFile {
    /// The format of this file.
    pub schema: SchemaName,
    /// What the file is about, in one line.
    pub title: String,
    /// The operation that all its vectors ask.
    pub operation: String,
    /// The points on the axes at which each vector is asked; asked once where it is left out.
    #[serde(default)]
    pub over: Over,
    /// Where the expectations come from, unless a vector says otherwise.
    pub provenance: Provenance,
    /// What each flag means.
    #[serde(default)]
    pub notes: BTreeMap<String, Note>,
    /// The vectors.
    pub vectors: Vec<WrittenVector>,
}

/// Points on the axes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// Editions.
    #[serde(default)]
    pub edition: Vec<ckbspec_protocol::message::Edition>,
    /// Versions of the virtual machine.
    #[serde(default)]
    pub vm: Vec<ckbspec_protocol::message::VmVersion>,
}

/// What makes an expected value trustworthy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What kind of source it is.
    pub kind: ProvenanceKind,
    /// The source itself: repository and commit, document and section, tool.
    pub source: String,
}

/// Kinds of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProvenanceKind {
    /// Mainnet or testnet itself.
    Chain,
    /// An RFC, a paper, the documentation of a client.
    Published,
    /// Worked out by hand, or by an independent tool that is named.
    Derived,
    /// Computed by the reference; counts once a client that is not ours has confirmed it.
    Filled,
}

/// A mistake that vectors with a flag are there to catch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What kind of mistake: encoding, boundary, overflow, ordering, rounding, …
    pub bug: String,
    /// What a client that makes it does.
    pub effect: String,
    /// Where to read about it: links, CVEs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub see: Vec<String>,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.effect)?;
        if self.see.is_empty() { Ok(()) } else { write!(f, "; see {}", self.see.join(", ")) }
    }
}

/// Whether a vector counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VectorStatus {
    /// Not confirmed yet.
    Candidate,
    /// It counts.
    #[default]
    Active,
    /// Somebody has shown reasons to doubt it.
    Disputed,
    /// Kept for its id alone.
    Retired,
}

/// One vector, as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenVector {
    /// Permanent, and unique in the area.
    pub id: String,
    /// Raised when the question or the expectation changes.
    #[serde(default = "one")]
    pub rev: u32,
    /// Whether it counts.
    #[serde(default)]
    pub status: VectorStatus,
    /// What it shows, or the mistake that it catches, in one line.
    pub why: String,
    /// The rules that it shows.
    pub rules: Vec<String>,
    /// The points at which this vector is asked, if not those of the file.
    #[serde(default)]
    pub over: Option<Over>,
    /// Keys of `notes`.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Where this expectation comes from, if not from where the file says.
    #[serde(default)]
    pub provenance: Option<Provenance>,
    /// What the node's own engines, or RFC and node, disagree about.
    #[serde(default)]
    pub divergent: Option<String>,
    /// The vector whose input this one changes.
    #[serde(default)]
    pub twin: Option<String>,
    /// The changes: a path in the twin's input, and the value that stands there instead.
    #[serde(default)]
    pub change: Option<IndexMap<String, Value>>,
    /// The operation's input.
    #[serde(default, rename = "in")]
    pub input: Option<Value>,
    /// The output's fields that are compared.
    #[serde(default)]
    pub accept: Option<Value>,
    /// The rule that the input breaks.
    #[serde(default)]
    pub reject: Option<String>,
    /// Where the fault cannot be isolated: the other rules that it breaks, and why. Rejecting for
    /// one of them is right as well.
    #[serde(default)]
    pub any_of: BTreeMap<String, String>,
    /// Instead of `accept` or `reject`: the answers, where they differ from point to point.
    #[serde(default)]
    pub answers: Vec<WrittenAnswer>,
}

/// The answer at some points of a vector, as written.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenAnswer {
    /// The points: each of the vector's has one answer. An axis that is left out is meant whole.
    pub when: Over,
    /// What it shows here, if not what the vector says.
    #[serde(default)]
    pub why: Option<String>,
    /// The rules that it shows here, if not those of the vector.
    #[serde(default)]
    pub rules: Option<Vec<String>>,
    /// Keys of `notes`, if not those of the vector.
    #[serde(default)]
    pub flags: Option<Vec<String>>,
    /// The output's fields that are compared.
    #[serde(default)]
    pub accept: Option<Value>,
    /// The rule that the input breaks.
    #[serde(default)]
    pub reject: Option<String>,
    /// The other rules that it breaks, and why, as in a vector.
    #[serde(default)]
    pub any_of: BTreeMap<String, String>,
}

const fn one() -> u32 {
    1
}
