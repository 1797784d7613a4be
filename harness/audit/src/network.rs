//! What the audit knows of a public chain without data: its parameters and its genesis.

use ckbspec_reference::Parameters;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::header::{Header, RawHeader};

/// A chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The name for `--network`.
    pub name: &'static str,
    /// Lengths, targets and rewards.
    pub parameters: Parameters,
    /// The header of block 0; its hash is the identity of the chain (GEN-008).
    pub genesis: Header,
    /// The hash of the first transaction of genesis. Of some of its cells only a part counts as
    /// occupied (DAO-007).
    pub genesis_cellbase: Byte32,
    /// The sum of the capacities of all live cells of genesis, in shannons.
    pub genesis_capacity: u64,
    /// The first epoch in which blocks have an extension; from then on `extra_hash` does not show
    /// whether a block has uncles (RFC 0031).
    pub extension_epoch: u32,
}

impl Network {
    /// All networks.
    pub fn all() -> [Self; 2] {
        [Self::mainnet(), Self::testnet()]
    }

    /// Mainnet, `ckb`.
    pub fn mainnet() -> Self {
        let parameters = Parameters::MAINNET;
        Self {
            name: "mainnet",
            genesis: genesis(
                &parameters,
                1_573_852_190_812,
                "31bf3fdf4bc16d6ea195dbae808e2b9a8eca6941d589f6959b1d070d51ac28f7",
                "8874337e541ea12e0000c16ff286230029bfa3320800000000710b00c0fefe06",
            ),
            genesis_cellbase: byte32(
                "e2fb199810d49a4d8beec56718ba2593b665db9d52299a0f9e6e75416d73ff5c",
            ),
            genesis_capacity: 3_360_000_000_000_000_000,
            extension_epoch: 5_414,
            parameters,
        }
    }

    /// Testnet, `ckb_testnet`.
    pub fn testnet() -> Self {
        let parameters = Parameters::TESTNET;
        Self {
            name: "testnet",
            genesis: genesis(
                &parameters,
                1_589_276_230_000,
                "00e5d0a4869bc21533d7487ee2377b514245bdfca3ac30ba0710e608011760f6",
                "0469b82c6c1ea12e0000c16ff286230066cbed490e00000000b2b49f02fbfe06",
            ),
            genesis_cellbase: byte32(
                "8f8c79eb6671709633fe6a46de93c0fedc9c1b8a6527a18d3983879542635c9f",
            ),
            // 62 CKB less than mainnet's genesis.
            genesis_capacity: 3_359_999_993_800_000_000,
            extension_epoch: 3_113,
            parameters,
        }
    }

    /// The network with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|network| network.name == name)
    }
}

fn genesis(parameters: &Parameters, timestamp: u64, transactions_root: &str, dao: &str) -> Header {
    let raw = RawHeader {
        version: 0,
        compact_target: parameters.genesis_compact_target.0,
        timestamp,
        number: 0,
        epoch: 0,
        parent_hash: Byte32::ZERO,
        transactions_root: byte32(transactions_root),
        proposals_hash: Byte32::ZERO,
        extra_hash: Byte32::ZERO,
        dao: byte32(dao),
    };
    Header { raw, nonce: 0 }
}

fn byte32(hex: &str) -> Byte32 {
    let mut bytes = [0; 32];
    let read = const_hex::decode_to_slice(hex, &mut bytes);
    read.unwrap_or_else(|_| unreachable!("constants of 64 digits"));
    Byte32(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ckbspec_reference::encoding::hash::header_hash;

    /// The hashes are those of GEN-008, by which nodes identify their chain.
    #[test]
    fn the_headers_of_genesis_have_the_published_hashes() {
        let hashes = Network::all().map(|network| header_hash(&network.genesis).to_string());
        assert_eq!(
            hashes,
            [
                "0x92b197aa1fba0f63633922c61c92375c9c074a93e85963554f5499fe1450d0e5",
                "0x10639e0895502b5688a6be8cf69460d76541bfa4821629d86d62ba0aae3f9606",
            ]
        );
    }
}
