//! Fast Eaglesong. Compared with the crate `eaglesong`, a single digest (which the check of a proof
//! needs) is about twice as fast, and a batch (for mining and searching) more than four times.
//!
//! This file exists for speed alone and defines nothing: [`super::eaglesong`] is the definition,
//! and the tests below compare the two. The differences:
//!
//! - The multiplication by the bit matrix is a network of 48 sums of two words, in place; the
//!   matrix itself needs 120. A search found the network: row and column operations, chosen
//!   greedily with some randomness, turn the matrix into a permutation; then parts of the network
//!   that use four words are replaced, at random, by the shortest network for the same 4×4 matrix,
//!   until that shortens nothing any more. A test multiplies each unit vector.
//! - The sum with two rotated copies of a word takes two rotations and two sums, without a second
//!   copy.
//! - In a batch, the same word of all messages is contiguous, so that the compiler processes four
//!   messages with each instruction (SSE2, NEON). The loop over messages must stay the innermost.
//!
//! `.ci/bench` measures both.

use super::eaglesong_constants::INJECTION_CONSTANTS;

type State = [u32; 16];

/// The states of N messages: row k holds word k of each.
type States<const N: usize> = [[u32; N]; 16];

const RATE: usize = 32;
const DELIMITER: u8 = 0x06;

/// Words of a message of 48 bytes, with the word of its delimiter.
const WORDS_OF_48: usize = 13;

/// The Eaglesong digest of a message of any length.
#[must_use]
pub fn eaglesong(message: &[u8]) -> [u8; 32] {
    let mut state = [0; 16];
    let (portions, rest) = message.as_chunks::<RATE>();
    for portion in portions {
        let (quartets, _) = portion.as_chunks();
        absorb(&mut state, quartets.iter().map(|quartet| u32::from_be_bytes(*quartet)));
    }
    let (quartets, odd) = rest.as_chunks();
    let whole = quartets.iter().map(|quartet| u32::from_be_bytes(*quartet));
    let last = odd.iter().chain(&[DELIMITER]);
    let last = last.fold(0, |word, byte| (word << 8) | u32::from(*byte));
    absorb(&mut state, whole.chain([last]));
    squeeze(&state)
}

/// The Eaglesong digests of N messages of the proof of work: 32 bytes of hash, 16 of nonce.
///
/// It is faster than single digests from 4 messages on, and fastest with 8 or 16.
#[must_use]
pub fn eaglesong_batch<const N: usize>(messages: &[[u8; 48]; N]) -> [[u8; 32]; N] {
    let mut states = [[0; N]; 16];
    let words: [_; WORDS_OF_48] = transpose(&messages.each_ref().map(words));
    for portion in words.chunks(RATE / 4) {
        for (row, sums) in states.iter_mut().zip(portion) {
            row.iter_mut().zip(sums).for_each(|(word, sum)| *word ^= sum);
        }
        for constants in &INJECTION_CONSTANTS {
            round_of_all(&mut states, constants);
        }
    }
    transpose(&states).map(|state| squeeze(&state))
}

fn words(message: &[u8; 48]) -> [u32; WORDS_OF_48] {
    let mut words = [u32::from(DELIMITER); WORDS_OF_48];
    let (quartets, _) = message.as_chunks();
    for (word, quartet) in words.iter_mut().zip(quartets) {
        *word = u32::from_be_bytes(*quartet);
    }
    words
}

fn transpose<const A: usize, const B: usize>(rows: &[[u32; A]; B]) -> [[u32; B]; A] {
    let mut columns = [[0; B]; A];
    for (at, row) in rows.iter().enumerate() {
        for (column, word) in columns.iter_mut().zip(row) {
            column.iter_mut().skip(at).take(1).for_each(|place| *place = *word);
        }
    }
    columns
}

fn absorb(state: &mut State, portion: impl Iterator<Item = u32>) {
    state.iter_mut().zip(portion).for_each(|(word, sum)| *word ^= sum);
    for constants in &INJECTION_CONSTANTS {
        *state = round(state, constants);
    }
}

fn squeeze(state: &State) -> [u8; 32] {
    let mut digest = [0; 32];
    let (quartets, _) = digest.as_chunks_mut();
    for (quartet, word) in quartets.iter_mut().zip(state) {
        *quartet = word.to_le_bytes();
    }
    digest
}

