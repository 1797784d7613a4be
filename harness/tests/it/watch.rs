//! `ckbspec watch`: a developer fixes the adapter, and sees at once.

use crate::bad_adapters::{ADAPTER, VECTORS};
use crate::common::house_with;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn a_fixed_adapter_is_asked_again() {
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    let broken = ADAPTER.replace("MISCHIEF", "target=0x9");
    fs::write(&script, &broken).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ckbspec"))
        .args(["watch", "-a", "sh adapter.sh", "-o", "log"])
        .current_dir(house.path())
        .env("NO_COLOR", "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let log = || fs::read_to_string(house.path().join("log")).unwrap();
    let mut waits = || {
        let line = said.next().unwrap().unwrap();
        assert!(line.starts_with("waiting for a change of "), "{line}");
        assert!(line.contains("adapter.sh") && line.contains("vectors"), "{line}");
        log()
    };
    assert!(waits().contains("\"counts\":{\"fail.output\":3}"));
    fs::write(&script, ADAPTER.replace("MISCHIEF", ":")).unwrap();
    assert!(waits().contains("\"counts\":{\"pass\":3}"));
    // Broken vectors are a message, not the end.
    fs::write(house.path().join("vectors/pow/case.yaml"), "nonsense: [").unwrap();
    assert!(said.next().unwrap().unwrap().starts_with("error:"));
    crate::interrupted::signal("INT", child.id());
    assert!(child.wait().unwrap().code().is_some());
}
