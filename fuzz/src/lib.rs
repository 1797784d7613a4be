//! What each fuzz target does with the octets that the engine gives it.
//!
//! A target panics where it has found something. The functions are here, and not in the targets,
//! so that a test can replay what was found on any toolchain.

mod generate;

use ckbspec_adapter_ckb_rust::OfficialCrates;
use ckbspec_harness::operations::{answer, rule_on};
use ckbspec_protocol::message::{Request, Verdict};
use ckbspec_protocol::operations::{DecodeIn, DecodeMode, EncodeIn, MoleculeType};
use ckbspec_protocol::structures::Value;
use ckbspec_protocol::values::Bytes;
use ckbspec_protocol::{Adapter, Answer, Env, Question};
use ckbspec_reference::RuleSet;
use generate::is_withheld;

/// Any octets as any type, in any mode: a structure or a rule's rejection.
///
/// What strict decoding accepts, encoding gives back (ENC-007). The first octet chooses type and
/// mode, the rest is decoded.
pub fn encoding_decode(octets: &[u8]) {
    let Some((choice, octets)) = octets.split_first() else { return };
    let Some(type_) = MoleculeType::ALL.get(usize::from(choice >> 1)).copied() else { return };
    let mode = if choice & 1 == 0 { DecodeMode::Strict } else { DecodeMode::Compatible };
    let bytes = Bytes(octets.to_vec());
    let ruling = rule_on(
        &Question::Decode(DecodeIn { type_, bytes, mode }),
        &Env::default(),
        &RuleSet::all(),
    );
    let ruling = ruling.expect("decoding is defined for all octets");
    if let (Ok(out), DecodeMode::Strict) = (ruling, mode) {
        let value = Value::read(type_, out["value"].clone()).expect("a value of its type");
        let encoded =
            rule_on(&Question::Encode(EncodeIn { type_, value }), &Env::default(), &RuleSet::all());
        let encoded = encoded.expect("what was decoded has an encoding").expect("and it fits");
        let expected = serde_json::to_value(Bytes(octets.to_vec())).expect("octets are a string");
        assert_eq!(encoded["bytes"], expected);
    }
}

/// Encodings with a few mistakes, and what is computed from them: the reference says what the
/// official node's crates say.
pub fn encoding_official(octets: &[u8]) {
    if let Ok(question) = generate::encoding(octets) {
        compare(question);
    }
}

/// The same for compact targets, proofs of work and epoch fields.
pub fn pow_official(octets: &[u8]) {
    if let Ok(question) = generate::pow(octets) {
        compare(question);
    }
}

/// Any line that an adapter could be sent: an answer, or a reason why it is no question.
pub fn protocol_line(octets: &[u8]) {
    let Ok(request) = serde_json::from_slice::<Request>(octets) else { return };
    if let Ok(question) = Question::parse(&request.op, request.input) {
        let _ = answer(&question, &Env::default(), |_| None);
    }
}

/// Asks both, and panics where they differ. A class is not compared: which of several mistakes is
/// met first is not part of the protocol (ENC-007).
fn compare(question: Question) {
    let ours = answer(&question, &Env::default(), |_| None);
    if accepts(&ours) != Some(true) && is_withheld(&question) {
        return;
    }
    let theirs = OfficialCrates.answer(question.clone(), &Env::default());
    // Where one of them has no answer, there is nothing to compare.
    if let (Some(we_do), Some(they_do)) = (accepts(&ours), accepts(&theirs)) {
        assert_eq!(we_do, they_do, "verdicts differ: {question:?}\n{ours:?}\n{theirs:?}");
        if we_do {
            assert_eq!(ours, theirs, "outputs differ: {question:?}");
        }
    }
}

fn accepts(answer: &Answer) -> Option<bool> {
    match answer {
        Answer::Verdict(verdict) => Some(matches!(verdict, Verdict::Accept { .. })),
        Answer::Unsupported(_) | Answer::Fault(_) => None,
    }
}
