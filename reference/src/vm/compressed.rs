//! Instructions of 16 bits: each expands to one of 32 bits, costs the same and fuses in the same
//! way.

use super::arithmetic::extend;
use super::decode::{Decoded, field, register, signed, unsigned};
use super::instructions::Op;
use super::version::Version;

/// The registers that some forms imply: the stack pointer, and the register of the return address.
const SP: u8 = 2;
const RA: u8 = 1;

/// Expands a pattern of 16 bits whose two lowest bits are not 11; `None` if the version has no such
/// instruction.
//= VM-008
#[must_use]
pub fn expand(pattern: u16, version: Version) -> Option<Decoded> {
    let bits = u32::from(pattern);
    let expanded = match bits & 3 {
        0 => quadrant_0(bits),
        1 => quadrant_1(bits, version),
        2 => quadrant_2(bits, version),
        _ => None,
    };
    expanded.map(|instruction| Decoded { length: 2, ..instruction })
}

fn quadrant_0(bits: u32) -> Option<Decoded> {
    let (low, high) = (popular(bits, 2), popular(bits, 7));
    let word = zero_extended(bits, &[(6, 1, 2), (10, 3, 3), (5, 1, 6)]);
    let double = zero_extended(bits, &[(10, 3, 3), (5, 2, 6)]);
    match field(bits, 13, 3) {
        0b000 => {
            let amount = zero_extended(bits, &[(6, 1, 2), (5, 1, 3), (11, 2, 4), (7, 4, 6)]);
            (amount != 0).then(|| Decoded::new(Op::Addi, low, SP, 0, amount))
        }
        0b010 => Some(Decoded::new(Op::Lw, low, high, 0, word)),
        0b011 => Some(Decoded::new(Op::Ld, low, high, 0, double)),
        0b110 => Some(Decoded::new(Op::Sw, 0, high, low, word)),
        0b111 => Some(Decoded::new(Op::Sd, 0, high, low, double)),
        _ => None,
    }
}

fn quadrant_1(bits: u32, version: Version) -> Option<Decoded> {
    let rd = register(bits, 7);
    let immediate = sign_extended(bits, &[(2, 5, 0), (12, 1, 5)]);
    let near = sign_extended(bits, &[(3, 2, 1), (10, 2, 3), (2, 1, 5), (5, 2, 6), (12, 1, 8)]);
    match field(bits, 13, 3) {
        0b000 if rd == 0 && immediate == 0 => Some(nop()),
        0b000 if rd == 0 || immediate == 0 => hint(version),
        0b000 => Some(Decoded::new(Op::Addi, rd, rd, 0, immediate)),
        0b001 => (rd != 0).then(|| Decoded::new(Op::Addiw, rd, rd, 0, immediate)),
        0b010 if rd == 0 => hint(version),
        0b010 => Some(Decoded::new(Op::Addi, rd, 0, 0, immediate)),
        0b011 if immediate == 0 => None,
        0b011 if rd == SP => {
            let fields = [(6, 1, 4), (2, 1, 5), (5, 1, 6), (3, 2, 7), (12, 1, 9)];
            Some(Decoded::new(Op::Addi, SP, SP, 0, sign_extended(bits, &fields)))
        }
        0b011 if rd == 0 => hint(version),
        0b011 => Some(Decoded::new(Op::Lui, rd, 0, 0, immediate << 12)),
        0b100 => arithmetic(bits, immediate),
        0b101 => {
            let fields = [
                (3, 3, 1),
                (11, 1, 4),
                (2, 1, 5),
                (7, 1, 6),
                (6, 1, 7),
                (9, 2, 8),
                (8, 1, 10),
                (12, 1, 11),
            ];
            Some(Decoded::new(Op::Jal, 0, 0, 0, sign_extended(bits, &fields)))
        }
        0b110 => Some(Decoded::new(Op::Beq, 0, popular(bits, 7), 0, near)),
        0b111 => Some(Decoded::new(Op::Bne, 0, popular(bits, 7), 0, near)),
        _ => None,
    }
}

