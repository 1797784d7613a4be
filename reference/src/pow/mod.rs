//! Proof of work: Eaglesong, compact targets, and the comparison of the two.

mod compact;
mod eaglesong;
mod eaglesong_constants;
mod proof;

pub use compact::{CompactTarget, DecodedTarget, difficulty_to_compact, target_to_difficulty};
pub use eaglesong::eaglesong;
pub use proof::{Engine, Proof, pow_message, verify};
pub use ruint::aliases::U256;
