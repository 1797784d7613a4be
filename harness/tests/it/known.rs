//! Lists of known failures: what is listed does not fail a run, and a list that is wrong does.

use crate::bad_adapters::{ADAPTER, VECTORS};
use crate::common::{ckbspec_in, code, house_with, text};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use tempfile::TempDir;

/// The head of a list for the client in shell.
const HEAD: &str = "schema: ckbspec.known/1\nclient: sh\n";

/// A list in which the second case fails.
const B_FAILS: &str = "failures:\n  - why: \"two is too much\"\n    cases: [pow/b]\n";

/// What makes the client in shell fail the second case.
const B: &str = "case $target in 0x2) target=0x9 ;; esac";

/// A house with the three cases `pow/a`, `pow/b`, `pow/c`, a client with some mischief in it, and
/// a list.
fn house(mischief: &str, list: &str) -> TempDir {
    let house = house_with(VECTORS);
    set(&house, "adapter.sh", &ADAPTER.replace("MISCHIEF", mischief));
    set(&house, "known.yaml", &format!("{HEAD}{list}"));
    house
}

fn set(house: &TempDir, file: &str, text: &str) {
    fs::write(house.path().join(file), text).unwrap();
}

fn get(house: &TempDir, file: &str) -> String {
    fs::read_to_string(house.path().join(file)).unwrap()
}

/// Exit status, and all that was printed.
fn ckbspec(house: &TempDir, arguments: &[&str]) -> (i32, String) {
    let output = ckbspec_in(house.path(), arguments);
    let (out, err) = text(&output);
    (code(&output), out + &err)
}

fn run(house: &TempDir, more: &[&str]) -> (i32, String) {
    let arguments = ["run", "-a", "sh adapter.sh", "--known", "known.yaml", "-o", "run.ndjson"];
    ckbspec(house, &[&arguments, more].concat())
}

fn update(house: &TempDir) -> (i32, String) {
    ckbspec(house, &["known", "update", "known.yaml", "-a", "sh adapter.sh"])
}

/// The lines of a kind in the run log.
fn log(house: &TempDir, kind: &str) -> Vec<Value> {
    let log = get(house, "run.ndjson");
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["t"] == kind).collect()
}

/// The run fails, the only thing wrong is of this kind, and it is shown at this line.
fn fails_by(house: &TempDir, kind: &str, line: u32, words: &[&str]) {
    let (code, printed) = run(house, &[]);
    assert_eq!(code, 1, "{printed}");
    let findings: Vec<String> = log(house, "known")
        .iter()
        .map(|line| format!("{} {}", line["finding"], line["at"]).replace('"', ""))
        .collect();
    assert_eq!(findings, [format!("{kind} known.yaml:{line}")], "{printed}");
    for word in
        words.iter().chain(&[&format!("known.yaml:{line}:")[..], "^", "mistakes in the list: 1"])
    {
        assert!(printed.contains(word), "{word} is missing in\n{printed}");
    }
}

#[test]
fn a_known_failure_is_counted_and_does_not_fail_the_run() {
    let (code, printed) = run(&house(B, B_FAILS), &[]);
    assert_eq!(code, 0, "{printed}");
    assert!(!printed.contains("FAILED"), "{printed}");
    assert!(printed.contains("known.yaml: 1 failed as known"), "{printed}");
    let total = printed.lines().find(|line| line.starts_with(" total ")).unwrap();
    let numbers: Vec<&str> = total.split_whitespace().skip(1).collect();
    assert_eq!(numbers, ["3", "2", "-", "-", "-", "1", "-", "-"], "{printed}");
}

#[test]
fn a_failure_that_is_not_listed_fails_the_run() {
    let (code, printed) = run(&house("target=0x9", B_FAILS), &[]);
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("FAILED POW-009 Compact to target: 2 cases"), "{printed}");
    assert!(!printed.contains("pow/b"), "{printed}");
}

