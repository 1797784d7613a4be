//! The envelope: the messages that carry questions and answers.

use crate::{CTP, MESSAGE_BYTES_MAX};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A line that the runner writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The response has the same id; 0 for `hello`.
    pub id: u32,
    /// The operation, or `hello` or `shutdown`.
    pub op: String,
    /// The case's name, for logs. The answer must not depend on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The point on the axes at which the question is asked.
    #[serde(default, skip_serializing_if = "Env::is_empty")]
    pub env: Env,
    /// The operation's input.
    #[serde(rename = "in", default, skip_serializing_if = "Value::is_null")]
    pub input: Value,
    /// Names of fields. An adapter that does not know one of them answers `unsupported`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must: Vec<String>,
}

/// The point on the axes. An axis that a case does not vary is left out.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Env {
    /// The era of the mainnet schedule; absent where the answer is the same in all editions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
    /// The version of the virtual machine, 0 to 2; every question of the area `vm` has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vm: Option<VmVersion>,
}

impl Env {
    /// Whether no axis is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The four eras of the mainnet schedule, as today's node executes them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// From genesis.
    Ckb2019,
    /// From epoch 5,414.
    Ckb2021,
    /// From epoch 8,651: the chain root in the extension.
    Rfc0044,
    /// From epoch 12,293.
    Ckb2023,
}

impl Edition {
    /// All editions, oldest first.
    pub const ALL: [Self; 4] = [Self::Ckb2019, Self::Ckb2021, Self::Rfc0044, Self::Ckb2023];

    /// The name on the wire and in case names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ckb2019 => "ckb2019",
            Self::Ckb2021 => "ckb2021",
            Self::Rfc0044 => "rfc0044",
            Self::Ckb2023 => "ckb2023",
        }
    }
}

/// A version of the virtual machine: a JSON number.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(into = "u8", try_from = "u8")]
#[schemars(with = "u8", extend("enum" = [0, 1, 2]))]
pub enum VmVersion {
    /// RV64IMC.
    V0,
    /// RV64IMC with B and macro-op fusion, from the edition `ckb2021` on.
    V1,
    /// Like version 1, with more fused sequences, from the edition `ckb2023` on.
    V2,
}

impl VmVersion {
    /// All versions, oldest first.
    pub const ALL: [Self; 3] = [Self::V0, Self::V1, Self::V2];
}

impl From<VmVersion> for u8 {
    fn from(version: VmVersion) -> Self {
        match version {
            VmVersion::V0 => 0,
            VmVersion::V1 => 1,
            VmVersion::V2 => 2,
        }
    }
}

impl TryFrom<u8> for VmVersion {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|version| u8::from(*version) == number).ok_or("there are versions 0, 1 and 2")
    }
}

/// A line that an adapter writes: the request's id and exactly one of `ok`, `unsupported`,
/// `fault`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Response {
    /// The id of the request.
    pub id: u32,
    /// An answer: [`Hello`] to `hello`, [`Verdict`] to a question, `{}` to `shutdown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<Value>,
    /// The client does not support this question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsupported: Option<What>,
    /// The adapter or the client failed, so there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<What>,
}

/// A reason in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct What {
    /// The reason.
    pub what: String,
}

/// The client's verdict on a question: the `ok` of a response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "lowercase")]
pub enum Verdict {
    /// The input is valid; `out` holds what was computed.
    Accept {
        /// The operation's output.
        #[serde(default)]
        out: Value,
    },
    /// The input is invalid.
    Reject {
        /// The reason. A reject without a class counts as `pass-weak`.
        #[serde(default)]
        error: Option<Rejection>,
    },
}

/// Why a client rejects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejection {
    /// A dotted class of `spec/classes.yaml`; absent or `unclassified` when the client does not
    /// tell its reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The client's own error message; it is shown and never compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<String>,
    /// The part of the input that is invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// An adapter's answer to one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A verdict.
    Verdict(Verdict),
    /// The client does not support this question.
    Unsupported(What),
    /// The adapter or the client failed, so there is no answer.
    Fault(What),
}

impl Answer {
    /// Accepts, with the operation's output.
    ///
    /// If the output cannot be written as JSON, the answer is a fault.
    pub fn accept(out: impl Serialize) -> Self {
        match serde_json::to_value(out) {
            Ok(out) => Self::Verdict(Verdict::Accept { out }),
            Err(error) => Self::fault(error.to_string()),
        }
    }

