//! How a transaction changes the totals of the DAO field, and its fee. Amounts are in shannons.

use crate::encoding::Byte32;
use crate::encoding::transaction::{RawTransaction, Transaction};
use crate::issuance::{
    Movement, Origin, Spending, SpentInput, WithdrawalHeader, freed_capacity, transaction_fee,
};
use crate::{RuleId, RuleSet, Violation};
use std::collections::BTreeMap;

/// The parts of a cell that totals and fees depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedCell {
    /// The amount with which U counts the cell until the cell is spent.
    pub occupied: u64,
    /// The parts of the cell that the fee of the spending transaction depends on.
    pub input: SpentInput,
}

/// How a transaction changes the totals, and its fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionTotals {
    /// How it changes the totals.
    pub movement: Movement,
    /// Its fee.
    pub fee: u64,
}

/// The cells that a transaction creates, in the order of its outputs; `block_hash` is the hash of
/// the block that commits the transaction.
pub fn created_cells(
    raw: &RawTransaction,
    origin: Origin,
    dao_type_hash: &Byte32,
    block_hash: Byte32,
) -> Result<Vec<CountedCell>, Violation> {
    let outputs = raw.outputs.iter().zip(&raw.outputs_data);
    let counted = outputs.map(|(output, data)| {
        let size = u64::try_from(data.len()).unwrap_or(u64::MAX);
        Ok(CountedCell {
            occupied: freed_capacity(output, size, origin)?,
            input: SpentInput::of(dao_type_hash, output, data, Some(block_hash)),
        })
    });
    counted.collect()
}

/// How a cellbase changes the totals: it spends no cell.
pub fn cellbase_totals(created: &[CountedCell]) -> Result<Movement, Violation> {
    Ok(Movement { added: occupied(created)?, freed: 0, interest: 0 })
}

/// How a transaction changes the totals, and its fee. `spent` are the cells that it spends, in the
/// order of its inputs; `created` are its outputs; `headers` are those of its header deps, by hash.
pub fn transaction_totals(
    transaction: &Transaction,
    spent: &[&CountedCell],
    created: &[CountedCell],
    headers: &BTreeMap<Byte32, WithdrawalHeader>,
    rules: &RuleSet,
) -> Result<TransactionTotals, Violation> {
    let inputs: Vec<SpentInput> = spent.iter().map(|cell| cell.input.clone()).collect();
    let outputs = transaction.raw.outputs.iter().map(|output| output.capacity);
    let spending = Spending {
        inputs: &inputs,
        output_capacities: &outputs.collect::<Vec<_>>(),
        header_deps: &transaction.raw.header_deps,
        witnesses: &transaction.witnesses,
        headers,
    };
    let withdrawn = transaction_fee(&spending, rules)?;
    let movement = Movement {
        added: occupied(created)?,
        freed: occupied(spent.iter().copied())?,
        interest: withdrawn.interest()?,
    };
    Ok(TransactionTotals { movement, fee: withdrawn.fee })
}

/// The sum of the amounts with which U counts the cells.
//= DAO-005
fn occupied<'a>(cells: impl IntoIterator<Item = &'a CountedCell>) -> Result<u64, Violation> {
    let sum = cells.into_iter().try_fold(0_u64, |sum, cell| sum.checked_add(cell.occupied));
    sum.ok_or_else(|| Violation::of(RuleId("DAO-005")).with("occupied capacity", "too large"))
}
