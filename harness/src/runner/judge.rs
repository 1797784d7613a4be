//! One answer against one expectation.

use super::message::shorten;
use super::outcome::Outcome;
use crate::vectors::{Case, Expectation};
use ckbspec_protocol::message::{Rejection, Response, Verdict, features};
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

/// What became of one case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub case: Case,
    /// The outcome.
    pub outcome: Outcome,
    /// What came back.
    pub got: Got,
    /// Time from the question to the answer.
    pub took: Duration,
    /// What the adapter wrote to standard error meanwhile.
    pub stderr: String,
}

impl CaseResult {
    /// The rule that a failure is counted under. Where outputs differ, it decides a field that
    /// differs: one that the vector names, if there is one.
    pub fn rule(&self) -> &str {
        let vector = &self.case.vector;
        let (Expectation::Accept(expected), Got::Verdict(Verdict::Accept { out })) =
            (&vector.expectation, &self.got)
        else {
            return vector.main_rule();
        };
        let decide = vector.operation.rules(expected, out, differs);
        let named = vector.rules.iter().map(String::as_str).find(|rule| decide.contains(rule));
        named.or(decide.first().copied()).unwrap_or_else(|| vector.main_rule())
    }
}

/// What came back for a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Got {
    /// A verdict.
    Verdict(Verdict),
    /// No verdict: why, in words.
    Nothing(String),
}

impl Got {
    /// Whether two answers to the same question say the same; words are not compared.
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Verdict(Verdict::Accept { out }),
                Self::Verdict(Verdict::Accept { out: other }),
            ) => out == other,
            (
                Self::Verdict(Verdict::Reject { error }),
                Self::Verdict(Verdict::Reject { error: other }),
            ) => {
                let class =
                    |error: &Option<Rejection>| error.as_ref().and_then(|e| e.class.clone());
                class(error) == class(other)
            }
            (Self::Nothing(_), Self::Nothing(_)) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Got {
    /// On one line, and not a long one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verdict(verdict) => {
                f.write_str(&shorten(&serde_json::to_vec(verdict).unwrap_or_default()))
            }
            Self::Nothing(why) => f.write_str(why),
        }
    }
}

/// Fields of an output that are compared only where the adapter declares the feature.
const BY_FEATURE: [(&str, &str); 3] = [
    ("cycles", features::COST_CYCLES),
    ("registers", features::VM_STATE),
    ("memory", features::VM_STATE),
];

/// Judges a response to a question that the adapter declares.
pub(crate) fn judge(
    expectation: &Expectation,
    features: &[String],
    response: Response,
) -> (Outcome, Got) {
    let Response { ok, unsupported, fault, .. } = response;
    match (ok, unsupported, fault) {
        (Some(ok), None, None) => match serde_json::from_value::<Verdict>(ok) {
            Ok(verdict) => (judge_verdict(expectation, features, &verdict), Got::Verdict(verdict)),
            Err(error) => {
                (Outcome::ProtocolJson, Got::Nothing(format!("`ok` is no verdict: {error}")))
            }
        },
        (None, Some(what), None) => {
            let why = format!("answered unsupported: {}; `hello` declares it", what.what);
            (Outcome::ProtocolCapabilityLie, Got::Nothing(why))
        }
        (None, None, Some(what)) => (Outcome::Fault, Got::Nothing(what.what)),
        _ => {
            let why = "a response has exactly one of ok, unsupported, fault";
            (Outcome::ProtocolJson, Got::Nothing(why.into()))
        }
    }
}

fn judge_verdict(expectation: &Expectation, features: &[String], verdict: &Verdict) -> Outcome {
    match (expectation, verdict) {
        (Expectation::Accept(expected), Verdict::Accept { out }) => {
            judge_output(expected, features, out)
        }
        (_, Verdict::Reject { error: Some(error) })
            if error.class.as_deref().is_some_and(|c| is_within(c, "limit")) =>
        {
            Outcome::Limit
        }
        (Expectation::Reject { class, others, .. }, Verdict::Reject { error }) => {
            let got = error.as_ref().and_then(|error| error.class.as_deref());
            let got = got.unwrap_or("unclassified");
            // Outcomes are ordered from good to bad: the best of the right reasons counts.
            let reasons = [class].into_iter().chain(others);
            reasons.map(|class| judge_class(class, got)).min().unwrap_or(Outcome::FailClass)
        }
        _ => Outcome::FailVerdict,
    }
}

