//! Laws of the adjustment, and a second implementation to compare it with: the formulas of
//! RFC 0020 in fractions, as the chapter states them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use ckbspec_reference::pow::{
    Adjustment, CompactTarget, EPOCH_LENGTH_MAX, EPOCH_LENGTH_MIN, Epoch, EpochEnd, EpochRecord,
    PowEngine, U256, difficulty_to_compact, next_epoch,
};
use ckbspec_reference::{Parameters, Ratio};
use proptest::prelude::*;
use ruint::Uint;
use std::num::{NonZeroU16, NonZeroU32, NonZeroU64};
use std::ops::{Add, Div, Mul};

type Huge = Uint<2048, 32>;

/// A fraction that is never reduced; 2,048 bits suffice for every value in these tests.
#[derive(Clone, Copy, Debug)]
struct Fraction(Huge, Huge);

fn whole(number: impl Into<U256>) -> Fraction {
    Fraction(Huge::from(number.into()), Huge::ONE)
}

impl Add for Fraction {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
    }
}

impl Mul for Fraction {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0, self.1 * other.1)
    }
}

impl Div for Fraction {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self(self.0 * other.1, self.1 * other.0)
    }
}

impl Fraction {
    fn floor(self) -> Huge {
        self.0 / self.1
    }

    fn less_one(self) -> Option<Self> {
        (self.0 > self.1).then(|| Self(self.0 - self.1, self.1))
    }
}

/// The next length, compact target and hash rate, computed step by step as in the chapter.
fn twin(parameters: &Parameters, epoch: &Epoch, end: &EpochEnd) -> (u64, CompactTarget, U256) {
    let one = whole(U256::ONE);
    let blocks = u64::from(epoch.record.length.get());
    let (c, u) = (whole(U256::from(blocks)), whole(U256::from(end.uncles)));
    let l = whole(U256::from(end.duration()));
    let target = whole(U256::from(parameters.epoch_duration_target.get()));
    let d = whole(epoch.record.compact_target.difficulty());

    let estimate = (d * (c + u) / l).floor();
    let previous = Huge::from(epoch.previous_hash_rate);
    let (half, twice) = (previous >> 1_usize, previous << 1_usize);
    let dampened = match previous.is_zero() {
        true => estimate,
        false if estimate < half => half,
        false if estimate > twice => twice,
        false => estimate,
    };
    let hash_rate = dampened.max(Huge::ONE);

    let (max, min) = ((2 * blocks).min(EPOCH_LENGTH_MAX), (blocks / 2).max(EPOCH_LENGTH_MIN));
    let rate = parameters.orphan_rate_target;
    let ideal = Fraction(Huge::from(rate.numerator), Huge::from(rate.denominator.get()));
    let (length, blocks_and_uncles) = if end.uncles == 0 {
        (max, one)
    } else {
        let o = u / c;
        let raw = ideal * (one + o) * target * c / (o * (one + ideal) * l);
        let [raw, ..] = *raw.floor().as_limbs();
        let length = if raw > max {
            max
        } else if raw < min {
            min
        } else {
            raw
        };
        let r = (one + o) * target * c / (o * l * whole(U256::from(length)));
        let expected = match r.less_one() {
            Some(r) if length != raw => one / r,
            _ => ideal,
        };
        (length, one + expected)
    };
    let numerator = Fraction(hash_rate, Huge::ONE) * target;
    let next = (numerator / (whole(U256::from(length)) * blocks_and_uncles)).floor().max(Huge::ONE);
    let compact = difficulty_to_compact(U256::from(next)).unwrap();
    (length, compact, U256::from(hash_rate))
}

fn question(
    length: u16,
    compact: u32,
    previous_hash_rate: U256,
    uncles: u64,
    duration_ms: u64,
) -> (Epoch, EpochEnd) {
    let (length, compact_target) = (NonZeroU16::new(length).unwrap(), CompactTarget(compact));
    let record = EpochRecord { number: 7, start_number: 9_000, length, compact_target };
    let epoch = Epoch { record, base_block_reward: 1_000, remainder_reward: 5, previous_hash_rate };
    (epoch, EpochEnd { uncles, last_timestamp: duration_ms, previous_timestamp: 0 })
}

