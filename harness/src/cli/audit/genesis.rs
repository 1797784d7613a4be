//! `ckbspec audit genesis`: tranche by tranche, what matches exactly and what only nearly.

use super::super::{Exit, Stop};
use crate::audit::amount::{CKB, ckb, grouped};
use crate::audit::genesis::{Planned, Tranche, Unlock, cells, nominal_time, plan, tranches};
use crate::audit::network::Network;
use crate::problem::Problem;
use comfy_table::{CellAlignment, Table, presets};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, SystemTime};

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct GenesisArgs {}

/// The tranche that no article has: 100 million CKB, free half an epoch after epoch 460.
const FIRST_LOCK: Unlock = Unlock::HalfEpochs(921);

pub(super) fn genesis(_: &GenesisArgs) -> Result<Exit, Stop> {
    let cells = cells();
    let network = Network::mainnet();
    let unread = || Problem::new("a cell of genesis has a lock that this tool does not read");
    let chain = tranches(&cells).ok_or_else(unread)?;
    let issued: u64 = chain.values().map(|tranche| tranche.shannons).sum();
    let system = network.genesis_capacity.saturating_sub(issued);
    let (planned, burn) = plan();
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "The article's distribution against the {} issued cells of mainnet's genesis,",
        cells.len()
    )?;
    writeln!(
        out,
        "by the epoch from which on their locks let them be spent. Amounts are in CKB.\n"
    )?;
    let (table, exact, near) = compare(&network, &chain, &planned, burn, system);
    writeln!(out, "{}\n", table.trim_fmt())?;
    writeln!(out, "exact   {exact} of {} tranches", exact + near)?;
    writeln!(
        out,
        "nearly  {near}: the chain's amounts are not round; the differences cancel out\n"
    )?;
    writeln!(
        out,
        "all     {} issued + {} in system cells = {}",
        ckb(issued),
        ckb(system),
        ckb(network.genesis_capacity)
    )?;
    writeln!(
        out,
        "launch  free cells, the {} locked until epoch 460.5 that the",
        ckb(of(&chain, FIRST_LOCK).shannons)
    )?;
    writeln!(out, "        article does not name, and the system cells, which no one can spend")?;
    writeln!(
        out,
        "dates   nominal: 4 hours an epoch from genesis on, in UTC; epochs took longer and shorter"
    )?;
    writeln!(
        out,
        "who     nothing on the chain says who holds a lock: shares of a tranche are the article's"
    )?;
    shared_locks(&chain, &mut out)?;
    Ok(Exit::Expected)
}

/// A tranche, or an empty one.
fn of(chain: &BTreeMap<Unlock, Tranche>, unlock: Unlock) -> Tranche {
    chain.get(&unlock).cloned().unwrap_or_default()
}

/// The table, and how many tranches match exactly and nearly.
fn compare(
    network: &Network,
    chain: &BTreeMap<Unlock, Tranche>,
    planned: &[Planned],
    burn: u64,
    system: u64,
) -> (Table, usize, usize) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "article",
        "chain",
        "nominal",
        "cells",
        "locks",
        "on the chain",
        "in the article",
        "difference",
        "made of",
    ]);
    for column in 3..8 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let (mut exact, mut near) = (0, 0);
    let mut add = |date: &str, unlock: Unlock, tranche: &Tranche, ckb_planned: u64, of: String| {
        let difference = i128::from(tranche.shannons) - i128::from(ckb_planned) * i128::from(CKB);
        if difference == 0 {
            exact += 1
        } else {
            near += 1
        }
        let (epoch, nominal) = shown(network, unlock);
        table.add_row([
            date.to_owned(),
            epoch,
            nominal,
            tranche.cells.to_string(),
            tranche.locks.len().to_string(),
            plain(tranche.shannons),
            grouped(ckb_planned),
            signed(difference),
            of,
        ]);
    };
    let later = chain
        .iter()
        .filter(|(unlock, _)| matches!(unlock, Unlock::HalfEpochs(_)) && **unlock != FIRST_LOCK);
    let mut launch = of(chain, Unlock::Launch);
    let first = of(chain, FIRST_LOCK);
    launch.cells += first.cells;
    launch.shannons += first.shannons + system;
    launch.locks.extend(first.locks);
    let launch = (Unlock::Launch, launch);
    let times = std::iter::once((&launch.0, &launch.1)).chain(later);
    for (tranche, (unlock, held)) in planned.iter().zip(times) {
        let shares = tranche.shares.iter().map(|(name, ckb)| format!("{name} {}", grouped(*ckb)));
        let shares: Vec<String> = shares.collect();
        add(&tranche.date, *unlock, held, tranche.total(), shares.join(", "));
    }
    add("burn", Unlock::Never, &of(chain, Unlock::Never), burn, "burn".into());
    (table, exact, near)
}

/// When a tranche becomes free: the epoch, and the day by the plan.
fn shown(network: &Network, unlock: Unlock) -> (String, String) {
    match unlock {
        Unlock::Launch => ("free".into(), String::new()),
        Unlock::Never => ("never".into(), String::new()),
        Unlock::HalfEpochs(halves) => {
            let half = if halves.is_multiple_of(2) { "" } else { ".5" };
            let seconds = nominal_time(network.genesis.raw.timestamp, halves);
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let time = humantime::format_rfc3339_seconds(time).to_string().replace('T', " ");
            let minutes = time.get(..16).unwrap_or_default().to_owned();
            (format!("epoch {}{half}", halves / 2), minutes)
        }
    }
}

fn plain(shannons: u64) -> String {
    ckb(shannons).trim_end_matches(" CKB").to_owned()
}

fn signed(difference: i128) -> String {
    if difference == 0 {
        return "exact".into();
    }
    let sign = if difference < 0 { '-' } else { '+' };
    format!("{sign}{}", ckb(difference.unsigned_abs()).trim_end_matches(" CKB"))
}

/// Locks that hold cells of more than one tranche.
fn shared_locks(chain: &BTreeMap<Unlock, Tranche>, out: &mut impl Write) -> std::io::Result<()> {
    let mut holders = BTreeMap::<&[u8], usize>::new();
    for tranche in chain.values() {
        for lock in &tranche.locks {
            *holders.entry(lock).or_default() += 1;
        }
    }
    let several = holders.values().filter(|count| **count > 1).count();
    writeln!(
        out,
        "locks   {} different ones; {several} of them hold cells of more than one tranche",
        holders.len()
    )
}
