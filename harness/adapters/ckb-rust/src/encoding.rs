//! Area `encoding`: the generated readers, `check_data`, the JSON-RPC types and `calc_*`.

use ckb_hash::blake2b_256;
use ckb_jsonrpc_types as jsonrpc;
use ckb_types::error::VerificationError;
use ckb_types::packed;
use ckb_types::prelude::{Builder, CalcExtraHash, Entity, IntoBlockView};
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::{DecodeIn, DecodeMode, HashIn, HashKind, HashOut, MoleculeType};
use ckbspec_protocol::values::FixedBytes;
use serde::Serialize;
use serde_json::Value;

/// Why the node refuses octets.
pub(crate) enum Refusal {
    /// A generated reader does.
    Layout(VerificationError),
    /// `check_data` does, which does not say which field it dislikes.
    CheckData,
}

impl Refusal {
    /// The rejection, with the finest class that the node's error tells.
    pub(crate) fn into_answer(self) -> Answer {
        match self {
            Self::Layout(error @ VerificationError::FieldCountNotMatch(..)) => {
                Answer::reject(Some("decode.layout.field-count"), error.to_string())
            }
            Self::Layout(error) => Answer::reject(Some("decode.layout"), error.to_string()),
            Self::CheckData => Answer::reject(Some("decode"), "check_data() = false"),
        }
    }
}

impl From<VerificationError> for Refusal {
    fn from(error: VerificationError) -> Self {
        Self::Layout(error)
    }
}

/// Decodes, and gives the value the form of the node's JSON-RPC.
pub(crate) fn decode(input: &DecodeIn) -> Result<Value, Refusal> {
    let (octets, mode) = (&input.bytes.0[..], input.mode);
    use MoleculeType as Type;
    Ok(match input.type_ {
        Type::Uint64 => json(jsonrpc::Uint64::from(read::<packed::Uint64>(octets, mode)?)),
        Type::Bytes => json(jsonrpc::JsonBytes::from(read::<packed::Bytes>(octets, mode)?)),
        Type::BytesVec => {
            let items = read::<packed::BytesVec>(octets, mode)?.into_iter();
            json(items.map(jsonrpc::JsonBytes::from).collect::<Vec<_>>())
        }
        Type::Script => json(jsonrpc::Script::from(checked::<packed::Script>(octets, mode)?)),
        Type::ScriptOpt => {
            let script = checked::<packed::ScriptOpt>(octets, mode)?.to_opt();
            json(script.map(jsonrpc::Script::from))
        }
        Type::OutPoint => json(jsonrpc::OutPoint::from(read::<packed::OutPoint>(octets, mode)?)),
        Type::CellInput => json(jsonrpc::CellInput::from(read::<packed::CellInput>(octets, mode)?)),
        Type::CellDep => json(jsonrpc::CellDep::from(checked::<packed::CellDep>(octets, mode)?)),
        Type::CellOutput => {
            json(jsonrpc::CellOutput::from(checked::<packed::CellOutput>(octets, mode)?))
        }
        // The JSON-RPC has no raw transaction and no raw header: they are shown inside a whole
        // one, whose other field is taken out again.
        Type::RawTransaction => {
            let raw = checked::<packed::RawTransaction>(octets, mode)?;
            without("witnesses", json(jsonrpc::Transaction::from(transaction(raw))))
        }
        Type::Transaction => {
            json(jsonrpc::Transaction::from(checked::<packed::Transaction>(octets, mode)?))
        }
        Type::RawHeader => {
            let raw = read::<packed::RawHeader>(octets, mode)?;
            let header = packed::Header::new_builder().raw(raw).build();
            without("nonce", json(jsonrpc::Header::from(header)))
        }
        Type::Header => json(jsonrpc::Header::from(read::<packed::Header>(octets, mode)?)),
        Type::UncleBlock => {
            json(jsonrpc::UncleBlock::from(checked::<packed::UncleBlock>(octets, mode)?))
        }
        Type::Block => {
            let mut block = json(jsonrpc::Block::from(checked::<packed::Block>(octets, mode)?));
            // The node leaves out an extension that is absent; the protocol writes null.
            if let Some(fields) = block.as_object_mut() {
                fields.entry("extension").or_insert(Value::Null);
            }
            block
        }
    })
}

