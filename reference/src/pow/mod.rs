//! Proof of work: Eaglesong, compact targets, the check of a proof, the epoch field of headers, and
//! the adjustment that computes the length and the target of the next epoch.

mod adjustment;
mod compact;
mod eaglesong;
mod eaglesong_constants;
mod eaglesong_fast;
mod epoch_fraction;
mod proof;

pub use adjustment::{
    Adjustment, BLOCK_INTERVAL_MIN, DAMPENING, EPOCH_LENGTH_MAX, EPOCH_LENGTH_MIN, Epoch, EpochEnd,
    Fraction, Trace, adjust, length_bounds, next_epoch,
};
pub use compact::{CompactTarget, DecodedTarget, difficulty_to_compact, target_to_difficulty};
pub use eaglesong::eaglesong;
pub use eaglesong_fast::{eaglesong as eaglesong_fast, eaglesong_batch};
pub use epoch_fraction::{EpochFraction, EpochRecord, verify_successor};
pub use proof::{PowEngine, Proof, pow_message, verify};
pub use ruint::aliases::U256;
