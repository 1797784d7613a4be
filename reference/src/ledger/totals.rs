//! What a transaction changes in the totals of the DAO field, and its fee.

use crate::encoding::Byte32;
use crate::encoding::transaction::{RawTransaction, Transaction};
use crate::issuance::{
    Input, Movement, Origin, Spending, WithdrawalHeader, freed_capacity, transaction_fee,
};
use crate::{RuleId, RuleSet, Violation};
use std::collections::BTreeMap;

/// A cell, as far as totals and fees depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedCell {
    /// For how much it counts in U, from its creation until it is spent.
    pub occupied: u64,
    /// What the fee of the transaction that spends it depends on.
    pub input: Input,
}

/// What a transaction changes, and what it leaves to miners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransactionTotals {
    /// What it changes in the totals.
    pub movement: Movement,
    /// Its fee.
    pub fee: u64,
}

/// The cells that a transaction of a block creates, in the order of its outputs.
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
            input: Input::of(dao_type_hash, output, data, Some(block_hash)),
        })
    });
    counted.collect()
}

/// What a cellbase changes: it spends no cell.
pub fn cellbase_totals(created: &[CountedCell]) -> Result<Movement, Violation> {
    Ok(Movement { added: occupied(created)?, freed: 0, interest: 0 })
}

/// What a transaction changes that spends these cells, in the order of its inputs, and its fee.
/// The headers are those of its header deps.
pub fn transaction_totals(
    transaction: &Transaction,
    spent: &[&CountedCell],
    created: &[CountedCell],
    headers: &BTreeMap<Byte32, WithdrawalHeader>,
    rules: &RuleSet,
) -> Result<TransactionTotals, Violation> {
    let inputs: Vec<Input> = spent.iter().map(|cell| cell.input.clone()).collect();
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

/// For how much cells count in U together.
//= DAO-005
fn occupied<'a>(cells: impl IntoIterator<Item = &'a CountedCell>) -> Result<u64, Violation> {
    let sum = cells.into_iter().try_fold(0_u64, |sum, cell| sum.checked_add(cell.occupied));
    sum.ok_or_else(|| Violation::of(RuleId("DAO-005")).with("cells", "above 64 bits"))
}
