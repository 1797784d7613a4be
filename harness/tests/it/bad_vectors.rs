//! Mistakes in vector files: each is refused with file, line, column and a caret.

use crate::common::{ckbspec_in, code, house_with, text};
use std::fmt::Write as _;

/// A good file, in which each test changes one thing.
const GOOD: &str = r#"schema: ckbspec.vectors/1
title: Two questions
operation: pow.verify
provenance: {kind: derived, source: "by hand"}
vectors:
  - id: nonce-0x231
    why: the hash lies below 2^248
    rules: [POW-007, POW-009]
    in:
      engine: eaglesong
      pow_hash: "0xb48cd81e96056e5b4d019c1e182afe147f078909a61a8710bc8ba1d71db456b5"
      nonce: "0x231"
      compact_target: "0x20010000"
    accept: {target: "0x100000000000000000000000000000000000000000000000000000000000000"}
  - id: nonce-zero
    why: another nonce
    rules: [POW-007]
    twin: nonce-0x231
    change: {nonce: "0x0"}
    reject: POW-007
"#;

/// What is changed, from, to.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("unknown key", "    why: another nonce", "    whyy: another nonce"),
    ("duplicate key", "    why: another nonce", "    why: one\n    why: two"),
    ("unquoted hex", "nonce: \"0x231\"", "nonce: 0x231"),
    ("scientific number", "nonce: \"0x231\"", "nonce: 1e3"),
    ("word that is a boolean", "engine: eaglesong", "engine: no"),
    ("large plain integer", "nonce: \"0x231\"", "nonce: 4294967296"),
    ("anchor", "title: Two questions", "title: &anchor Two questions"),
    ("alias", "title: Two questions", "title: &a Two\nnotes: *a"),
    ("tag", "title: Two questions", "title: !!str Two questions"),
    ("unknown rule", "rules: [POW-007, POW-009]\n    in:", "rules: [POW-777]\n    in:"),
    ("unknown operation", "operation: pow.verify", "operation: pow.verfy"),
    ("operation of another area", "operation: pow.verify", "operation: encoding.hash"),
    ("input lacks a field", "      nonce: \"0x231\"\n", ""),
    ("input has a foreign field", "nonce: \"0x231\"", "nonce: \"0x231\"\n      salt: \"0x0\""),
    ("leading zero", "nonce: \"0x231\"", "nonce: \"0x0231\""),
    ("too wide", "compact_target: \"0x20010000\"", "compact_target: \"0x120010000\""),
    ("bytes cut off", "56b5\"", "56b\""),
    ("unknown engine", "engine: eaglesong", "engine: eaglesong-blake3"),
    ("unknown output", "accept: {target:", "accept: {tarket:"),
    ("unknown flag", "    twin: nonce", "    flags: [bitcoin-nbits]\n    twin: nonce"),
    ("no twin", "    twin: nonce-0x231", "    twin: nonce-0x232"),
    ("reject without twin", "    twin: nonce-0x231\n    change: {nonce: \"0x0\"}\n", ""),
    ("change that changes nothing", "{nonce: \"0x0\"}", "{nonce: \"0x231\"}"),
    ("change of nothing", "{nonce: \"0x0\"}", "{nonse: \"0x0\"}"),
    ("rejected by a rule that computes", "    reject: POW-007", "    reject: POW-009"),
    ("id twice", "  - id: nonce-zero", "  - id: nonce-0x231"),
    ("upper-case id", "  - id: nonce-zero", "  - id: Nonce-zero"),
    ("syntax", "    rules: [POW-007, POW-009]\n    in:", "    rules: [POW-007\n    in:"),
    ("tabs", "    why: another nonce", "\twhy: another nonce"),
    ("another schema", "ckbspec.vectors/1", "ckbspec.vectors/2"),
    (
        "a point with two answers",
        REJECT,
        "answers: [{when: {}, REJECT}, {when: {vm: [1]}, REJECT}]",
    ),
    ("a point without an answer", REJECT, "answers: [{when: {vm: [0]}, REJECT}]"),
    ("an answer at no point", REJECT, "answers: [{when: {}, REJECT}, {when: {vm: [2]}, REJECT}]"),
    ("answers and a reject", REJECT, "REJECT\n    answers: [{when: {}, REJECT}]"),
    ("an answer of both kinds", REJECT, "answers: [{when: {}, accept: {hash: \"0x\"}, REJECT}]"),
    ("an answer without its rule", REJECT, "answers: [{when: {}, rules: [POW-006], REJECT}]"),
    ("an answer by no rule", REJECT, "answers: [{when: {}, rules: [POW-777], REJECT}]"),
    ("an answer without points", REJECT, "answers: [{REJECT}]"),
];

