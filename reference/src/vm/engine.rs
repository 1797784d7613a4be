//! A fast machine: it decodes programs in blocks, each of them once.
//!
//! This file exists for speed alone and defines nothing: [`super::machine`] is the definition, and
//! tests compare the two, at every limit of cycles. Why it is faster:
//!
//! - The engine decodes and fuses a block once, computes its cost once, and charges its cycles with
//!   one addition. A block continues through jumps whose target is known, and after branches that
//!   are not taken; each exit records the cost of the block up to there.
//! - Each instruction calls the next one, so that each instruction's branch is predicted
//!   separately. With optimisation these calls become jumps; without it, they nest as deep as a
//!   block is long.
//! - Each exit remembers the block that followed it last.
//! - Executable pages do not change, so that a decoded block stays valid.
//!
//! For rare cases the engine calls a step of the machine: system calls, faults, odd addresses, and
//! a block that may cost more than the cycles left.

use super::decode::Decoded;
use super::handlers::{self, Context, NOWHERE, Slot};
use super::instructions::{Effect, Op};
use super::machine::{Machine, ProgramRun};
use super::memory::{MEMORY_SIZE, PAGE_SIZE};
use super::version::Version;
use crate::Violation;

/// The most steps of a block.
const STEPS_MAX: u32 = 32;

/// The greatest number of slots that are kept; beyond it, all blocks are discarded.
const SLOTS_MAX: usize = 1 << 18;

/// A sequence of decoded instructions that are executed one after another.
#[derive(Clone, Copy)]
struct CodeBlock {
    /// The address of its first instruction; for block 0, which is empty, an address outside
    /// memory.
    address: u64,
    /// The index of its first slot.
    first: usize,
    /// The greatest cost that it can have.
    cycles: u64,
}

/// Block 0, which means "no block".
const NO_BLOCK: CodeBlock = CodeBlock { address: u64::MAX, first: 0, cycles: u64::MAX };

/// What the engine needs when a block is left at a slot.
#[derive(Clone, Copy)]
struct SlotExit {
    /// The address at which a step of the machine continues; for `jalr`, its return address.
    address: u64,
    /// The cost of the block up to here.
    cycles: u32,
    /// The number of the block that followed last.
    link: u32,
}

/// A machine that executes blocks of decoded instructions.
pub struct BlockEngine {
    machine: Machine,
    /// For each page, the number of the block at each even address; 0 where there is none yet.
    pages: Vec<Option<Box<[u32; 2048]>>>,
    blocks: Vec<CodeBlock>,
    slots: Vec<Slot>,
    /// One for each slot.
    exits: Vec<SlotExit>,
}

/// How a block continues after an instruction.
enum Next {
    /// With the instruction at an address, in the same block.
    Instruction(u64),
    /// The block ends: the instruction jumps.
    Jump,
    /// The block ends before the instruction: a step of the machine must execute it.
    Step,
}

