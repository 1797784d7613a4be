//! The cells that later blocks may spend. When the store is full, each new cell replaces the
//! oldest.

use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::transaction::OutPoint;
use ckbspec_reference::issuance::{SpentInput, WithdrawalHeader};
use ckbspec_reference::ledger::CountedCell;
use std::collections::{HashMap, VecDeque};

/// A cell; for a cell of the Nervos DAO, also the headers that its withdrawal needs.
#[derive(Clone, Debug)]
pub(super) struct StoredCell {
    pub(super) counted: CountedCell,
    pub(super) dao: Option<DaoHeaders>,
}

/// The headers that a withdrawal from a cell of the Nervos DAO needs, by their hashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct DaoHeaders {
    /// The header of the block that created the cell.
    pub(super) own: (Byte32, WithdrawalHeader),
    /// For a withdrawing cell, the header of the block that created the deposit.
    pub(super) deposit: Option<(Byte32, WithdrawalHeader)>,
}

/// An out point in 16 bytes: the first 12 of the hash, and the index.
type Key = (u64, u32, u32);

/// A cell in little memory, because most cells are plain.
#[derive(Debug)]
enum Compact {
    Plain { capacity: u64, occupied: u64 },
    Dao(Box<StoredCell>),
}

/// The cells by out point.
#[derive(Debug)]
pub(super) struct CellStore {
    cells: HashMap<Key, Compact>,
    /// The keys of the cells, the oldest first; some of these cells are spent already.
    order: VecDeque<Key>,
    room: usize,
}

impl CellStore {
    pub(super) fn new(room: usize) -> Self {
        Self { cells: HashMap::new(), order: VecDeque::new(), room }
    }

    pub(super) fn insert(&mut self, out_point: &OutPoint, cell: StoredCell) {
        while self.order.len() >= self.room {
            let Some(oldest) = self.order.pop_front() else { return };
            self.cells.remove(&oldest);
        }
        let key = key(out_point);
        self.order.push_back(key);
        let compact = match cell {
            StoredCell { counted: CountedCell { occupied, input }, dao: None } => {
                Compact::Plain { capacity: input.capacity, occupied }
            }
            dao => Compact::Dao(Box::new(dao)),
        };
        self.cells.insert(key, compact);
    }

    /// Removes and returns a cell that is spent.
    pub(super) fn take(&mut self, out_point: &OutPoint) -> Option<StoredCell> {
        let cell = self.cells.remove(&key(out_point))?;
        // Removes the keys of spent cells once these are the majority.
        if self.order.len() > self.cells.len().saturating_mul(2).max(1024) {
            self.order.retain(|key| self.cells.contains_key(key));
        }
        Some(match cell {
            Compact::Plain { capacity, occupied } => {
                let input = SpentInput { capacity, withdrawing: None };
                StoredCell { counted: CountedCell { occupied, input }, dao: None }
            }
            Compact::Dao(dao) => *dao,
        })
    }
}

fn key(out_point: &OutPoint) -> Key {
    let [a, b, c, d, e, f, g, h, i, j, k, l, ..] = out_point.tx_hash.0;
    let head = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    (head, u32::from_le_bytes([i, j, k, l]), out_point.index)
}
