//! Adapter for the crates that the official CKB node is built from: a program for the suite, and
//! a library for fuzz targets.
//!
//! These crates compute every answer. The adapter converts a question to their types and the result
//! to the protocol's; where it repeats a step of the node, a comment says so.

mod derived;
mod encoding;
mod epochs;
mod instruction;
mod issuance;
mod pow;
mod reading;
mod rewards;
mod vm;

pub use vm::Engine;

use ckb_dao_utils::DaoError;
use ckbspec_protocol::operations::{EncodingQuestion, IssuanceQuestion, PowQuestion, VmQuestion};
use ckbspec_protocol::{Adapter, Answer, Env, Implementation, OPERATIONS, Question};
use serde::Serialize;
use std::any::Any;
use std::panic::{UnwindSafe, catch_unwind};

/// Operations whose code is in crates that the adapter does not use: `TYPE_ID` is in `ckb-script`.
const NOT_IN_THE_CRATES: [&str; 1] = ["encoding.type_id"];

/// The client.
#[derive(Debug)]
pub struct OfficialCrates;

impl Adapter for OfficialCrates {
    fn describe(&self) -> Implementation {
        // A new operation does not compile before `ask` handles it.
        let asked = OPERATIONS.iter().map(|operation| operation.name);
        let operations: Vec<&str> =
            asked.filter(|name| !NOT_IN_THE_CRATES.contains(name)).collect();
        let client = Engine::Assembly.client();
        Implementation::new(client, version_of("ckb-types"), &operations)
    }

    fn answer(&mut self, question: Question, env: &Env) -> Answer {
        guarded(|| ask(&question, env))
    }
}

/// Only the virtual machine, with one of its engines.
#[derive(Debug)]
pub struct OfficialVm(pub Engine);

impl Adapter for OfficialVm {
    fn describe(&self) -> Implementation {
        let asked = OPERATIONS.iter().map(|operation| operation.name);
        let operations: Vec<&str> = asked.filter(|name| name.starts_with("vm.")).collect();
        Implementation::new(self.0.client(), version_of("ckb-vm"), &operations)
    }

    fn answer(&mut self, question: Question, env: &Env) -> Answer {
        guarded(|| match &question {
            Question::Vm(question) => ask_vm(self.0, env, question),
            _ => Answer::unsupported("only the area vm is supported"),
        })
    }
}

/// Turns a panic of the client into a fault, so that the adapter continues with the next question.
fn guarded(ask: impl FnOnce() -> Answer + UnwindSafe) -> Answer {
    catch_unwind(ask)
        .unwrap_or_else(|payload| Answer::fault(format!("panicked: {}", said(&*payload))))
}

fn ask(question: &Question, env: &Env) -> Answer {
    match question {
        Question::Encoding(question) => ask_encoding(question),
        Question::Pow(question) => ask_pow(question),
        Question::Issuance(question) => ask_issuance(question),
        Question::Vm(question) => ask_vm(Engine::Assembly, env, question),
    }
}

fn ask_encoding(question: &EncodingQuestion) -> Answer {
    match question {
        EncodingQuestion::Decode(input) => {
            answer(encoding::decode(input).map(|value| serde_json::json!({ "value": value })))
        }
        EncodingQuestion::Encode(input) => match encoding::encode(input) {
            Ok(out) => Answer::accept(out),
            Err(error) => Answer::fault(format!("not of the node's JSON-RPC: {error}")),
        },
        EncodingQuestion::Size(input) => answer(derived::size(input)),
        EncodingQuestion::Hash(input) => answer(encoding::hash(input)),
        EncodingQuestion::ProposalShortId(input) => answer(derived::proposal_short_id(input)),
        EncodingQuestion::TypeId(_) => Answer::unsupported("encoding.type_id"),
        EncodingQuestion::MerkleRoot(input) => Answer::accept(derived::root(input)),
        EncodingQuestion::MerkleProof(input) => derived::proof(input),
        EncodingQuestion::VerifyMerkleProof(input) => derived::verify_proof(input),
        EncodingQuestion::HeaderDigest(input) => answer(derived::header_digest(input)),
        EncodingQuestion::MergeHeaderDigests(input) => {
            derived::merge_digests(input).unwrap_or_else(reading::Refusal::into_answer)
        }
    }
}

