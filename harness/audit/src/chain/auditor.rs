//! One header after another: links, epochs, C, AR and S.

use super::coverage::Coverage;
use super::divergence::{Divergence, Parted};
use super::epochs::Epochs;
use super::ledger::{Ledger, Lookup};
use crate::amount::grouped;
use crate::json::HeaderOrBlock;
use crate::network::Network;
use ckbspec_common::problem::Problem;
use ckbspec_reference::RuleSet;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::hash::{header_hash, pow_hash};
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::issuance::{DaoField, Issuance, IssuingEpoch, block_issuance};
use ckbspec_reference::pow::{CompactTarget, EpochFraction, verify, verify_successor};
use std::fmt;
use std::num::{NonZeroU16, NonZeroU64};
use std::sync::Arc;

/// What to check beside what is always checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The proof of work of every header.
    pub pow: bool,
    /// Refuse data with gaps.
    pub contiguous: bool,
    /// How many cells are kept for later blocks to spend.
    pub cells: usize,
}

/// Where an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, or the node.
    pub source: Arc<str>,
    /// The line; 0 for a node.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if self.line > 0 { write!(f, ":{}", self.line) } else { Ok(()) }
    }
}

/// Why an audit ends before its data.
#[derive(Debug)]
pub enum Refused {
    /// The data part from the rules.
    Divergence(Box<Divergence>),
    /// The data are not one chain, in order.
    Input(Problem),
    /// A gap, where none was allowed.
    Gap(Problem),
    /// The node cannot be asked for what a block spends.
    Node(Problem),
}

/// A header that was read.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) header: Header,
    pub(super) hash: Byte32,
    pub(super) dao: DaoField,
    pub(super) epoch: EpochFraction,
    pub(super) issuance: Issuance,
    pub(super) place: Place,
}

impl Seen {
    pub(super) fn number(&self) -> u64 {
        self.header.raw.number
    }
}

/// An audit under way.
#[derive(Debug)]
pub struct Auditor {
    pub(super) network: Option<Network>,
    pub(super) coverage: Coverage,
    pub(super) epochs: Epochs,
    /// The headers of the last height: one, or more where the data have a fork.
    pub(super) tips: Vec<Seen>,
    /// Those of the height before.
    before: Vec<Seen>,
    options: Options,
    rules: RuleSet,
    ledger: Ledger,
    issued: IssuedBefore,
}

/// What epochs before one have issued; asked again for each of its blocks.
#[derive(Clone, Copy, Debug, Default)]
struct IssuedBefore {
    epoch: u32,
    shannons: u128,
}

impl Auditor {
    /// An audit of a network; of the one that the first header belongs to, where none is given.
    pub fn new(network: Option<Network>, options: Options) -> Self {
        Self {
            network,
            coverage: Coverage::default(),
            epochs: Epochs::default(),
            tips: vec![],
            before: vec![],
            options,
            rules: RuleSet::all(),
            ledger: Ledger::new(options.cells),
            issued: IssuedBefore::default(),
        }
    }

    /// What was checked so far.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The network, once it is known.
    pub fn network(&self) -> Option<&Network> {
        self.network.as_ref()
    }

    /// The last header that was read.
    pub(super) fn tip(&self) -> Option<&Seen> {
        self.tips.first()
    }

