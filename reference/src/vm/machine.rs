//! A machine, and one step of it: the definition of what a program does.
//!
//! A step fetches, decodes, fuses, charges and executes, as the chapter states it.
//! [`super::engine`] is faster and must give the same results.

use super::compressed::expand;
use super::decode::{Decoded, decode};
use super::elf::Program;
use super::fusion::{Step, fuse};
use super::instructions::Effect;
use super::memory::{MEMORY_SIZE, Mapping, Memory, PAGE_SIZE};
use super::stack;
use super::version::Version;
use crate::{RuleId, Violation};

/// The system call that ends a program.
const EXIT: u64 = 93;

// Registers with a special use.
const SP: u8 = 2;
const A0: u8 = 10;
const A7: u8 = 17;

/// A machine with a program loaded.
//= VM-001
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub(super) version: Version,
    /// x0 to x31; x0 is always zero.
    pub registers: [u64; 32],
    /// The address of the next instruction.
    pub pc: u64,
    /// The memory.
    pub memory: Memory,
    /// The cycles charged so far.
    pub cycles: u64,
    /// The greatest number of cycles that may be charged.
    pub max_cycles: u64,
}

/// A program, and everything that its run depends on.
#[derive(Clone, Copy, Debug)]
pub struct ProgramRun<'a> {
    /// The version of the machine.
    pub version: Version,
    /// The program, an ELF file.
    pub program: &'a [u8],
    /// Its arguments, without their final zero bytes.
    pub arguments: &'a [Vec<u8>],
    /// The greatest number of cycles that may be charged.
    pub max_cycles: u64,
    /// Whether loading costs cycles, as it does on chain.
    pub charge_load: bool,
}

impl Machine {
    /// A machine with a program loaded, before its first instruction.
    ///
    /// # Errors
    /// The rule that the file or the arguments break.
    pub fn load(run: &ProgramRun<'_>) -> Result<Self, Violation> {
        Self::load_in(Memory::new(run.version), run)
    }

    /// A machine with another program loaded, which reuses this one's memory.
    ///
    /// # Errors
    /// The same as [`Machine::load`].
    pub fn load_again(self, run: &ProgramRun<'_>) -> Result<Self, Violation> {
        let mut memory = self.memory;
        memory.wipe(run.version);
        Self::load_in(memory, run)
    }

    fn load_in(mut memory: Memory, run: &ProgramRun<'_>) -> Result<Self, Violation> {
        let version = run.version;
        let program = Program::parse(run.program, version)?;
        program.load(&mut memory, version)?;
        let stack_pointer = stack::initialise(&mut memory, version, run.arguments)?;
        //= VM-001
        let registers = [0; 32];
        //= VM-052
        let bytes = program.charged().saturating_add(MEMORY_SIZE.saturating_sub(stack_pointer));
        let cycles = if run.charge_load { bytes.div_ceil(4) } else { 0 };
        //= VM-043
        let pc = program.entry;
        let mut machine =
            Self { version, registers, pc, memory, cycles, max_cycles: run.max_cycles };
        machine.set(SP, stack_pointer);
        Ok(machine)
    }

    /// A machine that is about to execute the code at `address`, the only code in its memory;
    /// `None` if the code does not fit in memory.
    #[must_use]
    pub fn with_code(version: Version, code: &[u8], address: u64) -> Option<Self> {
        let mut memory = Memory::new(version);
        memory.map(&Mapping::of_code(code, address)?).ok()?;
        let (registers, max_cycles) = ([0; 32], u64::MAX);
        Some(Self { version, registers, pc: address, memory, cycles: 0, max_cycles })
    }

    /// Runs the program to its end and returns its exit code.
    ///
    /// # Errors
    /// The rule that the program breaks.
    pub fn run(&mut self) -> Result<i8, Violation> {
        loop {
            if let Some(code) = self.step()? {
                return Ok(code);
            }
        }
    }

    /// Executes one instruction or one fused operation; returns the exit code if the program exits.
    ///
    /// # Errors
    /// The rule that the program breaks.
    pub fn step(&mut self) -> Result<Option<i8>, Violation> {
        // Loading alone may exceed the limit of cycles.
        self.charge(0)?;
        let step = self.next_step()?;
        self.charge(step.cycles.into())?;
        for part in step.parts() {
            if let Some(code) = self.execute(part)? {
                return Ok(Some(code));
            }
        }
        Ok(None)
    }

    /// The step at the program counter.
    ///
    /// # Errors
    /// When its instruction cannot be fetched or is illegal.
    pub fn next_step(&self) -> Result<Step, Violation> {
        self.step_at(self.pc)
    }

