//! Bodies: what headers commit to, S and U exactly, and what the cellbase pays.

use super::auditor::Seen;
use super::cells::{Cell, Cells, DaoCell};
use super::coverage::Coverage;
use super::divergence::Parted;
use crate::json::Committed;
use crate::network::Network;
use ckbspec_common::problem::Problem;
use ckbspec_reference::encoding::block::{Block, ProposalShortId};
use ckbspec_reference::encoding::hash::{
    extra_hash, proposal_short_id, proposals_hash, transactions_root, tx_hash,
};
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::encoding::script::Script;
use ckbspec_reference::encoding::transaction::{OutPoint, Transaction};
use ckbspec_reference::encoding::witness::CellbaseWitness;
use ckbspec_reference::encoding::{Byte32, Decoder, Mode};
use ckbspec_reference::issuance::{
    BlockFacts, BlockReward, DaoField, Input, Issuance, Movement, Origin, PROPOSAL_WINDOW_FARTHEST,
    RewardTarget, Spending, WithdrawalHeader, block_reward, finalization_target, freed_capacity,
    is_dao_cell, pays, transaction_fee,
};
use ckbspec_reference::{RuleSet, Violation};
use std::collections::BTreeMap;

/// How many blocks back a reward reaches, with some to spare.
const WINDOW: u64 = 32;

/// Asks a node for what the data lack.
pub trait Lookup {
    /// A transaction of the chain.
    ///
    /// # Errors
    /// When the node fails.
    fn transaction(&mut self, hash: &Byte32) -> Result<Option<Committed>, Problem>;

    /// A header of the chain.
    ///
    /// # Errors
    /// When the node fails.
    fn header(&mut self, hash: &Byte32) -> Result<Option<Header>, Problem>;
}

/// Where nobody can be asked.
pub struct Nobody;

impl Lookup for Nobody {
    fn transaction(&mut self, _: &Byte32) -> Result<Option<Committed>, Problem> {
        Ok(None)
    }

    fn header(&mut self, _: &Byte32) -> Result<Option<Header>, Problem> {
        Ok(None)
    }
}

/// Why a body is not accepted.
pub(super) enum CommandError {
    Parted(Parted),
    Node(Problem),
}

impl From<Parted> for CommandError {
    fn from(parted: Parted) -> Self {
        Self::Parted(parted)
    }
}

/// A header with what lies around it.
pub(super) struct Entry<'a> {
    pub(super) seen: &'a Seen,
    pub(super) parent: Option<&'a Seen>,
    pub(super) block: Option<&'a Block>,
}

/// What the last blocks were, and which cells there are.
#[derive(Debug)]
pub(super) struct Ledger {
    cells: Cells,
    window: BTreeMap<u64, Past>,
    facts: BTreeMap<u64, BlockFacts>,
    rules: RuleSet,
}

/// A block of the window.
#[derive(Clone, Debug)]
struct Past {
    dao: DaoField,
    issuance: Issuance,
    lock: Option<Script>,
}

/// What the transactions of a block come to.
#[derive(Default)]
struct Sum {
    movement: Movement,
    transactions: Vec<(ProposalShortId, u64)>,
    /// Whether some spend cells that are not in the data.
    open: bool,
}

impl Ledger {
    pub(super) fn new(room: usize) -> Self {
        let (window, facts) = (BTreeMap::new(), BTreeMap::new());
        Self { cells: Cells::new(room), window, facts, rules: RuleSet::all() }
    }

    /// What comes next does not follow on what came before.
    pub(super) fn forget_window(&mut self) {
        self.window.clear();
        self.facts.clear();
    }

    /// One more header of the chain.
    pub(super) fn add(
        &mut self,
        network: &Network,
        entry: &Entry<'_>,
        lookup: &mut dyn Lookup,
        coverage: &mut Coverage,
    ) -> Result<(), CommandError> {
        let number = entry.seen.number();
        let Some(block) = entry.block else {
            self.forget_window();
            return Ok(());
        };
        if entry.parent.is_none() {
            self.forget_window();
        }
        check_commitments(block)?;
        coverage.bodies += 1;
        let sum = self.transactions(network, entry.seen, block, lookup)?;
        coverage.spends_open += u64::from(sum.open);
        if let (Some(parent), false) = (entry.parent, sum.open) {
            check_totals(parent, entry.seen, sum.movement)?;
            coverage.s_exact += 1;
            coverage.u_exact += 1;
        }
        if number > 0 {
            self.check_payment(network, number, block, coverage)?;
        }
        self.remember(entry.seen, block, sum);
        Ok(())
    }