/// The last line of the good file; in a mistake it stands for itself.
const REJECT: &str = "REJECT";

#[test]
fn the_good_file_is_good() {
    let house = house_with(GOOD);
    let output = ckbspec_in(house.path(), &["run"]);
    assert_eq!(code(&output), 0, "{}{}", text(&output).0, text(&output).1);
}

#[test]
fn each_mistake_is_shown_at_its_place() {
    let mut all = String::new();
    for (name, from, to) in MISTAKES {
        let bad = if *from == REJECT {
            let over = GOOD.replace("provenance:", "over: {vm: [0, 1]}\nprovenance:");
            over.replace("reject: POW-007", &to.replace(REJECT, "reject: POW-007"))
        } else {
            GOOD.replacen(from, to, 1)
        };
        assert_ne!(bad, GOOD, "{name}: nothing to change");
        let house = house_with(&bad);
        let output = ckbspec_in(house.path(), &["list"]);
        let (_, err) = text(&output);
        assert_eq!(code(&output), 4, "{name}: {err}");
        assert!(err.contains("--> vectors/pow/case.yaml:"), "{name}: {err}");
        assert!(err.contains('^'), "{name}: {err}");
        writeln!(all, "== {name}\n{}\n", err.trim_end()).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn two_faults_in_one_reject_are_seen_by_lint() {
    let house = house_with(
        &GOOD
            .replace(
                "    change: {nonce: \"0x0\"}\n    reject: POW-007",
                "    change: {nonce: \"0x0\", compact_target: \"0x21000001\"}\n    reject: POW-008",
            )
            .replace("rules: [POW-007]\n    twin", "rules: [POW-008]\n    twin"),
    );
    assert_eq!(code(&ckbspec_in(house.path(), &["confirm"])), 0);
    let output = ckbspec_in(house.path(), &["lint"]);
    assert_eq!(code(&output), 4);
    assert!(text(&output).1.contains("two faults: with POW-008 switched off, POW-007"));
}

#[test]
fn an_accepting_vector_whose_rules_decide_nothing_that_it_compares_is_seen_by_lint() {
    let house = house_with(&GOOD.replace("[POW-007, POW-009]", "[POW-007]"));
    assert_eq!(code(&ckbspec_in(house.path(), &["confirm"])), 0);
    let output = ckbspec_in(house.path(), &["lint"]);
    assert_eq!(code(&output), 4);
    let err = text(&output).1;
    assert!(err.contains("POW-007 decides no field that is compared"), "{err}");
    assert!(err.contains("these are decided by POW-009"), "{err}");
}

#[test]
fn an_expectation_does_not_change_in_silence() {
    let house = house_with(GOOD);
    assert_eq!(code(&ckbspec_in(house.path(), &["confirm"])), 0);
    assert_eq!(code(&ckbspec_in(house.path(), &["lint"])), 0);
    let file = house.path().join("vectors/pow/case.yaml");
    let changed = GOOD.replace("{nonce: \"0x0\"}", "{nonce: \"0x1\"}");
    std::fs::write(&file, &changed).unwrap();
    for command in ["lint", "confirm"] {
        let output = ckbspec_in(house.path(), &[command]);
        assert_eq!(code(&output), 4, "{command}");
        assert!(text(&output).1.contains("its revision 1 did not"), "{command}");
    }
    let raised = changed.replace("  - id: nonce-zero\n", "  - id: nonce-zero\n    rev: 2\n");
    std::fs::write(&file, raised).unwrap();
    assert_eq!(code(&ckbspec_in(house.path(), &["confirm"])), 0);
    assert_eq!(code(&ckbspec_in(house.path(), &["lint"])), 0);
}

#[test]
fn an_answer_by_point_may_say_all_that_a_vector_says_of_itself() {
    let answers = "over: {vm: [0, 1, 2]}\n    answers:\n      \
        - {when: {vm: [2, 0]}, reject: POW-007}\n      \
        - {when: {vm: [1]}, why: one, rules: [POW-006, POW-007], flags: [late], reject: POW-007}";
    let notes = "notes:\n  late: {bug: order, effect: it is late, see: [CVE-2010-5139]}\nvectors:";
    let text =
        GOOD.replace("reject: POW-007", answers).replace("vectors:\n", &format!("{notes}\n"));
    let house = house_with(&text);
    let output = ckbspec_in(house.path(), &["list", "--json"]);
    let lines = text_of(&output);
    let found: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line["case"].as_str().unwrap(), line["why"].as_str().unwrap()))
        .collect();
    let zero = ["pow/nonce-zero@vm=0", "pow/nonce-zero@vm=1", "pow/nonce-zero@vm=2"];
    assert_eq!(
        found[1..],
        [(zero[0], "another nonce"), (zero[1], "one"), (zero[2], "another nonce")]
    );
    assert_eq!(code(&ckbspec_in(house.path(), &["run"])), 0);
    let explained = self::text(&ckbspec_in(house.path(), &["explain", zero[1]])).0;
    assert!(explained.contains("it catches late: it is late; see CVE-2010-5139"), "{explained}");
}

