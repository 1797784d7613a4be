//! Whole blocks: so far only what a header commits to and what a cellbase pays.

mod cellbase;
mod commitments;

pub use cellbase::{Payment, block_facts, payment, reward_lock, reward_window};
pub use commitments::Commitments;
