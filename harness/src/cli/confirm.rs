//! `ckbspec confirm`: bring `vectors.lock` up to date.

use super::{Exit, Stop, open};
use crate::house::House;
use crate::vectors::lock;

pub(super) fn confirm(house: &House) -> Result<Exit, Stop> {
    let (_, suite) = open(house)?;
    let old = lock::read(house)?;
    let renewed = lock::renewed(&suite, &old)?;
    let fresh = renewed.values().filter(|entry| old.get(&entry.case) != Some(*entry)).count();
    lock::write(house, &renewed)?;
    anstream::println!("{} cases in {}, {fresh} new or changed", renewed.len(), lock::PATH);
    Ok(Exit::Expected)
}
