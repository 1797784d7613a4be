//! Checks bodies: what headers commit to, S and U exactly, and what the cellbase pays.

use super::cells::{CellStore, DaoHeaders, StoredCell};
use super::coverage::Coverage;
use super::divergence::Mismatch;
use super::header::KnownHeader;
use super::headers::WITHIN_64_BITS;
use crate::json::Committed;
use crate::network::Network;
use ckbspec_common::problem::Problem;
use ckbspec_reference::chain::{
    Commitments, Payment, block_facts, payment, reward_lock, reward_window,
};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::{Block, ProposalShortId};
use ckbspec_reference::encoding::hash::{proposal_short_id, tx_hash};
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::encoding::script::Script;
use ckbspec_reference::encoding::transaction::{CellOutput, OutPoint, RawTransaction, Transaction};
use ckbspec_reference::issuance::{
    BlockFacts, BlockReward, DaoField, Issuance, Movement, Origin, RewardTarget, WithdrawalHeader,
    finalization_target, is_dao_cell,
};
use ckbspec_reference::ledger::{
    CountedCell, TransactionTotals, cellbase_totals, created_cells, transaction_totals,
};
use ckbspec_reference::{RuleSet, Violation};
use std::collections::BTreeMap;

/// How many blocks are kept: a payment depends on the 20 blocks before it.
const RECENT: u64 = 32;

/// A node that can be asked for transactions and headers that the data lack.
pub trait Lookup {
    /// A transaction of the chain; `None` if it is not committed.
    ///
    /// # Errors
    /// When the node fails.
    fn transaction(&mut self, hash: &Byte32) -> Result<Option<Committed>, Problem>;

    /// A header of the chain; `None` if there is no such header.
    ///
    /// # Errors
    /// When the node fails.
    fn header(&mut self, hash: &Byte32) -> Result<Option<Header>, Problem>;
}

/// No node: every lookup finds nothing.
pub struct Nobody;

impl Lookup for Nobody {
    fn transaction(&mut self, _: &Byte32) -> Result<Option<Committed>, Problem> {
        Ok(None)
    }

    fn header(&mut self, _: &Byte32) -> Result<Option<Header>, Problem> {
        Ok(None)
    }
}

/// Why the check of a body failed.
pub(super) enum BodyError {
    Mismatch(Mismatch),
    Node(Problem),
}

impl From<Mismatch> for BodyError {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}

/// The state on which the checks of later bodies depend.
#[derive(Debug)]
pub(super) struct Bodies {
    cells: CellStore,
    recent: BTreeMap<u64, RecentBlock>,
    /// The facts for rewards, of recent blocks whose fees are known.
    facts: BTreeMap<u64, BlockFacts>,
    rules: RuleSet,
}

/// The parts of a block on which a later payment depends, except proposals and fees.
#[derive(Clone, Debug)]
struct RecentBlock {
    dao: DaoField,
    issuance: Issuance,
    lock: Option<Script>,
}

/// The changes of the totals and the fees, over all transactions of a block.
#[derive(Default)]
struct BlockTotals {
    movement: Movement,
    fees: Vec<(ProposalShortId, u64)>,
    /// Whether a transaction spends a cell that is not known.
    is_open: bool,
}

impl Bodies {
    pub(super) fn new(room: usize) -> Self {
        let (recent, facts) = (BTreeMap::new(), BTreeMap::new());
        Self { cells: CellStore::new(room), recent, facts, rules: RuleSet::all() }
    }

    /// Forgets the recent blocks, because the next block does not follow them.
    pub(super) fn forget_recent(&mut self) {
        self.recent.clear();
        self.facts.clear();
    }

    /// Checks the block of a header, if the data have it.
    pub(super) fn add(
        &mut self,
        network: &Network,
        known: &KnownHeader,
        parent: Option<&KnownHeader>,
        block: Option<&Block>,
        lookup: &mut dyn Lookup,
        coverage: &mut Coverage,
    ) -> Result<(), BodyError> {
        let Some(block) = block else {
            self.forget_recent();
            return Ok(());
        };
        if parent.is_none() {
            self.forget_recent();
        }
        check_commitments(block)?;
        coverage.bodies += 1;
        let totals = self.transactions(network, known, block, lookup)?;
        coverage.spends_open += u64::from(totals.is_open);
        if let Some(parent) = parent.filter(|_| !totals.is_open) {
            check_totals(parent, known, totals.movement)?;
            coverage.s_exact += 1;
            coverage.u_exact += 1;
        }
        if known.number() > 0 {
            self.check_payment(network, known.number(), block, coverage)?;
        }
        self.remember(known, block, totals);
        Ok(())
    }

