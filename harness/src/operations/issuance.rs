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
use ckbspec_reference::RuleSet;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::script::Script;
use ckbspec_reference::encoding::transaction::CellOutput;
use ckbspec_reference::issuance::{
    self, BlockFacts, DaoField, GenesisCell, Issuance, Movement, RewardTarget, Spending,
    SpentInput, WithdrawalHeader,
};
use std::collections::BTreeMap;

impl Answered for PrimaryEpochRewardIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<EpochRewardOut, NoOutput> {
        let (initial, interval) = (self.initial_primary_epoch_reward.0, self.halving_interval);
        let reward = issuance::primary_epoch_reward(initial, not_zero(interval)?, self.epoch.0);
        Ok(EpochRewardOut { reward: Uint64(reward) })
    }
}

/// The output is the parameter itself: the issuance is the same in every epoch (ISS-004).
impl Answered for SecondaryEpochRewardIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<EpochRewardOut, NoOutput> {
        Ok(EpochRewardOut { reward: self.secondary_epoch_reward })
    }
}

/// What a block of an epoch issues.
fn issued(input: &IssuingEpoch, block_number: Uint64) -> Result<Issuance, Undefined> {
    let epoch = issuance::IssuingEpoch {
        start_number: input.start_number.0,
        length: epoch_length(input.length)?,
        base_block_reward: input.base_block_reward.0,
        remainder_reward: input.remainder_reward.0,
        secondary_epoch_reward: input.secondary_epoch_reward.0,
    };
    let issuance = issuance::block_issuance(&epoch, block_number.0);
    issuance.ok_or(Undefined("the block is not in the epoch"))
}

impl Answered for BlockIssuanceIn {
    fn output(&self, _: &Env, _: &RuleSet) -> Result<BlockIssuanceOut, NoOutput> {
        let Issuance { primary, secondary } = issued(&self.epoch, self.block_number)?;
        Ok(BlockIssuanceOut { primary: Uint64(primary), secondary: Uint64(secondary) })
    }
}

/// Decodes the DAO field of a parent; no block of a chain has C = 0.
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
        Ok(field_out(parent.next(issuance, movement)?.field))
    }
}

/// A cell in the types of the reference.
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
        let capacity = issuance::freed_capacity(&output, data_size, origin)?;
        Ok(CapacityOut { capacity: Uint64(capacity) })
    }
}

impl Answered for GenesisDaoFieldIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<DaoFieldOut, NoOutput> {
        let cells: Vec<Counted> =
            self.cells.iter().map(Counted::read).collect::<Result<_, Undefined>>()?;
        let live = cells.iter().map(|cell| GenesisCell {
            output: &cell.output,
            data_size: cell.data_size,
            origin: cell.origin,
        });
        let (primary, secondary) = (self.primary_epoch_reward.0, self.secondary_epoch_reward.0);
        let length = epoch_length(self.epoch_length)?;
        let field = issuance::genesis_dao_field(primary, secondary, length, live, rules)?;
        Ok(field_out(field))
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
                return Err(Undefined("two blocks have the same number").into());
            }
        }
        let target = RewardTarget {
            number: self.target.0,
            issuance: issued(&self.epoch, self.target)?,
            parent_dao: parent_field(self.parent_dao)?,
            blocks: &blocks,
        };
        let lock = Script::from_wire(self.lock.clone())?;
        let reward = issuance::block_reward(&target)?;
        Ok(BlockRewardOut {
            primary: Uint64(reward.primary),
            secondary: Uint64(reward.secondary),
            commit: Uint64(reward.commit),
            proposal: Uint64(reward.proposal),
            total: Uint64(reward.total),
            pays: issuance::pays(reward.total, lock.args.len())?,
        })
    }
}

/// The fields of a header that a withdrawal needs.
fn header(number: Uint64, dao: FixedBytes<32>) -> Result<WithdrawalHeader, Undefined> {
    let DaoField { ar, .. } = DaoField::from_bytes(dao.0);
    if ar == 0 {
        return Err(Undefined("no block has AR = 0"));
    }
    Ok(WithdrawalHeader { number: number.0, ar })
}

impl Answered for MaximumWithdrawIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<CapacityOut, NoOutput> {
        let output = CellOutput::from_wire(self.output.clone())?;
        let deposit = header(self.deposit.number, self.deposit.dao)?;
        let withdraw = header(self.withdraw.number, self.withdraw.dao)?;
        let occupied = issuance::occupied_capacity(&output, self.data_size.0);
        let worth =
            issuance::maximum_withdraw(output.capacity, occupied, &deposit, &withdraw, rules)?;
        Ok(CapacityOut { capacity: Uint64(worth) })
    }
}

impl Answered for TransactionFeeIn {
    fn output(&self, _: &Env, rules: &RuleSet) -> Result<TransactionFeeOut, NoOutput> {
        let dao_type_hash = Byte32::from_wire(self.dao_type_hash)?;
        let mut headers = BTreeMap::new();
        for it in &self.headers {
            headers.insert(Wire::from_wire(it.hash)?, header(it.number, it.dao)?);
        }
        let header_deps: Vec<Byte32> = Wire::from_wire(self.header_deps.clone())?;
        if !header_deps.iter().all(|hash| headers.contains_key(hash)) {
            return Err(Undefined("a header dep is unknown").into());
        }
        let inputs = self.inputs.iter().map(|cell| {
            let output = Wire::from_wire(cell.output.clone())?;
            let data: Vec<u8> = Wire::from_wire(cell.data.clone())?;
            Ok(SpentInput::of(&dao_type_hash, &output, &data, Wire::from_wire(cell.block_hash)?))
        });
        let spending = Spending {
            inputs: &inputs.collect::<Result<Vec<_>, Undefined>>()?,
            output_capacities: &Vec::from_wire(self.outputs.clone())?,
            header_deps: &header_deps,
            witnesses: &Vec::from_wire(self.witnesses.clone())?,
            headers: &headers,
        };
        let found = issuance::transaction_fee(&spending, rules)?;
        Ok(TransactionFeeOut { fee: Uint64(found.fee) })
    }
}