    /// Checks one more header, with its block where that is there.
    ///
    /// # Errors
    /// At the first thing that is wrong.
    pub fn add(
        &mut self,
        item: &HeaderOrBlock,
        place: Place,
        lookup: &mut dyn Lookup,
    ) -> Result<(), Refused> {
        let number = item.header.raw.number;
        let hash = header_hash(&item.header);
        let parted = |parted: Parted| refused(parted.at(number, hash, &place));
        check_hash(item, hash).map_err(parted)?;
        let network = self.recognise(item, hash, &place)?;
        let (parameters, genesis) = (&network.parameters, &network.genesis);
        let height = self.height(&network, number, hash, &place)?;
        let parted = |parted: Parted| refused(parted.at(number, hash, &place));
        let epoch = EpochFraction(item.header.raw.epoch);
        let issuance = issuance(&network, &item.header).map_err(parted)?;
        let dao = DaoField::from_bytes(item.header.raw.dao.0);
        let seen =
            Seen { header: item.header.clone(), hash, dao, epoch, issuance, place: place.clone() };
        self.check_alone(&network, &seen).map_err(parted)?;
        let block = item.block.as_deref();
        let parent = self.parent(&network, &seen, height)?;
        if let Some(parent) = &parent {
            check_step(parent, &seen, &self.rules, &mut self.coverage).map_err(parted)?;
        } else if let (Height::Gap | Height::Next, Some(tip)) = (height, self.tips.first()) {
            check_far(tip, &seen).map_err(parted)?;
        }
        if self.options.pow && number > 0 {
            let target = CompactTarget(seen.header.raw.compact_target);
            let message = pow_hash(&seen.header.raw);
            verify(parameters.engine, &message, seen.header.nonce, target, &self.rules)
                .map_err(|broken| parted(Parted::broken(&broken, "the proof of work")))?;
            self.coverage.proofs += 1;
        }
        if height != Height::Beside {
            let changed = self.epochs.add(&network, parent.as_ref(), &seen, block);
            changed.map_err(parted)?.count(&mut self.coverage);
        }
        debug_assert!(number > 0 || seen.header == *genesis);
        let entry = super::ledger::Entry { seen: &seen, parent: parent.as_ref(), block };
        let coverage = &mut self.coverage;
        if height == Height::Beside {
            self.ledger.forget_window();
        } else {
            self.ledger.add(&network, &entry, lookup, coverage).map_err(|stop| match stop {
                super::ledger::CommandError::Parted(stop) => refused(stop.at(number, hash, &place)),
                super::ledger::CommandError::Node(problem) => Refused::Node(problem),
            })?;
        }
        self.keep(seen, height, block.is_some());
        Ok(())
    }

    /// Counts the header, and makes it the tip.
    fn keep(&mut self, seen: Seen, height: Height, with_block: bool) {
        self.coverage.headers += 1;
        self.coverage.blocks += u64::from(with_block);
        self.coverage.add_height(seen.number());
        if height == Height::Beside {
            self.coverage.beside += 1;
            self.tips.push(seen);
            return;
        }
        self.before = std::mem::replace(&mut self.tips, vec![seen]);
    }

    /// The network that the data belong to.
    fn recognise(
        &mut self,
        item: &HeaderOrBlock,
        hash: Byte32,
        place: &Place,
    ) -> Result<Network, Refused> {
        if let Some(network) = &self.network {
            return Ok(network.clone());
        }
        let header = &item.header;
        let target = CompactTarget(header.raw.compact_target);
        let message = pow_hash(&header.raw);
        let found = Network::all().into_iter().find(|network| {
            let genesis = header.raw.number == 0 && header_hash(&network.genesis) == hash;
            let engine = network.parameters.engine;
            genesis || verify(engine, &message, header.nonce, target, &self.rules).is_ok()
        });
        let unknown = || {
            let message = format!(
                "{place}: block {} belongs to no network that this tool knows: it is neither \
                 genesis, nor has it the proof of work of mainnet or testnet",
                grouped(header.raw.number)
            );
            let help = "--network NAME takes the data for that network's without such a proof";
            Refused::Input(Problem::new(message).help(help))
        };
        let found = found.ok_or_else(unknown)?;
        self.network = Some(found.clone());
        Ok(found)
    }

