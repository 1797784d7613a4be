//! Writes the arguments of a program to its stack.

use super::memory::{MEMORY_SIZE, Memory, count};
use super::version::Version;
use crate::{RuleId, Violation};

/// The least valid stack pointer: the stack must stay in the last quarter of memory.
const STACK_START: u64 = 3 << 20;

/// Writes the arguments to the stack; returns the stack pointer.
pub(super) fn initialise(
    memory: &mut Memory,
    version: Version,
    arguments: &[Vec<u8>],
) -> Result<u64, Violation> {
    //= VM-044
    if arguments.is_empty() && version >= Version::V1 {
        return Ok(MEMORY_SIZE.wrapping_sub(16));
    }
    //= VM-045
    let mut pointer = MEMORY_SIZE;
    let mut slots = vec![count(arguments.len())];
    for argument in arguments {
        pointer = pointer.wrapping_sub(count(argument.len())).wrapping_sub(1);
        memory.store_string(pointer, argument).map_err(|rule| fault(rule, pointer))?;
        let end = pointer.wrapping_add(count(argument.len()));
        memory.store(end, [0]).map_err(|rule| fault(rule, end))?;
        slots.push(pointer);
        //= VM-046
        if version >= Version::V2 && pointer < STACK_START {
            return Err(fault(RuleId("VM-046"), pointer));
        }
    }
    if version >= Version::V1 {
        slots.push(0);
        let end = pointer.wrapping_sub(count(slots.len()).wrapping_mul(8));
        pointer = pointer.wrapping_sub(end % 16);
    }
    for slot in slots.iter().rev() {
        pointer = pointer.wrapping_sub(8);
        let bytes = slot.to_le_bytes();
        let written = match bytes {
            //= VM-045
            [a, b, c, d, ..] if version == Version::V0 => memory.store(pointer, [a, b, c, d]),
            _ => memory.store(pointer, bytes),
        };
        written.map_err(|rule| fault(rule, pointer))?;
    }
    if pointer < STACK_START {
        return Err(fault(RuleId("VM-046"), pointer));
    }
    Ok(pointer)
}

fn fault(rule: RuleId, address: u64) -> Violation {
    Violation::of(rule).with("address", format_args!("{address:#x}"))
}
