//! The cells that later blocks may spend, as many as there is room for: the oldest go first.

use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::transaction::OutPoint;
use ckbspec_reference::issuance::{Input, WithdrawalHeader};
use std::collections::{HashMap, VecDeque};

/// What a cell counts for, when it is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its capacity.
    pub(super) capacity: u64,
    /// What it takes off U.
    pub(super) freed: u64,
}

/// A cell of the Nervos DAO, with the headers that a withdrawal asks for.
#[derive(Clone, Debug)]
pub(super) struct DaoCell {
    pub(super) input: Input,
    /// The block that it was created in.
    pub(super) block_hash: Byte32,
    pub(super) own: WithdrawalHeader,
    /// Of a withdrawing cell: the block of the deposit.
    pub(super) deposit: Option<(Byte32, WithdrawalHeader)>,
}

/// An out point in 16 bytes: the first 12 of the hash, and the index.
type Key = (u64, u32, u32);

/// The cells.
#[derive(Debug)]
pub(super) struct Cells {
    plain: HashMap<Key, Cell>,
    dao: HashMap<Key, Box<DaoCell>>,
    order: VecDeque<Key>,
    room: usize,
}

impl Cells {
    pub(super) fn new(room: usize) -> Self {
        Self { plain: HashMap::new(), dao: HashMap::new(), order: VecDeque::new(), room }
    }

    pub(super) fn insert(&mut self, out_point: &OutPoint, cell: Cell, dao: Option<DaoCell>) {
        while self.order.len() >= self.room {
            let Some(oldest) = self.order.pop_front() else { return };
            self.plain.remove(&oldest);
            self.dao.remove(&oldest);
        }
        let key = key(out_point);
        self.order.push_back(key);
        self.plain.insert(key, cell);
        if let Some(dao) = dao {
            self.dao.insert(key, Box::new(dao));
        }
    }

    /// Takes a cell out, because it is spent.
    pub(super) fn take(&mut self, out_point: &OutPoint) -> Option<(Cell, Option<DaoCell>)> {
        let key = key(out_point);
        let cell = self.plain.remove(&key)?;
        // Mostly the order has many more that were spent than there are cells.
        if self.order.len() > self.plain.len().saturating_mul(2).max(1024) {
            self.order.retain(|key| self.plain.contains_key(key));
        }
        Some((cell, self.dao.remove(&key).map(|dao| *dao)))
    }
}

fn key(out_point: &OutPoint) -> Key {
    let [a, b, c, d, e, f, g, h, i, j, k, l, ..] = out_point.tx_hash.0;
    let head = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    (head, u32::from_le_bytes([i, j, k, l]), out_point.index)
}
