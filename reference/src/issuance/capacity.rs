//! The capacity that a cell occupies, for as much as it counts in U.

use crate::encoding::transaction::CellOutput;
use crate::parameters::Parameters;
use crate::{RuleId, Violation};

/// The shannons that a byte costs.
const SHANNONS_PER_BYTE: u64 = 100_000_000;

/// The bytes of `capacity`.
const CAPACITY_SIZE: u64 = 8;

/// The bytes of a script without its arguments: code hash and hash type.
const SCRIPT_SIZE: u64 = 33;

/// Where a cell was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In the first transaction of genesis.
    GenesisCellbase,
    /// Anywhere else.
    Other,
}

/// The shannons that a cell occupies: its own bytes, with data of a size; `None` above 64 bits.
///
/// This is TX-012, whose chapter belongs to the area `ledger`.
#[must_use]
pub fn occupied_capacity(output: &CellOutput, data_size: u64) -> Option<u64> {
    let mut scripts = std::iter::once(&output.lock).chain(&output.type_script);
    let bytes = scripts.try_fold(CAPACITY_SIZE.checked_add(data_size)?, |bytes, script| {
        let args = u64::try_from(script.args.len()).ok()?;
        bytes.checked_add(SCRIPT_SIZE)?.checked_add(args)
    })?;
    bytes.checked_mul(SHANNONS_PER_BYTE)
}

/// What spending a cell takes off U: what it occupies, or a part of its capacity for some of
/// genesis.
///
/// # Errors
/// DAO-007 when the product exceeds 64 bits, DAO-005 when what it occupies does.
pub fn freed_capacity(
    parameters: &Parameters,
    output: &CellOutput,
    data_size: u64,
    origin: Origin,
) -> Result<u64, Violation> {
    //= DAO-007
    if origin == Origin::GenesisCellbase && output.lock.args == parameters.satoshi_lock_args {
        let ratio = parameters.satoshi_occupied_ratio;
        let part = output.capacity.checked_mul(ratio.numerator.into());
        let part = part.and_then(|part| part.checked_div(ratio.denominator.get().into()));
        return part
            .ok_or_else(|| Violation::of(RuleId::DAO_007).with("capacity", output.capacity));
    }
    occupied_capacity(output, data_size)
        .ok_or_else(|| Violation::of(RuleId::DAO_005).with("data of bytes", data_size))
}
