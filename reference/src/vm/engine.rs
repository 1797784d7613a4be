//! The same machine, fast: programs run in blocks that are decoded once.
//!
//! This file exists for speed alone and defines nothing: [`super::machine`] is the definition, and
//! tests hold the two together, at every limit of cycles. What is faster here:
//!
//! - A block is decoded, fused and priced once, and its cycles are taken at once. It goes on
//!   through jumps whose target is known, and past branches forward; each exit knows what has been
//!   spent up to there.
//! - Where a block leads is remembered at its exits.
//! - Executable pages do not change, so that a block stays right for as long as the machine lives.
//!
//! All that is rare is left to a step of the machine, which decides: system calls, faults, odd
//! addresses, and a block that the cycles left may not suffice for.

use super::Version;
use super::arithmetic::{
    add, add_uw, addw, and, andn, bclr, bext, binv, bset, clmul, clmulh, clmulr, clz, clzw, cpop,
    cpopw, ctz, ctzw, div, divu, divuw, divw, eq, extend, ge, geu, lt, ltu, max, maxu, min, minu,
    mul, mulh, mulhsu, mulhu, mulw, ne, or, orc_b, orn, rem, remu, remuw, remw, rev8, rol, rolw,
    ror, rorw, sext_b, sext_h, sh1add, sh1add_uw, sh2add, sh2add_uw, sh3add, sh3add_uw, sll,
    slli_uw, sllw, slt, sltu, sra, sraw, srl, srlw, sub, subw, xnor, xor, zext_h,
};
use super::decode::Decoded;
use super::instructions::{Effect, Op};
use super::machine::Machine;
use super::memory::{MEMORY_SIZE, Memory, PAGE_SIZE};
use crate::Violation;

/// The most items of a block.
const ITEMS: u32 = 48;

/// The most instructions that are kept; then all are forgotten.
const SLOTS: usize = 1 << 18;

/// Where x0 is written to: a register that is never read.
const NOWHERE: u8 = 255;

/// An instruction as it is executed.
#[derive(Clone, Copy)]
struct Slot {
    /// What it does. Here `jal` goes on at another block, `ecall` leaves what begins at its address
    /// to a step of the machine, and `lui` is any constant.
    op: Op,
    rd: u8,
    rs1: u8,
    rs2: u8,
    /// The immediate; of a branch and of the end the address that follows.
    immediate: i32,
    /// Its address.
    address: u32,
    /// What the block has cost when it is left here.
    cycles: u32,
}

/// Instructions that follow one another.
#[derive(Clone, Copy)]
struct Block {
    /// Where it begins; of block 0, which is none, an address outside memory.
    address: u64,
    /// Its first slot.
    first: usize,
    /// The most that it can cost.
    cycles: u64,
}

/// The block that is none.
const NONE: Block = Block { address: u64::MAX, first: 0, cycles: u64::MAX };

/// A machine that runs in blocks.
pub struct Engine {
    machine: Machine,
    /// The number of the block at each even address, by page; 0 where there is none yet.
    pages: Vec<Option<Box<[u32; 2048]>>>,
    blocks: Vec<Block>,
    slots: Vec<Slot>,
    /// The number of the block that was last entered from a slot.
    links: Vec<u32>,
}

/// What comes after an instruction.
enum Next {
    /// The instruction at an address, in the same block.
    On(u64),
    /// Whatever the instruction says; the block is at its end.
    End,
    /// A step of the machine at the instruction itself.
    Leave,
}

/// Where a run of blocks has stopped.
struct Stop {
    /// The slot whose exit leads to no known block; none where a step must decide.
    exit: Option<usize>,
    address: u64,
    cycles: u64,
}

/// x0 to x31, and the place where x0 is written to.
struct Registers([u64; 256]);

impl Registers {
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "an octet is below 256")]
    fn get(&self, number: u8) -> u64 {
        self.0[usize::from(number)]
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "an octet is below 256")]
    fn set(&mut self, number: u8, value: u64) {
        self.0[usize::from(number)] = value;
    }
}