/// The arithmetic forms of quadrant 1, whose registers are x8 to x15.
fn arithmetic(bits: u32, immediate: u64) -> Option<Decoded> {
    let (rd, rs2) = (popular(bits, 7), popular(bits, 2));
    let amount = zero_extended(bits, &[(2, 5, 0), (12, 1, 5)]);
    let register = |op| Some(Decoded::new(op, rd, rd, rs2, 0));
    match (field(bits, 10, 2), field(bits, 12, 1), field(bits, 5, 2)) {
        // A shift by 0 does nothing, in version 0 as well.
        //= VM-009
        (0b00 | 0b01, _, _) if amount == 0 => Some(nop()),
        (0b00, _, _) => Some(Decoded::new(Op::Srli, rd, rd, 0, amount)),
        (0b01, _, _) => Some(Decoded::new(Op::Srai, rd, rd, 0, amount)),
        (0b10, _, _) => Some(Decoded::new(Op::Andi, rd, rd, 0, immediate)),
        (_, 0, 0b00) => register(Op::Sub),
        (_, 0, 0b01) => register(Op::Xor),
        (_, 0, 0b10) => register(Op::Or),
        (_, 0, _) => register(Op::And),
        (_, _, 0b00) => register(Op::Subw),
        (_, _, 0b01) => register(Op::Addw),
        _ => None,
    }
}

fn quadrant_2(bits: u32, version: Version) -> Option<Decoded> {
    let (rd, rs2) = (register(bits, 7), register(bits, 2));
    let amount = zero_extended(bits, &[(2, 5, 0), (12, 1, 5)]);
    match (field(bits, 13, 3), field(bits, 12, 1)) {
        (0b000, _) if rd == 0 || amount == 0 => hint(version),
        (0b000, _) => Some(Decoded::new(Op::Slli, rd, rd, 0, amount)),
        (0b010, _) => {
            let distance = zero_extended(bits, &[(4, 3, 2), (12, 1, 5), (2, 2, 6)]);
            (rd != 0).then(|| Decoded::new(Op::Lw, rd, SP, 0, distance))
        }
        (0b011, _) => {
            let distance = zero_extended(bits, &[(5, 2, 3), (12, 1, 5), (2, 3, 6)]);
            (rd != 0).then(|| Decoded::new(Op::Ld, rd, SP, 0, distance))
        }
        (0b100, 0) if rs2 == 0 => (rd != 0).then(|| Decoded::new(Op::Jalr, 0, rd, 0, 0)),
        (0b100, 1) if rs2 == 0 && rd == 0 => Some(Decoded::new(Op::Ebreak, 0, 0, 0, 0)),
        (0b100, 1) if rs2 == 0 => Some(Decoded::new(Op::Jalr, RA, rd, 0, 0)),
        (0b100, _) if rd == 0 => hint(version),
        (0b100, 0) => Some(Decoded::new(Op::Add, rd, 0, rs2, 0)),
        (0b100, _) => Some(Decoded::new(Op::Add, rd, rd, rs2, 0)),
        (0b110, _) => {
            let distance = zero_extended(bits, &[(9, 4, 2), (7, 2, 6)]);
            Some(Decoded::new(Op::Sw, 0, SP, rs2, distance))
        }
        (0b111, _) => {
            let distance = zero_extended(bits, &[(10, 3, 3), (7, 3, 6)]);
            Some(Decoded::new(Op::Sd, 0, SP, rs2, distance))
        }
        _ => None,
    }
}

fn nop() -> Decoded {
    Decoded::new(Op::Addi, 0, 0, 0, 0)
}

/// Patterns that RISC-V reserves for hints: they do nothing, and are illegal in version 0.
//= VM-009
fn hint(version: Version) -> Option<Decoded> {
    (version >= Version::V1).then(nop)
}

/// A register from x8 to x15, which three bits encode ("popular" in the RISC-V manual).
fn popular(bits: u32, from: u32) -> u8 {
    let [low, ..] = field(bits, from, 3).to_le_bytes();
    low | 8
}

fn zero_extended(bits: u32, fields: &[(u32, u32, u32)]) -> u64 {
    unsigned(bits, fields).into()
}

fn sign_extended(bits: u32, fields: &[(u32, u32, u32)]) -> u64 {
    extend(signed(bits, fields))
}
