//! Withdrawals from the Nervos DAO and the fees of transactions, as every node itself computes
//! them. Amounts are in shannons.
//!
//! The checks of the DAO's own script, which runs on chain, belong to the area `ledger`.

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
    /// The block number.
    pub number: u64,
    /// AR of the header's DAO field.
    pub ar: u64,
}

/// The parts of a transaction that its fee depends on, and the headers that it refers to.
#[derive(Clone, Copy, Debug)]
pub struct Spending<'a> {
    /// The cells that it spends, in the order of its inputs.
    pub inputs: &'a [SpentInput],
    /// The capacities of the cells that it creates.
    pub output_capacities: &'a [u64],
    /// Its header deps: the hashes of the headers that scripts can read.
    pub header_deps: &'a [Byte32],
    /// Its witnesses.
    pub witnesses: &'a [Vec<u8>],
    /// The headers of its header deps, by hash.
    pub headers: &'a BTreeMap<Byte32, WithdrawalHeader>,
}

/// The parts of a spent cell that the fee depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpentInput {
    /// Its capacity.
    pub capacity: u64,
    /// What its worth depends on if it is a withdrawing cell; `None` for any other cell.
    pub withdrawing: Option<WithdrawingCell>,
}

/// A withdrawing cell: the cell that the first step of a withdrawal creates from a deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawingCell {
    /// Its occupied capacity; `None` above 64 bits.
    pub occupied: Option<u64>,
    /// The number in its data: that of the block of the deposit.
    pub deposit_number: u64,
    /// The hash of the block that created it; `None` while it is in no block.
    pub block_hash: Option<Byte32>,
}

/// What the inputs of a transaction are worth, and its fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Withdrawn {
    /// What its inputs are worth, including the interest from the DAO.
    pub maximum_withdraw: u64,
    /// The capacity of its inputs, without the interest.
    pub input_capacity: u64,
    /// What its inputs are worth less the capacity of its outputs.
    pub fee: u64,
}

impl Withdrawn {
    /// The interest: what the inputs are worth less their capacity. It would be negative, a
    /// violation of DAO-004, only if AR fell, which happens on no chain.
    //= DAO-004
    pub fn interest(&self) -> Result<u64, Violation> {
        self.maximum_withdraw.checked_sub(self.input_capacity).ok_or_else(|| {
            Violation::of(RuleId("DAO-004"))
                .with("worth of inputs", self.maximum_withdraw)
                .with("capacity of inputs", self.input_capacity)
        })
    }
}

impl SpentInput {
    /// The parts that a fee depends on, of a cell with its data. `block_hash` is the hash of the
    /// block that created the cell.
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

/// Whether a cell is a cell of the Nervos DAO. Only the code hash and the hash type of its type
/// script decide, not the arguments.
//= DAO-009, GEN-012
#[must_use]
pub fn is_dao_cell(dao_type_hash: &Byte32, output: &CellOutput) -> bool {
    let script = output.type_script.as_ref();
    script.is_some_and(|script| {
        script.hash_type == HashType::TYPE && script.code_hash == *dao_type_hash
    })
}

/// The block number in the data of a withdrawing cell; `None` for the data of a deposit, and for
/// data of another size.
//= DAO-010
fn deposit_number(data: &[u8]) -> Option<u64> {
    let number = u64::from_le_bytes(<[u8; 8]>::try_from(data).ok()?);
    (number > 0).then_some(number)
}

/// What a withdrawing cell is worth, after a check of the order of its two blocks (DAO-013).
/// `deposit` is the header of the deposit's block, `withdraw` that of the withdrawing cell's
/// block; `occupied` is `None` above 64 bits, which violates DAO-012.
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

/// `floor((capacity − occupied) · AR_w / AR_d) + occupied`; `None` if the cell occupies more than
/// its capacity, if `deposit_ar` is 0, or above 64 bits.
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

/// What the inputs of a transaction are worth, and its fee.
//= ISS-018
pub fn transaction_fee(spending: &Spending<'_>, rules: &RuleSet) -> Result<Withdrawn, Violation> {
    let out_of_range = |what| move || Violation::of(RuleId("ISS-018")).with(what, "out of range");
    let (mut worth, mut plain) = (0_u64, 0_u64);
    for (index, input) in spending.inputs.iter().enumerate() {
        let amount = spending.worth(index, input, rules)?;
        worth = worth.checked_add(amount).ok_or_else(out_of_range("worth of inputs"))?;
        plain = plain.checked_add(input.capacity).ok_or_else(out_of_range("capacity of inputs"))?;
    }
    let outputs = spending.output_capacities.iter().copied().try_fold(0_u64, u64::checked_add);
    let outputs = outputs.ok_or_else(out_of_range("capacity of outputs"))?;
    Ok(Withdrawn {
        maximum_withdraw: worth,
        input_capacity: plain,
        fee: worth.checked_sub(outputs).ok_or_else(out_of_range("fee"))?,
    })
}

impl Spending<'_> {
    /// What an input is worth.
    fn worth(&self, index: usize, input: &SpentInput, rules: &RuleSet) -> Result<u64, Violation> {
        let Some(cell) = &input.withdrawing else {
            return Ok(input.capacity);
        };
        let withdraw = self.withdraw_header(index, cell)?;
        let deposit = self.deposit_header(index, rules)?;
        rules.require(RuleId("DAO-014"), deposit.number == cell.deposit_number, |broken| {
            broken
                .with("number in the cell's data", cell.deposit_number)
                .with("in the header", deposit.number)
        })?;
        maximum_withdraw(input.capacity, cell.occupied, deposit, withdraw, rules)
    }

    /// The header of the block that created a withdrawing cell.
    //= DAO-011
    fn withdraw_header(
        &self,
        index: usize,
        cell: &WithdrawingCell,
    ) -> Result<&WithdrawalHeader, Violation> {
        let named = cell.block_hash.filter(|hash| self.header_deps.contains(hash));
        let header = named.and_then(|hash| self.headers.get(&hash));
        header.ok_or_else(|| refused(index, "no header dep is", "the withdrawing cell's block"))
    }

    /// The header of the deposit's block, which the witness of the input names.
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
        let dep = dep.ok_or_else(|| refused(index, "input_type is not", "8 bytes"))?;
        let dep = u64::from_le_bytes(dep);
        let hash = usize::try_from(dep).ok().and_then(|dep| self.header_deps.get(dep));
        let header = hash.and_then(|hash| self.headers.get(hash));
        header.ok_or_else(|| refused(index, "no header dep at", dep))
    }
}

/// A violation: a header of a withdrawal cannot be found.
fn refused(index: usize, fact: &'static str, value: impl std::fmt::Display) -> Violation {
    Violation::of(RuleId("DAO-011")).with("input", index).with(fact, value)
}
