//! Laws of the VM: the engine gives the same result as the stepper, for every program and limit.

use super::arbitrary::{RandomProgram, bytes};
use super::{BlockEngine, Machine, ProgramRun, Version};
use crate::Violation;
use arbitrary::{Arbitrary, Unstructured};
use proptest::prelude::*;

fn run(program: &RandomProgram, max_cycles: u64) -> ProgramRun<'_> {
    let RandomProgram { version, elf, .. } = program;
    ProgramRun { version: *version, program: elf, arguments: &[], max_cycles, charge_load: false }
}

/// Runs the stepper and the engine; returns the results and the machines at the end.
fn both(program: &RandomProgram, max_cycles: u64) -> [(Result<i8, Violation>, Machine); 2] {
    let mut stepper = Machine::load(&run(program, max_cycles)).unwrap();
    let stepped = stepper.run();
    let mut engine = BlockEngine::new(Machine::load(&run(program, max_cycles)).unwrap());
    let ran = engine.run();
    [(stepped, stepper), (ran, engine.machine().clone())]
}

fn programs() -> impl Strategy<Value = RandomProgram> {
    prop::collection::vec(any::<u8>(), 600..2000)
        .prop_map(|bytes| RandomProgram::arbitrary(&mut Unstructured::new(&bytes)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Compares result, address, cycles, registers and memory at the end of the program.
    #[test]
    fn the_engine_is_the_stepper(program in programs()) {
        let [stepped, ran] = both(&program, 20_000);
        prop_assert!(stepped == ran, "{stepped:?}\n{ran:?}");
    }

    /// The same for any limit of cycles.
    #[test]
    fn the_engine_stops_where_the_stepper_stops(
        program in programs(),
        limit in 0_u64..4000,
    ) {
        let [stepped, ran] = both(&program, limit);
        prop_assert!(stepped == ran, "{stepped:?}\n{ran:?}");
    }
}

/// The same at each limit up to a thousand, in the memory of the run before.
#[test]
fn used_again_at_every_limit_the_engine_is_the_stepper() {
    for number in 0..4 {
        let program = RandomProgram::arbitrary(&mut Unstructured::new(&bytes(number))).unwrap();
        let mut stepper = Machine::load(&run(&program, 0)).unwrap();
        let mut engine = BlockEngine::new(stepper.clone());
        for limit in 0..1000 {
            stepper = stepper.load_again(&run(&program, limit)).unwrap();
            engine = engine.load_again(&run(&program, limit)).unwrap();
            assert_eq!(stepper.run(), engine.run(), "limit {limit}");
            assert!(stepper == *engine.machine(), "limit {limit}");
        }
        // Loading resets everything that these runs changed.
        let fresh = Machine::load(&run(&program, 0)).unwrap();
        assert!(stepper.load_again(&run(&program, 0)).unwrap() == fresh);
    }
}

/// The tests above show little unless most random programs run and exit.
#[test]
fn random_programs_mostly_exit() {
    let (mut exits, mut fused) = (0, 0);
    for number in 0..100 {
        let program = RandomProgram::arbitrary(&mut Unstructured::new(&bytes(number))).unwrap();
        let mut machine = Machine::load(&run(&program, program.max_cycles)).unwrap();
        for _ in 0..5_000 {
            fused += u32::from(machine.next_step().is_ok_and(|step| !step.rest.is_empty()));
            match machine.step() {
                Ok(None) => {}
                Ok(Some(_)) => {
                    exits += 1;
                    break;
                }
                Err(_) => break,
            }
        }
    }
    assert!(exits > 50, "{exits} of 100 exit");
    assert!(fused > 100, "{fused} steps are fused");
}

/// Any bytes as a program give an exit code or a violation.
#[test]
fn any_bytes_are_refused_or_run() {
    let file = |bytes: &[u8]| {
        let run = ProgramRun {
            version: Version::V1,
            program: bytes,
            arguments: &[],
            max_cycles: 1000,
            charge_load: true,
        };
        Machine::load(&run).and_then(|machine| BlockEngine::new(machine).run())
    };
    proptest!(|(bytes in prop::collection::vec(any::<u8>(), 0..300))| {
        prop_assert!(file(&bytes).is_err());
        let mut head = b"\x7fELF\x02\x01".to_vec();
        head.extend(&bytes);
        let _ = file(&head);
    });
}
