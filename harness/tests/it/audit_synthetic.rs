//! `ckbspec audit chain` on chains that the tests make: what the real data have too little of.

use crate::chain_json;
use crate::common::{ckbspec, code, text};
use crate::genesis::genesis;
use crate::made_chain::Chain;
use ckbspec_reference::Parameters;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::Block;
use ckbspec_reference::encoding::hash::{header_hash, transactions_root, tx_hash};
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::encoding::script::{HashType, Script};
use ckbspec_reference::encoding::transaction::{
    CellInput, CellOutput, OutPoint, RawTransaction, Transaction,
};
use ckbspec_reference::encoding::witness::{CellbaseWitness, WitnessArgs};
use ckbspec_reference::issuance::{DaoField, Movement};
use ckbspec_reference::pow::EpochFraction;

const CKB: u64 = 100_000_000;

fn audit(lines: impl IntoIterator<Item = serde_json::Value>) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chain.ndjson");
    let content: String = lines.into_iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&file, content).unwrap();
    let output = ckbspec(&["audit", "chain", file.to_str().unwrap(), "--network", "mainnet"]);
    let (out, err) = text(&output);
    (code(&output), out + &err)
}

/// Six epochs with few uncles and many, slow and fast; `uncles(epoch, index)` of a block.
fn epochs(uncles: fn(u32, u16) -> u64, milliseconds: fn(u32) -> u64) -> Vec<Header> {
    let mut chain = Chain::new();
    while EpochFraction(chain.tip().raw.epoch).number() < 6 {
        let number = chain.tip().raw.number + 1;
        let epoch = chain.epoch.record.number + u32::from(chain.epoch.record.ends_at(number - 1));
        let index = u16::try_from(number % 1_000).unwrap();
        chain.push(milliseconds(epoch), uncles(epoch, index));
    }
    chain.headers
}

#[test]
fn targets_follow_exactly_where_there_are_no_uncles() {
    let headers =
        epochs(|_, _| 0, |epoch| [8_000, 30_000, 2_000][usize::try_from(epoch).unwrap() % 3]);
    let (code, out) = audit(headers.iter().map(chain_json::header));
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("epoch changes              6 hold with known uncles, 0 with"), "{out}");
    // The same, without block 0: what a node knows of genesis is known.
    let (code, out) = audit(headers.iter().skip(1).map(chain_json::header));
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("epoch changes              6 hold with known uncles, 0 with"), "{out}");
}

#[test]
fn a_number_of_uncles_is_found_that_explains_a_target() {
    // One block in 40 has uncles, one of three of them two.
    let uncles = |_, index: u16| match index % 40 {
        0 => 1 + u64::from(index.is_multiple_of(120)),
        _ => 0,
    };
    let headers = epochs(uncles, |_| 9_000);
    let (code, out) = audit(headers.iter().map(chain_json::header));
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("0 hold with known uncles, 6 with a number that fits, of 6"), "{out}");
}

#[test]
fn a_target_that_no_number_of_uncles_explains_is_a_divergence() {
    let few = |_: u32, index: u16| u64::from(index.is_multiple_of(40));
    let uncles: [fn(u32, u16) -> u64; 2] = [|_, _| 0, few];
    for uncles in uncles {
        let mut headers = epochs(uncles, |_| 9_000);
        let first = headers.iter().position(|header| {
            let epoch = EpochFraction(header.raw.epoch);
            epoch.number() == 3 && epoch.index() == 0
        });
        let first = first.unwrap();
        headers[first].raw.compact_target += 1;
        headers.truncate(first + 1);
        let (code, out) = audit(headers.iter().map(chain_json::header));
        assert_eq!(code, 1, "{out}");
        let head = format!("block {},{:03} diverges from EPOCH-016: ", first / 1000, first % 1000);
        assert!(out.starts_with(&head), "{out}");
        assert!(out.contains("hash rate") && out.contains("difficulty"), "{out}");
    }
}

/// A transaction that spends a cell.
fn spend(out_point: OutPoint, outputs: Vec<(CellOutput, Vec<u8>)>) -> Transaction {
    let (outputs, outputs_data) = outputs.into_iter().unzip();
    let raw = RawTransaction {
        version: 0,
        cell_deps: vec![],
        header_deps: vec![],
        inputs: vec![CellInput { since: 0, previous_output: out_point }],
        outputs,
        outputs_data,
    };
    Transaction { raw, witnesses: vec![] }
}

