//! A header, and the line from which it was read.

use super::divergence::Mismatch;
use crate::network::Network;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::hash::header_hash;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::issuance::{
    DaoField, Issuance, IssuingEpoch, WithdrawalHeader, block_issuance,
};
use ckbspec_reference::pow::EpochFraction;
use std::fmt;
use std::num::{NonZeroU16, NonZeroU64};
use std::sync::Arc;

/// The place from which a header was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The file, or the URL of the node.
    pub source: Arc<str>,
    /// The line of the file; 0 for a node.
    pub line: u64,
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if self.line > 0 { write!(f, ":{}", self.line) } else { Ok(()) }
    }
}

/// A header, with the values that follow from it alone.
#[derive(Clone, Debug)]
pub(super) struct KnownHeader {
    pub(super) header: Header,
    pub(super) hash: Byte32,
    pub(super) dao: DaoField,
    pub(super) epoch: EpochFraction,
    /// The block's index in its epoch; 0 for genesis, whose epoch field is 0.
    pub(super) index: u16,
    /// The length of the epoch; for genesis, that of epoch 0.
    pub(super) length: NonZeroU16,
    /// What the block issues.
    pub(super) issuance: Issuance,
    pub(super) line: SourceLine,
}

impl KnownHeader {
    /// A header of a network.
    pub(super) fn new(
        network: &Network,
        header: Header,
        hash: Byte32,
        line: SourceLine,
    ) -> Result<Self, Mismatch> {
        let parameters = &network.parameters;
        let epoch = EpochFraction(header.raw.epoch);
        let (index, length) = if epoch == EpochFraction::GENESIS {
            (0, Some(parameters.genesis_epoch_length))
        } else {
            (epoch.index(), NonZeroU16::new(epoch.length()))
        };
        let is_genesis = header.raw.number == 0;
        let length = length.filter(|length| {
            index < length.get() && (epoch == EpochFraction::GENESIS) == is_genesis
        });
        let length = length.ok_or_else(|| {
            Mismatch::new("EPOCH-002", "the index of a block lies below the epoch's length")
                .expected("index < length, and 0 + 0/0 for genesis alone")
                .found(format!("epoch = {epoch}"))
        })?;
        let issuance = header.raw.number.checked_sub(index.into()).and_then(|start_number| {
            let reward = parameters.primary_epoch_reward(epoch.number().into());
            let epoch = IssuingEpoch {
                start_number,
                length,
                base_block_reward: reward / NonZeroU64::from(length),
                remainder_reward: reward % NonZeroU64::from(length),
                secondary_epoch_reward: parameters.secondary_epoch_reward,
            };
            block_issuance(&epoch, header.raw.number)
        });
        let issuance = issuance.ok_or_else(|| {
            Mismatch::new("EPOCH-007", "a block lies at its index after the epoch's first")
                .expected(format!("number ≥ index = {index}"))
                .found(format!("number = {}", header.raw.number))
        })?;
        let dao = DaoField::from_bytes(header.raw.dao.0);
        Ok(Self { header, hash, dao, epoch, index, length, issuance, line })
    }

    /// The header of genesis, which the data need not contain.
    pub(super) fn genesis(network: &Network) -> Result<Self, Mismatch> {
        let source = format!("genesis of {}", network.name).into();
        let header = network.genesis.clone();
        let hash = header_hash(&header);
        Self::new(network, header, hash, SourceLine { source, line: 0 })
    }

    pub(super) fn number(&self) -> u64 {
        self.header.raw.number
    }

    /// The number of the first block of its epoch.
    pub(super) fn epoch_start(&self) -> u64 {
        self.number().saturating_sub(self.index.into())
    }

    /// The header fields that a withdrawal needs.
    pub(super) fn for_withdrawal(&self) -> (Byte32, WithdrawalHeader) {
        (self.hash, WithdrawalHeader { number: self.number(), ar: self.dao.ar })
    }
}
