//! Operations of the area `vm`.

use super::{Answered, NoOutput, Undefined};
use ckbspec_protocol::Env;
use ckbspec_protocol::message::VmVersion;
use ckbspec_protocol::operations::{
    DecodeInstructionIn, DecodeInstructionOut, Encodings, LegalIn, LegalOut, RunIn, RunOut,
};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint64};
use ckbspec_reference::RuleSet;
use ckbspec_reference::vm::fusion::Step;
use ckbspec_reference::vm::instructions::Operands;
use ckbspec_reference::vm::{
    BlockEngine, Machine, ProgramRun, Version, compressed, decode as full,
};

/// The version of the machine in the type of the reference.
pub const fn vm_version(version: VmVersion) -> Version {
    match version {
        VmVersion::V0 => Version::V0,
        VmVersion::V1 => Version::V1,
        VmVersion::V2 => Version::V2,
    }
}

/// The version that a question is about; without one the operation is not defined.
fn version(env: &Env) -> Result<Version, Undefined> {
    env.vm.map(vm_version).ok_or(Undefined("the question names no version of the VM"))
}

impl Answered for RunIn {
    fn output(&self, env: &Env, _: &RuleSet) -> Result<RunOut, NoOutput> {
        let arguments: Vec<Vec<u8>> = self.arguments.iter().map(|one| one.0.clone()).collect();
        let run = ProgramRun {
            version: version(env)?,
            program: &self.program.0,
            arguments: &arguments,
            max_cycles: self.max_cycles.0,
            charge_load: self.charge_load,
        };
        let mut engine = BlockEngine::new(Machine::load(&run)?);
        let code = engine.run()?;
        let machine = engine.machine();
        Ok(RunOut {
            exit_code: Uint32(code.cast_unsigned().into()),
            cycles: Uint64(machine.cycles),
            registers: self.state.then(|| machine.registers.map(Uint64).to_vec()),
            memory: self.state.then(|| FixedBytes(machine.memory.digest().0)),
        })
    }
}

impl Answered for DecodeInstructionIn {
    fn output(&self, env: &Env, _: &RuleSet) -> Result<DecodeInstructionOut, NoOutput> {
        let machine = Machine::with_code(version(env)?, &self.code.0, self.address.0);
        let machine = machine.ok_or(Undefined("the code is not within memory"))?;
        Ok(decoded(&machine.next_step()?))
    }
}

fn decoded(step: &Step) -> DecodeInstructionOut {
    let alone = step.rest.is_empty().then_some(step.head);
    let operand = |has: fn(Operands) -> bool| alone.filter(|it| has(it.instruction.operands));
    let immediate = operand(|operands| !operands.immediate().is_empty());
    DecodeInstructionOut {
        name: step.name.to_owned(),
        length: Uint32(step.length()),
        cycles: Uint32(step.cycles),
        rd: operand(Operands::has_rd).map(|it| Uint32(it.rd.into())),
        rs1: operand(Operands::has_rs1).map(|it| Uint32(it.rs1.into())),
        rs2: operand(Operands::has_rs2).map(|it| Uint32(it.rs2.into())),
        immediate: immediate.map(|it| Uint64(it.immediate)),
    }
}

impl Answered for LegalIn {
    fn output(&self, env: &Env, _: &RuleSet) -> Result<LegalOut, NoOutput> {
        let version = version(env)?;
        let (all, is_legal): (u32, fn(u32, Version) -> bool) = match self.encodings {
            Encodings::Compressed => (3 << 14, |number, version| {
                let pattern = ((number & 0x3fff) << 2) | (number >> 14);
                u16::try_from(pattern).is_ok_and(|it| compressed::expand(it, version).is_some())
            }),
            Encodings::Full => {
                (1 << 20, |number, version| full::decode(full_encoding(number), version).is_some())
            }
        };
        let beyond = Undefined("the range exceeds the set of encodings");
        let end = self.first.0.checked_add(self.count.0).filter(|end| *end <= all).ok_or(beyond)?;
        let mut legal: Vec<(Uint32, Uint32)> = vec![];
        for number in (self.first.0..end).filter(|number| is_legal(*number, version)) {
            match legal.last_mut() {
                Some((_, last)) if last.0.checked_add(1) == Some(number) => *last = Uint32(number),
                _ => legal.push((Uint32(number), Uint32(number))),
            }
        }
        Ok(LegalOut { legal })
    }
}

/// The instruction with a number in [`Encodings::Full`].
fn full_encoding(number: u32) -> u32 {
    let field = |from: u32, count: u32, to: u32| {
        (number.wrapping_shr(from) & !u32::MAX.wrapping_shl(count)).wrapping_shl(to)
    };
    let registers = (1 << 7) | (1 << 15);
    3 | field(15, 5, 2) | field(12, 3, 12) | field(5, 7, 25) | field(0, 5, 20) | registers
}
