//! The target `encoding_decode`: see `ckbspec_fuzz::encoding_decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| {
    ckbspec_fuzz::encoding_decode(octets);
});