    /// Keeps the parts of a block on which later payments depend.
    fn remember(&mut self, known: &KnownHeader, block: &Block, totals: BlockTotals) {
        let (number, lock) = (known.number(), reward_lock(block, &self.rules));
        let recent = RecentBlock { dao: known.dao, issuance: known.issuance, lock };
        self.recent.insert(number, recent);
        if !totals.is_open {
            self.facts.insert(number, block_facts(block, totals.fees));
        }
        let first = number.saturating_sub(RECENT);
        self.recent = self.recent.split_off(&first);
        self.facts = self.facts.split_off(&first);
    }

    /// Spends and creates the cells of a block.
    fn transactions(
        &mut self,
        network: &Network,
        known: &KnownHeader,
        block: &Block,
        lookup: &mut dyn Lookup,
    ) -> Result<BlockTotals, BodyError> {
        let mut totals = BlockTotals::default();
        for (index, transaction) in block.transactions.iter().enumerate() {
            let raw = &transaction.raw;
            let hash = tx_hash(raw).map_err(violated("the hash of a transaction"))?;
            let created = counted(network, &hash, raw, known.hash)?;
            let mut spent = vec![];
            let changed = if index == 0 {
                let movement = cellbase_totals(&created).map_err(violated(WITHIN_64_BITS))?;
                Some(movement)
            } else {
                for input in &raw.inputs {
                    spent.push(self.spend(network, &input.previous_output, lookup)?);
                }
                let cells = spent.iter().map(Option::as_ref).collect::<Option<Vec<_>>>();
                let found = match cells {
                    Some(cells) => self.totals(transaction, &cells, &created, lookup)?,
                    None => None,
                };
                found.map(|TransactionTotals { movement, fee }| {
                    totals.fees.push((proposal_short_id(&hash), fee));
                    movement
                })
            };
            match changed.map(|movement| totals.movement.plus(movement)) {
                Some(Some(movement)) => totals.movement = movement,
                Some(None) => return Err(Mismatch::new("DAO-005", WITHIN_64_BITS).into()),
                None => totals.is_open = true,
            }
            self.create(network, known, hash, &raw.outputs, created, &spent);
        }
        Ok(totals)
    }

    /// Takes a cell that a transaction spends, from the data or from the node.
    fn spend(
        &mut self,
        network: &Network,
        out_point: &OutPoint,
        lookup: &mut dyn Lookup,
    ) -> Result<Option<StoredCell>, BodyError> {
        if let Some(found) = self.cells.take(out_point) {
            return Ok(Some(found));
        }
        let found = lookup.transaction(&out_point.tx_hash).map_err(BodyError::Node)?;
        let Some(Committed { transaction: Transaction { raw, .. }, block_hash }) = found else {
            return Ok(None);
        };
        let index = usize::try_from(out_point.index).unwrap_or(usize::MAX);
        let mut cells = counted(network, &out_point.tx_hash, &raw, block_hash)?.into_iter();
        let Some((counted, output)) = cells.nth(index).zip(raw.outputs.get(index)) else {
            return Ok(None);
        };
        if !is_dao_cell(&network.parameters.dao_type_hash, output) {
            return Ok(Some(StoredCell { counted, dao: None }));
        }
        let header = lookup.header(&block_hash).map_err(BodyError::Node)?;
        Ok(header.map(|header| {
            let own = (block_hash, for_withdrawal(&header));
            StoredCell { counted, dao: Some(DaoHeaders { own, deposit: None }) }
        }))
    }

