//! Any octets as any type, in any mode: a structure or a rule's rejection, never a panic.
//!
//! The first octet chooses type and mode, the rest is decoded.
#![no_main]

use ckbspec_harness::operations::rule_on;
use ckbspec_protocol::Question;
use ckbspec_protocol::operations::{DecodeIn, DecodeMode, MoleculeType};
use ckbspec_protocol::values::Bytes;
use ckbspec_reference::RuleSet;
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|octets: &[u8]| -> Corpus {
    let Some((choice, octets)) = octets.split_first() else { return Corpus::Reject };
    let types = MoleculeType::ALL;
    let Some(type_) = types.get(usize::from(choice >> 1)) else { return Corpus::Reject };
    let mode = if choice & 1 == 0 { DecodeMode::Strict } else { DecodeMode::Compatible };
    let bytes = Bytes(octets.to_vec());
    let question = Question::Decode(DecodeIn { type_: *type_, bytes, mode });
    let ruling = rule_on(&question, &RuleSet::all());
    assert!(ruling.is_ok(), "decoding is defined for all octets");
    Corpus::Keep
});
