//! Reads the vector files into cases, and shows every mistake at its place.

use super::draft::Draft;
use super::loaded::Loaded;
use super::suite::Suite;
use crate::root::Root;
use crate::spec::{AREAS, Spec};
use ckbspec_common::problem::Problems;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reads every vector file.
///
/// # Errors
/// All mistakes of all files, each with file, line, column and a caret.
pub fn load(root: &Root, spec: &Spec) -> Result<Suite, Problems> {
    let mut problems = vec![];
    let mut files = vec![];
    for area in AREAS {
        let folder = format!("vectors/{area}");
        for path in root.files(&folder, "yaml")? {
            match Loaded::read(root, area, &path) {
                Ok(file) => files.push(file),
                Err(Problems(mut some)) => problems.append(&mut some),
            }
        }
    }
    let mut drafts = BTreeMap::new();
    for file in &files {
        problems.append(&mut file.check(spec));
        for (written, node) in file.typed.vectors.iter().zip(file.nodes()) {
            let draft = Draft { root, file, written, node };
            let name = draft.name();
            if let Some(first) = drafts.insert(name.clone(), draft) {
                let message = format!("`{name}` stands in {} already", first.file.shown);
                problems.push(draft.problem("id", &message, "an id is unique in its area"));
            }
        }
    }
    let (mut vectors, mut inputs, mut broken) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, draft) in &drafts {
        match draft.vectors(spec, &drafts, &mut inputs) {
            Ok(answers) => {
                let answers = answers.into_iter().map(Arc::new).collect();
                drop(vectors.insert(name.clone(), answers));
            }
            Err(problem) => drop(broken.insert(name.clone(), problem)),
        }
    }
    // A mistake is shown once, and not again for each vector whose twin has it.
    let names: BTreeSet<String> = broken.keys().cloned().collect();
    let inherited = |name: &String| {
        let twin = drafts.get(name).and_then(Draft::twin);
        twin.is_some_and(|twin| twin != *name && names.contains(&twin))
    };
    problems.extend(broken.into_iter().filter(|(name, _)| !inherited(name)).map(|(_, p)| p));
    if problems.is_empty() { Ok(Suite::new(vectors)) } else { Err(Problems(problems)) }
}
