//! `ckbspec audit chain`: the headers and blocks of a chain against the rules of epochs and
//! issuance, in one pass and constant memory.
//!
//! | file | what it does |
//! |---|---|
//! | `auditor` | one header after another: links, epochs, C, AR, S |
//! | `epochs` | the adjustment at the end of an epoch |
//! | `ledger` | bodies: commitments, S and U exactly, the payment of the cellbase |
//! | `cells` | the cells that later blocks may spend |
//! | `divergence` | where data and rules part, with both computations |
//! | `coverage` | what was checked, and how much of the chain that is |
//! | `read` | files: lines, arrays, and where they end |
//! | `rpc` | a node |
//! | `checkpoint` | where to go on |

mod auditor;
mod cells;
mod checkpoint;
mod coverage;
mod divergence;
mod epochs;
mod ledger;
mod read;
mod rpc;

pub use auditor::{Auditor, Options, Place, Refused};
pub use checkpoint::Checkpoint;
pub use coverage::Coverage;
pub use divergence::Divergence;
pub use ledger::{Lookup, Nobody};
pub use read::{Files, Position, Read};
pub use rpc::Node;
