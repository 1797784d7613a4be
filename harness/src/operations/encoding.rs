//! Operations of the area `encoding`.

use ckbspec_protocol::operations::{
    DecodeIn, DecodeMode, DecodeOut, HashIn, HashKind, HashOut, MoleculeType,
};
use ckbspec_protocol::structures as wire;
use ckbspec_protocol::values::{Bytes, FixedBytes, Uint32, Uint64, Uint128};
use ckbspec_reference::encoding::block::{Block, ProposalShortId, UncleBlock};
use ckbspec_reference::encoding::header::{Header, RawHeader};
use ckbspec_reference::encoding::script::{self, HashType, Script};
use ckbspec_reference::encoding::transaction::{
    CellDep, CellInput, CellOutput, DepType, OutPoint, RawTransaction, Transaction,
};
use ckbspec_reference::encoding::{Byte32, Decoder, Mode, hash, molecule};
use ckbspec_reference::{RuleSet, Violation};

pub(super) fn decode(input: &DecodeIn, rules: &RuleSet) -> Result<DecodeOut, Violation> {
    let mode = match input.mode {
        DecodeMode::Strict => Mode::Strict,
        DecodeMode::Compatible => Mode::Compatible,
    };
    let (octets, with) = (&input.bytes.0[..], &Decoder { mode, rules });
    use MoleculeType as Type;
    use wire::Value;
    let value = match input.type_ {
        Type::Uint64 => Value::Uint64(Uint64(molecule::decode_uint64(octets)?)),
        Type::Bytes => Value::Bytes(Bytes(molecule::decode_bytes(octets)?)),
        Type::BytesVec => Value::BytesVec(bytes_vec(molecule::decode_bytes_vec(octets)?)),
        Type::Script => Value::Script(Script::decode(octets, with)?.into_wire()),
        Type::ScriptOpt => {
            let script = script::decode_script_opt(octets, with)?;
            Value::ScriptOpt(script.map(IntoWire::into_wire))
        }
        Type::OutPoint => Value::OutPoint(OutPoint::decode(octets, with)?.into_wire()),
        Type::CellInput => Value::CellInput(CellInput::decode(octets, with)?.into_wire()),
        Type::CellDep => Value::CellDep(CellDep::decode(octets, with)?.into_wire()),
        Type::CellOutput => Value::CellOutput(CellOutput::decode(octets, with)?.into_wire()),
        Type::RawTransaction => {
            Value::RawTransaction(RawTransaction::decode(octets, with)?.into_wire())
        }
        Type::Transaction => Value::Transaction(Transaction::decode(octets, with)?.into_wire()),
        Type::RawHeader => Value::RawHeader(RawHeader::decode(octets, with)?.into_wire()),
        Type::Header => Value::Header(Header::decode(octets, with)?.into_wire()),
        Type::UncleBlock => Value::UncleBlock(UncleBlock::decode(octets, with)?.into_wire()),
        Type::Block => Value::Block(Box::new(Block::decode(octets, with)?.into_wire())),
    };
    Ok(DecodeOut { value })
}

pub(super) fn hash(input: &HashIn, rules: &RuleSet) -> Result<HashOut, Violation> {
    let (octets, with) = (&input.bytes.0[..], &Decoder { mode: Mode::Strict, rules });
    let hash = match input.kind {
        HashKind::Ckb => hash::ckbhash(octets),
        HashKind::Tx => hash::tx_hash(&Transaction::decode(octets, with)?.raw)?,
        HashKind::Witness => hash::witness_hash(&Transaction::decode(octets, with)?)?,
        HashKind::Script => hash::script_hash(&Script::decode(octets, with)?)?,
        HashKind::Header => hash::header_hash(&Header::decode(octets, with)?),
        HashKind::Pow => hash::pow_hash(&Header::decode(octets, with)?.raw),
        HashKind::Data => hash::data_hash(octets),
        HashKind::Proposals => hash::proposals_hash(&Block::decode(octets, with)?.proposals),
        HashKind::Uncles => hash::uncles_hash(&Block::decode(octets, with)?.uncles),
        HashKind::Extra => {
            let block = Block::decode(octets, with)?;
            hash::extra_hash(&block.uncles, block.extension.as_deref())
        }
        HashKind::TransactionsRoot => {
            hash::transactions_root(&Block::decode(octets, with)?.transactions)?
        }
    };
    Ok(HashOut { hash: hash.into_wire() })
}

/// A value of the reference as the protocol writes it.
trait IntoWire {
    type Wire;
    fn into_wire(self) -> Self::Wire;
}

/// All items of a list.
fn list<T: IntoWire>(items: Vec<T>) -> Vec<T::Wire> {
    items.into_iter().map(IntoWire::into_wire).collect()
}

