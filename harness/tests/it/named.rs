//! Rules, files, decisions and sections that sources name: they exist.

use crate::common::root;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// The prefixes of rules.
const PREFIXES: [&str; 21] = [
    "ENC", "HASH", "POW", "EPOCH", "ISS", "GEN", "DAO", "TX", "SINCE", "RES", "SCR", "SYS", "VM",
    "HDR", "BLK", "CB", "UNC", "PC", "EXT", "FC", "HF",
];

/// Files that name what does not exist, to see that this is refused.
const WITH_MISTAKES: [&str; 3] = ["harness/tests/it/", "harness/src/spec/rules.rs", "fuzz/corpus/"];

/// The text files that git tracks, as paths below the root and their texts.
fn tracked() -> Vec<(String, String)> {
    let listed = Command::new("git").arg("ls-files").current_dir(root()).output().unwrap();
    assert!(listed.status.success(), "this test needs a git checkout");
    let paths = String::from_utf8(listed.stdout).unwrap();
    let paths = paths.lines().filter(|path| !WITH_MISTAKES.iter().any(|it| path.starts_with(it)));
    let read = |path: &str| Some((path.to_owned(), fs::read_to_string(root().join(path)).ok()?));
    paths.filter_map(read).collect()
}

fn check(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// Calls `look` with every line of every tracked file, and gathers what it objects to.
fn objections(look: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let mut problems = vec![];
    for (path, text) in tracked() {
        for (index, line) in text.lines().enumerate() {
            let found = look(&path, line).into_iter();
            problems.extend(found.map(|what| format!("{path}:{}: {what}", index + 1)));
        }
    }
    problems
}

/// The rules that chapters state.
fn rules() -> BTreeSet<String> {
    let chapters = tracked().into_iter().filter(|(path, _)| path.starts_with("spec/"));
    let texts: Vec<String> = chapters.map(|(_, text)| text).collect();
    let headings = texts.iter().flat_map(|text| text.lines()).filter_map(|line| {
        let (id, _) = line.strip_prefix("### ")?.split_once(": ")?;
        Some(id.to_owned())
    });
    headings.collect()
}

/// The ids of rules in a line.
fn ids(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words.filter(|word| {
        word.split_once('-').is_some_and(|(prefix, number)| {
            let digits = number.len() == 3 && number.bytes().all(|c| c.is_ascii_digit());
            digits && PREFIXES.contains(&prefix)
        })
    })
}

/// The rules that are stated together: those of a prefix, but from DAO-016 on they are those of the
/// script on the chain.
fn group(id: &str) -> &str {
    if id > "DAO-015" && id.starts_with("DAO") {
        "DAO script"
    } else {
        id.split('-').next().unwrap()
    }
}

#[test]
fn every_rule_that_is_named_is_stated() {
    let rules = rules();
    assert!(rules.len() > 100);
    // Rules whose chapter is still to come may be named ahead.
    let groups: BTreeSet<&str> = rules.iter().map(|id| group(id)).collect();
    check(&objections(|_, line| {
        let unknown = ids(line).filter(|id| groups.contains(group(id)) && !rules.contains(*id));
        unknown.map(|id| format!("no chapter states {id}")).collect()
    }));
}

#[test]
fn files_and_decisions_that_are_named_exist() {
    let roots = ["spec/", "vectors/", "harness/", "reference/", "fuzz/", ".ci/"];
    check(&objections(|path, line| {
        // Sources of vectors and chapters are paths of other repositories, as is spec/src.
        if path.starts_with("vectors/") || line.contains("source:") || line.contains("Sources:") {
            return vec![];
        }
        let words = line.split(|c: char| !c.is_ascii_alphanumeric() && !"/._-*#".contains(c));
        let named = words.filter(|word| roots.iter().any(|root| word.starts_with(root)));
        let named = named.filter(|word| !word.contains('*') && !word.starts_with("spec/src/"));
        let missing = named.filter_map(|word| {
            let word = word.split('#').next()?.trim_end_matches(['.', '/', '-']);
            let full = root().join(word);
            let numbered = word.starts_with("spec/decisions/") && decision(word);
            let made = word.contains("/target") || word.contains("/.venv");
            let partial = !word.rsplit('/').next()?.contains('.') && !path.ends_with(".md");
            (!full.exists() && !numbered && !made && !partial)
                .then(|| format!("`{word}` does not exist"))
        });
        let cited = line.match_indices("decision 0").filter_map(|(at, _)| {
            let number = line.get(at + 9..at + 13)?;
            let path = format!("spec/decisions/{number}");
            (!decision(&path)).then(|| format!("there is no decision {number}"))
        });
        missing.chain(cited).collect()
    }));
}

/// Whether there is a decision whose path begins so.
fn decision(path: &str) -> bool {
    let number = path.trim_start_matches("spec/decisions/");
    let all = fs::read_dir(root().join("spec/decisions")).unwrap();
    all.flatten().any(|entry| entry.file_name().to_str().unwrap().starts_with(number))
}

#[test]
fn sections_of_the_readme_that_are_named_exist() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let headings: BTreeSet<&str> = readme
        .lines()
        .filter_map(|line| Some(line.strip_prefix('#')?.trim_matches(['#', ' '])))
        .collect();
    check(&objections(|_, line| {
        let Some((before, _)) = line.split_once("\" in README.md") else { return vec![] };
        let section = before.rsplit('"').next().unwrap();
        let missing = !headings.contains(section);
        missing.then(|| format!("README.md has no section \"{section}\"")).into_iter().collect()
    }));
}
