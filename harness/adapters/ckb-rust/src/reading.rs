//! Reads bytes as the node does, with the generated readers and `check_data`, and converts their
//! errors.

use ckb_types::error::VerificationError;
use ckb_types::packed;
use ckb_types::prelude::{Builder, Entity};
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::DecodeMode;

/// Why the node refuses bytes.
pub(crate) enum Refusal {
    /// A generated reader refuses them.
    Layout(VerificationError),
    /// `check_data` refuses them; it does not say which field is wrong.
    CheckData,
    /// The resolver of dep groups refuses them.
    DepGroup(String),
}

impl Refusal {
    /// The rejection, with the finest class that the node's error allows.
    pub(crate) fn into_answer(self) -> Answer {
        match self {
            Self::Layout(error @ VerificationError::FieldCountNotMatch(..)) => {
                Answer::reject(Some("decode.layout.field-count"), error.to_string())
            }
            Self::Layout(error) => Answer::reject(Some("decode.layout"), error.to_string()),
            // The resolver has one error; its text says when the layout is right but no member is
            // there.
            Self::DepGroup(error) if error.ends_with("dep group is empty") => {
                Answer::reject(Some("decode.dep-group"), error)
            }
            Self::DepGroup(error) => Answer::reject(Some("decode.layout"), error),
            Self::CheckData => Answer::reject(Some("decode"), "check_data() = false"),
        }
    }
}

impl From<VerificationError> for Refusal {
    fn from(error: VerificationError) -> Self {
        Self::Layout(error)
    }
}

/// Reads bytes strictly, and calls `check_data`.
pub(crate) fn checked_strictly<T: InBlock>(bytes: &[u8]) -> Result<T, Refusal> {
    checked(bytes, DecodeMode::Strict)
}

/// Reads bytes with the generated reader of a type.
pub(crate) fn read<T: Entity>(bytes: &[u8], mode: DecodeMode) -> Result<T, VerificationError> {
    match mode {
        DecodeMode::Strict => T::from_slice(bytes),
        DecodeMode::Compatible => T::from_compatible_slice(bytes),
    }
}

/// Reads bytes, and calls the node's `check_data` for the value.
///
/// `check_data` is public only for network messages, so the value is put into a block.
pub(crate) fn checked<T: InBlock>(bytes: &[u8], mode: DecodeMode) -> Result<T, Refusal> {
    let value = T::read(bytes, mode)?;
    let message = packed::SendBlock::new_builder().block(value.clone().in_block()).build();
    if message.as_reader().check_data() { Ok(value) } else { Err(Refusal::CheckData) }
}

/// A type that `check_data` checks.
pub(crate) trait InBlock: Entity {
    /// How the node reads it.
    fn read(bytes: &[u8], mode: DecodeMode) -> Result<Self, VerificationError> {
        read(bytes, mode)
    }

    /// A minimal block that contains this value unchanged.
    fn in_block(self) -> packed::Block;
}

impl InBlock for packed::Script {
    fn in_block(self) -> packed::Block {
        packed::CellOutput::new_builder().lock(self).build().in_block()
    }
}

impl InBlock for packed::ScriptOpt {
    fn in_block(self) -> packed::Block {
        packed::CellOutput::new_builder().type_(self).build().in_block()
    }
}

impl InBlock for packed::CellOutput {
    fn in_block(self) -> packed::Block {
        let raw = packed::RawTransaction::new_builder().outputs(vec![self]);
        raw.outputs_data(vec![packed::Bytes::default()]).build().in_block()
    }
}

impl InBlock for packed::CellDep {
    fn in_block(self) -> packed::Block {
        packed::RawTransaction::new_builder().cell_deps(vec![self]).build().in_block()
    }
}

impl InBlock for packed::RawTransaction {
    fn in_block(self) -> packed::Block {
        transaction(self).in_block()
    }
}

impl InBlock for packed::Transaction {
    fn in_block(self) -> packed::Block {
        packed::Block::new_builder().transactions(vec![self]).build()
    }
}

impl InBlock for packed::UncleBlock {
    fn in_block(self) -> packed::Block {
        packed::Block::new_builder().uncles(vec![self]).build()
    }
}

impl InBlock for packed::Block {
    /// The schema has two types of block, which differ in the number of fields.
    ///
    /// The node refuses a block of six fields when it receives it, in `ckb-sync`, which this
    /// adapter does not use. The strict reader of five fields refuses it as well, so it is used
    /// instead.
    fn read(bytes: &[u8], mode: DecodeMode) -> Result<Self, VerificationError> {
        let extra_fields = Self::from_compatible_slice(bytes)?.count_extra_fields();
        match extra_fields {
            0 => read(bytes, mode),
            1 => read::<packed::BlockV1>(bytes, mode).map(|block| block.as_v0()),
            _ => packed::BlockV1::from_slice(bytes).map(|block| block.as_v0()),
        }
    }

    fn in_block(self) -> packed::Block {
        self
    }
}

pub(crate) fn transaction(raw: packed::RawTransaction) -> packed::Transaction {
    packed::Transaction::new_builder().raw(raw).build()
}
