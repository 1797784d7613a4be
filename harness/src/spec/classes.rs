//! `spec/classes.yaml`: the tree of error classes.

use crate::root::Root;
use ckbspec_common::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;

const PATH: &str = "spec/classes.yaml";

/// An error class: what a client's rejections are mapped to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Dotted name; an expectation's class is a prefix of the answer's.
    #[serde(rename = "class")]
    pub name: String,
    /// What it means, in one sentence.
    pub means: String,
    /// What the official node calls it.
    #[serde(default)]
    pub node: Option<String>,
    /// Why rules of this class cannot be switched off.
    #[serde(default)]
    pub always_on: Option<AlwaysOn>,
}

/// Why a rule cannot be switched off: without it there is no value to go on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlwaysOn {
    /// The bytes hold no value.
    Decoding,
    /// The machine cannot go on.
    MachineFault,
    /// The number does not fit.
    Overflow,
}

/// Reads the tree; every class but a root has its parent in it.
pub(super) fn load(root: &Root) -> Result<BTreeMap<String, Class>, Problem> {
    let text = root.read_text(PATH)?;
    let list: Vec<Class> = serde_yaml::from_str(&text)
        .map_err(|error| Problem::new(format!("{}: {error}", root.shown(PATH))))?;
    let classes: BTreeMap<_, _> = list.into_iter().map(|c| (c.name.clone(), c)).collect();
    for name in classes.keys() {
        let parent = name.rsplit_once('.').map(|(parent, _)| parent);
        if let Some(parent) = parent.filter(|parent| !classes.contains_key(*parent)) {
            let message = format!("{PATH}: `{name}` is there, its parent `{parent}` is not");
            return Err(Problem::new(message));
        }
    }
    Ok(classes)
}
