//! Area `encoding`: the generated readers, `check_data`, the JSON-RPC types and `calc_*`.

use crate::reading::{Refusal, checked, read, transaction};
use ckb_hash::blake2b_256;
use ckb_jsonrpc_types as jsonrpc;
use ckb_types::bytes::Bytes;
use ckb_types::core::DepType;
use ckb_types::core::cell::get_related_dep_out_points;
use ckb_types::packed;
use ckb_types::prelude::{Builder, CalcExtraHash, Entity, IntoBlockView, IntoTransactionView};
use ckbspec_protocol::operations::{
    DecodeIn, DecodeMode, EncodeIn, EncodeOut, HashIn, HashKind, HashOut, MoleculeType,
};
use ckbspec_protocol::structures as form;
use ckbspec_protocol::values::FixedBytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Decodes a value, and converts it to the form of the node's JSON-RPC.
pub(crate) fn decode(input: &DecodeIn) -> Result<Value, Refusal> {
    let (bytes, mode) = (&input.bytes.0[..], input.mode);
    use MoleculeType as Type;
    Ok(match input.type_ {
        Type::Uint64 => json(jsonrpc::Uint64::from(read::<packed::Uint64>(bytes, mode)?)),
        Type::Bytes => json(jsonrpc::JsonBytes::from(read::<packed::Bytes>(bytes, mode)?)),
        Type::BytesVec => {
            let items = read::<packed::BytesVec>(bytes, mode)?.into_iter();
            json(items.map(jsonrpc::JsonBytes::from).collect::<Vec<_>>())
        }
        Type::Script => json(jsonrpc::Script::from(checked::<packed::Script>(bytes, mode)?)),
        Type::ScriptOpt => {
            let script = checked::<packed::ScriptOpt>(bytes, mode)?.to_opt();
            json(script.map(jsonrpc::Script::from))
        }
        Type::OutPoint => json(jsonrpc::OutPoint::from(read::<packed::OutPoint>(bytes, mode)?)),
        Type::CellInput => json(jsonrpc::CellInput::from(read::<packed::CellInput>(bytes, mode)?)),
        Type::CellDep => json(jsonrpc::CellDep::from(checked::<packed::CellDep>(bytes, mode)?)),
        Type::CellOutput => {
            json(jsonrpc::CellOutput::from(checked::<packed::CellOutput>(bytes, mode)?))
        }
        // The JSON-RPC has no raw transaction and no raw header. Each is converted inside a whole
        // one, whose other field is then removed.
        Type::RawTransaction => {
            let raw = checked::<packed::RawTransaction>(bytes, mode)?;
            without("witnesses", json(jsonrpc::Transaction::from(transaction(raw))))
        }
        Type::Transaction => {
            json(jsonrpc::Transaction::from(checked::<packed::Transaction>(bytes, mode)?))
        }
        Type::RawHeader => {
            let raw = read::<packed::RawHeader>(bytes, mode)?;
            let header = packed::Header::new_builder().raw(raw).build();
            without("nonce", json(jsonrpc::Header::from(header)))
        }
        Type::Header => json(jsonrpc::Header::from(read::<packed::Header>(bytes, mode)?)),
        Type::UncleBlock => {
            json(jsonrpc::UncleBlock::from(checked::<packed::UncleBlock>(bytes, mode)?))
        }
        Type::Block => {
            let mut block = json(jsonrpc::Block::from(checked::<packed::Block>(bytes, mode)?));
            // The node leaves out an absent extension; the protocol writes null.
            if let Some(fields) = block.as_object_mut() {
                fields.entry("extension").or_insert(Value::Null);
            }
            block
        }
        Type::WitnessArgs => {
            let witness = read::<packed::WitnessArgs>(bytes, mode)?;
            let field = |option: packed::BytesOpt| option.to_opt().map(jsonrpc::JsonBytes::from);
            serde_json::json!({
                "lock": field(witness.lock()),
                "input_type": field(witness.input_type()),
                "output_type": field(witness.output_type()),
            })
        }
        Type::CellbaseWitness => {
            let witness = read::<packed::CellbaseWitness>(bytes, mode)?;
            // The node checks the hash type only later, when it verifies the cellbase.
            checked::<packed::Script>(witness.lock().as_slice(), mode)?;
            serde_json::json!({
                "lock": jsonrpc::Script::from(witness.lock()),
                "message": jsonrpc::JsonBytes::from(witness.message()),
            })
        }
        Type::HeaderDigest => {
            json(crate::derived::form(&read::<packed::HeaderDigest>(bytes, mode)?))
        }
        Type::DepGroup => json(dep_group(bytes)?),
    })
}

/// The members of a dep group, as the resolver of the node reads them.
fn dep_group(data: &[u8]) -> Result<Vec<jsonrpc::OutPoint>, Refusal> {
    let carrier = packed::CellDep::new_builder().dep_type(DepType::DepGroup).build();
    let raw = packed::RawTransaction::new_builder().cell_deps(vec![carrier]).build();
    let data = |_: &packed::OutPoint| Some(Bytes::copy_from_slice(data));
    let mut members = get_related_dep_out_points(&transaction(raw).into_view(), data)
        .map_err(Refusal::DepGroup)?;
    // The last out point is that of the cell that contains the dep group.
    members.pop();
    Ok(members.into_iter().map(jsonrpc::OutPoint::from).collect())
}

