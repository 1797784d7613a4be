//! `ckbspec vm`: runs and disassembles programs of the VM, and compares a client on them.

mod diff;
mod disasm;
mod run;

use crate::operations::vm_version;
use crate::root::Root;
use crate::spec::Spec;
use crate::vm::{Code, RunEnd, lines_at};
use ckbspec_common::exit::{CommandError, CommandResult};
use ckbspec_common::problem::Problem;
use ckbspec_protocol::message::VmVersion;
use ckbspec_reference::Violation;
use ckbspec_reference::vm::{ProgramRun, Version};
use clap::{Args, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// What to do with a program.
#[derive(Debug, Subcommand)]
pub(super) enum VmCommand {
    /// Run a program by the reference.
    ///
    /// It prints the exit code and the cycles. If the program breaks a rule, it prints the rule,
    /// the instruction, and where to read more. Its exit status is 0 if the program exits with 0, 1
    /// if the program exits with another code or breaks a rule, 2 if there is no such program.
    #[command(after_help = "Example:\n  ckbspec vm run program.elf argument --trace")]
    Run(run::VmRunArgs),
    /// Disassemble a program: addresses, bytes, cycles, instructions.
    ///
    /// An instruction of two bytes is shown as the one of four bytes that it stands for. A sequence
    /// that the version fuses is marked `NAME 1/2`, and its first part shows the cost of all parts;
    /// after a jump into a sequence, its parts are not fused. Bytes that are no instruction of the
    /// version are `illegal`.
    #[command(after_help = "Example:\n  ckbspec vm disasm program.elf --vm 1")]
    Disasm(disasm::DisasmArgs),
    /// Run a program by a client too, and find where the client differs from the reference.
    ///
    /// A client only shows how a run ends. So if the answers differ, a binary search finds the
    /// lowest limit of cycles at which they do, and the reference's state at that limit is shown.
    /// That is the instruction at which only one of the two ends, provided that the client has
    /// taken the same path at the same cost until then, and names a class for its rejections. If
    /// the client charges for several instructions at once, the result is off by as many. A wrong
    /// value that shows only at the end is not located.
    ///
    /// Its exit status is 0 if the answers agree, 1 if they differ, 3 if the client cannot be
    /// asked.
    #[command(after_help = "Example:\n  ckbspec vm diff program.elf -a \"python3 adapter.py\"")]
    Diff(diff::DiffArgs),
}

pub(super) fn vm(root: &Root, command: &VmCommand) -> CommandResult {
    match command {
        VmCommand::Run(args) => run::run(root, args),
        VmCommand::Disasm(args) => disasm::disasm(args),
        VmCommand::Diff(args) => diff::diff(root, args),
    }
}

/// The limit of cycles for all scripts of a block on mainnet.
const CYCLES: u64 = 3_500_000_000;

/// A program, and what it is run with.
#[derive(Args, Debug)]
struct ProgramArgs {
    /// The program, an ELF file.
    file: PathBuf,
    /// Its arguments; write `--` before them if one begins with a dash.
    arguments: Vec<OsString>,
    #[command(flatten)]
    version: VersionArgs,
    /// The limit of cycles; by default, that of a block of mainnet.
    #[arg(long, value_name = "N", default_value_t = CYCLES)]
    max_cycles: u64,
    /// Do not charge for loading.
    #[arg(long)]
    no_load_charge: bool,
}

#[derive(Args, Clone, Copy, Debug)]
struct VersionArgs {
    /// The version of the machine: 0, 1 or 2.
    #[arg(long, value_name = "N", default_value = "2", value_parser = version)]
    vm: VmVersion,
}

fn version(number: &str) -> Result<VmVersion, String> {
    let known = VmVersion::ALL.into_iter().find(|one| u8::from(*one).to_string() == number);
    known.ok_or("there is no such version; there are 0, 1 and 2".to_owned())
}

impl VersionArgs {
    fn of_reference(self) -> Version {
        vm_version(self.vm)
    }
}

struct LoadedProgram {
    file: Vec<u8>,
    arguments: Vec<Vec<u8>>,
}

impl ProgramArgs {
    fn read(&self) -> Result<LoadedProgram, CommandError> {
        let file = read(&self.file)?;
        let arguments = self.arguments.iter().cloned().map(OsString::into_vec).collect();
        Ok(LoadedProgram { file, arguments })
    }

    fn run<'a>(&self, loaded: &'a LoadedProgram) -> ProgramRun<'a> {
        ProgramRun {
            version: self.version.of_reference(),
            program: &loaded.file,
            arguments: &loaded.arguments,
            max_cycles: self.max_cycles,
            charge_load: !self.no_load_charge,
        }
    }
}

/// Reads an ELF file. Only its magic number is checked here; the machine checks the rest.
fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let shown = path.display();
    let file = std::fs::read(path)
        .map_err(|error| CommandError::usage(Problem::new(format!("{shown}: {error}"))))?;
    if file.starts_with(b"\x7fELF") {
        return Ok(file);
    }
    let problem = Problem::new(format!("{shown} is no ELF file"));
    Err(CommandError::usage(problem.help("a program begins with 7f 45 4c 46 (VM-036)")))
}

fn write_end(
    out: &mut impl Write,
    spec: &Spec,
    run: &ProgramRun<'_>,
    ended: &RunEnd,
) -> io::Result<()> {
    match &ended.end {
        Ok(code) => writeln!(out, "exit code  {code}")?,
        Err(broken) => {
            write_fault(out, spec, broken)?;
            let code = Code::of_file(run.program, run.version).unwrap_or_default();
            let holds = !["VM-002", "VM-003"].contains(&broken.rule.as_str());
            let lines = lines_at(&ended.machine, &code, run.version);
            for line in lines.iter().filter(|_| holds) {
                writeln!(out, "at         {line}")?;
            }
        }
    }
    writeln!(out, "cycles     {}", ended.machine.cycles)
}

/// Writes the rule that is broken, and where to read it.
fn write_fault(out: &mut impl Write, spec: &Spec, broken: &Violation) -> io::Result<()> {
    writeln!(out, "fault      {broken}")?;
    if let Some(rule) = spec.rules.get(broken.rule.as_str()) {
        writeln!(out, "rule       {} ({}:{})", rule.title, rule.chapter, rule.line)?;
        for line in rule.statement().lines() {
            writeln!(out, "             {line}")?;
        }
        writeln!(out, "more       ckbspec explain {}", rule.id)?;
    }
    Ok(())
}
