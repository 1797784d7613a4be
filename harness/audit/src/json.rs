//! Reads headers and blocks in the JSON of a node's JSON-RPC. An object can be bare, in a response,
//! or in a row with other fields, as indexers and explorers store it.

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

/// A header, with its block where the JSON has the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderOrBlock {
    /// The header.
    pub header: Header,
    /// The hash of the header, if the JSON states it.
    pub hash: Option<Byte32>,
    /// The whole block.
    pub block: Option<Box<Block>>,
}

/// A committed transaction, as `get_transaction` returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The transaction.
    pub transaction: Transaction,
    /// The hash of its block.
    pub block_hash: Byte32,
}

/// The fields by which the form of an object is recognised.
#[derive(Deserialize)]
struct Shape<'a> {
    hash: Option<values::Byte32>,
    header: Option<form::HeaderView>,
    #[serde(borrow)]
    block: Option<&'a RawValue>,
    transactions: Option<IgnoredAny>,
    #[serde(borrow, default, deserialize_with = "null_or_value")]
    result: Option<Option<&'a RawValue>>,
    error: Option<RpcError>,
}

/// Distinguishes `null`, `Some(None)`, from an absent field, `None`.
fn null_or_value<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<&'de RawValue>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// An error that a node returns.
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

/// Reads a header or a block from one object.
///
/// # Errors
/// A message that names the field.
pub fn header_or_block(text: &[u8]) -> Result<HeaderOrBlock, String> {
    nested(text, NESTING_MAX)
}

/// How deeply a header can be nested: in the block of a row that is the result of a response.
const NESTING_MAX: u8 = 4;

fn nested(text: &[u8], depth: u8) -> Result<HeaderOrBlock, String> {
    // A bare header, of which there are most, is read in one pass. It holds no other object, and
    // what holds one mostly begins soon.
    let objects = text.iter().take(128).filter(|byte| **byte == b'{').count();
    if objects == 1
        && let Ok(view) = serde_json::from_slice(text)
    {
        return of_view(view);
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
            let hash = header.and_then(|view| view.hash).map(|hash| Byte32(hash.0));
            HeaderOrBlock { header: block.header.clone(), hash, block: Some(Box::new(block)) }
        }
        (None, None, None, Some(view)) => of_view(view)?,
        (None, None, None, None) => of_view(read(text)?)?,
    };
    found.hash = found.hash.or(shape.hash.map(|hash| Byte32(hash.0)));
    Ok(found)
}

fn of_view(view: form::HeaderView) -> Result<HeaderOrBlock, String> {
    let (header, hash) = (from_form(view.header)?, view.hash);
    Ok(HeaderOrBlock { header, hash: hash.map(|hash| Byte32(hash.0)), block: None })
}

/// Whether the text stops in the middle of a value.
pub fn is_cut(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// Converts a structure of the protocol to one of the reference.
fn from_form<T: Wire>(form: T::Form) -> Result<T, String> {
    T::from_wire(form).map_err(|Unnamed(why)| why.to_owned())
}

/// Parses a text. If that fails, it parses the text again to find the name of the field.
fn read<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| {
        let mut again = serde_json::Deserializer::from_slice(text);
        let field = serde_path_to_error::deserialize::<_, T>(&mut again).err();
        let field = field.map(|error| error.path().to_string()).unwrap_or_default();
        // The position is within the object. Where each object is a line, it is always line 1.
        let why = error.to_string().replace(" at line 1 column ", ", at column ");
        if field.is_empty() || field == "." { why } else { format!("{field}: {why}") }
    })
}

/// The response to a request: a result, null, or an error.
#[derive(Deserialize)]
struct RpcResponse<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<RpcError>,
}

impl<'a> RpcResponse<'a> {
    /// The result; `None` for null.
    fn result(self) -> Result<Option<&'a [u8]>, String> {
        match self.error {
            Some(error) => Err(format!("an error: {error}")),
            None => Ok(self.result.map(|result| result.get().as_bytes())),
        }
    }
}

/// The headers or blocks of a batch of responses, each with the id of its request.
///
/// # Errors
/// A message when the text is no batch, or one of the responses is an error.
pub fn batch(text: &[u8]) -> Result<Vec<(u64, Option<HeaderOrBlock>)>, String> {
    // A node that does not support batches, or refuses this one, answers with one object.
    let responses = read::<Vec<RpcResponse<'_>>>(text)
        .or_else(|error| read(text).map(|single| vec![single]).map_err(|_| error))?;
    let read_one = |response: RpcResponse<'_>| {
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
/// A message when the response has no block number.
pub fn tip_number(text: &[u8]) -> Result<u64, String> {
    let result = read::<RpcResponse<'_>>(text)?.result()?;
    let number: Uint64 = read(result.ok_or("no block number")?)?;
    Ok(number.0)
}

/// The result of `get_transaction`; `None` when the transaction is in no block.
///
/// # Errors
/// A message when the response cannot be read.
pub fn transaction(text: &[u8]) -> Result<Option<Committed>, String> {
    #[derive(Deserialize)]
    struct RpcTransaction {
        transaction: Option<form::Transaction>,
        tx_status: RpcStatus,
    }
    #[derive(Deserialize)]
    struct RpcStatus {
        block_hash: Option<values::Byte32>,
    }
    let Some(result) = read::<RpcResponse<'_>>(text)?.result()? else { return Ok(None) };
    let RpcTransaction { transaction, tx_status } = read(result)?;
    let Some((transaction, hash)) = transaction.zip(tx_status.block_hash) else { return Ok(None) };
    let transaction = from_form(transaction)?;
    Ok(Some(Committed { transaction, block_hash: Byte32(hash.0) }))
}
