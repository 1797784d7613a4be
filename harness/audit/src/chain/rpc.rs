//! Reads headers and blocks from a node by JSON-RPC over HTTP.

use super::bodies::Lookup;
use super::header::SourceLine;
use crate::json::{self, Committed, HeaderOrBlock};
use ckbspec_common::problem::Problem;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::header::Header;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// The timeout of a request in seconds.
const TIMEOUT: u64 = 60;

/// How often a request is sent before it counts as failed.
const ATTEMPTS: u32 = 3;

/// How many headers a batch requests.
const HEADERS: u64 = 200;

/// How many blocks a batch requests.
const BLOCKS: u64 = 8;

/// A node, and the number of the next block to read from it.
pub struct RpcNode {
    url: Arc<str>,
    with_blocks: bool,
    next: u64,
    last: u64,
    ahead: VecDeque<HeaderOrBlock>,
}

impl RpcNode {
    /// Connects to the node at a URL, to read blocks `from` to `to`, or to its tip.
    ///
    /// # Errors
    /// When the node does not answer, or does not have these blocks.
    pub fn connect(
        url: &str,
        with_blocks: bool,
        from: u64,
        to: Option<u64>,
    ) -> Result<Self, Problem> {
        let mut node =
            Self { url: url.into(), with_blocks, next: from, last: 0, ahead: VecDeque::new() };
        let text = node.ask(&request(0, "get_tip_block_number", json!([])))?;
        let tip = json::tip_number(&text).map_err(|error| node.problem(&error))?;
        node.last = to.unwrap_or(tip);
        if node.last > tip || from > node.last {
            let message = format!("{url}: blocks {from} to {} were asked for", node.last);
            return Err(Problem::new(message).help(format!("the tip of the node is block {tip}")));
        }
        Ok(node)
    }

    /// The number of the last block to read.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The next header or block; `None` after the last.
    ///
    /// # Errors
    /// When the node fails, or does not have the block.
    pub fn read(&mut self) -> Result<Option<HeaderOrBlock>, Problem> {
        if self.ahead.is_empty() && self.next <= self.last {
            self.fetch()?;
        }
        Ok(self.ahead.pop_front())
    }

    /// The source of the headers of this node.
    pub fn source(&self) -> SourceLine {
        SourceLine { source: self.url.clone(), line: 0 }
    }

    fn fetch(&mut self) -> Result<(), Problem> {
        let count = if self.with_blocks { BLOCKS } else { HEADERS };
        let end = self.last.min(self.next.saturating_add(count - 1));
        let method = if self.with_blocks { "get_block_by_number" } else { "get_header_by_number" };
        let one = |number: u64| request(number, method, json!([format!("{number:#x}")]));
        let batch: Vec<Value> = (self.next..=end).map(one).collect();
        let text = self.ask(&Value::Array(batch))?;
        let mut items = json::batch(&text).map_err(|error| {
            let cut = if json::is_cut(&text) { "; it ends in the middle" } else { "" };
            self.problem(&format!("{error}{cut}"))
        })?;
        // A node may answer a batch in any order.
        items.sort_by_key(|(id, _)| *id);
        let mut wanted = self.next..=end;
        for (id, item) in items {
            if wanted.next() != Some(id) {
                return Err(self.problem(&format!("a batch without block {id}, or with it twice")));
            }
            let Some(item) = item.filter(|item| item.header.raw.number == id) else {
                return Err(self.problem(&format!("no block {id}, and its tip is above it")));
            };
            self.ahead.push_back(item);
        }
        if let Some(missing) = wanted.next() {
            return Err(self.problem(&format!("a batch without block {missing}")));
        }
        self.next = end.saturating_add(1);
        Ok(())
    }

    /// Sends a request; sends it again when it fails.
    fn ask(&self, body: &Value) -> Result<Vec<u8>, Problem> {
        let mut pause = Duration::from_millis(200);
        let mut failure = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(pause);
                pause = pause.saturating_mul(4);
            }
            let sent = minreq::post(&*self.url)
                .with_header("Content-Type", "application/json")
                .with_body(body.to_string())
                .with_timeout(TIMEOUT)
                .send();
            match sent {
                Ok(response) if response.status_code == 200 => return Ok(response.into_bytes()),
                Ok(response) => {
                    failure = format!("HTTP {} {}", response.status_code, response.reason_phrase);
                }
                Err(error) => failure = error.to_string(),
            }
        }
        let problem = Problem::new(format!("{}: {failure}, {ATTEMPTS} times", self.url));
        Err(problem.help("the URL is that of a node's JSON-RPC, as http://127.0.0.1:8114"))
    }

    fn problem(&self, what: &str) -> Problem {
        Problem::new(format!("{}: the node answered with {what}", self.url))
    }
}

impl Lookup for RpcNode {
    fn transaction(&mut self, hash: &Byte32) -> Result<Option<Committed>, Problem> {
        let text = self.ask(&request(0, "get_transaction", json!([hash.to_string()])))?;
        json::transaction(&text).map_err(|error| self.problem(&error))
    }

    fn header(&mut self, hash: &Byte32) -> Result<Option<Header>, Problem> {
        let text = self.ask(&json!([request(0, "get_header", json!([hash.to_string()]))]))?;
        let items = json::batch(&text).map_err(|error| self.problem(&error))?;
        Ok(items.into_iter().find_map(|(_, item)| item).map(|item| item.header))
    }
}

fn request(id: u64, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}
