//! `ckbspec audit chain`: checks the headers and blocks of a chain by the rules of epochs and
//! issuance, in one pass and constant memory.
//!
//! | file | what it does |
//! |---|---|
//! | `auditor` | one header after another: network, height, parent |
//! | `header` | a header that was read |
//! | `headers` | what headers show without bodies |
//! | `epochs` | the adjustment at the end of an epoch |
//! | `bodies` | what headers commit to, S and U exactly, the payment of the cellbase |
//! | `cells` | the cells that later blocks may spend |
//! | `divergence` | where data and rules differ, with both computations |
//! | `coverage` | what was checked, and how much of the chain that is |
//! | `read` | files: lines, arrays, and where they end |
//! | `rpc` | a node |
//! | `checkpoint` | where to go on |

mod auditor;
mod bodies;
mod cells;
mod checkpoint;
mod coverage;
mod divergence;
mod epochs;
mod header;
mod headers;
mod read;
mod rpc;

pub use auditor::{Auditor, ChainError, Options};
pub use bodies::{Lookup, Nobody};
pub use checkpoint::Checkpoint;
pub use coverage::Coverage;
pub use divergence::Divergence;
pub use header::SourceLine;
pub use read::{Files, NextObject, Position};
pub use rpc::Node;
