//! What the instructions compute: one function of two numbers for each operation.
//!
//! Functions have the names of instructions. An instruction with an immediate shares the function
//! of the instruction with a second register. A function of one register ignores the second number.

/// The low 32 bits.
pub(super) const fn low(value: u64) -> u32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// 32 bits, sign-extended to 64.
pub(super) const fn extend(value: u32) -> u64 {
    let [a, b, c, d] = value.to_le_bytes();
    let sign = if value.cast_signed() < 0 { 0xff } else { 0 };
    u64::from_le_bytes([a, b, c, d, sign, sign, sign, sign])
}

/// 1 or 0.
pub(super) fn flag(condition: bool) -> u64 {
    u64::from(condition)
}

// RV64I. Shifts use the low 6 bits of the second number, or 5 in 32-bit forms, as `wrapping_shl`
// does.

pub(super) fn add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}
pub(super) fn sub(a: u64, b: u64) -> u64 {
    a.wrapping_sub(b)
}
pub(super) fn sll(a: u64, b: u64) -> u64 {
    a.wrapping_shl(low(b))
}
pub(super) fn slt(a: u64, b: u64) -> u64 {
    flag(lt(a, b))
}
pub(super) fn sltu(a: u64, b: u64) -> u64 {
    flag(a < b)
}
pub(super) fn xor(a: u64, b: u64) -> u64 {
    a ^ b
}
pub(super) fn srl(a: u64, b: u64) -> u64 {
    a.wrapping_shr(low(b))
}
pub(super) fn sra(a: u64, b: u64) -> u64 {
    a.cast_signed().wrapping_shr(low(b)).cast_unsigned()
}
pub(super) fn or(a: u64, b: u64) -> u64 {
    a | b
}
pub(super) fn and(a: u64, b: u64) -> u64 {
    a & b
}
pub(super) fn addw(a: u64, b: u64) -> u64 {
    extend(low(a).wrapping_add(low(b)))
}
pub(super) fn subw(a: u64, b: u64) -> u64 {
    extend(low(a).wrapping_sub(low(b)))
}
pub(super) fn sllw(a: u64, b: u64) -> u64 {
    extend(low(a).wrapping_shl(low(b)))
}
pub(super) fn srlw(a: u64, b: u64) -> u64 {
    extend(low(a).wrapping_shr(low(b)))
}
pub(super) fn sraw(a: u64, b: u64) -> u64 {
    extend(low(a).cast_signed().wrapping_shr(low(b)).cast_unsigned())
}

// Conditions of branches.

pub(super) fn eq(a: u64, b: u64) -> bool {
    a == b
}
pub(super) fn ne(a: u64, b: u64) -> bool {
    a != b
}
pub(super) fn lt(a: u64, b: u64) -> bool {
    a.cast_signed() < b.cast_signed()
}
pub(super) fn ge(a: u64, b: u64) -> bool {
    a.cast_signed() >= b.cast_signed()
}
pub(super) fn ltu(a: u64, b: u64) -> bool {
    a < b
}
pub(super) fn geu(a: u64, b: u64) -> bool {
    a >= b
}

// M.

/// The upper half of a product.
fn high(product: u128) -> u64 {
    u64::try_from(product >> 64).unwrap_or_else(|_| unreachable!("64 bits are left"))
}
pub(super) fn mul(a: u64, b: u64) -> u64 {
    a.wrapping_mul(b)
}
pub(super) fn mulh(a: u64, b: u64) -> u64 {
    high(i128::from(a.cast_signed()).wrapping_mul(b.cast_signed().into()).cast_unsigned())
}
pub(super) fn mulhsu(a: u64, b: u64) -> u64 {
    high(i128::from(a.cast_signed()).wrapping_mul(b.into()).cast_unsigned())
}
pub(super) fn mulhu(a: u64, b: u64) -> u64 {
    high(u128::from(a).wrapping_mul(b.into()))
}
pub(super) fn mulw(a: u64, b: u64) -> u64 {
    extend(low(a).wrapping_mul(low(b)))
}
pub(super) fn div(a: u64, b: u64) -> u64 {
    if b == 0 {
        return u64::MAX;
    }
    // The least number divided by -1 overflows; then the result is the least number.
    a.cast_signed().checked_div(b.cast_signed()).map_or(a, i64::cast_unsigned)
}
pub(super) fn divu(a: u64, b: u64) -> u64 {
    a.checked_div(b).unwrap_or(u64::MAX)
}
pub(super) fn rem(a: u64, b: u64) -> u64 {
    if b == 0 {
        return a;
    }
    a.cast_signed().checked_rem(b.cast_signed()).map_or(0, i64::cast_unsigned)
}
pub(super) fn remu(a: u64, b: u64) -> u64 {
    a.checked_rem(b).unwrap_or(a)
}
pub(super) fn divw(a: u64, b: u64) -> u64 {
    let (a, b) = (low(a).cast_signed(), low(b).cast_signed());
    if b == 0 {
        return u64::MAX;
    }
    extend(a.checked_div(b).unwrap_or(a).cast_unsigned())
}
pub(super) fn divuw(a: u64, b: u64) -> u64 {
    low(a).checked_div(low(b)).map_or(u64::MAX, extend)
}
pub(super) fn remw(a: u64, b: u64) -> u64 {
    let (a, b) = (low(a).cast_signed(), low(b).cast_signed());
    let remainder = if b == 0 { a } else { a.checked_rem(b).unwrap_or(0) };
    extend(remainder.cast_unsigned())
}
pub(super) fn remuw(a: u64, b: u64) -> u64 {
    extend(low(a).checked_rem(low(b)).unwrap_or(low(a)))
}

