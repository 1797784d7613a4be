//! CKB-VM: RV64IMC with 4 MiB of memory; from version 1 on also B and macro-op fusion.
//!
//! [`machine`] defines what a program does, step by step. [`BlockEngine`] computes the same results
//! faster.

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
mod version;

pub use engine::BlockEngine;
pub use machine::{Machine, ProgramRun};
pub use version::Version;

#[cfg(test)]
mod tests;