    /// Where a height stands after the last one.
    fn height(
        &self,
        network: &Network,
        number: u64,
        hash: Byte32,
        place: &Place,
    ) -> Result<Height, Refused> {
        if number == 0 && header_hash(&network.genesis) != hash {
            let message =
                format!("{place}: this is genesis of another chain than {}", network.name);
            return Err(Refused::Input(Problem::new(message).help(format!(
                "genesis of {} is {}, this is {hash}; --network names another chain",
                network.name,
                header_hash(&network.genesis)
            ))));
        }
        let Some(tip) = self.tips.first() else {
            return Ok(if number <= 1 { Height::Next } else { Height::Gap });
        };
        if tip.number().checked_add(1) == Some(number) {
            return Ok(Height::Next);
        }
        let (shown, last) = (grouped(number), grouped(tip.number()));
        if number < tip.number() {
            let message = format!("{place}: block {shown} comes after block {last}");
            let help = format!("heights must rise; block {last} stands at {}", tip.place);
            return Err(Refused::Input(Problem::new(message).help(help)));
        }
        if number == tip.number() {
            if let Some(twin) = self.tips.iter().find(|tip| tip.hash == hash) {
                let message = format!("{place}: block {shown} is there twice");
                let help = format!("it stands at {} already", twin.place);
                return Err(Refused::Input(Problem::new(message).help(help)));
            }
            return Ok(Height::Beside);
        }
        if self.options.contiguous {
            let first = grouped(tip.number().saturating_add(1));
            let message = format!("{place}: block {shown} follows block {last}");
            let help = format!("the header of block {first} is missing; --contiguous wants it");
            return Err(Refused::Gap(Problem::new(message).help(help)));
        }
        Ok(Height::Gap)
    }

    /// The parent, where the data have it.
    fn parent(
        &self,
        network: &Network,
        seen: &Seen,
        height: Height,
    ) -> Result<Option<Seen>, Refused> {
        if seen.number() == 0 || height == Height::Gap {
            return Ok(None);
        }
        let named = seen.header.raw.parent_hash;
        let known = if height == Height::Beside { &self.before } else { &self.tips };
        let genesis = (known.is_empty() && seen.number() == 1).then(|| genesis_seen(network));
        let candidates = match &genesis {
            Some(Ok(genesis)) => std::slice::from_ref(genesis),
            _ => known.as_slice(),
        };
        if let Some(parent) = candidates.iter().find(|parent| parent.hash == named) {
            return Ok(Some(parent.clone()));
        }
        let Some(expected) = candidates.first().filter(|_| height == Height::Next) else {
            // On a branch whose earlier headers are not in the data.
            return Ok(None);
        };
        let parted = Parted::new("HDR-001", "the parent is the block one lower")
            .rule(format!("parent_hash = {} ({})", expected.hash, expected.place))
            .data(format!("parent_hash = {named}"));
        Err(refused(parted.at(seen.number(), seen.hash, &seen.place)))
    }

    /// What a header shows without any other.
    fn check_alone(&mut self, network: &Network, seen: &Seen) -> Result<(), Parted> {
        let number = seen.epoch.number();
        if number < self.issued.epoch || self.issued.shannons == 0 {
            self.issued = IssuedBefore { epoch: 0, shannons: network.genesis_capacity.into() };
        }
        let per_epoch = |epoch: u32| {
            let primary = u128::from(network.parameters.primary_epoch_reward(epoch.into()));
            primary.saturating_add(network.parameters.secondary_epoch_reward.into())
        };
        for epoch in self.issued.epoch..number {
            self.issued.shannons = self.issued.shannons.saturating_add(per_epoch(epoch));
        }
        self.issued.epoch = number;
        let before = self.issued.shannons;
        let (index, length) = place_in_epoch(network, seen.epoch);
        let primary = network.parameters.primary_epoch_reward(number.into());
        let secondary = network.parameters.secondary_epoch_reward;
        let within = first_shares(primary, index, length) + first_shares(secondary, index, length);
        let total = before.saturating_add(within);
        if total != u128::from(seen.dao.c) {
            let parted = Parted::new("DAO-002", "C is what genesis and all epochs have issued")
                .rule(format!("C = {} = {before} before epoch {number}", grouped(total)))
                .rule(format!("  + {within} in its blocks 0 to {index} of {length}"))
                .data(format!("C = {}", grouped(seen.dao.c)));
            return Err(parted);
        }
        self.coverage.totals += 1;
        if seen.dao.u > seen.dao.c || seen.dao.s > seen.dao.c {
            let parted = Parted::new("DAO-005", "neither U nor S exceeds C")
                .rule(format!("U ≤ C and S ≤ C = {}", grouped(seen.dao.c)))
                .data(format!("U = {}, S = {}", grouped(seen.dao.u), grouped(seen.dao.s)));
            return Err(parted);
        }
        Ok(())
    }
}

