//! The pack: written the same every time, read like the checkout, refused when it is damaged.

use crate::common::{ckbspec, ckbspec_in, code, root, text};
use flate2::read::GzDecoder;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// A pack of this checkout, written once for all tests.
fn packed() -> &'static Path {
    static PACK: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, file) = PACK.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("real.ndjson.gz");
        write_pack(&file);
        (folder, file)
    });
    file
}

fn write_pack(file: &Path) {
    let output = ckbspec(&["pack", "-o", file.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", text(&output).1);
}

/// The lines of the pack, without their line feeds.
fn packed_lines() -> Vec<String> {
    let mut lines = String::new();
    let file = std::fs::File::open(packed()).unwrap();
    GzDecoder::new(file).read_to_string(&mut lines).unwrap();
    lines.lines().map(str::to_owned).collect()
}

fn ckbhash(bytes: &[u8]) -> String {
    let mut digest = ckbspec_harness::digest::Digest::default();
    digest.update(bytes);
    digest.text()
}

/// Writes lines as a pack that is whole: counts and digest are those of the lines.
fn write_lines(file: &Path, lines: &[String]) {
    let (header, rest) = lines.split_first().unwrap();
    let body: String = rest.iter().map(|line| format!("{line}\n")).collect();
    let mut header: serde_json::Value = serde_json::from_str(header).unwrap();
    header["cases"] = rest.iter().filter(|line| line.starts_with("{\"case\"")).count().into();
    header["digest"] = ckbhash(body.as_bytes()).into();
    std::fs::write(file, format!("{header}\n{body}")).unwrap();
}

/// The outcomes of a log, sorted by case.
fn outcomes(log: &Path) -> Vec<(String, String)> {
    let lines = std::fs::read_to_string(log).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let field = |line: &serde_json::Value, name: &str| line[name].as_str().unwrap().to_owned();
    let mut outcomes: Vec<_> = lines
        .filter(|line| line["t"] == "case")
        .map(|line| (field(&line, "case"), field(&line, "outcome")))
        .collect();
    outcomes.sort();
    outcomes
}

#[test]
fn a_run_from_the_pack_is_the_run_from_the_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let pack = packed().to_str().unwrap();
    for client in ["builtin:reference", "builtin:always-reject"] {
        let logs = ["files", "pack"].map(|name| folder.path().join(name));
        let [files, packs] = logs.each_ref().map(|log| log.to_str().unwrap());
        let from_files = ckbspec(&["run", "-a", client, "-o", files]);
        // The folder is empty: nothing but the pack is there to be read.
        let from_pack =
            ckbspec_in(folder.path(), &["run", "-a", client, "-o", packs, "--pack", pack]);
        assert_eq!(code(&from_files), code(&from_pack), "{}", text(&from_pack).1);
        let (left, right) = (outcomes(&logs[0]), outcomes(&logs[1]));
        assert!(left.len() > 3000);
        assert_eq!(left, right, "{client}");
    }
}

#[test]
fn the_other_commands_read_a_pack_as_well() {
    let pack = packed().to_str().unwrap();
    for arguments in [&["list"][..], &["show", "pow/nonce-*"], &["list", "--rule", "POW-008"]] {
        let from_pack = ckbspec(&[arguments, &["--pack", pack]].concat());
        assert_eq!(text(&ckbspec(arguments)), text(&from_pack), "{arguments:?}");
    }
    for name in ["pow/nonce-0", "POW-007"] {
        let explained = text(&ckbspec(&["explain", name, "--pack", pack])).0;
        let known = text(&ckbspec(&["explain", name])).0;
        assert_eq!(known.lines().next(), explained.lines().next());
    }
    let output = ckbspec(&["lint", "--pack", pack]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).1.contains("reads files"));
    let output = ckbspec(&["run", "pow/no-such-*", "--pack", pack]);
    assert_eq!(code(&output), 2);
}

#[test]
fn a_failure_from_a_pack_says_where_the_case_is_written() {
    let pack = packed().to_str().unwrap();
    let output = ckbspec(&["run", "-a", "builtin:always-accept", "pow/nonce-0", "--pack", pack]);
    let out = text(&output).0;
    assert_eq!(code(&output), 1);
    assert!(out.contains("vectors/pow/verify-boundaries.yaml:"), "{out}");
    assert!(out.contains("POW-007"), "{out}");
    // The command that asks it again reads the same pack.
    assert!(out.contains(&format!("run --pack {pack} -a builtin:always-accept")), "{out}");
}