#[test]
fn the_log_says_what_is_known_and_why() {
    let house = house(B, B_FAILS);
    run(&house, &[]);
    let cases = log(&house, "case");
    let known: Vec<&Value> = cases.iter().filter(|case| !case["known"].is_null()).collect();
    let [case] = known[..] else { panic!("{known:?}") };
    assert_eq!((&case["case"], &case["outcome"]), (&"pow/b".into(), &"fail.output".into()));
    let expected = serde_json::json!(
        {"flaky": false, "excused": true, "why": "two is too much", "at": "known.yaml:5"}
    );
    assert_eq!(case["known"], expected);
    assert_eq!(log(&house, "footer")[0]["known"], serde_json::json!({"failures": 1, "flaky": 0}));
}

#[test]
fn an_unexpected_pass_fails_the_run_and_names_the_way_out() {
    let house = house("", B_FAILS);
    let way_out = "known update known.yaml -a 'sh adapter.sh'` takes it out";
    fails_by(&house, "unexpected-pass", 5, &["unexpected pass: pow/b", way_out]);
}

#[test]
fn every_case_that_a_wildcard_matches_has_to_fail() {
    let list = "failures:\n  - why: all\n    cases: [\"pow/*\"]\n    at_most: 3\n";
    assert_eq!(run(&house("target=0x9", list), &[]).0, 0);
    let passes = ["unexpected pass: pow/a, pow/c", "2 of 3 cases pass"];
    fails_by(&house(B, list), "unexpected-pass", 5, &passes);
}

#[test]
fn a_case_that_two_names_match_has_one_reason_too_many() {
    let list = B_FAILS.to_owned() + "  - {why: all, cases: [\"pow/*\"], at_most: 3}\n";
    let words = ["pow/b is listed twice", "stands at known.yaml:5, too"];
    fails_by(&house("target=0x9", &list), "listed-twice", 6, &words);
}

#[test]
fn a_case_that_fails_differently_from_the_list_fails_the_run() {
    let list = B_FAILS.to_owned() + "    outcome: fail\n";
    assert_eq!(run(&house(B, &list), &[]).0, 0);
    let crash = house("case $target in 0x2) exit 3 ;; esac", &list);
    let words = ["FAILED POW-009", "fails differently from the list: pow/b (crash.exit:3)"];
    fails_by(&crash, "other-outcome", 6, &words);
}

#[test]
fn a_name_of_no_case_is_stale() {
    let list = B_FAILS.replace("[pow/b]", "[pow/b, pow/bb]");
    fails_by(&house(B, &list), "stale", 5, &["stale: `pow/bb` is the name of no case"]);
}

#[test]
fn a_list_is_told_where_a_name_has_moved() {
    let old = B_FAILS.replace("pow/b", "pow/old");
    let house = house(B, &old);
    set(&house, "vectors/vectors.lock", "{\"case\":\"pow/old\",\"moved\":\"pow/b\"}\n");
    fails_by(&house, "moved", 5, &["`pow/old` has moved: it is pow/b now", "writes the new name"]);
    let (code, printed) = update(&house);
    assert_eq!(code, 0, "{printed}");
    assert_eq!(get(&house, "known.yaml"), format!("{HEAD}{B_FAILS}"));
}

#[test]
fn a_case_that_the_adapter_does_not_declare_is_stale_in_other_words() {
    let house = house(B, &B_FAILS.replace("[pow/b]", "[pow/b, pow/other-a]"));
    let other = VECTORS
        .replace("compact_to_target", "compact_to_difficulty")
        .replace("accept: {target", "accept: {difficulty")
        .replace("- id: ", "- id: other-")
        .replace("POW-009", "POW-012");
    set(&house, "vectors/pow/other.yaml", &other);
    let words = ["pow/other-a is listed, but not asked", "declare pow.compact_to_difficulty"];
    fails_by(&house, "not-asked", 5, &words);
}

#[test]
fn a_run_on_a_part_says_nothing_of_the_rest() {
    let gone = B_FAILS.replace("[pow/b]", "[pow/a, pow/b, pow/gone]");
    let expired = "  - why: soon\n    cases: [pow/c]\n    until: \"2020-01-01\"\n";
    let house = house(B, &(gone + expired));
    let (code, printed) = run(&house, &["pow/b"]);
    assert_eq!(code, 0, "{printed}");
    let (code, printed) = run(&house, &["pow/a"]);
    assert_eq!(code, 1, "{printed}");
    assert_eq!(log(&house, "known").len(), 1, "{printed}");
}

