//! Blocks and uncles (RFC 0027, RFC 0031).

use super::header::Header;
use super::molecule::{
    decode_bytes, dynvec, encode_bytes, encode_dynvec, encode_fixvec, encode_table, field_count,
    fixvec, table,
};
use super::transaction::Transaction;
use super::{Decoder, Mode};
use crate::{RuleId, Violation};

/// The first 10 bytes of the hash of a transaction that is proposed (`ProposalShortId`).
//= ENC-001
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProposalShortId(pub [u8; 10]);

/// Decodes a `ProposalShortIdVec`.
fn decode_proposals(bytes: &[u8]) -> Result<Vec<ProposalShortId>, Violation> {
    Ok(fixvec(bytes)?.iter().copied().map(ProposalShortId).collect())
}

/// Encodes a `ProposalShortIdVec`.
fn encode_proposals(proposals: &[ProposalShortId]) -> Result<Vec<u8>, Violation> {
    encode_fixvec(&proposals.iter().map(|id| id.0).collect::<Vec<_>>())
}

/// A block beside the chain, without its transactions: a table.
///
/// Its hash is that of its header, which commits to the proposals with `proposals_hash`.
//= ENC-017
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UncleBlock {
    /// The header.
    pub header: Header,
    /// The proposals. They count as proposals of the block that embeds the uncle.
    pub proposals: Vec<ProposalShortId>,
}

impl UncleBlock {
    /// Decodes an `UncleBlock`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let [header, proposals] = table(bytes, decoder.mode)?;
        Ok(Self {
            header: Header::decode(header, decoder)?,
            proposals: decode_proposals(proposals)?,
        })
    }

    /// Encodes an `UncleBlock`.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        encode_table(&[self.header.encode().to_vec(), encode_proposals(&self.proposals)?])
    }
}

/// A block: a table of four fields (`Block`), or of five with an extension (`BlockV1`).
//= ENC-018
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// The uncles.
    pub uncles: Vec<UncleBlock>,
    /// The transactions; the first one is the cellbase.
    pub transactions: Vec<Transaction>,
    /// The proposals.
    pub proposals: Vec<ProposalShortId>,
    /// The fifth field. An empty extension is not the same as no extension.
    pub extension: Option<Vec<u8>>,
}

impl Block {
    /// Decodes a `Block` or a `BlockV1`: four or five fields in both modes.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let extension = fifth_field(bytes)?;
        let [header, uncles, transactions, proposals] = table(bytes, Mode::Compatible)?;
        Ok(Self {
            header: Header::decode(header, decoder)?,
            uncles: dynvec(uncles)?
                .into_iter()
                .map(|uncle| UncleBlock::decode(uncle, decoder))
                .collect::<Result<_, _>>()?,
            transactions: dynvec(transactions)?
                .into_iter()
                .map(|transaction| Transaction::decode(transaction, decoder))
                .collect::<Result<_, _>>()?,
            proposals: decode_proposals(proposals)?,
            extension: extension.map(decode_extension).transpose()?,
        })
    }

    /// Encodes a block: as `Block` without an extension, as `BlockV1` with one.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        let mut fields = vec![
            self.header.encode().to_vec(),
            encode_dynvec(self.uncles.iter().map(UncleBlock::encode))?,
            encode_dynvec(self.transactions.iter().map(Transaction::encode))?,
            encode_proposals(&self.proposals)?,
        ];
        if let Some(extension) = &self.extension {
            fields.push(encode_bytes(extension)?);
        }
        encode_table(&fields)
    }

    /// The size in bytes that the limit on blocks applies to: without the proposals of uncles.
    //= ENC-023
    pub fn size_without_uncle_proposals(&self) -> Result<usize, Violation> {
        let uncles = self.uncles.iter();
        let bare = uncles.map(|uncle| UncleBlock { proposals: vec![], ..uncle.clone() }).collect();
        let bytes = Self { uncles: bare, ..self.clone() }.encode()?;
        Ok(bytes.len())
    }
}

/// The fifth field, when there is one.
//= ENC-018
fn fifth_field(bytes: &[u8]) -> Result<Option<&[u8]>, Violation> {
    match field_count(bytes)? {
        ..=4 => Ok(None),
        5 => table(bytes, Mode::Strict).map(|[.., extension]: [&[u8]; 5]| Some(extension)),
        count => Err(Violation::of(RuleId("ENC-018"))
            .with("expected", "4 or 5 fields")
            .with("got", count)),
    }
}

/// The bytes of an extension, whose layout is `Bytes`.
//= ENC-025
fn decode_extension(bytes: &[u8]) -> Result<Vec<u8>, Violation> {
    decode_bytes(bytes).map_err(|broken| Violation { rule: RuleId("ENC-025"), ..broken })
}
