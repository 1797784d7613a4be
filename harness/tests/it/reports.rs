//! Reports of run logs: each format, shards and clients merged, broken logs, bundles.

use crate::common::{ckbspec, ckbspec_in, code, house_with, root, text};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A fixed log of a client.
fn log(name: &str) -> String {
    root().join(format!("harness/tests/it/logs/{name}.ndjson")).to_str().unwrap().to_owned()
}

fn report(format: &str) -> String {
    let output = ckbspec(&["report", &log("lumos"), &log("ccc"), "--format", format]);
    let (out, err) = text(&output);
    assert_eq!((code(&output), err.as_str()), (0, ""), "{out}");
    out
}

/// The log with a change, in a folder that goes with the test.
fn changed(change: impl Fn(String) -> String) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changed.ndjson");
    fs::write(&file, change(fs::read_to_string(log("lumos")).unwrap())).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (folder, file)
}

#[test]
fn a_terminal_sees_rules_and_a_table() {
    insta::assert_snapshot!(report("terminal"));
}

#[test]
fn ci_reads_junit() {
    insta::assert_snapshot!(report("junit"));
}

#[test]
fn github_shows_markdown() {
    insta::assert_snapshot!(report("markdown"));
}

#[test]
fn github_annotates_each_failing_rule() {
    let folder = tempfile::tempdir().unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ckbspec"))
        .args(["report", &log("lumos"), "--format", "markdown", "-o", "summary.md"])
        .current_dir(folder.path())
        .env("GITHUB_ACTIONS", "true")
        .output()
        .unwrap();
    insta::assert_snapshot!(text(&output).0);
    assert!(folder.path().join("summary.md").exists());
}

#[test]
fn tools_read_one_object() {
    let report: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(report["schema"], "ckbspec.report/1");
    let lumos = &report["clients"][0];
    assert_eq!(lumos["label"], "lumos 0.23.0");
    let scores: Vec<String> = lumos["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| format!("{} {} {}", case["case"], case["outcome"], case["score"]))
        .collect();
    insta::assert_snapshot!(scores.join("\n"));
    assert!(report["rules"]["EPOCH-006"]["text"].as_str().unwrap().len() > 20);
}

#[test]
fn a_page_stands_alone_and_holds_all() {
    let page = report("html");
    for outside in ["src=", "href=\"http", "url(", "@import", "fetch("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let data = data(&page);
    assert_eq!(data["clients"].as_array().unwrap().len(), 2);
    assert_eq!(data["left_out"], 0);
    let detail = &data["details"]["encoding/bytes-vec-first-offset-largest"];
    assert!(detail["a"]["0"]["log"].as_str().unwrap().contains("<array> too long"));
    // What adapters write must not end the element that holds it.
    assert!(!page.contains("<array>"));
    assert!(data["rules"].as_array().unwrap().iter().all(|rule| rule["text"] != ""));
}

/// What a page carries.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("id=\"data\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn a_page_of_10_000_failures_is_small() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(log("lumos")).unwrap();
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failing = lines.iter().find(|line| line["outcome"] == "fail.verdict").unwrap().clone();
    lines.retain(|line| !["case", "footer"].contains(&line["t"].as_str().unwrap()));
    let mut many = String::new();
    for line in &lines {
        writeln!(many, "{line}").unwrap();
    }
    for number in 0..10_000 {
        let mut case = failing.clone();
        case["case"] = json!(format!("encoding/a-case-with-a-name-of-some-length-{number}"));
        case["asked"]["in"]["bytes"] = json!(format!("0x{number:04000}"));
        writeln!(many, "{case}").unwrap();
    }
    fs::write(folder.path().join("many.ndjson"), many).unwrap();
    let arguments = ["report", "many.ndjson", "--format", "html", "-o", "many.html"];
    assert_eq!(code(&ckbspec_in(folder.path(), &arguments)), 5, "it has no footer");
    let page = fs::read_to_string(folder.path().join("many.html")).unwrap();
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    let data = data(&page);
    assert_eq!(data["cases"].as_array().unwrap().len(), 10_000);
}

#[test]
fn a_broken_log_is_no_good_run() {
    type Change = fn(String) -> String;
    let broken: [(&str, Change, i32, &str); 8] = [
        ("no footer", |log| until(&log, "{\"t\":\"footer\""), 5, "its last line is missing"),
        ("cut off", |log| log[..log.len() - 20].to_owned(), 5, "is cut off"),
        ("another outcome", |log| log.replacen("\"pass-weak\"", "\"pass\"", 1), 5, "were changed"),
        ("a case too few", |log| without(&log, "\"case\":\"pow/"), 5, "cases are there"),
        ("another format", |log| log.replace("ckbspec.run/1", "ckbspec.run/2"), 2, "its schema is"),
        ("a foreign file", |_| "<html>\n".to_owned(), 2, "is no run log: its first line"),
        ("an empty file", |_| String::new(), 2, "is no run log: its first line"),
        (
            "a torn line",
            |log| log.replacen("\"t\":\"rule\"", "\"t\":", 1),
            2,
            "is no line of a run",
        ),
    ];
    for (what, change, status, words) in broken {
        let (_folder, file) = changed(change);
        for command in [vec!["report", &file], vec!["merge", &file, "-o", "/dev/null"]] {
            let output = ckbspec(&command);
            let (out, err) = text(&output);
            assert_eq!(code(&output), status, "{what}: {err}");
            let said = out + &err;
            assert!(said.contains(words), "{what}: {said}");
            let says_so = said.contains("INCOMPLETE") || status != 5 || command[0] == "merge";
            assert!(says_so, "{what}: {said}");
        }
    }
}

fn until(log: &str, mark: &str) -> String {
    log.split(mark).next().unwrap().to_owned()
}

fn without(log: &str, mark: &str) -> String {
    let mut left = true;
    let kept = |line: &&str| !(line.contains(mark) && std::mem::take(&mut left));
    log.split_inclusive('\n').filter(kept).collect()
}

#[test]
fn lines_of_a_later_version_are_passed_over() {
    let (_folder, file) = changed(|log| log + "{\"t\":\"weather\",\"sky\":\"blue\"}\n");
    assert_eq!(code(&ckbspec(&["report", &file])), 0);
}

/// Runs shards into a folder.
fn shards(folder: &Path, numbers: &[u32]) -> Vec<String> {
    numbers
        .iter()
        .map(|number| {
            let (shard, file) = (format!("{number}/3"), format!("{number}.ndjson"));
            let output = ckbspec(&[
                "run",
                "pow/nonce-*",
                "pow/verify-*",
                "--shard",
                &shard,
                "-o",
                folder.join(&file).to_str().unwrap(),
            ]);
            assert_eq!(code(&output), 0, "{}", text(&output).1);
            file
        })
        .collect()
}

#[test]
fn shards_are_merged_and_a_missing_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    shards(folder.path(), &[1, 2, 3]);
    let merge = |files: &[&str]| {
        let arguments: Vec<&str> = [&["merge", "-o", "all.ndjson"], files].concat();
        let output = ckbspec_in(folder.path(), &arguments);
        (code(&output), text(&output).1)
    };
    let (status, said) = merge(&["1.ndjson", "3.ndjson"]);
    assert_eq!(status, 5);
    assert!(said.contains("ckbspec-reference 0.1.0: shard 2/3 is missing"), "{said}");
    let (status, said) = merge(&["1.ndjson", "1.ndjson"]);
    assert_eq!(status, 2);
    assert!(said.contains("are both shard 1/3 of ckbspec-reference"), "{said}");
    let (status, said) = merge(&["3.ndjson", "1.ndjson", "2.ndjson"]);
    assert_eq!((status, said.as_str()), (0, ""));

    let whole = folder.path().join("whole.ndjson");
    ckbspec(&["run", "pow/nonce-*", "pow/verify-*", "-o", whole.to_str().unwrap()]);
    let names = |file: &str| -> Vec<String> {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter_map(|line| line["case"].as_str().map(str::to_owned)).collect()
    };
    let mut asked = names("whole.ndjson");
    asked.sort();
    assert_eq!(names("all.ndjson"), asked);
    assert_eq!(code(&ckbspec_in(folder.path(), &["report", "all.ndjson"])), 0);
    let (status, said) = merge(&["all.ndjson", "whole.ndjson"]);
    assert_eq!(status, 2);
    assert!(said.contains("all.ndjson is one of the logs"), "{said}");
    fs::copy(folder.path().join("all.ndjson"), folder.path().join("joined.ndjson")).unwrap();
    let (status, said) = merge(&["joined.ndjson", "whole.ndjson"]);
    assert_eq!(status, 2);
    assert!(said.contains("are both runs of ckbspec-reference 0.1.0"), "{said}");
}

