//! Runs a target of the VM on random programs without a fuzzer: `vm_stream TARGET SEED COUNT`.
//!
//! Without instrumentation the engines run at full speed. No two seeds have programs in common.

use ckbspec_reference::vm::arbitrary::bytes;
use std::env;

fn main() {
    let mut words = env::args().skip(1);
    let target = match words.next().as_deref() {
        Some("official") => ckbspec_fuzz::vm_official,
        Some("engine") => ckbspec_fuzz::vm_engine,
        _ => panic!("vm_stream official|engine SEED COUNT"),
    };
    let mut number = || words.next().and_then(|word| word.parse().ok()).expect("a number");
    let (seed, count): (u64, u64) = (number(), number());
    for round in 0..count {
        if round % 100_000 == 0 {
            println!("vm {seed} {round}");
        }
        target(&bytes(seed << 40 | round));
    }
    println!("vm {seed} {count}: done");
}
