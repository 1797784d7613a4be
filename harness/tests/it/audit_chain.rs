//! `ckbspec audit chain` on the real data, and on data that are wrong.

use crate::chain_json;
use crate::common::{ckbspec, code, root, text};
use crate::genesis::genesis;
use ckbspec_audit::json;
use ckbspec_reference::encoding::block::Block;
use ckbspec_reference::encoding::hash::transactions_root;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::issuance::DaoField;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn data(name: &str) -> PathBuf {
    root().join("harness/tests/data/chain").join(name)
}

/// The rows of a file.
fn rows(name: &str) -> Vec<String> {
    fs::read_to_string(data(name)).unwrap().lines().map(str::to_owned).collect()
}

/// The headers of the longest run, blocks 3,000 to 3,599.
fn headers() -> Vec<Header> {
    let items = rows("mainnet-headers.ndjson").into_iter();
    let headers = items.map(|row| json::header_or_block(row.as_bytes()).unwrap().header);
    headers.filter(|header| (3_000..3_600).contains(&header.raw.number)).collect()
}

fn blocks(name: &str) -> Vec<Block> {
    let items = rows(name).into_iter();
    items.map(|row| *json::header_or_block(row.as_bytes()).unwrap().block.unwrap()).collect()
}

fn lines(headers: &[Header]) -> String {
    headers.iter().map(|header| format!("{}\n", chain_json::header(header))).collect()
}

/// Writes a file and audits it: the exit status, standard output, standard error.
fn audit(content: &str, options: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    audit_in(&folder, content, options)
}

fn audit_in(folder: &TempDir, content: &str, options: &[&str]) -> (i32, String, String) {
    let file = folder.path().join("chain.ndjson");
    fs::write(&file, content).unwrap();
    run(&[&[file.to_str().unwrap()], options].concat())
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = ckbspec(&[&["audit", "chain"], arguments].concat());
    let (out, err) = text(&output);
    (code(&output), out, err)
}

#[test]
fn the_real_headers_hold() {
    for (name, links, headers) in [("mainnet", 659, 673), ("testnet", 4, 22)] {
        let file = data(&format!("{name}-headers.ndjson"));
        let (code, out, err) = run(&[file.to_str().unwrap(), "--pow"]);
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains(&format!("chain             {name}\n")), "{out}");
        assert!(out.contains(&format!("parent links {links:>15} hold\n")), "{out}");
        assert!(out.contains(&format!("C by schedule {headers:>14} hold")), "{out}");
        assert!(out.contains(&format!("proof of work {headers:>14} hold")), "{out}");
        assert!(out.ends_with("no divergence\n"), "{out}");
    }
}

#[test]
fn the_real_blocks_hold_to_the_shannon() {
    let folder = tempfile::tempdir().unwrap();
    for (name, exact, paid) in [("mainnet", 60, 60), ("testnet", 15, 15)] {
        let first = folder.path().join(name);
        fs::write(&first, format!("{}\n", chain_json::block(&genesis(name)))).unwrap();
        let blocks = data(&format!("{name}-blocks.ndjson"));
        let (code, out, err) = run(&[first.to_str().unwrap(), blocks.to_str().unwrap()]);
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains(&format!("U {exact:>26} hold exactly")), "{out}");
        assert!(out.contains(&format!("S {exact:>26} hold exactly")), "{out}");
        assert!(out.contains(&format!("cellbases {paid:>18} hold exactly")), "{out}");
    }
}

#[test]
fn a_changed_header_is_found_where_it_stands() {
    type Change = fn(&mut Header);
    fn dao(header: &mut Header, change: fn(&mut DaoField)) {
        let mut field = DaoField::from_bytes(header.raw.dao.0);
        change(&mut field);
        header.raw.dao.0 = field.to_bytes();
    }
    let cases: [(&str, usize, Change); 8] = [
        ("DAO-002", 300, |header| dao(header, |field| field.c += 1)),
        ("DAO-003", 300, |header| dao(header, |field| field.ar -= 1)),
        ("DAO-004", 300, |header| dao(header, |field| field.s += 1)),
        ("DAO-005", 300, |header| dao(header, |field| field.u = u64::MAX)),
        ("", 300, |header| header.raw.parent_hash.0[0] ^= 1),
        ("", 301, |header| header.raw.timestamp += 1),
        ("EPOCH-002", 300, |header| header.raw.epoch = 0),
        ("EPOCH-008", 300, |header| header.raw.compact_target += 1),
    ];
    for (rule, line, change) in cases {
        let mut headers = headers();
        // A timestamp is seen in the next header, which names another parent.
        let changed = if line == 301 { 300 } else { line };
        change(&mut headers[changed]);
        let (code, out, err) = audit(&lines(&headers), &["--network", "mainnet"]);
        assert_eq!(code, 1, "{rule}: {out}{err}");
        // The parent's hash has no rule in a chapter yet.
        let what = match rule {
            "" => ": its parent is not the block before it\n".to_owned(),
            rule => format!(" from {rule}: "),
        };
        let head = format!("block {} diverges{what}", grouped(3_000 + line));
        assert!(out.starts_with(&head), "{rule}: {out}");
        assert!(out.contains(&format!("chain.ndjson:{}\n", line + 1)), "{out}");
        assert!(out.contains("by the rule") && out.contains("in the data"), "{out}");
    }
}

