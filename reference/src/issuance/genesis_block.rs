//! Builds the genesis block, byte for byte, from a chain specification and the programs of its
//! system cells.
//!
//! Only the signature in the second transaction is not computed, because many signatures are
//! valid: the caller gives the one that the chain has (GEN-006).

use super::capacity::{Origin, occupied_capacity};
use super::genesis::{GenesisCell, genesis_dao_field};
use crate::encoding::Byte32;
use crate::encoding::block::Block;
use crate::encoding::hash::{ckbhash, transactions_root, tx_hash, type_id};
use crate::encoding::header::{Header, RawHeader};
use crate::encoding::script::{HashType, Script};
use crate::encoding::transaction::{
    CellDep, CellInput, CellOutput, DepType, OutPoint, RawTransaction, Transaction,
    encode_dep_group,
};
use crate::encoding::witness::CellbaseWitness;
use crate::parameters::Parameters;
use crate::{RuleId, RuleSet, Violation};

/// The parts of a chain specification that decide genesis. Amounts are in shannons.
#[derive(Clone, Debug)]
pub struct ChainSpec {
    /// Lengths, targets and rewards of the chain.
    pub parameters: Parameters,
    /// The timestamp of the block: milliseconds since the Unix epoch.
    pub timestamp: u64,
    /// The data of the message cell, a text in UTF-8.
    pub message: Vec<u8>,
    /// The lock of the message cell.
    pub message_lock: Script,
    /// The system cells, in the order of their outputs, which follow the message cell.
    pub system_cells: Vec<SystemCell>,
    /// The lock of system cells and dep groups.
    pub system_lock: Script,
    /// The dep groups; each lists the names of the system cells that are its members.
    pub dep_groups: Vec<Vec<String>>,
    /// The lock in the witness of the cellbase.
    pub bootstrap_lock: Script,
    /// The issued cells: capacity and lock of each.
    pub issued: Vec<(u64, Script)>,
    /// The signature in the second transaction.
    pub signature: Vec<u8>,
}

/// A system cell.
#[derive(Clone, Debug)]
pub struct SystemCell {
    /// The name by which dep groups refer to it.
    pub name: String,
    /// Its data: a program, or the table `secp256k1_data`.
    pub data: Vec<u8>,
    /// Its capacity.
    pub capacity: u64,
    /// Whether it has the type script `TYPE_ID`.
    pub has_type_id: bool,
}

/// The end of the code hash of the type script `TYPE_ID`: the text in ASCII, after zeros.
const TYPE_ID: &[u8; 7] = b"TYPE_ID";

/// The code hash of the special cell's lock: the hash of the data of
/// `secp256k1_blake160_sighash_all`.
const SIGHASH_DATA: [u8; 32] = [
    0x70, 0x9f, 0x3f, 0xda, 0x12, 0xf5, 0x61, 0xcf, 0xac, 0xf9, 0x22, 0x73, 0xc5, 0x7a, 0x98, 0xfe,
    0xde, 0x18, 0x8a, 0x3f, 0x1a, 0x59, 0xb1, 0xf8, 0x88, 0xd1, 0x13, 0xf9, 0xcc, 0xe0, 0x86, 0x49,
];

/// The public key for that lock, compressed; its private key is published.
const SPECIAL_KEY: [u8; 33] = [
    0x03, 0x72, 0x25, 0x62, 0x82, 0xbf, 0x2f, 0x40, 0x5c, 0x1b, 0x82, 0x6d, 0x6f, 0xc5, 0x4e, 0xc8,
    0x5c, 0x35, 0x36, 0x5f, 0xb7, 0x78, 0xf6, 0x0f, 0xe3, 0x55, 0x45, 0xc0, 0xe1, 0x0b, 0x18, 0x35,
    0xad,
];

/// Builds the genesis block.
//= GEN-001, GEN-002, GEN-008
pub fn genesis_block(spec: &ChainSpec) -> Result<Block, Violation> {
    let special = spec.system_cells.len().saturating_add(1);
    // The special cell's capacity is that of the second transaction's outputs. These capacities do
    // not depend on the special cell, so a cellbase with a capacity of 0 gives them.
    let draft = cellbase(spec, 0)?;
    let groups = dep_groups(spec, &draft)?;
    let mut capacities = groups.raw.outputs.iter().map(|output| output.capacity);
    let capacity = capacities.try_fold(0_u64, u64::checked_add).ok_or_else(|| {
        Violation::of(RuleId("DAO-002")).with("capacity of dep groups", "too large")
    })?;
    let cellbase = cellbase(spec, capacity)?;
    let groups = dep_groups(spec, &cellbase)?;
    let cells = |transaction: &Transaction, origin| {
        let raw = transaction.raw.clone();
        raw.outputs.into_iter().zip(raw.outputs_data).map(move |cell| (cell, origin))
    };
    let first = cells(&cellbase, Origin::GenesisCellbase).enumerate();
    let first = first.filter(|(index, _)| *index != special).map(|(_, cell)| cell);
    let live: Vec<_> = first.chain(cells(&groups, Origin::Other)).collect();
    let live = live.iter().map(|((output, data), origin)| GenesisCell {
        output,
        data_size: u64::try_from(data.len()).unwrap_or(u64::MAX),
        origin: *origin,
    });
    let parameters = &spec.parameters;
    let dao = genesis_dao_field(
        parameters.initial_primary_epoch_reward,
        parameters.secondary_epoch_reward,
        parameters.genesis_epoch_length,
        live,
        &RuleSet::all(),
    )?;
    let transactions = vec![cellbase, groups];
    let raw = RawHeader {
        version: 0,
        compact_target: parameters.genesis_compact_target.0,
        timestamp: spec.timestamp,
        number: 0,
        epoch: 0,
        parent_hash: Byte32::ZERO,
        transactions_root: transactions_root(&transactions)?,
        proposals_hash: Byte32::ZERO,
        extra_hash: Byte32::ZERO,
        dao: Byte32(dao.to_bytes()),
    };
    let header = Header { raw, nonce: 0 };
    Ok(Block { header, uncles: vec![], transactions, proposals: vec![], extension: None })
}

