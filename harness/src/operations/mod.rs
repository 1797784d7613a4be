//! Where the protocol and the reference meet: an operation's input becomes a call of the
//! reference, and its result the operation's output. Nothing else in the house knows both.

mod encoding;
mod pow;

use ckbspec_protocol::{Answer, Question};
use ckbspec_reference::{RuleSet, Violation};
use serde::Serialize;

/// What the reference says.
pub type Ruling = Result<serde_json::Value, Violation>;

/// Why the reference has no ruling: the question lies outside what the operation is defined for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undefined(pub &'static str);

/// Answers a question by the reference, with a set of rules that are on.
///
/// # Errors
/// [`Undefined`] where the operation has no answer.
pub fn rule_on(question: &Question, rules: &RuleSet) -> Result<Ruling, Undefined> {
    Ok(match question {
        Question::Decode(input) => encoding::decode(input, rules).map(out),
        Question::Hash(input) => encoding::hash(input, rules).map(out),
        Question::Eaglesong(input) => Ok(out(pow::eaglesong(input))),
        Question::CompactToTarget(input) => Ok(out(pow::compact_to_target(input))),
        Question::TargetToCompact(input) => Ok(out(pow::target_to_compact(input))),
        Question::CompactToDifficulty(input) => Ok(out(pow::compact_to_difficulty(input))),
        Question::DifficultyToCompact(input) => {
            let compact = pow::difficulty_to_compact(input);
            Ok(out(compact.ok_or(Undefined("difficulty 0 has no target"))?))
        }
        Question::Verify(input) => pow::verify(input, rules).map(out),
    })
}

/// Answers a question as an adapter does; `class_of` gives the class of a rule.
pub fn answer(question: &Question, class_of: impl Fn(&str) -> Option<String>) -> Answer {
    match rule_on(question, &RuleSet::all()) {
        Ok(Ok(out)) => Answer::accept(out),
        Ok(Err(violation)) => {
            let class = class_of(violation.rule.as_str());
            Answer::reject(class.as_deref(), violation.to_string())
        }
        Err(Undefined(why)) => Answer::fault(why),
    }
}

/// An output as JSON.
fn out(value: impl Serialize) -> serde_json::Value {
    serde_json::to_value(value)
        .unwrap_or_else(|error| unreachable!("outputs have string keys only: {error}"))
}
