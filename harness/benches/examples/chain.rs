//! Writes a chain with a given number of headers as NDJSON, on which `audit chain` is measured.

#[path = "../../tests/it/made_chain.rs"]
mod made_chain;

use ckbspec_reference::encoding::hash::header_hash;
use std::io::{BufWriter, Write, stdout};

fn main() -> std::io::Result<()> {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let count: u64 = count.expect("how many headers");
    let mut chain = made_chain::Chain::new();
    let mut out = BufWriter::with_capacity(1 << 20, stdout().lock());
    for _ in 0..count {
        chain.push(8_000, 0);
        // Only the tip is needed.
        chain.headers.swap_remove(0);
        let header = chain.tip();
        let raw = &header.raw;
        writeln!(
            out,
            "{{\"hash\":\"{}\",\"version\":\"{:#x}\",\"compact_target\":\"{:#x}\",\
             \"timestamp\":\"{:#x}\",\"number\":\"{:#x}\",\"epoch\":\"{:#x}\",\
             \"parent_hash\":\"{}\",\"transactions_root\":\"{}\",\"proposals_hash\":\"{}\",\
             \"extra_hash\":\"{}\",\"dao\":\"{}\",\"nonce\":\"{:#x}\"}}",
            header_hash(header),
            raw.version,
            raw.compact_target,
            raw.timestamp,
            raw.number,
            raw.epoch,
            raw.parent_hash,
            raw.transactions_root,
            raw.proposals_hash,
            raw.extra_hash,
            raw.dao,
            header.nonce
        )?;
    }
    out.flush()
}
