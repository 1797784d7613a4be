//! Where all CKB are at one point of the chain, as amounts that add up to C.

use super::supply::{BLOCK_0_PRIMARY, EPOCH_LENGTH_MAX, GENESIS, Supply, Totals};
use ckbspec_reference::issuance::pays;

/// The cell of genesis that no key opens: 8.4 billion CKB.
pub const BURNT: u128 = 840_000_000_000_000_000;

/// The other cells of genesis whose lock is the code hash of zeros: the message, four programs and
/// two dep groups.
pub const SYSTEM: u128 = 126_496_300_000_000;

/// The cells of genesis that are locked by a `since`: until which epoch, in half epochs, and their
/// capacity in shannons. From the chain specification of mainnet.
pub const LOCKED: [(u64, u128); 7] = [
    (921, 10_000_000_000_000_000),
    (2_001, 282_785_200_300_000_000),
    (2_733, 193_073_503_700_000_000),
    (4_929, 142_800_000_000_000_000),
    (6_381, 125_999_000_000_000_000),
    (10_761, 252_031_600_000_000_000),
    (13_689, 285_600_000_000_000_000),
];

/// A part of all CKB, by where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The name for programs.
    pub key: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// 0 for the whole, 1 for a term of the sum, 2 for a part of a term.
    pub depth: usize,
    /// The amount in shannons.
    pub shannons: u128,
    /// What the name means here.
    pub meaning: &'static str,
}

/// The shannons in cells of genesis that are still locked after a number of epochs.
pub fn locked(epochs: u64) -> u128 {
    let shut = LOCKED.iter().filter(|(halves, _)| *halves > epochs.saturating_mul(2));
    shut.map(|(_, shannons)| shannons).sum()
}

/// All holdings. The first one is C, and those of depth 1 add up to it.
pub fn holdings(totals: &Totals) -> Vec<Holding> {
    let issued = &totals.issued;
    let locked = locked(totals.epochs);
    let genesis = GENESIS - BURNT - SYSTEM - locked;
    // Totals contain whole epochs, so before the end of epoch 0 block 0 does not count.
    let lost = if issued.primary == 0 { 0 } else { BLOCK_0_PRIMARY };
    let primary = issued.primary - lost;
    let spendable = genesis + primary + issued.miners + totals.withdrawn;
    let holding =
        |key, depth, shannons, (name, meaning)| Holding { key, name, depth, shannons, meaning };
    vec![
        holding("issued", 0, totals.c(), ISSUED),
        holding("spendable", 1, spendable, SPENDABLE),
        holding("genesis_open", 2, genesis, FROM_GENESIS),
        holding("primary_paid", 2, primary, PRIMARY),
        holding("secondary_paid", 2, issued.miners, MINERS),
        holding("withdrawn", 2, totals.withdrawn, WITHDRAWN),
        holding("locked", 1, locked, SHUT),
        holding("owed", 1, totals.owed(), OWED),
        holding("treasury", 1, issued.treasury(), TREASURY),
        holding("floors_at_most", 2, issued.floors, FLOORS),
        holding("burnt", 1, BURNT, BURNT_AT_GENESIS),
        holding("system", 1, SYSTEM, OF_THE_SYSTEM),
        holding("lost", 1, lost, LOST),
    ]
}

type Words = (&'static str, &'static str);
const ISSUED: Words = ("issued (C)", "C of the DAO field: genesis, and what blocks have issued");
const SPENDABLE: Words = ("spendable in cells", "in cells that a key opens, deposits among them");
const FROM_GENESIS: Words = ("from genesis", "cells of genesis that are open");
const PRIMARY: Words = ("primary, to miners", "paid eleven blocks later");
const MINERS: Words = ("secondary, to miners", "for what cells occupy: floor(g2 · U / C) a block");
const WITHDRAWN: Words =
    ("secondary, withdrawn", "by depositors, as far as headers tell; later ones come here");
const SHUT: Words = ("locked at genesis", "in cells of genesis until an epoch that they name");
const OWED: Words = ("owed to depositors", "compensation of the Nervos DAO that is in no cell yet");
const TREASURY: Words =
    ("treasury, never created", "counted in C and S, in no cell, and no rule pays it");
const FLOORS: Words =
    ("of it, by floors", "at most: what rounding down takes from miners and depositors");
const BURNT_AT_GENESIS: Words = ("burnt at genesis", "one cell whose lock nothing opens");
const OF_THE_SYSTEM: Words =
    ("cells of the system", "programs and dep groups, whose lock nothing opens either");
const LOST: Words = ("lost", "the primary issuance of block 0, which no cellbase pays");

/// The first epoch, of those before `until`, in which a block without fees may earn less than its
/// cell has to hold, so that the reward is lost (ISS-015): in an epoch of the greatest length, with
/// a lock of 20 bytes of arguments.
pub fn first_forfeit(mut supply: Supply, until: u64) -> Option<u64> {
    while supply.totals().epochs < until {
        let epoch = supply.totals().epochs;
        let issued = supply.step();
        let reward = (issued.primary + issued.miners) / EPOCH_LENGTH_MAX;
        if pays(u64::try_from(reward).unwrap_or(u64::MAX), 20) == Ok(false) {
            return Some(epoch);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::supply::Assumptions;
    use super::*;

    #[test]
    fn the_places_add_up_to_c_and_s() {
        let mut supply = Supply::new(Assumptions::DEFAULT);
        for _ in 0..30_000 {
            let totals = supply.totals();
            let holdings = holdings(&totals);
            let sum = |depth, from: usize, to: usize| -> u128 {
                let some = holdings.iter().skip(from).take(to - from);
                some.filter(|holding| holding.depth == depth).map(|holding| holding.shannons).sum()
            };
            assert_eq!(sum(1, 0, holdings.len()), totals.c());
            let of_spendable = holdings.iter().position(|holding| holding.key == "locked").unwrap();
            assert_eq!(sum(2, 0, of_spendable), sum(1, 0, of_spendable));
            assert_eq!(totals.s(), totals.owed() + totals.issued.treasury());
            supply.step();
        }
    }

    /// The cells of genesis are 33.6 billion CKB, and 12,275,841,997 of them were open at once.
    #[test]
    fn the_cells_of_genesis_add_up() {
        let open = GENESIS - BURNT - SYSTEM - locked(0);
        assert_eq!(open, 1_227_584_199_700_000_000);
        assert_eq!(locked(6_844), 285_600_000_000_000_000);
        assert_eq!(locked(6_845), 0);
    }
}
