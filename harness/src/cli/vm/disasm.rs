//! `ckbspec vm disasm`: the instructions of a program.

use super::{VersionArgs, read};
use crate::vm::{Code, CodeRange, HEADING, list};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::problem::Problem;
use std::io::{self, Write};
use std::path::Path;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct DisasmArgs {
    /// An ELF file, of which the executable segments are shown; or bytes as hex, in the order of
    /// memory.
    #[arg(value_name = "FILE|HEX")]
    what: String,
    #[command(flatten)]
    version: VersionArgs,
    /// Of a file: begin at this address. Of hex: the address of the first byte, 0 where nothing is
    /// said.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    at: Option<u64>,
}

/// An address, decimal or behind 0x.
fn address(text: &str) -> Result<u64, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| "an address is a number of 64 bits, such as 0x10000".to_owned())
}

pub(super) fn disasm(args: &DisasmArgs) -> CommandResult {
    let version = args.version.of_reference();
    let path = Path::new(&args.what);
    let code = if path.exists() {
        let code = Code::of_file(&read(path)?, version).map_err(|broken| {
            let problem = Problem::new(format!("{} is no program: {broken}", args.what));
            CommandError::usage(problem.help(format!("`ckbspec explain {}`", broken.rule)))
        })?;
        code.from(args.at.unwrap_or_default())
    } else {
        let bytes = bytes(&args.what).map_err(CommandError::usage)?;
        Code { ranges: vec![CodeRange { address: args.at.unwrap_or_default(), bytes }] }
    };
    if code.ranges.iter().all(|part| part.bytes.is_empty()) {
        let problem = Problem::new(format!("{} holds nothing to execute", args.what));
        let help = "only executable segments are shown, from --at on";
        return Err(CommandError::usage(problem.help(help)));
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    writeln!(out, "{HEADING}")?;
    for (index, part) in code.ranges.iter().enumerate() {
        let rows = list(part, version).ok_or_else(|| {
            let (from, count) = (part.address, part.bytes.len());
            let problem = Problem::new(format!("{count} bytes at {from:#x} do not lie in memory"));
            CommandError::usage(problem.help("memory ends at 0x400000 (VM-030, VM-040)"))
        })?;
        if index > 0 {
            writeln!(out)?;
        }
        for row in rows {
            writeln!(out, "{row}")?;
        }
    }
    out.flush()?;
    Ok(Exit::Expected)
}

fn bytes(text: &str) -> Result<Vec<u8>, Problem> {
    const_hex::decode(text).map_err(|error| {
        let problem = Problem::new(format!("`{text}` is no file, and no hex: {error}"));
        problem.help("bytes as two digits each, in the order of memory: 9308d005")
    })
}
