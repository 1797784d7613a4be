//! Macro-op fusion: sequences of instructions that are executed and charged as one operation.
//!
//! A fused operation does what its parts do, one after another, and costs less. Two kinds of
//! sequences are executed with registers that differ from those in the program (VM-012, VM-015).

use super::decode::Decoded;
use super::instructions::{INSTRUCTIONS, Op};
use super::version::Version::{self, V1, V2};

/// The most parts of a fused operation.
const PARTS_MAX: usize = 5;

/// A sequence that fuses.
#[derive(Debug)]
pub struct Fusion {
    /// The name of the fused operation in the official node, in lower case.
    pub name: &'static str,
    /// The versions that fuse the sequence.
    pub versions: &'static [Version],
    /// The cycles that the fused operation costs.
    pub cycles: u32,
    /// The instructions of the sequence, in order.
    pub parts: &'static [Op],
    /// The registers that these instructions must name.
    pub(super) pattern: Pattern,
}

/// A register in a pattern: x0, ra, or a letter that stands for the same register in all parts.
pub(super) type Letter = u8;

/// rd, rs1 and rs2 of each part; x0 where the part has no such operand.
type Registers = &'static [[Letter; 3]];

/// Which registers the parts of a sequence must name for it to fuse.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern {
    /// The registers that the program names.
    pub(super) written: Registers,
    /// The registers with which the parts are executed; the same for most sequences.
    executed: Registers,
    /// Groups of letters: no two letters of a group may stand for the same register.
    different: &'static [&'static [Letter]],
    /// A further condition on the parts and the address of the first part.
    condition: fn(&[Decoded], u64) -> bool,
}

const X0: Letter = 0;
const RA: Letter = 1;
const A: Letter = 2;
const B: Letter = 3;
const C: Letter = 4;
const D: Letter = 5;
const E: Letter = 6;

/// The register that each letter stands for.
pub(super) type Letters = [u8; 7];

const fn pattern(written: Registers, different: &'static [&'static [Letter]]) -> Pattern {
    Pattern { written, executed: written, different, condition: |_, _| true }
}

//= VM-011
const ADC: Pattern =
    pattern(&[[A, A, B], [B, A, B], [A, A, C], [C, A, C], [B, B, C]], &[&[X0, A, B, C]]);

//= VM-012
const SBB: Pattern = Pattern {
    executed: &[[B, A, B], [D, A, B], [A, B, C], [C, B, A], [B, C, D]],
    ..pattern(&[[B, A, B], [D, A, E], [A, B, C], [C, B, A], [B, C, D]], &[&[X0, A, B, C, D]])
};

//= VM-013
const WIDE: Pattern = pattern(&[[C, A, B], [D, A, B]], &[&[C, A], &[C, B], &[C, D]]);

//= VM-014
const LOAD_IMMEDIATE: Pattern = pattern(&[[A, X0, X0], [A, A, X0]], &[]);

//= VM-015
const FAR_JUMP: Pattern =
    Pattern { executed: FAR_JUMP_BY_RA.written, ..pattern(&[[A, X0, X0], [RA, A, X0]], &[]) };

//= VM-015
const FAR_JUMP_BY_RA: Pattern = pattern(&[[RA, X0, X0], [RA, RA, X0]], &[]);

//= VM-015
const FAR_JUMP_IN_RANGE: Pattern =
    Pattern { condition: |parts, _| distance(parts).is_some(), ..FAR_JUMP_BY_RA };

//= VM-016
const LOAD_ADDRESS: Pattern = Pattern {
    condition: |parts, address| {
        let address = i32::try_from(address).ok();
        distance(parts).zip(address).is_some_and(|(by, from)| from.checked_add(by).is_some())
    },
    ..LOAD_IMMEDIATE
};

//= VM-017
const ADCS: Pattern = pattern(&[[A, B, C], [D, A, B]], &[&[X0, A], &[A, B]]);
const ADCS_SWAPPED: Pattern = pattern(&[[A, A, B], [D, A, B]], &[&[X0, A], &[A, B]]);

//= VM-018
const SBBS: Pattern = pattern(&[[C, A, B], [D, A, B]], &[&[C, A], &[C, B]]);