    /// The step at an address.
    pub(super) fn step_at(&self, start: u64) -> Result<Step, Violation> {
        let head = self.decode(start)?;
        let mut address = start;
        let mut length = u64::from(head.length);
        let following = std::iter::from_fn(|| {
            address = address.wrapping_add(length);
            let next = self.decode(address).ok()?;
            length = next.length.into();
            Some(next)
        });
        Ok(fuse(head, start, self.version, following))
    }

    /// The instruction at an address.
    fn decode(&self, address: u64) -> Result<Decoded, Violation> {
        let at = |rule| Violation::of(rule).with("pc", format_args!("{address:#x}"));
        let bits = self.fetch(address).map_err(at)?;
        let [a, b, ..] = bits.to_le_bytes();
        let decoded = match a & 3 {
            3 => decode(bits, self.version),
            _ => expand(u16::from_le_bytes([a, b]), self.version),
        };
        //= VM-004
        decoded.ok_or_else(|| at(RuleId("VM-004")).with("bits", format_args!("{bits:#010x}")))
    }

    /// The bits of an instruction; the upper 16 are zero if it has two bytes.
    fn fetch(&self, address: u64) -> Result<u32, RuleId> {
        //= VM-002
        if address >= MEMORY_SIZE {
            return Err(RuleId("VM-002"));
        }
        //= VM-003
        let bits = if address % PAGE_SIZE < PAGE_SIZE - 2 {
            u32::from_le_bytes(self.memory.fetch(address)?)
        } else {
            let [a, b] = self.memory.fetch(address)?;
            let [c, d] =
                if a & 3 == 3 { self.memory.fetch(address.wrapping_add(2))? } else { [0, 0] };
            u32::from_le_bytes([a, b, c, d])
        };
        Ok(if bits & 3 == 3 { bits } else { bits & 0xffff })
    }

    /// Charges cycles.
    //= VM-051
    fn charge(&mut self, cycles: u64) -> Result<(), Violation> {
        let sum = self.cycles.checked_add(cycles).filter(|sum| *sum <= self.max_cycles);
        self.cycles = sum.ok_or_else(|| {
            let fault = Violation::of(RuleId("VM-051")).with("limit", self.max_cycles);
            fault.with("charged", self.cycles).with("next", cycles)
        })?;
        Ok(())
    }

    /// The value of a register.
    #[must_use]
    pub fn register(&self, number: u8) -> u64 {
        self.registers.get(usize::from(number)).copied().unwrap_or_default()
    }

    /// Writes a register; x0 stays zero.
    //= VM-001
    fn set(&mut self, number: u8, value: u64) {
        if let Some(register) = self.registers.get_mut(usize::from(number)).filter(|_| number != 0)
        {
            *register = value;
        }
    }

    /// Executes an instruction at the program counter; returns the exit code if the program exits.
    fn execute(&mut self, instruction: &Decoded) -> Result<Option<i8>, Violation> {
        let Decoded { rd, rs1, rs2, immediate, .. } = *instruction;
        let (pc, next) = (self.pc, self.pc.wrapping_add(instruction.length.into()));
        let (a, b) = (self.register(rs1), self.register(rs2));
        let sum = a.wrapping_add(immediate);
        let fault = |rule| Violation::of(rule).with("address", format_args!("{sum:#x}"));
        let mut to = next;
        match instruction.instruction.effect {
            Effect::Compute(operation) => {
                let takes_rs2 = instruction.instruction.operands.has_rs2();
                self.set(rd, operation(a, if takes_rs2 { b } else { immediate }));
            }
            Effect::Load(width, extension) => {
                let value = self.memory.load_value(sum, width, extension).map_err(fault)?;
                self.set(rd, value);
            }
            Effect::Store(width) => self.memory.store_value(sum, width, b).map_err(fault)?,
            Effect::Branch(holds) if holds(a, b) => to = pc.wrapping_add(immediate),
            //= VM-021
            Effect::Branch(_) | Effect::Nothing => {}
            Effect::Jump => {
                self.set(rd, next);
                to = pc.wrapping_add(immediate);
            }
            Effect::JumpRegister => {
                self.set(rd, next);
                //= VM-006
                let base = if self.version == Version::V0 { self.register(rs1) } else { a };
                to = base.wrapping_add(immediate) & !1;
            }
            Effect::Upper => self.set(rd, immediate),
            Effect::UpperPc => self.set(rd, pc.wrapping_add(immediate)),
            Effect::Call => return self.call().map(Some),
        }
        self.pc = to;
        Ok(None)
    }

    /// Makes a system call and returns the exit code: `exit` is the only call so far.
    fn call(&self) -> Result<i8, Violation> {
        let number = self.register(A7);
        //= VM-025
        if number == EXIT {
            let [code, ..] = self.register(A0).to_le_bytes();
            return Ok(code.cast_signed());
        }
        //= VM-026
        Err(Violation::of(RuleId("VM-026")).with("number", number))
    }
}
