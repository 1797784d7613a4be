//! Where the spec and the vectors lie.

use crate::problem::Problem;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder that holds `spec/` and `vectors/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    root: PathBuf,
}

/// What makes a folder a house.
const MARKS: [&str; 2] = ["spec/classes.yaml", "vectors"];

impl House {
    /// The house at `root`, or the nearest one above the working folder, or the checkout that
    /// this binary was built from.
    ///
    /// # Errors
    /// When none of them holds `spec/` and `vectors/`.
    pub fn find(root: Option<&Path>) -> Result<Self, Problem> {
        let is_house = |folder: &Path| MARKS.iter().all(|mark| folder.join(mark).exists());
        if let Some(root) = root {
            if is_house(root) {
                return Ok(Self { root: root.to_owned() });
            }
            let message = format!("`{}` holds no spec/classes.yaml and vectors/", root.display());
            return Err(Problem::new(message).help("--root takes a checkout of ckbspec"));
        }
        let here = std::env::current_dir().unwrap_or_default();
        let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        let root = here.ancestors().chain(built_from).find(|folder| is_house(folder));
        root.map(|root| Self { root: root.to_owned() }).ok_or_else(|| {
            Problem::new("no spec/ and vectors/ in this folder or above it")
                .help("run ckbspec in a checkout, or name one with --root FOLDER")
        })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root, as a person at this working folder would type it.
    pub fn shown(&self, path: &str) -> String {
        let full = self.root.join(path);
        let here = std::env::current_dir().unwrap_or_default();
        full.strip_prefix(&here).unwrap_or(&full).display().to_string()
    }

    /// The octets of a file below the root.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        fs::read(self.root.join(path))
            .map_err(|error| Problem::new(format!("cannot read {}: {error}", self.shown(path))))
    }

    /// The text of a file below the root.
    ///
    /// # Errors
    /// When it cannot be read or is not UTF-8.
    pub fn read_text(&self, path: &str) -> Result<Arc<str>, Problem> {
        let text = String::from_utf8(self.read(path)?);
        let text = text.map_err(|bad| {
            let line = bad.as_bytes().iter().take(bad.utf8_error().valid_up_to());
            let line = line.filter(|octet| **octet == b'\n').count().saturating_add(1);
            Problem::new(format!("{}:{line}: not UTF-8", self.shown(path)))
        })?;
        Ok(text.into())
    }

    /// All files below `folder` with an extension, as sorted paths below the root.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn files(&self, folder: &str, extension: &str) -> Result<Vec<String>, Problem> {
        let mut found = vec![];
        let mut open = vec![PathBuf::from(folder)];
        while let Some(folder) = open.pop() {
            let full = self.root.join(&folder);
            let failed = |error: std::io::Error| {
                Problem::new(format!("cannot list {}: {error}", full.display()))
            };
            for entry in fs::read_dir(&full).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let path = folder.join(entry.file_name());
                if self.root.join(&path).is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|e| e == extension) {
                    found.push(path.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
