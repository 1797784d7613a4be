//! Makes values of every structure from random bytes, for fuzz targets and property tests.
//!
//! Decoding accepts the encoding of every value made here, and gives back the same value.

use crate::encoding::Byte32;
use crate::encoding::block::{Block, ProposalShortId, UncleBlock};
use crate::encoding::header::{Header, RawHeader};
use crate::encoding::header_digest::HeaderDigest;
use crate::encoding::script::{HashType, Script};
use crate::encoding::transaction::{
    CellDep, CellInput, CellOutput, DepType, OutPoint, RawTransaction, Transaction,
};
use crate::encoding::witness::{CellbaseWitness, WitnessArgs};
use arbitrary::{Arbitrary, Result, Unstructured};

/// Implements `Arbitrary` for structures in which every combination of fields is valid.
macro_rules! any_fields {
    ($($name:ident { $($field:ident),* $(,)? })*) => {
        $(impl<'a> Arbitrary<'a> for $name {
            fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
                Ok(Self { $($field: bytes.arbitrary()?),* })
            }
        })*
    };
}

any_fields! {
    Script { code_hash, hash_type, args }
    OutPoint { tx_hash, index }
    CellInput { since, previous_output }
    CellDep { out_point, dep_type }
    CellOutput { capacity, lock, type_script }
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

impl<'a> Arbitrary<'a> for Byte32 {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        bytes.arbitrary().map(Self)
    }
}

impl<'a> Arbitrary<'a> for ProposalShortId {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        bytes.arbitrary().map(Self)
    }
}

impl<'a> Arbitrary<'a> for HashType {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let byte = Self(bytes.arbitrary()?);
        Ok(if byte.is_admissible() { byte } else { Self::TYPE })
    }
}

impl<'a> Arbitrary<'a> for DepType {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let is_group: bool = bytes.arbitrary()?;
        Ok(if is_group { Self::DEP_GROUP } else { Self::CODE })
    }
}

impl<'a> Arbitrary<'a> for RawTransaction {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        // Each output has data: ENC-015.
        let (outputs, outputs_data) =
            bytes.arbitrary::<Vec<(CellOutput, Vec<u8>)>>()?.into_iter().unzip();
        Ok(Self {
            version: bytes.arbitrary()?,
            cell_deps: bytes.arbitrary()?,
            header_deps: bytes.arbitrary()?,
            inputs: bytes.arbitrary()?,
            outputs,
            outputs_data,
        })
    }
}
