//! Who may know whom: crates, modules and files, and no two files in a circle.

use crate::common::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates, each with those of ours that it may depend on.
const CRATES: [(&str, &[&str]); 6] = [
    ("harness/protocol", &[]),
    ("reference", &[]),
    ("harness/common", &["protocol", "reference"]),
    ("harness", &["common", "protocol", "reference"]),
    ("harness/audit", &["common", "protocol", "reference"]),
    ("harness/ckbspec", &["audit", "common", "harness"]),
];

/// Modules of the examiner, and what their files must not name.
const APART: [(&str, &[&str]); 5] = [
    // They see operations and their answers, and nothing of how the reference finds these.
    ("harness/src/runner", &["ckbspec_reference", "crate::operations", "crate::cli"]),
    ("harness/src/doctor", &["ckbspec_reference", "crate::operations", "crate::cli"]),
    ("harness/src/known", &["ckbspec_reference", "crate::operations", "crate::cli"]),
    // It sees results.
    ("harness/src/report", &["ckbspec_reference", "crate::operations", "crate::cli"]),
    // Chapters are read without either.
    ("harness/src/spec", &["ckbspec_reference", "ckbspec_protocol", "crate::vectors"]),
];

#[test]
fn crates_depend_on_those_below_them() {
    for (folder, allowed) in CRATES {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
        let (dependencies, _) = dependencies.split_once("\n[").unwrap_or((dependencies, ""));
        for line in dependencies.lines() {
            let Some(ours) = line.strip_prefix("ckbspec-") else { continue };
            let name = ours.split([' ', '.']).next().unwrap();
            assert!(allowed.contains(&name), "{folder} must not depend on ckbspec-{name}");
        }
    }
}

