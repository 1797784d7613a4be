//! stub
use super::super::{Exit, Stop};
#[derive(clap::Args, Debug)]
pub(in crate::cli) struct GenesisArgs {}
pub(super) fn genesis(_: &GenesisArgs) -> Result<Exit, Stop> {
    Ok(Exit::Expected)
}
