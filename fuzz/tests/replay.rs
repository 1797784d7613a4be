//! Replays every stored input with any toolchain: `corpus/TARGET/` has inputs that reached new
//! code, and `findings/TARGET/` has inputs that once showed a mistake.

use std::fs;
use std::path::Path;

fn replay(target: &str, run: impl Fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut replayed = 0;
    for kind in ["corpus", "findings"] {
        let Ok(inputs) = fs::read_dir(root.join(kind).join(target)) else { continue };
        for input in inputs {
            let path = input.expect("a folder that can be listed").path();
            println!("{}", path.display());
            run(&fs::read(&path).expect("a file that can be read"));
            replayed += 1;
        }
    }
    assert!(replayed > 0, "nothing is kept for {target}");
}

#[test]
fn encoding_decode() {
    replay("encoding_decode", ckbspec_fuzz::encoding_decode);
}

#[test]
fn encoding_official() {
    replay("encoding_official", ckbspec_fuzz::encoding_official);
}

#[test]
fn pow_official() {
    replay("pow_official", ckbspec_fuzz::pow_official);
}

#[test]
fn protocol_line() {
    replay("protocol_line", ckbspec_fuzz::protocol_line);
}

#[test]
fn vm_official() {
    replay("vm_official", ckbspec_fuzz::vm_official);
}

#[test]
fn vm_engine() {
    replay("vm_engine", ckbspec_fuzz::vm_engine);
}
