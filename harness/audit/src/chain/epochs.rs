//! Checks the adjustment at the end of an epoch, where the number of its uncles is known, or where
//! the headers allow only a few numbers.

use super::coverage::Coverage;
use super::divergence::Mismatch;
use super::header::KnownHeader;
use crate::amount::grouped;
use crate::network::Network;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::Block;
use ckbspec_reference::pow::{
    Adjustment, CompactTarget, Epoch, EpochEnd, U256, adjust, length_bounds,
};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU16;

/// The greatest count of numbers of uncles that are tried.
const CANDIDATES_MAX: u64 = 512;

/// The most uncles that a block can have.
const UNCLES_MAX: u64 = 2;

/// The epoch of the last header.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Epochs {
    running: Option<Running>,
}

/// What the audit knows of the epoch of the last header.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Running {
    number: u32,
    start: u64,
    length: u16,
    compact_target: u32,
    /// `H_p`: the hash rate of the epoch before, as 32 bytes in hex, least significant byte first.
    hash_rate: Option<String>,
    /// Whether that hash rate follows from genesis without assumptions.
    certain: bool,
    /// Whether the data have all headers of the epoch from the first on.
    whole: bool,
    /// The timestamp of the last block of the epoch before.
    previous_timestamp: Option<u64>,
    /// The least and the greatest number of uncles that its blocks so far can have.
    uncles: (u64, u64),
}

/// Whether a header is the first of its epoch, and how its adjustment was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EpochChange {
    /// It is in the same epoch as its parent, or its parent is not in the data.
    None,
    /// It is the first, and the epoch follows from the known number of uncles.
    Exact,
    /// It is the first, and the epoch follows from a number of uncles that the headers allow.
    Implied,
    /// It is the first, and the data do not suffice to check the adjustment.
    Open,
}

impl EpochChange {
    pub(super) fn count(self, coverage: &mut Coverage) {
        coverage.changes += u64::from(self != Self::None);
        coverage.changes_exact += u64::from(self == Self::Exact);
        coverage.changes_implied += u64::from(self == Self::Implied);
    }
}

/// The result of checking an adjustment.
struct Followed {
    change: EpochChange,
    hash_rate: Option<U256>,
    certain: bool,
}

impl Epochs {
    /// Takes the next header of the chain.
    pub(super) fn add(
        &mut self,
        network: &Network,
        parent: Option<&KnownHeader>,
        known: &KnownHeader,
        block: Option<&Block>,
    ) -> Result<EpochChange, Mismatch> {
        check_epoch_zero(network, known)?;
        if known.number() == 0 {
            self.running = Some(Running::genesis(network)?);
            return Ok(EpochChange::None);
        }
        if self.running.is_none() && parent.is_some_and(|parent| parent.number() == 0) {
            self.running = Some(Running::genesis(network)?);
        }
        let change = match (&mut self.running, parent) {
            (Some(running), Some(_)) if running.number == known.epoch.number() => EpochChange::None,
            (Some(running), Some(parent)) => {
                let followed = running.follow(network, parent, known)?;
                let mut next = Running::at(known);
                next.hash_rate = followed.hash_rate.map(to_hex);
                next.certain = followed.certain && followed.hash_rate.is_some();
                next.previous_timestamp = Some(parent.header.raw.timestamp);
                *running = next;
                followed.change
            }
            (running, _) => {
                *running = Some(Running::at(known));
                EpochChange::None
            }
        };
        if let Some(running) = &mut self.running {
            let (fewest, most) = uncles(network, known, block);
            running.uncles = (running.uncles.0 + fewest, running.uncles.1 + most);
        }
        Ok(change)
    }
}

/// Checks a header of epoch 0, which the parameters of the chain determine.
fn check_epoch_zero(network: &Network, known: &KnownHeader) -> Result<(), Mismatch> {
    if known.epoch.number() > 0 || known.number() == 0 {
        return Ok(());
    }
    let parameters = &network.parameters;
    let length = parameters.genesis_epoch_length.get();
    let start = known.number().checked_sub(known.epoch.index().into());
    let target = parameters.genesis_compact_target;
    let compact = known.header.raw.compact_target;
    if known.epoch.length() == length && start == Some(0) && compact == target.0 {
        return Ok(());
    }
    Err(Mismatch::new("EPOCH-022", "epoch 0 is that of the chain's parameters")
        .expected(format!("{length} blocks from block 0 on, compact_target = {:#010x}", target.0))
        .found(format!("epoch = {}, compact_target = {compact:#010x}", known.epoch)))
}

/// The least and the greatest number of uncles that a block can have.
fn uncles(network: &Network, known: &KnownHeader, block: Option<&Block>) -> (u64, u64) {
    if let Some(block) = block {
        let count = u64::try_from(block.uncles.len()).unwrap_or(u64::MAX);
        return (count, count);
    }
    if known.header.raw.extra_hash == Byte32::ZERO {
        return (0, 0);
    }
    // Before blocks have extensions, a hash that is not zero means that there are uncles.
    (u64::from(known.epoch.number() < network.extension_epoch), UNCLES_MAX)
}

