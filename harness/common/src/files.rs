//! Reading and writing files, with messages that name the file.

use crate::problem::Problem;
use std::io::{self, Write};
use std::path::Path;
use std::{fmt, fs};

/// A file cannot be read.
pub fn cannot_read(shown: impl fmt::Display, why: impl fmt::Display) -> Problem {
    Problem::new(format!("cannot read {shown}: {why}"))
}

/// A file cannot be written.
pub fn cannot_write(shown: impl fmt::Display, why: impl fmt::Display) -> Problem {
    Problem::new(format!("cannot write {shown}: {why}"))
}

/// The bytes of a file.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    fs::read(path).map_err(|error| cannot_read(path.display(), error))
}

/// The text of a file.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|error| cannot_read(path.display(), error))
}

/// Replaces a file: `write` writes a new file in the same folder, which is then renamed to `path`.
/// So a reader sees either the old or the new content, and never a part of it.
///
/// # Errors
/// When it cannot be written.
pub fn replace(
    path: &Path,
    write: impl FnOnce(&mut io::BufWriter<fs::File>) -> io::Result<()>,
) -> Result<(), Problem> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let written = fs::File::create(&beside).and_then(|file| {
        let mut out = io::BufWriter::with_capacity(1 << 16, file);
        write(&mut out)?;
        out.flush()
    });
    written
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| cannot_write(path.display(), error))
}