// Zba: address generation.

pub(super) fn add_uw(a: u64, b: u64) -> u64 {
    u64::from(low(a)).wrapping_add(b)
}
pub(super) fn sh1add(a: u64, b: u64) -> u64 {
    (a << 1).wrapping_add(b)
}
pub(super) fn sh2add(a: u64, b: u64) -> u64 {
    (a << 2).wrapping_add(b)
}
pub(super) fn sh3add(a: u64, b: u64) -> u64 {
    (a << 3).wrapping_add(b)
}
pub(super) fn sh1add_uw(a: u64, b: u64) -> u64 {
    sh1add(low(a).into(), b)
}
pub(super) fn sh2add_uw(a: u64, b: u64) -> u64 {
    sh2add(low(a).into(), b)
}
pub(super) fn sh3add_uw(a: u64, b: u64) -> u64 {
    sh3add(low(a).into(), b)
}
pub(super) fn slli_uw(a: u64, b: u64) -> u64 {
    u64::from(low(a)).wrapping_shl(low(b))
}

// Zbb: basic bit manipulation.

pub(super) fn andn(a: u64, b: u64) -> u64 {
    a & !b
}
pub(super) fn orn(a: u64, b: u64) -> u64 {
    a | !b
}
pub(super) fn xnor(a: u64, b: u64) -> u64 {
    !(a ^ b)
}
pub(super) fn clz(a: u64, _: u64) -> u64 {
    a.leading_zeros().into()
}
pub(super) fn clzw(a: u64, _: u64) -> u64 {
    low(a).leading_zeros().into()
}
pub(super) fn ctz(a: u64, _: u64) -> u64 {
    a.trailing_zeros().into()
}
pub(super) fn ctzw(a: u64, _: u64) -> u64 {
    low(a).trailing_zeros().into()
}
pub(super) fn cpop(a: u64, _: u64) -> u64 {
    a.count_ones().into()
}
pub(super) fn cpopw(a: u64, _: u64) -> u64 {
    low(a).count_ones().into()
}
pub(super) fn max(a: u64, b: u64) -> u64 {
    if lt(a, b) { b } else { a }
}
pub(super) fn maxu(a: u64, b: u64) -> u64 {
    a.max(b)
}
pub(super) fn min(a: u64, b: u64) -> u64 {
    if lt(a, b) { a } else { b }
}
pub(super) fn minu(a: u64, b: u64) -> u64 {
    a.min(b)
}
pub(super) fn sext_b(a: u64, _: u64) -> u64 {
    let [byte, ..] = a.to_le_bytes();
    i64::from(byte.cast_signed()).cast_unsigned()
}
pub(super) fn sext_h(a: u64, _: u64) -> u64 {
    let [a, b, ..] = a.to_le_bytes();
    i64::from(i16::from_le_bytes([a, b])).cast_unsigned()
}
pub(super) fn zext_h(a: u64, _: u64) -> u64 {
    a & 0xffff
}
pub(super) fn rol(a: u64, b: u64) -> u64 {
    a.rotate_left(low(b) & 63)
}
pub(super) fn rolw(a: u64, b: u64) -> u64 {
    extend(low(a).rotate_left(low(b) & 31))
}
pub(super) fn ror(a: u64, b: u64) -> u64 {
    a.rotate_right(low(b) & 63)
}
pub(super) fn rorw(a: u64, b: u64) -> u64 {
    extend(low(a).rotate_right(low(b) & 31))
}
pub(super) fn orc_b(a: u64, _: u64) -> u64 {
    u64::from_le_bytes(a.to_le_bytes().map(|byte| if byte == 0 { 0 } else { 0xff }))
}
pub(super) fn rev8(a: u64, _: u64) -> u64 {
    a.swap_bytes()
}

// Zbc: multiplication without carries.

/// All 128 bits of the product.
fn carryless(a: u64, b: u64) -> u128 {
    let addend = |bit: u32| if b >> bit & 1 == 1 { u128::from(a) << bit } else { 0 };
    (0..64).fold(0, |sum, bit| sum ^ addend(bit))
}
pub(super) fn clmul(a: u64, b: u64) -> u64 {
    let product = carryless(a, b) & u128::from(u64::MAX);
    u64::try_from(product).unwrap_or_else(|_| unreachable!("64 bits are left"))
}
pub(super) fn clmulh(a: u64, b: u64) -> u64 {
    high(carryless(a, b))
}
pub(super) fn clmulr(a: u64, b: u64) -> u64 {
    high(carryless(a, b) << 1)
}

// Zbs: single bits.

pub(super) fn bclr(a: u64, b: u64) -> u64 {
    a & !1_u64.wrapping_shl(low(b))
}
pub(super) fn bext(a: u64, b: u64) -> u64 {
    a.wrapping_shr(low(b)) & 1
}
pub(super) fn binv(a: u64, b: u64) -> u64 {
    a ^ 1_u64.wrapping_shl(low(b))
}
pub(super) fn bset(a: u64, b: u64) -> u64 {
    a | 1_u64.wrapping_shl(low(b))
}
