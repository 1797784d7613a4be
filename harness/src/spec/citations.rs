//! Where the reference names a rule: the lines `//= POW-008`, the checks of predicate rules,
//! `.require(RuleId("POW-008"), …)`, and the ids of violations; and which tests show one.

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
    /// What is done with the rule there.
    pub naming: Naming,
}

/// What is done with a rule where it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// The reference decides it.
    Executed,
    /// A violation names it.
    Reported,
    /// A test shows it, where no vector can.
    Tested,
}

/// All citations in the reference and in the tests of the whole, in the order of files and lines.
pub fn citations(root: &Root) -> Result<Vec<Citation>, Problem> {
    let mut found = vec![];
    let mut files = root.files("reference/src", "rs")?;
    files.extend(root.files("harness/tests/it", "rs")?);
    for file in files {
        let text = root.read_text(&file)?;
        let in_tests = !file.starts_with("reference/");
        for (line, rule, naming) in of_source(&text) {
            if !in_tests || naming == Naming::Tested {
                found.push(Citation { rule: rule.to_owned(), file: file.clone(), line, naming });
            }
        }
    }
    Ok(found)
}

/// The rules that a source file names, by line, and what is done with them there.
fn of_source(text: &str) -> Vec<(usize, &str, Naming)> {
    let (mut found, mut before) = (vec![], "");
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let number = index.saturating_add(1);
        let on_test = lines.peek().is_some_and(|(_, next)| next.trim() == "#[test]");
        let naming = if on_test { Naming::Tested } else { Naming::Executed };
        let cited = line.trim_start().strip_prefix("//= ");
        let cited = cited.into_iter().flat_map(|cited| cited.split(", "));
        found.extend(cited.map(|rule| (number, rule.trim(), naming)));
        for (at, opening) in line.match_indices("RuleId(\"") {
            let (ahead, id) = line.split_at(at);
            // In a call that is longer than a line, each argument is on its own line.
            let ahead = if ahead.trim().is_empty() { before } else { ahead };
            let id = id.get(opening.len()..).and_then(|id| id.split('"').next());
            let decides = ahead.trim_end().ends_with(".require(");
            let naming = if decides { Naming::Executed } else { Naming::Reported };
            found.extend(id.map(|id| (number, id, naming)));
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
            rules.require(\n    RuleId(\"POW-007\"),\nViolation::of(RuleId(\"POW-009\"))\n\
            //= GEN-001\n#[test]\n";
        let named = [
            (1, "POW-001", Naming::Executed),
            (1, "POW-002", Naming::Executed),
            (2, "POW-008", Naming::Executed),
            (4, "POW-007", Naming::Executed),
            (5, "POW-009", Naming::Reported),
            (6, "GEN-001", Naming::Tested),
        ];
        assert_eq!(of_source(text), named);
    }
}
