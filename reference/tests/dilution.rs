//! The claim of RFC 0015: secondary issuance does not dilute depositors of the Nervos DAO.
//!
//! A deposit of `x` free shannons is made when the total is `C_d`, and is worth `w` when the total
//! is `C_w`. If all issuance between the two blocks were secondary, `w / C_w` would be `x / C_d`.
//! In general the deposit should grow by the product of `(parent.C + g2) / parent.C` over the
//! blocks between: primary issuance dilutes everybody, but secondary issuance must not dilute
//! depositors.
//!
//! Rounding takes less than 1 of AR in each block, which is less than one part in 10¹⁶ of the
//! deposit, and less than one shannon at the end. Rounding never adds: a deposit does not grow
//! faster than that product.

#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test may fail so")]

use ckbspec_reference::issuance::{AR_GENESIS, DaoField, Issuance, Movement, withdrawn_capacity};
use proptest::prelude::*;
use ruint::Uint;

/// Wide enough for products of a number with 512 bits of fraction and two other numbers.
type Wide = Uint<768, 12>;

/// The number of bits after the binary point in [`undiluted`].
const FRACTION: usize = 512;

/// The occupied capacity of a DAO cell without lock arguments: 82 bytes.
const OCCUPIED: u64 = 8_200_000_000;

/// What a block issues, and how its transactions change the totals.
#[derive(Clone, Copy, Debug)]
struct Step {
    issuance: Issuance,
    movement: Movement,
}

/// A chain: the DAO field of its first block, whose AR has grown already, and the blocks after it.
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

/// The DAO fields of the chain, block by block, up to the first whose totals exceed 64 bits.
fn fields(first: DaoField, steps: &[Step]) -> Vec<DaoField> {
    let mut fields = vec![first];
    for step in steps {
        let Ok(next) = fields.last().unwrap().next(step.issuance, step.movement) else { break };
        fields.push(next.field);
    }
    fields
}

/// What a deposit of `free` shannons is worth, without the occupied capacity of its cell.
fn worth(free: u64, from: DaoField, to: DaoField) -> u64 {
    withdrawn_capacity(free + OCCUPIED, OCCUPIED, from.ar, to.ar).unwrap() - OCCUPIED
}

/// `free · Π (parent.C + g2) / parent.C`, rounded down, with 512 bits of fraction.
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
        // AR of a chain does not grow by a factor of 1,000, and the worth would exceed 64 bits.
        prop_assume!(last.ar / first.ar < 1_000);
        let worth = worth(free, first, last);
        let fair = undiluted(free, &fields[..blocks], &steps);
        // The deposit is never worth more.
        prop_assert!(Wide::from(worth) << FRACTION <= fair + (Wide::ONE << 256));
        // It is worth less by less than 1 of AR a block, which grows with AR, and one shannon.
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
        // worth / last.C ≤ free / first.C, and only rounding makes it less.
        let share = Wide::from(free) * Wide::from(last.c);
        prop_assert!(Wide::from(worth) * Wide::from(first.c) <= share);
        let lost = u128::from(free) * blocks / u128::from(first.ar)
            * (u128::from(last.ar / first.ar) + 1);
        let lost = lost + (u128::from(last.ar / first.ar) + 1) + 1;
        prop_assert!((Wide::from(worth) + Wide::from(lost)) * Wide::from(first.c) >= share);
    }
}
