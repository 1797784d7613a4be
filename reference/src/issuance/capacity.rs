//! The capacity that a cell occupies, and the amount with which U counts it.

use crate::encoding::transaction::CellOutput;
use crate::parameters::Ratio;
use crate::{RuleId, Violation};

/// The capacity that each byte of a cell needs, in shannons.
const SHANNONS_PER_BYTE: u64 = 100_000_000;

/// The size of the field `capacity`, in bytes.
const CAPACITY_SIZE: u64 = 8;

/// The size of a script without its arguments, in bytes: code hash and hash type.
const SCRIPT_SIZE: u64 = 33;

/// Where a cell was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In the first transaction of genesis.
    GenesisCellbase,
    /// In any other transaction.
    Other,
}

/// The lock arguments of the cells of genesis of which a fixed part counts as occupied (DAO-007).
pub const SATOSHI_LOCK_ARGS: [u8; 20] = [
    0x62, 0xe9, 0x07, 0xb1, 0x5c, 0xbf, 0x27, 0xd5, 0x42, 0x53, 0x99, 0xeb, 0xf6, 0xf0, 0xfb, 0x50,
    0xeb, 0xb8, 0x8f, 0x18,
];

/// The part of the capacity of these cells that counts as occupied.
pub const SATOSHI_OCCUPIED_RATIO: Ratio = Ratio::constant(6, 10);

/// The shannons that a cell occupies, with data of `data_size` bytes; `None` above 64 bits.
#[must_use]
pub fn occupied_capacity(output: &CellOutput, data_size: u64) -> Option<u64> {
    let scripts = std::iter::once(&output.lock).chain(&output.type_script);
    occupied(scripts.map(|script| script.args.len()), data_size)
}

/// The same for a cell whose scripts have arguments of these sizes in bytes.
///
/// This is TX-012, whose chapter belongs to the area `ledger`.
pub(super) fn occupied(args: impl IntoIterator<Item = usize>, data_size: u64) -> Option<u64> {
    let bytes =
        args.into_iter().try_fold(CAPACITY_SIZE.checked_add(data_size)?, |bytes, args| {
            bytes.checked_add(SCRIPT_SIZE)?.checked_add(u64::try_from(args).ok()?)
        })?;
    bytes.checked_mul(SHANNONS_PER_BYTE)
}

/// The amount by which U falls when the cell is spent, and by which it rose with the cell: the
/// occupied capacity, or for some cells of genesis a fixed part of the capacity. In shannons.
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
        .ok_or_else(|| Violation::of(RuleId("DAO-005")).with("bytes of data", data_size))
}
