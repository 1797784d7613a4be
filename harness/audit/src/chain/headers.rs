//! Checks of headers without bodies: of each alone, against its parent, and against an earlier
//! header.

use super::coverage::Coverage;
use super::divergence::Mismatch;
use super::header::KnownHeader;
use crate::amount::grouped;
use crate::network::Network;
use ckbspec_reference::RuleSet;
use ckbspec_reference::encoding::Byte32;
use ckbspec_reference::issuance::{DaoStep, Movement, first_shares};
use ckbspec_reference::pow::verify_successor;

/// Checks the hash that the data state for a header.
pub(super) fn check_hash(stated: Option<Byte32>, hash: Byte32) -> Result<(), Mismatch> {
    match stated.filter(|stated| *stated != hash) {
        None => Ok(()),
        Some(stated) => Err(Mismatch::new("HASH-005", "the hash of a header")
            .expected(format!("hash = {hash}"))
            .found(format!("hash = {stated}"))),
    }
}

/// Checks C, which follows from the schedule alone, and that neither U nor S exceeds it.
pub(super) fn check_alone(
    network: &Network,
    known: &KnownHeader,
    coverage: &mut Coverage,
) -> Result<(), Mismatch> {
    let KnownHeader { index, length, .. } = *known;
    let (parameters, number) = (&network.parameters, known.epoch.number());
    let before = parameters.issued_before(number.into()) + u128::from(network.genesis_capacity);
    let issued =
        [parameters.primary_epoch_reward(number.into()), parameters.secondary_epoch_reward];
    let within: u128 = issued.map(|amount| first_shares(amount, index, length).into()).iter().sum();
    let (c, dao) = (before + within, &known.dao);
    if c != u128::from(dao.c) {
        return Err(Mismatch::new("DAO-002", "C is what genesis and all epochs have issued")
            .expected(format!("C = {} = {before} before epoch {number}", grouped(c)))
            .expected(format!("  + {within} in its blocks 0 to {index} of {length}"))
            .found(format!("C = {}", grouped(dao.c))));
    }
    coverage.totals += 1;
    if dao.u > dao.c || dao.s > dao.c {
        return Err(Mismatch::new("DAO-005", "neither U nor S exceeds C")
            .expected(format!("U ≤ C and S ≤ C = {}", grouped(dao.c)))
            .found(format!("U = {}, S = {}", grouped(dao.u), grouped(dao.s))));
    }
    Ok(())
}

/// Checks a header against its parent's.
pub(super) fn check_step(
    parent: &KnownHeader,
    known: &KnownHeader,
    rules: &RuleSet,
    coverage: &mut Coverage,
) -> Result<(), Mismatch> {
    coverage.links += 1;
    verify_successor(parent.epoch, known.epoch, rules).map_err(|violation| {
        let law = "an epoch's blocks have its indices one after another";
        Mismatch::of(&violation, law).expected(format!("the block after {}", parent.epoch))
    })?;
    check_same_target(parent, known)?;
    // The changes by the body are not known. AR does not depend on them, and withdrawals only lower
    // S.
    let step = parent.dao.next(known.issuance, Movement::default());
    let step = step.map_err(|violation| Mismatch::of(&violation, WITHIN_64_BITS))?;
    let (was, is, secondary) = (&parent.dao, &known.dao, known.issuance.secondary);
    if step.field.ar != is.ar {
        let grown = i128::from(is.ar) - i128::from(was.ar);
        return Err(Mismatch::new("DAO-003", "AR grows by floor(parent.AR · g2 / parent.C)")
            .expected(format!("AR = {0} + floor({0} · {secondary} / {1})", was.ar, was.c))
            .expected(format!("   = {} + {}", was.ar, step.rate_growth))
            .found(format!("AR = {}, which is {grown} more", is.ar)));
    }
    coverage.steps += 1;
    let DaoStep { field, miner_share, .. } = step;
    let Some(interest) = field.s.checked_sub(is.s) else {
        let law = "S grows by at most g2 − floor(g2 · parent.U / parent.C)";
        return Err(Mismatch::new("DAO-004", law)
            .expected(format!(
                "S ≤ {} + {secondary} − floor({secondary} · {} / {})",
                was.s, was.u, was.c
            ))
            .expected(format!("  = {} + {secondary} − {miner_share} = {}", was.s, field.s))
            .found(format!("S = {}", is.s)));
    };
    coverage.s_bounded += 1;
    coverage.interest_implied += u128::from(interest);
    coverage.interest_blocks += u64::from(interest > 0);
    Ok(())
}

/// The law that a violation of the totals breaks, for reports.
pub(super) const WITHIN_64_BITS: &str = "the totals of the DAO field have 64 bits";

/// Checks that two blocks of the same epoch have the same target.
fn check_same_target(earlier: &KnownHeader, known: &KnownHeader) -> Result<(), Mismatch> {
    let [was, is] = [earlier, known].map(|it| it.header.raw.compact_target);
    if earlier.epoch.number() != known.epoch.number() || was == is {
        return Ok(());
    }
    Err(Mismatch::new("EPOCH-008", "all blocks of an epoch have its target")
        .expected(format!("compact_target = {was:#010x} in block {}", earlier.number()))
        .found(format!("compact_target = {is:#010x}")))
}

/// Checks the conditions between two headers that hold for any blocks between them.
pub(super) fn check_later(earlier: &KnownHeader, known: &KnownHeader) -> Result<(), Mismatch> {
    if earlier.epoch.number() == known.epoch.number() {
        let [was, is] = [earlier, known].map(|it| (it.epoch_start(), it.length));
        if was != is {
            return Err(Mismatch::new("EPOCH-007", "an epoch has one beginning and one length")
                .expected(format!("begins with block {}: {}", was.0, earlier.epoch))
                .found(format!("begins with block {}: {}", is.0, known.epoch)));
        }
        check_same_target(earlier, known)?;
    }
    if earlier.epoch.number() > known.epoch.number() || earlier.dao.ar > known.dao.ar {
        return Err(Mismatch::new("DAO-003", "neither epochs nor AR go back")
            .expected(format!("AR ≥ {} and {}", earlier.dao.ar, earlier.epoch))
            .found(format!("AR = {} and {}", known.dao.ar, known.epoch)));
    }
    Ok(())
}
