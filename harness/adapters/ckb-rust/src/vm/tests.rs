//! Tests each engine with programs of a few instructions, and the decoder with single ones.

use super::*;
use ckbspec_protocol::message::Verdict;
use ckbspec_protocol::values::Bytes;
use serde_json::{Value, json};

const ENGINES: [Engine; 3] = [Engine::Interpreter, Engine::Trace, Engine::Assembly];

/// `li a0, code`, `li a7, 93`, `ecall`: 502 cycles.
fn exits(code: u32) -> [u32; 3] {
    [0x0000_0513 | code << 20, 0x05d0_0893, 0x0000_0073]
}

/// An ELF file with one executable segment at 0x10000, which is its entry.
fn elf(words: &[u32]) -> Vec<u8> {
    const CODE: u64 = 0x1_0000;
    let code: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let size = u64::try_from(code.len()).unwrap();
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend([2, 0, 243, 0, 1, 0, 0, 0]);
    file.extend([CODE, 64, 0].map(u64::to_le_bytes).concat());
    file.extend([0_u16, 0, 64, 56, 1, 64, 0, 0].map(u16::to_le_bytes).concat());
    file.extend([1_u32, 5].map(u32::to_le_bytes).concat());
    file.extend([120, CODE, CODE, size, size, 0x1000].map(u64::to_le_bytes).concat());
    file.extend(code);
    file
}

fn question(words: &[u32], max_cycles: u64, charge_load: bool) -> RunIn {
    let program = Bytes(elf(words));
    let max_cycles = Uint64(max_cycles);
    RunIn { program, arguments: vec![], max_cycles, charge_load, state: false }
}

fn accepted(answer: Answer) -> Value {
    match answer {
        Answer::Verdict(Verdict::Accept { out }) => out,
        other => panic!("{other:?}"),
    }
}

