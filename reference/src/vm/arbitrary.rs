//! Random programs for fuzz targets and property tests.
//!
//! Most of them execute loops, jumps, fused sequences, loads and stores, and then exit; the exit
//! code is a checksum of all registers and of the page of data.

use super::compressed::expand;
use super::decode::field;
use super::fusion::{FUSIONS, register};
use super::instructions::{Effect, INSTRUCTIONS, Op};
use super::version::Version::{self, V0, V1, V2};
use arbitrary::{Arbitrary, Result, Unstructured};

/// The addresses of the code and of the data.
const CODE: u32 = 0x1_0000;
const DATA: u32 = 0x2_0000;
const PAGE: u32 = 4096;

/// The register that holds the address of the data, and the one that counts rounds.
const BASE: u8 = 8;
const COUNTER: u8 = 9;

/// The greatest number of pieces of a program.
const PIECES: usize = 60;

/// Random bytes for a program where there is no fuzzer; the same number gives the same bytes.
#[must_use]
pub fn bytes(number: u64) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(1500).collect()
}

/// A random program for a version of the machine.
#[derive(Clone, Debug)]
pub struct RandomProgram {
    /// The version.
    pub version: Version,
    /// The ELF file.
    pub elf: Vec<u8>,
    /// A limit of cycles that the program reaches only in an endless loop.
    pub max_cycles: u64,
}

impl<'a> Arbitrary<'a> for RandomProgram {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let version = *bytes.choose(&[V0, V1, V2])?;
        let data: [u8; 256] = bytes.arbitrary()?;
        let mut writer = Writer { version, code: vec![], forward: vec![], loops: vec![] };
        writer.begin();
        for _ in 0..bytes.int_in_range(1..=PIECES)? {
            writer.piece(bytes)?;
        }
        writer.end();
        let elf = elf(&writer.code, &data);
        Ok(Self { version, elf, max_cycles: 200_000 })
    }
}

/// The code written so far.
struct Writer {
    version: Version,
    code: Vec<u8>,
    /// Forward branches whose target is not written yet: offset in the code, instruction,
    /// registers.
    forward: Vec<(usize, Op, u8, u8, u8)>,
    /// The offsets in the code at which the open loops begin.
    loops: Vec<usize>,
}

impl Writer {
    fn emit(&mut self, op: Op, rd: u8, rs1: u8, rs2: u8, immediate: i32) {
        self.word(encode(op, rd, rs1, rs2, immediate));
    }

    fn word(&mut self, word: u32) {
        self.code.extend(word.to_le_bytes());
    }

    /// Loads the registers from the data.
    fn begin(&mut self) {
        self.emit(Op::Lui, BASE, 0, 0, DATA.cast_signed());
        for (place, register) in (5..32).filter(|it| ![BASE, COUNTER].contains(it)).enumerate() {
            let place = i32::try_from(place).unwrap_or_default();
            self.emit(Op::Ld, register, BASE, 0, place.wrapping_mul(8));
        }
    }

    /// Ends open branches and loops, computes the checksum, and exits.
    fn end(&mut self) {
        while self.end_branch() {}
        while self.close_loop() {}
        // a0 becomes a checksum of all registers, and then of 128 words of data.
        for register in (1..32).filter(|it| *it != 10) {
            self.emit(Op::Slli, 31, 10, 0, 7);
            self.emit(Op::Xor, 10, 31, 10, 0);
            self.emit(Op::Add, 10, 10, register, 0);
        }
        self.emit(Op::Lui, BASE, 0, 0, DATA.cast_signed());
        self.emit(Op::Addi, COUNTER, 0, 0, 128);
        let start = self.code.len();
        self.emit(Op::Ld, 5, BASE, 0, 0);
        self.emit(Op::Slli, 31, 10, 0, 9);
        self.emit(Op::Xor, 10, 31, 10, 0);
        self.emit(Op::Add, 10, 10, 5, 0);
        self.emit(Op::Addi, BASE, BASE, 0, 8);
        self.emit(Op::Addi, COUNTER, COUNTER, 0, -1);
        self.back(Op::Bne, COUNTER, 0, start);
        for shift in [32, 16, 8] {
            self.emit(Op::Srli, 5, 10, 0, shift);
            self.emit(Op::Xor, 10, 10, 5, 0);
        }
        self.emit(Op::Addi, 17, 0, 0, 93);
        self.emit(Op::Ecall, 0, 0, 0, 0);
    }

    fn back(&mut self, op: Op, rs1: u8, rs2: u8, to: usize) {
        let distance = to.wrapping_sub(self.code.len());
        self.emit(op, 0, rs1, rs2, i32::try_from(distance.cast_signed()).unwrap_or_default());
    }