/// A block with a cellbase that pays nobody, and these transactions.
fn block(chain: &mut Chain, transactions: Vec<Transaction>, movement: Movement) -> Block {
    let mut header = chain.next(8_000, 0, movement);
    let null = OutPoint { tx_hash: Byte32::ZERO, index: u32::MAX };
    let mut cellbase = spend(null, vec![]);
    cellbase.raw.inputs[0].since = header.raw.number;
    let lock = Script { code_hash: Byte32::ZERO, hash_type: HashType::DATA, args: vec![] };
    let witness = CellbaseWitness { lock, message: vec![] };
    cellbase.witnesses = vec![witness.encode().unwrap()];
    let transactions = [vec![cellbase], transactions].concat();
    header.raw.transactions_root = transactions_root(&transactions).unwrap();
    chain.headers.push(header.clone());
    Block { header, uncles: vec![], transactions, proposals: vec![], extension: None }
}

/// Genesis, a deposit, its withdrawal, and the block that takes it out, whose S is short of the
/// interest and so many shannons.
fn withdrawal(short: u64) -> Vec<Block> {
    let first = genesis("mainnet");
    let mut chain = Chain::new();
    let cellbase = &first.transactions[0];
    let out_point = OutPoint { tx_hash: tx_hash(&cellbase.raw).unwrap(), index: 7 };
    let cell = cellbase.raw.outputs[7].clone();
    let code_hash = Parameters::MAINNET.dao_type_hash;
    let type_script = Some(Script { code_hash, hash_type: HashType::TYPE, args: vec![] });
    let deposit = CellOutput { type_script, ..cell.clone() };
    let (plain, dao) = (61 * CKB, 102 * CKB);
    // Block 1 deposits all of the cell.
    let tx = spend(out_point, vec![(deposit.clone(), vec![0; 8])]);
    let out_point = OutPoint { tx_hash: tx_hash(&tx.raw).unwrap(), index: 0 };
    let movement = Movement { added: dao, freed: plain, interest: 0 };
    let one = block(&mut chain, vec![tx], movement);
    // Block 2 begins the withdrawal, and names the height of the deposit.
    let mut tx = spend(out_point, vec![(deposit, 1_u64.to_le_bytes().to_vec())]);
    tx.raw.header_deps = vec![header_hash(&one.header)];
    let out_point = OutPoint { tx_hash: tx_hash(&tx.raw).unwrap(), index: 0 };
    let two = block(&mut chain, vec![tx], Movement { added: dao, freed: dao, interest: 0 });
    // Block 3 takes it out.
    let ar = |block: &Block| DaoField::from_bytes(block.header.raw.dao.0).ar;
    let free = u128::from(cell.capacity - dao);
    let worth = free * u128::from(ar(&two)) / u128::from(ar(&one));
    let interest = u64::try_from(worth - free).unwrap();
    let paid = CellOutput { capacity: cell.capacity + interest, ..cell };
    let mut tx = spend(out_point, vec![(paid, vec![])]);
    tx.raw.header_deps = vec![header_hash(&two.header), header_hash(&one.header)];
    let witness = WitnessArgs {
        lock: None,
        input_type: Some(1_u64.to_le_bytes().to_vec()),
        output_type: None,
    };
    tx.witnesses = vec![witness.encode().unwrap()];
    assert!(interest > 0);
    let movement = Movement { added: plain, freed: dao, interest: interest + short };
    let three = block(&mut chain, vec![tx], movement);
    vec![first, one, two, three]
}

#[test]
fn the_interest_of_a_withdrawal_is_exact_where_the_blocks_are_there() {
    let (code, out) = audit(withdrawal(0).iter().map(chain_json::block));
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("S                          3 hold exactly"), "{out}");
    assert!(out.contains("1 blocks withdraw "), "{out}");
    let (code, out) = audit(withdrawal(1).iter().map(chain_json::block));
    assert_eq!(code, 1, "{out}");
    assert!(out.starts_with("block 3 diverges from DAO-004: "), "{out}");
    // The header alone cannot show it: S is an inequality there.
    let (code, out) = audit(withdrawal(1).iter().map(|block| chain_json::header(&block.header)));
    assert_eq!(code, 0, "{out}");
}

#[test]
fn a_deposit_that_is_not_in_the_data_leaves_its_block_open() {
    let blocks = withdrawal(1);
    let (code, out) = audit(blocks.iter().skip(2).map(chain_json::block));
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("U                          0 hold exactly; 2 blocks spend"), "{out}");
}
