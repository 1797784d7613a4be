//! Operations of the area `issuance`.

use super::pow::{epoch_length, not_zero};
use super::{Ruled, Undefined};
use ckbspec_common::wire::Wire;
use ckbspec_protocol::operations::{
    BlockIssuanceIn, BlockIssuanceOut, BlockRewardIn, BlockRewardOut, CapacityOut, CountedCell,
    DaoFieldIn, DaoFieldOut, EpochRewardOut, FreedCapacityIn, GenesisDaoFieldIn, IssuingEpoch,
    MaximumWithdrawIn, Origin, PrimaryEpochRewardIn, SecondaryEpochRewardIn, TransactionFeeIn,
    TransactionFeeOut,
};
use ckbspec_protocol::values::{FixedBytes, Uint64};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::script::{HashType, Script};
use ckbspec_reference::encoding::transaction::{CellOutput, RawTransaction, Transaction};
use ckbspec_reference::issuance::{
    self, BlockFacts, DaoField, DatedField, GenesisCell, Input, Issuance, Movement, Reward,
};
use ckbspec_reference::pow::{CompactTarget, Epoch, EpochRecord, U256};
use ckbspec_reference::{Parameters, RuleSet};
use std::collections::BTreeMap;
use std::num::NonZeroU16;

pub(super) fn primary_epoch(input: &PrimaryEpochRewardIn) -> Result<EpochRewardOut, Undefined> {
    let parameters = Parameters {
        initial_primary_epoch_reward: input.initial_primary_epoch_reward.0,
        halving_interval: not_zero(input.halving_interval)?,
        ..Parameters::MAINNET
    };
    let reward = issuance::primary_epoch_reward(&parameters, input.epoch.0);
    Ok(EpochRewardOut { reward: Uint64(reward) })
}

pub(super) fn secondary_epoch(input: &SecondaryEpochRewardIn) -> EpochRewardOut {
    let secondary_epoch_reward = input.secondary_epoch_reward.0;
    let parameters = Parameters { secondary_epoch_reward, ..Parameters::MAINNET };
    let reward = issuance::secondary_epoch_reward(&parameters, input.epoch.0);
    EpochRewardOut { reward: Uint64(reward) }
}

/// What a block of an epoch issues.
fn issued(input: &IssuingEpoch, block_number: Uint64) -> Result<Issuance, Undefined> {
    let secondary_epoch_reward = input.secondary_epoch_reward.0;
    let parameters = Parameters { secondary_epoch_reward, ..Parameters::MAINNET };
    let record = EpochRecord {
        number: 0,
        start_number: input.start_number.0,
        length: epoch_length(input.length)?,
        compact_target: CompactTarget(0),
    };
    let epoch = Epoch {
        record,
        base_block_reward: input.base_block_reward.0,
        remainder_reward: input.remainder_reward.0,
        previous_hash_rate: U256::ZERO,
    };
    let issuance = issuance::block_issuance(&parameters, &epoch, block_number.0);
    issuance.ok_or(Undefined("the block is not in the epoch"))
}

pub(super) fn block_issuance(input: &BlockIssuanceIn) -> Result<BlockIssuanceOut, Undefined> {
    let Issuance { primary, secondary } = issued(&input.epoch, input.block_number)?;
    Ok(BlockIssuanceOut { primary: Uint64(primary), secondary: Uint64(secondary) })
}

/// The DAO field of a parent: of a block, and none has C = 0.
fn parent_field(bytes: FixedBytes<32>) -> Result<DaoField, Undefined> {
    let field = DaoField::from_bytes(bytes.0);
    if field.c == 0 { Err(Undefined("no block has C = 0")) } else { Ok(field) }
}

fn field_out(field: DaoField) -> DaoFieldOut {
    let DaoField { c, ar, s, u } = field;
    DaoFieldOut {
        dao: FixedBytes(field.to_bytes()),
        c: Uint64(c),
        ar: Uint64(ar),
        s: Uint64(s),
        u: Uint64(u),
    }
}

pub(super) fn dao_field(input: &DaoFieldIn) -> Ruled<DaoFieldOut> {
    let parent = parent_field(input.parent)?;
    let issuance = issued(&input.epoch, input.block_number)?;
    let movement =
        Movement { added: input.added.0, freed: input.freed.0, interest: input.interest.0 };
    Ok(parent.next(issuance, movement).map(field_out))
}

/// A cell as the reference has it.
struct Counted {
    output: CellOutput,
    data_size: u64,
    origin: issuance::Origin,
}

impl Counted {
    fn read(cell: &CountedCell) -> Result<Self, Undefined> {
        let origin = match cell.origin {
            Origin::GenesisCellbase => issuance::Origin::GenesisCellbase,
            Origin::Other => issuance::Origin::Other,
        };
        let output = Wire::from_wire(cell.output.clone())?;
        Ok(Self { output, data_size: cell.data_size.0, origin })
    }
}

pub(super) fn freed_capacity(input: &FreedCapacityIn) -> Ruled<CapacityOut> {
    let Counted { output, data_size, origin } = Counted::read(&input.cell)?;
    let freed = issuance::freed_capacity(&Parameters::MAINNET, &output, data_size, origin);
    Ok(freed.map(|capacity| CapacityOut { capacity: Uint64(capacity) }))
}