/// The cellbase: its outputs are the message cell, the system cells, the special cell and the
/// issued cells. `special` is the capacity of the special cell.
//= GEN-003, GEN-004, GEN-005, GEN-007
fn cellbase(spec: &ChainSpec, special: u64) -> Result<Transaction, Violation> {
    let previous_output = OutPoint { tx_hash: Byte32::ZERO, index: u32::MAX };
    let input = CellInput { since: 0, previous_output };
    let (mut outputs, mut outputs_data) = (vec![], vec![]);
    let message = exactly_filled(spec.message_lock.clone(), &spec.message);
    outputs.push(message);
    outputs_data.push(spec.message.clone());
    for (index, cell) in (1_u64..).zip(&spec.system_cells) {
        let type_script = cell.has_type_id.then(|| {
            let mut code_hash = [0; 32];
            if let Some(tail) = code_hash.last_chunk_mut() {
                *tail = *TYPE_ID;
            }
            let args = type_id(&input, index).0.to_vec();
            Script { code_hash: Byte32(code_hash), hash_type: HashType::TYPE, args }
        });
        let lock = spec.system_lock.clone();
        outputs.push(CellOutput { capacity: cell.capacity, lock, type_script });
        outputs_data.push(cell.data.clone());
    }
    let args = ckbhash(&SPECIAL_KEY).0.iter().take(20).copied().collect();
    let lock = Script { code_hash: Byte32(SIGHASH_DATA), hash_type: HashType::DATA, args };
    let issued = std::iter::once((special, lock)).chain(spec.issued.iter().cloned());
    for (capacity, lock) in issued {
        outputs.push(CellOutput { capacity, lock, type_script: None });
        outputs_data.push(vec![]);
    }
    let raw = RawTransaction {
        version: 0,
        cell_deps: vec![],
        header_deps: vec![],
        inputs: vec![input],
        outputs,
        outputs_data,
    };
    let witness = CellbaseWitness { lock: spec.bootstrap_lock.clone(), message: vec![] };
    Ok(Transaction { raw, witnesses: vec![witness.encode()?] })
}

/// The second transaction, which creates the dep groups.
//= GEN-006
fn dep_groups(spec: &ChainSpec, cellbase: &Transaction) -> Result<Transaction, Violation> {
    let tx_hash = tx_hash(&cellbase.raw)?;
    let out_point = |name: &str| {
        let named = (1_u32..).zip(&spec.system_cells).find(|(_, cell)| cell.name == name);
        OutPoint { tx_hash, index: named.map_or(u32::MAX, |(index, _)| index) }
    };
    let (mut outputs, mut outputs_data) = (vec![], vec![]);
    for members in &spec.dep_groups {
        let members: Vec<OutPoint> = members.iter().map(|name| out_point(name)).collect();
        let data = encode_dep_group(&members)?;
        outputs.push(exactly_filled(spec.system_lock.clone(), &data));
        outputs_data.push(data);
    }
    let code = |name| CellDep { out_point: out_point(name), dep_type: DepType::CODE };
    let special = u32::try_from(spec.system_cells.len()).unwrap_or(u32::MAX).saturating_add(1);
    let raw = RawTransaction {
        version: 0,
        cell_deps: vec![code("secp256k1_data"), code("secp256k1_blake160_sighash_all")],
        header_deps: vec![],
        inputs: vec![CellInput { since: 0, previous_output: OutPoint { tx_hash, index: special } }],
        outputs,
        outputs_data,
    };
    Ok(Transaction { raw, witnesses: vec![spec.signature.clone()] })
}

/// An output whose capacity is its occupied capacity.
fn exactly_filled(lock: Script, data: &[u8]) -> CellOutput {
    let output = CellOutput { capacity: 0, lock, type_script: None };
    let size = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let capacity = occupied_capacity(&output, size).unwrap_or(u64::MAX);
    CellOutput { capacity, ..output }
}
