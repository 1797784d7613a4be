//! `ckbspec vm run`, `vm disasm` and `vm diff`.

use crate::common::{ckbspec, code, text};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Three times round a loop that fuses and stores; then `mul`, and exit 0.
///
/// `li t0, 0; li a0, 3; 1: lui a1, 1; addiw a1, a1, -1; sd a1, -8(sp); addi a0, a0, -1;`
/// `bnez a0, 1b; mul a1, a1, a1; li a7, 93; ecall`, with short forms where there are.
const LOOP: &str = "81420d458565fd35233cb1fe7d157df9b385b5029308d00573000000";

/// `lui a0, 0x400; ld a1, 0(a0)`: the second is short, and loads beyond memory.
const BEYOND: &str = "370540000c61";

/// A far jump, a subtraction with borrow, an instruction of each other kind, and three bytes that
/// are none.
const KINDS: &str = "b7020100e78082003306c540b336c5003305e6403337a6003366d700e30eb5fe6f008000033581ff\
    1315f5030f00f00f3325b520731000000a3701c1ffffff";

/// An ELF file with these bytes at 0x10000.
fn elf(folder: &Path, code: &str) -> PathBuf {
    let code: Vec<u8> = (0..code.len() / 2)
        .map(|at| u8::from_str_radix(&code[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let size = u64::try_from(code.len()).unwrap();
    let half = |number: u16| number.to_le_bytes().to_vec();
    let word = |number: u32| number.to_le_bytes().to_vec();
    let double = |number: u64| number.to_le_bytes().to_vec();
    let parts = [
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec(),
        [half(2), half(243), word(1), double(0x10000), double(64), double(0), word(0)].concat(),
        [half(64), half(56), half(1), half(0), half(0), half(0)].concat(),
        [word(1), word(5), double(120), double(0x10000), double(0x10000)].concat(),
        [double(size), double(size), double(4096)].concat(),
        code,
    ];
    let file = folder.join("program.elf");
    fs::write(&file, parts.concat()).unwrap();
    file
}

/// `ckbspec vm …` about a program: exit status and standard output.
fn vm(command: &str, program: &str, more: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = elf(folder.path(), program);
    let output = ckbspec(&[&["vm", command, file.to_str().unwrap()], more].concat());
    let (out, err) = text(&output);
    assert_eq!(err, "");
    (code(&output), out)
}

#[test]
fn a_run_is_traced_to_its_exit() {
    let (code, out) = vm("run", LOOP, &["--trace", "--registers", "--no-load-charge"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("vm_trace", out);
    // The engine says the same; loading costs a cycle for four bytes of file and stack.
    let (code, out) = vm("run", LOOP, &[]);
    assert_eq!((code, out.as_str()), (0, "exit code  0\ncycles     540\n"));
    let (code, out) = vm("run", LOOP, &["--vm", "0", "--no-load-charge"]);
    assert_eq!((code, out.as_str()), (0, "exit code  0\ncycles     532\n"));
    // `li a0, 3; li a7, 93; ecall`: an exit code is no exit status.
    let (code, out) = vm("run", "0d459308d00573000000", &["--no-load-charge"]);
    assert_eq!((code, out.as_str()), (1, "exit code  3\ncycles     502\n"));
}

#[test]
fn a_fault_names_rule_place_and_reading() {
    for (name, program, more) in [
        ("vm_fault_load", BEYOND, &["--no-load-charge"][..]),
        ("vm_fault_illegal", "0d450000", &["--no-load-charge"]),
        ("vm_fault_cycles", LOOP, &["--no-load-charge", "--max-cycles", "25"]),
    ] {
        let (code, out) = vm("run", program, more);
        assert_eq!(code, 1, "{out}");
        insta::assert_snapshot!(name, out);
        // The stepper stops where the engine does.
        let traced = vm("run", program, &[more, &["--trace"]].concat()).1;
        assert_eq!(traced.split_once("\n\n").unwrap().1, out);
    }
    let long = "a".repeat(100_000);
    let long = [long.as_str(); 11];
    let (code, out) = vm("run", LOOP, &long);
    assert_eq!(code, 1);
    assert!(out.starts_with("fault      VM-046") && out.contains("at         loading"), "{out}");
}

#[test]
fn instructions_are_shown_as_the_version_takes_them() {
    let (code, out) = vm("disasm", KINDS, &["--vm", "1"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("vm_disasm_1", out);
    let (_, out) = vm("disasm", KINDS, &["--vm", "0", "--at", "0x10024"]);
    insta::assert_snapshot!("vm_disasm_0", out);
    let output = ckbspec(&["vm", "disasm", "0x370540000c61", "--at", "0x20000"]);
    insta::assert_snapshot!("vm_disasm_hex", text(&output).0);
}

#[test]
fn bad_input_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("prose"), "no program").unwrap();
    fs::write(path("short"), b"\x7fELF").unwrap();
    fs::create_dir(path("folder")).unwrap();
    let (prose, short, none) = (path("prose"), path("short"), path("none"));
    for (arguments, said) in [
        (&["run", &none][..], "No such file"),
        (&["run", &prose], "prose is no ELF file"),
        (&["run", &path("folder")], "Is a directory"),
        (&["run", &prose, "--vm", "3"], "there are 0, 1 and 2"),
        (&["disasm", &prose], "prose is no ELF file"),
        (&["disasm", &short], "short is no program: VM-036: header too short"),
        (&["disasm", "0x123"], "`0x123` is no file, and no hex: odd"),
        (&["disasm", "12zz"], "`12zz` is no file, and no hex: invalid character"),
        (&["disasm", ""], "holds nothing to execute"),
        (&["disasm", "0100", "--at", "0xzz"], "an address is a number"),
        (&["disasm", "0100", "--at", "0x3fffff"], "do not lie in memory"),
        (&["disasm", "0100", "--at", "0xffffffffffffffff"], "do not lie in memory"),
        (&["diff", &prose, "-a", "builtin:reference"], "prose is no ELF file"),
    ] {
        let output = ckbspec(&[&["vm"], arguments].concat());
        let (out, err) = text(&output);
        assert_eq!(code(&output), 2, "{arguments:?}: {out}{err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
    // What is wrong behind the magic number is the machine's answer.
    let output = ckbspec(&["vm", "run", &short]);
    assert_eq!(code(&output), 1);
    assert!(text(&output).0.starts_with("fault      VM-036: header too short\n"));
}

/// Stopped by cycles below a limit; from there on it has one answer.
const CLIENT: &str = r#"
import json, sys
needs, answer = int(sys.argv[1]), json.loads(sys.argv[2])
cut = {"verdict": "reject", "error": {"class": "vm.cycles"}}
for line in sys.stdin:
    question = json.loads(line)
    given = question.get("in")
    ok = {}
    if question["op"] == "hello":
        features = ["error.class", "cost.cycles"]
        ok = {"ctp": 1, "canary": given["canary"], "impl": {"name": "wrong", "version": "1"}}
        ok |= {"ops": ["vm.run"], "features": features, "axes": {"vm": [1, 2]}}
    elif question["op"] == "vm.run":
        ok = answer if int(given["max_cycles"], 16) >= needs else cut
    print(json.dumps({"id": question["id"], "ok": ok}), flush=True)
"#;

fn has_python() -> bool {
    let python = Command::new("python3").arg("--version").output();
    let has = python.is_ok_and(|python| python.status.success());
    let needed = std::env::var_os("CKBSPEC_NEEDS_PYTHON").is_some();
    assert!(has || !needed, "CKBSPEC_NEEDS_PYTHON is set and there is no python3");
    has
}

#[test]
fn a_difference_is_followed_to_its_limit() {
    if !has_python() {
        eprintln!("not run: there is no python3 on this machine");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("client.py");
    fs::write(&script, CLIENT).unwrap();
    let diff = |program: &str, needs: u32, answer: &str, more: &[&str]| {
        let adapter = format!("python3 {} {needs} '{answer}'", script.display());
        vm("diff", program, &[&["-a", &adapter, "--no-load-charge"], more].concat())
    };
    let illegal = r#"{"verdict": "reject", "error": {"class": "vm.illegal"}}"#;
    let accept = |exit: &str, cycles: &str| {
        format!(r#"{{"verdict":"accept","out":{{"exit_code":"{exit}","cycles":"{cycles}"}}}}"#)
    };
    // It does not know `mul`, which comes after 23 cycles.
    let (code, out) = diff(LOOP, 23, illegal, &[]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("vm_diff_fault", out);
    // It loads where the reference does not.
    let (code, out) = diff(BEYOND, 600, &accept("0x0", "0x258"), &[]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("vm_diff_goes_on", out);
    for (needs, answer, said) in [
        (25, illegal.to_owned(), "taken 23 cycles there, and never just 25"),
        (525, accept("0x0", "0x20d"), "left the reference's path before the instruction at `>`"),
        (529, accept("0x1", "0x211"), "Both have ended: what differs are values"),
        (531, accept("0x0", "0x213"), "The client takes more cycles"),
        (0, illegal.to_owned(), "from a limit of 0 cycles on"),
        (0, accept("0x0", "0x0"), "before the first instruction, or ignores the limit"),
    ] {
        let (code, out) = diff(LOOP, needs, &answer, &[]);
        assert_eq!(code, 1, "{out}");
        assert!(out.contains(said), "{said}: {out}");
    }
    let (code, out) = diff(LOOP, 529, &accept("0x0", "0x211"), &[]);
    assert_eq!(code, 0, "{out}");
    assert!(out.ends_with("wrong 1 agrees, as far as it tells\n"), "{out}");
}

/// Limits below the charge for loading are asked too, and the reference has a place there.
#[test]
fn a_client_without_a_limit_is_found_out_before_the_first_instruction() {
    if !has_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("client.py");
    fs::write(&script, CLIENT).unwrap();
    let answer = r#"{"verdict":"accept","out":{"exit_code":"0x0","cycles":"0x1"}}"#;
    let adapter = format!("python3 {} 0 '{answer}'", script.display());
    let (code, out) = vm("diff", LOOP, &["-a", &adapter]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("or ignores the limit"), "{out}");
}

#[test]
fn who_agrees_and_who_cannot_be_asked() {
    let (code, out) = vm("diff", LOOP, &["-a", "builtin:reference", "--vm", "1"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("\nckbspec-reference ") && out.ends_with(" agrees\n"), "{out}");
    let (code, out) = vm("diff", BEYOND, &["-a", "builtin:always-reject"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.ends_with(" agrees, as far as it tells\n"), "{out}");
    let folder = tempfile::tempdir().unwrap();
    let file = elf(folder.path(), LOOP);
    for (adapter, said) in [("no-such-program", "cannot start"), ("false", "before it answered")] {
        let output = ckbspec(&["vm", "diff", file.to_str().unwrap(), "-a", adapter]);
        assert_eq!(crate::common::code(&output), 3);
        assert!(text(&output).1.contains(said), "{:?}", text(&output));
    }
}
