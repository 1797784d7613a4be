//! Reads the chapters of `spec/`: the rules, the error classes, and where the reference cites the
//! rules.

mod citations;
mod classes;
mod rules;

pub use citations::{Citation, citations};
pub use classes::{AlwaysOn, Class};
pub use rules::{AREAS, Observable, Rule, Status, area_of};

use crate::root::Root;
use ckbspec_common::problem::{Problem, Problems};
use std::collections::BTreeMap;

/// All rules and classes.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// Rules by id.
    pub rules: BTreeMap<String, Rule>,
    /// Classes by name.
    pub classes: BTreeMap<String, Class>,
}

impl Spec {
    /// Reads every chapter and the class tree.
    ///
    /// # Errors
    /// All malformed headings, rules stated twice, and classes that the tree lacks.
    pub fn load(root: &Root) -> Result<Self, Problems> {
        let mut problems = vec![];
        let mut spec = Self { classes: classes::load(root)?, ..Self::default() };
        for area in AREAS {
            let folder = format!("spec/{area}");
            for chapter in root.files(&folder, "md")? {
                let text = root.read_text(&chapter)?;
                let (rules, mut broken) = rules::parse(&root.shown(&chapter), &chapter, &text);
                problems.append(&mut broken);
                for rule in rules {
                    problems.extend(spec.admit(root, &text, rule));
                }
            }
        }
        if problems.is_empty() { Ok(spec) } else { Err(Problems(problems)) }
    }

    /// Adds a rule; returns a problem if the rule is stated twice or names a class that does not
    /// exist.
    fn admit(&mut self, root: &Root, text: &std::sync::Arc<str>, rule: Rule) -> Option<Problem> {
        let at = |message: String, label: &str| {
            let place = root.shown(&rule.chapter);
            Problem::new(message).at(&place, text, rule.span.clone(), label)
        };
        if let Some(first) = self.rules.get(&rule.id) {
            let message = format!("{} is stated in {} already", rule.id, first.chapter);
            return Some(at(message, "a rule is stated once"));
        }
        if let Some(class) = rule.class.as_ref().filter(|c| !self.classes.contains_key(*c)) {
            let message = format!("class `{class}` of {} is not in spec/classes.yaml", rule.id);
            return Some(at(message, "unknown class").help("add it to spec/classes.yaml"));
        }
        self.rules.insert(rule.id.clone(), rule);
        None
    }

    /// Why a rule cannot be switched off, as its class or the nearest class above it says; `None`
    /// if it can.
    pub fn always_on(&self, rule: &str) -> Option<AlwaysOn> {
        let mut class = self.class_of(rule);
        while let Some(name) = class {
            let why = self.classes.get(name).and_then(|class| class.always_on);
            if why.is_some() {
                return why;
            }
            class = name.rsplit_once('.').map(|(parent, _)| parent);
        }
        None
    }

    /// The class that the spec gives a rule, `None` for a rule that only computes.
    pub fn class_of(&self, rule: &str) -> Option<&str> {
        self.rules.get(rule)?.class.as_deref()
    }
}
