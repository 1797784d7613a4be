//! What differs between chains: the numbers of a chain specification that rules use.
//!
//! `spec/parameters/` lists them for people, and a test checks that both are equal. Amounts are in
//! shannons (1 CKB is 10⁸ shannons), and durations in seconds.

use crate::encoding::Byte32;
use crate::issuance::primary_epoch_reward;
use crate::pow::{CompactTarget, PowEngine};
use std::num::{NonZeroU16, NonZeroU32, NonZeroU64};

/// A constant as a nonzero number; zero does not compile.
macro_rules! nonzero {
    ($type:ident, $value:expr) => {
        match std::num::$type::new($value) {
            Some(value) => value,
            None => unreachable!(),
        }
    };
}

/// A proper fraction in a chain specification, not necessarily in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// The numerator.
    pub numerator: u32,
    /// The denominator.
    pub denominator: NonZeroU32,
}

impl Ratio {
    /// A constant ratio; a denominator of 0 does not compile in a constant.
    pub(crate) const fn constant(numerator: u32, denominator: u32) -> Self {
        Self { numerator, denominator: nonzero!(NonZeroU32, denominator) }
    }

    /// `floor(amount · numerator / denominator)`; `None` when the product exceeds 64 bits.
    pub(crate) fn of(self, amount: u64) -> Option<u64> {
        let product = amount.checked_mul(self.numerator.into())?;
        Some(product / NonZeroU64::from(self.denominator))
    }
}

/// The lengths, targets and rewards of one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The hash function of the proof of work.
    pub engine: PowEngine,
    /// The compact target of genesis, and so of epoch 0.
    pub genesis_compact_target: CompactTarget,
    /// How many blocks epoch 0 has, including genesis.
    pub genesis_epoch_length: NonZeroU16,
    /// `L_id`: how long an epoch should take, in seconds.
    pub epoch_duration_target: NonZeroU64,
    /// `o_id`: how many uncles there should be for each block of the main chain.
    pub orphan_rate_target: Ratio,
    /// Whether the difficulty never changes; it has an effect only with the dummy engine.
    pub permanent_difficulty_in_dummy: bool,
    /// The primary issuance of each epoch before the first halving, in shannons.
    pub initial_primary_epoch_reward: u64,
    /// `S_e`: the secondary issuance of each epoch, in shannons.
    pub secondary_epoch_reward: u64,
    /// How many epochs there are from one halving of the primary issuance to the next.
    pub halving_interval: NonZeroU64,
    /// The hash of the type script of the cell that holds the program of the Nervos DAO (GEN-012).
    /// The type script of a DAO cell has it as its code hash.
    pub dao_type_hash: Byte32,
}

impl Parameters {
    /// Mainnet, `ckb`.
    pub const MAINNET: Self = Self {
        engine: PowEngine::Eaglesong,
        genesis_compact_target: CompactTarget(0x1a08_a97e),
        genesis_epoch_length: nonzero!(NonZeroU16, 1_743),
        epoch_duration_target: nonzero!(NonZeroU64, 14_400),
        orphan_rate_target: Ratio::constant(1, 40),
        permanent_difficulty_in_dummy: false,
        initial_primary_epoch_reward: 191_780_821_917_808,
        secondary_epoch_reward: 61_369_863_013_698,
        halving_interval: nonzero!(NonZeroU64, 8_760),
        dao_type_hash: Byte32([
            0x82, 0xd7, 0x6d, 0x1b, 0x75, 0xfe, 0x2f, 0xd9, 0xa2, 0x7d, 0xfb, 0xaa, 0x65, 0xa0,
            0x39, 0x22, 0x1a, 0x38, 0x0d, 0x76, 0xc9, 0x26, 0xf3, 0x78, 0xd3, 0xf8, 0x1c, 0xf3,
            0xe7, 0xe1, 0x3f, 0x2e,
        ]),
    };

    /// The public testnet, `ckb_testnet`.
    pub const TESTNET: Self = Self {
        engine: PowEngine::EaglesongBlake2b,
        genesis_compact_target: CompactTarget(0x1e01_5555),
        genesis_epoch_length: nonzero!(NonZeroU16, 1_000),
        ..Self::MAINNET
    };

    /// The development chain, `ckb_dev`.
    pub const DEV: Self = Self {
        engine: PowEngine::Dummy,
        genesis_compact_target: CompactTarget(0x2001_0000),
        genesis_epoch_length: nonzero!(NonZeroU16, 10),
        epoch_duration_target: nonzero!(NonZeroU64, 80),
        permanent_difficulty_in_dummy: true,
        ..Self::MAINNET
    };

    /// The primary issuance of an epoch, in shannons.
    #[must_use]
    pub fn primary_epoch_reward(&self, epoch: u64) -> u64 {
        primary_epoch_reward(self.initial_primary_epoch_reward, self.halving_interval, epoch)
    }

    /// The sum of what the epochs before `epoch` issue, in shannons: C at the end of the epoch
    /// before, without the capacity of the cells of genesis.
    //= DAO-002
    #[must_use]
    pub fn issued_before(&self, epoch: u64) -> u128 {
        let mut issued = u128::from(self.secondary_epoch_reward).saturating_mul(epoch.into());
        let mut first = 0_u64;
        while first < epoch {
            let each = self.primary_epoch_reward(first);
            if each == 0 {
                break;
            }
            // All epochs until the next halving issue the same.
            let next = first.saturating_add(self.halving_interval.get()).min(epoch);
            let primary = u128::from(next.saturating_sub(first)).saturating_mul(each.into());
            issued = issued.saturating_add(primary);
            first = next;
        }
        issued
    }

    /// Whether every epoch has the same length and the same target.
    //= EPOCH-023
    #[must_use]
    pub fn has_permanent_difficulty(&self) -> bool {
        self.permanent_difficulty_in_dummy && self.engine == PowEngine::Dummy
    }
}
