//! The published distribution and its unlock dates, compared with the issued cells of mainnet's
//! genesis.
//!
//! Both are divided into tranches by the time at which cells can be spent: from launch on, or from
//! a date on. On the chain a date is an epoch: the `since` in the arguments of a multi-signature
//! lock.

use ckbspec_reference::pow::EpochFraction;
use std::collections::{BTreeMap, BTreeSet};

/// The issued cells, embedded; `data/README.md` names their source.
const CELLS: &str = include_str!("data/genesis-cells.csv");

/// The article's table, embedded.
const ARTICLE: &str = include_str!("data/article-genesis-distribution.csv");

/// The size of the hash in the arguments of a lock, in bytes; `since` follows it.
const HASH_SIZE: usize = 20;

/// The top byte of a `since` that is an absolute epoch.
const SINCE_EPOCH: u64 = 0x20;

/// Hours of an epoch that takes as long as it should.
const EPOCH_HOURS: u64 = 4;

/// An issued cell of genesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCell {
    /// Its capacity in shannons.
    pub capacity: u64,
    /// The kind of its lock.
    pub kind: LockKind,
    /// The arguments of the lock.
    pub args: Vec<u8>,
}

/// The kinds of locks in genesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockKind {
    /// A lock without a program: nobody can spend the cell.
    Burn,
    /// A lock that needs one signature.
    Sighash,
    /// A lock that needs several signatures, with or without a `since`.
    Multisig,
}

/// From when on cells can be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unlock {
    /// From launch on.
    Launch,
    /// From an epoch on, in half epochs.
    HalfEpochs(u64),
    /// Never.
    Never,
}

/// The cells of the chain that can be spent from one time on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tranche {
    /// How many cells.
    pub cells: u64,
    /// Their locks, by the hash in the arguments.
    pub locks: BTreeSet<Vec<u8>>,
    /// Their capacity in shannons.
    pub shannons: u64,
}

/// A column of the article's table: the amounts that can be spent from one time on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// `at_launch`, or the date.
    pub date: String,
    /// The shares: the name of the recipient, and its CKB.
    pub shares: Vec<(String, u64)>,
}

impl Planned {
    /// The CKB of all shares.
    pub fn total(&self) -> u64 {
        self.shares.iter().map(|(_, ckb)| ckb).sum()
    }
}

/// The issued cells that are embedded.
pub fn cells() -> Vec<IssuedCell> {
    let rows = CELLS.lines().skip(1).map(|line| {
        let mut fields = line.split(',');
        let mut next = || fields.next().unwrap_or_default();
        let capacity = next().parse().ok()?;
        let kind = match next() {
            "burn" => LockKind::Burn,
            "sighash" => LockKind::Sighash,
            "multisig" => LockKind::Multisig,
            _ => return None,
        };
        Some(IssuedCell { capacity, kind, args: const_hex::decode(next()).ok()? })
    });
    rows.collect::<Option<_>>().unwrap_or_else(|| unreachable!("a test reads the table"))
}

impl IssuedCell {
    /// From when on it can be spent; `None` for a `since` that is no absolute epoch.
    pub fn unlock(&self) -> Option<Unlock> {
        match self.kind {
            LockKind::Burn => Some(Unlock::Never),
            LockKind::Sighash => Some(Unlock::Launch),
            LockKind::Multisig => {
                let since = self.args.get(HASH_SIZE..).unwrap_or_default();
                if since.is_empty() {
                    return Some(Unlock::Launch);
                }
                let since = u64::from_le_bytes(since.try_into().ok()?);
                let epoch = EpochFraction(since & (u64::MAX >> 8));
                let (index, length) = (u64::from(epoch.index()), u64::from(epoch.length().max(1)));
                let halves = (index * 2).is_multiple_of(length).then(|| index * 2 / length)?;
                let is_epoch = since >> 56 == SINCE_EPOCH;
                is_epoch.then(|| Unlock::HalfEpochs(u64::from(epoch.number()) * 2 + halves))
            }
        }
    }
}

/// The tranches of the chain; `None` if a cell has an unknown kind of `since`.
pub fn tranches(cells: &[IssuedCell]) -> Option<BTreeMap<Unlock, Tranche>> {
    let mut tranches = BTreeMap::<Unlock, Tranche>::new();
    for cell in cells {
        let tranche = tranches.entry(cell.unlock()?).or_default();
        tranche.cells += 1;
        tranche.shannons = tranche.shannons.checked_add(cell.capacity)?;
        tranche.locks.insert(cell.args.get(..HASH_SIZE)?.to_vec());
    }
    Some(tranches)
}

/// The tranches of the article, in the order of time, and the CKB that it burns.
pub fn plan() -> (Vec<Planned>, u64) {
    let mut lines = ARTICLE.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap_or_default();
    let dates = head.get(3..).unwrap_or_default();
    let mut planned: Vec<Planned> =
        dates.iter().map(|date| Planned { date: (*date).to_owned(), shares: vec![] }).collect();
    let mut burn = 0;
    for row in lines {
        let [name, _, total, sums @ ..] = row.as_slice() else { continue };
        if *name == "burn" {
            burn = total.parse().unwrap_or_default();
            continue;
        }
        // An empty field means that no more can be spent than before.
        let mut before = 0_u64;
        for (tranche, sum) in planned.iter_mut().zip(sums) {
            let Ok(sum) = sum.parse::<u64>() else { continue };
            tranche.shares.push(((*name).to_owned(), sum.saturating_sub(before)));
            before = sum;
        }
    }
    (planned, burn)
}

/// The Unix time in seconds from which on a tranche can be spent if every epoch takes four hours.
pub fn nominal_time(genesis_ms: u64, half_epochs: u64) -> u64 {
    genesis_ms / 1_000 + half_epochs * EPOCH_HOURS * 3_600 / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        let cells = cells();
        assert_eq!(cells.len(), 665);
        assert_eq!(cells.iter().map(|cell| cell.capacity).sum::<u64>(), 3_359_873_503_700_000_000);
        let tranches = tranches(&cells).unwrap();
        // Mid-2020: the foundation reserve less the system cells, and the ecosystem fund.
        let mid_2020 = cells.iter().filter(|cell| cell.unlock() == Some(Unlock::HalfEpochs(2_733)));
        let amounts: Vec<u64> = mid_2020.map(|cell| cell.capacity / 100_000_000).collect();
        let system = 33_600_000_000 - 33_598_735_037;
        assert!(amounts.contains(&(672_000_000 - system)) && amounts.contains(&1_260_000_000));
        assert_eq!(amounts.len(), 2);
        assert_eq!(tranches.len(), 9);
        let (plan, burn) = plan();
        assert_eq!(plan.iter().map(Planned::total).sum::<u64>() + burn, 33_600_000_000);
    }
}
