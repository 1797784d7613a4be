//! `ckbspec audit`: the monetary policy held against data.

mod issuance;

use super::{Exit, Stop};
use clap::Subcommand;

/// What is audited.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// How many CKB there are, and where they go: the ledger by epoch, era or year.
    ///
    /// What is issued is exact, at a number of whole epochs. How the secondary issuance is shared
    /// follows from assumptions, which the output states, and dates of future epochs are bands.
    Issuance(issuance::IssuanceArgs),
}

pub(super) fn audit(command: &AuditCommand) -> Result<Exit, Stop> {
    match command {
        AuditCommand::Issuance(args) => issuance::issuance(args),
    }
}
