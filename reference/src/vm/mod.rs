//! CKB-VM: RV64IMC, with B and macro-op fusion from version 1 on, in 4 MiB of memory.
//!
//! | file | chapter | rules |
//! |---|---|---|
//! | [`instructions`], `arithmetic`, `decode` | `spec/vm/instructions.md` | VM-004 … VM-007 |
//! | [`compressed`] | `spec/vm/instructions.md` | VM-008, VM-009 |
//! | [`fusion`] | `spec/vm/instructions.md` | VM-010 … VM-019 |
//! | [`machine`] | `spec/vm/instructions.md` | VM-001 … VM-003, VM-020, VM-021, VM-025, VM-026 |
//! | [`machine`] | `spec/vm/cycles.md` | VM-050 … VM-052 |
//! | [`memory`] | `spec/vm/memory.md` | VM-030 … VM-035, VM-041 |
//! | [`elf`] | `spec/vm/memory.md` | VM-036 … VM-043 |
//! | `stack` | `spec/vm/memory.md` | VM-044 … VM-046 |
//! | `engine`, `handlers` | | the same, fast |

#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
mod arithmetic;
pub mod compressed;
pub mod decode;
pub mod elf;
mod engine;
pub mod fusion;
mod handlers;
pub mod instructions;
pub mod machine;
pub mod memory;
mod stack;

pub use engine::Engine;
pub use machine::{Machine, Run};

/// A version of the machine. A script's hash type chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// RV64IMC.
    V0,
    /// With B and macro-op fusion, from CKB 2021.
    V1,
    /// With more fusion, from CKB 2023.
    V2,
}

#[cfg(test)]
mod tests;
