//! The claim of RFC 0015: who deposits in the Nervos DAO is not diluted by secondary issuance.
//!
//! A deposit of `x` free shannons at a total of C is worth `w` later. Had all that was issued in
//! between been secondary, `w / C'` would be `x / C`. In general the growth to keep up with is the
//! product of `(C + g2) / C` over the blocks between, with C as it was before each of them:
//! primary issuance dilutes everybody, and secondary issuance must not dilute depositors.
//!
//! Rounding takes less than 1 of AR a block, so less than one part in 10¹⁶ of the deposit for each
//! block between, and at the end less than one shannon. Nothing is ever given: the deposit does
//! not outgrow secondary issuance either.

#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test may fail so")]

use ckbspec_reference::issuance::{AR_GENESIS, DaoField, Issuance, Movement, withdrawn_capacity};
use proptest::prelude::*;
use ruint::Uint;

/// Wide enough for products of 512 bits of fraction and two numbers.
type Wide = Uint<768, 12>;

/// The fraction bits of the growth.
const FRACTION: usize = 512;

/// What 82 bytes of a cell cost, and no arguments of the lock.
const OCCUPIED: u64 = 8_200_000_000;

/// What happens in a block.
#[derive(Clone, Copy, Debug)]
struct Step {
    issuance: Issuance,
    movement: Movement,
}

/// A chain: totals, a rate that has grown already, and blocks.
fn chain() -> impl Strategy<Value = (DaoField, Vec<Step>)> {
    let field = (1_000_000_000_u64..5_000_000_000_000_000_000, 0_u64..40_000_000_000_000_000)
        .prop_flat_map(|(c, grown)| {
            (0..=c, 0..=c / 2).prop_map(move |(u, s)| DaoField { c, ar: AR_GENESIS + grown, s, u })
        });
    let amount = || prop_oneof![Just(0), 0..1_000_u64, 0..700_000_000_000_u64];
    let step = (amount(), amount()).prop_map(|(primary, secondary)| Step {
        issuance: Issuance { primary, secondary },
        movement: Movement::default(),
    });
    (field, prop::collection::vec(step, 1..200))
}

/// The fields of the chain, block after block; shorter, where a total would leave 64 bits.
fn fields(first: DaoField, steps: &[Step]) -> Vec<DaoField> {
    let mut fields = vec![first];
    for step in steps {
        let Ok(next) = fields.last().unwrap().next(step.issuance, step.movement) else { break };
        fields.push(next.field);
    }
    fields
}

/// What a deposit of so many free shannons is worth, without what its cell occupies.
fn worth(free: u64, from: DaoField, to: DaoField) -> u64 {
    withdrawn_capacity(free + OCCUPIED, OCCUPIED, from.ar, to.ar).unwrap() - OCCUPIED
}

/// `free · Π (C + g2) / C`, with 512 bits of fraction: rounded down, and how much that can be off.
fn undiluted(free: u64, fields: &[DaoField], steps: &[Step]) -> Wide {
    let start = Wide::from(free) << FRACTION;
    fields.iter().zip(steps).fold(start, |value, (field, step)| {
        value / Wide::from(field.c)
            * Wide::from(u128::from(field.c) + u128::from(step.issuance.secondary))
    })
}

proptest! {
    #[test]
    fn depositors_are_not_diluted_by_secondary_issuance(
        (first, steps) in chain(),
        free in 1_u64..1_000_000_000_000_000_000,
    ) {
        let fields = fields(first, &steps);
        let last = *fields.last().unwrap();
        let blocks = fields.len() - 1;
        // A growth by more than a factor is no chain's; then the value leaves 64 bits as well.
        prop_assume!(last.ar / first.ar < 1_000);
        let worth = worth(free, first, last);
        let fair = undiluted(free, &fields[..blocks], &steps);
        // Never more.
        prop_assert!(Wide::from(worth) << FRACTION <= fair + (Wide::ONE << 256));
        // Less by less than 1 of AR a block, grown as AR has, and a shannon at the end.
        let grown = Wide::from(free) * Wide::from(u64::try_from(blocks).unwrap())
            * Wide::from(last.ar);
        let lost = (grown << 256) / (Wide::from(first.ar) * Wide::from(first.ar));
        let least = ((Wide::from(worth) + Wide::ONE) << FRACTION) + ((lost + Wide::ONE) << 256);
        prop_assert!(fair < least, "{fair} {worth} in {blocks} blocks");
    }

    #[test]
    fn without_primary_issuance_the_share_of_the_total_stays(
        (first, mut steps) in chain(),
        free in 1_u64..1_000_000_000_000_000_000,
    ) {
        for step in &mut steps {
            step.issuance.primary = 0;
        }
        let fields = fields(first, &steps);
        let last = *fields.last().unwrap();
        prop_assume!(last.ar / first.ar < 1_000);
        let worth = u128::from(worth(free, first, last));
        let blocks = u128::try_from(fields.len() - 1).unwrap();
        // worth / C' ≤ free / C, and worth / C' is not below it but for the rounding.
        let share = Wide::from(free) * Wide::from(last.c);
        prop_assert!(Wide::from(worth) * Wide::from(first.c) <= share);
        let lost = u128::from(free) * blocks / u128::from(first.ar)
            * (u128::from(last.ar / first.ar) + 1);
        let lost = lost + (u128::from(last.ar / first.ar) + 1) + 1;
        prop_assert!((Wide::from(worth) + Wide::from(lost)) * Wide::from(first.c) >= share);
    }
}
