//! The `dao` field of headers: four totals that each block updates (RFC 0023). In shannons, except
//! AR.

use super::schedule::Issuance;
use crate::encoding::molecule::encode_struct;
use crate::{RuleId, Violation};

/// AR of genesis: 10¹⁶, so AR is a factor with 16 decimals.
pub const AR_GENESIS: u64 = 10_000_000_000_000_000;

/// A DAO field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DaoField {
    /// All capacity issued, from genesis up to and including this block.
    pub c: u64,
    /// The accumulated rate: what 10¹⁶ shannons that were deposited at genesis are worth.
    pub ar: u64,
    /// The secondary issuance without the miners' shares, less what depositors have withdrawn of
    /// it.
    pub s: u64,
    /// The capacity that all cells occupy.
    pub u: u64,
}

/// The changes that transactions make to the totals; those of a block include its cellbase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Movement {
    /// The capacity that new cells occupy.
    pub added: u64,
    /// The capacity that spent cells occupied.
    pub freed: u64,
    /// The interest that withdrawals pay beyond the capacity of their cells.
    pub interest: u64,
}

/// The DAO field of a block, and the parts of the step from the parent's field to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DaoStep {
    /// The field of the block.
    pub field: DaoField,
    /// The growth of AR: `floor(parent.AR · g2 / parent.C)`.
    pub rate_growth: u64,
    /// The miner's share of the secondary issuance: `floor(g2 · parent.U / parent.C)`.
    pub miner_share: u64,
    /// The rest of the secondary issuance, which is added to S: the depositors' part and the
    /// treasury's.
    pub retained: u64,
}

impl DaoField {
    /// Decodes the DAO field of a header.
    //= DAO-001
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let ([c, ar, s, u], []) = bytes.as_chunks() else {
            unreachable!("32 bytes are four numbers");
        };
        let [c, ar, s, u] = [*c, *ar, *s, *u].map(u64::from_le_bytes);
        Self { c, ar, s, u }
    }

    /// Encodes the DAO field of a header.
    //= DAO-001
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        let [c, ar, s, u] = [self.c, self.ar, self.s, self.u].map(u64::to_le_bytes);
        encode_struct(&[&c, &ar, &s, &u])
    }

    /// The miner's share of `secondary`, the secondary issuance g2 of the next block:
    /// `floor(g2 · U / C)`. `None` when C is 0, or when the share exceeds 64 bits because U exceeds
    /// C.
    //= ISS-007
    #[must_use]
    pub fn miner_share(&self, secondary: u64) -> Option<u64> {
        proportion(secondary, self.u, self.c)
    }

    /// The step from this field, that of the parent, to the field of the next block. C of this
    /// field is not 0 (DAO-008); if it is, the result is a violation of DAO-003.
    pub fn next(&self, issuance: Issuance, movement: Movement) -> Result<DaoStep, Violation> {
        let Issuance { primary, secondary } = issuance;
        //= DAO-002
        let c = primary.checked_add(secondary).and_then(|issued| self.c.checked_add(issued));
        let c = c.ok_or_else(|| out_of_range(RuleId("DAO-002"), self))?;
        //= DAO-003
        let rate_growth = proportion(self.ar, secondary, self.c);
        let ar = rate_growth.and_then(|growth| self.ar.checked_add(growth));
        let (rate_growth, ar) =
            rate_growth.zip(ar).ok_or_else(|| out_of_range(RuleId("DAO-003"), self))?;
        // S keeps what is neither the miner's share nor withdrawn, including the treasury's part.
        //= DAO-004, ISS-019
        let out_of_s = || out_of_range(RuleId("DAO-004"), self).with("I", movement.interest);
        let miner_share = self.miner_share(secondary).ok_or_else(out_of_s)?;
        let retained = secondary.checked_sub(miner_share).ok_or_else(out_of_s)?;
        let s = self.s.checked_add(retained).and_then(|s| s.checked_sub(movement.interest));
        let s = s.ok_or_else(out_of_s)?;
        //= DAO-005
        let u = self.u.checked_add(movement.added).and_then(|u| u.checked_sub(movement.freed));
        let u = u.ok_or_else(|| {
            let violation = out_of_range(RuleId("DAO-005"), self);
            violation.with("added", movement.added).with("freed", movement.freed)
        })?;
        Ok(DaoStep { field: Self { c, ar, s, u }, rate_growth, miner_share, retained })
    }
}

impl Movement {
    /// The sum of both changes; `None` above 64 bits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            added: self.added.checked_add(other.added)?,
            freed: self.freed.checked_add(other.freed)?,
            interest: self.interest.checked_add(other.interest)?,
        })
    }
}

/// A violation: a number of the next field would be negative or exceed 64 bits.
fn out_of_range(rule: RuleId, parent: &DaoField) -> Violation {
    let DaoField { c, ar, s, u } = parent;
    Violation::of(rule).with("C", c).with("AR", ar).with("S", s).with("U", u)
}

/// `floor(a · b / c)`; `None` when `c` is 0 or the result exceeds 64 bits.
pub(super) fn proportion(a: u64, b: u64, c: u64) -> Option<u64> {
    let exact = u128::from(a).checked_mul(b.into())?.checked_div(c.into())?;
    u64::try_from(exact).ok()
}
