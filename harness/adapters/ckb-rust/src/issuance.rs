//! Area `issuance`: the schedule with `Consensus` and `EpochExt`, the rest with `DaoCalculator`.
//!
//! The calculator takes transactions and headers. Where a question gives only sums, this module
//! makes the smallest transactions with these sums.

use ckb_chain_spec::consensus::Consensus;
use ckb_dao::{DaoCalculator, modified_occupied_capacity};
use ckb_dao_utils::{
    DaoError, extract_dao_data, genesis_dao_data_with_satoshi_gift, pack_dao_data,
};
use ckb_traits::{CellDataProvider, EpochProvider, HeaderProvider};
use ckb_types::bytes::Bytes;
use ckb_types::core::cell::{CellMeta, ResolvedTransaction};
use ckb_types::core::{
    BlockExt, Capacity, EpochExt, EpochNumberWithFraction, HeaderBuilder, HeaderView, Ratio,
    ScriptHashType, TransactionBuilder, TransactionInfo, TransactionView,
};
use ckb_types::packed::{Byte32, CellInput, CellOutput, OutPoint, Script, WitnessArgs};
use ckb_types::prelude::{Builder, Entity, Pack};
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::{
    BlockIssuanceIn, BlockIssuanceOut, CapacityOut, CountedCell, DaoFieldIn, DaoFieldOut,
    EpochRewardOut, FreedCapacityIn, GenesisDaoFieldIn, IssuingEpoch, MaximumWithdrawIn, Origin,
    PrimaryEpochRewardIn, SecondaryEpochRewardIn, TransactionFeeIn, TransactionFeeOut,
};
use ckbspec_protocol::values::{FixedBytes, Uint64};
use std::collections::HashMap;

/// The capacity that each byte of a cell needs, in shannons.
const BYTE: u64 = 100_000_000;

/// The size of a cell without arguments, type script and data, in bytes.
const CELL_BYTES: u64 = 41;

/// The most bytes of data that are made for one question.
const DATA_MAX: u64 = 4_000_000;

pub(crate) fn primary_epoch(input: &PrimaryEpochRewardIn) -> EpochRewardOut {
    let consensus = Consensus {
        initial_primary_epoch_reward: Capacity::shannons(input.initial_primary_epoch_reward.0),
        primary_epoch_reward_halving_interval: input.halving_interval.0,
        ..Consensus::default()
    };
    let reward = consensus.primary_epoch_reward(input.epoch.0);
    EpochRewardOut { reward: Uint64(reward.as_u64()) }
}

pub(crate) fn secondary_epoch(input: &SecondaryEpochRewardIn) -> EpochRewardOut {
    let secondary = Capacity::shannons(input.secondary_epoch_reward.0);
    let consensus = Consensus { secondary_epoch_reward: secondary, ..Consensus::default() };
    EpochRewardOut { reward: Uint64(consensus.secondary_epoch_reward().as_u64()) }
}

/// The epoch of a question.
pub(crate) fn epoch(input: &IssuingEpoch) -> EpochExt {
    EpochExt::new_builder()
        .start_number(input.start_number.0)
        .length(input.length.0.into())
        .base_block_reward(Capacity::shannons(input.base_block_reward.0))
        .remainder_reward(Capacity::shannons(input.remainder_reward.0))
        .build()
}

pub(crate) fn block_issuance(input: &BlockIssuanceIn) -> Result<BlockIssuanceOut, DaoError> {
    let (epoch, number) = (epoch(&input.epoch), input.block_number.0);
    let secondary = Capacity::shannons(input.epoch.secondary_epoch_reward.0);
    Ok(BlockIssuanceOut {
        primary: Uint64(epoch.block_reward(number)?.as_u64()),
        secondary: Uint64(epoch.secondary_block_issuance(number, secondary)?.as_u64()),
    })
}

/// A store with the headers and the epoch that the calculator reads.
struct Loader {
    headers: HashMap<Byte32, HeaderView>,
}

