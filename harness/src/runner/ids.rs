//! The ids of questions.

use std::hash::{BuildHasher, Hasher, RandomState};

/// The ids of questions: no adapter knows the next one, so that none can answer before it is
/// asked, or count instead of echoing. Each is a number in the order of asking, multiplied.
pub(super) struct Ids {
    start: u32,
    next: u32,
}

impl Ids {
    /// Odd, so that the product goes through all numbers; and its inverse modulo 2^32.
    const FACTOR: u32 = 0x9e37_79b1;
    const INVERSE: u32 = 0x0e8b_2f51;

    pub(super) fn new() -> Self {
        let chance = RandomState::new().build_hasher().finish();
        let start = u32::try_from(chance & u64::from(u32::MAX)).unwrap_or_default();
        Self { start, next: 0 }
    }

    /// A number in the order of asking, and its id; never 0, which is that of `hello`.
    pub(super) fn take(&mut self) -> (u32, u32) {
        loop {
            let number = self.next;
            self.next = self.next.wrapping_add(1);
            let id = number.wrapping_mul(Self::FACTOR).wrapping_add(self.start);
            if id != 0 {
                return (number, id);
            }
        }
    }

    /// The number of an id, whether it has been asked or not.
    pub(super) fn number(&self, id: u32) -> u32 {
        id.wrapping_sub(self.start).wrapping_mul(Self::INVERSE)
    }

    pub(super) fn has_taken(&self, id: u32) -> bool {
        self.number(id) < self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_their_order() {
        let mut ids = Ids { start: 0_u32.wrapping_sub(Ids::FACTOR), next: 0 };
        let taken: Vec<(u32, u32)> = (0..1000).map(|_| ids.take()).collect();
        assert_eq!(taken.first(), Some(&(0, 0_u32.wrapping_sub(Ids::FACTOR))));
        // The number 1 would have the id of `hello`.
        assert_eq!(taken.get(1).map(|(number, _)| *number), Some(2));
        assert!(taken.iter().all(|(number, id)| ids.number(*id) == *number));
    }
}
