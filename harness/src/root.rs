//! Where the spec and the vectors lie: in a checkout, in a pack, or in this binary.

use ckbspec_common::files::cannot_read;
use ckbspec_common::problem::Problem;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What holds `spec/` and `vectors/`.
#[derive(Clone, Debug)]
pub struct Root {
    source: FileSource,
}

#[derive(Clone, Debug)]
enum FileSource {
    /// A checkout.
    Folder(PathBuf),
    /// A packed release, instead of files.
    Pack(PathBuf),
    /// The files as they stood when this binary was built.
    Embedded(Arc<Files>),
}

/// Embedded files by their paths.
type Files = BTreeMap<&'static str, &'static [u8]>;

/// What a folder must contain to be a checkout.
const MARKS: [&str; 2] = ["spec/classes.yaml", "vectors"];

impl Root {
    /// The checkout at `root`, or the nearest one above the working folder, or the embedded one.
    pub fn find(root: Option<&Path>, embedded: &'static [u8]) -> Result<Self, Problem> {
        let is_checkout = |folder: &Path| MARKS.iter().all(|mark| folder.join(mark).exists());
        let here = std::env::current_dir().unwrap_or_default();
        let source = match root {
            Some(root) if !is_checkout(root) => {
                let message =
                    format!("`{}` holds no spec/classes.yaml and vectors/", root.display());
                return Err(Problem::new(message).help("--root takes a checkout of ckbspec"));
            }
            Some(root) => FileSource::Folder(root.to_owned()),
            None => match here.ancestors().find(|folder| is_checkout(folder)) {
                Some(folder) => FileSource::Folder(folder.to_owned()),
                None => FileSource::Embedded(unpack(embedded)?.into()),
            },
        };
        Ok(Self { source })
    }

    /// A packed release.
    pub fn packed(file: &Path) -> Self {
        Self { source: FileSource::Pack(file.to_owned()) }
    }

    /// The pack, if it is one.
    pub fn pack(&self) -> Option<&Path> {
        if let FileSource::Pack(file) = &self.source { Some(file) } else { None }
    }

    /// The folder of a checkout.
    pub fn folder(&self) -> Result<&Path, Problem> {
        if let FileSource::Folder(root) = &self.source {
            return Ok(root);
        }
        let problem = Problem::new("this command needs a checkout of ckbspec");
        Err(problem.help("run it in one, or name one with --root FOLDER"))
    }

    /// Arguments by which another process of this binary finds the same files.
    pub fn arguments(&self) -> Vec<OsString> {
        match &self.source {
            FileSource::Folder(root) => vec!["--root".into(), root.into()],
            FileSource::Pack(file) => vec!["--pack".into(), file.into()],
            // It looks in the same working folder, and finds none either.
            FileSource::Embedded(_) => vec![],
        }
    }

    /// A path below the root, as a person at this working folder would type it.
    pub fn shown(&self, path: &str) -> String {
        let FileSource::Folder(root) = &self.source else {
            return path.to_owned();
        };
        let full = root.join(path);
        let here = std::env::current_dir().unwrap_or_default();
        full.strip_prefix(&here).unwrap_or(&full).display().to_string()
    }

    /// Whether there is such a file below the root, or such a folder.
    pub fn has(&self, path: &str) -> bool {
        match &self.source {
            FileSource::Folder(root) => root.join(path).exists(),
            FileSource::Pack(_) => false,
            FileSource::Embedded(files) => {
                files.contains_key(path) || within(files, path).next().is_some()
            }
        }
    }

    /// The bytes of a file below the root.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Problem> {
        let failed = |why: &str| cannot_read(self.shown(path), why);
        match &self.source {
            FileSource::Folder(root) => {
                fs::read(root.join(path)).map_err(|error| failed(&error.to_string()))
            }
            FileSource::Pack(_) => Err(failed("a pack holds cases, not files")),
            FileSource::Embedded(files) => {
                let bytes = files.get(path).ok_or_else(|| failed("it is not embedded"))?;
                Ok(bytes.to_vec())
            }
        }
    }

    /// The text of a file below the root.
    pub fn read_text(&self, path: &str) -> Result<Arc<str>, Problem> {
        let text = String::from_utf8(self.read(path)?);
        let text = text.map_err(|bad| {
            let line = bad.as_bytes().iter().take(bad.utf8_error().valid_up_to());
            let line = line.filter(|byte| **byte == b'\n').count().saturating_add(1);
            Problem::new(format!("{}:{line}: not UTF-8", self.shown(path)))
        })?;
        Ok(text.into())
    }

    /// All files below `folder` with an extension, as sorted paths below the root; none where
    /// there is no such folder.
    pub fn files(&self, folder: &str, extension: &str) -> Result<Vec<String>, Problem> {
        let mut found = match &self.source {
            FileSource::Folder(root) if root.join(folder).is_dir() => walk(root, folder)?,
            FileSource::Embedded(files) => within(files, folder).map(str::to_owned).collect(),
            FileSource::Folder(_) | FileSource::Pack(_) => vec![],
        };
        found.retain(|path| Path::new(path).extension().is_some_and(|e| e == extension));
        found.sort();
        Ok(found)
    }
}

/// The paths of all files below a folder of a checkout.
fn walk(root: &Path, folder: &str) -> Result<Vec<String>, Problem> {
    let mut found = vec![];
    let mut open = vec![PathBuf::from(folder)];
    while let Some(folder) = open.pop() {
        let full = root.join(&folder);
        let failed = |error: std::io::Error| cannot_read(full.display(), error);
        for entry in fs::read_dir(&full).map_err(failed)? {
            let path = folder.join(entry.map_err(failed)?.file_name());
            if root.join(&path).is_dir() {
                open.push(path);
            } else {
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

/// The paths below a folder of the embedded files.
fn within<'a>(files: &'a Files, folder: &'a str) -> impl Iterator<Item = &'static str> + 'a {
    let below =
        move |path: &&str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    files.keys().copied().filter(below)
}

/// The embedded files: for each a line `LENGTH PATH`, then its bytes. The build script of
/// `harness/ckbspec` writes them.
fn unpack(embedded: &'static [u8]) -> Result<Files, Problem> {
    let broken = || Problem::new("the spec and the vectors in this binary cannot be read");
    let (mut files, mut rest) = (Files::new(), embedded);
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
        let (line, after) = rest.split_at_checked(end).ok_or_else(broken)?;
        let line = std::str::from_utf8(line).map_err(|_| broken())?;
        let (length, path) = line.split_once(' ').ok_or_else(broken)?;
        let length: usize = length.parse().map_err(|_| broken())?;
        let after = after.get(1..).ok_or_else(broken)?;
        let (content, after) = after.split_at_checked(length).ok_or_else(broken)?;
        files.insert(path, content);
        rest = after;
    }
    Ok(files)
}
