//! The genesis blocks of mainnet and testnet, rebuilt out of their specifications.

use crate::common::root;
use ckbspec_audit::genesis::{LockKind, cells};
use ckbspec_audit::network::Network;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::Block;
use ckbspec_reference::encoding::hash::{data_hash, header_hash, script_hash, tx_hash};
use ckbspec_reference::encoding::script::{HashType, Script};
use ckbspec_reference::issuance::{ChainSpec, SystemCell, genesis_block};
use std::fs;
use toml::Value;

/// The signatures of the second transactions, as the chains have them: by a published key.
const SIGNATURES: [(&str, &str); 2] = [
    (
        "mainnet",
        "3ed693609d3ff7049415d33a2fff8eed581cf2790fae4785e27793330cfd55a6109b84a94494eae64217339bc9aafdf4e6453964c90e6752d96e20d127ca874901",
    ),
    (
        "testnet",
        "55f49d7979ba246aa2f05a6e9afd25a23dc39ed9085a0b1e33b6b3bb80d34dbd4031a04ea389d6d8ff5604828889aa06a827e930a7e89411b80f6c3e1404951f00",
    ),
];

/// The hashes of the system cells' data, as the node's `docs/hashes.toml` has them.
const DATA_HASHES: [(&str, &str); 4] = [
    (
        "secp256k1_blake160_sighash_all",
        "0x709f3fda12f561cfacf92273c57a98fede188a3f1a59b1f888d113f9cce08649",
    ),
    ("dao", "0x32064a14ce10d95d4b7343054cc19d73b25b16ae61a6c681011ca781a60c7923"),
    ("secp256k1_data", "0x9799bee251b975b82c45a02154ce28cec89c5853ecc14d12b7b8cccfc19e0af4"),
    (
        "secp256k1_blake160_multisig_all",
        "0x43400de165f0821abf63dcac299bbdf7fd73898675ee4ddb099b0a0d8db63bfb",
    ),
];

/// Genesis of a network, out of the specification that lies with the tests.
pub(crate) fn genesis(name: &str) -> Block {
    genesis_block(&specification(name)).unwrap()
}

fn specification(name: &str) -> ChainSpec {
    let folder = root().join("harness/tests/data/genesis");
    let text = fs::read_to_string(folder.join(format!("spec_{name}.toml"))).unwrap();
    let toml: Value = toml::from_str(&text).unwrap();
    let genesis = &toml["genesis"];
    let bundled =
        |file: &Value| file["bundled"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let capacity = |cell: &Value| u64::try_from(cell["capacity"].as_integer().unwrap()).unwrap();
    let system_cells = genesis["system_cells"].as_array().unwrap().iter().map(|cell| {
        let name = bundled(&cell["file"]);
        SystemCell {
            data: fs::read(folder.join(&name)).unwrap(),
            capacity: capacity(cell),
            has_type_id: cell["create_type_id"].as_bool().unwrap(),
            name,
        }
    });
    let dep_groups = genesis["dep_groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["files"].as_array().unwrap().iter().map(bundled).collect());
    let issued = genesis["issued_cells"].as_array().unwrap().iter();
    let network = Network::named(name).unwrap();
    let signature = SIGNATURES.iter().find(|(chain, _)| *chain == name).unwrap().1;
    ChainSpec {
        timestamp: u64::try_from(genesis["timestamp"].as_integer().unwrap()).unwrap(),
        message: genesis["genesis_cell"]["message"].as_str().unwrap().as_bytes().to_vec(),
        message_lock: script(&genesis["genesis_cell"]["lock"]),
        system_cells: system_cells.collect(),
        system_lock: script(&genesis["system_cells_lock"]),
        dep_groups: dep_groups.collect(),
        bootstrap_lock: script(&genesis["bootstrap_lock"]),
        issued: issued.map(|cell| (capacity(cell), script(&cell["lock"]))).collect(),
        signature: bytes(signature),
        parameters: network.parameters,
    }
}

fn script(value: &Value) -> Script {
    let hex = |name: &str| bytes(value[name].as_str().unwrap().trim_start_matches("0x"));
    let hash_type = match value["hash_type"].as_str().unwrap() {
        "data" => HashType::DATA,
        "type" => HashType::TYPE,
        other => panic!("{other}"),
    };
    let code_hash = Byte32(hex("code_hash").try_into().unwrap());
    Script { code_hash, hash_type, args: hex("args") }
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect()
}

//= GEN-001, GEN-002, GEN-003, GEN-004, GEN-005, GEN-006, GEN-007, GEN-008, GEN-012
#[test]
fn both_genesis_blocks_are_rebuilt_hash_for_hash() {
    for network in Network::all() {
        let block = genesis(network.name);
        assert_eq!(block.header, network.genesis, "{}", network.name);
        let cellbase = tx_hash(&block.transactions[0].raw).unwrap();
        assert_eq!(cellbase, network.genesis_cellbase);
        let outputs = block.transactions[0].raw.outputs.iter();
        let capacity: u64 = outputs.map(|output| output.capacity).sum();
        // The second transaction moves what one of them holds, and leaves no fee.
        assert_eq!(capacity, network.genesis_capacity);
        let dao = block.transactions[0].raw.outputs[2].type_script.clone().unwrap();
        assert_eq!(script_hash(&dao).unwrap(), network.parameters.dao_type_hash);
    }
    let hash = header_hash(&genesis("mainnet").header).to_string();
    assert_eq!(hash, "0x92b197aa1fba0f63633922c61c92375c9c074a93e85963554f5499fe1450d0e5");
    let groups = tx_hash(&genesis("mainnet").transactions[1].raw).unwrap().to_string();
    assert_eq!(groups, "0x71a7ba8fc96349fea0ed3a5c47992e3b4084b031a42264a018e0072e8172e46c");
}

#[test]
fn one_shannon_makes_another_chain() {
    let mut spec = specification("mainnet");
    spec.issued[664].0 += 1;
    let header = genesis_block(&spec).unwrap().header;
    assert_ne!(header_hash(&header), header_hash(&Network::mainnet().genesis));
}

#[test]
fn the_system_cells_are_the_published_programs() {
    let spec = specification("testnet");
    let hashes = spec.system_cells.iter().map(|cell| data_hash(&cell.data).to_string());
    let names = spec.system_cells.iter().map(|cell| cell.name.as_str());
    assert!(names.zip(hashes).eq(DATA_HASHES.map(|(name, hash)| (name, hash.to_owned()))));
}

#[test]
fn the_table_of_the_audit_is_the_issued_cells_of_genesis() {
    let block = genesis("mainnet");
    let outputs = &block.transactions[0].raw.outputs[6..];
    let table = cells();
    assert_eq!(outputs.len(), table.len());
    for (output, cell) in outputs.iter().zip(table) {
        let prefix = match cell.kind {
            LockKind::Burn => "0x00000000",
            LockKind::Sighash => "0x9bd7e06f",
            LockKind::Multisig => "0x5c5069eb",
        };
        assert_eq!(output.capacity, cell.capacity);
        assert_eq!(output.lock.args, cell.args);
        assert!(output.lock.code_hash.to_string().starts_with(prefix));
    }
}