#[test]
fn modules_keep_apart() {
    let mut problems = vec![];
    for (folder, forbidden) in APART {
        for file in sources(&root().join(folder)) {
            let text = code(&fs::read_to_string(&file).unwrap());
            for name in forbidden.iter().filter(|name| text.contains(**name)) {
                problems.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let adapters = ["harness/adapters/ckb-rust", "harness/adapters/ckb-vm-old"];
    let folders = CRATES.iter().map(|(folder, _)| *folder).chain(adapters);
    let circles: Vec<_> = folders
        .flat_map(|folder| circles(&Modules::read(&root().join(folder).join("src")).edges()))
        .collect();
    assert!(circles.is_empty(), "files in a circle:\n{}", circles.join("\n"));
}

#[test]
fn no_areas_of_the_reference_use_each_other_in_a_circle() {
    let modules = Modules::read(&root().join("reference/src"));
    let areas = ["encoding", "pow", "issuance", "ledger", "vm", "chain"].map(str::to_owned);
    let edges = modules.edges().into_iter().map(|(from, to)| {
        let to = to.into_iter().map(|path| path.into_iter().take(1).collect());
        (from.iter().take(1).cloned().collect(), to.collect::<BTreeSet<Vec<String>>>())
    });
    let mut of_areas: Edges = BTreeMap::new();
    for (from, to) in edges.filter(|(from, _): &(Vec<String>, _)| areas.contains(&from.concat())) {
        let others = to.into_iter().filter(|to| *to != from && areas.contains(&to.concat()));
        of_areas.entry(from.clone()).or_default().extend(others);
    }
    let circles = circles(&of_areas);
    assert!(circles.is_empty(), "areas in a circle:\n{}", circles.join("\n"));
}

/// What each module, or each area, names.
type Edges = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

/// Pairs of which each leads to the other.
fn circles(edges: &Edges) -> Vec<String> {
    let reach = |from: &Vec<String>| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(next) = open.pop() {
            for to in edges.get(&next).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let mut found = vec![];
    for (from, to) in edges {
        for to in to.iter().filter(|to| reach(to).contains(from)) {
            found.push(format!("{} → {}", from.join("::"), to.join("::")));
        }
    }
    found
}

/// The modules of a crate.
struct Modules {
    /// By path, `["runner", "log"]`: the file, and its code without tests.
    files: BTreeMap<Vec<String>, (PathBuf, String)>,
}

impl Modules {
    fn read(folder: &Path) -> Self {
        let files = sources(folder).into_iter().map(|file| {
            let below = file.strip_prefix(folder).unwrap().with_extension("");
            let mut path: Vec<String> =
                below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
            if ["mod", "lib", "main"].contains(&path.last().unwrap().as_str()) {
                path.pop();
            }
            let text = code(&fs::read_to_string(&file).unwrap());
            (path, (file, text))
        });
        Self { files: files.collect() }
    }

    /// The module in which a path of names is defined, through re-exports.
    fn definition(&self, mut path: Vec<String>) -> Option<Vec<String>> {
        for _ in 0..8 {
            let known = (0..=path.len()).rev().find(|n| self.files.contains_key(&path[..*n]))?;
            let (module, rest) = path.split_at(known);
            let Some(name) = rest.first() else { return Some(module.to_vec()) };
            let exports = imports(&self.files[module].1, true);
            let export = exports.iter().find(|used| used.last() == Some(name));
            match export.and_then(|used| absolute(module, used)) {
                Some(next) if next != path => path = next,
                _ => return Some(module.to_vec()),
            }
        }
        None
    }

    /// Which modules each module names. A module and those inside it belong together.
    fn edges(&self) -> Edges {
        let edges = self.files.iter().map(|(module, (_, text))| {
            let used = imports(text, false).into_iter();
            let used = used.filter_map(|path| self.definition(absolute(module, &path)?));
            let others = used.filter(|to| !to.starts_with(module) && !module.starts_with(to));
            (module.clone(), others.collect())
        });
        edges.collect()
    }
}

/// The Rust files below a folder that belong to its crate.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![folder.to_owned()], vec![]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A source without comments and without its tests.
fn code(text: &str) -> String {
    let (text, _) = text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((text, ""));
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that a source imports or names, or only those that it exports again.
fn imports(text: &str, exported: bool) -> Vec<Vec<String>> {
    let mut found = vec![];
    let statements = text.split("use ").skip(1);
    let heads = text.split("use ").map(|before| before.trim_end().ends_with("pub"));
    for (statement, is_export) in statements.zip(heads) {
        let Some((tree, _)) = statement.split_once(';') else { continue };
        if !exported || is_export {
            expand(&[], &tree.replace(['\n', ' '], ""), &mut found);
        }
    }
    if !exported {
        // Paths in expressions and types.
        for start in ["crate::", "super::"] {
            for (at, _) in text.match_indices(start) {
                let name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
                let path = text[at..].split(|c| !name(c)).next().unwrap();
                found.push(path.split("::").map(str::to_owned).collect());
            }
        }
    }
    found
}

/// The paths of a tree of imports, `a::{b, c::d}`.
fn expand(before: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let Some((head, group)) = tree.split_once('{') else {
        let name = tree.split("as").next().filter(|_| tree.contains(" as ")).unwrap_or(tree);
        let parts = name.split("::").filter(|part| !part.is_empty() && *part != "self");
        found.push([before, &parts.map(str::to_owned).collect::<Vec<_>>()].concat());
        return;
    };
    let parts = head.split("::").filter(|part| !part.is_empty()).map(str::to_owned);
    let before: Vec<String> = before.iter().cloned().chain(parts).collect();
    let (mut depth, mut start) = (0_i32, 0);
    let group = group.strip_suffix('}').unwrap_or(group);
    for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&before, &group[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// A path as one from the root of its crate; `None` where it leads to another crate.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let (mut base, mut rest) = match path.first()?.as_str() {
        "crate" => (vec![], &path[1..]),
        "super" => (module.to_vec(), path),
        _ => (module.to_vec(), path),
    };
    while rest.first().is_some_and(|name| name == "super") {
        base.pop()?;
        rest = &rest[1..];
    }
    Some([&base, rest].concat())
}
