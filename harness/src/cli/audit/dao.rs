//! stub
use super::super::{Exit, Stop};
#[derive(clap::Args, Debug)]
pub(in crate::cli) struct DaoArgs {}
pub(super) fn dao(_: &DaoArgs) -> Result<Exit, Stop> {
    Ok(Exit::Expected)
}
