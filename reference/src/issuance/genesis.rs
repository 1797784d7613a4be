//! The DAO field of genesis.

use super::capacity::{Origin, freed_capacity};
use super::dao_field::{AR_GENESIS, DaoField};
use crate::encoding::transaction::CellOutput;
use crate::{RuleId, RuleSet, Violation};
use std::num::NonZeroU16;

/// A cell of genesis that no transaction of genesis spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenesisCell<'a> {
    /// The output that creates it.
    pub output: &'a CellOutput,
    /// The size of its data, in bytes.
    pub data_size: u64,
    /// The transaction that creates it.
    pub origin: Origin,
}

/// The DAO field of genesis. The rewards are those of epoch 0 in shannons, `epoch_length` is the
/// number of its blocks, and `live_cells` are the cells that no transaction of genesis spends.
//= DAO-008, ISS-017
pub fn genesis_dao_field<'a>(
    primary_epoch_reward: u64,
    secondary_epoch_reward: u64,
    epoch_length: NonZeroU16,
    live_cells: impl IntoIterator<Item = GenesisCell<'a>>,
    rules: &RuleSet,
) -> Result<DaoField, Violation> {
    let too_large = |rule| move || Violation::of(rule).with("total of genesis", "too large");
    let length = u64::from(epoch_length.get());
    let s = secondary_epoch_reward.div_ceil(length);
    let primary = primary_epoch_reward.div_ceil(length);
    let mut c = primary.checked_add(s).ok_or_else(too_large(RuleId("DAO-002")))?;
    let mut u = 0_u64;
    for GenesisCell { output, data_size, origin } in live_cells {
        c = c.checked_add(output.capacity).ok_or_else(too_large(RuleId("DAO-002")))?;
        let occupied = freed_capacity(output, data_size, origin)?;
        u = u.checked_add(occupied).ok_or_else(too_large(RuleId("DAO-005")))?;
    }
    rules.require(RuleId("DAO-008"), c > 0, |broken| broken.with("C", c))?;
    Ok(DaoField { c, ar: AR_GENESIS, s, u })
}