/// One round of each of N states.
fn round_of_all<const N: usize>(states: &mut States<N>, constants: &State) {
    for lane in 0..N {
        // No word is ever missing. With a default instead of a panic the loop has no branch, which
        // would prevent vectorisation.
        let state = states.each_ref().map(|row| row.get(lane).copied().unwrap_or_default());
        for (row, new) in states.iter_mut().zip(round(&state, constants)) {
            if let Some(word) = row.get_mut(lane) {
                *word = new;
            }
        }
    }
}

#[inline(always)]
fn round(state: &State, constants: &State) -> State {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = multiply_by_bit_matrix(state);
    let [ka, kb, kc, kd, ke, kf, kg, kh, ki, kj, kk, kl, km, kn, ko, kp] = *constants;
    let [a, b] = mix([a, b], [(2, 4), (13, 22)], [ka, kb]);
    let [c, d] = mix([c, d], [(4, 19), (3, 14)], [kc, kd]);
    let [e, f] = mix([e, f], [(27, 31), (3, 8)], [ke, kf]);
    let [g, h] = mix([g, h], [(17, 26), (3, 12)], [kg, kh]);
    let [i, j] = mix([i, j], [(18, 22), (12, 18)], [ki, kj]);
    let [k, l] = mix([k, l], [(4, 7), (4, 31)], [kk, kl]);
    let [m, n] = mix([m, n], [(12, 27), (7, 17)], [km, kn]);
    let [o, p] = mix([o, p], [(7, 8), (1, 13)], [ko, kp]);
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// The steps of a round after the bit matrix, for two neighbouring words.
#[inline(always)]
fn mix([even, odd]: [u32; 2], rotations: [(u32, u32); 2], constants: [u32; 2]) -> [u32; 2] {
    let [even_by, odd_by] = rotations;
    let [even_constant, odd_constant] = constants;
    let even = sum_with_rotated_copies(even, even_by) ^ even_constant;
    let odd = sum_with_rotated_copies(odd, odd_by) ^ odd_constant;
    let even = even.wrapping_add(odd).rotate_left(8);
    [even, odd.rotate_left(24).wrapping_add(even)]
}

#[inline(always)]
fn sum_with_rotated_copies(word: u32, (a, b): (u32, u32)) -> u32 {
    word ^ (word ^ word.rotate_left(b.wrapping_sub(a))).rotate_left(a)
}

/// The words are called `a` to `p`. The network leaves the sums in other words than their own, so
/// the last line reorders them.
#[inline(always)]
fn multiply_by_bit_matrix(state: &State) -> State {
    let [
        mut a,
        mut b,
        mut c,
        mut d,
        mut e,
        mut f,
        mut g,
        mut h,
        mut i,
        mut j,
        mut k,
        mut l,
        mut m,
        mut n,
        mut o,
        mut p,
    ] = *state;
    n ^= b;
    b ^= d;
    d ^= e;
    c ^= j;
    n ^= c;
    d ^= n;
    j ^= b;
    i ^= l;
    b ^= i;
    l ^= n;
    j ^= e;
    e ^= m;
    e ^= c;
    m ^= d;
    p ^= a;
    a ^= j;
    i ^= a;
    j ^= o;
    c ^= p;
    l ^= p;
    a ^= l;
    p ^= i;
    i ^= e;
    d ^= a;
    a ^= i;
    o ^= c;
    j ^= f;
    k ^= j;
    f ^= c;
    h ^= g;
    g ^= j;
    g ^= d;
    e ^= h;
    h ^= k;
    k ^= n;
    n ^= e;
    f ^= e;
    d ^= f;
    c ^= h;
    h ^= g;
    b ^= h;
    d ^= b;
    j ^= c;
    h ^= k;
    o ^= b;
    n ^= o;
    b ^= n;
    e ^= d;
    [f, a, b, n, h, o, p, j, d, l, c, i, m, k, g, e]
}

#[cfg(test)]
mod tests {
    use super::super::eaglesong::{BIT_MATRIX, eaglesong as clear};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_network_is_the_bit_matrix() {
        for (at, row) in BIT_MATRIX.iter().enumerate() {
            let mut unit = [0; 16];
            unit[at] = 1;
            assert_eq!(multiply_by_bit_matrix(&unit), *row, "word {at}");
        }
    }

    proptest! {
        #[test]
        fn a_single_digest_is_the_clear_one(message in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(eaglesong(&message), clear(&message));
        }

        #[test]
        fn a_batch_is_its_messages(messages: [[[u8; 16]; 3]; 7]) {
            let messages = messages.map(|message| message.concat().try_into().unwrap());
            prop_assert_eq!(eaglesong_batch(&messages), messages.map(|message| clear(&message)));
        }
    }
}
