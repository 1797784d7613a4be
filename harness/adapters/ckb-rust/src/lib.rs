//! Adapter for the crates that the official CKB node is built from: a program for the suite, and
//! a library for fuzz targets.
//!
//! Every answer is computed by them. What is written here puts a question into their types and
//! the result into the protocol's, and says so where a step of the node had to be repeated.

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
use ckbspec_protocol::message::VmVersion;
use ckbspec_protocol::{Adapter, Answer, Env, Implementation, OPERATIONS, Question};
use serde::Serialize;
use std::any::Any;
use std::panic::{UnwindSafe, catch_unwind};

/// Operations whose code lies in crates that are not among these: `ckb-script` has `TYPE_ID`.
const NOT_IN_THE_CRATES: [&str; 1] = ["encoding.type_id"];

/// The client.
#[derive(Debug)]
pub struct OfficialCrates;

impl Adapter for OfficialCrates {
    fn describe(&self) -> Implementation {
        // A new operation does not compile before `ask` says something to it.
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

/// The virtual machine alone, on an engine of one's choice.
#[derive(Debug)]
pub struct OfficialVm(pub Engine);

impl Adapter for OfficialVm {
    fn describe(&self) -> Implementation {
        let asked = OPERATIONS.iter().map(|operation| operation.name);
        let operations: Vec<&str> = asked.filter(|name| name.starts_with("vm.")).collect();
        Implementation::new(self.0.client(), version_of("ckb-vm"), &operations)
    }

    fn answer(&mut self, question: Question, env: &Env) -> Answer {
        guarded(|| match env.vm {
            Some(version) => ask_vm(self.0, version, &question),
            None => Answer::fault(NO_VERSION),
        })
    }
}

const NO_VERSION: &str = "a question about the virtual machine has no version of it";

/// A panic of the client is an answer about the client, and the next question still counts.
fn guarded(ask: impl FnOnce() -> Answer + UnwindSafe) -> Answer {
    catch_unwind(ask)
        .unwrap_or_else(|payload| Answer::fault(format!("panicked: {}", said(&*payload))))
}

fn ask_vm(engine: Engine, version: VmVersion, question: &Question) -> Answer {
    match question {
        Question::Run(input) => vm::run(engine, version, input),
        Question::DecodeInstruction(input) => vm::decode(version, input),
        Question::Legal(input) => vm::legal(version, input),
        _ => Answer::unsupported("anything but the virtual machine"),
    }
}

fn ask(question: &Question, env: &Env) -> Answer {
    match question {
        Question::Decode(input) => {
            answer(encoding::decode(input).map(|value| serde_json::json!({ "value": value })))
        }
        Question::Encode(input) => match encoding::encode(input) {
            Ok(out) => Answer::accept(out),
            Err(error) => Answer::fault(format!("not of the node's JSON-RPC: {error}")),
        },
        Question::Size(input) => answer(derived::size(input)),
        Question::Hash(input) => answer(encoding::hash(input)),
        Question::ProposalShortId(input) => answer(derived::proposal_short_id(input)),
        Question::TypeId(_) => Answer::unsupported("encoding.type_id"),
        Question::MerkleRoot(input) => Answer::accept(derived::root(input)),
        Question::MerkleProof(input) => derived::proof(input),
        Question::VerifyMerkleProof(input) => derived::verify_proof(input),
        Question::HeaderDigest(input) => answer(derived::header_digest(input)),
        Question::MergeHeaderDigests(input) => {
            derived::merge_digests(input).unwrap_or_else(reading::Refusal::into_answer)
        }
        Question::Eaglesong(input) => Answer::accept(pow::digest(input)),
        Question::CompactToTarget(input) => Answer::accept(pow::compact_to_target(input)),
        Question::TargetToCompact(input) => Answer::accept(pow::target_to_compact(input)),
        Question::CompactToDifficulty(input) => Answer::accept(pow::compact_to_difficulty(input)),
        Question::DifficultyToCompact(input) => Answer::accept(pow::difficulty_to_compact(input)),
        // The node has one error for a hash above the target and for a target that is none.
        Question::Verify(input) => match pow::verify(input) {
            Some(out) => Answer::accept(out),
            None => Answer::reject(Some("header.pow"), "Pow(InvalidNonce)"),
        },
        Question::EpochFraction(input) => Answer::accept(epochs::parts(input)),
        Question::CompareEpochs(input) => Answer::accept(epochs::compare(input)),
        Question::VerifySuccessor(input) => epochs::verify_successor(input),
        Question::VerifyEpoch(input) => epochs::verify_epoch(input),
        Question::GenesisEpoch(input) => Answer::accept(epochs::genesis(input)),
        Question::NextEpoch(input) => epochs::next(input),
        Question::PrimaryEpochReward(input) => Answer::accept(issuance::primary_epoch(input)),
        Question::SecondaryEpochReward(input) => Answer::accept(issuance::secondary_epoch(input)),
        Question::BlockIssuance(input) => dao(issuance::block_issuance(input)),
        Question::DaoField(input) => issuance::dao_field(input),
        Question::FreedCapacity(input) => dao(issuance::freed_capacity(input)),
        Question::GenesisDaoField(input) => dao(issuance::genesis_dao_field(input)),
        Question::BlockReward(input) => dao(rewards::block_reward(input)),
        Question::MaximumWithdraw(input) => dao(issuance::maximum_withdraw(input)),
        Question::TransactionFee(input) => dao(issuance::transaction_fee(input)),
        Question::Run(_) | Question::DecodeInstruction(_) | Question::Legal(_) => match env.vm {
            Some(version) => ask_vm(Engine::Assembly, version, question),
            None => Answer::fault(NO_VERSION),
        },
    }
}

fn answer<T: Serialize>(result: Result<T, reading::Refusal>) -> Answer {
    result.map_or_else(reading::Refusal::into_answer, Answer::accept)
}

/// By the names that the node gives its errors.
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

/// The version of a crate that this adapter is built with, as the lock file has it.
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