fn grouped(number: usize) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

#[test]
fn both_computations_are_written_out() {
    let mut headers = headers();
    let mut field = DaoField::from_bytes(headers[300].raw.dao.0);
    let right = field.ar;
    field.ar += 7;
    headers[300].raw.dao.0 = field.to_bytes();
    let (_, out, _) = audit(&lines(&headers), &[]);
    let parent = DaoField::from_bytes(headers[299].raw.dao.0);
    let law = format!("AR = {0} + floor({0} · 34094368341 / {1})", parent.ar, parent.c);
    assert!(out.contains(&law), "{law}\n{out}");
    assert!(out.contains(&format!("   = {} + {}\n", parent.ar, right - parent.ar)), "{out}");
    let data = format!("AR = {}, which is {} more", right + 7, right + 7 - parent.ar);
    assert!(out.contains(&data), "{out}");
}

/// A changed body with the root of its header brought up to date, as the last block.
fn resealed(mut blocks: Vec<Block>, change: impl Fn(&mut Block)) -> String {
    let block = blocks.last_mut().unwrap();
    change(block);
    block.header.raw.transactions_root = transactions_root(&block.transactions).unwrap();
    let first = std::iter::once(genesis("mainnet"));
    first.chain(blocks).map(|block| format!("{}\n", chain_json::block(&block))).collect()
}

#[test]
fn a_changed_block_is_found_where_it_stands() {
    type Change = fn(&mut Block);
    let cases: [(&str, usize, Change); 5] = [
        ("ISS-014", 30, |block| block.transactions[0].raw.outputs[0].capacity += 1),
        ("ISS-013", 30, |block| block.transactions[0].raw.outputs[0].lock.args[0] ^= 1),
        ("ISS-014", 41, |block| block.transactions[0].raw.outputs[0].capacity -= 1),
        ("DAO-005", 30, |block| block.transactions[0].raw.outputs_data[0].push(0)),
        ("ISS-006", 11, |block| {
            // A cellbase that pays, too early; U is brought up to date.
            let output = block.transactions[1].raw.outputs[0].clone();
            let bytes = 41 + u64::try_from(output.lock.args.len()).unwrap();
            let mut field = DaoField::from_bytes(block.header.raw.dao.0);
            field.u += bytes * 100_000_000;
            block.header.raw.dao.0 = field.to_bytes();
            block.transactions[0].raw.outputs = vec![output];
            block.transactions[0].raw.outputs_data = vec![vec![]];
        }),
    ];
    for (rule, last, change) in cases {
        let mut blocks = blocks("mainnet-blocks.ndjson");
        blocks.truncate(last);
        let content = resealed(blocks, change);
        let (code, out, err) = audit(&content, &[]);
        assert_eq!(code, 1, "{rule}: {out}{err}");
        assert!(out.starts_with(&format!("block {last} diverges from {rule}: ")), "{rule}: {out}");
    }
    let mut blocks = blocks("mainnet-blocks.ndjson");
    blocks[40].transactions[1].witnesses[0].push(0);
    let content = lines_of_blocks(&blocks);
    let (code, out, _) = audit(&content, &[]);
    assert_eq!(code, 1);
    assert!(out.starts_with("block 41 diverges from HASH-011: "), "{out}");
}

fn lines_of_blocks(blocks: &[Block]) -> String {
    blocks.iter().map(|block| format!("{}\n", chain_json::block(block))).collect()
}