//= VM-019
const ADD3A: Pattern =
    pattern(&[[A, B, A], [C, A, B], [D, C, E]], &[&[A, B], &[A, E], &[C, E], &[X0, A], &[X0, C]]);
const ADD3B: Pattern =
    pattern(&[[A, B, C], [B, A, B], [D, B, E]], &[&[A, B], &[A, E], &[B, E], &[X0, A], &[X0, B]]);
const ADD3C: Pattern =
    pattern(&[[A, B, C], [D, A, B], [D, D, E]], &[&[A, B], &[A, E], &[D, E], &[X0, A], &[X0, D]]);

/// All sequences. Where several sequences match, the first one in this order is fused.
//= VM-010
#[rustfmt::skip]
pub static FUSIONS: [Fusion; 19] = {
    use Op::{Add, Addi, Addiw, Auipc, Jalr, Lui, Or, Sltu, Sub};
    use Op::{Div, Divu, Mul, Mulh, Mulhsu, Mulhu, Rem, Remu};
    const BOTH: &[Version] = &[V1, V2];
    [
        fusion("adc", BOTH, 1, &[Add, Sltu, Add, Sltu, Or], ADC),
        fusion("add3a", &[V2], 1, &[Add, Sltu, Add], ADD3A),
        fusion("add3b", &[V2], 1, &[Add, Sltu, Add], ADD3B),
        fusion("add3c", &[V2], 1, &[Add, Sltu, Add], ADD3C),
        fusion("adcs", &[V2], 1, &[Add, Sltu], ADCS),
        fusion("adcs", &[V2], 1, &[Add, Sltu], ADCS_SWAPPED),
        fusion("sbb", BOTH, 1, &[Sub, Sltu, Sub, Sltu, Or], SBB),
        fusion("sbbs", &[V2], 1, &[Sub, Sltu], SBBS),
        fusion("far_jump_abs", &[V1], 3, &[Lui, Jalr], FAR_JUMP),
        fusion("far_jump_abs", &[V2], 3, &[Lui, Jalr], FAR_JUMP_BY_RA),
        fusion("load_imm", BOTH, 1, &[Lui, Addiw], LOAD_IMMEDIATE),
        fusion("far_jump_rel", &[V1], 3, &[Auipc, Jalr], FAR_JUMP),
        fusion("far_jump_rel", &[V2], 3, &[Auipc, Jalr], FAR_JUMP_IN_RANGE),
        fusion("load_imm", &[V2], 1, &[Auipc, Addi], LOAD_ADDRESS),
        fusion("wide_mul", BOTH, 5, &[Mulh, Mul], WIDE),
        fusion("wide_mulu", BOTH, 5, &[Mulhu, Mul], WIDE),
        fusion("wide_mulsu", BOTH, 5, &[Mulhsu, Mul], WIDE),
        fusion("wide_div", BOTH, 32, &[Div, Rem], WIDE),
        fusion("wide_divu", BOTH, 32, &[Divu, Remu], WIDE),
    ]
};

const fn fusion(
    name: &'static str,
    versions: &'static [Version],
    cycles: u32,
    parts: &'static [Op],
    pattern: Pattern,
) -> Fusion {
    Fusion { name, versions, cycles, parts, pattern }
}

/// The sequences that begin with an instruction, by its place in the table of instructions.
#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it, and refuses a panic")]
static BY_HEAD: [&[Fusion]; INSTRUCTIONS.len()] = {
    let mut by_head: [&[Fusion]; INSTRUCTIONS.len()] = [&[]; _];
    let mut start = 0;
    while start < FUSIONS.len() {
        let head = FUSIONS[start].parts[0].place();
        assert!(
            by_head[head].is_empty(),
            "the sequences with the same first instruction are not contiguous"
        );
        let mut end = start;
        while end < FUSIONS.len() && FUSIONS[end].parts[0].place() == head {
            end += 1;
        }
        by_head[head] = FUSIONS.split_at(end).0.split_at(start).1;
        start = end;
    }
    by_head
};

/// What a machine executes in one step: an instruction or a fused sequence.
#[derive(Clone, Debug)]
pub struct Step {
    /// The mnemonic of the instruction, or the name of the fused operation.
    pub name: &'static str,
    /// The cycles that it costs.
    pub cycles: u32,
    /// The instruction, or the first one of the sequence, as it is executed.
    pub head: Decoded,
    /// The other instructions of the sequence.
    pub rest: Vec<Decoded>,
}