#[test]
fn an_expired_entry_excuses_nothing() {
    let until = |day: &str| format!("{B_FAILS}    until: \"{day}\"\n");
    assert_eq!(run(&house(B, &until("9999-12-31")), &[]).0, 0);
    let house = house(B, &until("2020-01-01"));
    fails_by(&house, "expired", 6, &["expired on 2020-01-01", "FAILED POW-009"]);
}

#[test]
fn a_ceiling_is_held() {
    let list = "failures:\n  - why: all\n    cases: [\"pow/*\"]\n    at_most: 2\n";
    let words = ["3 cases fail under an entry that has a ceiling of 2"];
    fails_by(&house("target=0x9", list), "ceiling", 6, &words);
}

#[test]
fn a_flaky_case_may_pass_or_fail_and_is_counted() {
    let list = "flaky:\n  - why: \"it depends\"\n    cases: [pow/a, pow/b]\n";
    let house = house(B, list);
    let (code, printed) = run(&house, &[]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("1 of 2 flaky cases failed"), "{printed}");
    assert_eq!(log(&house, "footer")[0]["known"]["flaky"], 1);
}

#[test]
fn a_weak_pass_is_known_where_it_is_a_failure() {
    let house = house("case $target in 0x2) verdict=0x9 ;; esac", "");
    let reject = "  - id: weak\n    why: zero\n    rules: [POW-007]\n    twin: good\n    \
        change: {nonce: \"0x0\"}\n    reject: POW-007\n";
    let good = "schema: ckbspec.vectors/1\ntitle: A proof\noperation: pow.verify\n\
        provenance: {kind: derived, source: x}\nvectors:\n  - id: good\n    why: good\n    \
        rules: [POW-007]\n    in: {engine: eaglesong, nonce: \"0x231\", \
        compact_target: \"0x20010000\", pow_hash: \
        \"0xb48cd81e96056e5b4d019c1e182afe147f078909a61a8710bc8ba1d71db456b5\"}\n    \
        accept: {target: \"0x100000000000000000000000000000000000000000000000000000000000000\"}\n";
    set(&house, "vectors/pow/case.yaml", &format!("{good}{reject}"));
    let client = "always-reject";
    let list = |outcome: &str| {
        format!(
            "schema: ckbspec.known/1\nclient: {client}\nfailures:\n  \
             - {{why: it rejects, cases: [pow/good]}}\n  \
             - {{why: it gives no class, cases: [pow/weak]{outcome}}}\n"
        )
    };
    let run = |more: &[&str]| {
        let arguments = ["run", "-a", "builtin:always-reject", "--known", "known.yaml"];
        ckbspec(&house, &[&arguments, more].concat())
    };
    set(&house, "known.yaml", &list(""));
    assert_eq!(run(&["--strict"]).0, 0, "{}", run(&["--strict"]).1);
    assert!(run(&[]).1.contains("unexpected pass: pow/weak"), "{}", run(&[]).1);
    set(&house, "known.yaml", &list(", outcome: pass-weak"));
    assert_eq!((run(&["--strict"]).0, run(&[]).0), (0, 0), "{}", run(&[]).1);
}

#[test]
fn cases_that_nobody_was_asked_fail_the_run_although_the_crashes_are_known() {
    let mut many = VECTORS.to_owned();
    for index in 10..22 {
        write!(
            many,
            "  - id: more-{index}\n    why: more\n    rules: [POW-009]\n    \
             in: {{compact_target: \"0x1{index}0000\"}}\n    accept: {{overflow: false}}\n"
        )
        .unwrap();
    }
    let crash = |list: &str| {
        let house = house("exit 1", list);
        set(&house, "vectors/pow/case.yaml", &many);
        run(&house, &[])
    };
    let some = "failures:\n  - why: crash\n    at_most: 15\n    \
        cases: [pow/a, pow/b, pow/c, \"pow/more-1?\"]\n";
    let (code, printed) = crash(some);
    assert!(printed.contains("7 cases not asked"), "{printed}");
    assert_eq!(code, 1, "{printed}");
    let (code, printed) = crash(&some.replace("1?", "*"));
    assert_eq!(code, 0, "{printed}");
}

