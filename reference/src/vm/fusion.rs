//! Macro-op fusion: sequences that are executed, and paid for, as one.
//!
//! What a fused operation does is what its parts do, one after another; in two cases not quite
//! the parts as they are written (VM-012, VM-015). What fusing changes is the cost.

use super::Version::{self, V1, V2};
use super::decode::Decoded;
use super::instructions::Op;

/// The register of return addresses.
const RA: u8 = 1;

/// The most parts of a fused operation.
const LONGEST: usize = 5;

/// A sequence that fuses.
#[derive(Debug)]
pub struct Fusion {
    /// Its name in the official node, in small letters.
    pub name: &'static str,
    /// The versions that fuse it.
    pub versions: &'static [Version],
    /// What it costs as a whole.
    pub cycles: u32,
    /// The instructions that it is made of.
    pub parts: &'static [Op],
    /// What their operands must be; the number is the address of the first.
    condition: fn(&[Decoded], u64) -> bool,
}

/// All sequences. Of those that begin at an address, the first in this order is taken.
//= VM-010
#[rustfmt::skip]
pub static FUSIONS: [Fusion; 18] = {
    use Op::{Add, Addi, Addiw, Auipc, Jalr, Lui, Or, Sltu, Sub};
    use Op::{Div, Divu, Mul, Mulh, Mulhsu, Mulhu, Rem, Remu};
    const BOTH: &[Version] = &[V1, V2];
    [
        fusion("adc", BOTH, 1, &[Add, Sltu, Add, Sltu, Or], adc),
        fusion("add3a", &[V2], 1, &[Add, Sltu, Add], add3a),
        fusion("add3b", &[V2], 1, &[Add, Sltu, Add], add3b),
        fusion("add3c", &[V2], 1, &[Add, Sltu, Add], add3c),
        fusion("adcs", &[V2], 1, &[Add, Sltu], adcs),
        fusion("sbb", BOTH, 1, &[Sub, Sltu, Sub, Sltu, Or], sbb),
        fusion("sbbs", &[V2], 1, &[Sub, Sltu], sbbs),
        fusion("far_jump_abs", &[V1], 3, &[Lui, Jalr], call),
        fusion("far_jump_abs", &[V2], 3, &[Lui, Jalr], call_by_ra),
        fusion("load_imm", BOTH, 1, &[Lui, Addiw], load_immediate),
        fusion("far_jump_rel", &[V1], 3, &[Auipc, Jalr], call),
        fusion("far_jump_rel", &[V2], 3, &[Auipc, Jalr], call_by_ra_in_range),
        fusion("load_imm", &[V2], 1, &[Auipc, Addi], load_address),
        fusion("wide_mul", BOTH, 5, &[Mulh, Mul], wide),
        fusion("wide_mulu", BOTH, 5, &[Mulhu, Mul], wide),
        fusion("wide_mulsu", BOTH, 5, &[Mulhsu, Mul], wide),
        fusion("wide_div", BOTH, 32, &[Div, Rem], wide),
        fusion("wide_divu", BOTH, 32, &[Divu, Remu], wide),
    ]
};

const fn fusion(
    name: &'static str,
    versions: &'static [Version],
    cycles: u32,
    parts: &'static [Op],
    condition: fn(&[Decoded], u64) -> bool,
) -> Fusion {
    Fusion { name, versions, cycles, parts, condition }
}

/// What is executed as one: an instruction, or several that are fused.
#[derive(Clone, Debug)]
pub struct Item {
    /// The mnemonic of the instruction, or the name of the fused operation.
    pub name: &'static str,
    /// What it costs.
    pub cycles: u32,
    /// The instruction, or the first of those that are executed.
    pub head: Decoded,
    /// The others.
    pub rest: Vec<Decoded>,
}

impl Item {
    /// The instructions that are executed, one after another.
    pub fn parts(&self) -> impl Iterator<Item = &Decoded> {
        std::iter::once(&self.head).chain(&self.rest)
    }

    /// The bytes of code that it takes up.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.parts().map(|part| u32::from(part.length)).fold(0, u32::saturating_add)
    }
}