#[test]
fn clients_are_merged() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["merge", &log("lumos"), &log("ccc"), "-o", "both.ndjson"];
    let output = ckbspec_in(folder.path(), &arguments);
    assert_eq!(code(&output), 0, "{}", text(&output).1);
    let both = ckbspec_in(folder.path(), &["report", "both.ndjson"]);
    assert_eq!(text(&both).0, report("terminal"));
}

#[test]
fn a_bundle_asks_a_failure_again() {
    let folder = tempfile::tempdir().unwrap();
    let bundles = folder.path().join("bundles");
    let bundles = bundles.to_str().unwrap();
    let run = [
        "run",
        "pow/mainnet-proof-at-its-limit",
        "-a",
        "builtin:always-reject",
        "--bundles",
        bundles,
    ];
    assert_eq!(code(&ckbspec(&run)), 1);
    let bundle = format!("{bundles}/pow_mainnet-proof-at-its-limit");
    let replay = |adapter: &[&str]| {
        let output = ckbspec(&[&["replay", bundle.as_str()], adapter].concat());
        (code(&output), text(&output).0)
    };
    let (status, said) = replay(&[]);
    assert_eq!(status, 1);
    assert!(said.contains("pow/mainnet-proof-at-its-limit: still fail.verdict"), "{said}");
    let (status, said) = replay(&["-a", "builtin:reference"]);
    assert_eq!(status, 0);
    assert!(said.contains("pass now; it was fail.verdict"), "{said}");
    let script = std::process::Command::new(format!("{bundle}/replay.sh")).output().unwrap();
    let answers = text(&script).0;
    assert!(answers.lines().last().unwrap().contains("\"verdict\":\"reject\""), "{answers}");
    assert_eq!(code(&ckbspec(&["replay", bundles])), 2);
}

#[test]
fn a_log_keeps_what_an_adapter_says_beside_a_failure() {
    let house = house_with(crate::bad_adapters::VECTORS);
    let mischief = "sleep 0.05; echo \"$target is odd\" >&2; target=0x9; sleep 0.05";
    let adapter = crate::bad_adapters::ADAPTER.replace("MISCHIEF", mischief);
    fs::write(house.path().join("adapter.sh"), adapter).unwrap();
    ckbspec_in(house.path(), &["run", "-a", "sh adapter.sh", "-o", "run.ndjson"]);
    let log = fs::read_to_string(house.path().join("run.ndjson")).unwrap();
    let said: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| !line["asked"].is_null())
        .map(|line| line["asked"]["stderr"].clone())
        .collect();
    assert_eq!(said, ["0x1 is odd", "0x2 is odd", "0x3 is odd"], "{log}");
}
