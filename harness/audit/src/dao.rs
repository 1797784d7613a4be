//! One deposit in the Nervos DAO and its withdrawal, with every rounding on the way.

use crate::network::Network;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::issuance::{DaoField, withdrawn_capacity};
use ckbspec_reference::pow::EpochFraction;

/// What a deposit cell occupies without the arguments of its lock, in bytes: capacity, eight
/// bytes of data, and two scripts.
pub const BYTES_MIN: u64 = 82;

/// As many as the arguments of a lock can have here, more than a block has room for.
const BYTES_MAX: u64 = BYTES_MIN + (1 << 20);

/// The bytes of a deposit cell whose lock has one signature.
pub const BYTES_USUAL: u64 = 102;

/// The epochs of a period of the DAO.
const PERIOD: u64 = 180;

/// Milliseconds of an epoch that is as long as planned.
const EPOCH_MS: u128 = 14_400_000;

/// Milliseconds of a year of 365 days.
pub const YEAR_MS: u128 = 31_536_000_000;

/// A block of a deposit or of a withdrawal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaoBlock {
    /// Its DAO field.
    pub dao: DaoField,
    /// More, where its header is known.
    pub dated: Option<Dated>,
}

/// What a header says beside its DAO field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The height.
    pub number: u64,
    /// The epoch, and the place in it.
    pub epoch: EpochFraction,
    /// Milliseconds of Unix time.
    pub timestamp: u64,
}

impl DaoBlock {
    /// Out of a DAO field.
    pub fn of_field(field: [u8; 32]) -> Self {
        Self { dao: DaoField::from_bytes(field), dated: None }
    }

    /// Out of a header.
    pub fn of_header(header: &Header) -> Self {
        let raw = &header.raw;
        let (number, timestamp) = (raw.number, raw.timestamp);
        let dated = Dated { number, epoch: EpochFraction(raw.epoch), timestamp };
        Self { dao: DaoField::from_bytes(raw.dao.0), dated: Some(dated) }
    }
}

/// What a deposit is worth, and how that comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compensation {
    /// The shannons that are compensated: all but what the cell occupies.
    pub free: u64,
    /// What the cell occupies.
    pub occupied: u64,
    /// What the cell is worth.
    pub worth: u64,
    /// That, less its capacity.
    pub compensation: u64,
    /// What the last rounding takes, in parts of a shannon: AR at the deposit is a whole one.
    pub floored: u128,
    /// The blocks between, where their heights are known: each rounds its AR.
    pub blocks: Option<u64>,
    /// The shannons that the rounding of AR can have taken at most.
    pub floored_by_rate: Option<u128>,
    /// The epochs between, by what was issued: numerator and denominator.
    pub epochs: (u128, u128),
    /// How long it was, in milliseconds, and whether that assumes four hours an epoch.
    pub elapsed: (u128, bool),
    /// The first epoch in which it can be taken out.
    pub claim: Option<EpochFraction>,
}

/// What a deposit is worth, by its capacity and the bytes of its cell.
///
/// # Errors
/// In words, when the fields are no fields of the chain, or not in this order.
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
        // A floor takes less than one of AR, which later blocks let grow with the rest.
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

/// Refuses what no field of a chain can be.
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
        "the DAO field of the {name} is none of a chain: {wrong} (C {c}, AR {ar}, S {s}, U {u})"
    ))
}

/// Into how many parts an epoch is cut, to count parts of epochs.
const EPOCH_PARTS: u128 = 1_000_000;

/// The epochs between two fields, by what was issued: C knows its epoch.
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

/// The end of the period that is under way at the withdrawal (RFC 0023).
fn claim(deposit: EpochFraction, withdraw: EpochFraction) -> Option<EpochFraction> {
    let over = u64::from(withdraw.index()) * u64::from(deposit.length())
        > u64::from(deposit.index()) * u64::from(withdraw.length());
    let whole = u64::from(withdraw.number()).checked_sub(deposit.number().into())?;
    let periods = (whole + u64::from(over)).div_ceil(PERIOD);
    let number = u64::from(deposit.number()) + periods * PERIOD;
    EpochFraction::new(u32::try_from(number).ok()?, deposit.index(), deposit.length())
}