    /// Keeps what later rewards ask for.
    fn remember(&mut self, seen: &Seen, block: &Block, sum: Sum) {
        let number = seen.number();
        let (dao, issuance) = (seen.dao, seen.issuance);
        self.window.insert(number, Past { dao, issuance, lock: reward_lock(block, &self.rules) });
        if !sum.open {
            let uncles = block.uncles.iter().flat_map(|uncle| &uncle.proposals);
            let proposals = block.proposals.iter().chain(uncles).cloned().collect();
            self.facts.insert(number, BlockFacts { proposals, transactions: sum.transactions });
        }
        let first = number.saturating_sub(WINDOW);
        self.window = self.window.split_off(&first);
        self.facts = self.facts.split_off(&first);
    }

    /// Spends and creates the cells of a block.
    fn transactions(
        &mut self,
        network: &Network,
        seen: &Seen,
        block: &Block,
        lookup: &mut dyn Lookup,
    ) -> Result<Sum, CommandError> {
        let mut sum = Sum::default();
        for (index, transaction) in block.transactions.iter().enumerate() {
            let hash = tx_hash(&transaction.raw).map_err(broken("the hash of a transaction"))?;
            let mut spent = vec![];
            if index > 0 {
                for input in &transaction.raw.inputs {
                    let out_point = &input.previous_output;
                    spent.push(self.spend(network, out_point, lookup)?);
                }
            }
            let all: Option<Vec<&(Cell, Option<DaoCell>)>> =
                spent.iter().map(Option::as_ref).collect();
            match all {
                None => sum.open = true,
                Some(_) if index == 0 => {}
                Some(cells) => {
                    let withdrawn = self.fee(transaction, &cells, lookup)?;
                    let movement = &mut sum.movement;
                    for (cell, _) in cells {
                        movement.freed = movement.freed.saturating_add(cell.freed);
                    }
                    match withdrawn {
                        None => sum.open = true,
                        Some((interest, fee)) => {
                            movement.interest = movement.interest.saturating_add(interest);
                            sum.transactions.push((proposal_short_id(&hash), fee));
                        }
                    }
                }
            }
            let created = self.create(network, seen, hash, transaction, &spent)?;
            sum.movement.added = sum.movement.added.saturating_add(created);
        }
        Ok(sum)
    }

    /// Takes a cell that a transaction spends, out of the data or from the node.
    fn spend(
        &mut self,
        network: &Network,
        out_point: &OutPoint,
        lookup: &mut dyn Lookup,
    ) -> Result<Option<(Cell, Option<DaoCell>)>, CommandError> {
        if let Some(found) = self.cells.take(out_point) {
            return Ok(Some(found));
        }
        let found = lookup.transaction(&out_point.tx_hash).map_err(CommandError::Node)?;
        let Some(Committed { transaction, block_hash }) = found else { return Ok(None) };
        let index = usize::try_from(out_point.index).unwrap_or(usize::MAX);
        let raw = &transaction.raw;
        let (Some(output), Some(data)) = (raw.outputs.get(index), raw.outputs_data.get(index))
        else {
            return Ok(None);
        };
        let origin = origin(network, &out_point.tx_hash);
        let size = u64::try_from(data.len()).unwrap_or(u64::MAX);
        let freed = freed_capacity(output, size, origin);
        let freed = freed.map_err(broken("what a cell occupies"))?;
        let cell = Cell { capacity: output.capacity, freed };
        let dao_type_hash = &network.parameters.dao_type_hash;
        if !is_dao_cell(dao_type_hash, output) {
            return Ok(Some((cell, None)));
        }
        let header = lookup.header(&block_hash).map_err(CommandError::Node)?;
        let input = Input::of(dao_type_hash, output, data, Some(block_hash));
        let dao = header.map(|it| DaoCell { input, block_hash, own: dated(&it), deposit: None });
        Ok(dao.map(|dao| (cell, Some(dao))))
    }

    /// The interest and the fee of a transaction whose cells are known; none where a header that
    /// it names is not.
    fn fee(
        &self,
        transaction: &Transaction,
        cells: &[&(Cell, Option<DaoCell>)],
        lookup: &mut dyn Lookup,
    ) -> Result<Option<(u64, u64)>, CommandError> {
        let mut headers = BTreeMap::new();
        for (_, dao) in cells {
            let Some(DaoCell { block_hash, own, deposit, .. }) = dao else { continue };
            headers.insert(*block_hash, *own);
            headers.extend(*deposit);
        }
        if !headers.is_empty() {
            for hash in &transaction.raw.header_deps {
                if !headers.contains_key(hash) {
                    let header = lookup.header(hash).map_err(CommandError::Node)?;
                    headers.extend(header.map(|header| (*hash, dated(&header))));
                }
            }
        }
        let inputs: Vec<Input> = cells.iter().map(|(cell, dao)| as_input(cell, dao)).collect();
        let capacities = transaction.raw.outputs.iter().map(|output| output.capacity);
        let spending = Spending {
            inputs: &inputs,
            output_capacities: &capacities.collect::<Vec<_>>(),
            header_deps: &transaction.raw.header_deps,
            witnesses: &transaction.witnesses,
            headers: &headers,
        };
        match transaction_fee(&spending, &self.rules) {
            Ok(withdrawn) => {
                let interest = withdrawn.interest().map_err(broken("the interest of a block"))?;
                Ok(Some((interest, withdrawn.fee)))
            }
            Err(_) if transaction.raw.header_deps.iter().any(|dep| !headers.contains_key(dep)) => {
                Ok(None)
            }
            Err(violation) => Err(broken("what a transaction may take out")(violation)),
        }
    }