impl Step {
    /// The instructions that are executed, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Decoded> {
        std::iter::once(&self.head).chain(&self.rest)
    }

    /// The size of its code in bytes.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.parts().map(|part| u32::from(part.length)).fold(0, u32::saturating_add)
    }
}

/// The step that begins with the instruction `head` at `address`. `following` gives the
/// instructions after it, in order, up to the first that cannot be fetched or decoded.
pub(super) fn fuse(
    head: Decoded,
    address: u64,
    version: Version,
    mut following: impl Iterator<Item = Decoded>,
) -> Step {
    let row = head.instruction;
    let alone = Step { name: row.name, cycles: row.cycles, head, rest: vec![] };
    let fusions = BY_HEAD.get(head.op().place()).copied().unwrap_or_default();
    if version == Version::V0 || fusions.is_empty() {
        return alone;
    }
    let mut parts = [head; PARTS_MAX];
    let mut count: usize = 1;
    while fusions.iter().any(|it| it.continues(parts.get(..count).unwrap_or_default(), version)) {
        let (Some(to), Some(next)) = (parts.get_mut(count), following.next()) else { break };
        *to = next;
        count = count.saturating_add(1);
    }
    let parts = parts.get(..count).unwrap_or_default();
    fusions.iter().find_map(|it| it.step(parts, address, version)).unwrap_or(alone)
}

impl Fusion {
    /// Whether the sequence begins with these parts and has more.
    fn continues(&self, parts: &[Decoded], version: Version) -> bool {
        self.parts.len() > parts.len()
            && self.begins_with(parts)
            && self.versions.contains(&version)
    }

    /// Whether the sequence and these parts have the same instructions, up to the end of the
    /// shorter one.
    fn begins_with(&self, parts: &[Decoded]) -> bool {
        self.parts.iter().zip(parts).all(|(op, part)| *op == part.op())
    }

    /// The step of this sequence, if the parts begin with it.
    fn step(&self, parts: &[Decoded], address: u64, version: Version) -> Option<Step> {
        let parts = parts.get(..self.parts.len()).filter(|parts| self.begins_with(parts))?;
        let Pattern { executed, condition, .. } = self.pattern;
        let letters = self.pattern.letters(parts)?;
        if !self.versions.contains(&version) || !condition(parts, address) {
            return None;
        }
        let mut executed = parts.iter().zip(executed).map(|(part, registers)| {
            let [rd, rs1, rs2] = registers.map(|letter| register(&letters, letter));
            Decoded { rd, rs1, rs2, ..*part }
        });
        let head = executed.next()?;
        Some(Step { name: self.name, cycles: self.cycles, head, rest: executed.collect() })
    }
}

impl Pattern {
    /// The registers that the letters stand for in these parts; `None` if the parts do not match.
    fn letters(&self, parts: &[Decoded]) -> Option<Letters> {
        let mut known = [Some(0), Some(1), None, None, None, None, None];
        for (written, part) in self.written.iter().zip(parts) {
            for (letter, register) in written.iter().zip([part.rd, part.rs1, part.rs2]) {
                let letter = known.get_mut(usize::from(*letter))?;
                if *letter.get_or_insert(register) != register {
                    return None;
                }
            }
        }
        let letters = known.map(Option::unwrap_or_default);
        let same = |one, other| register(&letters, one) == register(&letters, other);
        let distinct = |group: &[Letter]| {
            let mut rest = group.iter();
            std::iter::from_fn(|| rest.next().map(|one| (*one, rest.clone())))
                .all(|(one, mut others)| !others.any(|other| same(one, *other)))
        };
        self.different.iter().all(|group| distinct(group)).then_some(letters)
    }
}

/// The register that a letter stands for.
pub(super) fn register(letters: &Letters, letter: Letter) -> u8 {
    letters.get(usize::from(letter)).copied().unwrap_or_default()
}

/// The sum of the two immediates; `None` if it exceeds 32 bits.
fn distance(parts: &[Decoded]) -> Option<i32> {
    let signed = |part: &Decoded| i32::try_from(part.immediate.cast_signed()).ok();
    let [upper, lower] = parts else { return None };
    signed(upper)?.checked_add(signed(lower)?)
}
