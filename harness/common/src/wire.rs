//! Conversions between the structures of the reference and their forms in the protocol.

use ckbspec_protocol::structures as form;
use ckbspec_protocol::values::{Bytes, FixedBytes, Uint32, Uint64, Uint128, Uint256};
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::encoding::block::{Block, ProposalShortId, UncleBlock};
use ckbspec_reference::encoding::header::{Header, RawHeader};
use ckbspec_reference::encoding::header_digest::HeaderDigest;
use ckbspec_reference::encoding::script::{HashType, Script};
use ckbspec_reference::encoding::transaction::{
    CellDep, CellInput, CellOutput, DepType, OutPoint, RawTransaction, Transaction,
};
use ckbspec_reference::encoding::witness::{CellbaseWitness, WitnessArgs};
use ckbspec_reference::pow::U256;

/// A text is not a name of the type; the message lists the valid names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unnamed(pub &'static str);

/// A value of the reference that has a form in the protocol.
pub trait Wire: Sized {
    /// The type in the protocol.
    type Form;

    /// Converts the value to its form in the protocol.
    fn into_wire(self) -> Self::Form;

    /// Converts a form of the protocol to the value.
    ///
    /// # Errors
    /// [`Unnamed`] when a text in the form is not a valid name.
    fn from_wire(form: Self::Form) -> Result<Self, Unnamed>;
}

/// Values that have a wrapper type in the protocol.
macro_rules! wrapped {
    ($($type:ty => $form:ty: $into:expr, $from:expr;)*) => {
        $(impl Wire for $type {
            type Form = $form;
            fn into_wire(self) -> Self::Form {
                $into(self)
            }
            fn from_wire(form: Self::Form) -> Result<Self, Unnamed> {
                Ok($from(form.0))
            }
        })*
    };
}

wrapped! {
    u32 => Uint32: Uint32, u32::from;
    u64 => Uint64: Uint64, u64::from;
    u128 => Uint128: Uint128, u128::from;
    U256 => Uint256: Uint256, U256::from;
    Vec<u8> => Bytes: Bytes, Vec::from;
    Byte32 => FixedBytes<32>: |it: Self| FixedBytes(it.0), Byte32;
    ProposalShortId => FixedBytes<10>: |it: Self| FixedBytes(it.0), ProposalShortId;
}

impl<T: Wire> Wire for Vec<T> {
    type Form = Vec<T::Form>;
    fn into_wire(self) -> Self::Form {
        self.into_iter().map(Wire::into_wire).collect()
    }
    fn from_wire(form: Self::Form) -> Result<Self, Unnamed> {
        form.into_iter().map(Wire::from_wire).collect()
    }
}

impl<T: Wire> Wire for Option<T> {
    type Form = Option<T::Form>;
    fn into_wire(self) -> Self::Form {
        self.map(Wire::into_wire)
    }
    fn from_wire(form: Self::Form) -> Result<Self, Unnamed> {
        form.map(Wire::from_wire).transpose()
    }
}

impl Wire for HashType {
    type Form = String;
    /// `data` is 0, `type` is 1, and `dataN` is 2N; a malformed byte is written as hex.
    fn into_wire(self) -> String {
        match self.0 {
            0 => "data".into(),
            1 => "type".into(),
            even if even % 2 == 0 => format!("data{}", even / 2),
            odd => format!("{odd:#x}"),
        }
    }
    fn from_wire(form: String) -> Result<Self, Unnamed> {
        let byte = match form.as_str() {
            "data" => Some(0),
            "type" => Some(1),
            other => other
                .strip_prefix("data")
                .and_then(|version| version.parse::<u8>().ok()?.checked_mul(2)),
        };
        let named = byte.map(Self).filter(|it| it.into_wire() == form);
        named.ok_or(Unnamed("`hash_type` is data, type, data1, data2, … or data127"))
    }
}

impl Wire for DepType {
    type Form = String;
    fn into_wire(self) -> String {
        match self.0 {
            0 => "code".into(),
            1 => "dep_group".into(),
            other => format!("{other:#x}"),
        }
    }
    fn from_wire(form: String) -> Result<Self, Unnamed> {
        let mut named =
            [Self::CODE, Self::DEP_GROUP].into_iter().filter(|it| it.into_wire() == form);
        named.next().ok_or(Unnamed("`dep_type` is code or dep_group"))
    }
}

/// Structures whose fields have the same names on both sides.
macro_rules! structures {
    ($($name:ident { $($field:ident),* $(,)? })*) => {
        $(impl Wire for $name {
            type Form = form::$name;
            fn into_wire(self) -> Self::Form {
                form::$name { $($field: self.$field.into_wire()),* }
            }
            fn from_wire(form: Self::Form) -> Result<Self, Unnamed> {
                Ok(Self { $($field: Wire::from_wire(form.$field)?),* })
            }
        })*
    };
}

structures! {
    Script { code_hash, hash_type, args }
    OutPoint { tx_hash, index }
    CellInput { since, previous_output }
    CellDep { out_point, dep_type }
    CellOutput { capacity, lock, type_script }
    RawTransaction { version, cell_deps, header_deps, inputs, outputs, outputs_data }
    Transaction { raw, witnesses }
    RawHeader {
        version, compact_target, timestamp, number, epoch,
        parent_hash, transactions_root, proposals_hash, extra_hash, dao,
    }
    Header { raw, nonce }
    UncleBlock { header, proposals }
    Block { header, uncles, transactions, proposals, extension }
    WitnessArgs { lock, input_type, output_type }
    CellbaseWitness { lock, message }
    HeaderDigest {
        children_hash, total_difficulty, start_number, end_number, start_epoch, end_epoch,
        start_timestamp, end_timestamp, start_compact_target, end_compact_target,
    }
}
