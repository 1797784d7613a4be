//! The target `pow_official`: see `ckbspec_fuzz::pow_official`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ckbspec_fuzz::pow_official(bytes);
});
