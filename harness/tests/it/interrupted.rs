//! The end before the end: Ctrl-C, a folder that cannot be written, a disk that is full.

use crate::bad_adapters::{ADAPTER, VECTORS};
use crate::common::{ckbspec_in, code, house_with, text};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The longest that anything here may take.
const WAIT_MAX: Duration = Duration::from_secs(30);

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < WAIT_MAX, "no {what} within {WAIT_MAX:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Sends a signal by the shell, for the tests have no unsafe code either.
pub(crate) fn signal(name: &str, pid: u32) {
    let kill = format!("kill -{name} {pid}");
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

#[test]
fn ctrl_c_leaves_a_footer_a_summary_and_no_process() {
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    let mischief = "case $target in 0x2) echo $$ > asked; sleep 600 ;; esac";
    let body = ADAPTER.replace("MISCHIEF", mischief);
    fs::write(&script, format!("cd {}\n{body}", house.path().display())).unwrap();
    let (adapter, log) = (format!("sh {}", script.display()), house.path().join("log"));
    for name in ["INT", "TERM"] {
        for file in [&house.path().join("asked"), &log] {
            fs::remove_file(file).ok();
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_ckbspec"));
        command.args(["run", "-a", &adapter, "-a", "builtin:reference", "-o"]).arg(&log);
        command.current_dir(house.path()).env("NO_COLOR", "1");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let asked = || fs::read_to_string(house.path().join("asked")).unwrap_or_default();
        wait_for("question", || asked().ends_with('\n'));
        signal(name, child.id());
        let output = child.wait_with_output().unwrap();
        let (out, err) = text(&output);
        assert_eq!(code(&output), 5, "{out}{err}");
        assert!(out.contains("2 cases not asked: interrupted"), "{out}");
        let log = fs::read_to_string(&log).unwrap();
        let lines: Vec<serde_json::Value> =
            log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let footer = lines.last().unwrap();
        assert_eq!(footer["t"], "footer", "{log}");
        assert_eq!(footer["complete"], false, "{log}");
        assert_eq!(lines[lines.len() - 2]["event"], "interrupted", "{log}");
        assert_eq!(footer["counts"]["pass"], 1, "{log}");
        assert_eq!(footer["cases"], 3, "{log}");
        let pid = asked();
        let alive = || fs::read(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
        wait_for("end of the adapter", || alive().is_empty());
    }
}

#[test]
fn a_log_that_cannot_be_written_is_named() {
    let house = house_with(VECTORS);
    let run = |log: &str| {
        let output = ckbspec_in(house.path(), &["run", "-o", log]);
        (code(&output), text(&output).1)
    };
    let (code, err) = run("no/such/folder/log");
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("cannot write no/such/folder/log"), "{err}");
    // Only Linux has a disk that is always full.
    if fs::metadata("/dev/full").is_ok() {
        let (code, err) = run("/dev/full");
        assert_eq!(code, 4, "{err}");
        for part in ["the run log cannot be written: No space left", "is the disk full?"] {
            assert!(err.contains(part), "{part} is missing in {err}");
        }
    }
}

/// The lines of a report that do not tell the time.
fn report(folder: &Path, log: &str) -> String {
    let output = ckbspec_in(folder, &["report", log]);
    text(&output).0.lines().filter(|line| !line.contains(" µs ")).collect()
}

#[test]
fn a_resumed_run_reports_the_same_as_a_whole_one() {
    let house = house_with(VECTORS);
    let here = house.path();
    // Wrong about 0x2; the first time, somebody presses Ctrl-C at 0x3.
    let mischief =
        "case $target in 0x2) target=0x9 ;; 0x3) sleep 1; kill -INT $(cat pid); sleep 9 ;; esac";
    let body = ADAPTER.replace("MISCHIEF", mischief);
    let body = body.replace("\"ctp\":1,", "\"ctp\":1,\"limits\":{\"max_inflight\":1},");
    fs::write(here.join("adapter.sh"), body).unwrap();
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ckbspec"));
        command.args(["run", "-a", "sh adapter.sh"]).args(more);
        command.current_dir(here).env("NO_COLOR", "1");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        fs::write(here.join("pid"), child.id().to_string()).unwrap();
        let output = child.wait_with_output().unwrap();
        (code(&output), text(&output))
    };
    let (status, (out, err)) = run(&["-o", "log", "--resume"]);
    assert_eq!(status, 5, "{out}{err}");
    assert!(err.is_empty() && out.contains("1 case not asked: interrupted"), "{out}{err}");
    let first = fs::read_to_string(here.join("log")).unwrap();
    fs::write(here.join("cut"), first.split_inclusive('\n').take(5).collect::<String>() + "{\"t\"")
        .unwrap();

    let script = ADAPTER.replace("MISCHIEF", "[ $target != 0x2 ] || target=0x9");
    fs::write(here.join("adapter.sh"), &script).unwrap();
    let (whole, (whole_out, _)) = run(&["-o", "whole"]);
    for log in ["log", "cut"] {
        let (status, (out, err)) = run(&["-o", log, "--resume"]);
        assert_eq!((status, whole), (1, 1), "{out}{err}");
        let asked = |out: &str| out.lines().filter(|l| !l.contains(" s")).collect::<String>();
        assert_eq!(asked(&out), asked(&whole_out));
        assert_eq!(report(here, log), report(here, "whole"), "{log}");
    }
    let log = fs::read_to_string(here.join("log")).unwrap();
    assert!(log.starts_with(&first), "what was measured stays: {log}");
    assert_eq!(log.matches("\"case\":\"pow/a\"").count(), 1, "{log}");

    fs::write(here.join("adapter.sh"), script.replace("\"version\":\"1\"", "\"version\":\"2\""))
        .unwrap();
    for (more, said) in [(&[][..], "another answers now"), (&["pow/a"][..], "the log of another")] {
        let (status, (_, err)) = run(&[&["-o", "log", "--resume"], more].concat());
        assert_eq!(status, 2, "{err}");
        assert!(err.contains(said), "{err}");
    }
    assert_eq!(fs::read_to_string(here.join("log")).unwrap(), log);
}

#[test]
fn two_runs_do_not_write_into_one_file() {
    let house = house_with(VECTORS);
    let log = fs::File::create(house.path().join("log")).unwrap();
    log.lock().unwrap();
    let output = ckbspec_in(house.path(), &["run", "-o", "log"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).1.contains("another run writes to it"), "{}", text(&output).1);
}
