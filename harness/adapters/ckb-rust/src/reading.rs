//! Reading bytes as the node does: the generated readers and `check_data`, and why they refuse.

use ckb_types::error::VerificationError;
use ckb_types::packed;
use ckb_types::prelude::{Builder, Entity};
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::DecodeMode;

/// Why the node refuses bytes.
pub(crate) enum Refusal {
    /// A generated reader does.
    Layout(VerificationError),
    /// `check_data` does, which does not say which field it dislikes.
    CheckData,
    /// The resolver of dep groups does.
    DepGroup(String),
}

impl Refusal {
    /// The rejection, with the finest class that the node's error tells.
    pub(crate) fn into_answer(self) -> Answer {
        match self {
            Self::Layout(error @ VerificationError::FieldCountNotMatch(..)) => {
                Answer::reject(Some("decode.layout.field-count"), error.to_string())
            }
            Self::Layout(error) => Answer::reject(Some("decode.layout"), error.to_string()),
            // It has one error, and tells by its text that bytes are right and no member is there.
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

/// Reads bytes strictly, and asks `check_data`.
pub(crate) fn checked_strictly<T: InBlock>(bytes: &[u8]) -> Result<T, Refusal> {
    checked(bytes, DecodeMode::Strict)
}

/// Reads bytes, in the way that is generated for every type.
pub(crate) fn read<T: Entity>(bytes: &[u8], mode: DecodeMode) -> Result<T, VerificationError> {
    match mode {
        DecodeMode::Strict => T::from_slice(bytes),
        DecodeMode::Compatible => T::from_compatible_slice(bytes),
    }
}

/// Reads bytes, and asks the node's `check_data` about the value.
///
/// `check_data` is public on messages of the network only, so the value travels in a block.
pub(crate) fn checked<T: InBlock>(bytes: &[u8], mode: DecodeMode) -> Result<T, Refusal> {
    let value = T::read(bytes, mode)?;
    let message = packed::SendBlock::new_builder().block(value.clone().in_block()).build();
    if message.as_reader().check_data() { Ok(value) } else { Err(Refusal::CheckData) }
}

/// A type that `check_data` has something to say about.
pub(crate) trait InBlock: Entity {
    /// How the node reads it.
    fn read(bytes: &[u8], mode: DecodeMode) -> Result<Self, VerificationError> {
        read(bytes, mode)
    }

    /// A block that holds this value, untouched, and otherwise as little as possible.
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
    /// The schema has two types of block, and the number of fields says which is meant.
    ///
    /// The node refuses a block of six fields where it receives it, in `ckb-sync`, which is not
    /// among these crates; the strict reader of five fields says the same, and so is asked then.
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