/// An output that is right as far as the adapter declares that it can tell passes weakly.
fn judge_output(expected: &Value, features: &[String], out: &Value) -> Outcome {
    let mut weak = false;
    let mut can_tell = |field: &str| {
        let needed = BY_FEATURE.iter().find(|(name, _)| *name == field);
        let can = needed.is_none_or(|(_, feature)| features.iter().any(|own| own == feature));
        weak |= !can;
        can
    };
    let fields = expected.as_object().into_iter().flatten();
    let compared: Map<String, Value> = fields
        .filter(|(field, _)| can_tell(field))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    // Inside a structure null may be left out; an output that is asked for may not.
    let whole = compared.keys().all(|field| out.get(field).is_some());
    match whole && !differs(&Value::Object(compared), out) {
        true if weak => Outcome::PassWeak,
        true => Outcome::Pass,
        false => Outcome::FailOutput,
    }
}

/// A class as fine as the spec's passes; a coarser one, or none, passes weakly.
fn judge_class(expected: &str, got: &str) -> Outcome {
    if is_within(got, expected) {
        Outcome::Pass
    } else if got == "unclassified" || is_within(expected, got) {
        Outcome::PassWeak
    } else {
        Outcome::FailClass
    }
}

/// Whether `class` is `prefix` or below it.
fn is_within(class: &str, prefix: &str) -> bool {
    class.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether an output differs in a field that the expectation names; arrays are compared whole,
/// and null is a field that is absent.
pub fn differs(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Object(expected), Value::Object(got)) => {
            expected.iter().any(|(k, v)| differs(v, got.get(k).unwrap_or(&Value::Null)))
        }
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() != got.len() || expected.iter().zip(got).any(|(e, g)| differs(e, g))
        }
        _ => expected != got,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn classes_match_by_dotted_prefix() {
        let class = "header.pow.above-target";
        assert_eq!(judge_class(class, class), Outcome::Pass);
        assert_eq!(judge_class("header.pow", class), Outcome::Pass);
        assert_eq!(judge_class(class, "header.pow"), Outcome::PassWeak);
        assert_eq!(judge_class(class, "unclassified"), Outcome::PassWeak);
        assert_eq!(judge_class(class, "header.po"), Outcome::FailClass);
        assert_eq!(judge_class(class, "header.pow.target-invalid"), Outcome::FailClass);
    }

    #[test]
    fn an_output_of_null_must_be_given() {
        let expectation = Expectation::Accept(json!({"value": null}));
        let judged = |out| judge_verdict(&expectation, &[], &Verdict::Accept { out });
        assert_eq!(judged(json!({"value": null})), Outcome::Pass);
        assert_eq!(judged(json!({})), Outcome::FailOutput);
    }

    #[test]
    fn cycles_are_compared_with_who_counts_them() {
        let expectation = Expectation::Accept(json!({"exit_code": "0x0", "cycles": "0x1f6"}));
        let counts = features::ALL.map(str::to_owned);
        let judged = |features: &[String], out| {
            judge_verdict(&expectation, features, &Verdict::Accept { out })
        };
        let right = json!({"exit_code": "0x0", "cycles": "0x1f6"});
        assert_eq!(judged(&counts, right.clone()), Outcome::Pass);
        assert_eq!(judged(&[], right), Outcome::PassWeak);
        let wrong = json!({"exit_code": "0x0", "cycles": "0x1f7"});
        assert_eq!(judged(&counts, wrong.clone()), Outcome::FailOutput);
        assert_eq!(judged(&[], wrong), Outcome::PassWeak);
        let without = json!({"exit_code": "0x0"});
        assert_eq!(judged(&counts, without.clone()), Outcome::FailOutput);
        assert_eq!(judged(&[], without), Outcome::PassWeak);
        assert_eq!(judged(&[], json!({"exit_code": "0x1"})), Outcome::FailOutput);
    }

    #[test]
    fn an_output_is_compared_in_the_named_fields_only() {
        let expected = json!({"a": "0x1", "b": {"c": null}, "d": [{"e": "0x2"}]});
        assert!(!differs(&expected, &json!({"a": "0x1", "b": {}, "d": [{"e": "0x2"}], "f": 1})));
        assert!(differs(&expected, &json!({"a": "0x01", "b": {}, "d": [{"e": "0x2"}]})));
        assert!(differs(&expected, &json!({"a": "0x1", "b": {"c": 0}, "d": [{"e": "0x2"}]})));
        assert!(differs(&expected, &json!({"a": "0x1", "b": {}, "d": []})));
    }
}