impl Running {
    fn genesis(network: &Network) -> Result<Self, Mismatch> {
        let epoch = Epoch::genesis(&network.parameters)
            .map_err(|broken| Mismatch::of(&broken, "the first epoch"))?;
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

    /// The epoch of a header, if no other header is known.
    fn at(known: &KnownHeader) -> Self {
        Self {
            number: known.epoch.number(),
            start: known.number().saturating_sub(known.epoch.index().into()),
            length: known.epoch.length(),
            compact_target: known.header.raw.compact_target,
            hash_rate: None,
            certain: false,
            whole: known.epoch.index() == 0,
            previous_timestamp: None,
            uncles: (0, 0),
        }
    }

    /// Checks whether the first header of the next epoch follows from this epoch.
    fn follow(
        &self,
        network: &Network,
        last: &KnownHeader,
        known: &KnownHeader,
    ) -> Result<Followed, Mismatch> {
        self.check_length(network, known)?;
        let open = Followed { change: EpochChange::Open, hash_rate: None, certain: false };
        let Some(previous_timestamp) = self.previous_timestamp.filter(|_| self.whole) else {
            return Ok(open);
        };
        let ended = EndedEpoch {
            network,
            epoch: self,
            end: EpochEnd {
                uncles: self.uncles.0,
                last_timestamp: last.header.raw.timestamp,
                previous_timestamp,
            },
            wanted: (known.epoch.length(), known.header.raw.compact_target),
        };
        let (fewest, most) = self.uncles;
        if fewest == most {
            let adjustment = ended.adjusted(fewest);
            return match adjustment {
                Some(next) if ended.fits(&next) => Ok(Followed {
                    change: if self.certain { EpochChange::Exact } else { EpochChange::Implied },
                    hash_rate: Some(next.hash_rate),
                    certain: self.certain,
                }),
                next if self.certain => Err(ended.mismatch(next.as_ref(), &fewest.to_string())),
                _ => Ok(open),
            };
        }
        let candidates = ended.candidates(fewest, most);
        if candidates.end.saturating_sub(candidates.start) > CANDIDATES_MAX {
            return Ok(open);
        }
        let zero = (fewest == 0).then_some(0);
        let tried = zero.into_iter().chain(candidates).filter_map(|uncles| ended.adjusted(uncles));
        let fitting: Vec<Adjustment> = tried.filter(|next| ended.fits(next)).collect();
        match fitting.as_slice() {
            [] if self.certain => {
                let nearest = ended.adjusted(fewest);
                Err(ended.mismatch(nearest.as_ref(), &format!("{fewest} to {most}")))
            }
            [] => Ok(open),
            [one] => Ok(Followed {
                change: EpochChange::Implied,
                hash_rate: Some(one.hash_rate),
                certain: self.certain,
            }),
            _ => Ok(Followed { change: EpochChange::Implied, hash_rate: None, certain: false }),
        }
    }

    /// Checks the bounds of the next length, which do not depend on uncles and timestamps.
    fn check_length(&self, network: &Network, known: &KnownHeader) -> Result<(), Mismatch> {
        if network.parameters.has_permanent_difficulty() {
            return Ok(());
        }
        let (blocks, next) = (u64::from(self.length), u64::from(known.epoch.length()));
        let (least, most) = length_bounds(blocks);
        if (least..=most).contains(&next) || least > most {
            return Ok(());
        }
        Err(Mismatch::new("EPOCH-017", "the next length lies within its bounds")
            .expected(format!("{least} ≤ length ≤ {most} after an epoch of {blocks} blocks"))
            .found(format!("length = {next}")))
    }
}

/// An epoch that has ended, and the length and compact target of the next one in the data.
struct EndedEpoch<'a> {
    network: &'a Network,
    epoch: &'a Running,
    end: EpochEnd,
    wanted: (u16, u32),
}

impl EndedEpoch<'_> {
    /// The adjustment if the epoch had this number of uncles. An unknown previous hash rate counts
    /// as 0, which means no dampening (EPOCH-013).
    fn adjusted(&self, uncles: u64) -> Option<Adjustment> {
        let end = EpochEnd { uncles, ..self.end };
        let length = NonZeroU16::new(self.epoch.length)?;
        let target = CompactTarget(self.epoch.compact_target);
        let hash_rate = self.epoch.hash_rate.as_deref().and_then(from_hex).unwrap_or(U256::ZERO);
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
                let length = self.adjusted(middle).map(|next| next.length.get());
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

    /// The mismatch, with both computations.
    fn mismatch(&self, next: Option<&Adjustment>, uncles: &str) -> Mismatch {
        let (length, target) = self.wanted;
        let law = "the next epoch follows from blocks, uncles and time of the one before";
        let mut mismatch = Mismatch::new("EPOCH-016", law).expected(format!(
            "{} blocks, {uncles} uncles, {} seconds",
            self.epoch.length,
            grouped(self.end.duration())
        ));
        if let Some(trace) = next.and_then(|next| next.trace) {
            mismatch = mismatch
                .expected(format!(
                    "hash rate {}, kept near the one before:",
                    trace.hash_rate_estimate
                ))
                .expected(format!("          {}", trace.hash_rate))
                .expected(format!(
                    "length {:?} within {} to {}",
                    trace.raw_length, trace.length_min, trace.length_max
                ))
                .expected(format!("difficulty {}", trace.difficulty));
        }
        if let Some(next) = next {
            let compact = next.compact_target.0;
            mismatch = mismatch
                .expected(format!("length {}, compact_target {compact:#010x}", next.length));
        }
        mismatch
            .found(format!("length {length}, compact_target {target:#010x}"))
            .found(format!("difficulty {}", CompactTarget(target).difficulty()))
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