    /// Keeps the cells of a transaction; what they occupy.
    fn create(
        &mut self,
        network: &Network,
        seen: &Seen,
        hash: Byte32,
        transaction: &Transaction,
        spent: &[Option<(Cell, Option<DaoCell>)>],
    ) -> Result<u64, CommandError> {
        let mut added = 0_u64;
        let outputs = transaction.raw.outputs.iter().zip(&transaction.raw.outputs_data);
        for (index, (output, data)) in (0_u32..).zip(outputs) {
            let size = u64::try_from(data.len()).unwrap_or(u64::MAX);
            let origin = origin(network, &hash);
            let freed = freed_capacity(output, size, origin);
            let freed = freed.map_err(broken("what a cell occupies"))?;
            added = added.saturating_add(freed);
            let dao_type_hash = &network.parameters.dao_type_hash;
            let dao = is_dao_cell(dao_type_hash, output).then(|| {
                let place = usize::try_from(index).unwrap_or(usize::MAX);
                let before = spent.get(place).and_then(Option::as_ref);
                let before = before.and_then(|(_, dao)| dao.as_ref());
                let deposit = before.map(|dao| (dao.block_hash, dao.own));
                DaoCell {
                    input: Input::of(dao_type_hash, output, data, Some(seen.hash)),
                    block_hash: seen.hash,
                    own: WithdrawalHeader { number: seen.number(), ar: seen.dao.ar },
                    deposit,
                }
            });
            let cell = Cell { capacity: output.capacity, freed };
            self.cells.insert(&OutPoint { tx_hash: hash, index }, cell, dao);
        }
        Ok(added)
    }

    /// Whether the cellbase pays what is due to the block eleven before.
    fn check_payment(
        &self,
        network: &Network,
        number: u64,
        block: &Block,
        coverage: &mut Coverage,
    ) -> Result<(), Parted> {
        let Some(cellbase) = block.transactions.first() else {
            return Err(Parted::new("CB-002", "a block has a cellbase").data("no transaction"));
        };
        let outputs = &cellbase.raw.outputs;
        let paid = outputs.iter().map(|output| u128::from(output.capacity)).sum::<u128>();
        let Some(target) = finalization_target(number) else {
            coverage.payments += 1;
            return nothing(outputs.len(), "ISS-006", "the first blocks pay nobody");
        };
        let genesis = DaoField::from_bytes(network.genesis.raw.dao.0);
        let before = target.checked_sub(1).and_then(|number| self.window.get(&number));
        let parent = if target == 1 { Some(genesis) } else { before.map(|past| past.dao) };
        let first = target.saturating_sub(PROPOSAL_WINDOW_FARTHEST.saturating_sub(2)).max(1);
        let whole = (first..number).all(|height| self.facts.contains_key(&height));
        let past = self.window.get(&target).filter(|_| whole);
        let (Some(parent), Some(past)) = (parent, past) else {
            coverage.payments_open += 1;
            return Ok(());
        };
        let reward_target = RewardTarget {
            number: target,
            issuance: past.issuance,
            parent_dao: parent,
            blocks: &self.facts,
        };
        let reward = block_reward(&reward_target)
            .map_err(|violation| Parted::broken(&violation, "the reward of a block"))?;
        let lock = past.lock.as_ref().ok_or_else(|| {
            Parted::new("CB-006", "the witness of a cellbase names a lock")
                .data(format!("block {target} names none"))
        })?;
        let is_paid = pays(reward.total, lock.args.len())
            .map_err(|violation| Parted::broken(&violation, "the reward of a block"))?;
        if !is_paid {
            let law = "a reward too small for its cell is not paid";
            return nothing(outputs.len(), "ISS-015", law);
        }
        if paid != u128::from(reward.total) {
            return Err(unpaid(target, &reward, parent, past.issuance, paid));
        }
        if outputs.first().is_none_or(|output| output.lock != *lock) {
            return Err(Parted::new(
                "ISS-013",
                "the reward goes to the lock of the block it is for",
            )
            .rule(format!("args = 0x{} of block {target}", const_hex::encode(&lock.args)))
            .data(outputs.first().map_or("no output".into(), |output| {
                format!("args = 0x{}", const_hex::encode(&output.lock.args))
            })));
        }
        coverage.payments += 1;
        coverage.paid += paid;
        Ok(())
    }
}

