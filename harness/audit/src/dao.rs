//! What one deposit in the Nervos DAO is worth when it is withdrawn, with every rounding.

use crate::network::Network;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::issuance::{DaoField, withdrawn_capacity};
use ckbspec_reference::pow::EpochFraction;

/// The bytes that a deposit cell occupies if its lock has no arguments: capacity, eight bytes of
/// data, and two scripts.
pub const BYTES_MIN: u64 = 82;

/// The most bytes that this audit accepts for a deposit cell, more than fit in a block.
const BYTES_MAX: u64 = BYTES_MIN + (1 << 20);

/// The bytes that a deposit cell occupies if its lock needs one signature.
pub const BYTES_USUAL: u64 = 102;

/// How many epochs a period of the DAO has.
const PERIOD: u64 = 180;

/// Milliseconds of an epoch that takes as long as it should.
const EPOCH_MS: u128 = 14_400_000;

/// Milliseconds of a year of 365 days.
pub const YEAR_MS: u128 = 31_536_000_000;

/// A block of a deposit or of a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaoBlock {
    /// Its DAO field.
    pub dao: DaoField,
    /// Number, epoch and timestamp, where its header is known.
    pub dated: Option<Dated>,
}

/// Number, epoch and timestamp of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The block number.
    pub number: u64,
    /// The epoch field.
    pub epoch: EpochFraction,
    /// Milliseconds since the Unix epoch.
    pub timestamp: u64,
}

impl DaoBlock {
    /// A block of which only the DAO field is known.
    pub fn of_field(field: [u8; 32]) -> Self {
        Self { dao: DaoField::from_bytes(field), dated: None }
    }

    /// A block whose header is known.
    pub fn of_header(header: &Header) -> Self {
        let raw = &header.raw;
        let (number, timestamp) = (raw.number, raw.timestamp);
        let dated = Dated { number, epoch: EpochFraction(raw.epoch), timestamp };
        Self { dao: DaoField::from_bytes(raw.dao.0), dated: Some(dated) }
    }
}

/// What a deposit is worth, and the parts of the computation. Amounts are in shannons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compensation {
    /// The part of the capacity that earns interest: the capacity less what the cell occupies.
    pub free: u64,
    /// What the cell occupies.
    pub occupied: u64,
    /// What the cell is worth.
    pub worth: u64,
    /// What the cell is worth, less its capacity.
    pub compensation: u64,
    /// What the last rounding takes; a whole shannon is as many parts as AR of the deposit's block.
    pub floored: u128,
    /// How many blocks are between, where their numbers are known: each rounds its AR.
    pub blocks: Option<u64>,
    /// The most that the rounding of AR can have taken.
    pub floored_by_rate: Option<u128>,
    /// How many epochs are between, computed from what was issued: numerator and denominator.
    pub epochs: (u128, u128),
    /// The time between in milliseconds, and whether it is assumed from four hours an epoch.
    pub elapsed: (u128, bool),
    /// The first epoch in which the withdrawing cell can be spent.
    pub claim: Option<EpochFraction>,
}

