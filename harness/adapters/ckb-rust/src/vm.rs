//! Area `vm`: runs programs on the three engines of `ckb-vm`, set up as in the node's `ckb-script`.

use crate::instruction;
use ckb_hash::blake2b_256;
use ckb_vm::cost_model::estimate_cycles;
use ckb_vm::decoder::build_decoder;
use ckb_vm::elf::parse_elf;
use ckb_vm::machine::asm::AsmMachine;
use ckb_vm::machine::{VERSION0, VERSION1, VERSION2};
use ckb_vm::memory::{FLAG_EXECUTABLE, FLAG_FREEZED, round_page_down, round_page_up};
use ckb_vm::{
    Bytes, CoreMachine, DefaultCoreMachine, DefaultMachine, DefaultMachineBuilder,
    DefaultMachineRunner, Error, ISA_B, ISA_IMC, ISA_MOP, Memory, RISCV_MAX_MEMORY, SparseMemory,
    SupportMachine, TraceMachine, WXorXMemory,
};
use ckbspec_protocol::Answer;
use ckbspec_protocol::message::VmVersion;
use ckbspec_protocol::operations::{
    DecodeInstructionIn, DecodeInstructionOut, Encodings, LegalIn, LegalOut, RunIn, RunOut,
};
use ckbspec_protocol::values::{FixedBytes, Uint32, Uint64};
use std::str::FromStr;

/// The engines that execute programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// It executes one instruction at a time: `DefaultMachine`.
    Interpreter,
    /// It executes blocks, in Rust: `TraceMachine`.
    Trace,
    /// It executes blocks, in assembly; released nodes use it: `AsmMachine`.
    #[default]
    Assembly,
}

impl Engine {
    /// The name of the client with this engine. The assembly engine is the node's.
    pub(crate) fn client(self) -> &'static str {
        match self {
            Self::Interpreter => "ckb-vm-interpreter",
            Self::Trace => "ckb-vm-trace",
            Self::Assembly => "ckb-rust",
        }
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "interpreter" => Ok(Self::Interpreter),
            "trace" => Ok(Self::Trace),
            "asm" => Ok(Self::Assembly),
            _ => Err(format!("no engine `{name}`: there are interpreter, trace and asm")),
        }
    }
}

/// The memory of the engines in Rust, as `ckb-script` builds them.
type RustMemory = WXorXMemory<SparseMemory<u64>>;
type RustCore = DefaultCoreMachine<u64, RustMemory>;

pub(crate) fn run(engine: Engine, version: VmVersion, input: &RunIn) -> Answer {
    answer(match engine {
        Engine::Interpreter => run_on::<DefaultMachine<RustCore>>(version, input),
        Engine::Trace => run_on::<TraceMachine<RustCore>>(version, input),
        Engine::Assembly => run_on::<AsmMachine>(version, input),
    })
}

/// The steps in which the node's scheduler loads and runs a program that never spawns.
fn run_on<M>(version: VmVersion, input: &RunIn) -> Result<RunOut, Error>
where
    M: DefaultMachineRunner,
    M::Inner: CoreMachine<REG = u64>,
{
    let core = M::Inner::new(isa(version), number(version), u64::MAX);
    let builder = DefaultMachineBuilder::new(core);
    let mut machine = M::new(builder.instruction_cycle_func(Box::new(estimate_cycles)).build());
    let program = Bytes::copy_from_slice(&input.program.0);
    let metadata = parse_elf::<u64>(&program, number(version))?;
    let arguments = input.arguments.iter().map(|bytes| Ok(Bytes::copy_from_slice(&bytes.0)));
    let loaded = machine.load_program_with_metadata(&program, &metadata, arguments)?;
    if input.charge_load {
        // `transferred_byte_cycles` of `ckb-script`. The limit is set after this charge.
        machine.inner_mut().add_cycles_no_checking(loaded.div_ceil(4))?;
    }
    machine.inner_mut().set_max_cycles(input.max_cycles.0);
    let result = machine.run();
    let cycles = machine.machine().cycles();
    // The scheduler subtracts the used cycles from the limit before it checks the result.
    if cycles > input.max_cycles.0 {
        return Err(Error::CyclesExceeded);
    }
    let exit_code = Uint32(u32::from(result?.cast_unsigned()));
    let mut out = RunOut { exit_code, cycles: Uint64(cycles), registers: None, memory: None };
    if input.state {
        let core = machine.inner_mut();
        out.registers = Some(core.registers().iter().copied().map(Uint64).collect());
        let size = u64::try_from(RISCV_MAX_MEMORY).unwrap_or(u64::MAX);
        let memory = core.memory_mut().load_bytes(0, size)?;
        out.memory = Some(FixedBytes(blake2b_256(&memory)));
    }
    Ok(out)
}

/// Decodes with fusion, as when a program is executed at this address.
pub(crate) fn decode(version: VmVersion, input: &DecodeInstructionIn) -> Answer {
    let Ok(mut memory) = executable(&input.code.0, input.address.0) else {
        return Answer::fault("the code does not fit into memory");
    };
    answer(decode_at(version, &mut memory, input.address.0))
}

