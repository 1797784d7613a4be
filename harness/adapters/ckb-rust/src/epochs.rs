//! Area `pow`: epoch fields, with `EpochNumberWithFraction` and `EpochExt`, and the adjustment,
//! with `Consensus`.

use crate::pow::{from_node, into_node};
use ckb_chain_spec::consensus::{Consensus, build_genesis_epoch_ext};
use ckb_pow::Pow;
use ckb_traits::EpochProvider;
use ckb_types::core::{
    BlockExt, Capacity, EpochExt, EpochNumberWithFraction, HeaderBuilder, HeaderView,
};
use ckb_types::packed::Byte32;
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::{
    CompareEpochsIn, CompareEpochsOut, Epoch, EpochFractionIn, EpochFractionOut, EpochParameters,
    GenesisEpochIn, GenesisEpochOut, NextEpochIn, NextEpochOut, Nothing, Order, PowEngine,
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

/// Compares rational values, as maturity and `since` do. The node panics on a length of zero.
pub(crate) fn compare(input: &CompareEpochsIn) -> CompareEpochsOut {
    let (left, right) = (fraction(&input.left), fraction(&input.right));
    let ordering = match left.to_rational().cmp(&right.to_rational()) {
        Ordering::Less => Order::Less,
        Ordering::Equal => Order::Equal,
        Ordering::Greater => Order::Greater,
    };
    CompareEpochsOut { ordering }
}

/// The steps of `EpochVerifier` in `ckb-verification`, with the functions that it calls.
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

/// The node's default chain with the parameters of a question.
fn consensus(parameters: &EpochParameters) -> Consensus {
    let rate = &parameters.orphan_rate_target;
    Consensus {
        pow: match parameters.engine {
            PowEngine::Eaglesong => Pow::Eaglesong,
            PowEngine::EaglesongBlake2b => Pow::EaglesongBlake2b,
            PowEngine::Dummy => Pow::Dummy,
        },
        permanent_difficulty_in_dummy: parameters.permanent_difficulty_in_dummy,
        epoch_duration_target: parameters.epoch_duration_target.0,
        orphan_rate_target: ckb_rational::RationalU256::new(
            rate.numerator.0.into(),
            rate.denominator.0.into(),
        ),
        initial_primary_epoch_reward: Capacity::shannons(parameters.initial_primary_epoch_reward.0),
        primary_epoch_reward_halving_interval: parameters.halving_interval.0,
        ..Consensus::default()
    }
}

fn epoch_out(epoch: &EpochExt) -> Epoch {
    let narrow = |value: u64| {
        Uint32(u32::try_from(value).unwrap_or_else(|_| unreachable!("a number of 24 bits")))
    };
    Epoch {
        number: narrow(epoch.number()),
        start_number: Uint64(epoch.start_number()),
        length: narrow(epoch.length()),
        compact_target: Uint32(epoch.compact_target()),
        base_block_reward: Uint64(epoch.base_block_reward().as_u64()),
        remainder_reward: Uint64(epoch.remainder_reward().as_u64()),
        previous_hash_rate: from_node(epoch.previous_epoch_hash_rate()),
    }
}

pub(crate) fn genesis(input: &GenesisEpochIn) -> GenesisEpochOut {
    let parameters = &input.parameters;
    let rate = &parameters.orphan_rate_target;
    let epoch = build_genesis_epoch_ext(
        Capacity::shannons(parameters.initial_primary_epoch_reward.0),
        input.compact_target.0,
        input.length.0.into(),
        parameters.epoch_duration_target.0,
        (rate.numerator.0, rate.denominator.0),
    );
    GenesisEpochOut { epoch: epoch_out(&epoch) }
}

/// Computes the next epoch with `next_epoch_ext`, which does not return intermediate values.
pub(crate) fn next(input: &NextEpochIn) -> Answer {
    let end = EndOfEpoch::new(input);
    let next = consensus(&input.parameters).next_epoch_ext(&end.last, &end);
    match next {
        Some(next) if next.is_head() => {
            Answer::accept(NextEpochOut { epoch: epoch_out(&next.epoch()), trace: None })
        }
        _ => Answer::fault("the node did not recognise the end of the epoch"),
    }
}

/// A store with the two blocks that an adjustment reads.
struct EndOfEpoch {
    epoch: EpochExt,
    previous: HeaderView,
    last: HeaderView,
    uncles: u64,
}

impl EndOfEpoch {
    fn new(input: &NextEpochIn) -> Self {
        let Epoch { number, start_number, length, compact_target, .. } = &input.epoch;
        let header = |number: u64, timestamp: &Uint64| -> HeaderView {
            let builder = HeaderBuilder::default().number(number).timestamp(timestamp.0);
            builder.compact_target(compact_target.0).build()
        };
        // A block number cannot exceed 64 bits: the node would not recognise the end.
        let last_number = u64::from(length.0)
            .checked_sub(1)
            .and_then(|rest| rest.checked_add(start_number.0))
            .unwrap_or_default();
        let previous = header(start_number.0.saturating_sub(1), &input.previous_timestamp);
        let epoch = EpochExt::new_builder()
            .number(number.0.into())
            .start_number(start_number.0)
            .length(length.0.into())
            .compact_target(compact_target.0)
            .base_block_reward(Capacity::shannons(input.epoch.base_block_reward.0))
            .remainder_reward(Capacity::shannons(input.epoch.remainder_reward.0))
            .previous_epoch_hash_rate(into_node(&input.epoch.previous_hash_rate))
            .last_block_hash_in_previous_epoch(previous.hash())
            .build();
        let last = header(last_number, &input.last_timestamp);
        Self { epoch, previous, last, uncles: input.uncles.0 }
    }
}

impl EpochProvider for EndOfEpoch {
    fn get_epoch_ext(&self, _: &HeaderView) -> Option<EpochExt> {
        Some(self.epoch.clone())
    }

    /// The node reads genesis for epoch 0, whose time begins with genesis.
    fn get_block_hash(&self, _: u64) -> Option<Byte32> {
        Some(self.previous.hash())
    }

    fn get_block_ext(&self, hash: &Byte32) -> Option<BlockExt> {
        let total_uncles_count = if *hash == self.last.hash() { self.uncles } else { 0 };
        Some(block_ext(total_uncles_count, vec![]))
    }

    fn get_block_header(&self, _: &Byte32) -> Option<HeaderView> {
        Some(self.previous.clone())
    }
}

/// The data that the node stores in addition to a block.
pub(crate) fn block_ext(total_uncles_count: u64, txs_fees: Vec<Capacity>) -> BlockExt {
    BlockExt {
        received_at: 0,
        total_difficulty: ckb_types::U256::zero(),
        total_uncles_count,
        verified: None,
        txs_fees,
        cycles: None,
        txs_sizes: None,
    }
}
