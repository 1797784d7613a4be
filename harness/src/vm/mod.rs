//! What the commands for programs of the VM share: instructions as text, and where a run ends.

mod assembly;
mod code;
mod end;
mod listing;
pub mod tables;

pub use assembly::{assembly, register, registers};
pub use code::{Code, CodeRange};
pub use end::{RunEnd, before, end};
pub use listing::{HEADING, ListingLine, lines, lines_at, list};