fn text_of(output: &std::process::Output) -> Vec<serde_json::Value> {
    text(output).0.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn one_question_stands_in_one_vector() {
    let again = "over: {vm: [0]}\n    reject: POW-007\n  - id: nonce-naught\n    why: again\n    \
        rules: [POW-007]\n    over: {vm: [1]}\n    twin: nonce-0x231\n    change: {nonce: \"0x0\"}\n    \
        reject: POW-007";
    let house = house_with(&GOOD.replace("reject: POW-007", again));
    assert_eq!(code(&ckbspec_in(house.path(), &["confirm"])), 0);
    let output = ckbspec_in(house.path(), &["lint"]);
    assert_eq!(code(&output), 4);
    let words = "asks the same question as pow/nonce-naught";
    assert!(text(&output).1.contains(words), "{}", text(&output).1);
}

#[test]
fn a_twin_accepts_at_the_points_of_a_reject() {
    let over = GOOD.replace("provenance:", "over: {vm: [0, 1]}\nprovenance:");
    let by_point = over.replace(
        "    accept: {target",
        "    answers:\n      - {when: {vm: [0]}, reject: POW-007}\n      \
         - when: {vm: [1]}\n        accept: {target",
    );
    let lint = |text: &str| {
        let house = house_with(text);
        assert_eq!(code(&ckbspec_in(house.path(), &["confirm"])), 0);
        text_and_code(&house)
    };
    let (code, printed) = lint(&by_point);
    assert_eq!(code, 4, "{printed}");
    assert!(printed.contains("its twin pow/nonce-0x231 is rejected at vm=0"), "{printed}");
    let later = by_point.replace("    twin:", "    over: {vm: [1]}\n    twin:");
    assert!(!lint(&later).1.contains("is rejected"), "{}", lint(&later).1);
}

fn text_and_code(house: &tempfile::TempDir) -> (i32, String) {
    let output = ckbspec_in(house.path(), &["lint"]);
    (code(&output), text(&output).1)
}

#[test]
fn a_name_leaves_the_lock_only_when_it_moves_or_its_vector_is_retired() {
    let house = house_with(GOOD);
    let lock = || std::fs::read_to_string(house.path().join("vectors/vectors.lock")).unwrap();
    let confirm = |text: &str| {
        std::fs::write(house.path().join("vectors/pow/case.yaml"), text).unwrap();
        let output = ckbspec_in(house.path(), &["confirm"]);
        (code(&output), self::text(&output).0 + &self::text(&output).1)
    };
    assert_eq!(confirm(GOOD).0, 0);
    let before = lock();
    let renamed = GOOD.replace("nonce-zero", "nonce-0");
    let lost = renamed.replace("{nonce: \"0x0\"}", "{nonce: \"0x1\"}");
    let (code, printed) = confirm(&lost);
    assert_eq!((code, lock()), (4, before.clone()), "{printed}");
    assert!(printed.contains("`pow/nonce-zero` is in vectors/vectors.lock and in no file"));

    let (code, printed) = confirm(&renamed);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("2 cases in vectors/vectors.lock, 0 new or changed, 1 moved"));
    assert!(lock().ends_with("{\"case\":\"pow/nonce-zero\",\"moved\":\"pow/nonce-0\"}\n"));
    assert!(lock().contains(&before.lines().last().unwrap().replace("nonce-zero", "nonce-0")));
    assert_eq!(text_and_code(&house).0, 0);

    let twice = GOOD.replace("nonce-zero", "nonce-none");
    let (code, printed) = confirm(&twice);
    assert_eq!(code, 0, "{printed}");
    for old in ["nonce-zero", "nonce-0"] {
        let line = format!("{{\"case\":\"pow/{old}\",\"moved\":\"pow/nonce-none\"}}\n");
        assert!(lock().contains(&line), "{}", lock());
    }
    let (code, printed) = confirm(GOOD);
    assert_eq!(code, 4, "{printed}");
    assert!(printed.contains("a name is never used again"), "{printed}");

    let retired = twice.replace("nonce-none\n", "nonce-none\n    status: retired\n");
    assert_eq!(confirm(&retired).0, 0);
    assert_eq!(text_and_code(&house).0, 0);
}
