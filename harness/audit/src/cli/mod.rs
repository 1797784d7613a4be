//! `ckbspec audit`: checks of the monetary policy against data.

mod chain;
mod dao;
mod genesis;
mod issuance;

use ckbspec_common::exit::CommandResult;
use clap::Subcommand;

/// The audits.
#[derive(Debug, Subcommand)]
#[expect(private_interfaces, reason = "the arguments are for clap and for the commands alone")]
pub enum AuditCommand {
    /// Check headers or blocks against the rules of epochs and issuance.
    ///
    /// It shows the first divergence with both computations, then what was checked and which part
    /// of the chain that is. The exit status is 1 on a divergence, 2 on data that are not one chain
    /// in order, and 5 when the data or the node end too early.
    Chain(chain::ChainArgs),
    /// Compute what a deposit in the Nervos DAO is worth, with every rounding.
    Dao(dao::DaoArgs),
    /// Compare the published distribution and unlock table with the cells of genesis.
    Genesis(genesis::GenesisArgs),
    /// Show how many CKB there are, and to whom they go: the supply by epoch, era or year.
    ///
    /// The amounts issued are exact after a number of whole epochs. The shares of the secondary
    /// issuance depend on assumptions, which the output states. Dates of future epochs are ranges.
    Issuance(issuance::IssuanceArgs),
}

/// Runs an audit.
///
/// # Errors
/// The reason why it ended early.
pub fn audit(command: &AuditCommand) -> CommandResult {
    match command {
        AuditCommand::Chain(args) => chain::chain(args),
        AuditCommand::Dao(args) => dao::dao(args),
        AuditCommand::Genesis(args) => genesis::genesis(args),
        AuditCommand::Issuance(args) => issuance::issuance(args),
    }
}