/// How a height follows the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Height {
    /// The next one, or the first after genesis.
    Next,
    /// The same: a fork.
    Beside,
    /// A later one, or the first of the data.
    Gap,
}

fn refused(divergence: Divergence) -> Refused {
    Refused::Divergence(Box::new(divergence))
}

/// Whether the hash that the data state is that of the header.
fn check_hash(item: &HeaderOrBlock, hash: Byte32) -> Result<(), Parted> {
    match item.hash.filter(|stated| *stated != hash) {
        None => Ok(()),
        Some(stated) => Err(Parted::new("HASH-005", "the hash of a header")
            .rule(format!("hash = {hash}"))
            .data(format!("hash = {stated}"))),
    }
}

/// The header of genesis, as if it had been read.
pub(super) fn genesis_seen(network: &Network) -> Result<Seen, Parted> {
    let header = network.genesis.clone();
    Ok(Seen {
        hash: header_hash(&header),
        dao: DaoField::from_bytes(header.raw.dao.0),
        epoch: EpochFraction(header.raw.epoch),
        issuance: issuance(network, &header)?,
        place: Place { source: format!("genesis of {}", network.name).into(), line: 0 },
        header,
    })
}

/// The index of a block in its epoch, and the epoch's length; genesis has a field of zeros.
fn place_in_epoch(network: &Network, epoch: EpochFraction) -> (u16, u16) {
    if epoch == EpochFraction::GENESIS {
        return (0, network.parameters.genesis_epoch_length.get());
    }
    (epoch.index(), epoch.length())
}

/// What the blocks of an epoch up to an index have of its reward, when the first blocks have the
/// shannons that are left over.
fn first_shares(reward: u64, index: u16, length: u16) -> u128 {
    let (reward, length) = (u128::from(reward), u128::from(length.max(1)));
    let blocks = u128::from(index) + 1;
    (reward / length) * blocks + blocks.min(reward % length)
}

/// What a block issues, by what its header says of the epoch.
fn issuance(network: &Network, header: &Header) -> Result<Issuance, Parted> {
    let epoch = EpochFraction(header.raw.epoch);
    let (index, length) = place_in_epoch(network, epoch);
    if index >= length || (epoch == EpochFraction::GENESIS) != (header.raw.number == 0) {
        return Err(Parted::new("EPOCH-002", "the index of a block lies below the epoch's length")
            .rule(format!("0 ≤ index < {length}, and 0 + 0/0 for genesis alone"))
            .data(format!("epoch = {epoch}")));
    }
    let reward = network.parameters.primary_epoch_reward(epoch.number().into());
    let start = header.raw.number.checked_sub(index.into());
    let issued = start.zip(NonZeroU16::new(length)).and_then(|(start_number, length)| {
        let epoch = IssuingEpoch {
            start_number,
            length,
            base_block_reward: reward / NonZeroU64::from(length),
            remainder_reward: reward % NonZeroU64::from(length),
            secondary_epoch_reward: network.parameters.secondary_epoch_reward,
        };
        block_issuance(&epoch, header.raw.number)
    });
    issued.ok_or_else(|| {
        Parted::new("EPOCH-007", "a block lies at its index after the epoch's first")
            .rule(format!("number ≥ index = {index}"))
            .data(format!("number = {}", header.raw.number))
    })
}