/// A violation of the reference, as what parts data and rules.
fn broken(law: &'static str) -> impl Fn(Violation) -> CommandError {
    move |violation| CommandError::Parted(Parted::broken(&violation, law))
}

fn origin(network: &Network, tx_hash: &Byte32) -> Origin {
    if *tx_hash == network.genesis_cellbase { Origin::GenesisCellbase } else { Origin::Other }
}

fn dated(header: &Header) -> WithdrawalHeader {
    let DaoField { ar, .. } = DaoField::from_bytes(header.raw.dao.0);
    WithdrawalHeader { number: header.raw.number, ar }
}

/// A cell as the fee rule reads it: of a plain one only the capacity counts.
fn as_input(cell: &Cell, dao: &Option<DaoCell>) -> Input {
    let plain = || Input { capacity: cell.capacity, withdrawing: None };
    dao.as_ref().map_or_else(plain, |dao| dao.input.clone())
}

/// The lock that a block's reward goes to.
fn reward_lock(block: &Block, rules: &RuleSet) -> Option<Script> {
    let witness = block.transactions.first()?.witnesses.first()?;
    let decoder = Decoder { mode: Mode::Compatible, rules };
    CellbaseWitness::decode(witness, &decoder).ok().map(|witness| witness.lock)
}

/// Whether the body is the one that the header commits to.
fn check_commitments(block: &Block) -> Result<(), CommandError> {
    let raw = &block.header.raw;
    let root = transactions_root(&block.transactions).map_err(broken("the transactions root"))?;
    let extra = extra_hash(&block.uncles, block.extension.as_deref());
    let checks = [
        ("HASH-011", "transactions_root", root, raw.transactions_root),
        ("HASH-008", "proposals_hash", proposals_hash(&block.proposals), raw.proposals_hash),
        ("HASH-010", "extra_hash", extra, raw.extra_hash),
    ];
    for (rule, name, computed, stated) in checks {
        if computed != stated {
            let parted = Parted::new(rule, "the header commits to its body");
            let parted = parted.rule(format!("{name} = {computed}, out of the body"));
            return Err(parted.data(format!("{name} = {stated}, in the header")).into());
        }
    }
    Ok(())
}

/// S and U, exactly.
fn check_totals(parent: &Seen, seen: &Seen, movement: Movement) -> Result<(), Parted> {
    let (was, is, secondary) = (&parent.dao, &seen.dao, seen.issuance.secondary);
    let next = was
        .next(seen.issuance, movement)
        .map_err(|violation| Parted::broken(&violation, "the DAO field stays in 64 bits"))?;
    let Movement { added, freed, interest } = movement;
    if next.u != is.u {
        return Err(Parted::new("DAO-005", "U grows by what cells occupy")
            .rule(format!("U = {} + {added} − {freed} = {}", was.u, next.u))
            .data(format!("U = {}", is.u)));
    }
    if next.s != is.s {
        let miner = was.miner_share(secondary).unwrap_or_default();
        return Err(Parted::new("DAO-004", "S grows by g2 − floor(g2 · U / C), less interest")
            .rule(format!("S = {} + {secondary} − {miner} − {interest} = {}", was.s, next.s))
            .data(format!("S = {}", is.s)));
    }
    Ok(())
}

/// A cellbase without outputs.
fn nothing(outputs: usize, rule: &'static str, law: &'static str) -> Result<(), Parted> {
    if outputs == 0 {
        return Ok(());
    }
    Err(Parted::new(rule, law).rule("no output").data(format!("{outputs} outputs")))
}

/// A payment that is not the reward.
fn unpaid(
    target: u64,
    reward: &BlockReward,
    parent: DaoField,
    issuance: Issuance,
    paid: u128,
) -> Parted {
    let BlockReward { primary, secondary, commit, proposal, total } = reward;
    Parted::new("ISS-014", "a cellbase pays the reward of the block eleven before, exactly")
        .rule(format!("reward of block {target} = {total} ="))
        .rule(format!("  {primary} primary"))
        .rule(format!(
            "  + {secondary} = floor({} · {} / {}) secondary",
            issuance.secondary, parent.u, parent.c
        ))
        .rule(format!("  + {commit} for committing + {proposal} for proposing"))
        .data(format!("outputs = {paid}"))
}
