//! The target `protocol_line`: see `ckbspec_fuzz::protocol_line`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ckbspec_fuzz::protocol_line(bytes);
});
