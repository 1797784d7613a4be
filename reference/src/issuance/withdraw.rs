//! Withdrawals from the Nervos DAO and the fees of transactions, as every node works them out.
//!
//! What the script of the DAO asks for besides belongs to the area `ledger`.

use super::dao_field::{DaoField, proportion};
use super::occupied_capacity;
use crate::encoding::script::HashType;
use crate::encoding::transaction::{CellOutput, Transaction};
use crate::encoding::witness::WitnessArgs;
use crate::encoding::{Byte32, Decoder, Mode};
use crate::parameters::Parameters;
use crate::{RuleId, RuleSet, Violation};
use std::collections::BTreeMap;

/// What of a header a withdrawal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedField {
    /// The height of the block.
    pub number: u64,
    /// Its DAO field.
    pub dao: DaoField,
}

/// A cell that a transaction spends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The cell.
    pub output: CellOutput,
    /// Its data.
    pub data: Vec<u8>,
    /// The hash of the block that it was created in; none while it is in no block.
    pub block_hash: Option<Byte32>,
}

/// What a transaction takes out and leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Withdrawn {
    /// What its inputs are worth, with the compensation of the DAO.
    pub maximum_withdraw: u64,
    /// The capacity of its inputs, without.
    pub input_capacity: u64,
    /// What its outputs leave to miners.
    pub fee: u64,
}

impl Withdrawn {
    /// What its withdrawals pay beyond the capacity of their cells.
    ///
    /// # Errors
    /// DAO-004 where it is negative, which it is only if AR has fallen.
    //= DAO-004
    pub fn interest(&self) -> Result<u64, Violation> {
        self.maximum_withdraw.checked_sub(self.input_capacity).ok_or_else(|| {
            Violation::of(RuleId::DAO_004)
                .with("worth of inputs", self.maximum_withdraw)
                .with("their capacity", self.input_capacity)
        })
    }
}

/// Whether a cell belongs to the Nervos DAO, by its type script; the arguments are not looked at.
//= DAO-009, GEN-012
#[must_use]
pub fn is_dao_cell(parameters: &Parameters, output: &CellOutput) -> bool {
    let script = output.type_script.as_ref();
    script.is_some_and(|script| {
        script.hash_type == HashType::TYPE && script.code_hash == parameters.dao_type_hash
    })
}

/// What a deposit is worth when it is withdrawn.
///
/// # Errors
/// DAO-012, DAO-013.
pub fn maximum_withdraw(
    output: &CellOutput,
    data_size: u64,
    deposit: &DatedField,
    withdraw: &DatedField,
    rules: &RuleSet,
) -> Result<u64, Violation> {
    //= DAO-013
    if rules.is_on(RuleId::DAO_013) && deposit.number >= withdraw.number {
        return Err(Violation::of(RuleId::DAO_013)
            .with("deposit in block", deposit.number)
            .with("withdrawal in block", withdraw.number));
    }
    //= DAO-012
    let occupied = occupied_capacity(output, data_size);
    let worth = occupied.and_then(|occupied| {
        let free = output.capacity.checked_sub(occupied)?;
        proportion(free, withdraw.dao.ar, deposit.dao.ar)?.checked_add(occupied)
    });
    worth.ok_or_else(|| {
        Violation::of(RuleId::DAO_012)
            .with("capacity", output.capacity)
            .with("deposit AR", deposit.dao.ar)
            .with("withdrawal AR", withdraw.dao.ar)
    })
}