impl BlockEngine {
    /// An engine that continues from the state of a machine.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        let pages = vec![None; 1024];
        Self { machine, pages, blocks: vec![NO_BLOCK], slots: vec![], exits: vec![] }
    }

    /// An engine for another program, which reuses this one's memory.
    ///
    /// # Errors
    /// The same as [`Machine::load`].
    pub fn load_again(mut self, run: &ProgramRun<'_>) -> Result<Self, Violation> {
        self.forget();
        Ok(Self { machine: self.machine.load_again(run)?, ..self })
    }

    /// Discards all blocks.
    fn forget(&mut self) {
        self.pages.fill(None);
        self.blocks.truncate(1);
        self.slots.clear();
        self.exits.clear();
    }

    /// The machine in its current state.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Runs the program to its end and returns its exit code.
    ///
    /// # Errors
    /// The same as [`Machine::run`].
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

    /// Runs from a block on until a step of the machine must continue.
    fn run_blocks(&mut self, mut block: u32) {
        while let Some(exit) = self.follow(block) {
            let Some(next) = self.block_at(self.machine.pc) else { return };
            if let Some(exit) = self.exits.get_mut(exit) {
                exit.link = next;
            }
            block = next;
        }
    }

    /// The number of the block at an address; `None` where a step of the machine must continue.
    fn block_at(&mut self, address: u64) -> Option<u32> {
        if address >= MEMORY_SIZE || !address.is_multiple_of(2) {
            return None;
        }
        let page = usize::try_from(address / PAGE_SIZE).ok()?;
        let index = usize::try_from(address % PAGE_SIZE / 2).ok()?;
        let known = self.pages.get(page)?.as_ref().and_then(|page| page.get(index));
        if let Some(known) = known.filter(|known| **known != 0) {
            return Some(*known);
        }
        if self.slots.len() > SLOTS_MAX {
            self.forget();
        }
        let block = self.decode_block(address)?;
        let number = u32::try_from(self.blocks.len()).ok()?;
        self.blocks.push(block);
        let page = self.pages.get_mut(page)?.get_or_insert_with(|| Box::new([0; 2048]));
        *page.get_mut(index)? = number;
        Some(number)
    }

    /// Decodes a block; `None` if a step of the machine must execute its first instruction.
    fn decode_block(&mut self, start: u64) -> Option<CodeBlock> {
        let first = self.slots.len();
        let (mut address, mut spent, mut leaves) = (start, 0_u32, false);
        for _ in 0..STEPS_MAX {
            let Ok(step) = self.machine.step_at(address) else {
                leaves = true;
                break;
            };
            let after = spent.saturating_add(step.cycles);
            let (mut next, mut here) = (Next::Step, address);
            for part in step.parts() {
                next = self.emit(part, here, spent, after)?;
                if matches!(next, Next::Step) {
                    break;
                }
                here = here.wrapping_add(part.length.into());
            }
            match next {
                Next::Instruction(to) => (address, spent) = (to, after),
                Next::Jump => {
                    return Some(CodeBlock { address: start, first, cycles: after.into() });
                }
                Next::Step => {
                    leaves = true;
                    break;
                }
            }
        }
        if self.slots.len() == first && leaves {
            return None;
        }
        let last = if leaves { Slot::LEAVE } else { Slot::CONTINUE };
        self.push(Slot { immediate: i32::try_from(address).ok()?, ..last }, address, spent);
        Some(CodeBlock { address: start, first, cycles: spent.into() })
    }

    fn push(&mut self, slot: Slot, address: u64, cycles: u32) {
        self.slots.push(slot);
        self.exits.push(SlotExit { address, cycles, link: 0 });
    }

    /// Appends an instruction to the block that is being decoded. In a fused sequence, only the
    /// first part can return [`Next::Step`].
    fn emit(&mut self, part: &Decoded, here: u64, before: u32, after: u32) -> Option<Next> {
        let following = here.wrapping_add(part.length.into());
        let small = |value: u64| i32::try_from(value.cast_signed()).ok();
        let target = here.wrapping_add(part.immediate);
        let rd = if part.rd == 0 { NOWHERE } else { part.rd };
        let slot = Slot {
            run: handlers::handler(part.op()),
            immediate: small(part.immediate)?,
            rd,
            rs1: part.rs1,
            rs2: part.rs2,
        };
        let constant = |value| Slot { run: handlers::handler(Op::Lui), immediate: value, ..slot };
        match part.instruction.effect {
            Effect::Compute(_) | Effect::Upper if rd == NOWHERE => {}
            Effect::Nothing => {}
            Effect::Compute(_) | Effect::Upper | Effect::Load(..) | Effect::Store(_) => {
                self.push(slot, here, before);
            }
            Effect::UpperPc => match small(target) {
                Some(value) => self.push(constant(value), here, before),
                None => return Some(Next::Step),
            },
            Effect::Jump | Effect::Branch(_) if target >= MEMORY_SIZE => return Some(Next::Step),
            Effect::Jump => {
                if rd != NOWHERE {
                    self.push(constant(small(following)?), here, before);
                }
                return Some(Next::Instruction(target));
            }
            Effect::Branch(_) => self.push(Slot { immediate: small(target)?, ..slot }, here, after),
            // Version 0 reads rs1 after it has written the return address to rd.
            Effect::JumpRegister if self.machine.version == Version::V0 && part.rd == part.rs1 => {
                return Some(Next::Step);
            }
            Effect::JumpRegister => {
                self.push(slot, following, after);
                return Some(Next::Jump);
            }
            Effect::Call => return Some(Next::Step),
        }
        Some(Next::Instruction(following))
    }

    /// Runs from a block on for as long as the exits remember the right next block. Returns the
    /// exit after which the next block must be looked up, or `None` where a step of the machine
    /// must continue.
    fn follow(&mut self, block: u32) -> Option<usize> {
        let mut context = Context::new(&self.machine.registers, &mut self.machine.memory);
        let (slots, blocks, exits) = (&*self.slots, &*self.blocks, &*self.exits);
        let (mut cycles, max_cycles) = (self.machine.cycles, self.machine.max_cycles);
        let numbered = |number: u32| {
            let index = usize::try_from(number).unwrap_or_default();
            blocks.get(index).unwrap_or(&NO_BLOCK)
        };
        let mut block = numbered(block);
        let (unknown, address) = loop {
            if max_cycles.checked_sub(cycles).is_none_or(|left| left < block.cycles) {
                break (None, block.address);
            }
            let code = slots.get(block.first..).unwrap_or_default();
            let slot = slots.len().saturating_sub(handlers::run(&mut context, code));
            let Some(exit) = exits.get(slot) else { break (None, block.address) };
            cycles = cycles.saturating_add(exit.cycles.into());
            if context.leaves {
                break (None, exit.address);
            }
            if context.links != NOWHERE {
                context.set(context.links, exit.address);
                context.links = NOWHERE;
            }
            block = numbered(exit.link);
            if block.address != context.target {
                break (Some(slot), context.target);
            }
        };
        self.machine.registers = context.registers();
        (self.machine.pc, self.machine.cycles) = (address, cycles);
        unknown
    }
}
