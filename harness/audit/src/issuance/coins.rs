//! What Bitcoin and Monero issue, by year.
//!
//! Block numbers follow from the dates of known blocks, and after the last of these from the time
//! that a block should take. Subsidies that miners did not claim, and Monero's penalties for large
//! blocks, are not subtracted.

use super::calendar::start_of;
use clap::ValueEnum;

/// A coin to compare CKB with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Coin {
    /// Bitcoin, whose subsidy halves every 210,000 blocks.
    Bitcoin,
    /// Monero, whose subsidy falls with every block to 0.6 XMR, and then stays.
    Monero,
}

impl Coin {
    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Bitcoin => "BTC",
            Self::Monero => "XMR",
        }
    }

    /// The decimals of its smallest unit.
    pub fn decimals(self) -> u32 {
        match self {
            Self::Bitcoin => 8,
            Self::Monero => 12,
        }
    }

    /// The source of its constants.
    pub fn source(self) -> &'static str {
        match self {
            Self::Bitcoin => {
                "bitcoin: Bitcoin Core, src/validation.cpp (GetBlockSubsidy: 50 BTC, halved every \
                 210,000 blocks), src/kernel/chainparams.cpp (600 s a block); timestamps of \
                 blocks 0, 210,000, 420,000, 630,000 and 840,000"
            }
            Self::Monero => {
                "monero: monero-project/monero, src/cryptonote_config.h and \
                 cryptonote_basic_impl.cpp (get_block_reward: (2^64 - 1 - issued) >> 19, at least \
                 0.6 XMR a block of 2 minutes; >> 20 for one minute before block 1,009,827), \
                 src/hardforks/hardforks.cpp (days of forks)"
            }
        }
    }

    /// What has been issued until a time in milliseconds since 1970, in the smallest unit.
    pub fn issued_at(self, time: u64) -> u128 {
        match self {
            Self::Bitcoin => bitcoin(block_number(&BITCOIN_BLOCKS, 600_000, time)),
            Self::Monero => monero(block_number(&monero_blocks(), 120_000, time)),
        }
    }
}

/// Bitcoin's genesis and halvings: timestamp in milliseconds, and block number.
const BITCOIN_BLOCKS: [(u64, u64); 5] = [
    (1_231_006_505_000, 0),
    (1_354_116_278_000, 210_000),
    (1_468_082_773_000, 420_000),
    (1_589_225_023_000, 630_000),
    (1_713_571_767_000, 840_000),
];

/// How many blocks Bitcoin has from one halving to the next.
const BITCOIN_HALVING: u64 = 210_000;

/// Bitcoin's first subsidy, in satoshis.
const BITCOIN_SUBSIDY: u64 = 5_000_000_000;

/// The first of Monero's blocks that takes two minutes.
const MONERO_TWO_MINUTES: u64 = 1_009_827;

/// Monero's genesis, and the hard forks 2, 12, 13 and 15, whose days are known.
fn monero_blocks() -> [(u64, u64); 5] {
    [
        ("2014-04-18", 0),
        ("2016-03-20", MONERO_TWO_MINUTES),
        ("2019-11-30", 1_978_433),
        ("2020-10-17", 2_210_000),
        ("2022-08-13", 2_688_888),
    ]
    .map(|(day, number)| (start_of(day).unwrap_or_default(), number))
}

/// The block number at a time: between known blocks it is interpolated, and after the last of them
/// it follows from the time that a block should take.
fn block_number(blocks: &[(u64, u64)], block_ms: u64, time: u64) -> u64 {
    let next = blocks.iter().position(|block| block.0 > time).unwrap_or(blocks.len());
    let Some(before) = next.checked_sub(1).and_then(|index| blocks.get(index)) else {
        return 0;
    };
    let Some(after) = blocks.get(next) else {
        return before.1 + (time - before.0) / block_ms;
    };
    before.1 + (time - before.0) * (after.1 - before.1) / (after.0 - before.0)
}

/// The satoshis that the first `blocks` blocks have issued.
fn bitcoin(blocks: u64) -> u128 {
    let mut issued = 0;
    for (index, start) in (0..blocks).step_by(210_000).enumerate() {
        let halvings = u32::try_from(index).unwrap_or(u32::MAX);
        let subsidy = BITCOIN_SUBSIDY.checked_shr(halvings).unwrap_or(0);
        issued += u128::from(subsidy) * u128::from(BITCOIN_HALVING.min(blocks - start));
    }
    issued
}

/// The piconeros that the first `blocks` blocks have issued.
fn monero(blocks: u64) -> u128 {
    /// 0.3 XMR a minute.
    const TAIL_A_MINUTE: u64 = 300_000_000_000;
    let mut issued = 0_u64;
    for block in 0..blocks {
        let (shift, tail) =
            if block < MONERO_TWO_MINUTES { (20, TAIL_A_MINUTE) } else { (19, 2 * TAIL_A_MINUTE) };
        let reward = (u64::MAX - issued) >> shift;
        if reward <= tail {
            // From here on the reward is constant, so the rest is a product.
            return u128::from(issued) + u128::from(tail) * u128::from(blocks - block);
        }
        issued += reward;
    }
    issued.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bitcoin_ends_below_21_million() {
        assert_eq!(bitcoin(210_000), 10_500_000 * 100_000_000);
        assert_eq!(bitcoin(840_000), 1_968_750_000_000_000);
        assert_eq!(bitcoin(7_000_000), 2_099_999_997_690_000);
    }

    /// The main emission ends with about 18.132 million XMR (monero-docs), in the spring of 2022.
    #[test]
    fn monero_has_a_tail() {
        let at = |day| Coin::Monero.issued_at(start_of(day).unwrap());
        assert_eq!((at("2031-01-01") - at("2030-01-01")) / 1_000_000_000_000, 157_680);
        let issued = at("2022-06-01") / 1_000_000_000_000_000;
        assert!((18_100..18_160).contains(&issued), "{issued}");
    }
}
