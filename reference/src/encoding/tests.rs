//! Laws of decoding and encoding, checked with random values and bytes.

use super::block::{Block, UncleBlock};
use super::header::{Header, RawHeader};
use super::header_digest::HeaderDigest;
use super::merkle::{MerkleProof, merkle_root};
use super::script::Script;
use super::transaction::{CellInput, CellOutput, RawTransaction, Transaction};
use super::witness::{CellbaseWitness, WitnessArgs};
use super::{Byte32, Decoder, Mode};
use crate::{RuleSet, Violation};
use arbitrary::{Arbitrary, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::Debug;

/// Values made from random bytes, as fuzz targets make them.
fn any_of<T: for<'a> Arbitrary<'a> + Debug>() -> impl Strategy<Value = T> {
    vec(any::<u8>(), 0..2000).prop_map(|bytes| Unstructured::new(&bytes).arbitrary().unwrap())
}

/// The bytes of a block with a few changed bytes.
fn damaged_block() -> impl Strategy<Value = Vec<u8>> {
    let damage = (any::<prop::sample::Index>(), any::<bool>(), -9..=9_i8, any::<u8>());
    (any_of::<Block>(), vec(damage, 1..3), any::<Option<prop::sample::Index>>()).prop_map(
        |(block, damages, end)| {
            let mut bytes = block.encode().unwrap();
            for (place, near, shift, byte) in damages {
                let length = bytes.len();
                let place = &mut bytes[place.index(length)];
                *place = if near { place.wrapping_add_signed(shift) } else { byte };
            }
            if let Some(end) = end {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

/// Decodes with all rules on.
fn decode<T>(
    bytes: &[u8],
    mode: Mode,
    decode: impl Fn(&[u8], &Decoder<'_>) -> Result<T, Violation>,
) -> Result<T, Violation> {
    decode(bytes, &Decoder { mode, rules: &RuleSet::all() })
}

/// Decoding an encoded value gives back the value in both modes.
fn check_round_trip<T: PartialEq + Debug>(
    value: &T,
    bytes: Vec<u8>,
    read: impl Fn(&[u8], &Decoder<'_>) -> Result<T, Violation>,
) {
    assert_eq!(decode(&bytes, Mode::Strict, &read).as_ref(), Ok(value));
    assert_eq!(decode(&bytes, Mode::Compatible, &read).as_ref(), Ok(value));
}

/// If strict decoding accepts bytes, encoding gives them back, and compatible decoding returns the
/// same value.
fn check_injective<T: PartialEq + Debug>(
    bytes: &[u8],
    read: impl Fn(&[u8], &Decoder<'_>) -> Result<T, Violation>,
    encode: impl Fn(&T) -> Result<Vec<u8>, Violation>,
) {
    let seen = decode(bytes, Mode::Compatible, &read);
    if let Ok(value) = decode(bytes, Mode::Strict, &read) {
        assert_eq!(encode(&value).unwrap(), bytes);
        assert_eq!(seen.unwrap(), value);
    }
}

proptest! {
    #[test]
    fn structs_survive_the_round_trip(
        header in any_of::<Header>(),
        input in any_of::<CellInput>(),
        digest in any_of::<HeaderDigest>(),
    ) {
        check_round_trip(&header, header.encode().to_vec(), Header::decode);
        check_round_trip(&header.raw, header.raw.encode().to_vec(), RawHeader::decode);
        check_round_trip(&input, input.encode().to_vec(), CellInput::decode);
        check_round_trip(&digest, digest.encode().to_vec(), HeaderDigest::decode);
    }

    #[test]
    fn tables_survive_the_round_trip(
        script in any_of::<Script>(),
        output in any_of::<CellOutput>(),
        witness in any_of::<WitnessArgs>(),
        cellbase_witness in any_of::<CellbaseWitness>(),
        transaction in any_of::<Transaction>(),
        uncle in any_of::<UncleBlock>(),
    ) {
        let bytes = script.encode().unwrap();
        prop_assert_eq!(bytes.len().checked_sub(53), Some(script.args.len()));
        check_round_trip(&script, bytes, Script::decode);
        check_round_trip(&output, output.encode().unwrap(), CellOutput::decode);
        check_round_trip(&witness, witness.encode().unwrap(), WitnessArgs::decode);
        let bytes = cellbase_witness.encode().unwrap();
        check_round_trip(&cellbase_witness, bytes, CellbaseWitness::decode);
        let raw = &transaction.raw;
        check_round_trip(raw, raw.encode().unwrap(), RawTransaction::decode);
        check_round_trip(&transaction, transaction.encode().unwrap(), Transaction::decode);
        check_round_trip(&uncle, uncle.encode().unwrap(), UncleBlock::decode);
    }

    #[test]
    fn a_block_survives_the_round_trip(block in any_of::<Block>()) {
        check_round_trip(&block, block.encode().unwrap(), Block::decode);
    }

    #[test]
    fn what_is_accepted_has_one_encoding(bytes in vec(0..16_u8, 0..80)) {
        check_injective(&bytes, Script::decode, Script::encode);
        check_injective(&bytes, WitnessArgs::decode, WitnessArgs::encode);
        check_injective(&bytes, Transaction::decode, Transaction::encode);
        check_injective(&bytes, Block::decode, Block::encode);
    }

    #[test]
    fn what_is_accepted_after_damage_has_one_encoding(bytes in damaged_block()) {
        check_injective(&bytes, Block::decode, Block::encode);
    }

    #[test]
    fn a_block_is_measured_without_the_proposals_of_its_uncles(block in any_of::<Block>()) {
        let proposals = block.uncles.iter().flat_map(|uncle| &uncle.proposals);
        let ids: Vec<u8> = proposals.flat_map(|id| id.0).collect();
        let whole = block.encode().unwrap().len().checked_sub(ids.len());
        prop_assert_eq!(block.size_without_uncle_proposals().ok(), whole);
    }

    #[test]
    fn a_proof_proves_its_leaves_and_no_others(
        (leaves, numbers) in vec(any::<[u8; 2]>(), 1..40).prop_flat_map(|leaves| {
            let numbers: Vec<u32> = (0..u32::try_from(leaves.len()).unwrap()).collect();
            let some = prop::sample::subsequence(numbers, 1..=leaves.len()).prop_shuffle();
            (Just(leaves), some)
        }),
        forged in any::<prop::sample::Index>(),
    ) {
        // Leaves of two random bytes: often equal ones.
        let leaves: Vec<Byte32> = leaves.iter().map(|[a, b]| {
            let mut leaf = Byte32::ZERO;
            (leaf.0[0], leaf.0[31]) = (*a, *b);
            leaf
        }).collect();
        let root = merkle_root(&leaves);
        let proof = MerkleProof::build(&leaves, &numbers, &RuleSet::all()).unwrap();
        let mut proved: Vec<Byte32> =
            numbers.iter().map(|number| leaves[usize::try_from(*number).unwrap()]).collect();
        prop_assert_eq!(proof.verify(&root, &proved, &RuleSet::all()), Ok(()));
        let place = forged.index(proved.len());
        proved[place].0[16] ^= 1;
        prop_assert!(proof.verify(&root, &proved, &RuleSet::all()).is_err());
    }
}
