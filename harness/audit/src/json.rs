//! Headers and blocks in the JSON of a node's JSON-RPC: one object, bare, in a response, or in a
//! row with other fields, as indexers and explorers keep them.

use ckbspec_common::wire::{Unnamed, Wire};
use ckbspec_protocol::structures as form;
use ckbspec_protocol::values::{self, Uint64};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::Block;
use ckbspec_reference::encoding::header::Header;
use ckbspec_reference::encoding::transaction::Transaction;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::value::RawValue;
use std::fmt;

/// A header, with its block where the body is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderOrBlock {
    /// The header.
    pub header: Header,
    /// The hash that the text states, if it does.
    pub hash: Option<Byte32>,
    /// The whole block.
    pub block: Option<Box<Block>>,
}

/// A transaction in the chain, as `get_transaction` returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The transaction.
    pub transaction: Transaction,
    /// The hash of its block.
    pub block_hash: Byte32,
}

/// Which of the forms an object has.
#[derive(Deserialize)]
struct Shape<'a> {
    hash: Option<values::Byte32>,
    #[serde(borrow)]
    header: Option<&'a RawValue>,
    #[serde(borrow)]
    block: Option<&'a RawValue>,
    transactions: Option<IgnoredAny>,
    #[serde(borrow, default, deserialize_with = "null_or_value")]
    result: Option<Option<&'a RawValue>>,
    error: Option<RpcError>,
}

/// Tells `null` from a field that is not there.
fn null_or_value<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<&'de RawValue>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// An error as a node answers with it.
#[derive(Deserialize)]
struct RpcError {
    code: i64,
    message: String,
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

/// Reads a header or a block out of one object.
///
/// # Errors
/// In words, with the field.
pub fn header_or_block(text: &[u8]) -> Result<HeaderOrBlock, String> {
    nested(text, NESTING_MAX)
}

/// How deep a header can lie: in the block of a row that is the result of a response.
const NESTING_MAX: u8 = 4;

fn nested(text: &[u8], depth: u8) -> Result<HeaderOrBlock, String> {
    // A bare header, of which there are most, is read in one pass.
    if let Ok(form::HeaderView { header, hash }) = serde_json::from_slice(text) {
        let header = from_form(header)?;
        return Ok(HeaderOrBlock { header, hash: hash.map(|hash| Byte32(hash.0)), block: None });
    }
    let shape: Shape<'_> = read(text)?;
    if let Some(error) = shape.error {
        return Err(format!("the node answered with an error: {error}"));
    }
    let within = |raw: &RawValue| {
        let depth = depth.checked_sub(1).ok_or("no header, but objects within objects")?;
        nested(raw.get().as_bytes(), depth)
    };
    let mut found = match (shape.result, shape.block, shape.transactions, shape.header) {
        (Some(None), ..) => return Err("the node has no such block: `result` is null".into()),
        (Some(Some(result)), ..) => within(result)?,
        (None, Some(block), ..) => within(block)?,
        (None, None, Some(_), header) => {
            let block: Block = from_form(read(text)?)?;
            let hash = header.map(within).transpose()?.and_then(|header| header.hash);
            HeaderOrBlock { header: block.header.clone(), hash, block: Some(Box::new(block)) }
        }
        (None, None, None, Some(header)) => within(header)?,
        (None, None, None, None) => {
            let header = from_form(read::<form::Header>(text)?)?;
            HeaderOrBlock { header, hash: None, block: None }
        }
    };
    found.hash = found.hash.or(shape.hash.map(|hash| Byte32(hash.0)));
    Ok(found)
}

/// Whether the text stops in the middle of a value.
pub fn is_cut(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// Makes a structure of the protocol one of the reference.
fn from_form<T: Wire>(form: T::Form) -> Result<T, String> {
    T::from_wire(form).map_err(|Unnamed(why)| why.to_owned())
}

/// Reads a text. Only one that cannot be read is read again, for the name of the field.
fn read<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| {
        let mut again = serde_json::Deserializer::from_slice(text);
        let field = serde_path_to_error::deserialize::<_, T>(&mut again).err();
        let field = field.map(|error| error.path().to_string()).unwrap_or_default();
        // The column is one of the object; the line is always its first where objects are lines.
        let why = error.to_string().replace(" at line 1 column ", ", at column ");
        if field.is_empty() || field == "." { why } else { format!("{field}: {why}") }
    })
}

/// The response to a request: a result, null, or an error.
#[derive(Deserialize)]
struct Response<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<RpcError>,
}

impl<'a> Response<'a> {
    /// The result, none for null.
    fn result(self) -> Result<Option<&'a [u8]>, String> {
        match self.error {
            Some(error) => Err(format!("an error: {error}")),
            None => Ok(self.result.map(|result| result.get().as_bytes())),
        }
    }
}

/// The headers or blocks of a batch of responses, by the ids of their requests.
///
/// # Errors
/// In words, when the text is no batch, or one of them is an error.
pub fn batch(text: &[u8]) -> Result<Vec<(u64, Option<HeaderOrBlock>)>, String> {
    // A node that takes no batches, or not this one, answers with one object.
    let responses = read::<Vec<Response<'_>>>(text)
        .or_else(|error| read(text).map(|single| vec![single]).map_err(|_| error))?;
    let read_one = |response: Response<'_>| {
        let id = response.id;
        let result = response.result()?;
        let id = id.ok_or("a response without `id`")?;
        Ok((id, result.map(header_or_block).transpose()?))
    };
    responses.into_iter().map(read_one).collect()
}

/// The result of `get_tip_block_number`.
///
/// # Errors
/// In words.
pub fn height(text: &[u8]) -> Result<u64, String> {
    let result = read::<Response<'_>>(text)?.result()?;
    let number: Uint64 = read(result.ok_or("no height")?)?;
    Ok(number.0)
}

/// The result of `get_transaction`; none when it is in no block.
///
/// # Errors
/// In words.
pub fn transaction(text: &[u8]) -> Result<Option<Committed>, String> {
    #[derive(Deserialize)]
    struct Answer {
        transaction: Option<form::Transaction>,
        tx_status: Status,
    }
    #[derive(Deserialize)]
    struct Status {
        block_hash: Option<values::Byte32>,
    }
    let Some(result) = read::<Response<'_>>(text)?.result()? else { return Ok(None) };
    let Answer { transaction, tx_status } = read(result)?;
    let Some((transaction, hash)) = transaction.zip(tx_status.block_hash) else { return Ok(None) };
    let transaction = from_form(transaction)?;
    Ok(Some(Committed { transaction, block_hash: Byte32(hash.0) }))
}
