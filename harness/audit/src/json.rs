//! Headers and blocks as JSON-RPC has them, and as indexers and explorers keep them: one object,
//! bare, in a response, or in a row with other fields. Nothing is allocated for a header.

use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::{Block, ProposalShortId, UncleBlock};
use ckbspec_reference::encoding::header::{Header, RawHeader};
use ckbspec_reference::encoding::script::{HashType, Script};
use ckbspec_reference::encoding::transaction::{
    CellDep, CellInput, CellOutput, DepType, OutPoint, RawTransaction, Transaction,
};
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de::Error as _};
use std::fmt;
use std::marker::PhantomData;

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The header.
    pub header: Header,
    /// The hash that the line states, if it does.
    pub hash: Option<Byte32>,
    /// The whole block, where its body is there.
    pub block: Option<Box<Block>>,
}

/// A transaction in the chain, as `get_transaction` returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The transaction.
    pub transaction: Transaction,
    /// The block that it is in.
    pub block_hash: Byte32,
}

/// Reads one object.
///
/// # Errors
/// In words.
pub fn item(text: &[u8]) -> Result<Item, String> {
    let row: Row = serde_json::from_slice(text).map_err(|error| shorten(&error))?;
    row.item()
}

/// Whether the text stops in the middle of a value.
pub fn is_cut(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// The error without `line 1`, which is always the line that it is.
fn shorten(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", ", at column ")
}

/// A number: `0x` and digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quantity<T>(pub(crate) T);

impl<'de, T: TryFrom<u128>> Deserialize<'de> for Quantity<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits<T>(PhantomData<T>);
        impl<T: TryFrom<u128>> Visitor<'_> for Digits<T> {
            type Value = Quantity<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number as a string, \"0x1f\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let number = number(text).and_then(|number| T::try_from(number).ok());
                number
                    .map(Quantity)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Digits(PhantomData))
    }
}

fn number(text: &str) -> Option<u128> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    if digits.is_empty() || digits.len() > 32 {
        return None;
    }
    digits.iter().try_fold(0_u128, |number, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some((number << 4) | u128::from(digit))
    })
}

/// Bytes of a fixed number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixed<const N: usize>(pub(crate) [u8; N]);

impl<'de, const N: usize> Deserialize<'de> for Fixed<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes<const N: usize>;
        impl<const N: usize> Visitor<'_> for Bytes<N> {
            type Value = Fixed<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{N} bytes as hex behind 0x")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let mut bytes = [0; N];
                let digits = text.strip_prefix("0x");
                let read = digits.is_some_and(|hex| {
                    const_hex::decode_to_slice(hex.as_bytes(), &mut bytes).is_ok()
                });
                if read {
                    return Ok(Fixed(bytes));
                }
                Err(E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Bytes)
    }
}

/// Bytes of any number.
#[derive(Clone, Debug)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = text.strip_prefix("0x").and_then(|hex| const_hex::decode(hex).ok());
        bytes.map(Self).ok_or_else(|| D::Error::custom("expected bytes as hex behind 0x"))
    }
}

/// The epoch of a header; in a row of a collection an object may stand in its place.
struct EpochOrMore(Option<u64>);

impl<'de> Deserialize<'de> for EpochOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = EpochOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an epoch as a string, \"0x6cf0001000000\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let epoch = number(text).and_then(|number| u64::try_from(number).ok());
                let wrong = || E::invalid_value(de::Unexpected::Str(text), &self);
                epoch.map(|epoch| EpochOrMore(Some(epoch))).ok_or_else(wrong)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(EpochOrMore(None))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A line: a header, a block, a row that has one, or the response of a node.
#[derive(Deserialize)]
struct Row {
    version: Option<Quantity<u32>>,
    #[serde(alias = "compactTarget")]
    compact_target: Option<Quantity<u32>>,
    timestamp: Option<Quantity<u64>>,
    number: Option<Quantity<u64>>,
    epoch: Option<EpochOrMore>,
    #[serde(alias = "parentHash")]
    parent_hash: Option<Fixed<32>>,
    #[serde(alias = "transactionsRoot")]
    transactions_root: Option<Fixed<32>>,
    #[serde(alias = "proposalsHash")]
    proposals_hash: Option<Fixed<32>>,
    #[serde(alias = "extraHash")]
    extra_hash: Option<Fixed<32>>,
    dao: Option<Fixed<32>>,
    nonce: Option<Quantity<u128>>,
    hash: Option<Fixed<32>>,
    header: Option<Box<Row>>,
    uncles: Option<Vec<UncleRow>>,
    transactions: Option<Vec<TransactionRow>>,
    proposals: Option<Vec<Fixed<10>>>,
    extension: Option<Bytes>,
    block: Option<Box<Row>>,
    #[serde(default, deserialize_with = "present")]
    result: Option<Option<Box<Row>>>,
    error: Option<RpcError>,
}