pub(super) fn genesis_dao_field(input: &GenesisDaoFieldIn) -> Ruled<DaoFieldOut> {
    let length = NonZeroU16::new(epoch_length(input.epoch_length)?);
    let parameters = Parameters {
        genesis_epoch_length: length.ok_or(Undefined("an epoch has a block at least"))?,
        initial_primary_epoch_reward: input.primary_epoch_reward.0,
        secondary_epoch_reward: input.secondary_epoch_reward.0,
        ..Parameters::MAINNET
    };
    let cells: Vec<Counted> =
        input.cells.iter().map(Counted::read).collect::<Result<_, Undefined>>()?;
    let live = cells.iter().map(|cell| GenesisCell {
        output: &cell.output,
        data_size: cell.data_size,
        origin: cell.origin,
    });
    Ok(issuance::genesis_dao_field(&parameters, live).map(field_out))
}

pub(super) fn block_reward(input: &BlockRewardIn) -> Ruled<BlockRewardOut> {
    if input.target.0 == 0 {
        return Err(Undefined("genesis has no reward"));
    }
    let mut blocks = BTreeMap::new();
    for block in &input.blocks {
        let proposals = block.proposals.iter().chain(&block.uncle_proposals);
        let transactions =
            block.transactions.iter().map(|it| Ok((Wire::from_wire(it.id)?, it.fee.0)));
        let facts = BlockFacts {
            proposals: proposals.map(|id| Wire::from_wire(*id)).collect::<Result<_, _>>()?,
            transactions: transactions.collect::<Result<_, Undefined>>()?,
        };
        if blocks.insert(block.number.0, facts).is_some() {
            return Err(Undefined("a height has one block"));
        }
    }
    let question = Reward {
        target: input.target.0,
        issuance: issued(&input.epoch, input.target)?,
        parent: parent_field(input.parent_dao)?,
        blocks: &blocks,
    };
    let lock = Script::from_wire(input.lock.clone())?;
    let reward = issuance::block_reward(&Parameters::MAINNET, &question);
    Ok(reward.and_then(|reward| {
        Ok(BlockRewardOut {
            primary: Uint64(reward.primary),
            secondary: Uint64(reward.secondary),
            commit: Uint64(reward.commit),
            proposal: Uint64(reward.proposal),
            total: Uint64(reward.total),
            pays: issuance::pays(reward.total, &lock)?,
        })
    }))
}

/// What a withdrawal asks of a header.
fn dated(number: Uint64, dao: FixedBytes<32>) -> Result<DatedField, Undefined> {
    let dao = DaoField::from_bytes(dao.0);
    if dao.ar == 0 {
        return Err(Undefined("no block has AR = 0"));
    }
    Ok(DatedField { number: number.0, dao })
}

pub(super) fn maximum_withdraw(input: &MaximumWithdrawIn, rules: &RuleSet) -> Ruled<CapacityOut> {
    let output = CellOutput::from_wire(input.output.clone())?;
    let deposit = dated(input.deposit.number, input.deposit.dao)?;
    let withdraw = dated(input.withdraw.number, input.withdraw.dao)?;
    let size = input.data_size.0;
    let worth = issuance::maximum_withdraw(&output, size, &deposit, &withdraw, rules);
    Ok(worth.map(|capacity| CapacityOut { capacity: Uint64(capacity) }))
}

pub(super) fn transaction_fee(
    input: &TransactionFeeIn,
    rules: &RuleSet,
) -> Ruled<TransactionFeeOut> {
    let dao_type_hash = Byte32::from_wire(input.dao_type_hash)?;
    let parameters = Parameters { dao_type_hash, ..Parameters::MAINNET };
    let mut headers = BTreeMap::new();
    for header in &input.headers {
        headers.insert(Wire::from_wire(header.hash)?, dated(header.number, header.dao)?);
    }
    let transaction = transaction(input)?;
    if !transaction.raw.header_deps.iter().all(|hash| headers.contains_key(hash)) {
        return Err(Undefined("a header dep is unknown"));
    }
    let inputs = input.inputs.iter().map(|cell| {
        Ok(Input {
            output: Wire::from_wire(cell.output.clone())?,
            data: Wire::from_wire(cell.data.clone())?,
            block_hash: Wire::from_wire(cell.block_hash)?,
        })
    });
    let inputs: Vec<Input> = inputs.collect::<Result<_, Undefined>>()?;
    let found = issuance::transaction_fee(&parameters, &transaction, &inputs, &headers, rules);
    Ok(found.map(|found| TransactionFeeOut { fee: Uint64(found.fee) }))
}

/// A transaction with what its fee depends on.
fn transaction(input: &TransactionFeeIn) -> Result<Transaction, Undefined> {
    let lock = Script { code_hash: Byte32([0; 32]), hash_type: HashType::DATA, args: vec![] };
    let outputs = input.outputs.iter().map(|capacity| CellOutput {
        capacity: capacity.0,
        lock: lock.clone(),
        type_script: None,
    });
    Ok(Transaction {
        raw: RawTransaction {
            version: 0,
            cell_deps: vec![],
            header_deps: Wire::from_wire(input.header_deps.clone())?,
            inputs: vec![],
            outputs: outputs.collect(),
            outputs_data: vec![],
        },
        witnesses: Wire::from_wire(input.witnesses.clone())?,
    })
}
