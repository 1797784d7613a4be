//! What the tools for programs of the VM share: instructions as text, and where a run ends.

mod assembly;
mod code;
mod ended;
mod listing;
pub mod tables;

pub use assembly::{assembly, register, registers};
pub use code::{Code, Part};
pub use ended::{Ended, before, end};
pub use listing::{HEAD, Row, list, rows, rows_at};
