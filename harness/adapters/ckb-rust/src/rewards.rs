//! Area `issuance`: the reward of a block, with the node's `RewardCalculator`.

use crate::epochs::block_ext;
use crate::issuance::epoch;
use ckb_chain_spec::consensus::Consensus;
use ckb_dao_utils::DaoError;
use ckb_reward_calculator::RewardCalculator;
use ckb_store::ChainStore;
use ckb_traits::{CellDataProvider, EpochProvider, HeaderProvider};
use ckb_types::bytes::Bytes;
use ckb_types::core::{
    BlockBuilder, BlockExt, Capacity, EpochExt, HeaderBuilder, HeaderView, TransactionBuilder,
    TransactionView, UncleBlockVecView,
};
use ckb_types::packed::{
    Byte32, CellOutput, CellbaseWitness, OutPoint, ProposalShortId, ProposalShortIdVec, Script,
    UncleBlock,
};
use ckb_types::prelude::{Builder, Entity, IntoUncleBlockView, Pack};
use ckbspec_protocol::operations::{BlockRewardIn, BlockRewardOut, RewardBlock};
use ckbspec_protocol::values::{FixedBytes, Uint64};

/// How many blocks before and after a block its reward depends on.
const WINDOW: u64 = 10;

pub(crate) fn block_reward(input: &BlockRewardIn) -> Result<BlockRewardOut, DaoError> {
    let chain = Chain::new(input);
    let consensus = Consensus {
        secondary_epoch_reward: Capacity::shannons(input.epoch.secondary_epoch_reward.0),
        ..Consensus::default()
    };
    let target = chain.header(input.target.0).ok_or(DaoError::InvalidHeader)?;
    let calculator = RewardCalculator::new(&consensus, &chain);
    let (lock, reward) = calculator.block_reward_for_target(target)?;
    let cell = CellOutput::new_builder().capacity(reward.total).lock(lock).build();
    Ok(BlockRewardOut {
        primary: Uint64(reward.primary.as_u64()),
        secondary: Uint64(reward.secondary.as_u64()),
        commit: Uint64(reward.tx_fee.as_u64()),
        proposal: Uint64(reward.proposal_reward.as_u64()),
        total: Uint64(reward.total.as_u64()),
        pays: !cell.is_lack_of_capacity(Capacity::zero())?,
    })
}

/// A store with the blocks around the block of a question.
struct Chain<'a> {
    input: &'a BlockRewardIn,
    /// The headers by block number, from the first on which the reward can depend.
    headers: Vec<HeaderView>,
    epoch: EpochExt,
    lock: Script,
}

impl<'a> Chain<'a> {
    fn new(input: &'a BlockRewardIn) -> Self {
        let target = input.target.0;
        let mut headers: Vec<HeaderView> = vec![];
        for number in target.saturating_sub(WINDOW)..=target.saturating_add(WINDOW) {
            let parent = headers.last().map(HeaderView::hash).unwrap_or_default();
            let builder = HeaderBuilder::default().number(number).parent_hash(parent);
            let is_parent = number.checked_add(1) == Some(target);
            let dao = if is_parent { input.parent_dao.0 } else { [0; 32] };
            headers.push(builder.dao(Byte32::from(dao)).build());
        }
        let json = serde_json::to_value(&input.lock)
            .unwrap_or_else(|error| unreachable!("structures have string keys only: {error}"));
        let lock: ckb_jsonrpc_types::Script = serde_json::from_value(json)
            .unwrap_or_else(|error| unreachable!("the names are those of the JSON-RPC: {error}"));
        Self { input, headers, epoch: epoch(&input.epoch), lock: lock.into() }
    }

    fn header(&self, number: u64) -> Option<&HeaderView> {
        self.headers.iter().find(|header| header.number() == number)
    }

    fn block(&self, hash: &Byte32) -> Option<&RewardBlock> {
        let header = self.headers.iter().find(|header| header.hash() == *hash)?;
        self.input.blocks.iter().find(|block| block.number.0 == header.number())
    }
}

fn ids(ids: &[FixedBytes<10>]) -> ProposalShortIdVec {
    let ids = ids.iter().map(|id| ProposalShortId::new(id.0)).collect::<Vec<_>>();
    ProposalShortIdVec::new_builder().set(ids).build()
}

impl CellDataProvider for Chain<'_> {
    fn get_cell_data(&self, _: &OutPoint) -> Option<Bytes> {
        None
    }

    fn get_cell_data_hash(&self, _: &OutPoint) -> Option<Byte32> {
        None
    }
}

impl HeaderProvider for Chain<'_> {
    fn get_header(&self, hash: &Byte32) -> Option<HeaderView> {
        self.get_block_header(hash)
    }
}

impl EpochProvider for Chain<'_> {
    fn get_epoch_ext(&self, _: &HeaderView) -> Option<EpochExt> {
        Some(self.epoch.clone())
    }

    fn get_block_hash(&self, number: u64) -> Option<Byte32> {
        self.header(number).map(HeaderView::hash)
    }

    fn get_block_ext(&self, hash: &Byte32) -> Option<BlockExt> {
        let transactions = self.block(hash).into_iter().flat_map(|block| &block.transactions);
        let fees = transactions.map(|it| Capacity::shannons(it.fee.0));
        Some(block_ext(0, fees.collect()))
    }

    fn get_block_header(&self, hash: &Byte32) -> Option<HeaderView> {
        self.headers.iter().find(|header| header.hash() == *hash).cloned()
    }
}

impl ChainStore for Chain<'_> {
    fn get_cellbase(&self, _: &Byte32) -> Option<TransactionView> {
        let witness = CellbaseWitness::new_builder().lock(self.lock.clone()).build();
        Some(TransactionBuilder::default().witness(witness.as_bytes().pack()).build())
    }

    /// Each hash begins with the short id; the calculator ignores the other bytes.
    fn get_block_txs_hashes(&self, block: &Byte32) -> Vec<Byte32> {
        let transactions = self.block(block).into_iter().flat_map(|block| &block.transactions);
        let hashes = transactions.map(|it| {
            let mut hash = [0; 32];
            for (byte, of_id) in hash.iter_mut().zip(it.id.0) {
                *byte = of_id;
            }
            Byte32::from(hash)
        });
        std::iter::once(Byte32::default()).chain(hashes).collect()
    }

    fn get_block_proposal_txs_ids(&self, block: &Byte32) -> Option<ProposalShortIdVec> {
        self.block(block).map(|block| ids(&block.proposals))
    }

    /// One uncle with all ids that the uncles propose.
    fn get_block_uncles(&self, block: &Byte32) -> Option<UncleBlockVecView> {
        let proposals = ids(&self.block(block)?.uncle_proposals);
        let uncle = UncleBlock::new_builder().proposals(proposals).build();
        Some(BlockBuilder::default().uncle(uncle.into_view()).build().uncles())
    }
}
