//! `ckbspec doctor`: what it says of good and of bad adapters; and adapters elsewhere.

use crate::bad_adapters::{ADAPTER, VECTORS};
use crate::common::{ckbspec, ckbspec_in, code, house_with, text};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::thread;

/// What the doctor says of the shell adapter with this mischief.
fn doctor(mischief: &str, deadline_ms: &str) -> (i32, String) {
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    // What a trap does, it does from the beginning.
    let start = if mischief.starts_with("trap") { mischief } else { "" };
    fs::write(&script, format!("{start}\n{}", ADAPTER.replace("MISCHIEF", mischief))).unwrap();
    let adapter = format!("sh {}", script.display());
    let output =
        ckbspec_in(house.path(), &["doctor", "-a", &adapter, "--deadline-ms", deadline_ms]);
    (code(&output), text(&output).0)
}

#[test]
fn a_healthy_adapter_has_nothing_to_fix() {
    for adapter in ["builtin:reference", "builtin:always-reject"] {
        let output = ckbspec(&["doctor", "-a", adapter]);
        let out = text(&output).0;
        assert_eq!(code(&output), 0, "{out}");
        assert!(out.ends_with("checks, nothing to fix\n"), "{out}");
    }
    let (code, out) = doctor("", "60000");
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("note  unknown operations"), "{out}");
}

#[test]
fn a_sick_adapter_is_told_what_to_fix() {
    for (mischief, check, said) in [
        ("echo hi", "each operation", "protocol.noise"),
        ("sleep 60", "each operation", "timeout.silent"),
        ("[ $id != 7 ] || exit 9", "unknown fields", "crash.exit:9"),
        ("[ $id != 4294967295 ] || id=-1", "ids", "protocol.json"),
        ("[ $id -lt 60000 ] || target=0x9", "same answer twice", "nondeterministic"),
        ("target='0x1\",\"n\":1,\"m\":\"'", "numbers", "0x and digits"),
        ("trap '' TERM", "SIGTERM", "is killed"),
        ("trap 'exit 3' EXIT", "end of input", "exit status 3"),
        ("trap 'echo bye' EXIT", "end of input", "protocol.noise"),
        ("setsid sleep 600 > /dev/null 2>&1 &", "children", "outlived it"),
    ] {
        let (code, out) = doctor(mischief, "5000");
        assert_eq!(code, 1, "{mischief}: {out}");
        let line = out.lines().find(|line| line.starts_with(&format!("fix   {check}")));
        assert!(line.is_some(), "{mischief}: {out}");
        assert!(out.contains(said) && out.contains('→'), "{mischief}: {out}");
    }
}

#[test]
fn an_adapter_that_does_not_start_is_unusable() {
    for (adapter, said) in [("no-such-program", "no shell runs"), ("false", "crash.exit:1")] {
        let output = ckbspec(&["doctor", "-a", adapter]);
        let out = text(&output).0;
        assert_eq!(code(&output), 3, "{out}");
        assert!(out.contains(said), "{out}");
    }
}

/// Answers each connection with the reference, until the test ends.
fn answer(input: impl BufRead, mut output: impl Write) {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_ckbspec"))
        .arg("serve")
        .current_dir(crate::common::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut questions, answers) = (serve.stdin.take().unwrap(), serve.stdout.take().unwrap());
    let mut answers = BufReader::new(answers).lines();
    for line in input.lines() {
        let Ok(line) = line else { break };
        writeln!(questions, "{line}").unwrap();
        writeln!(output, "{}", answers.next().unwrap().unwrap()).unwrap();
    }
    drop(questions);
    serve.wait().unwrap();
}

#[test]
fn an_adapter_that_listens_is_asked_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let unix = UnixListener::bind(&path).unwrap();
    thread::spawn(move || {
        for stream in unix.incoming().map(Result::unwrap) {
            thread::spawn(move || answer(BufReader::new(stream.try_clone().unwrap()), stream));
        }
    });
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in tcp.incoming().map(Result::unwrap) {
            let read: TcpStream = stream.try_clone().unwrap();
            thread::spawn(move || answer(BufReader::new(read), stream));
        }
    });
    for adapter in [format!("unix:{}", path.display()), format!("tcp:127.0.0.1:{port}")] {
        for command in [&["run", "pow/nonce*"][..], &["doctor"]] {
            let output = ckbspec(&[command, &["-a", &adapter]].concat());
            assert_eq!(code(&output), 0, "{adapter}: {:?}", text(&output));
        }
    }
    let nobody = ckbspec(&["run", "-a", "unix:/no/such/socket", "--deadline-ms", "100"]);
    assert_eq!(code(&nobody), 3, "{:?}", text(&nobody));
    assert!(text(&nobody).1.contains("cannot connect"), "{:?}", text(&nobody));
}

#[test]
fn an_adapter_that_cannot_talk_reads_files() {
    let binary = env!("CARGO_BIN_EXE_ckbspec");
    let good = format!("batch:sh -c '{binary} serve < {{in}} > {{out}}'");
    let output = ckbspec(&["run", "-a", &good]);
    assert_eq!(code(&output), 0, "{:?}", text(&output));
    let doctor = ckbspec(&["doctor", "-a", &good]);
    assert_eq!(code(&doctor), 0, "{:?}", text(&doctor));
    // The last answer is lost: each question of the file is asked once more, in its own.
    let bad = format!("batch:sh -c '{binary} serve < {{in}} | grep -v -e 0x231 > {{out}}'");
    let output = ckbspec(&["run", "-a", &bad, "pow/nonce*"]);
    assert!(matches!(code(&output), 0 | 1), "{:?}", text(&output));
    let none = ckbspec(&["run", "-a", "batch:true {in} {out}", "pow/nonce*"]);
    assert_eq!(code(&none), 3, "{:?}", text(&none));
    assert!(text(&none).1.contains("its file of answers ended"), "{:?}", text(&none));
}