#[test]
fn data_that_are_not_one_chain_in_order_are_refused() {
    let headers = headers();
    let mut swapped = headers.clone();
    swapped.swap(10, 11);
    let mut twice = headers.clone();
    twice.insert(11, headers[10].clone());
    let mut missing = headers.clone();
    missing.remove(10);
    let testnet = lines(&[genesis("testnet").header]);
    let other = rows("testnet-headers.ndjson").join("\n");
    let mut unknown = headers.clone();
    unknown[0].nonce ^= 1;
    let unknown = lines(&unknown);
    let cases = [
        (
            lines(&swapped),
            vec!["--contiguous"],
            5,
            "chain.ndjson:11: block 3,011 follows block 3,009",
        ),
        (lines(&swapped), vec![], 2, "chain.ndjson:12: block 3,010 comes after block 3,011"),
        (lines(&twice), vec![], 2, "chain.ndjson:12: block 3,010 occurs twice"),
        (
            lines(&missing),
            vec!["--contiguous"],
            5,
            "chain.ndjson:11: block 3,011 follows block 3,009",
        ),
        (
            testnet,
            vec!["--network", "mainnet"],
            2,
            "chain.ndjson:1: this is genesis of another chain",
        ),
        (other, vec!["--network", "mainnet"], 1, ""),
        (unknown, vec![], 2, "chain.ndjson:1: block 3,000 belongs to no network"),
        (String::new(), vec![], 2, "chain.ndjson: no header"),
        ("[]".into(), vec![], 2, "chain.ndjson: no header"),
        ("{\"number\":\"0x1\"}\n".into(), vec![], 2, "chain.ndjson:1: missing field `version`"),
        ("{\"number\":1}\n".into(), vec![], 2, "chain.ndjson:1: number: invalid type: integer `1`"),
        ("hello\n".into(), vec![], 2, "chain.ndjson:1: "),
        (
            format!("{}{{}}{}\n", "{\"result\":".repeat(9), "}".repeat(9)),
            vec![],
            2,
            "chain.ndjson:1: no header, but objects within objects",
        ),
        (
            "{\"header\":{\"version\":\"0x00\"}}\n".into(),
            vec![],
            2,
            "chain.ndjson:1: header.version: `0x00` is not a `0x` integer",
        ),
        ("[1]".into(), vec![], 2, "chain.ndjson:1: `1` where an object should begin"),
        ("{\"result\":null}\n".into(), vec![], 2, "chain.ndjson:1: the node has no such block"),
        (
            "{\"error\":{\"code\":-3,\"message\":\"no\"}}\n".into(),
            vec![],
            2,
            "chain.ndjson:1: the node answered with an error: no (code -3)",
        ),
    ];
    for (content, options, expected, message) in cases {
        let (code, out, err) = audit(&content, &options);
        assert_eq!(code, expected, "{message}: {out}{err}");
        assert!(err.contains(message), "{message}: {err}");
    }
    let (code, _, err) = run(&["no-such-file"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot read no-such-file"), "{err}");
}

#[test]
fn a_gap_is_counted_and_not_hidden() {
    let mut missing = headers();
    missing.remove(10);
    let (code, out, err) = audit(&lines(&missing), &[]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("block numbers     3,000–3,009, 3,011–3,599\n"), "{out}");
    assert!(out.contains("parent links             597 hold\n"), "{out}");
}

#[test]
fn a_file_that_ends_in_the_middle_is_incomplete() {
    let whole = lines(&headers()[..5]);
    let (half, _) = whole.split_at(whole.len() - 100);
    let array = format!("[{}", whole.trim_end().replace('\n', ",\n"));
    for (content, line, checked) in [(half, 5, 4), (&array, 5, 5)] {
        let (code, out, err) = audit(content, &[]);
        assert_eq!(code, 5, "{out}{err}");
        assert!(err.contains(&format!(":{line}: the file ends within")), "{err}");
        assert!(out.contains(&format!("headers           {checked}, 0 with")), "{out}");
    }
}

#[test]
fn lines_an_array_and_spread_out_objects_are_the_same() {
    let headers = &headers()[..50];
    let plain = lines(headers);
    let array = format!("[{}]", plain.trim_end().replace('\n', ", "));
    let values: Vec<_> = headers.iter().map(chain_json::header).collect();
    let spread: String =
        values.iter().map(|value| serde_json::to_string_pretty(value).unwrap() + "\n").collect();
    let wrapped: String = values
        .iter()
        .map(|value| format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{value}}}\n\n"))
        .collect();
    let expected = audit(&plain, &["--contiguous"]);
    assert_eq!(expected.0, 0, "{expected:?}");
    for content in [array, spread, wrapped] {
        assert_eq!(audit(&content, &["--contiguous"]), expected);
    }
}

#[test]
fn an_audit_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = folder.path().join("checkpoint");
    let options = ["--contiguous", "--checkpoint", checkpoint.to_str().unwrap()];
    let content = lines(&headers());
    let whole = audit(&content, &["--contiguous"]);
    let (half, _) = content.split_at(content.len() / 2);
    assert_eq!(audit_in(&folder, half, &options).0, 5);
    let (code, out, err) = audit_in(&folder, &content, &options);
    assert_eq!((code, &out), (0, &whole.1), "{err}");
    assert!(err.contains("continuing after block 3,2"), "{err}");
    // What was found at the end of one audit is found again.
    let mut headers = headers();
    headers[550].raw.timestamp += 1;
    let next = lines(&headers);
    fs::remove_file(&checkpoint).unwrap();
    for _ in 0..2 {
        let (code, out, _) = audit_in(&folder, &next, &options);
        assert_eq!(code, 1);
        assert!(out.starts_with("block 3,551 diverges: its parent"), "{out}");
    }
    let other = Path::new("elsewhere");
    let arguments = [other.to_str().unwrap(), "--checkpoint", checkpoint.to_str().unwrap()];
    let (code, _, err) = run(&arguments);
    assert_eq!(code, 2, "{err}");
    fs::write(&checkpoint, "{}").unwrap();
    assert_eq!(audit_in(&folder, &next, &options).0, 2);
}