fn ask_pow(question: &PowQuestion) -> Answer {
    match question {
        PowQuestion::Eaglesong(input) => Answer::accept(pow::digest(input)),
        PowQuestion::CompactToTarget(input) => Answer::accept(pow::compact_to_target(input)),
        PowQuestion::TargetToCompact(input) => Answer::accept(pow::target_to_compact(input)),
        PowQuestion::CompactToDifficulty(input) => {
            Answer::accept(pow::compact_to_difficulty(input))
        }
        PowQuestion::DifficultyToCompact(input) => {
            Answer::accept(pow::difficulty_to_compact(input))
        }
        // The node has the same error for a hash above the target and for an invalid target.
        PowQuestion::Verify(input) => match pow::verify(input) {
            Some(out) => Answer::accept(out),
            None => Answer::reject(Some("header.pow"), "Pow(InvalidNonce)"),
        },
        PowQuestion::EpochFraction(input) => Answer::accept(epochs::parts(input)),
        PowQuestion::CompareEpochs(input) => Answer::accept(epochs::compare(input)),
        PowQuestion::VerifySuccessor(input) => epochs::verify_successor(input),
        PowQuestion::VerifyEpoch(input) => epochs::verify_epoch(input),
        PowQuestion::GenesisEpoch(input) => Answer::accept(epochs::genesis(input)),
        PowQuestion::NextEpoch(input) => epochs::next(input),
    }
}

fn ask_issuance(question: &IssuanceQuestion) -> Answer {
    match question {
        IssuanceQuestion::PrimaryEpochReward(input) => {
            Answer::accept(issuance::primary_epoch(input))
        }
        IssuanceQuestion::SecondaryEpochReward(input) => {
            Answer::accept(issuance::secondary_epoch(input))
        }
        IssuanceQuestion::BlockIssuance(input) => dao(issuance::block_issuance(input)),
        IssuanceQuestion::DaoField(input) => issuance::dao_field(input),
        IssuanceQuestion::FreedCapacity(input) => dao(issuance::freed_capacity(input)),
        IssuanceQuestion::GenesisDaoField(input) => dao(issuance::genesis_dao_field(input)),
        IssuanceQuestion::BlockReward(input) => dao(rewards::block_reward(input)),
        IssuanceQuestion::MaximumWithdraw(input) => dao(issuance::maximum_withdraw(input)),
        IssuanceQuestion::TransactionFee(input) => dao(issuance::transaction_fee(input)),
    }
}

fn ask_vm(engine: Engine, env: &Env, question: &VmQuestion) -> Answer {
    let Some(version) = env.vm else {
        return Answer::fault("the question names no version of the virtual machine");
    };
    match question {
        VmQuestion::Run(input) => vm::run(engine, version, input),
        VmQuestion::Decode(input) => vm::decode(version, input),
        VmQuestion::Legal(input) => vm::legal(version, input),
    }
}

fn answer<T: Serialize>(result: Result<T, reading::Refusal>) -> Answer {
    result.map_or_else(reading::Refusal::into_answer, Answer::accept)
}

/// Maps the errors of the node to classes.
fn dao<T: Serialize>(result: Result<T, DaoError>) -> Answer {
    let error = match result {
        Ok(out) => return Answer::accept(out),
        Err(error) => error,
    };
    let class = match error {
        DaoError::Overflow => Some("dao.overflow"),
        DaoError::InvalidOutPoint => Some("dao.withdrawal.out-point"),
        DaoError::InvalidDaoFormat => Some("dao.withdrawal.format"),
        DaoError::ZeroC => Some("dao.zero-c"),
        DaoError::InvalidHeader => None,
    };
    Answer::reject(class, format!("DaoError::{error:?}"))
}

/// The version of a crate that this adapter is built with, from the lock file.
fn version_of(package: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let from_version = lock.split_once(&format!("name = \"{package}\"\nversion = \""));
    from_version.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("unknown")
}

/// The message of a panic.
fn said(payload: &(dyn Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_client_is_a_fault() {
        let input = serde_json::json!({ "difficulty": "0x0" });
        let question = Question::parse("pow.difficulty_to_compact", input).unwrap();
        let answer = OfficialCrates.answer(question, &Env::default());
        assert!(matches!(answer, Answer::Fault(_)), "{answer:?}");
    }

    #[test]
    fn the_versions_are_known() {
        for package in ["ckb-types", "ckb-vm"] {
            let version = version_of(package);
            assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{version}");
        }
    }
}
