//! The laws of decoding and encoding, on values and octets that nobody thought of.

use super::block::{Block, ProposalShortId, UncleBlock};
use super::header::{Header, RawHeader};
use super::script::{HashType, Script};
use super::transaction::{CellDep, CellInput, CellOutput, DepType, OutPoint};
use super::transaction::{RawTransaction, Transaction};
use super::{Byte32, Decoder, Mode};
use crate::{RuleSet, Violation};
use proptest::collection::vec;
use proptest::prelude::*;

fn byte32() -> impl Strategy<Value = Byte32> {
    any::<[u8; 32]>().prop_map(Byte32)
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..40)
}

fn script() -> impl Strategy<Value = Script> {
    let hash_type = any::<u8>().prop_map(HashType).prop_filter("ENC-011", |it| it.is_admissible());
    (byte32(), hash_type, octets()).prop_map(|(code_hash, hash_type, args)| Script {
        code_hash,
        hash_type,
        args,
    })
}

fn out_point() -> impl Strategy<Value = OutPoint> {
    (byte32(), any::<u32>()).prop_map(|(tx_hash, index)| OutPoint { tx_hash, index })
}

fn cell_dep() -> impl Strategy<Value = CellDep> {
    (out_point(), (0..=1_u8).prop_map(DepType))
        .prop_map(|(out_point, dep_type)| CellDep { out_point, dep_type })
}

fn cell_input() -> impl Strategy<Value = CellInput> {
    (any::<u64>(), out_point())
        .prop_map(|(since, previous_output)| CellInput { since, previous_output })
}

fn cell_output() -> impl Strategy<Value = CellOutput> {
    (any::<u64>(), script(), proptest::option::of(script()))
        .prop_map(|(capacity, lock, type_script)| CellOutput { capacity, lock, type_script })
}

fn raw_transaction() -> impl Strategy<Value = RawTransaction> {
    let outputs = vec((cell_output(), octets()), 0..4);
    (any::<u32>(), vec(cell_dep(), 0..3), vec(byte32(), 0..3), vec(cell_input(), 0..3), outputs)
        .prop_map(|(version, cell_deps, header_deps, inputs, outputs)| {
            let (outputs, outputs_data) = outputs.into_iter().unzip();
            RawTransaction { version, cell_deps, header_deps, inputs, outputs, outputs_data }
        })
}

fn transaction() -> impl Strategy<Value = Transaction> {
    (raw_transaction(), vec(octets(), 0..3))
        .prop_map(|(raw, witnesses)| Transaction { raw, witnesses })
}

/// Any 208 octets are a header.
fn header() -> impl Strategy<Value = Header> {
    vec(any::<u8>(), Header::SIZE)
        .prop_map(|bytes| strict(|decoder| Header::decode(&bytes, decoder)).unwrap())
}

fn proposals() -> impl Strategy<Value = Vec<ProposalShortId>> {
    vec(any::<[u8; 10]>().prop_map(ProposalShortId), 0..4)
}

fn uncle() -> impl Strategy<Value = UncleBlock> {
    (header(), proposals()).prop_map(|(header, proposals)| UncleBlock { header, proposals })
}

fn block() -> impl Strategy<Value = Block> {
    let (uncles, transactions) = (vec(uncle(), 0..3), vec(transaction(), 0..3));
    let extension = proptest::option::of(octets());
    (header(), uncles, transactions, proposals(), extension).prop_map(
        |(header, uncles, transactions, proposals, extension)| Block {
            header,
            uncles,
            transactions,
            proposals,
            extension,
        },
    )
}

/// A block's octets with a few mistakes.
fn damaged_block() -> impl Strategy<Value = Vec<u8>> {
    let damage = (any::<prop::sample::Index>(), any::<bool>(), -9..=9_i8, any::<u8>());
    (block(), vec(damage, 1..3), any::<Option<prop::sample::Index>>()).prop_map(
        |(block, damages, end)| {
            let mut bytes = block.encode().unwrap();
            for (place, near, shift, octet) in damages {
                let length = bytes.len();
                let place = &mut bytes[place.index(length)];
                *place = if near { place.wrapping_add_signed(shift) } else { octet };
            }
            if let Some(end) = end {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

/// Decodes by all rules in strict mode.
fn strict<T>(decode: impl Fn(&Decoder<'_>) -> Result<T, Violation>) -> Result<T, Violation> {
    decode(&Decoder { mode: Mode::Strict, rules: &RuleSet::all() })
}

/// Decodes by all rules in compatible mode.
fn compatible<T>(decode: impl Fn(&Decoder<'_>) -> Result<T, Violation>) -> Result<T, Violation> {
    decode(&Decoder { mode: Mode::Compatible, rules: &RuleSet::all() })
}

/// What strict decoding accepts, encoding gives back, and compatible decoding reads alike.
fn check_injective<T: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    decode: impl Fn(&[u8], &Decoder<'_>) -> Result<T, Violation>,
    encode: impl Fn(&T) -> Result<Vec<u8>, Violation>,
) {
    let seen = compatible(|decoder| decode(bytes, decoder));
    if let Ok(value) = strict(|decoder| decode(bytes, decoder)) {
        assert_eq!(encode(&value).unwrap(), bytes);
        assert_eq!(seen.unwrap(), value);
    }
}

proptest! {
    #[test]
    fn a_header_survives_the_round_trip(value in header()) {
        let bytes = value.encode();
        prop_assert_eq!(strict(|decoder| Header::decode(&bytes, decoder)), Ok(value.clone()));
        let raw = value.raw.encode();
        prop_assert_eq!(strict(|decoder| RawHeader::decode(&raw, decoder)), Ok(value.raw));
    }

    #[test]
    fn a_script_survives_the_round_trip(value in script()) {
        let bytes = value.encode().unwrap();
        prop_assert_eq!(bytes.len().checked_sub(53), Some(value.args.len()));
        prop_assert_eq!(strict(|decoder| Script::decode(&bytes, decoder)), Ok(value));
    }

    #[test]
    fn a_transaction_survives_the_round_trip(value in transaction()) {
        let bytes = value.encode().unwrap();
        prop_assert_eq!(strict(|decoder| Transaction::decode(&bytes, decoder)), Ok(value));
    }

    #[test]
    fn a_block_survives_the_round_trip(value in block()) {
        let bytes = value.encode().unwrap();
        prop_assert_eq!(strict(|decoder| Block::decode(&bytes, decoder)), Ok(value.clone()));
        prop_assert_eq!(compatible(|decoder| Block::decode(&bytes, decoder)), Ok(value));
    }

    #[test]
    fn what_is_accepted_has_one_encoding(bytes in vec(0..16_u8, 0..80)) {
        check_injective(&bytes, Script::decode, Script::encode);
        check_injective(&bytes, Transaction::decode, Transaction::encode);
        check_injective(&bytes, Block::decode, Block::encode);
    }

    #[test]
    fn what_is_accepted_after_damage_has_one_encoding(bytes in damaged_block()) {
        check_injective(&bytes, Block::decode, Block::encode);
    }
}
