//! `ckbspec vm`: programs of the VM, run, taken apart, and held against a client.

mod diff;
mod disasm;
mod run;

use crate::operations::vm_version;
use crate::root::Root;
use crate::spec::Spec;
use crate::vm::{Code, Ended, rows_at};
use ckbspec_common::exit::{CommandError, CommandResult};
use ckbspec_common::problem::Problem;
use ckbspec_protocol::message::VmVersion;
use ckbspec_reference::vm::{Run, Version};
use ckbspec_reference::{RuleId, Violation};
use clap::{Args, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// What is done with a program.
#[derive(Debug, Subcommand)]
pub(super) enum VmCommand {
    /// Run a program by the reference.
    ///
    /// It prints the exit code and the cycles. A program that breaks a rule is shown with the rule,
    /// the instruction, and where to read. It ends with 0 where the program exits with 0, with 1
    /// where it exits otherwise or breaks a rule, with 2 where there is no such program.
    #[command(after_help = "Example:\n  ckbspec vm run program.elf argument --trace")]
    Run(run::VmRunArgs),
    /// Take a program apart: addresses, bytes, cycles, instructions.
    ///
    /// Instructions of two bytes are shown as those of four that they stand for. What the version
    /// fuses is marked `NAME 1/2`, and its first part shows the cost of all; one that is jumped
    /// into is not fused. What is no instruction of the version is `illegal`.
    #[command(after_help = "Example:\n  ckbspec vm disasm program.elf --vm 1")]
    Disasm(disasm::DisasmArgs),
    /// Run a program by a client too, and look for where it parts from the reference.
    ///
    /// A client shows how a run ends, and nothing before that. So where the answers differ, the
    /// limit of cycles is halved until it is the first at which they do, and the reference is shown
    /// as it stands there. That finds the instruction at which only one of them ends, if the client
    /// has taken the same path and paid the same until then, and names a class for its rejections;
    /// an engine that pays for several instructions at once is off by as many. It does not find
    /// where values part that show only at the end.
    ///
    /// It ends with 0 where the answers agree, with 1 where they differ, with 3 where the client
    /// cannot be asked.
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

/// The cycles that mainnet gives to all scripts of a block.
const CYCLES: u64 = 3_500_000_000;

/// A program, and what it is run with.
#[derive(Args, Debug)]
struct ProgramArgs {
    /// The program, an ELF file.
    file: PathBuf,
    /// Its arguments; behind `--` where one begins with a dash.
    arguments: Vec<OsString>,
    #[command(flatten)]
    version: VersionArgs,
    /// The cycles that it may take; where nothing is said, those of a block of mainnet.
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

/// A program that has been read.
struct Loaded {
    file: Vec<u8>,
    arguments: Vec<Vec<u8>>,
}

impl ProgramArgs {
    fn read(&self) -> Result<Loaded, CommandError> {
        let file = read(&self.file)?;
        let arguments = self.arguments.iter().cloned().map(OsString::into_vec).collect();
        Ok(Loaded { file, arguments })
    }

    fn run<'a>(&self, loaded: &'a Loaded) -> Run<'a> {
        Run {
            version: self.version.of_reference(),
            program: &loaded.file,
            arguments: &loaded.arguments,
            max_cycles: self.max_cycles,
            charge_load: !self.no_load_charge,
        }
    }
}

/// Reads an ELF file. What is wrong behind its magic number is for the machine to say.
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

/// Writes what a run came to.
fn write_end(out: &mut impl Write, spec: &Spec, run: &Run<'_>, ended: &Ended) -> io::Result<()> {
    match &ended.end {
        Ok(code) => writeln!(out, "exit code  {code}")?,
        Err(broken) => {
            write_fault(out, spec, broken)?;
            let code = Code::of_file(run.program, run.version).unwrap_or_default();
            let holds = ![RuleId::VM_002, RuleId::VM_003].contains(&broken.rule);
            let rows = rows_at(&ended.machine, &code, run.version);
            for row in rows.iter().filter(|_| holds) {
                writeln!(out, "at         {row}")?;
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
