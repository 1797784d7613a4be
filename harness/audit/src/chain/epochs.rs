//! The adjustment at the end of an epoch, where the uncles of the epoch are known, or the headers
//! leave few numbers of them.

use super::auditor::Seen;
use super::coverage::Coverage;
use super::divergence::Parted;
use crate::amount::grouped;
use crate::network::Network;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::Block;
use ckbspec_reference::pow::{
    Adjustment, CompactTarget, DAMPENING, EPOCH_LENGTH_MAX, EPOCH_LENGTH_MIN, Epoch, EpochEnd,
    U256, adjust,
};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU16;

/// How many numbers of uncles are tried at most.
const CANDIDATES_MAX: u64 = 512;

/// The uncles that a block can have.
const UNCLES_MAX: u64 = 2;

/// The epoch under way.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Epochs {
    running: Option<Running>,
}

/// What is known of the epoch of the last header.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Running {
    number: u32,
    start: u64,
    length: u16,
    compact_target: u32,
    /// The hash rate of the epoch before, as 32 bytes in hex, least significant first.
    hash_rate: Option<String>,
    /// Whether that follows from genesis without an assumption.
    certain: bool,
    /// Whether all headers since its first are there.
    whole: bool,
    /// The timestamp of the last block before it.
    previous_timestamp: Option<u64>,
    /// The fewest uncles and the most that its blocks can have so far.
    uncles: (u64, u64),
}

/// What a header was for the adjustment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// In the same epoch as its parent, or without one.
    None,
    /// The first of an epoch that follows exactly.
    Exact,
    /// The first of one that follows from a number of uncles that the headers allow.
    Implied,
    /// The first of one whose adjustment cannot be followed.
    Open,
}

impl Change {
    pub(super) fn count(self, coverage: &mut Coverage) {
        coverage.changes += u64::from(self != Self::None);
        coverage.changes_exact += u64::from(self == Self::Exact);
        coverage.changes_implied += u64::from(self == Self::Implied);
    }
}

/// What an adjustment led to.
struct Followed {
    change: Change,
    hash_rate: Option<U256>,
    certain: bool,
}

impl Epochs {
    /// One more header of the chain.
    pub(super) fn add(
        &mut self,
        network: &Network,
        parent: Option<&Seen>,
        seen: &Seen,
        block: Option<&Block>,
    ) -> Result<Change, Parted> {
        check_epoch_zero(network, seen)?;
        if seen.number() == 0 {
            self.running = Some(Running::genesis(network)?);
            return Ok(Change::None);
        }
        if self.running.is_none() && parent.is_some_and(|parent| parent.number() == 0) {
            self.running = Some(Running::genesis(network)?);
        }
        let change = match (&mut self.running, parent) {
            (Some(running), Some(_)) if running.number == seen.epoch.number() => Change::None,
            (Some(running), Some(parent)) => {
                let followed = running.follow(network, parent, seen)?;
                let mut next = Running::at(seen);
                next.hash_rate = followed.hash_rate.map(to_hex);
                next.certain = followed.certain && followed.hash_rate.is_some();
                next.previous_timestamp = Some(parent.header.raw.timestamp);
                *running = next;
                followed.change
            }
            (running, _) => {
                *running = Some(Running::at(seen));
                Change::None
            }
        };
        if let Some(running) = &mut self.running {
            let (fewest, most) = uncles(network, seen, block);
            running.uncles = (running.uncles.0 + fewest, running.uncles.1 + most);
        }
        Ok(change)
    }
}

/// Epoch 0 is the same on every header, whatever others are there.
fn check_epoch_zero(network: &Network, seen: &Seen) -> Result<(), Parted> {
    if seen.epoch.number() > 0 || seen.number() == 0 {
        return Ok(());
    }
    let parameters = &network.parameters;
    let length = parameters.genesis_epoch_length.get();
    let start = seen.number().checked_sub(seen.epoch.index().into());
    let target = parameters.genesis_compact_target;
    let compact = seen.header.raw.compact_target;
    if seen.epoch.length() == length && start == Some(0) && compact == target.0 {
        return Ok(());
    }
    Err(Parted::new("EPOCH-022", "epoch 0 is that of the chain's parameters")
        .rule(format!("{length} blocks from block 0 on, compact_target = {:#010x}", target.0))
        .data(format!("epoch = {}, compact_target = {compact:#010x}", seen.epoch)))
}

