//! Operations of the area `issuance`.

use super::pow::{epoch_length, not_zero};
use super::{Answered, NoOutput, Undefined};
use ckbspec_common::wire::Wire;
use ckbspec_protocol::Env;
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

impl Answered for PrimaryEpochRewardIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<EpochRewardOut, NoOutput> {
        let parameters = Parameters {
            initial_primary_epoch_reward: self.initial_primary_epoch_reward.0,
            halving_interval: not_zero(self.halving_interval)?,
            ..Parameters::MAINNET
        };
        let reward = issuance::primary_epoch_reward(&parameters, self.epoch.0);
        Ok(EpochRewardOut { reward: Uint64(reward) })
    }
}

impl Answered for SecondaryEpochRewardIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<EpochRewardOut, NoOutput> {
        let secondary_epoch_reward = self.secondary_epoch_reward.0;
        let parameters = Parameters { secondary_epoch_reward, ..Parameters::MAINNET };
        let reward = issuance::secondary_epoch_reward(&parameters, self.epoch.0);
        Ok(EpochRewardOut { reward: Uint64(reward) })
    }
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

impl Answered for BlockIssuanceIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<BlockIssuanceOut, NoOutput> {
        let Issuance { primary, secondary } = issued(&self.epoch, self.block_number)?;
        Ok(BlockIssuanceOut { primary: Uint64(primary), secondary: Uint64(secondary) })
    }
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

impl Answered for DaoFieldIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<DaoFieldOut, NoOutput> {
        let parent = parent_field(self.parent)?;
        let issuance = issued(&self.epoch, self.block_number)?;
        let movement =
            Movement { added: self.added.0, freed: self.freed.0, interest: self.interest.0 };
        Ok(field_out(parent.next(issuance, movement)?))
    }
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

impl Answered for FreedCapacityIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<CapacityOut, NoOutput> {
        let Counted { output, data_size, origin } = Counted::read(&self.cell)?;
        let capacity = issuance::freed_capacity(&Parameters::MAINNET, &output, data_size, origin)?;
        Ok(CapacityOut { capacity: Uint64(capacity) })
    }
}

impl Answered for GenesisDaoFieldIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<DaoFieldOut, NoOutput> {
        let length = NonZeroU16::new(epoch_length(self.epoch_length)?);
        let parameters = Parameters {
            genesis_epoch_length: length.ok_or(Undefined("an epoch has a block at least"))?,
            initial_primary_epoch_reward: self.primary_epoch_reward.0,
            secondary_epoch_reward: self.secondary_epoch_reward.0,
            ..Parameters::MAINNET
        };
        let cells: Vec<Counted> =
            self.cells.iter().map(Counted::read).collect::<Result<_, Undefined>>()?;
        let live = cells.iter().map(|cell| GenesisCell {
            output: &cell.output,
            data_size: cell.data_size,
            origin: cell.origin,
        });
        Ok(field_out(issuance::genesis_dao_field(&parameters, live)?))
    }
}

impl Answered for BlockRewardIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<BlockRewardOut, NoOutput> {
        if self.target.0 == 0 {
            return Err(Undefined("genesis has no reward").into());
        }
        let mut blocks = BTreeMap::new();
        for block in &self.blocks {
            let proposals = block.proposals.iter().chain(&block.uncle_proposals);
            let transactions =
                block.transactions.iter().map(|it| Ok((Wire::from_wire(it.id)?, it.fee.0)));
            let facts = BlockFacts {
                proposals: proposals.map(|id| Wire::from_wire(*id)).collect::<Result<_, _>>()?,
                transactions: transactions.collect::<Result<_, Undefined>>()?,
            };
            if blocks.insert(block.number.0, facts).is_some() {
                return Err(Undefined("a height has one block").into());
            }
        }
        let question = Reward {
            target: self.target.0,
            issuance: issued(&self.epoch, self.target)?,
            parent: parent_field(self.parent_dao)?,
            blocks: &blocks,
        };
        let lock = Script::from_wire(self.lock.clone())?;
        let reward = issuance::block_reward(&Parameters::MAINNET, &question)?;
        Ok(BlockRewardOut {
            primary: Uint64(reward.primary),
            secondary: Uint64(reward.secondary),
            commit: Uint64(reward.commit),
            proposal: Uint64(reward.proposal),
            total: Uint64(reward.total),
            pays: issuance::pays(reward.total, &lock)?,
        })
    }
}

/// What a withdrawal asks of a header.
fn dated(number: Uint64, dao: FixedBytes<32>) -> Result<DatedField, Undefined> {
    let dao = DaoField::from_bytes(dao.0);
    if dao.ar == 0 {
        return Err(Undefined("no block has AR = 0"));
    }
    Ok(DatedField { number: number.0, dao })
}

impl Answered for MaximumWithdrawIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<CapacityOut, NoOutput> {
        let output = CellOutput::from_wire(self.output.clone())?;
        let deposit = dated(self.deposit.number, self.deposit.dao)?;
        let withdraw = dated(self.withdraw.number, self.withdraw.dao)?;
        let size = self.data_size.0;
        let capacity = issuance::maximum_withdraw(&output, size, &deposit, &withdraw, rules)?;
        Ok(CapacityOut { capacity: Uint64(capacity) })
    }
}

impl Answered for TransactionFeeIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<TransactionFeeOut, NoOutput> {
        let dao_type_hash = Byte32::from_wire(self.dao_type_hash)?;
        let parameters = Parameters { dao_type_hash, ..Parameters::MAINNET };
        let mut headers = BTreeMap::new();
        for header in &self.headers {
            headers.insert(Wire::from_wire(header.hash)?, dated(header.number, header.dao)?);
        }
        let transaction = transaction(self)?;
        if !transaction.raw.header_deps.iter().all(|hash| headers.contains_key(hash)) {
            return Err(Undefined("a header dep is unknown").into());
        }
        let inputs = self.inputs.iter().map(|cell| {
            Ok(Input {
                output: Wire::from_wire(cell.output.clone())?,
                data: Wire::from_wire(cell.data.clone())?,
                block_hash: Wire::from_wire(cell.block_hash)?,
            })
        });
        let inputs: Vec<Input> = inputs.collect::<Result<_, Undefined>>()?;
        let found = issuance::transaction_fee(&parameters, &transaction, &inputs, &headers, rules)?;
        Ok(TransactionFeeOut { fee: Uint64(found.fee) })
    }
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
