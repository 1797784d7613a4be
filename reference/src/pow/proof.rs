//! The check of a proof of work: which bytes are hashed, and the comparison with the target
//! (RFC 0027).

use super::compact::{CompactTarget, DecodedTarget};
use super::eaglesong_fast::eaglesong;
use crate::encoding::Byte32;
use crate::encoding::hash::ckbhash;
use crate::{RuleId, RuleSet, Violation};
use ruint::aliases::U256;

/// How a PoW message is hashed. The engine of a network never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PowEngine {
    /// Eaglesong: mainnet.
    Eaglesong,
    /// ckbhash of Eaglesong: the testnet.
    EaglesongBlake2b,
    /// No hash: dev chains, where every nonce is valid.
    Dummy,
}

impl PowEngine {
    /// The 32 bytes that are compared with the target.
    fn hash(self, message: &[u8]) -> Byte32 {
        match self {
            Self::Eaglesong => Byte32(eaglesong(message)),
            //= POW-014
            Self::EaglesongBlake2b => ckbhash(&eaglesong(message)),
            Self::Dummy => Byte32::ZERO,
        }
    }
}

/// The values of a valid proof of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The 32 bytes that were compared, most significant byte first; zero with the dummy engine,
    /// which compares nothing.
    pub hash: Byte32,
    /// The target.
    pub target: U256,
}

/// The message that is hashed: the PoW hash (HASH-006), and the nonce, little-endian.
//= POW-006
#[must_use]
pub fn pow_message(pow_hash: &Byte32, nonce: u128) -> [u8; 48] {
    let mut message = [0; 48];
    let (hash, tail) = message.split_at_mut(32);
    hash.copy_from_slice(&pow_hash.0);
    tail.copy_from_slice(&nonce.to_le_bytes());
    message
}

/// Checks a proof of work; violates POW-008 for an invalid target and POW-007 for a hash above the
/// target.
pub fn verify(
    engine: PowEngine,
    pow_hash: &Byte32,
    nonce: u128,
    compact_target: CompactTarget,
    rules: &RuleSet,
) -> Result<Proof, Violation> {
    let hash = engine.hash(&pow_message(pow_hash, nonce));
    let DecodedTarget { target, overflow } = compact_target.decode();
    //= POW-015
    if engine == PowEngine::Dummy {
        return Ok(Proof { hash, target });
    }
    rules.require(RuleId("POW-008"), !target.is_zero() && !overflow, |broken| {
        broken
            .with("compact_target", format_args!("{:#010x}", compact_target.0))
            .with("overflow", overflow)
            .with("target", format_args!("{target:#x}"))
    })?;
    rules.require(RuleId("POW-007"), meets(&hash, target), |broken| {
        broken.with("hash", hash).with("target", format_args!("{target:#066x}"))
    })?;
    Ok(Proof { hash, target })
}

/// Whether a hash, read as a big-endian number, is the target or less.
//= POW-007
fn meets(hash: &Byte32, target: U256) -> bool {
    U256::from_be_bytes(hash.0) <= target
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No vector can show this: a compact target has 29 zero bytes, and no known hash has so many.
    #[test]
    fn a_hash_that_equals_the_target_meets_it() {
        let target = U256::from(0x08_a97e_u32).wrapping_shl(184);
        let hash = |number: U256| Byte32(number.to_be_bytes());
        assert!(meets(&hash(target), target));
        assert!(meets(&hash(target.wrapping_sub(U256::ONE)), target));
        assert!(!meets(&hash(target.wrapping_add(U256::ONE)), target));
    }
}
