//! What the tests share: the binary, a house to break, and adapters in shell.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Runs `ckbspec` in a folder.
pub(crate) fn ckbspec_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ckbspec"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").env_remove("RUST_BACKTRACE");
    command.output().unwrap()
}

/// Runs `ckbspec` in the checkout.
pub(crate) fn ckbspec(arguments: &[&str]) -> Output {
    ckbspec_in(&root(), arguments)
}

/// Standard output and error, as text.
pub(crate) fn text(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// The exit status.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// A house with the real spec and one vector file of the area `pow`.
pub(crate) fn house_with(vectors: &str) -> tempfile::TempDir {
    let house = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("spec"), house.path().join("spec")).unwrap();
    std::fs::create_dir_all(house.path().join("vectors/pow")).unwrap();
    std::fs::write(house.path().join("vectors/pow/case.yaml"), vectors).unwrap();
    house
}
