//! `spec/classes.yaml`: the tree of error classes.

use crate::root::Root;
use ckbspec_common::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;

const PATH: &str = "spec/classes.yaml";

/// An error class, to which an adapter maps rejections of its client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its dotted name; the expected class must be a prefix of the class in the answer.
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

/// Why a rule cannot be switched off: without it there is no value to continue with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlwaysOn {
    /// The bytes cannot be decoded to a value.
    Decoding,
    /// The machine cannot continue.
    MachineFault,
    /// A number exceeds its bits.
    Overflow,
}

/// Reads the tree; checks that it contains the parent of every class that is not a root.
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