/// Epochs, their ends and parameters, often near the bounds.
fn questions() -> impl Strategy<Value = (Parameters, Epoch, EpochEnd)> {
    let length = prop_oneof![1_u16..=1_800, Just(1_743), Just(300), 1_u16..=u16::MAX];
    let uncles = prop_oneof![Just(0_u64), 1_u64..100, 0_u64..4_000];
    let duration = prop_oneof![0_u64..3_000, 10_000_000_u64..20_000_000, 0..=400_000_000_u64];
    let compact = 0x1000_0000_u32..0x2100_0000;
    let target = prop_oneof![Just(14_400_u64), 1_u64..100_000];
    let rate = prop_oneof![Just((1, 40)), (0_u32..100, 1_u32..100)];
    (length, uncles, duration, compact, target, rate, any::<(u64, u8)>()).prop_map(
        |(length, uncles, duration, compact, target, (numerator, denominator), (seed, near))| {
            let denominator = NonZeroU32::new(denominator).unwrap();
            let parameters = Parameters {
                engine: PowEngine::Eaglesong,
                epoch_duration_target: NonZeroU64::new(target).unwrap(),
                orphan_rate_target: Ratio { numerator, denominator },
                ..Parameters::MAINNET
            };
            let difficulty = CompactTarget(compact).difficulty();
            let blocks = U256::from(u64::from(length) + uncles);
            let estimate = difficulty * blocks / U256::from((duration / 1_000).max(1));
            let rate = match near % 4 {
                0 => U256::from(seed),
                1 => (estimate >> 1_usize) + U256::from(near % 3),
                2 => (estimate << 1_usize) + U256::from(near % 3),
                _ => estimate,
            };
            let (epoch, end) = question(length, compact, rate, uncles, duration);
            (parameters, epoch, end)
        },
    )
}

fn outcome(adjustment: &Adjustment) -> (u64, CompactTarget, U256) {
    let Adjustment { length, compact_target, hash_rate, .. } = *adjustment;
    (length.get().into(), compact_target, hash_rate)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn one_division_is_as_good_as_fractions((parameters, epoch, end) in questions()) {
        let (_, adjustment) = next_epoch(&parameters, &epoch, &end).unwrap();
        prop_assert_eq!(outcome(&adjustment), twin(&parameters, &epoch, &end));
    }

    #[test]
    fn nothing_leaves_its_bounds((parameters, epoch, end) in questions()) {
        let (next, adjustment) = next_epoch(&parameters, &epoch, &end).unwrap();
        let (length, _, hash_rate) = outcome(&adjustment);
        let blocks = u64::from(epoch.record.length.get());
        let trace = adjustment.trace.unwrap();
        let (min, max) = (trace.length_min, trace.length_max);
        prop_assert_eq!(max, EPOCH_LENGTH_MAX.min(2 * blocks));
        prop_assert_eq!(min, EPOCH_LENGTH_MIN.max(blocks / 2));
        prop_assert!(length <= max.max(min));
        prop_assert!(end.uncles == 0 || length >= min.min(max));
        let previous = epoch.previous_hash_rate;
        if previous > U256::ONE {
            prop_assert!(hash_rate >= previous >> 1_usize);
            prop_assert!(hash_rate <= previous << 1_usize);
        }
        prop_assert!(trace.difficulty >= U256::ONE);
        prop_assert_eq!(next.primary_reward(), epoch.primary_reward());
    }

    #[test]
    fn only_the_difference_of_timestamps_counts(
        (parameters, epoch, end) in questions(),
        shift in 0_u64..1 << 60,
    ) {
        let shifted = EpochEnd {
            last_timestamp: end.last_timestamp + shift,
            previous_timestamp: end.previous_timestamp + shift,
            ..end
        };
        prop_assert_eq!(
            next_epoch(&parameters, &epoch, &end).unwrap(),
            next_epoch(&parameters, &epoch, &shifted).unwrap()
        );
    }

    #[test]
    fn more_time_means_a_lower_hash_rate_and_no_longer_an_epoch(
        (parameters, epoch, end) in questions(),
        more in 0_u64..100_000_000,
    ) {
        let later = EpochEnd { last_timestamp: end.last_timestamp + more, ..end };
        let (soon, _) = next_epoch(&parameters, &epoch, &end).unwrap();
        let (late, _) = next_epoch(&parameters, &epoch, &later).unwrap();
        prop_assert!(late.previous_hash_rate <= soon.previous_hash_rate);
        // For other lengths the lower bound exceeds the upper one, and a lower raw length can give
        // a longer epoch.
        if (150..=3_601).contains(&epoch.record.length.get()) {
            prop_assert!(late.record.length <= soon.record.length);
        }
    }

    #[test]
    fn any_numbers_have_an_answer(
        length in 1..=u16::MAX, compact: u32, limbs: [u64; 4], uncles: u64, last: u64, previous: u64,
    ) {
        let (epoch, end) = question(length, compact, U256::from_limbs(limbs), uncles, last);
        let end = EpochEnd { previous_timestamp: previous, ..end };
        if let Err(violation) = next_epoch(&Parameters::MAINNET, &epoch, &end) {
            prop_assert_eq!(violation.rule.as_str(), "EPOCH-020");
        }
    }
}