impl CellDataProvider for Loader {
    fn get_cell_data(&self, _: &OutPoint) -> Option<Bytes> {
        None
    }

    fn get_cell_data_hash(&self, _: &OutPoint) -> Option<Byte32> {
        None
    }
}

impl HeaderProvider for Loader {
    fn get_header(&self, hash: &Byte32) -> Option<HeaderView> {
        self.headers.get(hash).cloned()
    }
}

/// The calculator requires this trait, but calls none of its functions here.
impl EpochProvider for Loader {
    fn get_epoch_ext(&self, _: &HeaderView) -> Option<EpochExt> {
        None
    }

    fn get_block_hash(&self, _: u64) -> Option<Byte32> {
        None
    }

    fn get_block_ext(&self, _: &Byte32) -> Option<BlockExt> {
        None
    }

    fn get_block_header(&self, hash: &Byte32) -> Option<HeaderView> {
        self.get_header(hash)
    }
}

/// A header with a block number and a DAO field.
fn header(number: u64, dao: Byte32) -> HeaderView {
    HeaderBuilder::default().number(number).dao(dao).build()
}

fn bytes(hash: &FixedBytes<32>) -> Byte32 {
    hash.0.into()
}

/// Converts the output in a question, through the node's JSON.
fn output(form: &ckbspec_protocol::structures::CellOutput) -> CellOutput {
    let json = serde_json::to_value(form)
        .unwrap_or_else(|error| unreachable!("structures have string keys only: {error}"));
    let output: ckb_jsonrpc_types::CellOutput = serde_json::from_value(json)
        .unwrap_or_else(|error| unreachable!("the names are those of the JSON-RPC: {error}"));
    output.into()
}

fn field_out(dao: &Byte32) -> DaoFieldOut {
    let (ar, c, s, u) = extract_dao_data(dao.clone());
    DaoFieldOut {
        dao: FixedBytes(dao.clone().into()),
        c: Uint64(c.as_u64()),
        ar: Uint64(ar),
        s: Uint64(s.as_u64()),
        u: Uint64(u.as_u64()),
    }
}

pub(crate) fn dao_field(input: &DaoFieldIn) -> Answer {
    let mut loader = Loader { headers: HashMap::new() };
    let mut consensus = Consensus {
        secondary_epoch_reward: Capacity::shannons(input.epoch.secondary_epoch_reward.0),
        ..Consensus::default()
    };
    let Some(transaction) = movement(input, &mut consensus, &mut loader) else {
        return Answer::unsupported(
            "amounts that need a larger transaction than this adapter makes",
        );
    };
    let Some(parent) = input.block_number.0.checked_sub(1) else {
        return Answer::fault("genesis has no parent");
    };
    let parent = header(parent, bytes(&input.parent));
    let calculator = DaoCalculator::new(&consensus, &loader);
    let transactions = [transaction];
    let epoch = epoch(&input.epoch);
    let field = calculator.dao_field_with_current_epoch(transactions.iter(), &parent, &epoch);
    crate::dao(field.map(|dao| field_out(&dao)))
}

