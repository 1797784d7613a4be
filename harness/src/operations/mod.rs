//! Where the protocol and the reference meet: an operation's input becomes a call of the
//! reference, and its result the operation's output. Besides
//! `ckbspec_common::wire`, nothing else knows both.

mod encoding;
mod issuance;
mod pow;
mod vm;

pub use vm::vm_version;

use ckbspec_common::wire::Unnamed;
use ckbspec_protocol::{Answer, Env, Question};
use ckbspec_reference::{RuleSet, Violation};
use serde::Serialize;

/// What the reference says.
pub type Ruling = Result<serde_json::Value, Violation>;

/// Why the reference has no ruling: the question lies outside what the operation is defined for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undefined(pub &'static str);

impl From<Unnamed> for Undefined {
    fn from(Unnamed(why): Unnamed) -> Self {
        Self(why)
    }
}

/// Answers a question by the reference, at a point of the axes, with a set of rules that are on.
///
/// # Errors
/// [`Undefined`] where the operation has no answer.
pub fn rule_on(question: &Question, env: &Env, rules: &RuleSet) -> Result<Ruling, Undefined> {
    match question {
        Question::Decode(input) => ruled(Ok(encoding::decode(input, rules))),
        Question::Encode(input) => ruled(encoding::encode(input)),
        Question::Size(input) => ruled(Ok(encoding::size(input, rules))),
        Question::Hash(input) => ruled(Ok(encoding::hash(input, rules))),
        Question::ProposalShortId(input) => ruled(Ok(encoding::proposal_short_id(input, rules))),
        Question::TypeId(input) => ruled(Ok(encoding::type_id(input, rules))),
        Question::MerkleRoot(input) => ruled(encoding::root(input).map(Ok)),
        Question::MerkleProof(input) => ruled(encoding::proof(input, rules)),
        Question::VerifyMerkleProof(input) => ruled(encoding::verify_proof(input, rules)),
        Question::HeaderDigest(input) => ruled(Ok(encoding::header_digest(input, rules))),
        Question::MergeHeaderDigests(input) => ruled(encoding::merge_digests(input, rules)),
        Question::Eaglesong(input) => ruled(Ok(Ok(pow::eaglesong(input)))),
        Question::CompactToTarget(input) => ruled(Ok(Ok(pow::compact_to_target(input)))),
        Question::TargetToCompact(input) => ruled(Ok(Ok(pow::target_to_compact(input)))),
        Question::CompactToDifficulty(input) => ruled(Ok(Ok(pow::compact_to_difficulty(input)))),
        Question::DifficultyToCompact(input) => ruled(pow::difficulty_to_compact(input).map(Ok)),
        Question::Verify(input) => ruled(Ok(pow::verify(input, rules))),
        Question::EpochFraction(input) => ruled(Ok(Ok(pow::epoch_fraction(input)))),
        Question::CompareEpochs(input) => ruled(pow::compare_epochs(input).map(Ok)),
        Question::VerifySuccessor(input) => ruled(Ok(pow::verify_successor(input, rules))),
        Question::VerifyEpoch(input) => ruled(pow::verify_epoch(input, rules)),
        Question::GenesisEpoch(input) => ruled(pow::genesis_epoch(input).map(Ok)),
        Question::NextEpoch(input) => ruled(pow::next_epoch(input).map(Ok)),
        Question::PrimaryEpochReward(input) => ruled(issuance::primary_epoch(input).map(Ok)),
        Question::SecondaryEpochReward(input) => ruled(Ok(Ok(issuance::secondary_epoch(input)))),
        Question::BlockIssuance(input) => ruled(issuance::block_issuance(input).map(Ok)),
        Question::DaoField(input) => ruled(issuance::dao_field(input)),
        Question::FreedCapacity(input) => ruled(issuance::freed_capacity(input)),
        Question::GenesisDaoField(input) => ruled(issuance::genesis_dao_field(input, rules)),
        Question::BlockReward(input) => ruled(issuance::block_reward(input)),
        Question::MaximumWithdraw(input) => ruled(issuance::maximum_withdraw(input, rules)),
        Question::TransactionFee(input) => ruled(issuance::transaction_fee(input, rules)),
        Question::Run(input) => ruled(vm::run(input, env)),
        Question::DecodeInstruction(input) => ruled(vm::decode(input, env)),
        Question::Legal(input) => ruled(vm::legal(input, env).map(Ok)),
    }
}

/// A ruling before its output is JSON, or why there is none.
type Ruled<T> = Result<Result<T, Violation>, Undefined>;

/// The output as JSON.
fn ruled<T: Serialize>(ruled: Ruled<T>) -> Result<Ruling, Undefined> {
    let json = |out| {
        serde_json::to_value(out)
            .unwrap_or_else(|error| unreachable!("outputs have string keys only: {error}"))
    };
    Ok(ruled?.map(json))
}

/// Answers a question as an adapter does; `class_of` gives the class of a rule.
pub fn answer(question: &Question, env: &Env, class_of: impl Fn(&str) -> Option<String>) -> Answer {
    match rule_on(question, env, &RuleSet::all()) {
        Ok(Ok(out)) => Answer::accept(out),
        Ok(Err(violation)) => {
            let class = class_of(violation.rule.as_str());
            Answer::reject(class.as_deref(), violation.to_string())
        }
        Err(Undefined(why)) => Answer::fault(why),
    }
}
