//! Eaglesong, the sponge hash of CKB's proof of work (RFC 0010).
//!
//! A state of 16 words absorbs the message, 8 words at a time, and is permuted after each portion;
//! the digest is read from its first 8 words. "Sum" means exclusive or, except in
//! [`add_rotate_add`]. Where the RFC's text differs from the network, this code does what the
//! network does: POW-002, POW-004 and POW-005 name the differences.

use super::eaglesong_constants::INJECTION_CONSTANTS;

/// The state: 512 bits.
type State = [u32; 16];

/// Bytes of the message that are absorbed before each permutation: 8 words. The other 8 words of
/// the state, the capacity, absorb nothing.
//= POW-001
const RATE: usize = 32;

/// The byte that is appended to every message.
//= POW-001
const DELIMITER: u8 = 0x06;

/// Which words are summed into which: word k into the new word j where row k has a 1 in column j.
//= POW-002
pub(super) const BIT_MATRIX: [[u32; 16]; 16] = [
    [1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1],
    [0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1],
    [0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1],
    [0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0],
    [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1],
    [1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0],
    [1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1],
    [0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1],
    [0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1],
    [0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1],
    [0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1],
    [1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0],
    [0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0],
    [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0],
    [1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1],
];

/// For each word, by how many bits two copies of it are rotated before they are summed with it.
//= POW-003
const ROTATIONS: [(u32, u32); 16] = [
    (2, 4),
    (13, 22),
    (4, 19),
    (3, 14),
    (27, 31),
    (3, 8),
    (17, 26),
    (3, 12),
    (18, 22),
    (12, 18),
    (4, 7),
    (4, 31),
    (12, 27),
    (7, 17),
    (7, 8),
    (1, 13),
];

/// The Eaglesong digest of a message of any length.
//= POW-001
#[must_use]
pub fn eaglesong(message: &[u8]) -> [u8; 32] {
    let mut state = [0; 16];
    absorb(&mut state, message);
    squeeze(&state)
}

/// Sums the message into the state, portion by portion, and permutes after each.
///
/// Each byte of a word is shifted in from the right, so the first byte becomes the most
/// significant. The last word is not padded: its bytes, with the delimiter as the last one, stay at
/// the right. So after a multiple of 4 bytes the delimiter is the word `0x00000006`.
//= POW-004
fn absorb(state: &mut State, message: &[u8]) {
    let delimited = [message, &[DELIMITER]].concat();
    for portion in delimited.chunks(RATE) {
        for (word, bytes) in state.iter_mut().zip(portion.chunks(4)) {
            *word ^= bytes.iter().fold(0, |word, byte| (word << 8) | u32::from(*byte));
        }
        permute(state);
    }
}

/// Reads the digest from the first 8 words, the least significant byte of each first.
//= POW-005
fn squeeze(state: &State) -> [u8; 32] {
    let mut digest = [0; 32];
    let (quartets, _) = digest.as_chunks_mut();
    for (bytes, word) in quartets.iter_mut().zip(state) {
        *bytes = word.to_le_bytes();
    }
    digest
}

/// 43 rounds, each with its own constants.
//= POW-001
fn permute(state: &mut State) {
    for constants in &INJECTION_CONSTANTS {
        *state = multiply_by_bit_matrix(state);
        sum_with_rotated_copies(state);
        inject_constants(state, constants);
        add_rotate_add(state);
    }
}

/// The new word j is the sum of all words k where row k of the matrix has a 1 in column j.
//= POW-002
fn multiply_by_bit_matrix(state: &State) -> State {
    let mut sums = [0; 16];
    for (row, word) in BIT_MATRIX.iter().zip(state) {
        for (sum, bit) in sums.iter_mut().zip(row) {
            // `0 - bit` is a mask of all bits or none; a branch here would halve the speed.
            *sum ^= word & bit.wrapping_neg();
        }
    }
    sums
}

/// `w ^= (w <<< a) ^ (w <<< b)`: multiplication by a circulant matrix.
//= POW-003
fn sum_with_rotated_copies(state: &mut State) {
    for (word, (a, b)) in state.iter_mut().zip(ROTATIONS) {
        *word ^= word.rotate_left(a) ^ word.rotate_left(b);
    }
}

/// Each word is summed with its constant of the round.
//= POW-003
fn inject_constants(state: &mut State, constants: &State) {
    for (word, constant) in state.iter_mut().zip(constants) {
        *word ^= constant;
    }
}

/// The only step that is not linear over bits: it adds neighbours as numbers, modulo 2³².
//= POW-003
fn add_rotate_add(state: &mut State) {
    let (pairs, _) = state.as_chunks_mut();
    for [even, odd] in pairs {
        *even = even.wrapping_add(*odd).rotate_left(8);
        *odd = odd.rotate_left(24).wrapping_add(*even);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_message_has_the_published_digest() {
        let published = "9e4452fc7aed93d7240b7b55263792befd1be09252b456401122ba71a56f62a0";
        let digest: String = eaglesong(b"").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, published);
    }
}
