//! Takes one header after another: finds its network, its position and its parent, and runs all
//! checks.

use super::bodies::{Bodies, BodyError, Lookup};
use super::coverage::Coverage;
use super::divergence::{Divergence, Mismatch};
use super::epochs::Epochs;
use super::header::{KnownHeader, SourceLine};
use super::headers::{check_alone, check_hash, check_later, check_step};
use crate::amount::grouped;
use crate::json::HeaderOrBlock;
use crate::network::Network;
use ckbspec_common::problem::Problem;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::hash::{header_hash, pow_hash};
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::pow::{CompactTarget, Proof, verify};
use ckbspec_reference::{RuleSet, Violation};
use std::sync::Arc;

/// Options of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether to check the proof of work of every header, too.
    pub pow: bool,
    /// Whether to refuse data with gaps.
    pub contiguous: bool,
    /// How many cells to keep for later blocks to spend.
    pub cells: usize,
}

/// Why an audit ends before the end of its data.
#[derive(Debug)]
pub enum ChainError {
    /// The data differ from what the rules require.
    Divergence(Box<Divergence>),
    /// The data are not one chain, in order.
    Input(Problem),
    /// The data have a gap, which `Options::contiguous` forbids.
    Gap(Problem),
    /// The node does not answer with a transaction or header that a block needs.
    Node(Problem),
}

/// A running audit.
#[derive(Debug)]
pub struct Auditor {
    network: Option<Arc<Network>>,
    pub(super) coverage: Coverage,
    pub(super) epochs: Epochs,
    /// The headers with the last block number: one, or more where the data have a fork.
    tips: Vec<Arc<KnownHeader>>,
    /// The headers with the block number before.
    before: Vec<Arc<KnownHeader>>,
    options: Options,
    rules: RuleSet,
    bodies: Bodies,
}

impl Auditor {
    /// An audit of a network; without one, of the network that the first header belongs to.
    pub fn new(network: Option<Network>, options: Options) -> Self {
        Self {
            network: network.map(Arc::new),
            coverage: Coverage::default(),
            epochs: Epochs::default(),
            tips: vec![],
            before: vec![],
            options,
            rules: RuleSet::all(),
            bodies: Bodies::new(options.cells),
        }
    }

    /// The counts of what was checked so far.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The network, once it is known.
    pub fn network(&self) -> Option<&Network> {
        self.network.as_deref()
    }

    /// The last header that was read.
    pub(super) fn tip(&self) -> Option<&KnownHeader> {
        self.tips.first().map(|tip| &**tip)
    }

    /// Checks the next header, and its block where the data have it.
    ///
    /// # Errors
    /// At the first check that fails.
    pub fn add(
        &mut self,
        item: HeaderOrBlock,
        line: SourceLine,
        lookup: &mut dyn Lookup,
    ) -> Result<(), ChainError> {
        let HeaderOrBlock { header, hash: stated, block } = item;
        let (number, hash) = (header.raw.number, header_hash(&header));
        let at_line = line.clone();
        let diverges = |mismatch: Mismatch| {
            ChainError::Divergence(Box::new(mismatch.at(number, hash, &at_line)))
        };
        check_hash(stated, hash).map_err(diverges)?;
        let network = self.recognise(&header, hash, &line)?;
        let position = self.position(&network, number, hash, &line)?;
        let known = KnownHeader::new(&network, header, hash, line).map_err(diverges)?;
        check_alone(&network, &known, &mut self.coverage).map_err(diverges)?;
        let parent = self.parent(&network, &known, position).map_err(diverges)?;
        if let Some(parent) = &parent {
            check_step(parent, &known, &self.rules, &mut self.coverage).map_err(diverges)?;
        } else if let Some(tip) = self.tips.first().filter(|_| position != ChainPosition::Beside) {
            check_later(tip, &known).map_err(diverges)?;
        }
        if self.options.pow && number > 0 {
            let proof = self.proves(&network, &known.header);
            proof.map_err(|violation| diverges(Mismatch::of(&violation, "the proof of work")))?;
            self.coverage.proofs += 1;
        }
        let (parent, block) = (parent.as_deref(), block.as_deref());
        if position == ChainPosition::Beside {
            self.bodies.forget_recent();
        } else {
            let change = self.epochs.add(&network, parent, &known, block);
            change.map_err(diverges)?.count(&mut self.coverage);
            let coverage = &mut self.coverage;
            let checked = self.bodies.add(&network, &known, parent, block, lookup, coverage);
            checked.map_err(|error| match error {
                BodyError::Mismatch(mismatch) => diverges(mismatch),
                BodyError::Node(problem) => ChainError::Node(problem),
            })?;
        }
        self.keep(known, position, block.is_some());
        Ok(())
    }