/// Tells `null` from nothing.
fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<Box<Row>>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// What a node says when it has no answer.
#[derive(Deserialize)]
pub(crate) struct RpcError {
    code: i64,
    message: String,
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

impl Row {
    fn item(mut self) -> Result<Item, String> {
        if let Some(error) = self.error {
            return Err(format!("the node answered with an error: {error}"));
        }
        match self.result.take() {
            Some(Some(row)) => return row.item(),
            Some(None) => return Err("the node has no such block: `result` is null".into()),
            None => {}
        }
        let row_hash = self.hash.map(|hash| Byte32(hash.0));
        let mut found = match self.block.take() {
            Some(block) => block.item()?,
            None => self.bare()?,
        };
        found.hash = found.hash.or(row_hash);
        Ok(found)
    }

    /// A header, or a block.
    fn bare(mut self) -> Result<Item, String> {
        let hash = self.hash.map(|hash| Byte32(hash.0));
        let (header, inner) = match self.header.take() {
            Some(header) => (header.header()?, header.hash.map(|hash| Byte32(hash.0))),
            None => (self.header()?, None),
        };
        let block = match self.transactions.take() {
            Some(transactions) => {
                let uncles = self.uncles.take().ok_or("a block without `uncles`")?;
                let proposals = self.proposals.take().ok_or("a block without `proposals`")?;
                let block = Block {
                    header: header.clone(),
                    uncles: uncles.into_iter().map(UncleRow::uncle).collect::<Result<_, _>>()?,
                    transactions: transactions
                        .into_iter()
                        .map(TransactionRow::transaction)
                        .collect::<Result<_, _>>()?,
                    proposals: proposals.into_iter().map(|id| ProposalShortId(id.0)).collect(),
                    extension: self.extension.take().map(|bytes| bytes.0),
                };
                Some(Box::new(block))
            }
            None => None,
        };
        Ok(Item { header, hash: inner.or(hash), block })
    }

