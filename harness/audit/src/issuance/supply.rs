//! What each epoch issues, and to whom it goes. Amounts are in shannons.
//!
//! The amounts issued are exact, computed by the rules of the reference. How the secondary issuance
//! is shared depends on what cells occupy and on what is deposited, which does not follow from the
//! schedule: these shares are assumptions, and the output says so.

use super::calendar::{ANCHORS, Anchor, MICRO, newest};
use ckbspec_reference::Parameters;

/// The capacity of all live cells of genesis together: 33.6 billion CKB, in shannons.
pub const GENESIS: u128 = 3_360_000_000_000_000_000;

/// The primary issuance of block 0, which C counts (ISS-017) and no cellbase pays.
pub const BLOCK_0_PRIMARY: u128 = 110_029_157_727;

/// The secondary issuance of block 0, all of which stays in S.
pub const BLOCK_0_SECONDARY: u128 = 35_209_330_473;

/// How many epochs a chain can have: headers have 24 bits for the number.
pub const ANY_CHAIN: u64 = 1 << 24;

/// The length of the longest epoch in blocks (EPOCH-017).
pub const EPOCH_LENGTH_MAX: u128 = 1_800;

/// AR of genesis (DAO-008): one unit of AR is this part of a deposit.
const AR_UNIT: u128 = 10_000_000_000_000_000;

/// A part of C, in billionths: exact for nine decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// The whole.
    pub const WHOLE: Self = Self(1_000_000_000);

    /// 15 %: an arbitrary round figure for what is deposited, which no header states.
    pub const FIFTEEN_PERCENT: Self = Self(150_000_000);

    /// Parses a share that a person types: `0.15` or `15%`.
    ///
    /// # Errors
    /// A message when the text is no number from 0 to 1, or has more than nine decimals.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (number, places) = match text.strip_suffix('%') {
            Some(number) => (number, 7),
            None => (text, 9),
        };
        let wrong = || format!("`{text}` is no share: write 0.15 or 15%");
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || decimals.len() > places {
            return Err(wrong());
        }
        let billionths: u64 =
            format!("{whole}{decimals:0<places$}").parse().map_err(|_| wrong())?;
        let share = u32::try_from(billionths).map(Self).ok().filter(|share| *share <= Self::WHOLE);
        share.ok_or_else(|| format!("a share of {text} is above the whole, which is 1"))
    }

    /// The share of an amount, rounded down.
    pub fn of(self, amount: u128) -> u128 {
        amount.saturating_mul(self.0.into()) / u128::from(Self::WHOLE.0)
    }

    /// The share rounded up to thousandths of a percent, for people.
    #[must_use]
    pub fn thousandths_of_percent(self) -> Self {
        Self(self.0.next_multiple_of(10_000).min(Self::WHOLE.0))
    }

    /// The share in billionths.
    pub fn billionths(self) -> u32 {
        self.0
    }
}

/// The assumption about what cells occupy after the newest known header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occupied {
    /// U stays as it was at that header.
    AsNow,
    /// Cells always occupy this part of C.
    Share(Share),
}

/// How the secondary issuance is shared. Assumptions do not change what headers state: until the
/// newest known header the miners' part follows from U, and the other parts are S and what was
/// withdrawn from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// What cells occupy after that header, which decides the miners' part.
    pub occupied: Occupied,
    /// Which part of C is deposited in the Nervos DAO, beyond what the deposits occupy, after that
    /// header. It decides the depositors' part.
    pub dao: Share,
    /// The same until that header; it divides S into what is owed and the treasury.
    pub dao_past: Share,
}

impl Assumptions {
    /// The default assumptions.
    pub const DEFAULT: Self = Self {
        occupied: Occupied::AsNow,
        dao: Share::FIFTEEN_PERCENT,
        dao_past: Share::FIFTEEN_PERCENT,
    };

    /// Whether both parts after the newest known header are together at most the whole.
    pub fn fit(&self) -> bool {
        let occupied = match self.occupied {
            Occupied::AsNow => part_rounded_up(newest().dao.u.into(), newest().dao.c.into()).0,
            Occupied::Share(share) => share.0,
        };
        u64::from(occupied) + u64::from(self.dao.0) <= u64::from(Share::WHOLE.0)
    }
}

/// The bounds that headers set to the depositors' part until the newest known header. The least is
/// what depositors have withdrawn. The greatest leaves the miners' part, which was at most 15.1 %,
/// at genesis.
pub fn past_bounds() -> (Share, Share) {
    let mut least = Share(0);
    for (position, withdrawn) in withdrawals() {
        let epochs = u128::from(position / MICRO);
        let secondary = u128::from(Parameters::MAINNET.secondary_epoch_reward) * epochs;
        if secondary > 0 {
            least = least.max(part_rounded_up(withdrawn, secondary));
        }
    }
    (least, Share(849_000_000))
}

