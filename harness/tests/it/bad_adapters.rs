//! Adapters that misbehave: each gives its own outcome, and the run goes on.
//!
//! They are shell scripts, for the tests need nothing but a Rust toolchain.

use crate::common::{ckbspec_in, code, house_with, text};
use std::fs;

/// Three questions with well-known answers.
pub(crate) const VECTORS: &str = r#"schema: ckbspec.vectors/1
title: Three questions
operation: pow.compact_to_target
provenance: {kind: derived, source: "by hand"}
vectors:
  - id: a
    why: first
    rules: [POW-009]
    in: {compact_target: "0x1010000"}
    accept: {target: "0x1"}
  - id: b
    why: second
    rules: [POW-009]
    in: {compact_target: "0x1020000"}
    accept: {target: "0x2"}
  - id: c
    why: third
    rules: [POW-009]
    in: {compact_target: "0x1030000"}
    accept: {target: "0x3"}
"#;

/// A good adapter in shell, but for one line that is put in where a question has been read.
pub(crate) const ADAPTER: &str = r#"
canary='{"u64":"0xffffffffffffffff","dec":"18446744073709551615","bytes":"0x00ff10"}'
set -f
while read -r line; do
    # Prefixes and suffixes of a long line would be slow.
    IFS=,
    for field in $line; do
        case $field in *'"id":'*) id=${field##*:} id=${id%\}} ;; esac
    done
    unset IFS
    case $line in
    *'"op":"hello"'*)
        echo '{"id":0,"ok":{"ctp":1,"canary":'"$canary"',"impl":{"name":"sh","version":"1"},"ops":["pow.compact_to_target"]}}'
        continue ;;
    *'0x1010000'*) target=0x1 ;;
    *'0x1020000'*) target=0x2 ;;
    *'0x1030000'*) target=0x3 ;;
    esac
    MISCHIEF
    echo '{"id":'"$id"',"ok":{"verdict":"accept","out":{"target":"'"$target"'"}}}'
done
"#;