#[test]
fn a_list_of_another_client_is_refused() {
    let house = house(B, B_FAILS);
    set(&house, "known.yaml", &get(&house, "known.yaml").replace("client: sh", "client: bash"));
    for (code, printed) in [run(&house, &[]), update(&house)] {
        assert_eq!(code, 2, "{printed}");
        assert!(printed.contains("a list of another client: `sh` was asked"), "{printed}");
        assert!(printed.contains("known.yaml:2:9"), "{printed}");
    }
}

#[test]
fn each_client_has_its_list() {
    let house = house(B, B_FAILS);
    set(&house, "other.sh", &ADAPTER.replace("MISCHIEF", "target=0x9").replace("\"sh\"", "\"z\""));
    let all = "schema: ckbspec.known/1\nclient: z\nfailures:\n  - why: all\n    \
        cases: [pow/a, pow/b, pow/c]\n";
    set(&house, "other.yaml", all);
    let both = ["run", "-a", "sh adapter.sh", "-a", "sh other.sh", "--known", "known.yaml"];
    let (code, printed) = ckbspec(&house, &[&both[..], &["--known", "other.yaml"]].concat());
    assert_eq!(code, 0, "{printed}");
    let (code, printed) = ckbspec(&house, &both);
    assert_eq!(code, 1, "{printed}");
}

#[test]
fn update_takes_out_and_puts_in_and_leaves_the_rest() {
    let before = "failures:\n  # The first.\n  - why: \"passes now\"   # gone\n    cases: [pow/a]\n\
        \n  # The second.\n  - why: \"two is too much\"\n    cases:\n      - pow/gone   # gone\n      \
        - \"pow/b\"   # stays\n# The end.\n";
    let house = house("case $target in 0x1) ;; *) target=0x9 ;; esac", before);
    assert_eq!(update(&house).0, 0, "{}", update(&house).1);
    let after = "failures:\n  # The first.\n\n  # The second.\n  - why: \"two is too much\"\n    \
        cases:\n      - \"pow/b\"   # stays\n  - why: \"not explained yet\"\n    \
        outcome: fail.output\n    cases:\n      - pow/c\n# The end.\n";
    assert_eq!(get(&house, "known.yaml"), format!("{HEAD}{after}"));
    let (code, printed) = run(&house, &[]);
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("2 failed as known; not explained yet: 1"), "{printed}");
}

#[test]
fn update_names_what_still_fails_of_a_wildcard() {
    let list = "failures:\n  - why: all\n    cases: [\"pow/*\"]\n    at_most: 3\n";
    let house = house("case $target in 0x1) ;; *) target=0x9 ;; esac", list);
    assert_eq!(update(&house).0, 0);
    let after = list.replace("\"pow/*\"", "pow/b, pow/c");
    assert_eq!(get(&house, "known.yaml"), format!("{HEAD}{after}"));
}

#[test]
fn update_writes_a_list_where_there_is_none_and_empties_it_when_all_is_well() {
    let house = house("target=0x9", "");
    fs::remove_file(house.path().join("known.yaml")).unwrap();
    assert_eq!(update(&house).0, 0);
    assert_eq!(run(&house, &[]).0, 0, "{}", get(&house, "known.yaml"));
    set(&house, "adapter.sh", &ADAPTER.replace("MISCHIEF", ""));
    assert_eq!(run(&house, &[]).0, 1);
    assert_eq!(update(&house).0, 0);
    assert!(get(&house, "known.yaml").ends_with("failures: []\n"), "{}", get(&house, "known.yaml"));
    assert_eq!(run(&house, &[]).0, 0);
}

