//! `ckbspec`: see README.md, or `ckbspec help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ckbspec_harness::cli::main()
}
