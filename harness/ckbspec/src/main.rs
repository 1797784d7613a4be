//! `ckbspec`: see README.md, or `ckbspec help`.

use std::process::ExitCode;

/// The spec and the vectors as they stood when this binary was built; `build.rs` gathers them.
const HOUSE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/house"));

fn main() -> ExitCode {
    ckbspec_harness::cli::main(HOUSE)
}
