//! `ckbspec audit genesis`: compares the article with the chain, tranche by tranche.

use crate::amount::{CKB, ckb, grouped};
use crate::genesis::{Planned, Tranche, Unlock, cells, nominal_time, plan, tranches};
use crate::network::Network;
use ckbspec_common::exit::{CommandResult, Exit};
use ckbspec_common::problem::Problem;
use comfy_table::{CellAlignment, Table, presets};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, SystemTime};

#[derive(clap::Args, Debug)]
pub(super) struct GenesisArgs {}

/// The tranche that the article does not name: 100 million CKB, locked until epoch 460.5.
const FIRST_LOCK: Unlock = Unlock::HalfEpochs(921);

pub(super) fn genesis(_: &GenesisArgs) -> CommandResult {
    let cells = cells();
    let network = Network::mainnet();
    let unread = || Problem::new("a cell of genesis has a lock that this tool does not read");
    let chain = tranches(&cells).ok_or_else(unread)?;
    let issued: u64 = chain.values().map(|tranche| tranche.shannons).sum();
    let system = network.genesis_capacity.saturating_sub(issued);
    let (planned, burn) = plan();
    let rows = compare(&chain, &planned, burn, system);
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "The article's distribution against the {} issued cells of mainnet's genesis, by the epoch\n\
         from which on their locks let them be spent. Amounts are in CKB.\n",
        cells.len()
    )?;
    writeln!(out, "{}\n", table(&network, &rows).trim_fmt())?;
    for row in &rows {
        let shares = row.shares.iter().map(|(name, ckb)| format!("{name} {}", grouped(*ckb)));
        writeln!(out, "{:10}  {}", row.date, shares.collect::<Vec<_>>().join(", "))?;
    }
    let exact = |left: fn(&TrancheRow) -> i128| rows.iter().filter(|row| left(row) == 0).count();
    let (printed, moved) = (exact(|row| row.difference), exact(|row| row.left));
    let (all, system, total) = (rows.len(), plain(system), plain(network.genesis_capacity));
    let first = plain(of(&chain, FIRST_LOCK).shannons);
    write!(
        out,
        "
{printed} of {all} tranches are exact as the article has them. `left` is what differs when
- the foundation reserve is free on 2020-07-01, not two months before, and the {system}
  of the system cells are subtracted: the chain has a cell of exactly the rest, {RESERVE_CELL};
- the ecosystem fund has {ECOSYSTEM_CELL} on 2020-07-01, in one cell, and 168,000,000 at launch.
Then {moved} of {all} are exact, and the other differences cancel out: the chain is not round.

all     {} issued and {system} in system cells are {total}
launch  what one signature frees, and {first} locked until epoch 460.5, which the
        article does not name
dates   nominal: four hours an epoch from genesis on, in UTC; epochs took longer and shorter
who     the chain does not say who holds a lock: shares of a tranche are the article's
",
        plain(issued)
    )?;
    Ok(Exit::Expected)
}

/// The cell of the foundation reserve, in CKB.
const RESERVE_CELL: &str = "670,735,037";

/// The cell of the ecosystem fund that opens with it, in CKB.
const ECOSYSTEM_CELL: &str = "1,260,000,000";

/// The CKB of the ecosystem fund that are free at launch in the article, and on 2020-07-01 on the
/// chain.
const ECOSYSTEM_LATER: u64 = 3_360_000;

/// A row of the comparison.
struct TrancheRow {
    date: String,
    unlock: Unlock,
    held: Tranche,
    planned: u64,
    shares: Vec<(String, u64)>,
    /// The shannons on the chain less those in the article.
    difference: i128,
    /// The same difference after two shares are moved to the tranches that they have on the chain.
    left: i128,
}

/// A tranche, or an empty one.
fn of(chain: &BTreeMap<Unlock, Tranche>, unlock: Unlock) -> Tranche {
    chain.get(&unlock).cloned().unwrap_or_default()
}

/// Compares each tranche of the chain with that of the article.
fn compare(
    chain: &BTreeMap<Unlock, Tranche>,
    planned: &[Planned],
    burn: u64,
    system: u64,
) -> Vec<TrancheRow> {
    let later = chain
        .iter()
        .filter(|(unlock, _)| matches!(unlock, Unlock::HalfEpochs(_)) && **unlock != FIRST_LOCK);
    let mut launch = of(chain, Unlock::Launch);
    let first = of(chain, FIRST_LOCK);
    launch.cells += first.cells;
    launch.shannons += first.shannons;
    launch.locks.extend(first.locks);
    let launch = (Unlock::Launch, launch);
    let times = std::iter::once((&launch.0, &launch.1)).chain(later);
    let never = (Unlock::Never, of(chain, Unlock::Never));
    let burnt = Planned { date: "burn".into(), shares: vec![("burn".into(), burn)] };
    let planned = planned.iter().chain([&burnt]);
    let reserve = |tranche: &Planned| {
        tranche.shares.iter().find(|(name, _)| name == "foundation reserve").map(|(_, ckb)| *ckb)
    };
    let mut moved = 0_i128;
    let mut rows = vec![];
    for (tranche, (unlock, held)) in planned.zip(times.chain([(&never.0, &never.1)])) {
        let shannons = |ckb: u64| i128::from(ckb) * i128::from(CKB);
        let difference = i128::from(held.shannons) - shannons(tranche.total());
        let mut left = difference;
        if let Some(ckb) = reserve(tranche) {
            // On the chain, the reserve is free in the next tranche.
            left += shannons(ckb);
            moved = shannons(ckb) - i128::from(system) + shannons(ECOSYSTEM_LATER);
        } else if *unlock == Unlock::Launch {
            left += shannons(ECOSYSTEM_LATER);
        } else {
            left -= std::mem::take(&mut moved);
        }
        rows.push(TrancheRow {
            date: tranche.date.clone(),
            unlock: *unlock,
            held: held.clone(),
            planned: tranche.total(),
            shares: tranche.shares.clone(),
            difference,
            left,
        });
    }
    rows
}

fn table(network: &Network, rows: &[TrancheRow]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "article",
        "chain",
        "nominal",
        "cells",
        "on the chain",
        "in the article",
        "difference",
        "left",
    ]);
    for column in 3..8 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for row in rows {
        let (epoch, nominal) = shown(network, row.unlock);
        table.add_row([
            row.date.clone(),
            epoch,
            nominal,
            row.held.cells.to_string(),
            plain(row.held.shannons),
            grouped(row.planned),
            signed(row.difference),
            signed(row.left),
        ]);
    }
    table
}

/// When a tranche becomes free: the epoch, and the nominal time.
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
