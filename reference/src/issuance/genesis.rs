//! The DAO field that a chain begins with.

use super::dao_field::{AR_GENESIS, DaoField};
use super::{Origin, freed_capacity};
use crate::encoding::transaction::CellOutput;
use crate::parameters::Parameters;
use crate::{RuleId, Violation};

/// A cell of genesis that no transaction of genesis spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenesisCell<'a> {
    /// The cell.
    pub output: &'a CellOutput,
    /// The bytes of its data.
    pub data_size: u64,
    /// The transaction that creates it.
    pub origin: Origin,
}

/// The DAO field of genesis.
///
/// # Errors
/// DAO-008; DAO-002, DAO-005 or DAO-007 when a total exceeds 64 bits.
//= DAO-008, ISS-017
pub fn genesis_dao_field<'a>(
    parameters: &Parameters,
    live_cells: impl IntoIterator<Item = GenesisCell<'a>>,
) -> Result<DaoField, Violation> {
    let too_wide = |rule| move || Violation::of(rule).with("too wide", "the total of genesis");
    let length = u64::from(parameters.genesis_epoch_length.get());
    let s = parameters.secondary_epoch_reward.div_ceil(length);
    let primary = parameters.initial_primary_epoch_reward.div_ceil(length);
    let mut c = primary.checked_add(s).ok_or_else(too_wide(RuleId::DAO_002))?;
    let mut u = 0_u64;
    for GenesisCell { output, data_size, origin } in live_cells {
        c = c.checked_add(output.capacity).ok_or_else(too_wide(RuleId::DAO_002))?;
        let occupied = freed_capacity(parameters, output, data_size, origin)?;
        u = u.checked_add(occupied).ok_or_else(too_wide(RuleId::DAO_005))?;
    }
    if c == 0 {
        return Err(Violation::of(RuleId::DAO_008).with("C", c));
    }
    Ok(DaoField { c, ar: AR_GENESIS, s, u })
}
