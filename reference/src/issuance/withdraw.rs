//! Withdrawals from the Nervos DAO and the fees of transactions, as every node works them out.
//!
//! What the script of the DAO asks for besides belongs to the area `ledger`.

use super::capacity::occupied_capacity;
use super::dao_field::proportion;
use crate::encoding::script::HashType;
use crate::encoding::transaction::CellOutput;
use crate::encoding::witness::WitnessArgs;
use crate::encoding::{Byte32, Decoder, Mode};
use crate::{RuleId, RuleSet, Violation};
use std::collections::BTreeMap;

/// The header fields that a withdrawal needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawalHeader {
    /// The height of the block.
    pub number: u64,
    /// AR of its DAO field.
    pub ar: u64,
}

/// The parts of a transaction that its fee depends on, and what they refer to.
#[derive(Clone, Copy, Debug)]
pub struct Spending<'a> {
    /// The cells that it spends, in their order.
    pub inputs: &'a [Input],
    /// The capacities of the cells that it creates.
    pub output_capacities: &'a [u64],
    /// The hashes of the headers that scripts can read.
    pub header_deps: &'a [Byte32],
    /// Its witnesses.
    pub witnesses: &'a [Vec<u8>],
    /// The headers of its header deps, by hash.
    pub headers: &'a BTreeMap<Byte32, WithdrawalHeader>,
}

/// A cell that a transaction spends, as far as the fee depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its capacity.
    pub capacity: u64,
    /// More, of a cell that withdraws from the Nervos DAO.
    pub withdrawing: Option<WithdrawingCell>,
}

/// A cell of the Nervos DAO that is no deposit any more: the first half of a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawingCell {
    /// What it occupies; none above 64 bits.
    pub occupied: Option<u64>,
    /// The height of the deposit, as it records it.
    pub deposit_number: u64,
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
    /// What its withdrawals pay beyond the capacity of their cells. It is negative, and a
    /// violation, only if AR has fallen.
    //= DAO-004
    pub fn interest(&self) -> Result<u64, Violation> {
        self.maximum_withdraw.checked_sub(self.input_capacity).ok_or_else(|| {
            Violation::of(RuleId("DAO-004"))
                .with("worth of inputs", self.maximum_withdraw)
                .with("their capacity", self.input_capacity)
        })
    }
}

impl Input {
    /// What a fee depends on of a cell with its data.
    #[must_use]
    pub fn of(
        dao_type_hash: &Byte32,
        output: &CellOutput,
        data: &[u8],
        block_hash: Option<Byte32>,
    ) -> Self {
        let in_dao = is_dao_cell(dao_type_hash, output);
        let withdrawing = deposit_number(data).filter(|_| in_dao).map(|deposit_number| {
            let data_size = u64::try_from(data.len()).unwrap_or(u64::MAX);
            let occupied = occupied_capacity(output, data_size);
            WithdrawingCell { occupied, deposit_number, block_hash }
        });
        Self { capacity: output.capacity, withdrawing }
    }
}

/// Whether a cell belongs to the Nervos DAO, by its type script; the arguments are not looked at.
//= DAO-009, GEN-012
#[must_use]
pub fn is_dao_cell(dao_type_hash: &Byte32, output: &CellOutput) -> bool {
    let script = output.type_script.as_ref();
    script.is_some_and(|script| {
        script.hash_type == HashType::TYPE && script.code_hash == *dao_type_hash
    })
}

/// The height that a withdrawing cell records; `None` for a deposit, and for data of another size.
//= DAO-010
fn deposit_number(data: &[u8]) -> Option<u64> {
    let number = u64::from_le_bytes(<[u8; 8]>::try_from(data).ok()?);
    (number > 0).then_some(number)
}

/// What a deposit is worth when it is withdrawn, by its capacity and what its cell occupies (none
/// above 64 bits).
pub fn maximum_withdraw(
    capacity: u64,
    occupied: Option<u64>,
    deposit: &WithdrawalHeader,
    withdraw: &WithdrawalHeader,
    rules: &RuleSet,
) -> Result<u64, Violation> {
    rules.require(RuleId("DAO-013"), deposit.number < withdraw.number, |broken| {
        broken.with("deposit in block", deposit.number).with("withdrawal in block", withdraw.number)
    })?;
    let worth = occupied
        .and_then(|occupied| withdrawn_capacity(capacity, occupied, deposit.ar, withdraw.ar));
    worth.ok_or_else(|| {
        Violation::of(RuleId("DAO-012"))
            .with("capacity", capacity)
            .with("deposit AR", deposit.ar)
            .with("withdrawal AR", withdraw.ar)
    })
}

