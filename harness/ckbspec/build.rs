//! Gathers the spec and the vectors into one file, for `include_bytes!`.

use std::error::Error;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What is read at run time: folder, and the extensions of its files.
const PARTS: [(&str, &[&str]); 3] = [
    ("spec", &["md", "yaml"]),
    ("vectors", &["yaml", "lock", "bin", "elf", "txt"]),
    ("reference/src", &["rs"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = manifest.ancestors().nth(2).ok_or("this crate lies in harness/ckbspec")?;
    let mut paths = vec![];
    for (folder, extensions) in PARTS {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        files(root, folder, extensions, &mut paths)?;
    }
    // The order of a folder's entries differs from machine to machine.
    paths.sort();
    let blob = fs::File::create(PathBuf::from(env::var("OUT_DIR")?).join("embedded"))?;
    let mut blob = BufWriter::new(blob);
    for path in paths {
        let bytes = fs::read(root.join(&path))?;
        writeln!(blob, "{} {path}", bytes.len())?;
        blob.write_all(&bytes)?;
    }
    blob.flush()?;
    Ok(())
}

/// Adds the files below a folder, as paths below the root.
fn files(
    root: &Path,
    folder: &str,
    extensions: &[&str],
    found: &mut Vec<String>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| "a file name is not UTF-8")?;
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            files(root, &path, extensions, found)?;
        } else if extensions.iter().any(|extension| name.ends_with(&format!(".{extension}"))) {
            found.push(path);
        }
    }
    Ok(())
}