fn part_rounded_up(part: u128, whole: u128) -> Share {
    let billionths = (part * u128::from(Share::WHOLE.0)).div_ceil(whole);
    u32::try_from(billionths).map_or(Share::WHOLE, Share)
}

/// How many epochs had begun at the newest known header; the shares of these are measured.
pub fn measured_epochs() -> u64 {
    newest().epoch + 1
}

/// What one epoch issues, in shannons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Issued {
    /// The primary issuance.
    pub primary: u128,
    /// The secondary issuance.
    pub secondary: u128,
    /// The miners' part of the secondary issuance.
    pub miners: u128,
    /// The depositors' part of the secondary issuance.
    pub depositors: u128,
    /// The most that rounding down can have taken from miners and depositors; a part of the
    /// treasury's part.
    pub floors: u128,
}

impl Issued {
    /// The treasury's part, which nobody is paid.
    pub fn treasury(&self) -> u128 {
        self.secondary - self.miners - self.depositors
    }

    fn add(&mut self, other: &Self) {
        self.primary += other.primary;
        self.secondary += other.secondary;
        self.miners += other.miners;
        self.depositors += other.depositors;
        self.floors += other.floors;
    }
}

/// The totals after a number of whole epochs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The number of epochs.
    pub epochs: u64,
    /// What these epochs have issued together.
    pub issued: Issued,
    /// What depositors have withdrawn of their part until the newest known header.
    pub withdrawn: u128,
}

impl Totals {
    /// C: the capacities of genesis and all that blocks have issued (DAO-002).
    pub fn c(&self) -> u128 {
        GENESIS + self.issued.primary + self.issued.secondary
    }

    /// S: what is neither the miners' nor withdrawn (DAO-004).
    pub fn s(&self) -> u128 {
        self.issued.treasury() + self.owed()
    }

    /// What depositors can still withdraw beyond their deposits.
    pub fn owed(&self) -> u128 {
        self.issued.depositors - self.withdrawn
    }
}

/// The supply after each epoch, from genesis on.
#[derive(Clone, Debug)]
pub struct Supply {
    assumptions: Assumptions,
    /// What cells occupied, by position in the chain.
    occupied: Vec<(u64, u128)>,
    /// What had been withdrawn, by position in the chain.
    withdrawals: Vec<(u64, u128)>,
    totals: Totals,
}

impl Supply {
    /// The supply of mainnet.
    pub fn new(assumptions: Assumptions) -> Self {
        Self::with_withdrawals(assumptions, withdrawals())
    }

    fn with_withdrawals(assumptions: Assumptions, withdrawals: Vec<(u64, u128)>) -> Self {
        let occupied = ANCHORS.map(|anchor| (anchor.position(), anchor.dao.u.into())).to_vec();
        Self { assumptions, occupied, withdrawals, totals: Totals::default() }
    }

    /// The totals so far.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Advances by one epoch and returns what it issues.
    pub fn step(&mut self) -> Issued {
        let epoch = self.totals.epochs;
        let primary = u128::from(Parameters::MAINNET.primary_epoch_reward(epoch));
        let secondary = u128::from(Parameters::MAINNET.secondary_epoch_reward);
        let c = self.totals.c() + u128::midpoint(primary, secondary);
        let shared = if epoch == 0 { secondary - BLOCK_0_SECONDARY } else { secondary };
        let Assumptions { occupied, dao, dao_past } = self.assumptions;
        let is_measured = epoch < measured_epochs();
        let miners = match occupied {
            Occupied::Share(share) if !is_measured => share.of(shared),
            Occupied::Share(_) | Occupied::AsNow => {
                shared * between(&self.occupied, epoch * MICRO + MICRO / 2) / c
            }
        };
        let dao = if is_measured { dao_past } else { dao };
        let deposited = dao.of(c);
        let issued = Issued {
            primary,
            secondary,
            miners,
            depositors: dao.of(shared),
            floors: EPOCH_LENGTH_MAX * (1 + deposited.div_ceil(AR_UNIT)),
        };
        self.totals.issued.add(&issued);
        self.totals.epochs += 1;
        let withdrawn = between(&self.withdrawals, self.totals.epochs * MICRO);
        self.totals.withdrawn = withdrawn.min(self.totals.issued.depositors);
        issued
    }

    /// Advances until `epochs` epochs are over and returns what the passed epochs issue together.
    pub fn step_to(&mut self, epochs: u64) -> Issued {
        let mut together = Issued::default();
        while self.totals.epochs < epochs {
            together.add(&self.step());
        }
        together
    }
}

/// C after a number of whole epochs.
pub fn c_after(epochs: u64) -> u128 {
    GENESIS + Parameters::MAINNET.issued_before(epochs)
}

