//! Chains that the tests make, and the benchmarks: valid but for the proof of work.

use ckbspec_audit::network::Network;
use ckbspec_reference::Parameters;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::hash::header_hash;
use ckbspec_reference::encoding::header::{Header, RawHeader};
use ckbspec_reference::issuance::{DaoField, IssuingEpoch, Movement, block_issuance};
use ckbspec_reference::pow::{Epoch, EpochEnd, next_epoch};

/// A chain from mainnet's genesis on, without proof of work.
pub(crate) struct Chain {
    /// The last of them is the tip.
    pub(crate) headers: Vec<Header>,
    /// That of the tip.
    pub(crate) epoch: Epoch,
    previous_timestamp: u64,
    uncles: u64,
}

impl Chain {
    /// Genesis alone.
    pub(crate) fn new() -> Self {
        let genesis = Network::mainnet().genesis;
        Self {
            epoch: Epoch::genesis(&Parameters::MAINNET).unwrap(),
            previous_timestamp: genesis.raw.timestamp,
            headers: vec![genesis],
            uncles: 0,
        }
    }

    /// The newest header.
    pub(crate) fn tip(&self) -> &Header {
        self.headers.last().unwrap()
    }

    /// The next header, after so many milliseconds; its uncles count, and leave a hash.
    pub(crate) fn next(&mut self, milliseconds: u64, uncles: u64, movement: Movement) -> Header {
        let parent = self.tip().clone();
        let number = parent.raw.number + 1;
        if self.epoch.record.ends_at(parent.raw.number) {
            let end = EpochEnd {
                uncles: self.uncles,
                last_timestamp: parent.raw.timestamp,
                previous_timestamp: self.previous_timestamp,
            };
            self.epoch = next_epoch(&Parameters::MAINNET, &self.epoch, &end).unwrap().0;
            self.previous_timestamp = parent.raw.timestamp;
            self.uncles = 0;
        }
        self.uncles += uncles;
        let issuing = IssuingEpoch {
            start_number: self.epoch.record.start_number,
            length: self.epoch.record.length,
            base_block_reward: self.epoch.base_block_reward,
            remainder_reward: self.epoch.remainder_reward,
            secondary_epoch_reward: Parameters::MAINNET.secondary_epoch_reward,
        };
        let issuance = block_issuance(&issuing, number).unwrap();
        let dao = DaoField::from_bytes(parent.raw.dao.0).next(issuance, movement).unwrap().field;
        let raw = RawHeader {
            version: 0,
            compact_target: self.epoch.record.compact_target.0,
            timestamp: parent.raw.timestamp + milliseconds,
            number,
            epoch: self.epoch.record.fraction_at(number).unwrap().0,
            parent_hash: header_hash(&parent),
            transactions_root: Byte32::ZERO,
            proposals_hash: Byte32::ZERO,
            extra_hash: if uncles > 0 { Byte32([7; 32]) } else { Byte32::ZERO },
            dao: Byte32(dao.to_bytes()),
        };
        Header { raw, nonce: 0 }
    }

    /// Adds the next header of a chain without transactions.
    pub(crate) fn push(&mut self, milliseconds: u64, uncles: u64) {
        let header = self.next(milliseconds, uncles, Movement::default());
        self.headers.push(header);
    }
}
