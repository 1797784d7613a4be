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
fn the_exit_codes_of_the_guide_are_those_of_the_program() {
    use ckbspec_common::exit::Exit;
    let guide = std::fs::read_to_string(root().join("spec/clients/for-client-teams.md")).unwrap();
    for (code, (_, meaning)) in Exit::ALL.iter().enumerate() {
        assert!(guide.contains(&format!("| {code} | {meaning} |")), "{code}: {meaning}");
    }
}

#[test]
fn every_command_has_an_example() {
    let commands = |arguments: &[&str]| -> Vec<String> {
        let help = text(&ckbspec(&[arguments, &["--help"]].concat())).0;
        let (_, list) = help.split_once("Commands:\n").unwrap_or_default();
        let rows = list.lines().take_while(|line| line.starts_with("  "));
        let names = rows.filter(|line| !line.starts_with("   "));
        let names = names.filter_map(|line| line.split_whitespace().next());
        names.filter(|name| *name != "help").map(str::to_owned).collect()
    };
    let top = commands(&[]);
    assert!(top.len() > 15, "{top:?}");
    for command in &top {
        let below = commands(&[command]).into_iter().map(|name| vec![command.clone(), name]);
        for path in [vec![command.clone()]].into_iter().chain(below) {
            let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
            let help = text(&ckbspec(&arguments)).0;
            assert!(help.contains(&format!("  ckbspec {}", path.join(" "))), "{path:?}");
        }
    }
}

#[test]
fn a_closed_output_is_success() {
    let program = "00".repeat(1 << 18);
    for arguments in [
        &["list"][..],
        &["show"],
        &["rules"],
        &["explain", "VM-001"],
        &["schema"],
        &["run", "pow/*"],
        &["report", "harness/tests/it/logs/lumos.ndjson", "--format", "html"],
        &["vm", "disasm", &program[..1 << 16]],
        &["audit", "issuance"],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ckbspec"));
        command.args(arguments).current_dir(root()).stdout(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((code(&output), text(&output).1.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn a_rule_is_explained_with_both_polarities_and_its_standing() {
    let explained = text(&ckbspec(&["explain", "POW-007"])).0;
    for part in ["status active", "observable verdict", "accepts: ", "rejects: ", "executed at "] {
        assert!(explained.contains(part), "{part} is missing in\n{explained}");
    }
    assert!(text(&ckbspec(&["explain", "GEN-008"])).0.contains("tested at harness/tests/it/"));
    let listed = text(&ckbspec(&["list", "--rule", "POW-007"])).0;
    for part in ["accepts  pow/", "rejects  pow/"] {
        assert!(listed.contains(part), "{part} is missing in\n{listed}");
    }
    let rules = text(&ckbspec(&["rules", "--json"])).0;
    let rules: Vec<serde_json::Value> =
        rules.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rule = rules.iter().find(|rule| rule["rule"] == "POW-007").unwrap();
    assert_eq!((&rule["status"], &rule["observable"]), (&"active".into(), &"verdict".into()));
    assert!(!rule["reject"].as_array().unwrap().is_empty(), "{rule}");
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
