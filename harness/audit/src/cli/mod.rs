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
    /// The first divergence is shown with both computations written out; then what was checked,
    /// and how much of the chain that is. The exit status is 1 on a divergence, 2 on data
    /// that are not one chain in order, and 5 where the data or the node end too early.
    #[command(after_help = "Example:\n  ckbspec audit chain headers.ndjson")]
    Chain(chain::ChainArgs),
    /// Work out what a deposit in the Nervos DAO is worth, with every rounding.
    #[command(
        after_help = "Example:\n  ckbspec audit dao --capacity 2000 --deposit deposit.json --withdraw withdraw.json"
    )]
    Dao(dao::DaoArgs),
    /// Compare the published distribution and unlock table with the cells of genesis.
    #[command(after_help = "Example:\n  ckbspec audit genesis")]
    Genesis(genesis::GenesisArgs),
    /// Show how many CKB there are, and to whom they go: the supply by epoch, era or year.
    ///
    /// What is issued is exact, after a number of whole epochs. How the secondary issuance is
    /// shared follows from assumptions, which the output states, and dates of future epochs are
    /// ranges.
    #[command(after_help = "Example:\n  ckbspec audit issuance --until 2031")]
    Issuance(issuance::IssuanceArgs),
}

/// Runs an audit.
pub fn audit(command: &AuditCommand) -> CommandResult {
    match command {
        AuditCommand::Chain(args) => chain::chain(args),
        AuditCommand::Dao(args) => dao::dao(args),
        AuditCommand::Genesis(args) => genesis::genesis(args),
        AuditCommand::Issuance(args) => issuance::issuance(args),
    }
}