#[test]
fn update_understands_each_way_to_write_a_list() {
    let shapes = [
        "",
        "failures:   # see\n",
        "failures: []   # see\nflaky: []\n",
        "flaky:\n  - why: luck\n    cases: [pow/b]   # see\nfailures:\n  - {why: one, cases: [pow/a]}",
        "failures:\n- cases:\n  - pow/a\n  - pow/b   # see\n  why: one\n",
        "failures:\n  - why: é\n    cases: [\n      pow/a, # one\n      \"pow/b\", # ]\n    ]   # see\n",
        "failures:\n  -\n    why: one\n    at_most: 3\n    cases: [\"pow/*\"]   # see\n",
    ];
    for shape in shapes {
        let house = house("case $target in 0x1) ;; *) target=0x9 ;; esac", shape);
        let (code, printed) = update(&house);
        assert_eq!(code, 0, "{shape}\n{printed}");
        let updated = get(&house, "known.yaml");
        assert_eq!(run(&house, &[]).0, 0, "{shape}\n{updated}");
        assert_eq!(updated.contains("# see"), shape.contains("# see"), "{shape}\n{updated}");
        assert_eq!(update(&house).0, 0, "{updated}");
        assert_eq!(get(&house, "known.yaml"), updated);
    }
}

#[test]
fn update_does_not_give_an_entry_another_day() {
    let list = format!("{B_FAILS}    until: \"2020-01-01\"\n");
    let house = house(B, &list);
    let (code, printed) = update(&house);
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("expired on 2020-01-01"), "{printed}");
    assert_eq!(get(&house, "known.yaml"), format!("{HEAD}{list}"));
}

#[test]
fn a_client_with_known_failures_confirms_the_rest() {
    let list = format!("{B_FAILS}flaky:\n  - why: luck\n    cases: [pow/c]\n");
    let house = house(B, &list);
    let arguments = ["confirm", "-a", "sh adapter.sh", "--lineage", "shells"];
    let (code, printed) = ckbspec(&house, &[&arguments[..], &["--known", "known.yaml"]].concat());
    assert_eq!(code, 0, "{printed}");
    let confirmed = |house: &TempDir| -> Vec<bool> {
        get(house, "vectors/vectors.lock").lines().map(|line| line.contains("shells")).collect()
    };
    assert_eq!(confirmed(&house), [true, false, false]);
    let (code, printed) = ckbspec(&house, &arguments);
    assert_eq!(code, 1, "{printed}");
    assert_eq!(confirmed(&house), [true, false, true]);
}

/// What is changed in a good list, from, to.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("unknown key", "    cases:", "    cases_: [pow/a]\n    cases:"),
    ("no reason", "\"two is too much\"", "\" \""),
    ("reason left out", "  - why: \"two is too much\"\n    cases", "  - cases"),
    ("no cases", "[pow/b]", "[]"),
    ("a case twice", "[pow/b]", "[pow/a, pow/b, \"pow/b\"]"),
    ("failing and flaky", "[pow/b]\n", "[pow/b]\nflaky:\n  - why: luck\n    cases: [pow/b]\n"),
    ("wildcard without ceiling", "[pow/b]", "[\"pow/*\"]"),
    ("unknown outcome", "[pow/b]\n", "[pow/b]\n    outcome: fail.verdikt\n"),
    ("outcome that is no failure", "[pow/b]\n", "[pow/b]\n    outcome: unsupported\n"),
    ("no day", "[pow/b]\n", "[pow/b]\n    until: \"2027-02-30\"\n"),
    ("day without quotes", "[pow/b]\n", "[pow/b]\n    until: 2027-01-31\n"),
    ("another schema", "ckbspec.known/1", "ckbspec.known/2"),
    ("no client", "client: sh\n", ""),
];

#[test]
fn each_mistake_in_a_list_is_shown_at_its_place() {
    let mut all = String::new();
    for (name, from, to) in MISTAKES {
        let house = house(B, B_FAILS);
        let good = get(&house, "known.yaml");
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{name}: nothing to change");
        set(&house, "known.yaml", &bad);
        let (code, printed) = run(&house, &[]);
        assert_eq!(code, 2, "{name}: {printed}");
        assert!(printed.contains("--> known.yaml:") && printed.contains('^'), "{name}: {printed}");
        writeln!(all, "== {name}\n{}\n", printed.trim_end()).unwrap();
    }
    insta::assert_snapshot!(all);
}