/// The greatest number of whole epochs after which C fits in the 64 bits of the DAO field. In the
/// next epoch DAO-002 ends the chain.
pub fn horizon() -> u64 {
    let (mut fits, mut exceeds) = (0_u64, ANY_CHAIN);
    while exceeds - fits > 1 {
        let epochs = fits.midpoint(exceeds);
        if c_after(epochs) <= u64::MAX.into() {
            fits = epochs;
        } else {
            exceeds = epochs;
        }
    }
    fits
}

/// The value at `position` on a line through the points; outside them it is constant, and 0 without
/// points.
fn between(points: &[(u64, u128)], position: u64) -> u128 {
    let next = points.partition_point(|point| point.0 <= position);
    let after = points.get(next);
    let before = next.checked_sub(1).and_then(|index| points.get(index)).or(after);
    let (Some(before), Some(after)) = (before, after.or(before)) else {
        return 0;
    };
    let (span, done) = (after.0 - before.0, position.saturating_sub(before.0));
    if span == 0 {
        return before.1;
    }
    let part = |difference: u128| difference * u128::from(done) / u128::from(span);
    match after.1.checked_sub(before.1) {
        Some(more) => before.1 + part(more),
        None => before.1 - part(before.1 - after.1),
    }
}

/// What depositors had withdrawn at the headers that are known: the secondary issuance that is
/// neither in S nor the miners' (DAO-004), whose part follows from the U of headers.
fn withdrawals() -> Vec<(u64, u128)> {
    let mut supply = Supply::with_withdrawals(Assumptions::DEFAULT, vec![]);
    let mut found: Vec<(u64, u128)> = vec![];
    for anchor in &ANCHORS {
        supply.step_to(anchor.epoch);
        let before = supply.totals.issued;
        let issued = supply.clone().step();
        let part = |amount: u128| within(anchor, amount);
        let secondary = before.secondary + part(issued.secondary);
        let unpaid = secondary.saturating_sub(anchor.dao.s.into());
        let withdrawn = unpaid.saturating_sub(before.miners + part(issued.miners));
        // The interpolation may be a little too low, but the amount withdrawn never falls.
        let withdrawn = withdrawn.max(found.last().map_or(0, |last| last.1));
        found.push((anchor.position(), withdrawn));
    }
    found
}

/// The part of `amount`, which a whole epoch issues, that its blocks up to and including the header
/// issue.
fn within(anchor: &Anchor, amount: u128) -> u128 {
    let (done, length) = (u128::from(anchor.index) + 1, u128::from(anchor.length));
    done * (amount / length) + done.min(amount % length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C by the schedule is C of every known header, exact to the shannon.
    #[test]
    fn c_is_that_of_real_headers() {
        let mut supply = Supply::new(Assumptions::DEFAULT);
        for anchor in &ANCHORS {
            supply.step_to(anchor.epoch);
            let before = supply.totals().c();
            let next = supply.clone().step();
            let c = before + within(anchor, next.primary) + within(anchor, next.secondary);
            assert_eq!(c, u128::from(anchor.dao.c), "block {}", anchor.block);
        }
    }

    /// At known headers, S of the supply is S of the header, up to the issuance of one epoch.
    #[test]
    fn s_is_that_of_real_headers() {
        let (least, greatest) = past_bounds();
        for (share, dao_past) in [(0, least), (400, Share(150_000_000)), (150, greatest)] {
            let share = Share(share * 1_000_000);
            let assumptions =
                Assumptions { occupied: Occupied::Share(share), dao: share, dao_past };
            let mut supply = Supply::new(assumptions);
            for anchor in &ANCHORS {
                supply.step_to(anchor.epoch);
                let next = supply.clone().step();
                let s = supply.totals().s() + within(anchor, next.secondary - next.miners);
                let real = u128::from(anchor.dao.s);
                assert!(s.abs_diff(real) < next.secondary, "block {}: {s} {real}", anchor.block);
            }
        }
    }

    #[test]
    fn the_last_epoch_is_the_last_that_fits() {
        let mut supply = Supply::new(Assumptions::DEFAULT);
        supply.step_to(horizon());
        assert_eq!(supply.totals().c(), c_after(horizon()));
        assert!(supply.totals().c() <= u64::MAX.into());
        supply.step();
        assert!(supply.totals().c() > u64::MAX.into());
    }

    #[test]
    fn shares_are_exact() {
        assert_eq!(Share::parse("0.15"), Ok(Share::FIFTEEN_PERCENT));
        assert_eq!(Share::parse("15%"), Ok(Share::FIFTEEN_PERCENT));
        assert_eq!(Share::parse("1"), Ok(Share::WHOLE));
        assert_eq!(Share(333_333_333).of(3), 0);
        for wrong in ["1.1", "101%", "-1", "", ".5", "0.", "0.1234567891", "a", "1e3"] {
            assert!(Share::parse(wrong).is_err(), "{wrong}");
        }
    }
}
