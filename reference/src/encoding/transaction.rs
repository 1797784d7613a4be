//! Transactions and their parts, from the smallest to the largest (RFC 0022).

use super::molecule::{
    Fields, NUMBER_SIZE, decode_bytes_vec, decode_uint64, dynvec, encode_bytes_vec, encode_dynvec,
    encode_fixvec, encode_struct, encode_table, encode_uint64, fixvec, primitive, table,
};
use super::script::{Script, decode_script_opt, encode_script_opt};
use super::{Byte32, Decoder};
use crate::{RuleId, Violation};

/// A reference to an output of a transaction: a struct of 36 bytes.
//= ENC-002
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutPoint {
    /// The hash of the transaction (HASH-002).
    pub tx_hash: Byte32,
    /// The index of the output in the transaction, from 0.
    pub index: u32,
}

impl OutPoint {
    /// Bytes of an `OutPoint`.
    pub const SIZE: usize = 36;

    /// Decodes an `OutPoint`.
    pub fn decode(bytes: &[u8], _: &Decoder<'_>) -> Result<Self, Violation> {
        Fields::of_struct(bytes, Self::SIZE).map(|mut fields| Self::take(&mut fields))
    }

    /// Takes an `OutPoint` from the fields of a struct.
    fn take(fields: &mut Fields<'_>) -> Self {
        Self { tx_hash: Byte32(fields.take()), index: u32::from_le_bytes(fields.take()) }
    }

    /// Encodes an `OutPoint`.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        encode_struct(&[&self.tx_hash.0, &self.index.to_le_bytes()])
    }
}

/// An input: a struct of 44 bytes. `since` comes first.
//= ENC-002
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellInput {
    /// The earliest time at which the cell can be spent (RFC 0017).
    pub since: u64,
    /// The cell that is spent.
    pub previous_output: OutPoint,
}

impl CellInput {
    /// Bytes of a `CellInput`.
    pub const SIZE: usize = 44;

    /// Decodes a `CellInput`.
    pub fn decode(bytes: &[u8], _: &Decoder<'_>) -> Result<Self, Violation> {
        let mut fields = Fields::of_struct(bytes, Self::SIZE)?;
        Ok(Self {
            since: u64::from_le_bytes(fields.take()),
            previous_output: OutPoint::take(&mut fields),
        })
    }

    /// Encodes a `CellInput`.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        encode_struct(&[&encode_uint64(self.since), &self.previous_output.encode()])
    }
}

/// Whether a cell dep is the cell itself or a dep group: one byte.
///
/// It holds any byte, so that a decoder without ENC-012 can return the byte that it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DepType(pub u8);

impl DepType {
    /// The cell itself.
    pub const CODE: Self = Self(0);
    /// A dep group: the cells that the cell's data list.
    pub const DEP_GROUP: Self = Self(1);

    /// Whether the byte is well formed: 0 or 1.
    #[must_use]
    pub const fn is_admissible(self) -> bool {
        self.0 <= Self::DEP_GROUP.0
    }
}

/// A cell that scripts can read without spending it: a struct of 37 bytes.
//= ENC-002
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellDep {
    /// The cell.
    pub out_point: OutPoint,
    /// Whether the dep is the cell itself, or the cells that its data list.
    pub dep_type: DepType,
}

impl CellDep {
    /// Bytes of a `CellDep`.
    pub const SIZE: usize = 37;

    /// Decodes a `CellDep`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let mut fields = Fields::of_struct(bytes, Self::SIZE)?;
        let out_point = OutPoint::take(&mut fields);
        let dep_type = DepType(u8::from_le_bytes(fields.take()));
        decoder.rules.require(RuleId("ENC-012"), dep_type.is_admissible(), |broken| {
            broken.with("dep_type", dep_type.0)
        })?;
        Ok(Self { out_point, dep_type })
    }

    /// Encodes a `CellDep`.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::SIZE] {
        encode_struct(&[&self.out_point.encode(), &[self.dep_type.0]])
    }
}

/// Decodes the data of a dep group: an `OutPointVec`, which must not be empty (ENC-021).
pub fn decode_dep_group(data: &[u8], decoder: &Decoder<'_>) -> Result<Vec<OutPoint>, Violation> {
    let members = fixvec::<{ OutPoint::SIZE }>(data)?;
    decoder.rules.require(RuleId("ENC-021"), !members.is_empty(), |broken| {
        broken.with("out points", members.len())
    })?;
    members.iter().map(|member| OutPoint::decode(member, decoder)).collect()
}

/// Encodes the data of a dep group; it does not check ENC-021.
pub fn encode_dep_group(members: &[OutPoint]) -> Result<Vec<u8>, Violation> {
    encode_fixvec(&members.iter().map(OutPoint::encode).collect::<Vec<_>>())
}