/// The item that begins with an instruction. `following` gives the instructions after it, in
/// order, up to the first that cannot be fetched or decoded.
pub(super) fn fuse(
    head: Decoded,
    address: u64,
    version: Version,
    following: impl Iterator<Item = Decoded>,
) -> Item {
    let row = head.instruction;
    let alone = Item { name: row.name, cycles: row.cycles, head, rest: vec![] };
    if version == Version::V0 || !may_be_a_head(head.op()) {
        return alone;
    }
    let mut parts = [head; LONGEST];
    let mut count: usize = 1;
    let mut following = following;
    while FUSIONS.iter().any(|it| it.goes_on(parts.get(..count).unwrap_or_default(), version)) {
        let (Some(to), Some(next)) = (parts.get_mut(count), following.next()) else { break };
        *to = next;
        count = count.saturating_add(1);
    }
    let parts = parts.get(..count).unwrap_or_default();
    FUSIONS.iter().find_map(|it| it.item(parts, address, version)).unwrap_or(alone)
}

/// Whether a sequence begins with an instruction: most do not, and are not looked at twice.
const fn may_be_a_head(op: Op) -> bool {
    use Op::{Add, Auipc, Div, Divu, Lui, Mulh, Mulhsu, Mulhu, Sub};
    matches!(op, Add | Auipc | Div | Divu | Lui | Mulh | Mulhsu | Mulhu | Sub)
}

impl Fusion {
    /// Whether its first parts are these, and there are more.
    fn goes_on(&self, parts: &[Decoded], version: Version) -> bool {
        self.parts.len() > parts.len()
            && self.begins_with(parts)
            && self.versions.contains(&version)
    }

    /// Whether its parts and these are the same, as far as both go.
    fn begins_with(&self, parts: &[Decoded]) -> bool {
        self.parts.iter().zip(parts).all(|(op, part)| *op == part.op())
    }

    /// Its item, if these parts begin with it. In two cases something else is executed than is
    /// written.
    fn item(&self, parts: &[Decoded], address: u64, version: Version) -> Option<Item> {
        let parts = parts.get(..self.parts.len()).filter(|parts| self.begins_with(parts))?;
        if !self.versions.contains(&version) || !(self.condition)(parts, address) {
            return None;
        }
        let (head, rest) = parts.split_first()?;
        let (mut head, mut rest) = (*head, rest.to_vec());
        match (self.name, rest.first_mut()) {
            //= VM-012
            ("sbb", Some(borrow)) => borrow.rs2 = head.rd,
            //= VM-015
            ("far_jump_rel" | "far_jump_abs", Some(jump)) => {
                head.rd = RA;
                jump.rs1 = RA;
            }
            _ => {}
        }
        Some(Item { name: self.name, cycles: self.cycles, head, rest })
    }
}

/// rd, rs1 and rs2.
fn registers(part: &Decoded) -> (u8, u8, u8) {
    (part.rd, part.rs1, part.rs2)
}

/// Whether no two are the same, and none is x0.
fn distinct(registers: &[u8]) -> bool {
    let mut rest = registers.iter();
    std::iter::from_fn(|| rest.next().map(|first| (first, rest.clone())))
        .all(|(first, mut rest)| *first != 0 && rest.all(|other| other != first))
}

//= VM-011
fn adc(parts: &[Decoded], _: u64) -> bool {
    let [first, second, third, fourth, fifth] = parts else { return false };
    let (a, b, c) = (first.rd, first.rs2, third.rs2);
    registers(first) == (a, a, b)
        && registers(second) == (b, a, b)
        && registers(third) == (a, a, c)
        && registers(fourth) == (c, a, c)
        && registers(fifth) == (b, b, c)
        && distinct(&[a, b, c])
}

//= VM-012
fn sbb(parts: &[Decoded], _: u64) -> bool {
    let [first, second, third, fourth, fifth] = parts else { return false };
    let (a, b, c, d) = (first.rs1, first.rd, third.rs2, second.rd);
    registers(first) == (b, a, b)
        && second.rs1 == a
        && registers(third) == (a, b, c)
        && registers(fourth) == (c, b, a)
        && registers(fifth) == (b, c, d)
        && distinct(&[a, b, c, d])
}