impl Engine {
    /// An engine for a machine, wherever it stands.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        let pages = vec![None; 1024];
        Self { machine, pages, blocks: vec![NONE], slots: vec![], links: vec![] }
    }

    /// The machine as it stands.
    #[must_use]
    pub fn into_machine(self) -> Machine {
        self.machine
    }

    /// The machine as it stands.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Runs the program to its end; its exit code.
    ///
    /// # Errors
    /// The rule that ends it otherwise: that of [`Machine::run`].
    pub fn run(&mut self) -> Result<i8, Violation> {
        loop {
            if let Some(block) = self.block_at(self.machine.pc) {
                self.run_blocks(block);
            }
            if let Some(code) = self.machine.step()? {
                return Ok(code);
            }
        }
    }

    /// Runs from a block on, up to where a step must decide.
    fn run_blocks(&mut self, mut block: u32) {
        let mut registers = Registers([0; 256]);
        registers.0.iter_mut().zip(self.machine.registers).for_each(|(to, from)| *to = from);
        loop {
            let stop = self.follow(block, &mut registers);
            (self.machine.pc, self.machine.cycles) = (stop.address, stop.cycles);
            let next = stop.exit.and_then(|exit| Some((exit, self.block_at(stop.address)?)));
            let Some((exit, next)) = next else { break };
            if let Some(link) = self.links.get_mut(exit) {
                *link = next;
            }
            block = next;
        }
        self.machine.registers.iter_mut().zip(registers.0).for_each(|(to, from)| *to = from);
    }

    /// The number of the block at an address; none where a step must decide.
    fn block_at(&mut self, address: u64) -> Option<u32> {
        if address >= MEMORY_SIZE || !address.is_multiple_of(2) {
            return None;
        }
        let page = usize::try_from(address / PAGE_SIZE).ok()?;
        let place = usize::try_from(address % PAGE_SIZE / 2).ok()?;
        let known = self.pages.get(page)?.as_ref().and_then(|page| page.get(place));
        if let Some(known) = known.filter(|known| **known != 0) {
            return Some(*known);
        }
        if self.slots.len() > SLOTS {
            self.pages.fill(None);
            self.blocks.truncate(1);
            self.slots.clear();
            self.links.clear();
        }
        let block = self.decode_block(address)?;
        let number = u32::try_from(self.blocks.len()).ok()?;
        self.blocks.push(block);
        let page = self.pages.get_mut(page)?.get_or_insert_with(|| Box::new([0; 2048]));
        *page.get_mut(place)? = number;
        Some(number)
    }

    /// Decodes a block; none where a step must decide its first instruction already.
    fn decode_block(&mut self, start: u64) -> Option<Block> {
        let first = self.slots.len();
        let (mut address, mut spent, mut last) = (start, 0_u32, Op::Jal);
        for _ in 0..ITEMS {
            let Ok(item) = self.machine.item_at(address) else {
                last = Op::Ecall;
                break;
            };
            let after = spent.saturating_add(item.cycles);
            let (mut next, mut here) = (Next::Leave, address);
            for part in item.parts() {
                next = self.emit(part, here, spent, after)?;
                here = here.wrapping_add(part.length.into());
            }
            match next {
                Next::On(to) => (address, spent) = (to, after),
                Next::End => {
                    self.links.resize(self.slots.len(), 0);
                    return Some(Block { address: start, first, cycles: after.into() });
                }
                Next::Leave => {
                    last = Op::Ecall;
                    break;
                }
            }
        }
        if last == Op::Ecall && self.slots.len() == first {
            return None;
        }
        let address = u32::try_from(address).ok()?;
        let immediate = i32::try_from(address).ok()?;
        let end = Slot { immediate, cycles: spent, ..Slot::new(last, address) };
        self.slots.push(end);
        self.links.resize(self.slots.len(), 0);
        Some(Block { address: start, first, cycles: spent.into() })
    }

    /// Adds an instruction to the block at the end; only the first part of an item can leave.
    fn emit(&mut self, part: &Decoded, here: u64, before: u32, after: u32) -> Option<Next> {
        let following = here.wrapping_add(part.length.into());
        let small = |value: u64| i32::try_from(value.cast_signed()).ok();
        let within = |target: u64| small(target).filter(|_| target < MEMORY_SIZE);
        let row = part.instruction;
        let address = u32::try_from(here).ok()?;
        let rd = if part.rd == 0 { NOWHERE } else { part.rd };
        let (rs1, rs2) = (part.rs1, part.rs2);
        let slot = Slot { rd, rs1, rs2, cycles: before, ..Slot::new(part.op(), address) };
        let constant = |value| Slot { op: Op::Lui, immediate: value, ..slot };
        let (slot, next) = match row.effect {
            Effect::Compute(_) | Effect::Upper | Effect::Nothing if rd == NOWHERE => {
                return Some(Next::On(following));
            }
            Effect::Compute(_) | Effect::Upper | Effect::Load(..) | Effect::Store(_) => {
                (Slot { immediate: small(part.immediate)?, ..slot }, Next::On(following))
            }
            Effect::UpperPc => match small(here.wrapping_add(part.immediate)) {
                Some(value) => (constant(value), Next::On(following)),
                None => return Some(Next::Leave),
            },
            Effect::Jump => match within(here.wrapping_add(part.immediate)) {
                Some(_) if rd == NOWHERE => {
                    return Some(Next::On(here.wrapping_add(part.immediate)));
                }
                Some(_) => {
                    let target = here.wrapping_add(part.immediate);
                    (constant(small(following)?), Next::On(target))
                }
                None => return Some(Next::Leave),
            },
            Effect::Branch(_) => match within(here.wrapping_add(part.immediate)) {
                Some(target) => {
                    let slot = Slot { immediate: target, cycles: after, ..slot };
                    (slot, Next::On(following))
                }
                None => return Some(Next::Leave),
            },
            Effect::JumpRegister => {
                // The return address stands where other instructions have their own.
                let address = u32::try_from(following).ok()?;
                let immediate = small(part.immediate)?;
                // Version 0 reads the register after that.
                if self.machine.version == Version::V0 && part.rd == part.rs1 && part.rd != 0 {
                    return Some(Next::Leave);
                }
                (Slot { address, immediate, cycles: after, ..slot }, Next::End)
            }
            Effect::Nothing | Effect::Call => return Some(Next::Leave),
        };
        self.slots.push(slot);
        Some(next)
    }

    /// Runs from a block on for as long as the next one is known.
    fn follow(&mut self, block: u32, registers: &mut Registers) -> Stop {
        let (slots, blocks, links) = (&*self.slots, &*self.blocks, &*self.links);
        let (memory, max_cycles) = (&mut self.machine.memory, self.machine.max_cycles);
        let mut cycles = self.machine.cycles;
        let named = |number: u32| {
            let place = usize::try_from(number).unwrap_or_default();
            blocks.get(place).unwrap_or(&NONE)
        };
        let mut block = named(block);
        loop {
            if max_cycles.checked_sub(cycles).is_none_or(|left| left < block.cycles) {
                return Stop { exit: None, address: block.address, cycles };
            }
            let exit = execute(slots, block.first, memory, registers);
            cycles = cycles.saturating_add(exit.cycles);
            if exit.leaves {
                return Stop { exit: None, address: exit.address, cycles };
            }
            block = named(links.get(exit.slot).copied().unwrap_or_default());
            if block.address != exit.address {
                return Stop { exit: Some(exit.slot), address: exit.address, cycles };
            }
        }
    }
}

