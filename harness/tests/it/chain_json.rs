//! Blocks as a node's JSON-RPC writes them.

use ckbspec_reference::encoding::block::Block;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::encoding::script::{HashType, Script};
use ckbspec_reference::encoding::transaction::{DepType, OutPoint, Transaction};
use serde_json::{Value, json};

/// A block.
pub(crate) fn block(block: &Block) -> Value {
    let mut value = json!({
        "header": header(&block.header),
        "uncles": block.uncles.iter().map(|uncle| json!({
            "header": header(&uncle.header),
            "proposals": uncle.proposals.iter().map(|id| hex(&id.0)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "transactions": block.transactions.iter().map(transaction).collect::<Vec<_>>(),
        "proposals": block.proposals.iter().map(|id| hex(&id.0)).collect::<Vec<_>>(),
    });
    if let Some(extension) = &block.extension {
        value["extension"] = hex(extension);
    }
    value
}

/// A header, without its hash.
pub(crate) fn header(header: &Header) -> Value {
    let raw = &header.raw;
    json!({
        "version": number(raw.version),
        "compact_target": number(raw.compact_target),
        "timestamp": number(raw.timestamp),
        "number": number(raw.number),
        "epoch": number(raw.epoch),
        "parent_hash": hex(&raw.parent_hash.0),
        "transactions_root": hex(&raw.transactions_root.0),
        "proposals_hash": hex(&raw.proposals_hash.0),
        "extra_hash": hex(&raw.extra_hash.0),
        "dao": hex(&raw.dao.0),
        "nonce": number(header.nonce),
    })
}

/// A transaction.
pub(crate) fn transaction(transaction: &Transaction) -> Value {
    let raw = &transaction.raw;
    json!({
        "version": number(raw.version),
        "cell_deps": raw.cell_deps.iter().map(|dep| json!({
            "out_point": out_point(&dep.out_point),
            "dep_type": if dep.dep_type == DepType::CODE { "code" } else { "dep_group" },
        })).collect::<Vec<_>>(),
        "header_deps": raw.header_deps.iter().map(|hash| hex(&hash.0)).collect::<Vec<_>>(),
        "inputs": raw.inputs.iter().map(|input| json!({
            "since": number(input.since),
            "previous_output": out_point(&input.previous_output),
        })).collect::<Vec<_>>(),
        "outputs": raw.outputs.iter().map(|output| json!({
            "capacity": number(output.capacity),
            "lock": script(&output.lock),
            "type": output.type_script.as_ref().map(script),
        })).collect::<Vec<_>>(),
        "outputs_data": raw.outputs_data.iter().map(|data| hex(data)).collect::<Vec<_>>(),
        "witnesses": transaction.witnesses.iter().map(|witness| hex(witness)).collect::<Vec<_>>(),
    })
}

fn out_point(out_point: &OutPoint) -> Value {
    json!({"tx_hash": hex(&out_point.tx_hash.0), "index": number(out_point.index)})
}

fn script(script: &Script) -> Value {
    let hash_type = match script.hash_type {
        HashType::DATA => "data",
        HashType::TYPE => "type",
        HashType::DATA1 => "data1",
        _ => "data2",
    };
    let (code_hash, args) = (hex(&script.code_hash.0), hex(&script.args));
    json!({"code_hash": code_hash, "hash_type": hash_type, "args": args})
}

fn number(number: impl Into<u128>) -> Value {
    format!("{:#x}", number.into()).into()
}

fn hex(bytes: &[u8]) -> Value {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("0x{digits}").into()
}
