//! Area `pow`: epoch fractions, by `EpochNumberWithFraction` and `EpochExt`.

use ckb_types::core::{EpochExt, EpochNumberWithFraction};
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::{
    CompareEpochsIn, CompareEpochsOut, EpochFractionIn, EpochFractionOut, Nothing, Order,
    VerifyEpochIn, VerifyEpochOut, VerifySuccessorIn,
};
use ckbspec_protocol::values::{Uint32, Uint64};
use std::cmp::Ordering;

fn fraction(field: &Uint64) -> EpochNumberWithFraction {
    EpochNumberWithFraction::from_full_value_unchecked(field.0)
}

pub(crate) fn parts(input: &EpochFractionIn) -> EpochFractionOut {
    let epoch = fraction(&input.epoch);
    let part = |value: u64| {
        Uint32(u32::try_from(value).unwrap_or_else(|_| unreachable!("masked to 24 or 16 bits")))
    };
    EpochFractionOut {
        number: part(epoch.number()),
        index: part(epoch.index()),
        length: part(epoch.length()),
        well_formed: epoch.is_well_formed(),
    }
}

/// By the rational value, as maturity and `since` compare. The node panics on a length of zero.
pub(crate) fn compare(input: &CompareEpochsIn) -> CompareEpochsOut {
    let (left, right) = (fraction(&input.left), fraction(&input.right));
    let ordering = match left.to_rational().cmp(&right.to_rational()) {
        Ordering::Less => Order::Less,
        Ordering::Equal => Order::Equal,
        Ordering::Greater => Order::Greater,
    };
    CompareEpochsOut { ordering }
}

/// The steps of `EpochVerifier` in `ckb-verification`, by the functions that it calls.
pub(crate) fn verify_successor(input: &VerifySuccessorIn) -> Answer {
    let (parent, epoch) = (fraction(&input.parent), fraction(&input.epoch));
    if !epoch.is_well_formed() {
        return Answer::reject(Some("header.epoch.malformed"), "EpochError::Malformed");
    }
    if !parent.is_genesis() && !epoch.is_successor_of(parent) {
        return Answer::reject(Some("header.epoch.non-continuous"), "EpochError::NonContinuous");
    }
    Answer::accept(Nothing {})
}

/// The steps of `EpochVerifier` in `ckb-verification-contextual`, and the condition of
/// `get_block_epoch` in `ckb-traits` for the next epoch.
pub(crate) fn verify_epoch(input: &VerifyEpochIn) -> Answer {
    let record = &input.record;
    let epoch = EpochExt::new_builder()
        .number(record.number.0.into())
        .start_number(record.start_number.0)
        .length(record.length.0.into())
        .compact_target(record.compact_target.0)
        .build();
    let number = input.block_number.0;
    if epoch.number_with_fraction(number) != fraction(&input.epoch) {
        return Answer::reject(Some("header.epoch.number-mismatch"), "EpochError::NumberMismatch");
    }
    if epoch.compact_target() != input.compact_target.0 {
        return Answer::reject(Some("header.epoch.target-mismatch"), "EpochError::TargetMismatch");
    }
    // `start + length - 1`, as a checked sum.
    let last =
        epoch.length().checked_sub(1).and_then(|rest| rest.checked_add(epoch.start_number()));
    Answer::accept(VerifyEpochOut { next_starts_epoch: last == Some(number) })
}
