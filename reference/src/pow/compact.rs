//! Targets, their compact form in headers, and difficulty.
//!
//! A compact target has an exponent of base 256 in its first byte and a mantissa in the other 24
//! bits: `0x1a08a97e` is `0x08a97e · 256^(0x1a − 3)`. It looks like Bitcoin's `nBits`, but has no
//! sign bit.

use ruint::Uint;
use ruint::aliases::U256;

/// The greatest exponent of a number of 256 bits.
const EXPONENT_MAX: u8 = 32;

/// The size of a mantissa in bytes: with this exponent the mantissa is the target.
const MANTISSA_SIZE: u8 = 3;

/// A target in compact form, as headers hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompactTarget(pub u32);

/// What a compact target decodes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodedTarget {
    /// The target modulo 2²⁵⁶.
    pub target: U256,
    /// Whether the exponent is above 32 and the mantissa is not zero. Then the target is invalid,
    /// even where its value would fit in 256 bits.
    pub overflow: bool,
}

impl CompactTarget {
    /// The target: `mantissa · 256^(exponent − 3)`, rounded down, modulo 2²⁵⁶.
    //= POW-009
    #[must_use]
    pub fn decode(self) -> DecodedTarget {
        let [exponent, m2, m1, m0] = self.0.to_be_bytes();
        let mantissa = U256::from(u32::from_be_bytes([0, m2, m1, m0]));
        // One of the shifts is by 0. The bits that the other one shifts out are lost, at either
        // end.
        let target = mantissa
            .wrapping_shr(bits(MANTISSA_SIZE.saturating_sub(exponent)))
            .wrapping_shl(bits(exponent.saturating_sub(MANTISSA_SIZE)));
        //= POW-010
        let overflow = exponent > EXPONENT_MAX && !mantissa.is_zero();
        DecodedTarget { target, overflow }
    }

    /// The compact form of a target: the exponent is the number of bytes that the target needs,
    /// and the mantissa is the first three of them.
    //= POW-011
    #[must_use]
    pub fn from_target(target: U256) -> Self {
        let Ok(exponent) = u8::try_from(target.byte_len()) else {
            unreachable!("256 bits are at most 32 bytes");
        };
        let mantissa = target
            .wrapping_shr(bits(exponent.saturating_sub(MANTISSA_SIZE)))
            .wrapping_shl(bits(MANTISSA_SIZE.saturating_sub(exponent)));
        let [.., m2, m1, m0] = mantissa.to_be_bytes::<32>();
        Self(u32::from_be_bytes([exponent, m2, m1, m0]))
    }

    /// The difficulty; 0 when the target is zero or overflows.
    //= POW-012
    #[must_use]
    pub fn difficulty(self) -> U256 {
        let DecodedTarget { target, overflow } = self.decode();
        if overflow {
            return U256::ZERO;
        }
        target_to_difficulty(target).unwrap_or(U256::ZERO)
    }
}

/// The difficulty of a target: `2^256 / target`, rounded down; `None` for zero.
//= POW-012
#[must_use]
pub fn target_to_difficulty(target: U256) -> Option<U256> {
    reciprocal(target)
}

/// The compact form of the target of a difficulty, `2^256 / difficulty`; `None` for zero.
///
/// The difficulty of the result is mostly another one, because the compact form keeps at most 24
/// bits.
//= POW-013
#[must_use]
pub fn difficulty_to_compact(difficulty: U256) -> Option<CompactTarget> {
    reciprocal(difficulty).map(CompactTarget::from_target)
}

/// `2^256 / x`, rounded down; `None` for zero.
///
/// For 1 the quotient is one more than 256 bits can hold, so the result is `2^256 − 1`.
//= POW-012
fn reciprocal(x: U256) -> Option<U256> {
    let space = Uint::<512, 8>::ONE.wrapping_shl(256);
    let quotient = space.checked_div(Uint::from(x))?;
    Some(U256::saturating_from(quotient))
}

/// The number of bits in `bytes` bytes.
fn bits(bytes: u8) -> usize {
    usize::from(bytes).saturating_mul(8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quickcheck::quickcheck;

    quickcheck! {
        fn any_compact_target_has_an_answer(compact: u32) -> bool {
            let compact = CompactTarget(compact);
            let decoded = compact.decode();
            (compact.difficulty() == U256::ZERO) == (decoded.overflow || decoded.target.is_zero())
        }

        fn a_harder_target_is_a_greater_difficulty(a: u32, b: u32) -> bool {
            let (a, b) = (a % 0x2100_0000, b % 0x2100_0000);
            let (a, b) = (CompactTarget(a.max(0x0101_0000)), CompactTarget(b.max(0x0101_0000)));
            let (a_target, b_target) = (a.decode().target, b.decode().target);
            let either_is_zero = a_target.is_zero() || b_target.is_zero();
            either_is_zero || a_target > b_target || a.difficulty() >= b.difficulty()
        }
    }

    proptest! {
        #[test]
        fn the_compact_form_keeps_the_order(a: [u64; 4], b: [u64; 4], shift in 0..256_usize) {
            let (a, b) = (U256::from_limbs(a), U256::from_limbs(b).wrapping_shr(shift));
            let (less, more) = (a.min(b), a.max(b));
            prop_assert!(
                CompactTarget::from_target(less).0 <= CompactTarget::from_target(more).0
            );
        }

        #[test]
        fn the_canonical_form_decodes_to_the_same_target(compact in ..0x2100_0000_u32) {
            let decoded = CompactTarget(compact).decode();
            prop_assert_eq!(CompactTarget::from_target(decoded.target).decode(), decoded);
        }

        #[test]
        fn the_compact_form_keeps_16_bits_at_least(limbs: [u64; 4], shift in 0..256_usize) {
            let target = U256::from_limbs(limbs).wrapping_shr(shift);
            let rounded = CompactTarget::from_target(target).decode().target;
            let lost = target.checked_sub(rounded);
            prop_assert!(lost.is_some_and(|lost| lost <= target.wrapping_shr(16)));
        }
    }
}
