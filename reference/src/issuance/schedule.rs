//! What is issued: by epoch, and of that by block.

use crate::parameters::Parameters;
use crate::pow::Epoch;

/// What one block adds to the total, C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Issuance {
    /// By the schedule that halves: all of it is the miner's.
    pub primary: u64,
    /// By the schedule that goes on for ever: miners, depositors and the treasury share it.
    pub secondary: u64,
}

/// The primary issuance of an epoch.
//= ISS-001
#[must_use]
pub fn primary_epoch_reward(parameters: &Parameters, epoch: u64) -> u64 {
    let halvings = epoch / parameters.halving_interval;
    let halvings = u32::try_from(halvings).unwrap_or(u32::MAX);
    //= ISS-002
    parameters.initial_primary_epoch_reward.checked_shr(halvings).unwrap_or(0)
}

/// The secondary issuance of an epoch: of any.
//= ISS-004
#[must_use]
pub fn secondary_epoch_reward(parameters: &Parameters, _epoch: u64) -> u64 {
    parameters.secondary_epoch_reward
}

/// What a block of an epoch issues; `None` when it is no block of the epoch.
#[must_use]
pub fn block_issuance(
    parameters: &Parameters,
    epoch: &Epoch,
    block_number: u64,
) -> Option<Issuance> {
    let length = u64::from(epoch.record.length);
    let index = block_number.checked_sub(epoch.record.start_number)?;
    if index >= length {
        return None;
    }
    //= ISS-003
    let primary = share(epoch.base_block_reward, epoch.remainder_reward, index)?;
    //= ISS-004
    let total = secondary_epoch_reward(parameters, epoch.record.number.into());
    let secondary = share(total.checked_div(length)?, total.checked_rem(length)?, index)?;
    Some(Issuance { primary, secondary })
}

/// The first blocks have one shannon more, as many as there are shannons left.
fn share(base: u64, remainder: u64, index: u64) -> Option<u64> {
    if index < remainder { base.checked_add(1) } else { Some(base) }
}
