//! The capacity that a cell occupies, for as much as it counts in U.

use crate::encoding::transaction::CellOutput;
use crate::parameters::Ratio;
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

/// The lock arguments of the cells of genesis that count as occupied in part.
pub const SATOSHI_LOCK_ARGS: [u8; 20] = [
    0x62, 0xe9, 0x07, 0xb1, 0x5c, 0xbf, 0x27, 0xd5, 0x42, 0x53, 0x99, 0xeb, 0xf6, 0xf0, 0xfb, 0x50,
    0xeb, 0xb8, 0x8f, 0x18,
];

/// Which part of their capacity.
pub const SATOSHI_OCCUPIED_RATIO: Ratio = Ratio::constant(6, 10);

/// The shannons that a cell occupies: its own bytes, with data of a size; `None` above 64 bits.
#[must_use]
pub fn occupied_capacity(output: &CellOutput, data_size: u64) -> Option<u64> {
    let scripts = std::iter::once(&output.lock).chain(&output.type_script);
    occupied(scripts.map(|script| script.args.len()), data_size)
}

/// The same, by the sizes of the arguments of its scripts.
///
/// This is TX-012, whose chapter belongs to the area `ledger`.
pub(super) fn occupied(args: impl IntoIterator<Item = usize>, data_size: u64) -> Option<u64> {
    let bytes =
        args.into_iter().try_fold(CAPACITY_SIZE.checked_add(data_size)?, |bytes, args| {
            bytes.checked_add(SCRIPT_SIZE)?.checked_add(u64::try_from(args).ok()?)
        })?;
    bytes.checked_mul(SHANNONS_PER_BYTE)
}

/// What spending a cell takes off U: what it occupies, or a part of its capacity for some of
/// genesis.
pub fn freed_capacity(
    output: &CellOutput,
    data_size: u64,
    origin: Origin,
) -> Result<u64, Violation> {
    //= DAO-007
    if origin == Origin::GenesisCellbase && output.lock.args == SATOSHI_LOCK_ARGS {
        return SATOSHI_OCCUPIED_RATIO
            .of(output.capacity)
            .ok_or_else(|| Violation::of(RuleId("DAO-007")).with("capacity", output.capacity));
    }
    occupied_capacity(output, data_size)
        .ok_or_else(|| Violation::of(RuleId("DAO-005")).with("data of bytes", data_size))
}