/// A transaction that adds, frees and withdraws these amounts.
///
/// Satoshi's cells can free any amount, if all of their capacity counts as occupied. But then the
/// cell that withdraws must not count, so with interest only whole bytes can be freed.
fn movement(
    input: &DaoFieldIn,
    consensus: &mut Consensus,
    loader: &mut Loader,
) -> Option<ResolvedTransaction> {
    let satoshi = Script::new_builder()
        .args(Bytes::copy_from_slice(consensus.satoshi_pubkey_hash.as_bytes()).pack())
        .build();
    let mut builder = TransactionBuilder::default();
    let mut inputs = vec![];
    if input.interest.0 > 0 {
        consensus.satoshi_cell_occupied_ratio = Ratio::new(0, 1);
        let (deposit, withdraw) = (named(1), named(2));
        // The cell has one shannon more than it occupies, and AR grows from 1 to I + 1.
        let rate = input.interest.0.checked_add(1)?;
        loader.headers.insert(deposit.clone(), header(1, pack(1)));
        loader.headers.insert(withdraw.clone(), header(2, pack(rate)));
        let args = WitnessArgs::new_builder()
            .input_type(Some(Bytes::copy_from_slice(&[0; 8])).pack())
            .build();
        builder =
            builder.header_deps(vec![deposit, withdraw.clone()]).witness(args.as_bytes().pack());
        let dao = Script::new_builder()
            .code_hash(consensus.dao_type_hash.clone())
            .hash_type(ScriptHashType::Type)
            .build();
        let cell = CellOutput::new_builder().lock(satoshi).type_(Some(dao).pack());
        let occupied = cell.clone().build().occupied_capacity(Capacity::shannons(8 * BYTE)).ok()?;
        let cell = cell.capacity(occupied.safe_add(1_u64).ok()?).build();
        inputs.push(spent(
            cell,
            8,
            Some((withdraw, 0)),
            Bytes::copy_from_slice(&1_u64.to_le_bytes()),
        ));
        if input.freed.0 > 0 {
            inputs.push(spent(CellOutput::default(), bytes_of(input.freed.0)?, None, Bytes::new()));
        }
    } else {
        consensus.satoshi_cell_occupied_ratio = Ratio::new(1, 1);
        let cell = CellOutput::new_builder().lock(satoshi).capacity(input.freed.0).build();
        inputs.push(spent(cell, 0, Some((named(3), 0)), Bytes::new()));
    }
    if input.added.0 > 0 {
        let size =
            usize::try_from(bytes_of(input.added.0).filter(|size| *size <= DATA_MAX)?).ok()?;
        builder =
            builder.output(CellOutput::default()).output_data(Bytes::from(vec![0; size]).pack());
    }
    Some(resolved(builder.build(), inputs))
}

/// How many bytes of data the smallest cell that occupies this capacity has.
fn bytes_of(occupied: u64) -> Option<u64> {
    let whole = occupied.checked_rem(BYTE)? == 0;
    occupied.checked_div(BYTE).filter(|_| whole)?.checked_sub(CELL_BYTES)
}

/// An arbitrary hash that identifies an object.
fn named(name: u8) -> Byte32 {
    [name; 32].into()
}

fn pack(ar: u64) -> Byte32 {
    pack_dao_data(ar, Capacity::zero(), Capacity::zero(), Capacity::zero())
}

/// A cell that is spent, and where it was created: by the first transaction of a block.
fn spent(
    cell_output: CellOutput,
    data_bytes: u64,
    created: Option<(Byte32, u64)>,
    data: Bytes,
) -> CellMeta {
    let transaction_info = created.map(|(block_hash, block_number)| TransactionInfo {
        block_hash,
        block_number,
        block_epoch: EpochNumberWithFraction::from_full_value(0),
        index: 0,
    });
    CellMeta {
        cell_output,
        out_point: OutPoint::default(),
        transaction_info,
        data_bytes,
        mem_cell_data: Some(data),
        mem_cell_data_hash: None,
    }
}

fn resolved(transaction: TransactionView, resolved_inputs: Vec<CellMeta>) -> ResolvedTransaction {
    ResolvedTransaction {
        transaction,
        resolved_cell_deps: vec![],
        resolved_inputs,
        resolved_dep_groups: vec![],
    }
}

/// The amount with which a cell counts when it is spent.
pub(crate) fn freed_capacity(input: &FreedCapacityIn) -> Result<CapacityOut, DaoError> {
    let CountedCell { output: form, data_size, origin } = &input.cell;
    let number = u64::from(*origin == Origin::Other);
    let cell = spent(output(form), data_size.0, Some((named(3), number)), Bytes::new());
    let capacity = modified_occupied_capacity(&cell, &Consensus::default())?;
    Ok(CapacityOut { capacity: Uint64(capacity.as_u64()) })
}

