//! What an epoch issues, and what each of its blocks issues. Amounts are in shannons.

use std::num::{NonZeroU16, NonZeroU64};

/// What one block issues, and so adds to C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Issuance {
    /// `g1`: from the schedule that halves; all of it goes to the miner.
    pub primary: u64,
    /// `g2`: from the schedule that never ends; miners, depositors and the treasury share it.
    pub secondary: u64,
}

/// The parts of an epoch that the issuance of its blocks depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IssuingEpoch {
    /// The number of its first block.
    pub start_number: u64,
    /// How many blocks it has.
    pub length: NonZeroU16,
    /// `floor(P / L)`: the primary issuance of each block.
    pub base_block_reward: u64,
    /// `P mod L`: so many blocks from the first on issue one shannon more.
    pub remainder_reward: u64,
    /// `S_e`: the secondary issuance of the epoch, which is the same for every epoch.
    pub secondary_epoch_reward: u64,
}

/// `P(e)`: the primary issuance of an epoch. `initial` is that of epoch 0, and `halving_interval`
/// is in epochs.
//= ISS-001
#[must_use]
pub fn primary_epoch_reward(initial: u64, halving_interval: NonZeroU64, epoch: u64) -> u64 {
    let halvings = u32::try_from(epoch / halving_interval).unwrap_or(u32::MAX);
    //= ISS-002
    initial.checked_shr(halvings).unwrap_or(0)
}

/// What a block of an epoch issues; `None` when the block is not in the epoch.
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

/// The share of the block with an index; the first `remainder` blocks get one shannon more.
fn share(base: u64, remainder: u64, index: u64) -> Option<u64> {
    if index < remainder { base.checked_add(1) } else { Some(base) }
}

/// The part of `amount`, which a whole epoch issues, that the blocks from index 0 up to and
/// including `index` issue.
//= ISS-003, ISS-004
#[must_use]
pub fn first_shares(amount: u64, index: u16, length: NonZeroU16) -> u64 {
    let length = NonZeroU64::from(length);
    let blocks = u64::from(index).saturating_add(1).min(length.get());
    let (base, remainder) = (amount / length, amount % length);
    base.saturating_mul(blocks).saturating_add(blocks.min(remainder))
}
