//! The target `encoding_official`: see `ckbspec_fuzz::encoding_official`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    ckbspec_fuzz::encoding_official(bytes);
});