impl Slot {
    fn new(op: Op, address: u32) -> Self {
        Self { op, rd: NOWHERE, rs1: 0, rs2: 0, immediate: 0, address, cycles: 0 }
    }
}

/// How a block has been left.
struct Exit {
    slot: usize,
    address: u64,
    cycles: u64,
    /// Whether a step must decide.
    leaves: bool,
}

/// Runs a block.
#[inline]
fn execute(slots: &[Slot], first: usize, memory: &mut Memory, registers: &mut Registers) -> Exit {
    let mut at = first;
    loop {
        let Some(slot) = slots.get(at) else { return Exit::leave(at, &Slot::new(Op::Ecall, 0)) };
        let (a, b) = (registers.get(slot.rs1), registers.get(slot.rs2));
        let i = i64::from(slot.immediate).cast_unsigned();
        let sum = a.wrapping_add(i);
        macro_rules! load {
            ($width:literal, $value:expr) => {
                match memory.load::<$width>(sum) {
                    Ok(octets) => $value(octets),
                    Err(_) => return Exit::leave(at, slot),
                }
            };
        }
        macro_rules! store {
            ($width:literal) => {{
                let stored = b.to_le_bytes().first_chunk::<$width>().copied();
                if memory.store(sum, stored.unwrap_or([0; $width])).is_err() {
                    return Exit::leave(at, slot);
                }
                at = at.wrapping_add(1);
                continue;
            }};
        }
        macro_rules! branch {
            ($holds:ident) => {{
                if $holds(a, b) {
                    return Exit::to(at, slot, i);
                }
                at = at.wrapping_add(1);
                continue;
            }};
        }
        let value = match slot.op {
            Op::Lui => i,
            Op::Jal => return Exit::to(at, slot, i),
            Op::Jalr => {
                registers.set(slot.rd, slot.address.into());
                return Exit::to(at, slot, sum & !1);
            }
            Op::Auipc | Op::Fence | Op::FenceI | Op::Ecall | Op::Ebreak => {
                return Exit::leave(at, slot);
            }
            Op::Beq => branch!(eq),
            Op::Bne => branch!(ne),
            Op::Blt => branch!(lt),
            Op::Bge => branch!(ge),
            Op::Bltu => branch!(ltu),
            Op::Bgeu => branch!(geu),
            Op::Lb => load!(1, |[o]: [u8; 1]| i64::from(o.cast_signed()).cast_unsigned()),
            Op::Lh => load!(2, |o| i64::from(i16::from_le_bytes(o)).cast_unsigned()),
            Op::Lw => load!(4, |o| extend(u32::from_le_bytes(o))),
            Op::Ld => load!(8, u64::from_le_bytes),
            Op::Lbu => load!(1, |[o]: [u8; 1]| u64::from(o)),
            Op::Lhu => load!(2, |o| u64::from(u16::from_le_bytes(o))),
            Op::Lwu => load!(4, |o| u64::from(u32::from_le_bytes(o))),
            Op::Sb => store!(1),
            Op::Sh => store!(2),
            Op::Sw => store!(4),
            Op::Sd => store!(8),
            Op::Addi => add(a, i),
            Op::Slti => slt(a, i),
            Op::Sltiu => sltu(a, i),
            Op::Xori => xor(a, i),
            Op::Ori => or(a, i),
            Op::Andi => and(a, i),
            Op::Slli => sll(a, i),
            Op::Srli => srl(a, i),
            Op::Srai => sra(a, i),
            Op::Add => add(a, b),
            Op::Sub => sub(a, b),
            Op::Sll => sll(a, b),
            Op::Slt => slt(a, b),
            Op::Sltu => sltu(a, b),
            Op::Xor => xor(a, b),
            Op::Srl => srl(a, b),
            Op::Sra => sra(a, b),
            Op::Or => or(a, b),
            Op::And => and(a, b),
            Op::Addiw => addw(a, i),
            Op::Slliw => sllw(a, i),
            Op::Srliw => srlw(a, i),
            Op::Sraiw => sraw(a, i),
            Op::Addw => addw(a, b),
            Op::Subw => subw(a, b),
            Op::Sllw => sllw(a, b),
            Op::Srlw => srlw(a, b),
            Op::Sraw => sraw(a, b),
            Op::Mul => mul(a, b),
            Op::Mulh => mulh(a, b),
            Op::Mulhsu => mulhsu(a, b),
            Op::Mulhu => mulhu(a, b),
            Op::Div => div(a, b),
            Op::Divu => divu(a, b),
            Op::Rem => rem(a, b),
            Op::Remu => remu(a, b),
            Op::Mulw => mulw(a, b),
            Op::Divw => divw(a, b),
            Op::Divuw => divuw(a, b),
            Op::Remw => remw(a, b),
            Op::Remuw => remuw(a, b),
            Op::AddUw => add_uw(a, b),
            Op::Sh1add => sh1add(a, b),
            Op::Sh2add => sh2add(a, b),
            Op::Sh3add => sh3add(a, b),
            Op::Sh1addUw => sh1add_uw(a, b),
            Op::Sh2addUw => sh2add_uw(a, b),
            Op::Sh3addUw => sh3add_uw(a, b),
            Op::SlliUw => slli_uw(a, i),
            Op::Andn => andn(a, b),
            Op::Orn => orn(a, b),
            Op::Xnor => xnor(a, b),
            Op::Clz => clz(a, b),
            Op::Clzw => clzw(a, b),
            Op::Ctz => ctz(a, b),
            Op::Ctzw => ctzw(a, b),
            Op::Cpop => cpop(a, b),
            Op::Cpopw => cpopw(a, b),
            Op::Max => max(a, b),
            Op::Maxu => maxu(a, b),
            Op::Min => min(a, b),
            Op::Minu => minu(a, b),
            Op::SextB => sext_b(a, b),
            Op::SextH => sext_h(a, b),
            Op::ZextH => zext_h(a, b),
            Op::Rol => rol(a, b),
            Op::Rolw => rolw(a, b),
            Op::Ror => ror(a, b),
            Op::Rori => ror(a, i),
            Op::Roriw => rorw(a, i),
            Op::Rorw => rorw(a, b),
            Op::OrcB => orc_b(a, b),
            Op::Rev8 => rev8(a, b),
            Op::Clmul => clmul(a, b),
            Op::Clmulh => clmulh(a, b),
            Op::Clmulr => clmulr(a, b),
            Op::Bclr => bclr(a, b),
            Op::Bclri => bclr(a, i),
            Op::Bext => bext(a, b),
            Op::Bexti => bext(a, i),
            Op::Binv => binv(a, b),
            Op::Binvi => binv(a, i),
            Op::Bset => bset(a, b),
            Op::Bseti => bset(a, i),
        };
        registers.set(slot.rd, value);
        at = at.wrapping_add(1);
    }
}

impl Exit {
    fn to(slot: usize, from: &Slot, address: u64) -> Self {
        Self { slot, address, cycles: from.cycles.into(), leaves: false }
    }

    fn leave(slot: usize, at: &Slot) -> Self {
        Self { slot, address: at.address.into(), cycles: at.cycles.into(), leaves: true }
    }
}
