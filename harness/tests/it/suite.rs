//! The suite as a whole: the reference passes it, and clients that do not look at it fail.

use crate::common::{ckbspec, code, root, text};

#[test]
fn the_reference_passes_every_case() {
    let output = ckbspec(&["run"]);
    let (out, err) = text(&output);
    assert_eq!(code(&output), 0, "{out}{err}");
}

#[test]
fn clients_that_do_not_look_at_the_question_fail() {
    for control in ["builtin:always-accept", "builtin:always-reject"] {
        assert_eq!(code(&ckbspec(&["run", "-a", control])), 1, "{control}");
    }
}

#[test]
fn the_vector_files_have_no_problems() {
    let output = ckbspec(&["lint"]);
    assert_eq!(code(&output), 0, "{}", text(&output).1);
}

#[test]
fn every_rule_is_executed_and_shown() {
    let output = ckbspec(&["rules", "--check"]);
    assert_eq!(code(&output), 0, "{}", text(&output).1);
}

#[test]
fn published_schemas_are_current() {
    let names = text(&ckbspec(&["schema"])).0;
    let mut published: Vec<String> = vec![];
    for name in names.lines().filter_map(|line| line.split_whitespace().next()) {
        let generated = text(&ckbspec(&["schema", name])).0;
        let file = root().join(format!("spec/schema/{name}.json"));
        let committed = std::fs::read_to_string(file).unwrap_or_default();
        assert!(generated == committed, "`ckbspec schema --write` brings {name} up to date");
        published.push(format!("{name}.json"));
    }
    for entry in std::fs::read_dir(root().join("spec/schema")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(published.contains(&name), "spec/schema/{name} belongs to nothing");
    }
}

#[test]
fn the_protocol_reference_is_current() {
    use ckbspec_harness::protocol_page::{PATH, page};
    let committed = std::fs::read_to_string(root().join(PATH)).unwrap_or_default();
    assert!(page().unwrap() == committed, "`ckbspec schema --write` brings {PATH} up to date");
}

#[test]
fn the_tables_of_the_vm_are_current() {
    use ckbspec_harness::vm::tables::{CHAPTERS, filled};
    for chapter in CHAPTERS {
        let committed = std::fs::read_to_string(root().join(chapter)).unwrap();
        let filled = filled(&committed).unwrap();
        assert!(filled == committed, "`ckbspec schema --write` brings {chapter} up to date");
    }
}

#[test]
fn an_empty_selection_is_an_error() {
    let output = ckbspec(&["run", "pow/no-such-*"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).1.contains("matches no case"));
}

#[test]
fn a_case_that_fails_can_be_asked_again_by_the_printed_command() {
    let output = ckbspec(&["run", "-a", "builtin:always-accept", "--details", "1"]);
    let out = text(&output).0;
    let again = out.lines().find_map(|line| line.trim().strip_prefix("again: ")).unwrap();
    let words = shlex::split(again).unwrap();
    let rerun = std::process::Command::new(&words[0])
        .args(&words[1..])
        .current_dir(root())
        .output()
        .unwrap();
    assert_eq!(rerun.status.code(), Some(1));
    assert!(text(&rerun).0.contains("\n1 case in "));
}

#[test]
fn the_log_counts_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.ndjson");
    let output = ckbspec(&["run", "pow/*", "-o", log.to_str().unwrap()]);
    assert_eq!(code(&output), 0);
    let lines: Vec<serde_json::Value> = std::fs::read_to_string(&log)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let cases = lines.iter().filter(|line| line["t"] == "case").count();
    let footer = lines.last().unwrap();
    assert_eq!(lines[0]["t"], "header");
    assert_eq!(lines[1]["impl"]["name"], "ckbspec-reference");
    assert_eq!(footer["t"], "footer");
    assert_eq!(footer["cases"].as_u64(), u64::try_from(cases).ok());
    assert_eq!(footer["counts"]["pass"], footer["cases"]);
    assert_eq!(footer["complete"], true);
}
