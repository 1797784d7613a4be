//! The README's adapter is run as it stands there.

use crate::common::{ckbspec, code, root, text};
use std::process::Command;

#[test]
fn the_adapter_of_the_readme_passes() {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|python| python.status.success()) {
        let needed = std::env::var_os("CKBSPEC_NEEDS_PYTHON").is_some();
        assert!(!needed, "CKBSPEC_NEEDS_PYTHON is set and there is no python3");
        eprintln!("not run: there is no python3 on this machine");
        return;
    }
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, code_on) = readme.split_once("```python\n").expect("README.md has a Python block");
    let (adapter, _) = code_on.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("adapter.py");
    std::fs::write(&file, adapter).unwrap();
    let log = folder.path().join("run.ndjson");
    let address = format!("python3 {}", file.display());
    let output = ckbspec(&["run", "-a", &address, "-o", log.to_str().unwrap()]);
    let (out, err) = text(&output);
    assert_eq!(code(&output), 0, "{out}{err}");
    let log = std::fs::read_to_string(log).unwrap();
    let footer: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert!(footer["counts"]["pass"].as_u64() > Some(1000), "{footer}");
}
