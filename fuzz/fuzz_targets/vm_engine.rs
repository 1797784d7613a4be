//! The target `vm_engine`: see `ckbspec_fuzz::vm_engine`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ckbspec_fuzz::vm_engine(bytes);
});