/// Makes two transactions for the calculator; the first one creates the cells of the cellbase.
pub(crate) fn genesis_dao_field(input: &GenesisDaoFieldIn) -> Result<DaoFieldOut, DaoError> {
    let transaction = |origin: Origin| {
        let cells = input.cells.iter().filter(|cell| cell.origin == origin);
        let cellbase = TransactionBuilder::default().input(CellInput::default());
        cells
            .fold(cellbase, |builder, cell| {
                let size = usize::try_from(cell.data_size.0).unwrap_or(usize::MAX);
                let data = Bytes::from(vec![0; size]);
                builder.output(output(&cell.output)).output_data(data.pack())
            })
            .build()
    };
    let transactions = [transaction(Origin::GenesisCellbase), transaction(Origin::Other)];
    let length = input.epoch_length.0.into();
    let reward = |total: &Uint64| {
        ckb_chain_spec::calculate_block_reward(Capacity::shannons(total.0), length)
    };
    let consensus = Consensus::default();
    let dao = genesis_dao_data_with_satoshi_gift(
        transactions.iter().collect(),
        &consensus.satoshi_pubkey_hash,
        consensus.satoshi_cell_occupied_ratio,
        reward(&input.primary_epoch_reward),
        reward(&input.secondary_epoch_reward),
    )?;
    Ok(field_out(&dao))
}

pub(crate) fn maximum_withdraw(input: &MaximumWithdrawIn) -> Result<CapacityOut, DaoError> {
    let (deposit, withdraw) = (named(1), named(2));
    let known =
        |dao: &ckbspec_protocol::operations::DaoHeader| header(dao.number.0, bytes(&dao.dao));
    let headers =
        [(deposit.clone(), known(&input.deposit)), (withdraw.clone(), known(&input.withdraw))];
    let loader = Loader { headers: HashMap::from(headers) };
    let consensus = Consensus::default();
    let calculator = DaoCalculator::new(&consensus, &loader);
    let size = usize::try_from(input.data_size.0).unwrap_or(usize::MAX);
    let data = Capacity::bytes(size)?;
    let output = output(&input.output);
    let worth = calculator.calculate_maximum_withdraw(&output, data, &deposit, &withdraw)?;
    Ok(CapacityOut { capacity: Uint64(worth.as_u64()) })
}

pub(crate) fn transaction_fee(input: &TransactionFeeIn) -> Result<TransactionFeeOut, DaoError> {
    let headers = input.headers.iter();
    let headers = headers.map(|it| (bytes(&it.hash), header(it.number.0, bytes(&it.dao))));
    let loader = Loader { headers: headers.collect() };
    let dao_type_hash = bytes(&input.dao_type_hash);
    let consensus = Consensus { dao_type_hash, ..Consensus::default() };
    let outputs = input.outputs.iter();
    let outputs: Vec<CellOutput> =
        outputs.map(|capacity| CellOutput::new_builder().capacity(capacity.0).build()).collect();
    let transaction = TransactionBuilder::default()
        .header_deps(input.header_deps.iter().map(bytes).collect::<Vec<_>>())
        .outputs(outputs)
        .witnesses(
            input.witnesses.iter().map(|it| Bytes::from(it.0.clone()).pack()).collect::<Vec<_>>(),
        )
        .build();
    let inputs = input.inputs.iter().map(|cell| {
        let data = Bytes::from(cell.data.0.clone());
        let size = u64::try_from(data.len()).unwrap_or(u64::MAX);
        let created = cell.block_hash.as_ref().map(|hash| (bytes(hash), 1));
        spent(output(&cell.output), size, created, data)
    });
    let calculator = DaoCalculator::new(&consensus, &loader);
    let fee = calculator.transaction_fee(&resolved(transaction, inputs.collect()))?;
    Ok(TransactionFeeOut { fee: Uint64(fee.as_u64()) })
}
