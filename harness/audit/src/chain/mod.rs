//! `ckbspec audit chain`: checks the headers and blocks of a chain by the rules of epochs and
//! issuance, in one pass and constant memory.

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