/// The fee of a transaction, whose inputs are given in their order and whose header deps are among
/// the headers.
///
/// # Errors
/// ISS-018, and for withdrawals DAO-011 … DAO-014.
//= ISS-018
pub fn transaction_fee(
    parameters: &Parameters,
    transaction: &Transaction,
    inputs: &[Input],
    headers: &BTreeMap<Byte32, DatedField>,
    rules: &RuleSet,
) -> Result<Withdrawn, Violation> {
    let leaves = |what| move || Violation::of(RuleId::ISS_018).with("out of 64 bits", what);
    let (mut worth, mut plain) = (0_u64, 0_u64);
    for (index, input) in inputs.iter().enumerate() {
        let withdrawal = Withdrawal { transaction, index, input, headers };
        let amount = withdrawal.worth(parameters, rules)?;
        worth = worth.checked_add(amount).ok_or_else(leaves("sum of inputs"))?;
        plain = plain.checked_add(input.output.capacity).ok_or_else(leaves("sum of inputs"))?;
    }
    let capacities = transaction.raw.outputs.iter().map(|output| output.capacity);
    let outputs = capacities.into_iter().try_fold(0_u64, u64::checked_add);
    let outputs = outputs.ok_or_else(leaves("sum of outputs"))?;
    Ok(Withdrawn {
        maximum_withdraw: worth,
        input_capacity: plain,
        fee: worth.checked_sub(outputs).ok_or_else(leaves("fee"))?,
    })
}

/// An input, which may be a withdrawal.
struct Withdrawal<'a> {
    transaction: &'a Transaction,
    index: usize,
    input: &'a Input,
    headers: &'a BTreeMap<Byte32, DatedField>,
}

impl Withdrawal<'_> {
    /// What the input is worth.
    fn worth(&self, parameters: &Parameters, rules: &RuleSet) -> Result<u64, Violation> {
        let Input { output, data, .. } = self.input;
        let Some(deposited_at) = deposit_number(data).filter(|_| is_dao_cell(parameters, output))
        else {
            return Ok(output.capacity);
        };
        let withdraw = self.withdraw_header()?;
        let deposit = self.deposit_header(rules)?;
        //= DAO-014
        if rules.is_on(RuleId::DAO_014) && deposit.number != deposited_at {
            return Err(Violation::of(RuleId::DAO_014)
                .with("recorded", deposited_at)
                .with("named", deposit.number));
        }
        let data_size = u64::try_from(data.len()).unwrap_or(u64::MAX);
        maximum_withdraw(output, data_size, deposit, withdraw, rules)
    }

    /// The header of the block that the withdrawing cell was created in.
    fn withdraw_header(&self) -> Result<&DatedField, Violation> {
        //= DAO-011
        let named = self
            .input
            .block_hash
            .as_ref()
            .filter(|hash| self.transaction.raw.header_deps.contains(hash));
        let header = named.and_then(|hash| self.headers.get(hash));
        header.ok_or_else(|| self.refused("no header dep is", "the block of the cell"))
    }

    /// The header that the input's witness names.
    fn deposit_header(&self, rules: &RuleSet) -> Result<&DatedField, Violation> {
        //= DAO-011
        let witness = self.transaction.witnesses.get(self.index);
        let witness = witness.ok_or_else(|| self.refused("missing", "witness"))?;
        let decoder = Decoder { mode: Mode::Strict, rules };
        let args = WitnessArgs::decode(witness, &decoder)
            .map_err(|violation| self.refused("not WitnessArgs", violation))?;
        let place = args.input_type.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        let place = place.ok_or_else(|| self.refused("input_type has not", "8 bytes"))?;
        let place = u64::from_le_bytes(place);
        let deps = &self.transaction.raw.header_deps;
        let hash = usize::try_from(place).ok().and_then(|place| deps.get(place));
        let header = hash.and_then(|hash| self.headers.get(hash));
        header.ok_or_else(|| self.refused("no header dep at", place))
    }

    fn refused(&self, fact: &'static str, value: impl std::fmt::Display) -> Violation {
        Violation::of(RuleId::DAO_011).with("input", self.index).with(fact, value)
    }
}

/// The height that a withdrawing cell records; `None` for a deposit, and for data of another size.
//= DAO-010
fn deposit_number(data: &[u8]) -> Option<u64> {
    let number = u64::from_le_bytes(<[u8; 8]>::try_from(data).ok()?);
    (number > 0).then_some(number)
}