fn class(answer: Answer) -> String {
    match answer {
        Answer::Verdict(Verdict::Reject { error }) => error.unwrap().class.unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_engine_counts_as_the_chain_does() {
    for engine in ENGINES {
        // 12 bytes of code, and a stack of 8 bytes, or of 16 from version 1 on.
        for (version, load) in [(VmVersion::V0, 5), (VmVersion::V1, 7), (VmVersion::V2, 7)] {
            for (charged, total) in [(false, 502), (true, 502 + load)] {
                let out = accepted(run(engine, version, &question(&exits(3), total, charged)));
                assert_eq!(out, json!({"exit_code": "0x3", "cycles": format!("{total:#x}")}));
                let short = run(engine, version, &question(&exits(3), total - 1, charged));
                assert_eq!(class(short), "vm.cycles", "{engine:?} {version:?}");
            }
        }
    }
}

#[test]
fn an_exit_code_is_an_byte() {
    let out = accepted(run(Engine::Assembly, VmVersion::V2, &question(&exits(0xfff), 502, false)));
    assert_eq!(out["exit_code"], "0xff");
}

#[test]
fn a_limit_that_loading_exceeds_hides_what_would_follow() {
    for engine in ENGINES {
        // A word of code that is no instruction: 20 bytes, 5 cycles.
        let illegal = |limit| class(run(engine, VmVersion::V2, &question(&[0], limit, true)));
        assert_eq!(illegal(4), "vm.cycles", "{engine:?}");
        assert_eq!(illegal(5), "vm.illegal", "{engine:?}");
    }
}

#[test]
fn every_engine_ends_in_the_same_state() {
    let mut words = exits(0).to_vec();
    // sd sp, -8(sp) first.
    words.insert(0, 0xfe21_3c23);
    let mut question = question(&words, 1000, false);
    question.arguments = vec![Bytes(b"one".to_vec()), Bytes(vec![])];
    question.state = true;
    for version in VmVersion::ALL {
        let ends = ENGINES.map(|engine| accepted(run(engine, version, &question)));
        assert_eq!(ends[0]["registers"].as_array().unwrap().len(), 32);
        assert_eq!(ends[0]["memory"].as_str().unwrap().len(), 66);
        assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    }
}

#[test]
fn errors_have_classes() {
    let cases: [(&[u32], &str); 6] = [
        (&[0], "vm.illegal"),
        // ecall of number 0.
        (&[0x0000_0073], "vm.no-syscall"),
        // lui a0, 0x400; ld a0, 0(a0); j .: without the jump, two engines would first find the
        // invalid instruction that follows in the same block.
        (&[0x0040_0537, 0x0005_3503, 0x0000_006f], "vm.bounds"),
        // auipc a0, 0; sd a0, 0(a0); j .
        (&[0x0000_0517, 0x00a5_3023, 0x0000_006f], "vm.permission"),
        // jr a0: to a page that is not executable.
        (&[0x0005_0067], "vm.permission"),
        // j .
        (&[0x0000_006f], "vm.cycles"),
    ];
    for engine in ENGINES {
        for (words, expected) in cases {
            let answer = run(engine, VmVersion::V2, &question(words, 10_000, false));
            assert_eq!(class(answer), expected, "{engine:?} {words:x?}");
        }
        let mut question = question(&exits(0), 10_000, false);
        question.arguments = vec![Bytes(vec![1; 0x10_0000])];
        assert_eq!(class(run(engine, VmVersion::V2, &question)), "vm.stack");
        question.program.0.truncate(63);
        assert_eq!(class(run(engine, VmVersion::V2, &question)), "vm.elf");
    }
}

fn decoded(version: VmVersion, words: &[u32], address: u64) -> Answer {
    let code = Bytes(words.iter().flat_map(|word| word.to_le_bytes()).collect());
    decode(version, &DecodeInstructionIn { code, address: Uint64(address) })
}

#[test]
fn instructions_are_described() {
    let described = |word| accepted(decoded(VmVersion::V1, &[word], 0x1000));
    // lui a0, 0x80000: sign-extended.
    let lui = json!({"name": "lui", "length": "0x4", "cycles": "0x1", "rd": "0xa",
        "immediate": "0xffffffff80000000"});
    assert_eq!(described(0x8000_0537), lui);
    // jal ra, -4.
    let jal = json!({"name": "jal", "length": "0x4", "cycles": "0x3", "rd": "0x1",
        "immediate": "0xfffffffffffffffc"});
    assert_eq!(described(0xffdf_f0ef), jal);
    // sd a0, -8(sp).
    let sd = json!({"name": "sd", "length": "0x4", "cycles": "0x2", "rs1": "0x2", "rs2": "0xa",
        "immediate": "0xfffffffffffffff8"});
    assert_eq!(described(0xfea1_3c23), sd);
    // zext.h a0, a1.
    let zext = json!({"name": "zext.h", "length": "0x4", "cycles": "0x1", "rd": "0xa",
        "rs1": "0xb"});
    assert_eq!(described(0x0805_c53b), zext);
    // c.mv a0, a1.
    let add = json!({"name": "add", "length": "0x2", "cycles": "0x1", "rd": "0xa", "rs1": "0x0",
        "rs2": "0xb"});
    assert_eq!(described(0x852e), add);
    let ecall = json!({"name": "ecall", "length": "0x4", "cycles": "0x1f4"});
    assert_eq!(described(0x0000_0073), ecall);
    assert_eq!(class(decoded(VmVersion::V0, &[0x0805_c53b], 0x1000)), "vm.illegal");
}

#[test]
fn what_is_fused_depends_on_the_version_and_on_what_can_be_fetched() {
    // lui a0, 1; addiw a0, a0, 1.
    let words = [0x0000_1537, 0x0015_051b];
    let fused = json!({"name": "load_imm", "length": "0x8", "cycles": "0x1"});
    assert_eq!(accepted(decoded(VmVersion::V1, &words, 0x1000)), fused);
    assert_eq!(accepted(decoded(VmVersion::V0, &words, 0x1000))["name"], "lui");
    assert_eq!(accepted(decoded(VmVersion::V1, &words, 0x1ffc)), fused);
    assert_eq!(accepted(decoded(VmVersion::V1, &words[..1], 0x1ffc))["name"], "lui");
    // Half an instruction at the end of the last executable page.
    let half = DecodeInstructionIn { code: Bytes(vec![0x37, 0x15]), address: Uint64(0x1ffe) };
    assert_eq!(class(decode(VmVersion::V1, &half)), "vm.permission");
}

#[test]
fn code_that_does_not_fit_is_a_fault() {
    for address in [0x3f_fffe, 0x40_0000, u64::MAX] {
        let answer = decoded(VmVersion::V2, &[1], address);
        assert!(matches!(answer, Answer::Fault(_)), "{answer:?}");
    }
}

#[test]
fn as_many_encodings_are_legal_as_there_are_instructions() {
    let count = |version, encodings, first, count| {
        let question = LegalIn { encodings, first: Uint32(first), count: Uint32(count) };
        let out = accepted(legal(version, &question));
        let number = |end: &Value| {
            let digits = end.as_str().unwrap().trim_start_matches("0x");
            u32::from_str_radix(digits, 16).unwrap()
        };
        let runs = out["legal"].as_array().unwrap().iter();
        runs.map(|run| number(&run[1]) - number(&run[0]) + 1).sum::<u32>()
    };
    assert_eq!(count(VmVersion::V0, Encodings::Compressed, 0, 3 << 14), 38_173);
    assert_eq!(count(VmVersion::V2, Encodings::Compressed, 0, 3 << 14), 38_551);
    assert_eq!(count(VmVersion::V0, Encodings::Full, 0, 1 << 20), 201_888);
    assert_eq!(count(VmVersion::V1, Encodings::Full, 0, 1 << 20), 203_115);
    // 0x0000 is no instruction, 0x0001 is `c.nop`, 0x0002 is a hint, and 0x0003 begins an
    // instruction of 32 bits.
    assert_eq!(count(VmVersion::V0, Encodings::Compressed, 0, 4), 1);
    assert_eq!(count(VmVersion::V1, Encodings::Compressed, 0, 4), 2);
    assert_eq!(count(VmVersion::V1, Encodings::Compressed, 1, 0), 0);
    let beyond = LegalIn { encodings: Encodings::Full, first: Uint32(1), count: Uint32(1 << 20) };
    assert!(matches!(legal(VmVersion::V1, &beyond), Answer::Fault(_)));
}