    /// How a transaction that spends these cells changes the totals; `None` where a header that it
    /// names is not known.
    fn totals(
        &self,
        transaction: &Transaction,
        spent: &[&StoredCell],
        created: &[CountedCell],
        lookup: &mut dyn Lookup,
    ) -> Result<Option<TransactionTotals>, BodyError> {
        let header_deps = &transaction.raw.header_deps;
        let mut headers = BTreeMap::new();
        for dao in spent.iter().filter_map(|cell| cell.dao) {
            headers.extend([dao.own].into_iter().chain(dao.deposit));
        }
        if !headers.is_empty() {
            for hash in header_deps {
                if !headers.contains_key(hash) {
                    let header = lookup.header(hash).map_err(BodyError::Node)?;
                    headers.extend(header.map(|header| (*hash, for_withdrawal(&header))));
                }
            }
        }
        let cells: Vec<&CountedCell> = spent.iter().map(|cell| &cell.counted).collect();
        match transaction_totals(transaction, &cells, created, &headers, &self.rules) {
            Ok(totals) => Ok(Some(totals)),
            Err(_) if header_deps.iter().any(|dep| !headers.contains_key(dep)) => Ok(None),
            Err(violation) => Err(violated("what a transaction may take out")(violation)),
        }
    }

    /// Keeps the cells of a transaction.
    fn create(
        &mut self,
        network: &Network,
        known: &KnownHeader,
        tx_hash: Byte32,
        outputs: &[CellOutput],
        created: Vec<CountedCell>,
        spent: &[Option<StoredCell>],
    ) {
        // A withdrawing cell has the index of its deposit among the inputs.
        let spent = spent.iter().map(|cell| cell.as_ref().and_then(|cell| cell.dao));
        let spent = spent.chain(std::iter::repeat(None));
        for ((index, (counted, output)), deposit) in
            (0_u32..).zip(created.into_iter().zip(outputs)).zip(spent)
        {
            let is_dao = is_dao_cell(&network.parameters.dao_type_hash, output);
            let deposit = deposit.map(|dao| dao.own);
            let dao = is_dao.then(|| DaoHeaders { own: known.for_withdrawal(), deposit });
            self.cells.insert(&OutPoint { tx_hash, index }, StoredCell { counted, dao });
        }
    }

    /// Checks that the cellbase pays the reward of the block that is eleven blocks before.
    fn check_payment(
        &self,
        network: &Network,
        number: u64,
        block: &Block,
        coverage: &mut Coverage,
    ) -> Result<(), Mismatch> {
        let no_cellbase = || Mismatch::new(None, "a block has a cellbase").found("no transaction");
        let outputs = &block.transactions.first().ok_or_else(no_cellbase)?.raw.outputs;
        let Some(target) = finalization_target(number) else {
            coverage.payments += 1;
            return check_no_output(outputs, "ISS-006", "the first blocks pay nobody");
        };
        let genesis = || (target == 1).then(|| DaoField::from_bytes(network.genesis.raw.dao.0));
        let parent_dao = self.recent.get(&target.saturating_sub(1)).map(|parent| parent.dao);
        let is_whole = reward_window(target).all(|number| self.facts.contains_key(&number));
        let parent_dao = parent_dao.or_else(genesis).filter(|_| is_whole);
        let Some((parent_dao, paid_block)) = parent_dao.zip(self.recent.get(&target)) else {
            coverage.payments_open += 1;
            return Ok(());
        };
        let lock = paid_block.lock.as_ref().ok_or_else(|| {
            Mismatch::new(None, "the witness of a cellbase names a lock")
                .found(format!("block {target} names none"))
        })?;
        let issuance = paid_block.issuance;
        let reward_target =
            RewardTarget { number: target, issuance, parent_dao, blocks: &self.facts };
        let Payment { reward, is_paid } = payment(&reward_target, lock)
            .map_err(|violation| Mismatch::of(&violation, "the reward of a block"))?;
        if !is_paid {
            return check_no_output(
                outputs,
                "ISS-015",
                "a reward too small for its cell is not paid",
            );
        }
        let paid = outputs.iter().map(|output| u128::from(output.capacity)).sum::<u128>();
        if paid != u128::from(reward.total) {
            return Err(unpaid(&reward_target, &reward, paid));
        }
        if outputs.first().is_none_or(|output| output.lock != *lock) {
            let args = |args: &[u8]| format!("args = 0x{}", const_hex::encode(args));
            let got = outputs.first().map_or("no output".into(), |it| args(&it.lock.args));
            let law = "the reward goes to the lock of the block it is for";
            let expected = format!("{} of block {target}", args(&lock.args));
            return Err(Mismatch::new("ISS-013", law).expected(expected).found(got));
        }
        coverage.payments += 1;
        coverage.paid += paid;
        Ok(())
    }
}