#[test]
fn a_pack_is_the_same_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let again = folder.path().join("again.ndjson.gz");
    write_pack(&again);
    assert!(std::fs::read(&again).unwrap() == std::fs::read(packed()).unwrap());
    let output = ckbspec(&["pack", "--verify", again.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", text(&output).1);
}

#[test]
fn an_empty_folder_has_the_embedded_set() {
    let folder = tempfile::tempdir().unwrap();
    let listed = ckbspec_in(folder.path(), &["list"]);
    assert_eq!(text(&listed), text(&ckbspec(&["list"])));
    let output = ckbspec_in(folder.path(), &["run", "pow/*"]);
    assert_eq!(code(&output), 0, "{}", text(&output).1);
    // What is embedded makes the same pack.
    let file = packed().to_str().unwrap();
    let output = ckbspec_in(folder.path(), &["pack", "--verify", file]);
    assert_eq!(code(&output), 0, "{}", text(&output).1);
    let output = ckbspec_in(folder.path(), &["fmt"]);
    assert_eq!(code(&output), 4);
    assert!(text(&output).1.contains("needs a checkout"));
}

/// Runs a damaged pack: an adapter must not be asked anything.
fn refused(folder: &Path, bytes: &[u8]) -> String {
    std::fs::write(folder.join("bad"), bytes).unwrap();
    let output = ckbspec_in(folder, &["run", "--pack", "bad"]);
    let (out, err) = text(&output);
    assert_eq!((code(&output), out.as_str()), (2, ""), "{err}");
    err
}

#[test]
fn a_damaged_pack_is_refused_and_the_damage_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(packed()).unwrap();
    let refused = |bytes: &[u8]| refused(folder.path(), bytes);
    assert!(refused(&bytes[..bytes.len() / 2]).contains("the file is cut off here"));
    assert!(refused(&bytes[..bytes.len() - 3]).contains("the end of the file is damaged"));
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 0x40;
    let message = refused(&flipped);
    assert!(
        message.contains("bad:") && message.contains("download the release again"),
        "{message}"
    );

    let lines = packed_lines();
    let joined = |lines: &[String]| lines.iter().map(|l| format!("{l}\n")).collect::<String>();
    let at = lines.iter().position(|line| line.starts_with("{\"case\":\"pow/nonce-0@")).unwrap();
    let number = at + 1;
    let edited = |from: &str, to: &str| {
        assert!(lines[at].contains(from));
        let mut lines = lines.clone();
        lines[at] = lines[at].replace(from, to);
        refused(joined(&lines).as_bytes())
    };
    let message = edited("\"nonce\":\"0x0\",\"pow", "\"nonce\":\"0x1\",\"pow");
    assert!(message.contains(&format!("bad:{number}: the digest of `pow/nonce-0@")), "{message}");
    assert!(edited("another nonce, whose", "some nonce, whose").contains("bad was edited"));
    let message = edited("{\"case\":", "{\"case\":7,\"name\":");
    assert!(message.contains(&format!("bad:{number}: this line is not a case")), "{message}");
    let message = refused(joined(&[&lines[..at], &lines[number..]].concat()).as_bytes());
    assert!(message.contains(&format!("its header counts {}", lines.len())), "{message}");
    let message = refused(joined(&[&lines[..], &lines[at..number]].concat()).as_bytes());
    assert!(message.contains("nothing may follow the last case"), "{message}");
}

#[test]
fn what_is_no_pack_is_told_from_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    for (bytes, expected) in [
        (&b""[..], "it is empty"),
        (b"schema: ckbspec.vectors/1\n", "its first line is no header"),
        (b"{\"t\":\"header\",\"schema\":\"ckbspec.run/1\"}\n", "`ckbspec.run/1`, not"),
        (b"{\"schema\":\"ckbspec.pack/2\"}\n", "as new as the pack"),
        (b"{\"schema\":\"ckbspec.pack/1\"}\n", "bad:1: this line is not a header"),
    ] {
        let message = refused(folder.path(), bytes);
        assert!(message.contains(expected), "{message}");
    }
    let lines = packed_lines();
    let newer = lines[0].replace("pow.verify", "pow.from_the_future");
    let newer: String = [&newer].into_iter().chain(&lines[1..]).map(|l| format!("{l}\n")).collect();
    let message = refused(folder.path(), newer.as_bytes());
    assert!(message.contains("asks `pow.from_the_future`, which this ckbspec does not know"));
    let output = ckbspec(&["run", "--pack", "/no/such/pack"]);
    assert_eq!(code(&output), 2);
    assert!(text(&output).1.contains("cannot read /no/such/pack"));
}

