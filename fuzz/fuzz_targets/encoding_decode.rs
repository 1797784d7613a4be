//! The target `encoding_decode`: see `ckbspec_fuzz::encoding_decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ckbspec_fuzz::encoding_decode(bytes);
});