    fn piece(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        match bytes.int_in_range(0..=31_u8)? {
            0..=8 => self.computation(bytes)?,
            9..=12 => self.access(bytes, BASE)?,
            13..=15 => self.compressed(bytes)?,
            16..=21 => self.sequence(bytes)?,
            22..=24 => {
                let ops = [Op::Beq, Op::Bne, Op::Blt, Op::Bge, Op::Bltu, Op::Bgeu, Op::Jal];
                let op = *bytes.choose(&ops)?;
                let (rd, rs1, rs2) = registers(bytes)?;
                self.forward.push((self.code.len(), op, rd, rs1, rs2));
                self.word(0);
            }
            25 | 26 if self.loops.is_empty() => {
                self.emit(Op::Addi, COUNTER, 0, 0, bytes.int_in_range(1..=20)?);
                self.loops.push(self.code.len());
            }
            25..=27 => drop(self.close_loop()),
            28 => {
                let nothing = *bytes.choose(&[Op::Fence, Op::FenceI, Op::Ebreak])?;
                self.emit(nothing, 0, 0, 0, 0);
            }
            29 => self.access_anywhere(bytes)?,
            30 => {
                // A jump to the next instruction, relative or absolute.
                let (rd, ..) = registers(bytes)?;
                let here = i32::try_from(self.code.len()).unwrap_or_default();
                let start = CODE.cast_signed().wrapping_add(here);
                if bytes.arbitrary()? {
                    self.emit(Op::Auipc, rd, 0, 0, 0);
                    self.emit(Op::Jalr, bytes.int_in_range(0..=1)?, rd, 0, 8);
                } else {
                    self.emit(Op::Lui, rd, 0, 0, CODE.cast_signed());
                    let near = start.wrapping_sub(CODE.cast_signed()).wrapping_add(8);
                    self.emit(Op::Jalr, bytes.int_in_range(0..=1)?, rd, 0, near.min(2047));
                }
            }
            _ => {
                if bytes.ratio(1, 8)? {
                    self.word(bytes.arbitrary()?);
                }
            }
        }
        if bytes.ratio(1, 3)? {
            self.end_branch();
        }
        Ok(())
    }

    /// Makes the last open branch lead here; returns whether there was one.
    fn end_branch(&mut self) -> bool {
        let Some((place, op, rd, rs1, rs2)) = self.forward.pop() else { return false };
        let distance = i32::try_from(self.code.len().wrapping_sub(place)).unwrap_or_default();
        let word = encode(op, rd, rs1, rs2, distance.min(2046)).to_le_bytes();
        let place = self.code.get_mut(place..).and_then(|from| from.first_chunk_mut());
        if let Some(place) = place {
            *place = word;
        }
        true
    }

    fn close_loop(&mut self) -> bool {
        let Some(start) = self.loops.pop() else { return false };
        self.emit(Op::Addi, COUNTER, COUNTER, 0, -1);
        self.back(Op::Bne, COUNTER, 0, start);
        true
    }

    fn computation(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let row = bytes.choose(&INSTRUCTIONS)?;
        if row.since > self.version && !bytes.ratio(1, 64)? {
            return Ok(());
        }
        if let Effect::Compute(_) | Effect::Upper | Effect::UpperPc = row.effect {
            let (rd, rs1, rs2) = registers(bytes)?;
            self.emit(row.op, rd, rs1, rs2, immediate(bytes)?);
        }
        Ok(())
    }

    fn access(&mut self, bytes: &mut Unstructured<'_>, base: u8) -> Result<()> {
        let row = bytes.choose(&INSTRUCTIONS)?;
        let (rd, _, rs2) = registers(bytes)?;
        let place = bytes.int_in_range(0..=1016)?;
        match row.effect {
            Effect::Load(..) => self.emit(row.op, rd, base, 0, place),
            Effect::Store(_) => self.emit(row.op, 0, base, rs2, place),
            _ if bytes.arbitrary()? => self.emit(Op::Sd, 0, base, rs2, place),
            _ => self.emit(Op::Ld, rd, base, 0, place),
        }
        Ok(())
    }

    /// A load or store in another part of memory, at the end of memory, or beyond it.
    fn access_anywhere(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let upper = *bytes.choose(&[0x0040_0000, 0x003f_f000, 0x0010_0000, 0x0001_0000])?;
        if bytes.ratio(1, 4)? {
            self.emit(Op::Lui, 7, 0, 0, upper);
            let near = bytes.int_in_range(-16..=8)?;
            self.emit(Op::Addi, 7, 7, 0, near);
            self.access(bytes, 7)?;
        }
        Ok(())
    }

    fn compressed(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let pattern: u16 = bytes.arbitrary()?;
        let Some(expanded) = expand(pattern, self.version) else { return Ok(()) };
        let computes = matches!(expanded.instruction.effect, Effect::Compute(_) | Effect::Upper);
        if computes && ![BASE, COUNTER].contains(&expanded.rd) {
            self.code.extend(pattern.to_le_bytes());
        }
        Ok(())
    }

