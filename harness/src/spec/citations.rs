//! Where the reference executes a rule, and which tests show it: the lines `//= POW-008`.

use crate::root::Root;
use ckbspec_common::problem::Problem;

/// One citation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The rule's id, as written.
    pub rule: String,
    /// The file, below the root.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Whether it stands on a test, which shows the rule and does not execute it.
    pub test: bool,
}

/// All citations in the reference and in the tests of the whole, in the order of files and lines.
pub fn citations(root: &Root) -> Result<Vec<Citation>, Problem> {
    let mut found = vec![];
    let mut files = root.files("reference/src", "rs")?;
    files.extend(root.files("harness/tests/it", "rs")?);
    for file in files {
        let text = root.read_text(&file)?;
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let Some(cited) = line.trim_start().strip_prefix("//= ") else {
                continue;
            };
            let test = lines.get(index.saturating_add(1)).is_some_and(|l| l.trim() == "#[test]");
            for rule in cited.split(", ") {
                let line = index.saturating_add(1);
                found.push(Citation { rule: rule.trim().into(), file: file.clone(), line, test });
            }
        }
    }
    Ok(found)
}