    /// Rejects with a class of `spec/classes.yaml` and the client's own error message.
    pub fn reject(class: Option<&str>, native: impl Into<String>) -> Self {
        let class = class.map(str::to_owned);
        let error = Rejection { class, native: Some(native.into()), at: None };
        Self::Verdict(Verdict::Reject { error: Some(error) })
    }

    /// The client does not support this question; `what` is the reason.
    pub fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(What { what: what.into() })
    }

    /// The adapter or the client failed; `what` is the reason.
    pub fn fault(what: impl Into<String>) -> Self {
        Self::Fault(What { what: what.into() })
    }
}

/// The `in` of `hello`: the runner describes itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HelloIn {
    /// Protocol versions that the runner speaks.
    pub ctp: Vec<u32>,
    /// The runner.
    pub runner: Runner,
    /// Values that the adapter must return unchanged, which shows whether it loses precision.
    pub canary: Value,
    /// The runner's limits.
    pub limits: RunnerLimits,
}

/// The program that asks the questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Runner {
    /// `ckbspec`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The limits of the runner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunnerLimits {
    /// The longest line that it reads, in bytes.
    pub max_message_bytes: u64,
    /// How long an answer may take, in milliseconds.
    pub deadline_ms: u64,
}

/// The `ok` of `hello`: the adapter describes its client and what the client supports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hello {
    /// The protocol version that the adapter speaks.
    pub ctp: u32,
    /// The runner's canary, unchanged.
    pub canary: Value,
    /// The client.
    #[serde(rename = "impl")]
    pub implementation: ClientName,
    /// The operations that it supports: `encoding.hash`, or a part of one: `encoding.hash/tx`.
    pub ops: Vec<String>,
    /// The points of each axis that it supports; an axis that is absent is not restricted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<String, Vec<Value>>,
    /// Optional abilities: `error.class`, `cost.cycles`, `vm.state`. Values that belong to an
    /// ability that is absent are not compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// The adapter's limits.
    #[serde(default)]
    pub limits: AdapterLimits,
    /// Whether the same question always has the same answer.
    #[serde(default = "yes")]
    pub deterministic: bool,
}

const fn yes() -> bool {
    true
}

/// Abilities that an adapter may declare. Values that belong to an undeclared ability are not
/// compared.
pub mod features {
    /// Rejects have a class.
    pub const ERROR_CLASS: &str = "error.class";
    /// Outputs have `cycles`.
    pub const COST_CYCLES: &str = "cost.cycles";
    /// Outputs have `registers` and `memory` where the question requests them.
    pub const VM_STATE: &str = "vm.state";
    /// All abilities.
    pub const ALL: [&str; 3] = [ERROR_CLASS, COST_CYCLES, VM_STATE];
}

/// The client behind an adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientName {
    /// The client's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The language that it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// The limits of the adapter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdapterLimits {
    /// How many questions may be unanswered at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_inflight: Option<u32>,
}

/// How an [`crate::Adapter`] describes its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Implementation {
    /// The client.
    pub client: ClientName,
    /// The operations that it supports.
    pub ops: Vec<String>,
    /// The points of each axis that it supports; an axis that is absent is not restricted.
    pub axes: BTreeMap<String, Vec<Value>>,
    /// How many questions may be unanswered at once.
    pub inflight_max: u32,
}

impl Implementation {
    /// A client written in Rust, with the operations that it supports.
    pub fn new(name: &str, version: &str, ops: &[&str]) -> Self {
        let language = Some("rust".to_owned());
        Self {
            client: ClientName { name: name.into(), version: version.into(), language },
            ops: ops.iter().map(|op| (*op).to_owned()).collect(),
            axes: BTreeMap::new(),
            inflight_max: 64,
        }
    }

    /// Restricts it to some versions of the virtual machine.
    #[must_use]
    pub fn at_vm(mut self, versions: &[VmVersion]) -> Self {
        let points = versions.iter().map(|version| u8::from(*version).into()).collect();
        self.axes.insert("vm".to_owned(), points);
        self
    }
}

impl HelloIn {
    /// The runner's first message; `deadline_ms` is how long an answer may take.
    pub fn new(version: &str, deadline_ms: u64) -> Self {
        Self {
            ctp: vec![CTP],
            runner: Runner { name: "ckbspec".into(), version: version.into() },
            canary: serde_json::json!({
                "u64": "0xffffffffffffffff",
                "dec": "18446744073709551615",
                "bytes": "0x00ff10",
            }),
            limits: RunnerLimits {
                max_message_bytes: u64::try_from(MESSAGE_BYTES_MAX).unwrap_or(u64::MAX),
                deadline_ms,
            },
        }
    }
}
