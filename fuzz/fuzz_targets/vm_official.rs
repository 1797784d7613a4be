//! The target `vm_official`: see `ckbspec_fuzz::vm_official`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ckbspec_fuzz::vm_official(bytes);
});