/// What a deposit is worth. `capacity` is that of its cell in shannons, and `bytes` are the bytes
/// that its cell occupies.
///
/// # Errors
/// A message when the DAO fields cannot be fields of the chain, or are not in this order.
pub fn compensation(
    network: &Network,
    capacity: u64,
    bytes: u64,
    deposit: &DaoBlock,
    withdraw: &DaoBlock,
) -> Result<Compensation, String> {
    check_field("deposit", &deposit.dao)?;
    check_field("withdrawal", &withdraw.dao)?;
    let early = deposit.dao.c >= withdraw.dao.c || deposit.dao.ar > withdraw.dao.ar;
    let dates = deposit.dated.zip(withdraw.dated);
    if early || dates.is_some_and(|(deposit, withdraw)| deposit.number >= withdraw.number) {
        return Err(format!(
            "the withdrawal is not after the deposit: C goes from {} to {}, AR from {} to {}",
            deposit.dao.c, withdraw.dao.c, deposit.dao.ar, withdraw.dao.ar
        ));
    }
    if !(BYTES_MIN..=BYTES_MAX).contains(&bytes) {
        let least = format!("a deposit cell has {BYTES_MIN} bytes at least");
        return Err(format!("{least}, and {bytes} were given"));
    }
    let occupied = bytes.saturating_mul(crate::amount::CKB);
    let worth = withdrawn_capacity(capacity, occupied, deposit.dao.ar, withdraw.dao.ar);
    let worth = worth.ok_or_else(|| {
        format!("a capacity below what the cell occupies: {capacity} and {occupied} shannons")
    })?;
    let free = capacity.saturating_sub(occupied);
    let product = u128::from(free) * u128::from(withdraw.dao.ar);
    let blocks = dates.map(|(deposit, withdraw)| withdraw.number - deposit.number);
    let epochs = (
        issued_epochs(network, &withdraw.dao, &deposit.dao)
            .ok_or("C is not that of this network: --network names another")?,
        EPOCH_PARTS,
    );
    let elapsed = match dates {
        Some((deposit, withdraw)) => {
            (withdraw.timestamp.saturating_sub(deposit.timestamp).into(), false)
        }
        None => (epochs.0 * EPOCH_MS / EPOCH_PARTS, true),
    };
    let claim = dates.and_then(|(deposit, withdraw)| claim(deposit.epoch, withdraw.epoch));
    Ok(Compensation {
        free,
        occupied,
        worth,
        compensation: worth - capacity,
        floored: product % u128::from(deposit.dao.ar),
        blocks,
        // Each floor takes less than 1 of AR, and this loss grows with AR in later blocks.
        floored_by_rate: blocks.map(|blocks| {
            let taken = u128::from(blocks).saturating_mul(u128::from(free));
            let taken = (taken / u128::from(deposit.dao.ar)).saturating_add(1);
            let grown = taken.saturating_mul(u128::from(withdraw.dao.ar));
            (grown / u128::from(deposit.dao.ar)).saturating_add(1)
        }),
        epochs,
        elapsed,
        claim,
    })
}

/// Refuses a DAO field that no chain can have.
fn check_field(name: &str, field: &DaoField) -> Result<(), String> {
    let DaoField { c, ar, s, u } = field;
    let wrong = match () {
        () if *c == 0 => "C is 0",
        () if *ar == 0 => "AR is 0",
        () if u > c => "U, what cells occupy, exceeds C, what was issued",
        () if s > c => "S, what the DAO holds, exceeds C, what was issued",
        () => return Ok(()),
    };
    Err(format!(
        "no chain can have the DAO field of the {name}: {wrong} (C {c}, AR {ar}, S {s}, U {u})"
    ))
}

/// Into how many parts an epoch is divided, to count parts of epochs.
const EPOCH_PARTS: u128 = 1_000_000;

/// The epochs between two DAO fields, in parts: C alone determines how many epochs are over.
fn issued_epochs(network: &Network, later: &DaoField, earlier: &DaoField) -> Option<u128> {
    let parts = |field: &DaoField| {
        let mut rest = field.c.checked_sub(network.genesis_capacity)?;
        let (mut epoch, interval) = (0_u64, network.parameters.halving_interval.get());
        loop {
            let primary = network.parameters.primary_epoch_reward(epoch);
            let each = primary.checked_add(network.parameters.secondary_epoch_reward)?;
            if rest / each < interval {
                let part = u128::from(rest % each) * EPOCH_PARTS / u128::from(each);
                return Some((u128::from(epoch) + u128::from(rest / each)) * EPOCH_PARTS + part);
            }
            rest -= each.checked_mul(interval)?;
            epoch = epoch.checked_add(interval)?;
        }
    };
    parts(later)?.checked_sub(parts(earlier)?)
}

/// The end of the period in which the withdrawing cell was created (RFC 0023).
fn claim(deposit: EpochFraction, withdraw: EpochFraction) -> Option<EpochFraction> {
    let over = u64::from(withdraw.index()) * u64::from(deposit.length())
        > u64::from(deposit.index()) * u64::from(withdraw.length());
    let whole = u64::from(withdraw.number()).checked_sub(deposit.number().into())?;
    let periods = (whole + u64::from(over)).div_ceil(PERIOD);
    let number = u64::from(deposit.number()) + periods * PERIOD;
    EpochFraction::new(u32::try_from(number).ok()?, deposit.index(), deposit.length())
}
