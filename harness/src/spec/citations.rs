//! Where the reference executes a rule: the lines `//= POW-008`.

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
}

/// All citations in `reference/src`, in the order of files and lines.
///
/// # Errors
/// When a source file cannot be read.
pub fn citations(root: &Root) -> Result<Vec<Citation>, Problem> {
    let mut found = vec![];
    for file in root.files("reference/src", "rs")? {
        let text = root.read_text(&file)?;
        for (index, line) in text.lines().enumerate() {
            let Some(cited) = line.trim_start().strip_prefix("//= ") else {
                continue;
            };
            for rule in cited.split(", ") {
                let line = index.saturating_add(1);
                found.push(Citation { rule: rule.trim().into(), file: file.clone(), line });
            }
        }
    }
    Ok(found)
}
