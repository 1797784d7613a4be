//! ckbhash of what does not fit into memory at once.

/// A ckbhash that grows. The reference's own takes all bytes at once, as a rule states it.
#[derive(Clone, Debug)]
pub struct Digest(blake2b_simd::State);

impl Default for Digest {
    fn default() -> Self {
        let mut params = blake2b_simd::Params::new();
        Self(params.hash_length(32).personal(b"ckb-default-hash").to_state())
    }
}

impl Digest {
    /// Takes more bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far, as text.
    pub fn text(&self) -> String {
        const_hex::encode_prefixed(self.0.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ckbspec_reference::encoding::hash::ckbhash;

    #[test]
    fn it_is_the_ckbhash_of_the_reference() {
        let mut digest = Digest::default();
        digest.update(b"in two ");
        digest.update(b"parts");
        assert_eq!(digest.text(), const_hex::encode_prefixed(ckbhash(b"in two parts").0));
    }
}
