//! The two kinds of witness that the protocol itself reads (RFC 0022). To the protocol, all others
//! are opaque bytes.

use super::Decoder;
use super::molecule::{
    decode_bytes, decode_option, encode_bytes, encode_option, encode_table, table,
};
use super::script::Script;
use crate::Violation;

/// The witness format that most scripts use: a table of three optional `Bytes`.
//= ENC-020
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WitnessArgs {
    /// For the lock script of the input.
    pub lock: Option<Vec<u8>>,
    /// For the type script of the input.
    pub input_type: Option<Vec<u8>>,
    /// For the type script of the output.
    pub output_type: Option<Vec<u8>>,
}

impl WitnessArgs {
    /// Decodes a `WitnessArgs`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let [lock, input_type, output_type] = table(bytes, decoder.mode)?;
        Ok(Self {
            lock: decode_option(lock, decode_bytes)?,
            input_type: decode_option(input_type, decode_bytes)?,
            output_type: decode_option(output_type, decode_bytes)?,
        })
    }

    /// Encodes a `WitnessArgs`.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        let field = |bytes: &Option<Vec<u8>>| encode_option(bytes.as_deref(), encode_bytes);
        encode_table(&[field(&self.lock)?, field(&self.input_type)?, field(&self.output_type)?])
    }
}

/// The only witness of a cellbase: a table.
//= ENC-019
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CellbaseWitness {
    /// The lock to which a later cellbase pays the reward of this block.
    pub lock: Script,
    /// Bytes that have no meaning to the protocol.
    pub message: Vec<u8>,
}

impl CellbaseWitness {
    /// Decodes a `CellbaseWitness`.
    pub fn decode(bytes: &[u8], decoder: &Decoder<'_>) -> Result<Self, Violation> {
        let [lock, message] = table(bytes, decoder.mode)?;
        Ok(Self { lock: Script::decode(lock, decoder)?, message: decode_bytes(message)? })
    }

    /// Encodes a `CellbaseWitness`.
    pub fn encode(&self) -> Result<Vec<u8>, Violation> {
        encode_table(&[self.lock.encode()?, encode_bytes(&self.message)?])
    }
}