fn decode_at(
    version: VmVersion,
    memory: &mut RustMemory,
    address: u64,
) -> Result<DecodeInstructionOut, Error> {
    let mut decoder = build_decoder::<u64>(isa(version), number(version));
    instruction::describe(decoder.decode(memory, address)?)
}

/// Memory whose only executable pages are those of the code; the other bytes are zero.
fn executable(code: &[u8], address: u64) -> Result<RustMemory, Error> {
    let mut memory = RustMemory::new();
    let start = round_page_down(address);
    let offset = address.saturating_sub(start);
    let length = u64::try_from(code.len()).map_err(|_| Error::MemOutOfBound)?;
    let end = offset.checked_add(length).filter(|end| *end <= u64::from(u32::MAX));
    let size = round_page_up(end.ok_or(Error::MemOutOfBound)?);
    let flags = FLAG_EXECUTABLE | FLAG_FREEZED;
    memory.init_pages(start, size, flags, Some(Bytes::copy_from_slice(code)), offset)?;
    Ok(memory)
}

/// How many encodings are written to memory at a time.
const LEGAL_AT_ONCE: usize = 1 << 16;

/// Decodes one encoding after another, without fusion.
pub(crate) fn legal(version: VmVersion, input: &LegalIn) -> Answer {
    let (first, set) = (input.first.0, input.encodings);
    let end = first.checked_add(input.count.0).filter(|end| *end <= size(set));
    let Some(end) = end else {
        return Answer::fault("the range exceeds the set of encodings");
    };
    let numbers: Vec<u32> = (first..end).collect();
    let mut legal = Vec::new();
    for numbers in numbers.chunks(LEGAL_AT_ONCE) {
        let Ok(are) = are_legal(version, set, numbers) else {
            return Answer::fault("the encodings do not fit into memory");
        };
        legal.extend(are);
    }
    Answer::accept(LegalOut { legal: runs(legal) })
}

/// Those of the encodings that are instructions. Each is at its own address, because the decoder
/// caches the result for an address.
fn are_legal(version: VmVersion, set: Encodings, numbers: &[u32]) -> Result<Vec<u32>, Error> {
    let words = numbers.iter().map(|number| encoding(set, *number));
    let code: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
    let mut memory = executable(&code, 0)?;
    let mut decoder = build_decoder::<u64>(isa(version) & !ISA_MOP, number(version));
    let mut legal = Vec::new();
    for (number, at) in numbers.iter().zip((0_u64..).step_by(4)) {
        match decoder.decode(&mut memory, at) {
            Ok(_) => legal.push(*number),
            Err(Error::InvalidInstruction { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(legal)
}

const fn size(set: Encodings) -> u32 {
    match set {
        Encodings::Compressed => 3 << 14,
        Encodings::Full => 1 << 20,
    }
}

/// The encoding with this number.
fn encoding(set: Encodings, number: u32) -> u32 {
    let field = |from: u32, mask: u32, to: u32| ((number >> from) & mask) << to;
    match set {
        Encodings::Compressed => (number & 0x3fff) << 2 | number >> 14,
        Encodings::Full => {
            let registers = 1 << 7 | 1 << 15;
            0b11 | field(15, 0x1f, 2)
                | field(12, 0x7, 12)
                | field(0, 0x1f, 20)
                | field(5, 0x7f, 25)
                | registers
        }
    }
}

/// Converts ascending numbers to runs: first and last number of each.
fn runs(numbers: Vec<u32>) -> Vec<(Uint32, Uint32)> {
    let mut runs: Vec<(Uint32, Uint32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.0.checked_add(1) == Some(number) => last.0 = number,
            _ => runs.push((Uint32(number), Uint32(number))),
        }
    }
    runs
}

/// The instruction set of a version, as in `ckb-script`.
fn isa(version: VmVersion) -> u8 {
    match version {
        VmVersion::V0 => ISA_IMC,
        VmVersion::V1 | VmVersion::V2 => ISA_IMC | ISA_B | ISA_MOP,
    }
}

fn number(version: VmVersion) -> u32 {
    match version {
        VmVersion::V0 => VERSION0,
        VmVersion::V1 => VERSION1,
        VmVersion::V2 => VERSION2,
    }
}

fn answer<T: serde::Serialize>(result: Result<T, Error>) -> Answer {
    let error = match result {
        Ok(out) => return Answer::accept(out),
        Err(error) => error,
    };
    let class = match error {
        Error::CyclesExceeded | Error::CyclesOverflow => "vm.cycles",
        Error::ElfBits
        | Error::ElfParseError(_)
        | Error::ElfSegmentUnreadable
        | Error::ElfSegmentWritableAndExecutable
        | Error::ElfSegmentAddrOrSizeError => "vm.elf",
        Error::MemOutOfBound => "vm.bounds",
        Error::MemWriteOnExecutablePage => "vm.permission",
        Error::MemWriteOnFreezedPage => "vm.frozen",
        Error::MemPageUnalignedAccess => "vm.page-align",
        Error::MemOutOfStack => "vm.stack",
        Error::InvalidInstruction { .. } => "vm.illegal",
        Error::InvalidEcall(_) => "vm.no-syscall",
        other => return Answer::fault(format!("{other:?}")),
    };
    Answer::reject(Some(class), format!("{error:?}"))
}

#[cfg(test)]
mod tests;
