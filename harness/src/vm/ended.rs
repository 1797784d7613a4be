//! Where a run ends, by the reference's engine.

use ckbspec_reference::Violation;
use ckbspec_reference::vm::{Engine, Machine, Run};

/// The end of a run.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The machine at the end; where a rule is broken, at the instruction that breaks it, which its
    /// cycles include where it was paid for.
    pub machine: Machine,
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
    Ok(Ended { machine: engine.machine().clone(), end })
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
