//! Stands in for the node's `ckb-store`, whose database takes longer to build than all the rest.
//!
//! It has the methods that `ckb-reward-calculator` calls and no others. Those that the traits of
//! `ckb-traits` have come from there.

use ckb_traits::{CellDataProvider, EpochProvider, HeaderProvider};
use ckb_types::bytes::Bytes;
use ckb_types::core::{BlockExt, EpochExt, HeaderView, TransactionView, UncleBlockVecView};
use ckb_types::packed::{Byte32, OutPoint, ProposalShortIdVec};

/// A chain by what rewards ask of it.
pub trait ChainStore: CellDataProvider + EpochProvider + HeaderProvider {
    /// The first transaction of a block.
    fn get_cellbase(&self, block: &Byte32) -> Option<TransactionView>;

    /// The hashes of all transactions of a block.
    fn get_block_txs_hashes(&self, block: &Byte32) -> Vec<Byte32>;

    /// What a block proposes.
    fn get_block_proposal_txs_ids(&self, block: &Byte32) -> Option<ProposalShortIdVec>;

    /// The uncles of a block.
    fn get_block_uncles(&self, block: &Byte32) -> Option<UncleBlockVecView>;

    /// The same chain for the DAO calculator.
    fn borrow_as_data_loader(&self) -> Borrowed<'_, Self> {
        Borrowed(self)
    }
}

/// A chain behind a reference.
#[derive(Debug)]
pub struct Borrowed<'a, T: ?Sized>(&'a T);

impl<T: CellDataProvider + ?Sized> CellDataProvider for Borrowed<'_, T> {
    fn get_cell_data(&self, cell: &OutPoint) -> Option<Bytes> {
        self.0.get_cell_data(cell)
    }

    fn get_cell_data_hash(&self, cell: &OutPoint) -> Option<Byte32> {
        self.0.get_cell_data_hash(cell)
    }
}

impl<T: HeaderProvider + ?Sized> HeaderProvider for Borrowed<'_, T> {
    fn get_header(&self, hash: &Byte32) -> Option<HeaderView> {
        self.0.get_header(hash)
    }
}

impl<T: EpochProvider + ?Sized> EpochProvider for Borrowed<'_, T> {
    fn get_epoch_ext(&self, header: &HeaderView) -> Option<EpochExt> {
        self.0.get_epoch_ext(header)
    }

    fn get_block_hash(&self, number: u64) -> Option<Byte32> {
        self.0.get_block_hash(number)
    }

    fn get_block_ext(&self, block: &Byte32) -> Option<BlockExt> {
        self.0.get_block_ext(block)
    }

    fn get_block_header(&self, hash: &Byte32) -> Option<HeaderView> {
        self.0.get_block_header(hash)
    }
}
