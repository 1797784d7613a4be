//! The function of each fuzz target, which takes the bytes from the fuzzing engine.
//!
//! A function panics when it finds a mistake. The functions are here, and not in the targets, so
//! that a test can replay findings with any toolchain.

mod generate;

use arbitrary::{Arbitrary, Unstructured};
use ckbspec_adapter_ckb_rust::{Engine, OfficialCrates, OfficialVm};
use ckbspec_harness::operations::{answer, evaluate};
use ckbspec_protocol::message::{Request, Verdict, VmVersion};
use ckbspec_protocol::operations::{DecodeIn, DecodeMode, EncodeIn, MoleculeType, RunIn};
use ckbspec_protocol::structures::Value;
use ckbspec_protocol::values::{Bytes, Uint64};
use ckbspec_protocol::{Adapter, Answer, Env, Question};
use ckbspec_reference::RuleSet;
use ckbspec_reference::vm::arbitrary::RandomProgram;
use ckbspec_reference::vm::{self, Machine, ProgramRun, Version};
use generate::is_withheld;

/// Decodes any bytes as any type in any mode; the result must be a structure or a violation.
///
/// If strict decoding accepts the bytes, encoding must give them back (ENC-007). The first byte
/// selects type and mode, and the others are decoded.
pub fn encoding_decode(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let Some(type_) = MoleculeType::ALL.get(usize::from(choice >> 1)).copied() else { return };
    let mode = if choice & 1 == 0 { DecodeMode::Strict } else { DecodeMode::Compatible };
    let bytes = Bytes(bytes.to_vec());
    let question = Question::from(DecodeIn { type_, bytes: bytes.clone(), mode });
    let evaluation = evaluate(&question, &Env::default(), &RuleSet::all());
    let evaluation = evaluation.expect("decoding is defined for all bytes");
    if let (Ok(out), DecodeMode::Strict) = (evaluation, mode) {
        let value = Value::read(type_, out["value"].clone()).expect("a value of its type");
        let encoded =
            evaluate(&Question::from(EncodeIn { type_, value }), &Env::default(), &RuleSet::all());
        let encoded = encoded.expect("what was decoded has an encoding").expect("and it fits");
        let expected = serde_json::to_value(bytes).expect("bytes are a string");
        assert_eq!(encoded["bytes"], expected);
    }
}

/// Asks questions about encodings with a few mistakes: the reference and the crates of the official
/// node must give the same answers.
pub fn encoding_official(bytes: &[u8]) {
    if let Ok(question) = generate::encoding(bytes) {
        compare(question);
    }
}

/// The same for compact targets, proofs of work and epoch fields.
pub fn pow_official(bytes: &[u8]) {
    if let Ok(question) = generate::pow(bytes) {
        compare(question);
    }
}

/// Runs a random program: in the engine of nodes and in the reference it must end in the same way,
/// with the same cycles.
///
/// Its exit code is a checksum of all registers and of its data. For one program in 256, all
/// registers and all memory are compared, too, which takes forty times as long as the run.
pub fn vm_official(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let Ok(program) = RandomProgram::arbitrary(&mut Unstructured::new(bytes)) else { return };
    let vm = match program.version {
        Version::V0 => VmVersion::V0,
        Version::V1 => VmVersion::V1,
        Version::V2 => VmVersion::V2,
    };
    let env = Env { vm: Some(vm), ..Env::default() };
    let question = Question::from(RunIn {
        program: Bytes(program.elf),
        arguments: vec![],
        max_cycles: Uint64(program.max_cycles),
        charge_load: choice & 1 != 0,
        state: *choice == 0,
    });
    let theirs = OfficialVm(Engine::Assembly).answer(question.clone(), &env);
    agree(&question, &answer(&question, &env, |_| None), &theirs);
}

/// Runs a random program with enough cycles or with fewer: by steps and in blocks it must end in
/// the same way.
pub fn vm_engine(bytes: &[u8]) {
    let Some((limit, bytes)) = bytes.split_first_chunk() else { return };
    let Ok(program) = RandomProgram::arbitrary(&mut Unstructured::new(bytes)) else { return };
    let run = ProgramRun {
        version: program.version,
        program: &program.elf,
        arguments: &[],
        max_cycles: u16::from_le_bytes(*limit).into(),
        charge_load: false,
    };
    let Ok(mut stepper) = Machine::load(&run) else { return };
    let mut engine = vm::BlockEngine::new(stepper.clone());
    let (stepped, ran) = (stepper.run(), engine.run());
    assert_eq!(stepped, ran);
    assert!(stepper == *engine.machine(), "{stepper:?}\n{:?}", engine.machine());
}

/// Sends any line to an adapter: it must respond with an answer, or with the reason why the line is
/// no question.
pub fn protocol_line(bytes: &[u8]) {
    let Ok(request) = serde_json::from_slice::<Request>(bytes) else { return };
    if let Ok(question) = Question::parse(&request.op, request.input) {
        let _ = answer(&question, &Env::default(), |_| None);
    }
}

/// Asks both, and panics where they differ. Classes are not compared, because the protocol does not
/// define which of several mistakes is found first (ENC-007).
fn compare(question: Question) {
    let ours = answer(&question, &Env::default(), |_| None);
    if accepts(&ours) != Some(true) && is_withheld(&question) {
        return;
    }
    let theirs = OfficialCrates.answer(question.clone(), &Env::default());
    agree(&question, &ours, &theirs);
}

/// Panics where two answers differ.
fn agree(question: &Question, ours: &Answer, theirs: &Answer) {
    // If one of them has no answer, there is nothing to compare.
    if let (Some(we_do), Some(they_do)) = (accepts(ours), accepts(theirs)) {
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
