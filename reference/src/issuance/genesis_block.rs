//! The genesis block out of a chain specification and the programs of its system cells, byte for
//! byte.
//!
//! One thing is not computed: the signature of the second transaction, by a key that everybody
//! knows. It is given.

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

/// What a chain specification says of genesis.
#[derive(Clone, Debug)]
pub struct ChainSpec {
    /// Lengths, targets and rewards.
    pub parameters: Parameters,
    /// Milliseconds of Unix time.
    pub timestamp: u64,
    /// The text of the first cell.
    pub message: Vec<u8>,
    /// The lock of that cell.
    pub message_lock: Script,
    /// The system cells, from the second on.
    pub system_cells: Vec<SystemCell>,
    /// Their lock.
    pub system_lock: Script,
    /// The dep groups, by the names of their members.
    pub dep_groups: Vec<Vec<String>>,
    /// The lock that the cellbase of genesis names.
    pub bootstrap_lock: Script,
    /// The issued cells: capacity and lock.
    pub issued: Vec<(u64, Script)>,
    /// The signature in the second transaction.
    pub signature: Vec<u8>,
}

/// A system cell.
#[derive(Clone, Debug)]
pub struct SystemCell {
    /// Its name, as dep groups have it.
    pub name: String,
    /// The program, or the table.
    pub data: Vec<u8>,
    /// Its capacity.
    pub capacity: u64,
    /// Whether it has a type script by which it is found after an update.
    pub has_type_id: bool,
}

/// The code hash of the rule that makes a type unique, `TYPE_ID` as text.
const TYPE_ID: &[u8; 7] = b"TYPE_ID";

/// The code hash of the lock of the cell that the second transaction spends, by data.
const SIGHASH_DATA: [u8; 32] = [
    0x70, 0x9f, 0x3f, 0xda, 0x12, 0xf5, 0x61, 0xcf, 0xac, 0xf9, 0x22, 0x73, 0xc5, 0x7a, 0x98, 0xfe,
    0xde, 0x18, 0x8a, 0x3f, 0x1a, 0x59, 0xb1, 0xf8, 0x88, 0xd1, 0x13, 0xf9, 0xcc, 0xe0, 0x86, 0x49,
];

/// The public key of that lock, compressed; its private key is published.
const SPECIAL_KEY: [u8; 33] = [
    0x03, 0x72, 0x25, 0x62, 0x82, 0xbf, 0x2f, 0x40, 0x5c, 0x1b, 0x82, 0x6d, 0x6f, 0xc5, 0x4e, 0xc8,
    0x5c, 0x35, 0x36, 0x5f, 0xb7, 0x78, 0xf6, 0x0f, 0xe3, 0x55, 0x45, 0xc0, 0xe1, 0x0b, 0x18, 0x35,
    0xad,
];

/// Builds the block.
//= GEN-001, GEN-002, GEN-008
pub fn genesis_block(spec: &ChainSpec) -> Result<Block, Violation> {
    let special = spec.system_cells.len().saturating_add(1);
    // What the second transaction spends is worth its outputs, which do not depend on it.
    let draft = cellbase(spec, 0)?;
    let groups = dep_groups(spec, &draft)?;
    let mut worths = groups.raw.outputs.iter().map(|output| output.capacity);
    let worth = worths.try_fold(0_u64, u64::checked_add);
    let worth =
        worth.ok_or_else(|| Violation::of(RuleId("DAO-002")).with("too wide", "dep groups"))?;
    let cellbase = cellbase(spec, worth)?;
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

/// The first transaction: message, system cells, the cell that the second spends, issued cells.
//= GEN-003, GEN-004, GEN-005, GEN-007
fn cellbase(spec: &ChainSpec, special: u64) -> Result<Transaction, Violation> {
    let previous_output = OutPoint { tx_hash: Byte32::ZERO, index: u32::MAX };
    let input = CellInput { since: 0, previous_output };
    let (mut outputs, mut outputs_data) = (vec![], vec![]);
    let message = full(spec.message_lock.clone(), &spec.message);
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
    let place = |name: &str| {
        let named = (1_u32..).zip(&spec.system_cells).find(|(_, cell)| cell.name == name);
        OutPoint { tx_hash, index: named.map_or(u32::MAX, |(index, _)| index) }
    };
    let (mut outputs, mut outputs_data) = (vec![], vec![]);
    for members in &spec.dep_groups {
        let members: Vec<OutPoint> = members.iter().map(|name| place(name)).collect();
        let data = encode_dep_group(&members)?;
        outputs.push(full(spec.system_lock.clone(), &data));
        outputs_data.push(data);
    }
    let code = |name| CellDep { out_point: place(name), dep_type: DepType::CODE };
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

/// A cell that holds no more than it occupies.
fn full(lock: Script, data: &[u8]) -> CellOutput {
    let output = CellOutput { capacity: 0, lock, type_script: None };
    let size = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let capacity = occupied_capacity(&output, size).unwrap_or(u64::MAX);
    CellOutput { capacity, ..output }
}
