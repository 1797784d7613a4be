//! The typed form of a vector file, as people write it (`vectors/README.md`).

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// The schemas of vector files.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
pub enum SchemaName {
    /// The only schema so far.
    #[serde(rename = "ckbspec.vectors/1")]
    Vectors1,
}

/// A vector file: the vectors of one topic, all of one operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VectorFile {
    /// The format of this file.
    pub schema: SchemaName,
    /// What the file is about, in one line.
    pub title: String,
    /// The operation of all its vectors.
    pub operation: String,
    /// The points on the axes at which each vector is asked. Without it, each vector is asked once.
    #[serde(default)]
    pub over: Over,
    /// Where the expectations come from, unless a vector names another source.
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
    /// Computed by hand, or by an independent tool, which is named.
    Derived,
    /// Computed by the reference; it counts after a client that is not ours has confirmed it.
    Filled,
}

/// The mistake that vectors with a flag catch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What kind of mistake: encoding, boundary, overflow, ordering, rounding, …
    pub bug: String,
    /// What a client with this mistake does.
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
    /// It does not count yet, because nobody has confirmed it.
    Candidate,
    /// It counts.
    #[default]
    Active,
    /// It does not count, because there are reasons to doubt it.
    Disputed,
    /// It is not asked any more, and is kept only for its id.
    Retired,
}

/// One vector, as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenVector {
    /// Its id, which is permanent and unique in the area.
    pub id: String,
    /// Its revision, which is raised when the question or the expectation changes.
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
    /// The source of this expectation, if it differs from that of the file.
    #[serde(default)]
    pub provenance: Option<Provenance>,
    /// How the node's own engines, or the RFC and the node, differ here.
    #[serde(default)]
    pub divergent: Option<String>,
    /// The vector whose input this one changes.
    #[serde(default)]
    pub twin: Option<String>,
    /// The changes: a path in the twin's input, and the value that replaces the one there.
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
    /// Where the fault cannot be isolated: the other rules that the input breaks, each with the
    /// reason. A client may reject by one of these as well.
    #[serde(default)]
    pub any_of: BTreeMap<String, String>,
    /// Instead of `accept` or `reject`: the answers, where they differ between points.
    #[serde(default)]
    pub answers: Vec<WrittenAnswer>,
}

/// The answer at some points of a vector, as written.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenAnswer {
    /// The points of this answer; each point of the vector has exactly one answer. An axis that is
    /// left out means all its points.
    pub when: Over,
    /// What it shows at these points, if that differs from the vector's `why`.
    #[serde(default)]
    pub why: Option<String>,
    /// The rules that it shows at these points, if they differ from those of the vector.
    #[serde(default)]
    pub rules: Option<Vec<String>>,
    /// Keys of `notes`, if they differ from those of the vector.
    #[serde(default)]
    pub flags: Option<Vec<String>>,
    /// The output's fields that are compared.
    #[serde(default)]
    pub accept: Option<Value>,
    /// The rule that the input breaks.
    #[serde(default)]
    pub reject: Option<String>,
    /// The other rules that the input breaks, each with the reason, as in a vector.
    #[serde(default)]
    pub any_of: BTreeMap<String, String>,
}

const fn one() -> u32 {
    1
}
