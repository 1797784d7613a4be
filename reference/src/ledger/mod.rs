//! Cells and transactions: so far only how they change the totals of the DAO field.

mod totals;

pub use totals::{
    CountedCell, TransactionTotals, cellbase_totals, created_cells, transaction_totals,
};
