//! Answers questions with the reference: converts an operation's input to a call of the reference,
//! and the result to the operation's output. Only this module and `ckbspec_common::wire` depend on
//! both the protocol and the reference.

mod encoding;
mod issuance;
mod pow;
mod vm;

pub use vm::vm_version;

use ckbspec_common::wire::Unnamed;
use ckbspec_protocol::operations::{Answers, OperationInput};
use ckbspec_protocol::{Answer, Env, Question};
use ckbspec_reference::{RuleSet, Violation};

/// The reference's answer to a question: an output, or the violation for which it rejects.
pub type Evaluation = Result<serde_json::Value, Violation>;

/// Why the reference has no answer: the operation is not defined for this input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undefined(pub &'static str);

impl From<Unnamed> for Undefined {
    fn from(Unnamed(why): Unnamed) -> Self {
        Self(why)
    }
}

/// The computation of an operation by the reference; each area has its operations in a file.
trait Answered: OperationInput {
    /// The output at a point of the axes; `rules` are the rules that are on.
    fn output(&self, env: &Env, rules: &RuleSet) -> Result<Self::Out, NoOutput>;
}

/// Why there is no output.
enum NoOutput {
    Rejected(Violation),
    Undefined(Undefined),
}

impl From<Violation> for NoOutput {
    fn from(violation: Violation) -> Self {
        Self::Rejected(violation)
    }
}

impl From<Undefined> for NoOutput {
    fn from(why: Undefined) -> Self {
        Self::Undefined(why)
    }
}

impl From<Unnamed> for NoOutput {
    fn from(why: Unnamed) -> Self {
        Self::Undefined(why.into())
    }
}

/// The reference at a point of the axes; `rules` are the rules that are on.
struct Reference<'a> {
    env: &'a Env,
    rules: &'a RuleSet,
}

impl<I: Answered> Answers<I, Result<Evaluation, Undefined>> for Reference<'_> {
    fn answer(&self, input: &I) -> Result<Evaluation, Undefined> {
        match input.output(self.env, self.rules) {
            Ok(out) => Ok(Ok(serde_json::to_value(out)
                .unwrap_or_else(|error| unreachable!("outputs have string keys only: {error}")))),
            Err(NoOutput::Rejected(violation)) => Ok(Err(violation)),
            Err(NoOutput::Undefined(undefined)) => Err(undefined),
        }
    }
}

/// Answers a question by the reference, at a point of the axes, with a set of rules that are on.
pub fn evaluate(question: &Question, env: &Env, rules: &RuleSet) -> Result<Evaluation, Undefined> {
    let reference = &Reference { env, rules };
    match question {
        Question::Encoding(question) => question.answered_by(reference),
        Question::Pow(question) => question.answered_by(reference),
        Question::Issuance(question) => question.answered_by(reference),
        Question::Vm(question) => question.answered_by(reference),
    }
}

/// Answers a question in the form of an adapter; `class_of` returns the class of a rule.
pub fn answer(question: &Question, env: &Env, class_of: impl Fn(&str) -> Option<String>) -> Answer {
    match evaluate(question, env, &RuleSet::all()) {
        Ok(Ok(out)) => Answer::accept(out),
        Ok(Err(violation)) => {
            let class = class_of(violation.rule.as_str());
            Answer::reject(class.as_deref(), violation.to_string())
        }
        Err(Undefined(why)) => Answer::fault(why),
    }
}