fn bytes_vec(items: Vec<Vec<u8>>) -> Vec<Bytes> {
    items.into_iter().map(Bytes).collect()
}

impl IntoWire for Byte32 {
    type Wire = FixedBytes<32>;
    fn into_wire(self) -> Self::Wire {
        FixedBytes(self.0)
    }
}

impl IntoWire for ProposalShortId {
    type Wire = FixedBytes<10>;
    fn into_wire(self) -> Self::Wire {
        FixedBytes(self.0)
    }
}

impl IntoWire for HashType {
    type Wire = String;
    /// `data` is 0, `type` is 1, `dataN` is 2N; an inadmissible octet has no name.
    fn into_wire(self) -> String {
        match self.0 {
            0 => "data".into(),
            1 => "type".into(),
            even if even % 2 == 0 => format!("data{}", even / 2),
            odd => format!("{odd:#x}"),
        }
    }
}

impl IntoWire for Script {
    type Wire = wire::Script;
    fn into_wire(self) -> Self::Wire {
        wire::Script {
            code_hash: self.code_hash.into_wire(),
            hash_type: self.hash_type.into_wire(),
            args: Bytes(self.args),
        }
    }
}

impl IntoWire for OutPoint {
    type Wire = wire::OutPoint;
    fn into_wire(self) -> Self::Wire {
        wire::OutPoint { tx_hash: self.tx_hash.into_wire(), index: Uint32(self.index) }
    }
}

impl IntoWire for CellInput {
    type Wire = wire::CellInput;
    fn into_wire(self) -> Self::Wire {
        wire::CellInput {
            since: Uint64(self.since),
            previous_output: self.previous_output.into_wire(),
        }
    }
}

impl IntoWire for DepType {
    type Wire = String;
    fn into_wire(self) -> String {
        match self.0 {
            0 => "code".into(),
            1 => "dep_group".into(),
            other => format!("{other:#x}"),
        }
    }
}

impl IntoWire for CellDep {
    type Wire = wire::CellDep;
    fn into_wire(self) -> Self::Wire {
        wire::CellDep { out_point: self.out_point.into_wire(), dep_type: self.dep_type.into_wire() }
    }
}

impl IntoWire for CellOutput {
    type Wire = wire::CellOutput;
    fn into_wire(self) -> Self::Wire {
        wire::CellOutput {
            capacity: Uint64(self.capacity),
            lock: self.lock.into_wire(),
            type_: self.type_script.map(IntoWire::into_wire),
        }
    }
}

impl IntoWire for RawTransaction {
    type Wire = wire::RawTransaction;
    fn into_wire(self) -> Self::Wire {
        wire::RawTransaction {
            version: Uint32(self.version),
            cell_deps: list(self.cell_deps),
            header_deps: list(self.header_deps),
            inputs: list(self.inputs),
            outputs: list(self.outputs),
            outputs_data: bytes_vec(self.outputs_data),
        }
    }
}

impl IntoWire for Transaction {
    type Wire = wire::Transaction;
    fn into_wire(self) -> Self::Wire {
        wire::Transaction { raw: self.raw.into_wire(), witnesses: bytes_vec(self.witnesses) }
    }
}

impl IntoWire for RawHeader {
    type Wire = wire::RawHeader;
    fn into_wire(self) -> Self::Wire {
        wire::RawHeader {
            version: Uint32(self.version),
            compact_target: Uint32(self.compact_target),
            timestamp: Uint64(self.timestamp),
            number: Uint64(self.number),
            epoch: Uint64(self.epoch),
            parent_hash: self.parent_hash.into_wire(),
            transactions_root: self.transactions_root.into_wire(),
            proposals_hash: self.proposals_hash.into_wire(),
            extra_hash: self.extra_hash.into_wire(),
            dao: self.dao.into_wire(),
        }
    }
}

impl IntoWire for Header {
    type Wire = wire::Header;
    fn into_wire(self) -> Self::Wire {
        wire::Header { raw: self.raw.into_wire(), nonce: Uint128(self.nonce) }
    }
}

impl IntoWire for UncleBlock {
    type Wire = wire::UncleBlock;
    fn into_wire(self) -> Self::Wire {
        wire::UncleBlock { header: self.header.into_wire(), proposals: list(self.proposals) }
    }
}

impl IntoWire for Block {
    type Wire = wire::Block;
    fn into_wire(self) -> Self::Wire {
        wire::Block {
            header: self.header.into_wire(),
            uncles: list(self.uncles),
            transactions: list(self.transactions),
            proposals: list(self.proposals),
            extension: self.extension.map(Bytes),
        }
    }
}
