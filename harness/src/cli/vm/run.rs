//! `ckbspec vm run`: a program by the reference.

use super::super::open::open_spec;
use super::{ProgramArgs, write_end, write_fault};
use crate::root::Root;
use crate::vm::{Code, HEADING, ListingLine, RunEnd, end, lines, registers};
use ckbspec_common::exit::{CommandResult, Exit};
use ckbspec_reference::Violation;
use ckbspec_reference::vm::fusion::Step;
use ckbspec_reference::vm::{Machine, ProgramRun};
use std::io::{self, Write};

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct VmRunArgs {
    #[command(flatten)]
    program: ProgramArgs,
    /// Print each instruction as it is executed: the cycles taken with it, and what it wrote to
    /// registers.
    #[arg(long)]
    trace: bool,
    /// Print the registers at the end.
    #[arg(long)]
    registers: bool,
}

pub(super) fn run(root: &Root, args: &VmRunArgs) -> CommandResult {
    let loaded = args.program.read()?;
    let run = args.program.run(&loaded);
    let spec = open_spec(root)?;
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    let ended = if args.trace { trace(&mut out, &run)? } else { end(&run) };
    let exit = match &ended {
        Ok(ended) => {
            write_end(&mut out, &spec, &run, ended)?;
            if args.registers {
                write!(out, "registers\n{}", registers(&ended.machine.registers))?;
            }
            if ended.end == Ok(0) { Exit::Expected } else { Exit::ClientWrong }
        }
        Err(broken) => {
            write_fault(&mut out, &spec, broken)?;
            writeln!(out, "at         loading: no instruction was executed")?;
            Exit::ClientWrong
        }
    };
    out.flush()?;
    Ok(exit)
}

/// Runs a program by the stepper, with a line for each instruction.
fn trace(out: &mut impl Write, run: &ProgramRun<'_>) -> io::Result<Result<RunEnd, Violation>> {
    let code = match Code::of_file(run.program, run.version) {
        Ok(code) => code,
        Err(broken) => return Ok(Err(broken)),
    };
    let mut machine = match Machine::load(run) {
        Ok(machine) => machine,
        Err(broken) => return Ok(Err(broken)),
    };
    writeln!(out, "{HEADING}")?;
    loop {
        let (pc, next) = (machine.pc, machine.next_step());
        let stepped = machine.step();
        if stepped.is_ok()
            && let Ok(step) = next
        {
            for line in executed(&step, lines(&step, pc, &code, run.version), &machine) {
                writeln!(out, "{line}")?;
            }
        }
        let end = match stepped {
            Ok(None) => continue,
            Ok(Some(code)) => Ok(code),
            Err(broken) => Err(broken),
        };
        writeln!(out)?;
        return Ok(Ok(RunEnd { machine, end }));
    }
}

/// The lines of a step that was executed. The first shows the cycles so far, the last one the
/// registers that were written.
fn executed(step: &Step, mut lines: Vec<ListingLine>, machine: &Machine) -> Vec<ListingLine> {
    if let Some(first) = lines.first_mut() {
        first.cycles = Some(machine.cycles);
    }
    let mut written: Vec<u8> = step.parts().map(|part| part.rd).filter(|rd| *rd != 0).collect();
    written.sort_unstable();
    written.dedup();
    let value = |rd: &u8| format!("{}={:#x}", crate::vm::register(*rd), machine.register(*rd));
    let values = written.iter().map(value).collect::<Vec<_>>().join(" ");
    if let Some(last) = lines.last_mut() {
        let note = std::mem::take(&mut last.note);
        last.note = [note, values].join("  ").trim().to_owned();
    }
    lines
}