/// The fewest uncles and the most that a block has.
fn uncles(network: &Network, seen: &Seen, block: Option<&Block>) -> (u64, u64) {
    if let Some(block) = block {
        let count = u64::try_from(block.uncles.len()).unwrap_or(u64::MAX);
        return (count, count);
    }
    if seen.header.raw.extra_hash == Byte32::ZERO {
        return (0, 0);
    }
    // Without an extension, only uncles make the hash.
    (u64::from(seen.epoch.number() < network.extension_epoch), UNCLES_MAX)
}

impl Running {
    fn genesis(network: &Network) -> Result<Self, Parted> {
        let epoch = Epoch::genesis(&network.parameters)
            .map_err(|broken| Parted::broken(&broken, "the first epoch"))?;
        Ok(Self {
            number: 0,
            start: 0,
            length: epoch.record.length.get(),
            compact_target: epoch.record.compact_target.0,
            hash_rate: Some(to_hex(epoch.previous_hash_rate)),
            certain: true,
            whole: true,
            previous_timestamp: Some(network.genesis.raw.timestamp),
            uncles: (0, 0),
        })
    }

    /// The epoch of a header, of which nothing else is known.
    fn at(seen: &Seen) -> Self {
        Self {
            number: seen.epoch.number(),
            start: seen.number().saturating_sub(seen.epoch.index().into()),
            length: seen.epoch.length(),
            compact_target: seen.header.raw.compact_target,
            hash_rate: None,
            certain: false,
            whole: seen.epoch.index() == 0,
            previous_timestamp: None,
            uncles: (0, 0),
        }
    }

    /// Whether the first header of the next epoch follows from this one.
    fn follow(&self, network: &Network, last: &Seen, seen: &Seen) -> Result<Followed, Parted> {
        self.check_length(network, seen)?;
        let open = Followed { change: Change::Open, hash_rate: None, certain: false };
        let Some(previous_timestamp) = self.previous_timestamp.filter(|_| self.whole) else {
            return Ok(open);
        };
        let question = Question {
            network,
            epoch: self,
            end: EpochEnd {
                uncles: self.uncles.0,
                last_timestamp: last.header.raw.timestamp,
                previous_timestamp,
            },
            wanted: (seen.epoch.length(), seen.header.raw.compact_target),
        };
        let (fewest, most) = self.uncles;
        if fewest == most {
            let adjustment = question.next(fewest);
            return match adjustment {
                Some(next) if question.fits(&next) => Ok(Followed {
                    change: if self.certain { Change::Exact } else { Change::Implied },
                    hash_rate: Some(next.hash_rate),
                    certain: self.certain,
                }),
                next if self.certain => Err(question.parted(next.as_ref(), &fewest.to_string())),
                _ => Ok(open),
            };
        }
        let candidates = question.candidates(fewest, most);
        if candidates.end.saturating_sub(candidates.start) > CANDIDATES_MAX {
            return Ok(open);
        }
        let zero = (fewest == 0).then_some(0);
        let tried = zero.into_iter().chain(candidates).filter_map(|uncles| question.next(uncles));
        let fitting: Vec<Adjustment> = tried.filter(|next| question.fits(next)).collect();
        match fitting.as_slice() {
            [] if self.certain => {
                let nearest = question.next(fewest);
                Err(question.parted(nearest.as_ref(), &format!("{fewest} to {most}")))
            }
            [] => Ok(open),
            [one] => Ok(Followed {
                change: Change::Implied,
                hash_rate: Some(one.hash_rate),
                certain: self.certain,
            }),
            _ => Ok(Followed { change: Change::Implied, hash_rate: None, certain: false }),
        }
    }

