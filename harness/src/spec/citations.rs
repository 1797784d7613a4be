//! Finds where the reference names rules: the lines `//= POW-008`, the checks of predicate rules,
//! `.require(RuleId("POW-008"), …)`, and the ids of violations.

use crate::root::Root;
use ckbspec_common::problem::Problem;

/// One place that names a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The rule's id, as written.
    pub rule: String,
    /// The path of the file, relative to the root.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Whether this line decides the rule; if not, it names the rule in a violation.
    pub decides: bool,
}

/// All citations in `reference/src`, in the order of files and lines.
///
/// # Errors
/// When a source file cannot be read.
pub fn citations(root: &Root) -> Result<Vec<Citation>, Problem> {
    let mut found = vec![];
    for file in root.files("reference/src", "rs")? {
        let text = root.read_text(&file)?;
        found.extend(of_source(&text).into_iter().map(|(line, rule, decides)| {
            let (rule, file) = (rule.to_owned(), file.clone());
            Citation { rule, file, line, decides }
        }));
    }
    Ok(found)
}

/// The rules that a source file names, by line, and whether it decides them there.
fn of_source(text: &str) -> Vec<(usize, &str, bool)> {
    let (mut found, mut before) = (vec![], "");
    for (index, line) in text.lines().enumerate() {
        let number = index.saturating_add(1);
        let cited = line.trim_start().strip_prefix("//= ");
        let cited = cited.into_iter().flat_map(|cited| cited.split(", "));
        found.extend(cited.map(|rule| (number, rule.trim(), true)));
        for (at, opening) in line.match_indices("RuleId(\"") {
            let (ahead, id) = line.split_at(at);
            // In a call that is longer than a line, each argument is on its own line.
            let ahead = if ahead.trim().is_empty() { before } else { ahead };
            let id = id.get(opening.len()..).and_then(|id| id.split('"').next());
            found.extend(id.map(|id| (number, id, ahead.trim_end().ends_with(".require("))));
        }
        before = line;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_predicate_cites_its_rule_and_a_violation_names_it() {
        let text = "//= POW-001, POW-002\nrules.require(RuleId(\"POW-008\"), x, f)?;\n\
            rules.require(\n    RuleId(\"POW-007\"),\nViolation::of(RuleId(\"POW-009\"))\n";
        let named = [
            (1, "POW-001", true),
            (1, "POW-002", true),
            (2, "POW-008", true),
            (4, "POW-007", true),
            (5, "POW-009", false),
        ];
        assert_eq!(of_source(text), named);
    }
}
