//! The old release answers, and makes the mistakes for which it is kept.

use super::*;
use ckbspec_protocol::operations::RunIn;
use ckbspec_protocol::values::{Bytes, Uint64};
use serde_json::{Value, json};

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

/// The answer of an engine for a program of these instructions.
fn asked(engine: Engine, words: &[u32], env: &Env) -> Value {
    let input = RunIn {
        program: Bytes(elf(words)),
        arguments: vec![],
        max_cycles: Uint64(10_000),
        charge_load: true,
        state: false,
    };
    match OldVm(engine).answer(Question::from(input), env) {
        Answer::Verdict(verdict) => serde_json::to_value(verdict).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn at(version: VmVersion) -> Env {
    Env { vm: Some(version), ..Env::default() }
}

#[test]
fn what_was_right_already() {
    // li a0, 3; li a7, 93; ecall.
    let exits = [0x0030_0513, 0x05d0_0893, 0x0000_0073];
    for engine in [Engine::Trace, Engine::Assembly] {
        for (version, cycles) in [(VmVersion::V0, "0x1fb"), (VmVersion::V1, "0x1fd")] {
            let out = json!({"exit_code": "0x3", "cycles": cycles});
            let expected = json!({"verdict": "accept", "out": out});
            assert_eq!(asked(engine, &exits, &at(version)), expected);
        }
        let illegal = asked(engine, &[0], &at(VmVersion::V1));
        assert_eq!(illegal["error"]["class"], "vm.illegal");
    }
}

#[test]
fn known_bugs_are_there() {
    for engine in [Engine::Trace, Engine::Assembly] {
        // li a0, -1; add.uw a0, a0, x0; srli a0, a0, 63; li a7, 93; ecall.
        let words = [0xfff0_0513, 0x0805_053b, 0x03f5_5513, 0x05d0_0893, 0x0000_0073];
        let out = asked(engine, &words, &at(VmVersion::V1));
        assert_eq!(out["out"]["exit_code"], "0x1", "0 on chain");
        // c.slli x0, 1 twice; li a7, 93; ecall.
        let words = [0x0006_0006, 0x05d0_0893, 0x0000_0073];
        let out = asked(engine, &words, &at(VmVersion::V1));
        assert_eq!(out["error"]["class"], "vm.illegal", "a hint on chain");
    }
}

#[test]
fn there_is_no_version_2() {
    let axes = OldVm(Engine::Trace).describe().axes;
    assert_eq!(axes["vm"], [json!(0), json!(1)]);
    assert!(client_version().starts_with("0.20."));
}
