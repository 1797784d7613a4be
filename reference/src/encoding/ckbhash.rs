//! The hash function for everything except the proof of work.

use super::Byte32;

/// The personalisation, by which ckbhash differs from other uses of BLAKE2b.
const PERSONALISATION: &[u8; 16] = b"ckb-default-hash";

/// BLAKE2b with a digest of 32 bytes and the personalisation `ckb-default-hash`, without key
/// and salt.
//= HASH-001
#[must_use]
pub fn ckbhash(bytes: &[u8]) -> Byte32 {
    let hash = blake2b_simd::Params::new().hash_length(32).personal(PERSONALISATION).hash(bytes);
    let digest = hash.as_bytes().try_into();
    Byte32(digest.unwrap_or_else(|_| unreachable!("the hash length is set to 32 bytes")))
}