    /// A sequence that fuses, sometimes with one register changed.
    fn sequence(&mut self, bytes: &mut Unstructured<'_>) -> Result<()> {
        let fusion = bytes.choose(&FUSIONS)?;
        if let [Op::Lui | Op::Auipc, Op::Jalr] = fusion.parts {
            return self.far_jump(bytes, fusion.parts);
        }
        let ((a, b, c), (d, e, _)) = (registers(bytes)?, registers(bytes)?);
        let letters = [0, 1, a, b, c, d, e];
        let registers_of = |part: &[u8; 3]| part.map(|letter| register(&letters, letter));
        let mut operands: Vec<_> = fusion.pattern.written.iter().map(registers_of).collect();
        if bytes.ratio(1, 3)?
            && let Some(one) = operands.len().checked_sub(1)
            && let Some(part) = operands.get_mut(bytes.int_in_range(0..=one)?)
        {
            let other = registers(bytes)?.0;
            if let Some(operand) = part.get_mut(bytes.int_in_range(0..=2_usize)?) {
                *operand = other;
            }
        }
        for (op, [rd, rs1, rs2]) in fusion.parts.iter().zip(operands) {
            self.emit(*op, rd, rs1, rs2, immediate(bytes)?);
        }
        Ok(())
    }

    /// A far jump. It is rare, because most far jumps end the program. None leads below 0, because
    /// that outcome is withheld (VM-023).
    fn far_jump(&mut self, bytes: &mut Unstructured<'_>, parts: &[Op]) -> Result<()> {
        let (rd, ..) = registers(bytes)?;
        if let ([upper, jump], true) = (parts, bytes.ratio(1, 16)?) {
            let pages = *bytes.choose(&[0x7ffff, 0x7fff0, CODE >> 12, DATA >> 12])?;
            self.emit(*upper, rd, 0, 0, pages.wrapping_shl(12).cast_signed());
            self.emit(*jump, 1, rd, 0, immediate(bytes)?);
        }
        Ok(())
    }
}

/// An immediate; half of them are near the limits of 12, 20 or 32 bits.
fn immediate(bytes: &mut Unstructured<'_>) -> Result<i32> {
    if bytes.arbitrary()? {
        return bytes.arbitrary();
    }
    let upper: u32 = *bytes.choose(&[0, 1, 0x7fff0, 0x7ffff, 0x80000, 0xfffff])?;
    let lower: u32 = *bytes.choose(&[0, 1, 0x7ff, 0x800, 0xfff])?;
    Ok((upper.wrapping_shl(12) | lower).cast_signed())
}

/// Three registers that may be written, from a short list, so that some are the same.
fn registers(bytes: &mut Unstructured<'_>) -> Result<(u8, u8, u8)> {
    let few = [0, 1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 28];
    Ok((*bytes.choose(&few)?, *bytes.choose(&few)?, *bytes.choose(&few)?))
}

/// Encodes an instruction; an immediate that does not fit is truncated.
fn encode(op: Op, rd: u8, rs1: u8, rs2: u8, immediate: i32) -> u32 {
    let row = op.row();
    let named = |has: bool, number: u8, to: u32| {
        if has { u32::from(number & 31).wrapping_shl(to) } else { 0 }
    };
    let operands = row.operands;
    let registers = named(operands.has_rd(), rd, 7)
        | named(operands.has_rs1(), rs1, 15)
        | named(operands.has_rs2(), rs2, 20);
    let value = immediate.cast_unsigned();
    let fields = operands.immediate().iter();
    let word = fields.fold(registers, |word, &(to, count, from)| {
        word | field(value, from, count).wrapping_shl(to)
    });
    row.encoding.bits | (word & !row.encoding.mask)
}

/// An ELF file with code and data, each on its own pages.
fn elf(code: &[u8], data: &[u8]) -> Vec<u8> {
    let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let half = |file: &mut Vec<u8>, value: u16| file.extend(value.to_le_bytes());
    let double = |file: &mut Vec<u8>, value: u64| file.extend(value.to_le_bytes());
    half(&mut file, 2);
    half(&mut file, 243);
    file.extend(1_u32.to_le_bytes());
    for value in [u64::from(CODE), 64, 0] {
        double(&mut file, value);
    }
    file.extend([0; 4]);
    for value in [64, 56, 2, 0, 0, 0] {
        half(&mut file, value);
    }
    let count = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or_default();
    let after = 64 + 2 * 56;
    let segments = [
        (5_u32, after, CODE, count(code), count(code)),
        (6, count(code).saturating_add(after), DATA, count(data), PAGE.into()),
    ];
    for (flags, offset, address, size, in_memory) in segments {
        file.extend(1_u32.to_le_bytes());
        file.extend(flags.to_le_bytes());
        for value in [offset, address.into(), address.into(), size, in_memory, PAGE.into()] {
            double(&mut file, value);
        }
    }
    file.extend(code);
    file.extend(data);
    file
}