//= VM-013
fn wide(parts: &[Decoded], _: u64) -> bool {
    let [first, second] = parts else { return false };
    let (_, a, b) = registers(first);
    ![a, b, second.rd].contains(&first.rd) && (second.rs1, second.rs2) == (a, b)
}

//= VM-014
fn load_immediate(parts: &[Decoded], _: u64) -> bool {
    let [upper, lower] = parts else { return false };
    lower.rs1 == upper.rd && lower.rd == upper.rd
}

//= VM-016
fn load_address(parts: &[Decoded], address: u64) -> bool {
    let [upper, lower] = parts else { return false };
    let sum = in_range(upper, lower);
    let address = i32::try_from(address).ok();
    let value = sum.zip(address).and_then(|(sum, address)| sum.checked_add(address));
    load_immediate(parts, 0) && value.is_some()
}

//= VM-015
fn call(parts: &[Decoded], _: u64) -> bool {
    let [upper, jump] = parts else { return false };
    jump.rs1 == upper.rd && jump.rd == RA
}

//= VM-015
fn call_by_ra(parts: &[Decoded], _: u64) -> bool {
    call(parts, 0) && parts.first().is_some_and(|upper| upper.rd == RA)
}

//= VM-015
fn call_by_ra_in_range(parts: &[Decoded], _: u64) -> bool {
    let [upper, jump] = parts else { return false };
    call_by_ra(parts, 0) && in_range(upper, jump).is_some()
}

/// The sum of two immediates, if 32 bits can hold it.
fn in_range(upper: &Decoded, lower: &Decoded) -> Option<i32> {
    let signed = |part: &Decoded| i32::try_from(part.immediate.cast_signed()).ok();
    signed(upper)?.checked_add(signed(lower)?)
}

//= VM-017
fn adcs(parts: &[Decoded], _: u64) -> bool {
    let [sum, carry] = parts else { return false };
    // The other addend is compared with where the sum replaces the first.
    let swapped = sum.rs1 == sum.rd && sum.rs2 != sum.rd;
    let addend = if swapped { sum.rs2 } else { sum.rs1 };
    (carry.rs1, carry.rs2) == (sum.rd, addend) && sum.rd != addend && sum.rd != 0
}

//= VM-018
fn sbbs(parts: &[Decoded], _: u64) -> bool {
    let [difference, borrow] = parts else { return false };
    let (to, a, b) = registers(difference);
    (borrow.rs1, borrow.rs2) == (a, b) && ![a, b].contains(&to)
}

//= VM-019
fn add3a(parts: &[Decoded], _: u64) -> bool {
    let [sum, carry, total] = parts else { return false };
    let (r0, r1, r2, r4) = (sum.rd, sum.rs1, carry.rd, total.rs2);
    registers(sum) == (r0, r1, r0)
        && (carry.rs1, carry.rs2) == (r0, r1)
        && total.rs1 == r2
        && r0 != r1
        && ![r0, r2].contains(&r4)
        && ![r0, r2].contains(&0)
}

//= VM-019
fn add3b(parts: &[Decoded], _: u64) -> bool {
    let [sum, carry, total] = parts else { return false };
    let (r0, r1, r4) = (sum.rd, sum.rs1, total.rs2);
    registers(carry) == (r1, r0, r1)
        && total.rs1 == r1
        && r0 != r1
        && ![r0, r1].contains(&r4)
        && ![r0, r1].contains(&0)
}

//= VM-019
fn add3c(parts: &[Decoded], _: u64) -> bool {
    let [sum, carry, total] = parts else { return false };
    let (r0, r1, r3, r4) = (sum.rd, sum.rs1, carry.rd, total.rs2);
    (carry.rs1, carry.rs2) == (r0, r1)
        && (total.rd, total.rs1) == (r3, r3)
        && r0 != r1
        && ![r0, r3].contains(&r4)
        && ![r0, r3].contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::instructions::INSTRUCTIONS;

    #[test]
    fn heads_are_those_of_the_sequences() {
        for row in &INSTRUCTIONS {
            let listed = FUSIONS.iter().any(|fusion| fusion.parts.first() == Some(&row.op));
            assert_eq!(may_be_a_head(row.op), listed, "{}", row.name);
        }
    }
}