/// What a deposit is worth when AR has grown; `None` if it holds less than it occupies, or above
/// 64 bits.
//= DAO-012
#[must_use]
pub fn withdrawn_capacity(
    capacity: u64,
    occupied: u64,
    deposit_ar: u64,
    withdraw_ar: u64,
) -> Option<u64> {
    let free = capacity.checked_sub(occupied)?;
    proportion(free, withdraw_ar, deposit_ar)?.checked_add(occupied)
}

/// The fee of a transaction.
//= ISS-018
pub fn transaction_fee(spending: &Spending<'_>, rules: &RuleSet) -> Result<Withdrawn, Violation> {
    let leaves = |what| move || Violation::of(RuleId("ISS-018")).with("out of 64 bits", what);
    let (mut worth, mut plain) = (0_u64, 0_u64);
    for (index, input) in spending.inputs.iter().enumerate() {
        let amount = spending.worth(index, input, rules)?;
        worth = worth.checked_add(amount).ok_or_else(leaves("sum of inputs"))?;
        plain = plain.checked_add(input.capacity).ok_or_else(leaves("sum of inputs"))?;
    }
    let outputs = spending.output_capacities.iter().copied().try_fold(0_u64, u64::checked_add);
    let outputs = outputs.ok_or_else(leaves("sum of outputs"))?;
    Ok(Withdrawn {
        maximum_withdraw: worth,
        input_capacity: plain,
        fee: worth.checked_sub(outputs).ok_or_else(leaves("fee"))?,
    })
}

impl Spending<'_> {
    /// What an input is worth.
    fn worth(&self, index: usize, input: &Input, rules: &RuleSet) -> Result<u64, Violation> {
        let Some(cell) = &input.withdrawing else {
            return Ok(input.capacity);
        };
        let withdraw = self.withdraw_header(index, cell)?;
        let deposit = self.deposit_header(index, rules)?;
        rules.require(RuleId("DAO-014"), deposit.number == cell.deposit_number, |broken| {
            broken.with("recorded", cell.deposit_number).with("named", deposit.number)
        })?;
        maximum_withdraw(input.capacity, cell.occupied, deposit, withdraw, rules)
    }

    /// The header of the block that a withdrawing cell was created in.
    //= DAO-011
    fn withdraw_header(
        &self,
        index: usize,
        cell: &WithdrawingCell,
    ) -> Result<&WithdrawalHeader, Violation> {
        let named = cell.block_hash.filter(|hash| self.header_deps.contains(hash));
        let header = named.and_then(|hash| self.headers.get(&hash));
        header.ok_or_else(|| refused(index, "no header dep is", "the block of the cell"))
    }

    /// The header that the witness of an input names.
    //= DAO-011
    fn deposit_header(
        &self,
        index: usize,
        rules: &RuleSet,
    ) -> Result<&WithdrawalHeader, Violation> {
        let witness = self.witnesses.get(index);
        let witness = witness.ok_or_else(|| refused(index, "missing", "witness"))?;
        let decoder = Decoder { mode: Mode::Strict, rules };
        let args = WitnessArgs::decode(witness, &decoder)
            .map_err(|violation| refused(index, "not WitnessArgs", violation))?;
        let dep = args.input_type.and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        let dep = dep.ok_or_else(|| refused(index, "input_type has not", "8 bytes"))?;
        let dep = u64::from_le_bytes(dep);
        let hash = usize::try_from(dep).ok().and_then(|dep| self.header_deps.get(dep));
        let header = hash.and_then(|hash| self.headers.get(hash));
        header.ok_or_else(|| refused(index, "no header dep at", dep))
    }
}

/// The headers of a withdrawal cannot be found.
fn refused(index: usize, fact: &'static str, value: impl std::fmt::Display) -> Violation {
    Violation::of(RuleId("DAO-011")).with("input", index).with(fact, value)
}