/// An output of a transaction, which is a cell without its data: a table.
//= ENC-013
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CellOutput {
    /// The capacity in shannons.
    pub capacity: u64,
    /// The script that runs when the cell is spent.
    pub lock: Script,
    /// The script that runs when the cell is created and when it is spent (`type_` in the schema).
    pub type_script: Option<Script>,
}

impl CellOutput {
    /// Decodes a `CellOutput`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let [capacity, lock, type_script] = table(bytes, decoder.mode)?;
        Ok(Self {
            capacity: decode_uint64(capacity)?,
            lock: Script::decode(lock, decoder)?,
            type_script: decode_script_opt(type_script, decoder)?,
        })
    }

    /// Encodes a `CellOutput`.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        encode_table(&[
            encode_uint64(self.capacity).to_vec(),
            self.lock.encode()?,
            encode_script_opt(self.type_script.as_ref())?,
        ])
    }
}

/// A transaction without its witnesses, which the transaction hash covers: a table.
//= ENC-014
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawTransaction {
    /// The version.
    pub version: u32,
    /// Cells that scripts can read.
    pub cell_deps: Vec<CellDep>,
    /// Hashes of the headers that scripts can read.
    pub header_deps: Vec<Byte32>,
    /// The cells that are spent.
    pub inputs: Vec<CellInput>,
    /// The cells that are created.
    pub outputs: Vec<CellOutput>,
    /// The data of the outputs, at the same indices.
    pub outputs_data: Vec<Vec<u8>>,
}

impl RawTransaction {
    /// Decodes a `RawTransaction`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let [version, cell_deps, header_deps, inputs, outputs, outputs_data] =
            table(bytes, decoder.mode)?;
        let cell_deps = fixvec::<{ CellDep::SIZE }>(cell_deps)?.iter();
        let transaction = Self {
            version: u32::from_le_bytes(primitive(version)?),
            cell_deps: cell_deps
                .map(|dep| CellDep::decode(dep, decoder))
                .collect::<Result<_, _>>()?,
            header_deps: fixvec(header_deps)?.iter().copied().map(Byte32).collect(),
            inputs: fixvec::<{ CellInput::SIZE }>(inputs)?
                .iter()
                .map(|input| CellInput::decode(input, decoder))
                .collect::<Result<_, _>>()?,
            outputs: dynvec(outputs)?
                .into_iter()
                .map(|output| CellOutput::decode(output, decoder))
                .collect::<Result<_, _>>()?,
            outputs_data: decode_bytes_vec(outputs_data)?,
        };
        let (outputs, outputs_data) = (transaction.outputs.len(), transaction.outputs_data.len());
        decoder.rules.require(RuleId("ENC-015"), outputs == outputs_data, |broken| {
            broken.with("outputs", outputs).with("outputs_data", outputs_data)
        })?;
        Ok(transaction)
    }

    /// Encodes a `RawTransaction`.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        let cell_deps: Vec<_> = self.cell_deps.iter().map(CellDep::encode).collect();
        let header_deps: Vec<_> = self.header_deps.iter().map(|hash| hash.0).collect();
        let inputs: Vec<_> = self.inputs.iter().map(CellInput::encode).collect();
        encode_table(&[
            self.version.to_le_bytes().to_vec(),
            encode_fixvec(&cell_deps)?,
            encode_fixvec(&header_deps)?,
            encode_fixvec(&inputs)?,
            encode_dynvec(self.outputs.iter().map(CellOutput::encode))?,
            encode_bytes_vec(&self.outputs_data)?,
        ])
    }
}

/// A transaction with its witnesses: a table.
//= ENC-014
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Transaction {
    /// The transaction without its witnesses.
    pub raw: RawTransaction,
    /// Data for scripts, such as signatures; the transaction hash does not cover them.
    pub witnesses: Vec<Vec<u8>>,
}

impl Transaction {
    /// Decodes a `Transaction`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let [raw, witnesses] = table(bytes, decoder.mode)?;
        Ok(Self {
            raw: RawTransaction::decode(raw, decoder)?,
            witnesses: decode_bytes_vec(witnesses)?,
        })
    }

    /// Encodes a `Transaction`.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        encode_table(&[self.raw.encode()?, encode_bytes_vec(&self.witnesses)?])
    }

    /// The bytes that the transaction adds to a block: its own bytes, and the 4 of its offset.
    //= ENC-022
    pub fn size_in_block(&self) -> Result<usize, Violation> {
        self.encode().map(|bytes| bytes.len().saturating_add(NUMBER_SIZE))
    }
}