    /// Counts the header, and makes it the tip.
    fn keep(&mut self, known: KnownHeader, position: ChainPosition, with_block: bool) {
        self.coverage.headers += 1;
        self.coverage.blocks += u64::from(with_block);
        self.coverage.add_number(known.number());
        if position == ChainPosition::Beside {
            self.coverage.beside += 1;
            self.tips.push(Arc::new(known));
            return;
        }
        self.before = std::mem::replace(&mut self.tips, vec![Arc::new(known)]);
    }

    /// The network that the data belong to.
    fn recognise(
        &mut self,
        header: &Header,
        hash: Byte32,
        line: &SourceLine,
    ) -> Result<Arc<Network>, ChainError> {
        if let Some(network) = &self.network {
            return Ok(network.clone());
        }
        let found = Network::all().into_iter().find(|network| {
            let is_genesis = header.raw.number == 0 && header_hash(&network.genesis) == hash;
            is_genesis || self.proves(network, header).is_ok()
        });
        let unknown = || {
            let message = format!(
                "{line}: block {} belongs to no network that this tool knows: it is neither \
                 genesis, nor has it the proof of work of mainnet or testnet",
                grouped(header.raw.number)
            );
            let help = "--network NAME takes the data for that network's without such a proof";
            ChainError::Input(Problem::new(message).help(help))
        };
        let found = Arc::new(found.ok_or_else(unknown)?);
        self.network = Some(found.clone());
        Ok(found)
    }

    /// Checks the proof of work of a header.
    fn proves(&self, network: &Network, header: &Header) -> Result<Proof, Violation> {
        let target = CompactTarget(header.raw.compact_target);
        let engine = network.parameters.engine;
        verify(engine, &pow_hash(&header.raw), header.nonce, target, &self.rules)
    }

    /// How a block number follows the last one.
    fn position(
        &self,
        network: &Network,
        number: u64,
        hash: Byte32,
        line: &SourceLine,
    ) -> Result<ChainPosition, ChainError> {
        if number == 0 && header_hash(&network.genesis) != hash {
            let message = format!("{line}: this is genesis of another chain than {}", network.name);
            return Err(ChainError::Input(Problem::new(message).help(format!(
                "genesis of {} is {}, this is {hash}; --network names another chain",
                network.name,
                header_hash(&network.genesis)
            ))));
        }
        let Some(tip) = self.tips.first() else {
            return Ok(if number <= 1 { ChainPosition::Next } else { ChainPosition::Gap });
        };
        if tip.number().checked_add(1) == Some(number) {
            return Ok(ChainPosition::Next);
        }
        let (shown, last) = (grouped(number), grouped(tip.number()));
        if number < tip.number() {
            let message = format!("{line}: block {shown} comes after block {last}");
            let help = format!("block numbers must rise; block {last} is at {}", tip.line);
            return Err(ChainError::Input(Problem::new(message).help(help)));
        }
        if number == tip.number() {
            if let Some(twin) = self.tips.iter().find(|tip| tip.hash == hash) {
                let message = format!("{line}: block {shown} occurs twice");
                let help = format!("it is already at {}", twin.line);
                return Err(ChainError::Input(Problem::new(message).help(help)));
            }
            return Ok(ChainPosition::Beside);
        }
        if self.options.contiguous {
            let first = grouped(tip.number().saturating_add(1));
            let message = format!("{line}: block {shown} follows block {last}");
            let help = format!("the header of block {first} is missing; --contiguous requires it");
            return Err(ChainError::Gap(Problem::new(message).help(help)));
        }
        Ok(ChainPosition::Gap)
    }

    /// The parent, if the data have it.
    fn parent(
        &self,
        network: &Network,
        known: &KnownHeader,
        position: ChainPosition,
    ) -> Result<Option<Arc<KnownHeader>>, Mismatch> {
        if known.number() == 0 || position == ChainPosition::Gap {
            return Ok(None);
        }
        let before = if position == ChainPosition::Beside { &self.before } else { &self.tips };
        let genesis = if before.is_empty() && known.number() == 1 {
            vec![Arc::new(KnownHeader::genesis(network)?)]
        } else {
            vec![]
        };
        let mut candidates = before.iter().chain(&genesis);
        let named = known.header.raw.parent_hash;
        if let Some(parent) = candidates.clone().find(|parent| parent.hash == named) {
            return Ok(Some(parent.clone()));
        }
        match candidates.next().filter(|_| position == ChainPosition::Next) {
            // The header is on a branch whose earlier headers are not in the data.
            None => Ok(None),
            Some(expected) => Err(Mismatch::new(None, "its parent is not the block before it")
                .expected(format!("parent_hash = {} ({})", expected.hash, expected.line))
                .found(format!("parent_hash = {named}"))),
        }
    }
}

/// How a block number follows the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChainPosition {
    /// It is the next one, or the first after genesis.
    Next,
    /// It is the same: the data have a fork.
    Beside,
    /// It is a later one, or the first of the data.
    Gap,
}
