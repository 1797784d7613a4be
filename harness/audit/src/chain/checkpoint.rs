//! A checkpoint: the counts so far, and the state against which the next header is checked.
//!
//! It does not contain the cells that later blocks may spend. A resumed audit counts blocks that
//! spend older cells as open.

use super::auditor::{Auditor, ChainError, Options};
use super::bodies::Nobody;
use super::coverage::Coverage;
use super::epochs::Epochs;
use super::header::SourceLine;
use super::read::Position;
use crate::json::HeaderOrBlock;
use crate::network::Network;
use ckbspec_common::files;
use ckbspec_common::problem::Problem;
use ckbspec_reference::RuleSet;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::encoding::{Decoder, Mode};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the format.
const SCHEMA: &str = "ckbspec.audit-chain/1";

/// The state of an audit, from which it can continue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    schema: String,
    network: String,
    /// The files, or the URL of the node.
    source: Vec<String>,
    /// How far the files were read.
    position: Position,
    /// The last header in hex, and the place from which it was read.
    header: String,
    source_of_header: String,
    line_of_header: u64,
    epochs: Epochs,
    coverage: Coverage,
}

impl Checkpoint {
    /// The checkpoint of an audit; `None` before its first header.
    pub fn of(auditor: &Auditor, source: &[String], position: Position) -> Option<Self> {
        let tip = auditor.tip()?;
        Some(Self {
            schema: SCHEMA.into(),
            network: auditor.network()?.name.into(),
            source: source.to_vec(),
            position,
            header: const_hex::encode(tip.header.encode()),
            source_of_header: tip.line.source.to_string(),
            line_of_header: tip.line.line,
            epochs: auditor.epochs.clone(),
            coverage: auditor.coverage.clone(),
        })
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// When the file is no checkpoint, or is one of an audit of other data.
    pub fn read(path: &Path, source: &[String]) -> Result<Self, Problem> {
        let text = files::read(path)?;
        let shown = path.display();
        let found: Self = serde_json::from_slice(&text).map_err(|error| {
            let problem = Problem::new(format!("{shown} is no checkpoint of an audit: {error}"));
            problem.help("an audit begins anew where the file of --checkpoint does not exist")
        })?;
        if found.schema != SCHEMA || found.source != source {
            let message = format!("{shown} is a checkpoint of {}", found.source.join(", "));
            return Err(Problem::new(message).help("each audit has a checkpoint of its own"));
        }
        Ok(found)
    }

    /// Writes the checkpoint, either whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Problem> {
        files::replace(path, |out| Ok(serde_json::to_writer(out, self)?))
    }

    /// The position at which reading continues.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The block number of the last header.
    pub fn last(&self) -> Option<u64> {
        self.coverage.last
    }

    /// The audit in the state of the checkpoint.
    ///
    /// # Errors
    /// When the contents are invalid, because the file was changed by hand.
    pub fn auditor(self, options: Options) -> Result<Auditor, Problem> {
        let broken = |what: &str| Problem::new(format!("the checkpoint has {what}"));
        let network = Network::named(&self.network).ok_or_else(|| broken("an unknown network"))?;
        let rules = RuleSet::all();
        let decoder = Decoder { mode: Mode::Strict, rules: &rules };
        let bytes = const_hex::decode(&self.header).map_err(|_| broken("a broken header"))?;
        let header = Header::decode(&bytes, &decoder).map_err(|_| broken("a broken header"))?;
        // The last header is checked again, so that it becomes the parent of the next one.
        let mut auditor = Auditor::new(Some(network), options);
        let line = SourceLine { source: self.source_of_header.into(), line: self.line_of_header };
        let item = HeaderOrBlock { header, hash: None, block: None };
        match auditor.add(item, line, &mut Nobody) {
            Ok(()) => {}
            Err(ChainError::Divergence(_)) => return Err(broken("a header that diverges")),
            Err(
                ChainError::Input(problem) | ChainError::Gap(problem) | ChainError::Node(problem),
            ) => {
                return Err(problem);
            }
        }
        auditor.epochs = self.epochs;
        auditor.coverage = self.coverage;
        Ok(auditor)
    }
}
