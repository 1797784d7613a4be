//! The adapters of the README and of the guide are run as they stand there.

use crate::common::{ckbspec, code, root, text};
use std::process::Command;

#[test]
fn the_adapters_of_the_prose_pass() {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|python| python.status.success()) {
        let needed = std::env::var_os("CKBSPEC_NEEDS_PYTHON").is_some();
        assert!(!needed, "CKBSPEC_NEEDS_PYTHON is set and there is no python3");
        eprintln!("not run: there is no python3 on this machine");
        return;
    }
    for (page, passes) in [("README.md", 1000), ("spec/clients/for-client-teams.md", 6)] {
        let prose = std::fs::read_to_string(root().join(page)).unwrap();
        let (_, code_on) = prose.split_once("```python\n").expect("the page has a Python block");
        let (adapter, _) = code_on.split_once("```").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("adapter.py");
        std::fs::write(&file, adapter).unwrap();
        let log = folder.path().join("run.ndjson");
        let address = format!("python3 {}", file.display());
        let output = ckbspec(&["run", "-a", &address, "-o", log.to_str().unwrap()]);
        let (out, err) = text(&output);
        assert_eq!(code(&output), 0, "{page}: {out}{err}");
        let log = std::fs::read_to_string(log).unwrap();
        let footer: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
        assert!(footer["counts"]["pass"].as_u64() >= Some(passes), "{page}: {footer}");
        // The mistake that the README proposes is named by its own rule.
        let broken = adapter.replace("exponent > 32", "exponent > 31");
        if broken != adapter {
            std::fs::write(&file, broken).unwrap();
            let out = text(&ckbspec(&["run", "-a", &address])).0;
            assert!(out.contains("FAILED POW-010"), "{out}");
            assert!(!out.contains("FAILED POW-009"), "{out}");
            std::fs::write(&file, adapter).unwrap();
        }
        // The doctor finds nothing to fix, shutdown apart, which the shortest one does not know.
        let output = ckbspec(&["doctor", "-a", &address]);
        assert_eq!(code(&output), 0, "{page}: {}", text(&output).0);
    }
}
