//! The same machine, fast: programs run in blocks that are decoded once.
//!
//! This file exists for speed alone and defines nothing: [`super::machine`] is the definition, and
//! tests hold the two together, at every limit of cycles. What is faster here:
//!
//! - A block is decoded, fused and priced once, and its cycles are taken at once. It goes on
//!   through jumps whose target is known, and past branches; each exit knows what has been spent
//!   up to there.
//! - Each instruction calls the next one, so that the processor learns what follows what. A
//!   compiler that optimises makes jumps of the calls; with any other the depth is that of a block.
//! - Where a block leads is remembered at its exits.
//! - Executable pages do not change, so that a block stays right for as long as the machine lives.
//!
//! All that is rare is left to a step of the machine, which decides: system calls, faults, odd
//! addresses, and a block that the cycles left may not suffice for.

use super::Version;
use super::decode::Decoded;
use super::handlers::{self, Context, NOWHERE, Slot};
use super::instructions::Effect;
use super::machine::{Machine, Run};
use super::memory::{MEMORY_SIZE, PAGE_SIZE};
use crate::Violation;

/// The most items of a block.
const ITEMS: u32 = 32;

/// The most instructions that are kept; then all are forgotten.
const SLOTS: usize = 1 << 18;

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

/// What is known of a slot and seldom asked for.
#[derive(Clone, Copy)]
struct Place {
    /// Where a step goes on that is left here; of `jalr`, the address that it returns to.
    address: u64,
    /// What the block has cost when it is left here.
    cycles: u32,
    /// The block that was last entered from here.
    link: u32,
}

/// A machine that runs in blocks.
pub struct Engine {
    machine: Machine,
    /// The number of the block at each even address, by page; 0 where there is none yet.
    pages: Vec<Option<Box<[u32; 2048]>>>,
    blocks: Vec<Block>,
    slots: Vec<Slot>,
    /// As many.
    places: Vec<Place>,
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

impl Engine {
    /// An engine for a machine, wherever it stands.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        let pages = vec![None; 1024];
        Self { machine, pages, blocks: vec![NONE], slots: vec![], places: vec![] }
    }

    /// An engine for another program, in the memory that this one has left behind.
    ///
    /// # Errors
    /// The rule that loading breaks: that of [`Machine::load`].
    pub fn load_again(mut self, run: &Run<'_>) -> Result<Self, Violation> {
        self.forget();
        Ok(Self { machine: self.machine.load_again(run)?, ..self })
    }

    /// Forgets all blocks.
    fn forget(&mut self) {
        self.pages.fill(None);
        self.blocks.truncate(1);
        self.slots.clear();
        self.places.clear();
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
        loop {
            let stop = self.follow(block);
            (self.machine.pc, self.machine.cycles) = (stop.address, stop.cycles);
            let next = stop.exit.and_then(|exit| Some((exit, self.block_at(stop.address)?)));
            let Some((exit, next)) = next else { return };
            if let Some(place) = self.places.get_mut(exit) {
                place.link = next;
            }
            block = next;
        }
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
            self.forget();
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
        let (mut address, mut spent, mut leaves) = (start, 0_u32, false);
        for _ in 0..ITEMS {
            let Ok(item) = self.machine.item_at(address) else {
                leaves = true;
                break;
            };
            let after = spent.saturating_add(item.cycles);
            let (mut next, mut here) = (Next::Leave, address);
            for part in item.parts() {
                next = self.emit(part, here, spent, after)?;
                if matches!(next, Next::Leave) {
                    break;
                }
                here = here.wrapping_add(part.length.into());
            }
            match next {
                Next::On(to) => (address, spent) = (to, after),
                Next::End => return Some(Block { address: start, first, cycles: after.into() }),
                Next::Leave => {
                    leaves = true;
                    break;
                }
            }
        }
        if self.slots.len() == first && leaves {
            return None;
        }
        let last = if leaves { Slot::LEAVES } else { Slot::GOES_ON };
        self.push(Slot { immediate: i32::try_from(address).ok()?, ..last }, address, spent);
        Some(Block { address: start, first, cycles: spent.into() })
    }

    fn push(&mut self, slot: Slot, address: u64, cycles: u32) {
        self.slots.push(slot);
        self.places.push(Place { address, cycles, link: 0 });
    }

    /// Adds an instruction to the block at the end; only the first part of an item can leave.
    fn emit(&mut self, part: &Decoded, here: u64, before: u32, after: u32) -> Option<Next> {
        let following = here.wrapping_add(part.length.into());
        let small = |value: u64| i32::try_from(value.cast_signed()).ok();
        let target = here.wrapping_add(part.immediate);
        let rd = if part.rd == 0 { NOWHERE } else { part.rd };
        let slot = Slot {
            run: handlers::handler(part.instruction.op),
            immediate: small(part.immediate)?,
            rd,
            rs1: part.rs1,
            rs2: part.rs2,
        };
        let constant = |value| Slot { run: handlers::constant(), immediate: value, ..slot };
        match part.instruction.effect {
            Effect::Compute(_) | Effect::Upper if rd == NOWHERE => {}
            Effect::Nothing => {}
            Effect::Compute(_) | Effect::Upper | Effect::Load(..) | Effect::Store(_) => {
                self.push(slot, here, before);
            }
            Effect::UpperPc => match small(target) {
                Some(value) => self.push(constant(value), here, before),
                None => return Some(Next::Leave),
            },
            Effect::Jump | Effect::Branch(_) if target >= MEMORY_SIZE => return Some(Next::Leave),
            Effect::Jump => {
                if rd != NOWHERE {
                    self.push(constant(small(following)?), here, before);
                }
                return Some(Next::On(target));
            }
            Effect::Branch(_) => self.push(Slot { immediate: small(target)?, ..slot }, here, after),
            // Version 0 reads the register after it has written the return address.
            Effect::JumpRegister if self.machine.version == Version::V0 && part.rd == part.rs1 => {
                return Some(Next::Leave);
            }
            Effect::JumpRegister => {
                self.push(slot, following, after);
                return Some(Next::End);
            }
            Effect::Call => return Some(Next::Leave),
        }
        Some(Next::On(following))
    }

    /// Runs from a block on for as long as the next one is known.
    fn follow(&mut self, block: u32) -> Stop {
        let mut context = Context::new(&self.machine.registers, &mut self.machine.memory);
        let (slots, blocks, places) = (&*self.slots, &*self.blocks, &*self.places);
        let (mut cycles, max_cycles) = (self.machine.cycles, self.machine.max_cycles);
        let named = |number: u32| {
            let place = usize::try_from(number).unwrap_or_default();
            blocks.get(place).unwrap_or(&NONE)
        };
        let mut block = named(block);
        let (exit, address) = loop {
            if max_cycles.checked_sub(cycles).is_none_or(|left| left < block.cycles) {
                break (None, block.address);
            }
            let code = slots.get(block.first..).unwrap_or_default();
            let exit = slots.len().saturating_sub(handlers::run(&mut context, code));
            let Some(place) = places.get(exit) else { break (None, block.address) };
            cycles = cycles.saturating_add(place.cycles.into());
            if context.leaves {
                break (None, place.address);
            }
            if context.links != NOWHERE {
                context.set(context.links, place.address);
                context.links = NOWHERE;
            }
            block = named(place.link);
            if block.address != context.target {
                break (Some(exit), context.target);
            }
        };
        self.machine.registers = context.registers();
        Stop { exit, address, cycles }
    }
}
