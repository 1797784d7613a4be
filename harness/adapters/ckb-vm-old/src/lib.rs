//! Adapter for an old `ckb-vm`, a candidate for version 1 that never ran on mainnet.
//!
//! Its bugs are known, and were fixed before anything depended on them. The suite must find them:
//! if this client passed, the suite would be too weak.

mod cost;
mod run;

pub use run::Engine;

use ckb_vm::Error;
use ckbspec_protocol::message::VmVersion;
use ckbspec_protocol::operations::VmQuestion;
use ckbspec_protocol::{Adapter, Answer, Env, Implementation, Question};
use std::any::Any;
use std::panic::catch_unwind;

/// The client, on one of its engines.
#[derive(Debug)]
pub struct OldVm(pub Engine);

impl Adapter for OldVm {
    fn describe(&self) -> Implementation {
        let client = Implementation::new(self.0.client(), client_version(), &["vm.run"]);
        client.at_vm(&[VmVersion::V0, VmVersion::V1])
    }

    fn answer(&mut self, question: Question, env: &Env) -> Answer {
        let version = match env.vm {
            Some(VmVersion::V0) => ckb_vm::machine::VERSION0,
            Some(VmVersion::V1) => ckb_vm::machine::VERSION1,
            Some(VmVersion::V2) => return Answer::unsupported("version 2"),
            None => return Answer::fault("the question names no version of the virtual machine"),
        };
        let Question::Vm(VmQuestion::Run(input)) = question else {
            return Answer::unsupported("only vm.run is supported");
        };
        // A panic of the client is a fault of this question; the adapter continues with the next.
        catch_unwind(|| run::run(self.0, version, &input).unwrap_or_else(refusal))
            .unwrap_or_else(|payload| Answer::fault(format!("panicked: {}", said(&*payload))))
    }
}

/// Converts an error. These errors are coarser than today's: there is one for all bounds, and one
/// for all protections of pages.
fn refusal(error: Error) -> Answer {
    let class = match error {
        Error::InvalidCycles => "vm.cycles",
        Error::ParseError | Error::InvalidElfBits => "vm.elf",
        Error::InvalidInstruction(_) => "vm.illegal",
        Error::InvalidEcall(_) => "vm.no-syscall",
        Error::Unaligned => "vm.page-align",
        Error::OutOfBound | Error::InvalidPermission | Error::LimitReached => "vm",
        other => return Answer::fault(format!("{other:?}")),
    };
    Answer::reject(Some(class), format!("{error:?}"))
}

/// The version of `ckb-vm` that this adapter is built with, from the lock file.
fn client_version() -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let from_version = lock.split_once("name = \"ckb-vm\"\nversion = \"");
    from_version.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("unknown")
}

/// The message of a panic.
fn said(payload: &(dyn Any + Send)) -> &str {
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

#[cfg(test)]
mod tests;
