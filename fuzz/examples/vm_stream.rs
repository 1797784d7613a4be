//! Feeds a target of the VM with programs that no fuzzer chooses: `vm_stream TARGET SEED COUNT`.
//!
//! Without a fuzzer's instruments the engines run at their speed, and no two seeds share programs.

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
        let mut state = (seed << 40 | round).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let octets: Vec<u8> = (0..1500)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_be_bytes()[0]
            })
            .collect();
        if round % 100_000 == 0 {
            println!("vm {seed} {round}");
        }
        target(&octets);
    }
    println!("vm {seed} {count}: done");
}