/// What a header shows with its parent.
fn check_step(
    parent: &Seen,
    seen: &Seen,
    rules: &RuleSet,
    coverage: &mut Coverage,
) -> Result<(), Parted> {
    coverage.links += 1;
    verify_successor(parent.epoch, seen.epoch, rules).map_err(|broken| {
        let law = "an epoch's blocks have its indices one after another";
        let parted = Parted::broken(&broken, law);
        parted.rule(format!("the block after {}", parent.epoch))
    })?;
    same_target(parent, seen)?;
    let Issuance { primary, secondary } = seen.issuance;
    let (was, is) = (&parent.dao, &seen.dao);
    let c = u128::from(was.c) + u128::from(primary) + u128::from(secondary);
    if c != u128::from(is.c) {
        let grown = i128::from(is.c) - i128::from(was.c);
        return Err(Parted::new("DAO-002", "C grows by what the block issues")
            .rule(format!("C = {} + {primary} + {secondary} = {c}", was.c))
            .data(format!("C = {}, which is {grown} more", is.c)));
    }
    let growth = was.rate_growth(secondary);
    if growth.and_then(|growth| was.ar.checked_add(growth)) != Some(is.ar) {
        let shown = growth.map_or("a number above 64 bits".to_owned(), |growth| growth.to_string());
        let grown = i128::from(is.ar) - i128::from(was.ar);
        return Err(Parted::new("DAO-003", "AR grows by floor(AR · g2 / C)")
            .rule(format!("AR = {0} + floor({0} · {secondary} / {1})", was.ar, was.c))
            .rule(format!("   = {} + {shown}", was.ar))
            .data(format!("AR = {}, which is {grown} more", is.ar)));
    }
    coverage.steps += 1;
    check_s(parent, seen, coverage)
}

/// S without the body: what it falls short by was withdrawn, and that is not negative, nor more
/// than there was.
fn check_s(parent: &Seen, seen: &Seen, coverage: &mut Coverage) -> Result<(), Parted> {
    let (was, is, secondary) = (&parent.dao, &seen.dao, seen.issuance.secondary);
    let miner = was.miner_share(secondary).unwrap_or(u64::MAX);
    let most = u128::from(was.s) + u128::from(secondary.saturating_sub(miner));
    let Some(interest) = most.checked_sub(is.s.into()) else {
        return Err(Parted::new("DAO-004", "S grows by g2 − floor(g2 · U / C) at most")
            .rule(format!(
                "S ≤ {} + {secondary} − floor({secondary} · {} / {})",
                was.s, was.u, was.c
            ))
            .rule(format!("  = {} + {secondary} − {miner} = {most}", was.s))
            .data(format!("S = {}", is.s)));
    };
    coverage.s_bounded += 1;
    coverage.interest_implied += interest;
    coverage.interest_blocks += u64::from(interest > 0);
    Ok(())
}

/// Blocks of one epoch have one target.
fn same_target(earlier: &Seen, seen: &Seen) -> Result<(), Parted> {
    let (was, is) = (earlier.header.raw.compact_target, seen.header.raw.compact_target);
    if earlier.epoch.number() != seen.epoch.number() || was == is {
        return Ok(());
    }
    Err(Parted::new("EPOCH-008", "all blocks of an epoch have its target")
        .rule(format!("compact_target = {was:#010x} in block {}", earlier.number()))
        .data(format!("compact_target = {is:#010x}")))
}

/// What two headers with others between them have in common.
fn check_far(earlier: &Seen, seen: &Seen) -> Result<(), Parted> {
    let start = |seen: &Seen| seen.number().saturating_sub(seen.epoch.index().into());
    if earlier.epoch.number() == seen.epoch.number() && earlier.number() > 0 {
        if start(earlier) != start(seen) || earlier.epoch.length() != seen.epoch.length() {
            return Err(Parted::new("EPOCH-007", "an epoch has one beginning and one length")
                .rule(format!("begins with block {}: {}", start(earlier), earlier.epoch))
                .data(format!("begins with block {}: {}", start(seen), seen.epoch)));
        }
        same_target(earlier, seen)?;
    }
    if earlier.epoch.number() > seen.epoch.number() || earlier.dao.ar > seen.dao.ar {
        return Err(Parted::new("DAO-003", "neither epochs nor AR go back")
            .rule(format!("AR ≥ {} and {}", earlier.dao.ar, earlier.epoch))
            .data(format!("AR = {} and {}", seen.dao.ar, seen.epoch)));
    }
    Ok(())
}
