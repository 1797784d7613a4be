//! Measures the reference's VM engine and those of ckb-vm; each run includes a new machine and
//! loading.

use arbitrary::{Arbitrary, Unstructured};
use bytes::Bytes;
use ckb_vm::cost_model::estimate_cycles;
use ckb_vm::machine::asm::{AsmCoreMachine, AsmMachine};
use ckb_vm::machine::{DefaultMachineRunner, SupportMachine, VERSION1};
use ckb_vm::memory::flat::FlatMemory;
use ckb_vm::memory::wxorx::WXorXMemory;
use ckb_vm::{DefaultCoreMachine, DefaultMachineBuilder, ISA_B, ISA_IMC, ISA_MOP, TraceMachine};
use ckbspec_reference::vm::arbitrary::{RandomProgram, bytes};
use ckbspec_reference::vm::{BlockEngine, Machine, ProgramRun, Version};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

/// The core machine of ckb-vm's engines in Rust, with the faster of their memories.
type RustCore = DefaultCoreMachine<u64, WXorXMemory<FlatMemory<u64>>>;

/// The instruction set with which scripts of version 1 run.
const ISA: u8 = ISA_IMC | ISA_B | ISA_MOP;

fn run(program: &[u8]) -> ProgramRun<'_> {
    let (version, max_cycles) = (Version::V1, u64::MAX);
    ProgramRun { version, program, arguments: &[], max_cycles, charge_load: false }
}

fn ours(program: &[u8]) -> u64 {
    let mut engine = BlockEngine::new(Machine::load(&run(program)).unwrap());
    assert_eq!(engine.run().unwrap(), 0);
    engine.machine().cycles
}

/// Runs in the memory of the run before: loading resets what that run changed, and discards its
/// blocks.
fn again(engine: BlockEngine, program: &[u8]) -> BlockEngine {
    let mut engine = engine.load_again(&run(program)).unwrap();
    assert_eq!(engine.run().unwrap(), 0);
    engine
}

/// A program of nine instructions and `ecall`, which measures the start of a machine.
fn ten() -> Vec<u8> {
    let words = [0x13; 8].into_iter().chain([0x05d0_0893, 0x73_u32]);
    let code: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
    let mut elf = vec![0; 120];
    let mut put = |at: usize, bytes: &[u8]| elf[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\x7fELF\x02\x01");
    for (at, value) in
        [(24, 0x1_0000_u64), (32, 64), (72, 120), (80, 0x1_0000), (96, 40), (104, 40)]
    {
        put(at, &value.to_le_bytes());
    }
    put(56, &[1]);
    put(64, &[1, 0, 0, 0, 5]);
    elf.extend(code);
    elf
}

fn interpreter(program: &Bytes) -> u64 {
    let core = RustCore::new(ISA, VERSION1, u64::MAX);
    let builder = DefaultMachineBuilder::new(core);
    let mut machine = builder.instruction_cycle_func(Box::new(estimate_cycles)).build();
    machine.load_program(program, [].into_iter()).unwrap();
    assert_eq!(machine.run().unwrap(), 0);
    machine.cycles()
}

fn trace(program: &Bytes) -> u64 {
    let core = RustCore::new(ISA, VERSION1, u64::MAX);
    let builder = DefaultMachineBuilder::new(core);
    let machine = builder.instruction_cycle_func(Box::new(estimate_cycles)).build();
    let mut machine = TraceMachine::new(machine);
    machine.load_program(program, [].into_iter()).unwrap();
    assert_eq!(machine.run().unwrap(), 0);
    machine.machine.cycles()
}

fn assembly(program: &Bytes) -> u64 {
    let core = <Box<AsmCoreMachine> as SupportMachine>::new(ISA, VERSION1, u64::MAX);
    let builder = DefaultMachineBuilder::new(core);
    let core = builder.instruction_cycle_func(Box::new(estimate_cycles)).build();
    let mut machine = AsmMachine::new(core);
    machine.load_program(program, [].into_iter()).unwrap();
    assert_eq!(machine.run().unwrap(), 0);
    machine.machine.cycles()
}

/// How many steps a program executes; a fused sequence is one step.
fn items(program: &[u8]) -> u64 {
    let mut machine = Machine::load(&run(program)).unwrap();
    let mut count = 0;
    while machine.step().unwrap().is_none() {
        count += 1;
    }
    count + 1
}

fn programs(c: &mut Criterion) {
    let programs: [(&str, &'static [u8]); 3] = [
        ("sieve", include_bytes!("../programs/sieve.elf")),
        ("sha256", include_bytes!("../programs/sha256.elf")),
        ("signature", include_bytes!("../programs/signature.elf")),
    ];
    for (name, program) in programs {
        let bytes = Bytes::from_static(program);
        let cycles = ours(program);
        assert_eq!([interpreter(&bytes), trace(&bytes), assembly(&bytes)], [cycles; 3], "{name}");
        let mut group = c.benchmark_group(format!("vm-{name}"));
        group.throughput(Throughput::Elements(items(program)));
        group.sample_size(10);
        group.bench_function("ours", |b| b.iter(|| ours(black_box(program))));
        group.bench_function("again", |b| {
            let mut engine = Some(BlockEngine::new(Machine::load(&run(program)).unwrap()));
            b.iter(|| engine = engine.take().map(|engine| again(engine, black_box(program))));
        });
        group.bench_function("interpreter", |b| b.iter(|| interpreter(black_box(&bytes))));
        group.bench_function("trace", |b| b.iter(|| trace(black_box(&bytes))));
        group.bench_function("assembly", |b| b.iter(|| assembly(black_box(&bytes))));
        group.finish();
    }
}

fn start(c: &mut Criterion) {
    let program = ten();
    let bytes = Bytes::from(program.clone());
    let mut group = c.benchmark_group("vm-ten");
    group.bench_function("ours", |b| b.iter(|| ours(black_box(&program))));
    group.bench_function("again", |b| {
        let mut engine = Some(BlockEngine::new(Machine::load(&run(&program)).unwrap()));
        b.iter(|| engine = engine.take().map(|engine| again(engine, black_box(&program))));
    });
    group.bench_function("trace", |b| b.iter(|| trace(black_box(&bytes))));
    group.bench_function("assembly", |b| b.iter(|| assembly(black_box(&bytes))));
    group.finish();
}

/// Measures random programs, as fuzzing makes and runs them; their results do not matter.
fn random(c: &mut Criterion) {
    let seeds: Vec<_> = (0..100).map(bytes).collect();
    let mut group = c.benchmark_group("vm-random");
    group.throughput(Throughput::Elements(seeds.len() as u64));
    group.bench_function("again", |b| {
        let mut kept = Some(BlockEngine::new(Machine::load(&run(&ten())).unwrap()));
        b.iter(|| {
            for bytes in &seeds {
                let made = RandomProgram::arbitrary(&mut Unstructured::new(bytes)).unwrap();
                let (version, max_cycles) = (made.version, made.max_cycles);
                let question = ProgramRun { version, max_cycles, ..run(&made.elf) };
                kept = kept.take().map(|engine| engine.load_again(&question).unwrap());
                let _ = black_box(kept.as_mut().unwrap().run());
            }
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = programs, start, random
}
criterion_main!(benches);
