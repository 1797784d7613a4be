//! Where a run ends, by the reference's engine.

use ckbspec_reference::vm::{Engine, Machine, Run};
use ckbspec_reference::{RuleId, Violation};

/// The rules that are broken before an instruction is paid for.
const UNPAID: [RuleId; 4] = [RuleId::VM_002, RuleId::VM_003, RuleId::VM_004, RuleId::VM_051];

/// The end of a run.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The machine at the end; where a rule is broken, before the instruction that breaks it.
    pub machine: Machine,
    /// All cycles taken, those of that instruction included where it was paid for.
    pub cycles: u64,
    /// The exit code, or what is broken.
    pub end: Result<i8, Violation>,
}

/// Runs a program to its end.
///
/// # Errors
/// What is broken before the first instruction.
pub fn end(run: &Run<'_>) -> Result<Ended, Violation> {
    let mut engine = Engine::new(Machine::load(run)?);
    let end = engine.run();
    let mut machine = engine.machine().clone();
    let cycles = machine.cycles;
    if end.as_ref().is_err_and(|broken| !UNPAID.contains(&broken.rule)) {
        machine = before(run, cycles.saturating_sub(1))?;
    }
    Ok(Ended { machine, cycles, end })
}

/// The machine before the instruction that makes a run exceed a limit of cycles; at its end, if
/// none does.
///
/// # Errors
/// What is broken before the first instruction.
pub fn before(run: &Run<'_>, limit: u64) -> Result<Machine, Violation> {
    let mut engine = Engine::new(Machine::load(&Run { max_cycles: limit, ..*run })?);
    // How it ends is known to who asks.
    engine.run().ok();
    Ok(engine.machine().clone())
}
