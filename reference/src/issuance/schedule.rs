//! What is issued: by epoch, and of that by block.

use std::num::{NonZeroU16, NonZeroU64};

/// What one block adds to the total, C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Issuance {
    /// By the schedule that halves: all of it is the miner's.
    pub primary: u64,
    /// By the schedule that goes on for ever: miners, depositors and the treasury share it.
    pub secondary: u64,
}

/// An epoch, as far as the issuance of its blocks depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IssuingEpoch {
    /// The height of its first block.
    pub start_number: u64,
    /// How many blocks it has.
    pub length: NonZeroU16,
    /// The primary issuance of each block.
    pub base_block_reward: u64,
    /// How many blocks, the first ones, have one shannon more.
    pub remainder_reward: u64,
    /// The secondary issuance of the epoch: of any.
    pub secondary_epoch_reward: u64,
}

/// The primary issuance of an epoch.
//= ISS-001
#[must_use]
pub fn primary_epoch_reward(initial: u64, halving_interval: NonZeroU64, epoch: u64) -> u64 {
    let halvings = u32::try_from(epoch / halving_interval).unwrap_or(u32::MAX);
    //= ISS-002
    initial.checked_shr(halvings).unwrap_or(0)
}

/// What a block of an epoch issues; `None` when it is no block of the epoch.
#[must_use]
pub fn block_issuance(epoch: &IssuingEpoch, block_number: u64) -> Option<Issuance> {
    let length = NonZeroU64::from(epoch.length);
    let index = block_number.checked_sub(epoch.start_number)?;
    if index >= length.get() {
        return None;
    }
    //= ISS-003
    let primary = share(epoch.base_block_reward, epoch.remainder_reward, index)?;
    //= ISS-004
    let total = epoch.secondary_epoch_reward;
    let secondary = share(total / length, total % length, index)?;
    Some(Issuance { primary, secondary })
}

/// The first blocks have one shannon more, as many as there are shannons left.
fn share(base: u64, remainder: u64, index: u64) -> Option<u64> {
    if index < remainder { base.checked_add(1) } else { Some(base) }
}

/// What the blocks of an epoch up to and with an index issue of an amount for the whole epoch.
//= ISS-003, ISS-004
#[must_use]
pub fn first_shares(amount: u64, index: u16, length: NonZeroU16) -> u64 {
    let length = NonZeroU64::from(length);
    let blocks = u64::from(index).saturating_add(1).min(length.get());
    let (base, remainder) = (amount / length, amount % length);
    base.saturating_mul(blocks).saturating_add(blocks.min(remainder))
}
