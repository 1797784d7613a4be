//! What reviewers should not have to look after (style.md 3.13): sizes, links, debts, habits.

use crate::common::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders whose files are not written by us, or not to be read.
const SKIPPED: [&str; 5] = ["target", ".git", "corpus", "artifacts", "node_modules"];

/// Files that are one long table.
const TABLES: [&str; 1] = ["eaglesong_constants.rs"];

fn files(extension: &str) -> Vec<(PathBuf, String)> {
    let (mut open, mut found) = (vec![root()], vec![]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !SKIPPED.contains(&name) {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn check(problems: Vec<String>) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

#[test]
fn lines_files_and_functions_stay_small() {
    let mut problems = vec![];
    for (path, text) in files("rs") {
        let name = shown(&path);
        let table = TABLES.iter().any(|table| name.ends_with(table));
        let lines = text.lines().count();
        if lines > 600 && !table {
            problems.push(format!("{name}: {lines} lines; 600 at most"));
        }
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            // Test data keep the shape of what they stand for.
            if line.chars().count() > 100 && !line.contains('"') && !name.contains("/tests/") {
                problems.push(format!("{name}:{number}: longer than 100 columns"));
            }
        }
        problems.extend(long_functions(&name, &text));
    }
    check(problems);
}

/// Functions above 70 lines, by the indentation that rustfmt gives them.
fn long_functions(name: &str, text: &str) -> Vec<String> {
    let (mut problems, mut open) = (vec![], None::<(usize, usize)>);
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let words: Vec<&str> = code.split_whitespace().take(4).collect();
        if open.is_none() && words.contains(&"fn") && !code.starts_with("//") {
            open = Some((number, indent));
        }
        if let Some((start, column)) = open {
            let ends = (code == "}" && indent == column)
                || (start == number && code.ends_with(['}', ';']));
            if ends {
                if number - start > 70 {
                    problems.push(format!(
                        "{name}:{}: a function of {} lines",
                        start + 1,
                        number - start
                    ));
                }
                open = None;
            }
        }
    }
    problems
}

#[test]
fn no_debt_without_an_issue() {
    let mut problems = vec![];
    for (path, text) in files("rs").into_iter().chain(files("md")).chain(files("yaml")) {
        for (index, line) in text.lines().enumerate() {
            let debt = ["TODO", "FIXME", "XXX"]
                .iter()
                .any(|word| line.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word));
            if debt && !line.contains("issue #") && !path.ends_with("tidy.rs") {
                problems.push(format!("{}:{}: a debt names its issue", shown(&path), index + 1));
            }
        }
    }
    check(problems);
}

/// Snapshots that nobody has reviewed yet, and Python's bytecode.
#[test]
fn no_leftovers_of_tools_are_tracked() {
    // A release has no `.git`.
    if !root().join(".git").exists() {
        return;
    }
    let listed = Command::new("git").arg("ls-files").current_dir(root()).output().unwrap();
    assert!(listed.status.success());
    let tracked = String::from_utf8(listed.stdout).unwrap();
    let leftovers = tracked.lines().filter(|p| p.ends_with(".snap.new") || p.ends_with(".pyc"));
    check(leftovers.map(|path| format!("{path}: is not to be tracked")).collect());
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut problems = vec![];
    for (path, text) in files("rs") {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        if !first.starts_with("//!") {
            problems.push(format!("{}: begins without `//!`", shown(&path)));
        }
    }
    for (path, text) in files("yaml") {
        if path.starts_with(root().join("vectors")) && !text.starts_with("# ") {
            problems.push(format!("{}: begins without a comment", shown(&path)));
        }
    }
    check(problems);
}

#[test]
fn the_reference_stays_apart() {
    let manifest = fs::read_to_string(root().join("reference/Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
    let (dependencies, _) = dependencies.split_once("\n[").unwrap_or((dependencies, ""));
    let names: Vec<&str> = dependencies
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
        .collect();
    assert!(names.len() <= 8, "{names:?}");
    for name in names {
        assert!(!name.starts_with("ckb") && !name.contains("molecule"), "{name}");
    }
}

#[test]
fn links_in_prose_resolve() {
    let mut problems = vec![];
    for (path, text) in files("md") {
        for target in links(&text) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let full =
                if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            if !full.exists() {
                problems.push(format!("{}: `{target}` leads nowhere", shown(&path)));
            } else if !anchor.is_empty() && !anchors(&full).contains(anchor) {
                problems.push(format!("{}: `{target}`: no such heading", shown(&path)));
            }
        }
    }
    check(problems);
}

/// Targets of relative links, outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let lines = text.lines().filter(move |line| {
        fenced ^= line.starts_with("```");
        !fenced
    });
    lines
        .flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split(')').next()))
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

/// The anchors that mdBook and GitHub make of headings.
fn anchors(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let heading = |line: &str| {
        line.starts_with('#').then(|| line.trim_start_matches('#').trim().to_lowercase())
    };
    let slug = |title: String| {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    text.lines().filter_map(heading).map(slug).collect()
}