/// Converts a violation that the reference reports to an error.
fn violated(law: &'static str) -> impl Fn(Violation) -> BodyError {
    move |violation| BodyError::Mismatch(Mismatch::of(&violation, law))
}

/// The cells that a transaction of a block creates.
fn counted(
    network: &Network,
    tx_hash: &Byte32,
    raw: &RawTransaction,
    block_hash: Byte32,
) -> Result<Vec<CountedCell>, BodyError> {
    let is_genesis = *tx_hash == network.genesis_cellbase;
    let origin = if is_genesis { Origin::GenesisCellbase } else { Origin::Other };
    let cells = created_cells(raw, origin, &network.parameters.dao_type_hash, block_hash);
    cells.map_err(violated("what a cell occupies"))
}

/// The fields of a header that a withdrawal needs.
fn for_withdrawal(header: &Header) -> WithdrawalHeader {
    let DaoField { ar, .. } = DaoField::from_bytes(header.raw.dao.0);
    WithdrawalHeader { number: header.raw.number, ar }
}

/// Checks that the body matches the hashes in the header.
fn check_commitments(block: &Block) -> Result<(), BodyError> {
    let body = Commitments::of(block).map_err(violated("the transactions root"))?;
    let header = Commitments::stated(&block.header.raw);
    let checks = [
        ("HASH-011", "transactions_root", body.transactions_root, header.transactions_root),
        ("HASH-008", "proposals_hash", body.proposals_hash, header.proposals_hash),
        ("HASH-010", "extra_hash", body.extra_hash, header.extra_hash),
    ];
    for (rule, name, computed, stated) in checks {
        if computed != stated {
            return Err(Mismatch::new(rule, "the header commits to its body")
                .expected(format!("{name} = {computed}, out of the body"))
                .found(format!("{name} = {stated}, in the header"))
                .into());
        }
    }
    Ok(())
}

/// Checks S and U exactly.
fn check_totals(
    parent: &KnownHeader,
    known: &KnownHeader,
    movement: Movement,
) -> Result<(), Mismatch> {
    let step = parent.dao.next(known.issuance, movement);
    let step = step.map_err(|violation| Mismatch::of(&violation, WITHIN_64_BITS))?;
    let (was, is, next) = (&parent.dao, &known.dao, &step.field);
    let Movement { added, freed, interest } = movement;
    if next.u != is.u {
        return Err(Mismatch::new("DAO-005", "U grows by what cells occupy")
            .expected(format!("U = {} + {added} − {freed} = {}", was.u, next.u))
            .found(format!("U = {}", is.u)));
    }
    if next.s != is.s {
        let (secondary, miner) = (known.issuance.secondary, step.miner_share);
        return Err(Mismatch::new("DAO-004", "S grows by g2 − floor(g2 · U / C), less interest")
            .expected(format!("S = {} + {secondary} − {miner} − {interest} = {}", was.s, next.s))
            .found(format!("S = {}", is.s)));
    }
    Ok(())
}

/// Checks that a cellbase has no output.
fn check_no_output(
    outputs: &[CellOutput],
    rule: &'static str,
    law: &'static str,
) -> Result<(), Mismatch> {
    if outputs.is_empty() {
        return Ok(());
    }
    let found = format!("{} outputs", outputs.len());
    Err(Mismatch::new(rule, law).expected("no output").found(found))
}

/// The mismatch of a payment that is not the reward.
fn unpaid(target: &RewardTarget<'_>, reward: &BlockReward, paid: u128) -> Mismatch {
    let BlockReward { primary, secondary, commit, proposal, total } = reward;
    let DaoField { u, c, .. } = target.parent_dao;
    Mismatch::new("ISS-014", "a cellbase pays the reward of the block eleven before, exactly")
        .expected(format!("reward of block {} = {total} =", target.number))
        .expected(format!("  {primary} primary"))
        .expected(format!(
            "  + {secondary} = floor({} · {u} / {c}) secondary",
            target.issuance.secondary
        ))
        .expected(format!("  + {commit} for committing + {proposal} for proposing"))
        .found(format!("outputs = {paid}"))
}
