//! `ckbspec audit chain`: checks the headers and blocks of a chain by the rules of epochs and
//! issuance, in one pass and constant memory.
//!
//! | file | what it does |
//! |---|---|
//! | `auditor` | takes one header after another: network, block number, parent |
//! | `header` | a header, with the values that follow from it alone |
//! | `headers` | checks of headers without bodies |
//! | `epochs` | checks the adjustment at the end of an epoch |
//! | `bodies` | checks what headers commit to, S and U exactly, and the payment of the cellbase |
//! | `cells` | the cells that later blocks may spend |
//! | `divergence` | where data and rules differ, with both computations |
//! | `coverage` | counts what was checked, and which part of the chain that is |
//! | `read` | reads objects from files |
//! | `rpc` | reads headers and blocks from a node |
//! | `checkpoint` | stores how far an audit is, so that it can continue later |

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
pub use read::{InputFiles, NextObject, Position};
pub use rpc::RpcNode;
