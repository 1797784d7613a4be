//! `ckbspec audit chain URL`, against a node that is a thread of the test.

use crate::chain_json;
use crate::common::{ckbspec, code, root, text};
use crate::genesis::genesis;
use ckbspec_audit::json;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// What the node does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// From this height on blocks are null.
    Null(u64),
    /// From this height on there is an error.
    Error(u64),
    /// From this height on the answer stops in the middle.
    Cut(u64),
    /// From this height on there is no JSON.
    Html(u64),
    /// No batch.
    NoBatch,
}

/// Starts a node with the first 61 blocks of mainnet; its URL.
fn node(fault: Fault) -> String {
    let text =
        std::fs::read_to_string(root().join("harness/tests/data/chain/mainnet-blocks.ndjson"));
    let rows = text.unwrap();
    let blocks = rows.lines().take(60).map(|row| {
        let row: Value = serde_json::from_str(row).unwrap();
        row["block"].clone()
    });
    let blocks: Vec<Value> =
        std::iter::once(chain_json::block(&genesis("mainnet"))).chain(blocks).collect();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = serve(stream.unwrap(), &blocks, fault);
        }
    });
    url
}

fn serve(mut stream: TcpStream, blocks: &[Value], fault: Fault) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let lower = line.to_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line == "\r\n" || line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let request: Value = serde_json::from_slice(&body)?;
    let requests = request.as_array().cloned().unwrap_or_else(|| vec![request.clone()]);
    let last = requests.iter().filter_map(height).max().unwrap_or(0);
    let answers: Vec<Value> = requests.iter().map(|one| answer(one, blocks, fault)).collect();
    let single = !request.is_array() || fault == Fault::NoBatch;
    let mut answer = if single && fault == Fault::NoBatch && request.is_array() {
        json!({"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "no batches"}})
    } else if single {
        answers[0].clone()
    } else {
        // In another order than asked, as a node may.
        Value::Array(answers.into_iter().rev().collect())
    }
    .to_string();
    let whole = answer.len();
    match fault {
        Fault::Cut(from) if last >= from => answer.truncate(whole / 2),
        Fault::Html(from) if last >= from => answer = "<html>busy</html>".into(),
        _ => {}
    }
    let length = if matches!(fault, Fault::Cut(_)) { whole } else { answer.len() };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(answer.as_bytes())
}

fn height(request: &Value) -> Option<u64> {
    let digits = request["params"][0].as_str()?.strip_prefix("0x")?;
    if digits.len() > 16 { None } else { u64::from_str_radix(digits, 16).ok() }
}

fn answer(request: &Value, blocks: &[Value], fault: Fault) -> Value {
    let (method, id) = (request["method"].as_str().unwrap(), &request["id"]);
    let number = height(request).unwrap_or(0);
    let block = blocks.get(usize::try_from(number).unwrap()).cloned().unwrap_or(Value::Null);
    let result = match (method, fault) {
        ("get_tip_block_number", _) => json!(format!("{:#x}", blocks.len() - 1)),
        (_, Fault::Null(from)) if number >= from => Value::Null,
        (_, Fault::Error(from)) if number >= from => {
            let error = json!({"code": -32603, "message": "internal error: disk"});
            return json!({"jsonrpc": "2.0", "id": id, "error": error});
        }
        ("get_header_by_number", _) => block["header"].clone(),
        ("get_block_by_number", _) => block,
        ("get_transaction", _) => committed(request["params"][0].as_str().unwrap(), blocks),
        (other, _) => panic!("{other}"),
    };
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

/// A transaction of the chain, by its hash.
fn committed(wanted: &str, blocks: &[Value]) -> Value {
    use ckbspec_reference::encoding::hash::{header_hash, tx_hash};
    for block in blocks {
        let item = json::header_or_block(block.to_string().as_bytes()).unwrap();
        for transaction in &item.block.unwrap().transactions {
            if tx_hash(&transaction.raw).unwrap().to_string() == wanted {
                let hash = header_hash(&item.header).to_string();
                return json!({
                    "transaction": chain_json::transaction(transaction),
                    "tx_status": {"block_hash": hash, "status": "committed"},
                });
            }
        }
    }
    json!({"transaction": null, "tx_status": {"block_hash": null, "status": "unknown"}})
}

fn audit(url: &str, options: &[&str]) -> (i32, String, String) {
    let output = ckbspec(&[&["audit", "chain", url], options].concat());
    let (out, err) = text(&output);
    (code(&output), out, err)
}

#[test]
fn a_node_is_audited_to_the_shannon() {
    let url = node(Fault::None);
    let (code, out, err) = audit(&url, &[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("headers           61, 61 with their block\n"), "{out}");
    assert!(out.contains("U                         60 hold exactly; 0 blocks"), "{out}");
    assert!(out.contains("cellbases                 60 hold exactly"), "{out}");
    assert!(out.contains("coverage          100.0000 % of blocks 0 to 60\n"), "{out}");
    let (code, out, err) = audit(&url, &["--headers", "--contiguous", "--pow"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("headers           61, 0 with their block\n"), "{out}");
}

#[test]
fn what_blocks_spend_from_before_is_asked_of_the_node() {
    // Block 12 spends a cell of genesis, and blocks 13 and 14 do.
    let (code, out, err) = audit(&node(Fault::None), &["--from", "11", "--to", "45"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("U                         34 hold exactly; 0 blocks"), "{out}");
    // Block 11 pays nobody; blocks 30 to 45 have all that decides their payment.
    assert!(out.contains("cellbases                 17 hold exactly"), "{out}");
}

#[test]
fn a_node_that_errs_leaves_the_audit_incomplete() {
    let cases = [
        (Fault::Null(40), "the node answered with no block 40, and its tip is above it"),
        (Fault::Error(40), "the node answered with an error: internal error: disk (code -32603)"),
        (Fault::Html(40), "the node answered with expected value"),
        (Fault::NoBatch, "the node answered with an error: no batches (code -32600)"),
    ];
    for (fault, message) in cases {
        let (code, out, err) = audit(&node(fault), &[]);
        assert_eq!(code, 5, "{fault:?}: {out}{err}");
        assert!(err.contains(message), "{fault:?}: {err}");
        let read =
            if fault == Fault::NoBatch { "no header was read" } else { "headers           40," };
        assert!(out.contains(read), "{fault:?}: {out}");
    }
    let (code, out, err) = audit(&node(Fault::Cut(40)), &[]);
    assert_eq!(code, 5, "{out}{err}");
    assert!(out.contains("headers           40,"), "{out}{err}");
}

#[test]
fn a_node_that_is_not_there_is_a_mistake_of_the_command_line() {
    let (code, _, err) = audit("http://127.0.0.1:1", &[]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("http://127.0.0.1:1: "), "{err}");
    let (code, _, err) = audit("https://127.0.0.1:1", &[]);
    assert_eq!(code, 2);
    assert!(err.contains("does not support TLS"), "{err}");
    let (code, _, err) = audit(&node(Fault::None), &["--to", "99"]);
    assert_eq!(code, 2);
    assert!(err.contains("the tip of the node is block 60"), "{err}");
}

#[test]
fn an_audit_of_a_node_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = folder.path().join("checkpoint");
    let url = node(Fault::None);
    let option = ["--headers", "--checkpoint", checkpoint.to_str().unwrap()];
    let (code, whole, _) = audit(&url, &["--headers"]);
    assert_eq!(code, 0);
    assert_eq!(audit(&url, &[&option[..], &["--to", "30"]].concat()).0, 0);
    let (code, out, err) = audit(&url, &option);
    assert_eq!((code, out), (0, whole), "{err}");
    assert!(err.contains("continuing after block 30"), "{err}");
}