/// Decodes strictly, and hashes.
pub(crate) fn hash(input: &HashIn) -> Result<HashOut, Refusal> {
    let octets = &input.bytes.0[..];
    let header = || read::<packed::Header>(octets, DecodeMode::Strict);
    let transaction = || checked::<packed::Transaction>(octets, DecodeMode::Strict);
    let block = || checked::<packed::Block>(octets, DecodeMode::Strict);
    let hash = match input.kind {
        HashKind::Ckb => blake2b_256(octets).into(),
        HashKind::Tx => transaction()?.calc_tx_hash(),
        HashKind::Witness => transaction()?.calc_witness_hash(),
        HashKind::Script => {
            checked::<packed::Script>(octets, DecodeMode::Strict)?.calc_script_hash()
        }
        HashKind::Header => header()?.calc_header_hash(),
        HashKind::Pow => header()?.calc_pow_hash(),
        HashKind::Data => packed::CellOutput::calc_data_hash(octets),
        HashKind::Proposals => block()?.calc_proposals_hash(),
        HashKind::Uncles => block()?.calc_uncles_hash(),
        HashKind::Extra => block()?.calc_extra_hash().extra_hash(),
        HashKind::TransactionsRoot => {
            block()?.into_view_without_reset_header().calc_transactions_root()
        }
    };
    Ok(HashOut { hash: FixedBytes(hash.into()) })
}

/// Reads octets, in the way that is generated for every type.
fn read<T: Entity>(octets: &[u8], mode: DecodeMode) -> Result<T, VerificationError> {
    match mode {
        DecodeMode::Strict => T::from_slice(octets),
        DecodeMode::Compatible => T::from_compatible_slice(octets),
    }
}

/// Reads octets, and asks the node's `check_data` about the value.
///
/// `check_data` is public on messages of the network only, so the value travels in a block.
fn checked<T: InBlock>(octets: &[u8], mode: DecodeMode) -> Result<T, Refusal> {
    let value = T::read(octets, mode)?;
    let message = packed::SendBlock::new_builder().block(value.clone().in_block()).build();
    if message.as_reader().check_data() { Ok(value) } else { Err(Refusal::CheckData) }
}

/// A type that `check_data` has something to say about.
trait InBlock: Entity {
    /// How the node reads it.
    fn read(octets: &[u8], mode: DecodeMode) -> Result<Self, VerificationError> {
        read(octets, mode)
    }

    /// A block that holds this value, untouched, and otherwise as little as possible.
    fn in_block(self) -> packed::Block;
}

impl InBlock for packed::Script {
    fn in_block(self) -> packed::Block {
        packed::CellOutput::new_builder().lock(self).build().in_block()
    }
}

impl InBlock for packed::ScriptOpt {
    fn in_block(self) -> packed::Block {
        packed::CellOutput::new_builder().type_(self).build().in_block()
    }
}

impl InBlock for packed::CellOutput {
    fn in_block(self) -> packed::Block {
        let raw = packed::RawTransaction::new_builder().outputs(vec![self]);
        raw.outputs_data(vec![packed::Bytes::default()]).build().in_block()
    }
}

impl InBlock for packed::CellDep {
    fn in_block(self) -> packed::Block {
        packed::RawTransaction::new_builder().cell_deps(vec![self]).build().in_block()
    }
}

impl InBlock for packed::RawTransaction {
    fn in_block(self) -> packed::Block {
        transaction(self).in_block()
    }
}

impl InBlock for packed::Transaction {
    fn in_block(self) -> packed::Block {
        packed::Block::new_builder().transactions(vec![self]).build()
    }
}

impl InBlock for packed::UncleBlock {
    fn in_block(self) -> packed::Block {
        packed::Block::new_builder().uncles(vec![self]).build()
    }
}

impl InBlock for packed::Block {
    /// The schema has two types of block, and the number of fields says which is meant.
    ///
    /// The node refuses a block of six fields where it receives it, in `ckb-sync`, which is not
    /// among these crates; the strict reader of five fields says the same, and so is asked then.
    fn read(octets: &[u8], mode: DecodeMode) -> Result<Self, VerificationError> {
        let extra_fields = Self::from_compatible_slice(octets)?.count_extra_fields();
        match extra_fields {
            0 => read(octets, mode),
            1 => read::<packed::BlockV1>(octets, mode).map(|block| block.as_v0()),
            _ => packed::BlockV1::from_slice(octets).map(|block| block.as_v0()),
        }
    }

    fn in_block(self) -> packed::Block {
        self
    }
}

fn transaction(raw: packed::RawTransaction) -> packed::Transaction {
    packed::Transaction::new_builder().raw(raw).build()
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value)
        .unwrap_or_else(|error| unreachable!("the node's types have string keys only: {error}"))
}

fn without(field: &str, mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.remove(field);
    }
    value
}
