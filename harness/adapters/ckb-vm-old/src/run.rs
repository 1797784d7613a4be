//! `vm.run` on the two engines of the client.

use crate::cost;
use ckb_hash::blake2b_256;
use ckb_vm::machine::asm::{AsmCoreMachine, AsmMachine};
use ckb_vm::machine::{DefaultCoreMachine, VERSION0};
use ckb_vm::{
    Bytes, CoreMachine, DefaultMachine, DefaultMachineBuilder, Error, ISA_B, ISA_IMC, ISA_MOP,
    Memory, RISCV_MAX_MEMORY, SparseMemory, SupportMachine, TraceMachine, WXorXMemory,
};
use ckbspec_protocol::Answer;
use ckbspec_protocol::operations::{RunIn, RunOut};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint64};
use std::str::FromStr;

/// The engines that execute programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// It executes blocks, in Rust.
    Trace,
    /// It executes blocks, in assembly.
    #[default]
    Assembly,
}

impl Engine {
    /// The name of the client with this engine.
    pub(crate) fn client(self) -> &'static str {
        match self {
            Self::Trace => "ckb-vm-old-trace",
            Self::Assembly => "ckb-vm-old",
        }
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "trace" => Ok(Self::Trace),
            "asm" => Ok(Self::Assembly),
            _ => Err(format!("no engine `{name}`: there are trace and asm")),
        }
    }
}

/// The common functions of the two engines, for which this `ckb-vm` has no trait.
trait Runner {
    type Inner: SupportMachine<REG = u64>;
    fn machine(&mut self) -> &mut DefaultMachine<'static, Self::Inner>;
    fn limit(&mut self, max_cycles: u64);
    fn run(&mut self) -> Result<i8, Error>;
}

type RustCore = DefaultCoreMachine<u64, WXorXMemory<SparseMemory<u64>>>;

impl Runner for TraceMachine<'static, RustCore> {
    type Inner = RustCore;

    fn machine(&mut self) -> &mut DefaultMachine<'static, RustCore> {
        &mut self.machine
    }

    fn limit(&mut self, max_cycles: u64) {
        self.machine.inner_mut().set_max_cycles(max_cycles);
    }

    fn run(&mut self) -> Result<i8, Error> {
        TraceMachine::run(self)
    }
}

impl Runner for AsmMachine<'static> {
    type Inner = Box<AsmCoreMachine>;

    fn machine(&mut self) -> &mut DefaultMachine<'static, Box<AsmCoreMachine>> {
        &mut self.machine
    }

    fn limit(&mut self, max_cycles: u64) {
        self.set_max_cycles(max_cycles);
    }

    fn run(&mut self) -> Result<i8, Error> {
        AsmMachine::run(self)
    }
}

pub(crate) fn run(engine: Engine, version: u32, input: &RunIn) -> Result<Answer, Error> {
    let isa = if version == VERSION0 { ISA_IMC } else { ISA_IMC | ISA_B | ISA_MOP };
    Ok(Answer::accept(match engine {
        Engine::Trace => {
            let core = RustCore::new(isa, version, u64::MAX);
            run_on(TraceMachine::new(counting(core)), input)?
        }
        Engine::Assembly => {
            let core = AsmCoreMachine::new(isa, version, u64::MAX);
            run_on(AsmMachine::new(counting(core), None), input)?
        }
    }))
}

fn counting<Inner: SupportMachine>(core: Inner) -> DefaultMachine<'static, Inner> {
    DefaultMachineBuilder::new(core).instruction_cycle_func(Box::new(cost::cycles)).build()
}

/// The steps of today's scheduler, where this client has them.
fn run_on(mut runner: impl Runner, input: &RunIn) -> Result<RunOut, Error> {
    let program = Bytes::copy_from_slice(&input.program.0);
    let bytes = input.arguments.iter().map(|bytes| Bytes::copy_from_slice(&bytes.0));
    let arguments: Vec<Bytes> = bytes.collect();
    let loaded = runner.machine().load_program(&program, &arguments)?;
    if input.charge_load {
        runner.machine().inner_mut().add_cycles_no_checking(loaded.div_ceil(4))?;
    }
    runner.limit(input.max_cycles.0);
    let result = runner.run();
    let core = runner.machine().inner_mut();
    let cycles = core.cycles();
    if cycles > input.max_cycles.0 {
        return Err(Error::InvalidCycles);
    }
    let exit_code = Uint32(u32::from(result?.cast_unsigned()));
    let mut out = RunOut { exit_code, cycles: Uint64(cycles), registers: None, memory: None };
    if input.state {
        out.registers = Some(core.registers().iter().copied().map(Uint64).collect());
        out.memory = Some(FixedBytes(blake2b_256(memory(core)?)));
    }
    Ok(out)
}

/// All memory, read in the way of a system call.
fn memory(core: &mut impl SupportMachine<REG = u64>) -> Result<Vec<u8>, Error> {
    let end = u64::try_from(RISCV_MAX_MEMORY).map_err(|_| Error::Unexpected)?;
    let bytes = (0..end).map(|address| core.memory_mut().load8(&address));
    bytes.map(|byte| byte.map(|byte| byte.to_le_bytes()[0])).collect()
}
