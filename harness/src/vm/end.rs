//! Where a run ends in the reference.

use ckbspec_reference::Violation;
use ckbspec_reference::vm::{BlockEngine, Machine, ProgramRun};

/// The end of a run.
#[derive(Clone, Debug)]
pub struct RunEnd {
    /// The machine at the end. If the program broke a rule, it is before the instruction that did;
    /// its cycles include that instruction's cost if that was charged.
    pub machine: Machine,
    /// The exit code, or the violation.
    pub end: Result<i8, Violation>,
}

/// Runs a program to its end.
pub fn end(run: &ProgramRun<'_>) -> Result<RunEnd, Violation> {
    let mut engine = BlockEngine::new(Machine::load(run)?);
    let end = engine.run();
    Ok(RunEnd { machine: engine.machine().clone(), end })
}

/// The machine before the instruction that makes a run exceed a limit of cycles, or at the end of
/// the run if none does.
pub fn before(run: &ProgramRun<'_>, limit: u64) -> Result<Machine, Violation> {
    Ok(end(&ProgramRun { max_cycles: limit, ..*run })?.machine)
}