#[test]
fn compare_lists_what_changes_a_score_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (old, changes) = (folder.path().join("old.ndjson"), folder.path().join("CHANGES.ndjson"));
    let mut lines = packed_lines();
    let at = |lines: &[String], name: &str| {
        lines.iter().position(|line| line.starts_with(&format!("{{\"case\":\"{name}"))).unwrap()
    };
    // Prose, a question, an expectation; a case that is no more, and one that is new.
    let edit = |lines: &mut Vec<String>, name: &str, from: &str, to: &str| {
        let line = at(lines, name);
        assert!(lines[line].contains(from), "{}", lines[line]);
        lines[line] = lines[line].replace(from, to);
    };
    edit(&mut lines, "pow/nonce-0@edition=ckb2019", "another nonce, whose", "some nonce, whose");
    edit(
        &mut lines,
        "pow/nonce-0@edition=ckb2021",
        "\"nonce\":\"0x0\",\"pow",
        "\"nonce\":\"0x1\",\"pow",
    );
    edit(
        &mut lines,
        "pow/nonce-0@edition=ckb2023",
        "\"class\":\"header.pow.above-target\"",
        "\"class\":\"header.pow\"",
    );
    let gone = lines.remove(at(&lines, "pow/nonce-0x231@edition=ckb2019"));
    lines.push(gone.replace("pow/nonce-0x231@edition=ckb2019", "vm/zzz"));
    let octet = at(&lines, "vm/lb-last-octet@vm=0");
    lines[octet] = lines[octet].replace("vm/lb-last-octet@vm=0", "vm/lb-last-octet-v0");
    lines[1..].sort_by_key(|line| line.starts_with("{\"case\"").then(|| line.clone()));
    write_lines(&old, &lines);
    let [old, changes] = [&old, &changes].map(|file| file.to_str().unwrap());

    let (out, err) = text(&ckbspec(&["compare", old]));
    assert!(out.ends_with("1 added, 1 removed, 2 changed, 1 moved\n"), "{out}{err}");
    let json = text(&ckbspec(&["compare", old, packed().to_str().unwrap(), "--json"])).0;
    let found: Vec<serde_json::Value> =
        json.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let short = |change: &serde_json::Value| {
        let text = |name: &str| change[name].as_str().unwrap().to_owned();
        format!(
            "{} {} {} {}",
            text("change"),
            text("case"),
            change["question"],
            change["expectation"]
        )
    };
    assert_eq!(
        found.iter().map(short).collect::<Vec<_>>(),
        [
            "changed pow/nonce-0@edition=ckb2021 true false",
            "changed pow/nonce-0@edition=ckb2023 false true",
            "added pow/nonce-0x231@edition=ckb2019 true true",
            "moved vm/lb-last-octet-v0 false false",
            "removed vm/zzz true true",
        ]
    );
    assert_eq!(found[3]["moved"], "vm/lb-last-octet@vm=0");
    assert_eq!(found[1]["from"]["expect"], "reject POW-007 header.pow");

    assert_eq!(code(&ckbspec(&["compare", old, "--changes", changes])), 0);
    assert_eq!(std::fs::read_to_string(changes).unwrap().lines().count(), 6);
    let output = ckbspec(&["pack", "--verify", old]);
    assert_eq!(code(&output), 4);
    assert!(text(&output).1.contains("is not the pack of this checkout"));
    let same = ckbspec(&["compare", packed().to_str().unwrap()]);
    assert_eq!(text(&same).0, "0 added, 0 removed, 0 changed, 0 moved\n");
}

#[test]
fn the_reader_in_the_readme_reads_a_pack() {
    let python = Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|python| python.status.success()) {
        let needed = std::env::var_os("CKBSPEC_NEEDS_PYTHON").is_some();
        assert!(!needed, "CKBSPEC_NEEDS_PYTHON is set and there is no python3");
        eprintln!("not run: there is no python3 on this machine");
        return;
    }
    let readme = std::fs::read_to_string(root().join("vectors/README.md")).unwrap();
    let (_, code_on) = readme.split_once("```python\n").expect("a Python block");
    let (reader, _) = code_on.split_once("```").unwrap();
    let output = Command::new("python3").args(["-c", reader]).arg(packed()).output().unwrap();
    let (out, err) = text(&output);
    assert!(output.status.success(), "{err}");
    assert_eq!(out.lines().count(), text(&ckbspec(&["list"])).0.lines().count());
    let line = "pow/nonce-0@edition=ckb2019 pow.verify reject header.pow.above-target";
    assert!(out.lines().any(|printed| printed == line), "{out}");
}

#[test]
fn a_pack_holds_what_the_readme_says_and_no_more() {
    let readme = std::fs::read_to_string(root().join("vectors/README.md")).unwrap();
    let (_, section) = readme.split_once("## The pack").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    for line in packed_lines() {
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        for field in line.as_object().unwrap().keys() {
            assert!(section.contains(&format!("`{field}`")), "`{field}` is not described");
        }
    }
}
