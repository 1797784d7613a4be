//! Area `pow`: Eaglesong, the conversions of compact targets, and the check of a proof.

use ckb_hash::blake2b_256;
use ckb_types::utilities as node;
use ckbspec_protocol::operations::{
    CompactOut, CompactToDifficultyIn, CompactToDifficultyOut, CompactToTargetIn,
    CompactToTargetOut, DifficultyToCompactIn, EaglesongIn, EaglesongOut, PowEngine,
    TargetToCompactIn, VerifyIn, VerifyOut,
};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint256};
use eaglesong::eaglesong;

pub(crate) fn digest(input: &EaglesongIn) -> EaglesongOut {
    EaglesongOut { digest: FixedBytes(eaglesong_256(&input.message.0)) }
}

pub(crate) fn compact_to_target(input: &CompactToTargetIn) -> CompactToTargetOut {
    let (target, overflow) = node::compact_to_target(input.compact_target.0);
    CompactToTargetOut { target: from_node(&target), overflow }
}

pub(crate) fn target_to_compact(input: &TargetToCompactIn) -> CompactOut {
    CompactOut { compact_target: Uint32(node::target_to_compact(into_node(&input.target))) }
}

pub(crate) fn compact_to_difficulty(input: &CompactToDifficultyIn) -> CompactToDifficultyOut {
    let difficulty = node::compact_to_difficulty(input.compact_target.0);
    CompactToDifficultyOut { difficulty: from_node(&difficulty) }
}

pub(crate) fn difficulty_to_compact(input: &DifficultyToCompactIn) -> CompactOut {
    let compact_target = node::difficulty_to_compact(into_node(&input.difficulty));
    CompactOut { compact_target: Uint32(compact_target) }
}

/// Checks a proof; `None` is the node's `InvalidNonce`.
///
/// The node's engines take a header and hash it themselves, but for the PoW hash in a question
/// there is no known header. So this function repeats their steps, each with the function that they
/// call. It also repeats the two conditions; a test compares them with the engines.
pub(crate) fn verify(input: &VerifyIn) -> Option<VerifyOut> {
    let (target, overflow) = node::compact_to_target(input.compact_target.0);
    let message = ckb_pow::pow_message(&input.pow_hash.0.into(), input.nonce.0);
    let digest = eaglesong_256(&message);
    let hash = match input.engine {
        PowEngine::Eaglesong => digest,
        PowEngine::EaglesongBlake2b => blake2b_256(digest),
        // The dummy engine checks nothing.
        PowEngine::Dummy => {
            return Some(VerifyOut { hash: FixedBytes([0; 32]), target: from_node(&target) });
        }
    };
    let usable = !target.is_zero() && !overflow;
    let met = ckb_types::U256::from_big_endian(&hash).is_ok_and(|hash| hash <= target);
    (usable && met).then(|| VerifyOut { hash: FixedBytes(hash), target: from_node(&target) })
}

fn eaglesong_256(message: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    eaglesong(message, &mut digest);
    digest
}

/// Both libraries store 256 bits as four words, the lowest first.
pub(crate) fn from_node(value: &ckb_types::U256) -> Uint256 {
    Uint256(ruint::aliases::U256::from_limbs(value.0))
}

pub(crate) fn into_node(value: &Uint256) -> ckb_types::U256 {
    ckb_types::U256(*value.0.as_limbs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ckb_pow::Pow;
    use ckb_types::packed::{Block, Header};
    use ckb_types::prelude::{Builder, Entity};
    use ckbspec_protocol::values::Uint128;

    const MAINNET_1: &[u8] = include_bytes!(
        "../../../../vectors/encoding/blocks/mainnet-1.45fe689ef39dd66875d9b74b7305926827b7051bb9debc9593d22a84c2a4d0d4.bin"
    );

    /// Zeros, a target that no hash meets, one that half of all hashes meet, the largest target,
    /// and targets that overflow.
    const COMPACTS: [u32; 10] = [
        0,
        0x0200_00ff,
        0x0300_0001,
        0x1d00_ffff,
        0x2080_0000,
        0x20ff_ffff,
        0x2100_0000,
        0x2100_0001,
        0x2200_ffff,
        0xff12_3456,
    ];

    /// Checks that the engine and the steps above agree about a header, and returns their verdict.
    fn agreed(engine: PowEngine, header: &Header) -> bool {
        let pow = match engine {
            PowEngine::Eaglesong => Pow::Eaglesong,
            PowEngine::EaglesongBlake2b => Pow::EaglesongBlake2b,
            PowEngine::Dummy => Pow::Dummy,
        };
        let question = VerifyIn {
            engine,
            pow_hash: FixedBytes(header.calc_pow_hash().into()),
            nonce: Uint128(header.nonce().into()),
            compact_target: Uint32(header.raw().compact_target().into()),
        };
        let verdict = verify(&question).is_some();
        assert_eq!(pow.engine().verify(header), verdict, "{question:?}");
        verdict
    }

    #[test]
    fn the_steps_say_what_the_engines_say() {
        let header = Block::from_slice(MAINNET_1).unwrap().header();
        assert!(agreed(PowEngine::Eaglesong, &header));
        assert!(!agreed(PowEngine::EaglesongBlake2b, &header));
        for compact in COMPACTS {
            let raw = header.raw().as_builder().compact_target(compact).build();
            for nonce in 0..16_u128 {
                let header = Header::new_builder().raw(raw.clone()).nonce(nonce).build();
                agreed(PowEngine::Eaglesong, &header);
                agreed(PowEngine::EaglesongBlake2b, &header);
                assert!(agreed(PowEngine::Dummy, &header));
            }
        }
    }
}