/// Runs the three cases; the exit status, the outcome of each case, and all that was printed.
fn run(mischief: &str, more: &[&str]) -> (i32, Vec<String>, String) {
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    fs::write(&script, ADAPTER.replace("MISCHIEF", mischief)).unwrap();
    let adapter = format!("sh {}", script.display());
    let log = house.path().join("log");
    let mut arguments = vec!["run", "-a", &adapter, "-o", log.to_str().unwrap()];
    arguments.extend(more);
    let output = ckbspec_in(house.path(), &arguments);
    let log = fs::read_to_string(log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut outcomes: Vec<String> = lines
        .filter(|line| line["t"] == "case")
        .map(|line| format!("{} {}", line["case"], line["outcome"]).replace('"', ""))
        .collect();
    outcomes.sort();
    let (out, err) = text(&output);
    (code(&output), outcomes, out + &err)
}

/// Only the second case suffers; the others are asked, answered, and pass.
fn only_b_suffers(mischief: &str, outcome: &str) {
    let (code, outcomes, printed) = run(&format!("case $target in 0x2) {mischief} ;; esac"), &[]);
    let expected = ["pow/a pass".into(), format!("pow/b {outcome}"), "pow/c pass".into()];
    assert_eq!(outcomes, expected, "{printed}");
    assert_eq!(code, 1, "{printed}");
}

#[test]
fn a_good_adapter_passes() {
    let (code, outcomes, printed) = run("", &[]);
    assert_eq!((code, outcomes.len()), (0, 3), "{printed}");
}

#[test]
fn a_wrong_answer_is_shown_with_all_it_takes_to_fix_it() {
    let (code, _, printed) = run("target=0x2", &[]);
    assert_eq!(code, 1);
    for part in [
        "FAILED POW-009",
        "vectors/pow/case.yaml:6",
        "spec/pow/",
        "-   \"target\": \"0x1\"",
        "+   \"target\": \"0x2\"",
        "again: ",
    ] {
        assert!(printed.contains(part), "{part} is missing in\n{printed}");
    }
}

#[test]
fn a_crash_has_one_culprit() {
    only_b_suffers("exit 3", "crash.exit:3");
    only_b_suffers("kill -SEGV $$", "crash.signal:11");
}

#[test]
fn an_answer_that_is_no_verdict_is_named() {
    only_b_suffers("echo '{\"id\":'$id'}'; continue", "protocol.json");
    only_b_suffers("echo '{\"id\":'$id',\"ok\":{}}'; continue", "protocol.json");
}

#[test]
fn an_adapter_that_fails_always_is_given_up_and_no_case_is_lost() {
    let (code, outcomes, printed) = run("exit 1", &[]);
    let crash = |case: &str| format!("pow/{case} crash.exit:1");
    assert_eq!(outcomes, ["a", "b", "c"].map(crash), "{printed}");
    assert_eq!(code, 1, "{printed}");
}

#[test]
fn an_operation_that_always_breaks_does_not_keep_the_others_from_being_asked() {
    let house = house_with(VECTORS);
    let mut many = VECTORS.to_owned();
    for index in 10..30 {
        many.push_str(&format!(
            "  - id: more-{index}\n    why: more\n    rules: [POW-009]\n    \
             in: {{compact_target: \"0x1{index}0000\"}}\n    accept: {{overflow: false}}\n"
        ));
    }
    let other = VECTORS
        .replace("compact_to_target", "compact_to_difficulty")
        .replace("accept: {target", "accept: {difficulty")
        .replace("- id: ", "- id: other-")
        .replace("POW-009", "POW-012");
    fs::write(house.path().join("vectors/pow/case.yaml"), many).unwrap();
    fs::write(house.path().join("vectors/pow/other.yaml"), other).unwrap();
    let script = house.path().join("adapter.sh");
    let declared = ADAPTER
        .replace("[\"pow.", "[\"pow.compact_to_difficulty\",\"pow.")
        .replace("{\"target\":", "{\"difficulty\":")
        .replace("MISCHIEF", "case $line in *to_target*) exit 9 ;; esac");
    fs::write(&script, declared).unwrap();
    let adapter = format!("sh {}", script.display());
    let output = ckbspec_in(house.path(), &["run", "-a", &adapter]);
    let out = text(&output).0;
    assert_eq!(code(&output), 1, "{out}");
    let total = out.lines().find(|line| line.starts_with(" pow ")).unwrap();
    let numbers: Vec<&str> = total.split_whitespace().skip(3).collect();
    assert_eq!(numbers, ["26", "3", "-", "-", "8", "-", "15"], "{out}");
    assert!(out.contains("15 cases not asked: 8 cases of pow.compact_to_target in a row"), "{out}");
}

#[test]
fn an_adapter_that_cannot_be_asked_anything_is_unusable() {
    let house = house_with(VECTORS);
    for (adapter, why) in [
        ("no-such-program", "cannot start `no-such-program`"),
        ("true", "ended with exit status 0 before it answered `hello`"),
        ("sh -c 'echo dying >&2; exit 7'", "last lines on stderr: dying"),
        ("echo garbage", "is no message"),
        ("cat", "the question itself came back"),
        ("sleep 60", "did not answer `hello` within 500 ms"),
    ] {
        // The run goes on with the next adapter.
        let arguments = ["run", "-a", adapter, "-a", "builtin:reference", "--deadline-ms", "500"];
        let output = ckbspec_in(house.path(), &arguments);
        let (out, err) = text(&output);
        assert!(err.contains(why), "{adapter}: {err}");
        assert!(out.contains("ckbspec-reference"), "{adapter}: {out}");
        assert_eq!(code(&output), 3, "{adapter}");
    }
}

#[test]
fn numbers_that_lose_precision_are_seen_in_the_handshake() {
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    fs::write(&script, ADAPTER.replace("0xffffffffffffffff", "0xfffffffffffff800")).unwrap();
    let adapter = format!("sh {}", script.display());
    let output = ckbspec_in(house.path(), &["run", "-a", &adapter]);
    assert!(text(&output).1.contains("its canary differs"), "{}", text(&output).1);
    assert_eq!(code(&output), 3);
}

#[test]
fn one_process_a_question_works() {
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    fs::write(&script, ADAPTER.replace("MISCHIEF", "")).unwrap();
    let adapter = format!("oneshot:sh {}", script.display());
    let output = ckbspec_in(house.path(), &["run", "-a", &adapter]);
    assert_eq!(code(&output), 0, "{}", text(&output).0);
}