/// Encodes with the node's conversions from its JSON-RPC types, or with its builders where there is
/// no such type.
pub(crate) fn encode(input: &EncodeIn) -> serde_json::Result<EncodeOut> {
    let value = || json(&input.value);
    let bytes = match &input.value {
        form::Value::Uint64(_) => pack::<jsonrpc::Uint64, packed::Uint64>(value())?,
        form::Value::Bytes(_) => pack::<jsonrpc::JsonBytes, packed::Bytes>(value())?,
        form::Value::BytesVec(items) => {
            let items: Vec<packed::Bytes> = items.iter().map(packed_bytes).collect();
            packed::BytesVec::new_builder().set(items).build().as_bytes()
        }
        form::Value::Script(_) | form::Value::ScriptOpt(Some(_)) => {
            pack::<jsonrpc::Script, packed::Script>(value())?
        }
        form::Value::ScriptOpt(None) => packed::ScriptOpt::default().as_bytes(),
        form::Value::OutPoint(_) => pack::<jsonrpc::OutPoint, packed::OutPoint>(value())?,
        form::Value::CellInput(_) => pack::<jsonrpc::CellInput, packed::CellInput>(value())?,
        form::Value::CellDep(_) => pack::<jsonrpc::CellDep, packed::CellDep>(value())?,
        form::Value::CellOutput(_) => pack::<jsonrpc::CellOutput, packed::CellOutput>(value())?,
        form::Value::RawTransaction(_) => {
            let whole = with("witnesses", serde_json::json!([]), value());
            packed::Transaction::from(from_json::<jsonrpc::Transaction>(whole)?).raw().as_bytes()
        }
        form::Value::Transaction(_) => pack::<jsonrpc::Transaction, packed::Transaction>(value())?,
        form::Value::RawHeader(_) => {
            let whole = with("nonce", "0x0".into(), value());
            packed::Header::from(from_json::<jsonrpc::Header>(whole)?).raw().as_bytes()
        }
        form::Value::Header(_) => pack::<jsonrpc::Header, packed::Header>(value())?,
        form::Value::UncleBlock(_) => pack::<jsonrpc::UncleBlock, packed::UncleBlock>(value())?,
        form::Value::Block(_) => pack::<jsonrpc::Block, packed::Block>(value())?,
        form::Value::WitnessArgs(args) => {
            let field = |bytes: &Option<_>| {
                packed::BytesOpt::new_builder().set(bytes.as_ref().map(packed_bytes)).build()
            };
            let builder = packed::WitnessArgs::new_builder().lock(field(&args.lock));
            let builder = builder.input_type(field(&args.input_type));
            builder.output_type(field(&args.output_type)).build().as_bytes()
        }
        form::Value::CellbaseWitness(witness) => {
            let lock: packed::Script = from_json::<jsonrpc::Script>(json(&witness.lock))?.into();
            let builder = packed::CellbaseWitness::new_builder().lock(lock);
            builder.message(packed_bytes(&witness.message)).build().as_bytes()
        }
        form::Value::HeaderDigest(digest) => crate::derived::pack(digest).as_bytes(),
        form::Value::DepGroup(members) => {
            let members = members.iter().map(|member| from_json::<jsonrpc::OutPoint>(json(member)));
            let members = members.collect::<Result<Vec<_>, _>>()?.into_iter();
            let members = members.map(packed::OutPoint::from).collect();
            packed::OutPointVec::new_builder().set(members).build().as_bytes()
        }
    };
    Ok(EncodeOut { bytes: ckbspec_protocol::values::Bytes(bytes.to_vec()) })
}

/// The bytes of a value for which the node has a JSON-RPC type.
fn pack<J: DeserializeOwned, P: From<J> + Entity>(value: Value) -> serde_json::Result<Bytes> {
    Ok(P::from(from_json::<J>(value)?).as_bytes())
}

fn from_json<T: DeserializeOwned>(value: Value) -> serde_json::Result<T> {
    serde_json::from_value(value)
}

fn packed_bytes(bytes: &ckbspec_protocol::values::Bytes) -> packed::Bytes {
    packed::Bytes::from(&bytes.0[..])
}

/// Decodes an object strictly, and hashes it.
pub(crate) fn hash(input: &HashIn) -> Result<HashOut, Refusal> {
    let bytes = &input.bytes.0[..];
    let header = || read::<packed::Header>(bytes, DecodeMode::Strict);
    let transaction = || checked::<packed::Transaction>(bytes, DecodeMode::Strict);
    let block = || checked::<packed::Block>(bytes, DecodeMode::Strict);
    let hash = match input.kind {
        HashKind::Ckb => blake2b_256(bytes).into(),
        HashKind::Tx => transaction()?.calc_tx_hash(),
        HashKind::Witness => transaction()?.calc_witness_hash(),
        HashKind::Script => {
            checked::<packed::Script>(bytes, DecodeMode::Strict)?.calc_script_hash()
        }
        HashKind::Header => header()?.calc_header_hash(),
        HashKind::Pow => header()?.calc_pow_hash(),
        HashKind::Data => packed::CellOutput::calc_data_hash(bytes),
        HashKind::Proposals => block()?.calc_proposals_hash(),
        HashKind::Uncles => block()?.calc_uncles_hash(),
        HashKind::Extra => block()?.calc_extra_hash().extra_hash(),
        HashKind::TransactionsRoot => {
            block()?.into_view_without_reset_header().calc_transactions_root()
        }
        HashKind::HeaderDigest => {
            read::<packed::HeaderDigest>(bytes, DecodeMode::Strict)?.calc_mmr_hash()
        }
    };
    Ok(HashOut { hash: FixedBytes(hash.into()) })
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value)
        .unwrap_or_else(|error| unreachable!("the node's types have string keys only: {error}"))
}

fn with(field: &str, content: Value, mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(field.to_owned(), content);
    }
    value
}

fn without(field: &str, mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.remove(field);
    }
    value
}