    fn header(&self) -> Result<Header, String> {
        let lacks = |field| move || format!("a header without `{field}`");
        let number = self.number.ok_or_else(lacks("number"))?.0;
        let bytes = |field: Option<Fixed<32>>, name| -> Result<_, String> {
            field.map(|field| Byte32(field.0)).ok_or_else(lacks(name))
        };
        let epoch = self.epoch.as_ref().and_then(|epoch| epoch.0);
        Ok(Header {
            raw: RawHeader {
                version: self.version.ok_or_else(lacks("version"))?.0,
                compact_target: self.compact_target.ok_or_else(lacks("compact_target"))?.0,
                timestamp: self.timestamp.ok_or_else(lacks("timestamp"))?.0,
                number,
                epoch: epoch.ok_or_else(lacks("epoch"))?,
                parent_hash: bytes(self.parent_hash, "parent_hash")?,
                transactions_root: bytes(self.transactions_root, "transactions_root")?,
                proposals_hash: bytes(self.proposals_hash, "proposals_hash")?,
                extra_hash: bytes(self.extra_hash, "extra_hash")?,
                dao: bytes(self.dao, "dao")?,
            },
            nonce: self.nonce.ok_or_else(lacks("nonce"))?.0,
        })
    }
}

#[derive(Deserialize)]
struct UncleRow {
    header: Box<Row>,
    proposals: Vec<Fixed<10>>,
}

impl UncleRow {
    fn uncle(self) -> Result<UncleBlock, String> {
        let proposals = self.proposals.into_iter().map(|id| ProposalShortId(id.0)).collect();
        Ok(UncleBlock { header: self.header.header()?, proposals })
    }
}

/// A transaction.
#[derive(Deserialize)]
pub(crate) struct TransactionRow {
    version: Option<Quantity<u32>>,
    #[serde(alias = "cellDeps")]
    cell_deps: Vec<CellDepRow>,
    #[serde(default, alias = "headerDeps")]
    header_deps: Vec<Fixed<32>>,
    inputs: Vec<InputRow>,
    outputs: Vec<OutputRow>,
    #[serde(alias = "outputsData")]
    outputs_data: Vec<Bytes>,
    witnesses: Vec<Bytes>,
}

#[derive(Deserialize)]
struct OutPointRow {
    #[serde(alias = "txHash")]
    tx_hash: Fixed<32>,
    index: Quantity<u32>,
}

#[derive(Deserialize)]
struct CellDepRow {
    #[serde(alias = "outPoint")]
    out_point: OutPointRow,
    #[serde(alias = "depType")]
    dep_type: String,
}

#[derive(Deserialize)]
struct InputRow {
    since: Quantity<u64>,
    #[serde(alias = "previousOutput")]
    previous_output: OutPointRow,
}

#[derive(Deserialize)]
struct OutputRow {
    capacity: Quantity<u64>,
    lock: ScriptRow,
    #[serde(rename = "type")]
    type_script: Option<ScriptRow>,
}

#[derive(Deserialize)]
struct ScriptRow {
    #[serde(alias = "codeHash")]
    code_hash: Fixed<32>,
    #[serde(alias = "hashType")]
    hash_type: String,
    args: Bytes,
}

impl TransactionRow {
    /// The transaction itself.
    pub(crate) fn transaction(self) -> Result<Transaction, String> {
        let raw = RawTransaction {
            version: self.version.map_or(0, |version| version.0),
            cell_deps: self.cell_deps.iter().map(CellDepRow::dep).collect::<Result<_, _>>()?,
            header_deps: self.header_deps.into_iter().map(|hash| Byte32(hash.0)).collect(),
            inputs: self
                .inputs
                .iter()
                .map(|input| CellInput {
                    since: input.since.0,
                    previous_output: input.previous_output.out_point(),
                })
                .collect(),
            outputs: self
                .outputs
                .into_iter()
                .map(|output| {
                    Ok(CellOutput {
                        capacity: output.capacity.0,
                        lock: output.lock.script()?,
                        type_script: output.type_script.map(ScriptRow::script).transpose()?,
                    })
                })
                .collect::<Result<_, String>>()?,
            outputs_data: self.outputs_data.into_iter().map(|bytes| bytes.0).collect(),
        };
        let witnesses = self.witnesses.into_iter().map(|bytes| bytes.0).collect();
        Ok(Transaction { raw, witnesses })
    }
}

impl OutPointRow {
    fn out_point(&self) -> OutPoint {
        OutPoint { tx_hash: Byte32(self.tx_hash.0), index: self.index.0 }
    }
}

impl CellDepRow {
    fn dep(&self) -> Result<CellDep, String> {
        let dep_type = match self.dep_type.as_str() {
            "code" => DepType::CODE,
            "dep_group" | "depGroup" => DepType::DEP_GROUP,
            other => return Err(format!("`{other}` is no dep_type")),
        };
        Ok(CellDep { out_point: self.out_point.out_point(), dep_type })
    }
}

impl ScriptRow {
    fn script(self) -> Result<Script, String> {
        let hash_type = match self.hash_type.as_str() {
            "data" => HashType::DATA,
            "type" => HashType::TYPE,
            "data1" => HashType::DATA1,
            "data2" => HashType::DATA2,
            other => return Err(format!("`{other}` is no hash_type")),
        };
        Ok(Script { code_hash: Byte32(self.code_hash.0), hash_type, args: self.args.0 })
    }
}

/// One response of a batch.
#[derive(Deserialize)]
struct Response {
    id: Option<u64>,
    result: Option<Box<Row>>,
    error: Option<RpcError>,
}

/// The headers or blocks of a batch of responses, by the ids of their requests.
///
/// # Errors
/// In words, when the text is no batch, or one of them is an error.
pub fn batch(text: &[u8]) -> Result<Vec<(u64, Option<Item>)>, String> {
    let responses: Vec<Response> = match serde_json::from_slice(text) {
        Ok(responses) => responses,
        // A node that takes no batches, or not this one, answers with one object.
        Err(error) => {
            let single = serde_json::from_slice::<Response>(text).map_err(|_| shorten(&error))?;
            vec![single]
        }
    };
    let mut items = vec![];
    for response in responses {
        if let Some(error) = response.error {
            return Err(format!("an error: {error}"));
        }
        let id = response.id.ok_or("a response without `id`")?;
        items.push((id, response.result.map(|row| row.item()).transpose()?));
    }
    Ok(items)
}

/// The result of `get_tip_block_number`.
///
/// # Errors
/// In words.
pub fn height(text: &[u8]) -> Result<u64, String> {
    let answer: Answer<Quantity<u64>> = read(text)?;
    answer.result.map(|number| number.0).ok_or_else(|| "no height".into())
}

/// The result of `get_transaction`; none when it is in no block.
///
/// # Errors
/// In words.
pub fn transaction(text: &[u8]) -> Result<Option<Committed>, String> {
    let answer: Answer<TransactionAnswer> = read(text)?;
    let Some(TransactionAnswer { transaction, tx_status }) = answer.result else {
        return Ok(None);
    };
    let Some((row, hash)) = transaction.zip(tx_status.block_hash) else { return Ok(None) };
    Ok(Some(Committed { transaction: row.transaction()?, block_hash: Byte32(hash.0) }))
}

#[derive(Deserialize)]
struct Answer<T> {
    result: Option<T>,
    error: Option<RpcError>,
}

#[derive(Deserialize)]
struct TransactionAnswer {
    transaction: Option<TransactionRow>,
    tx_status: StatusRow,
}

#[derive(Deserialize)]
struct StatusRow {
    block_hash: Option<Fixed<32>>,
}

fn read<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<Answer<T>, String> {
    let answer: Answer<T> = serde_json::from_slice(text).map_err(|error| shorten(&error))?;
    match answer.error {
        Some(error) => Err(format!("an error: {error}")),
        None => Ok(answer),
    }
}