    /// What holds of the next length whatever the uncles and timestamps were.
    fn check_length(&self, network: &Network, seen: &Seen) -> Result<(), Parted> {
        if network.parameters.has_permanent_difficulty() {
            return Ok(());
        }
        let (blocks, next) = (u64::from(self.length), u64::from(seen.epoch.length()));
        let least = (blocks / DAMPENING).max(EPOCH_LENGTH_MIN);
        let most = blocks.saturating_mul(DAMPENING).min(EPOCH_LENGTH_MAX);
        if (least..=most).contains(&next) || least > most {
            return Ok(());
        }
        Err(Parted::new("EPOCH-017", "the next length lies within its bounds")
            .rule(format!("{least} ≤ length ≤ {most} after an epoch of {blocks} blocks"))
            .data(format!("length = {next}")))
    }
}

/// The end of an epoch, and what came after it.
struct Question<'a> {
    network: &'a Network,
    epoch: &'a Running,
    end: EpochEnd,
    wanted: (u16, u32),
}

impl Question<'_> {
    /// The next epoch if this one had so many uncles; where the hash rate before is not known, as
    /// if it had been the same.
    fn next(&self, uncles: u64) -> Option<Adjustment> {
        let end = EpochEnd { uncles, ..self.end };
        let target = CompactTarget(self.epoch.compact_target);
        let undamped = || {
            let blocks = u64::from(self.epoch.length).checked_add(uncles)?;
            let hashes = target.difficulty().checked_mul(U256::from(blocks))?;
            hashes.checked_div(U256::from(end.duration()))
        };
        let known = self.epoch.hash_rate.as_deref().and_then(from_hex);
        let (length, hash_rate) = (NonZeroU16::new(self.epoch.length)?, known.or_else(undamped)?);
        adjust(&self.network.parameters, length, target, hash_rate, &end).ok()
    }

    fn fits(&self, adjustment: &Adjustment) -> bool {
        self.wanted == (adjustment.length.get(), adjustment.compact_target.0)
    }

    /// The numbers of uncles, from 1 on, that lead to the wanted length: more uncles never make
    /// the next epoch longer.
    fn candidates(&self, fewest: u64, most: u64) -> std::ops::Range<u64> {
        let first = |is_reached: &dyn Fn(u16) -> bool| {
            let (mut low, mut high) = (fewest.max(1), most.saturating_add(1));
            while low < high {
                let middle = low + (high - low) / 2;
                let length = self.next(middle).map(|next| next.length.get());
                if length.is_some_and(is_reached) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            low
        };
        let wanted = self.wanted.0;
        first(&|length| length <= wanted)..first(&|length| length < wanted)
    }

    /// The two computations.
    fn parted(&self, next: Option<&Adjustment>, uncles: &str) -> Parted {
        let (length, target) = self.wanted;
        let law = "the next epoch follows from blocks, uncles and time of the one before";
        let mut parted = Parted::new("EPOCH-016", law).rule(format!(
            "{} blocks, {uncles} uncles, {} seconds",
            self.epoch.length,
            grouped(self.end.duration())
        ));
        if let Some(trace) = next.and_then(|next| next.trace) {
            parted = parted
                .rule(format!("hash rate {}, kept near the one before:", trace.hash_rate_estimate))
                .rule(format!("          {}", trace.hash_rate))
                .rule(format!(
                    "length {:?} within {} to {}",
                    trace.raw_length, trace.length_min, trace.length_max
                ))
                .rule(format!("difficulty {}", trace.difficulty));
        }
        if let Some(next) = next {
            let compact = next.compact_target.0;
            parted = parted.rule(format!("length {}, compact_target {compact:#010x}", next.length));
        }
        parted
            .data(format!("length {length}, compact_target {target:#010x}"))
            .data(format!("difficulty {}", CompactTarget(target).difficulty()))
    }
}

fn to_hex(number: U256) -> String {
    const_hex::encode(number.to_le_bytes::<32>())
}

fn from_hex(text: &str) -> Option<U256> {
    let mut bytes = [0; 32];
    const_hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(U256::from_le_bytes(bytes))
}
