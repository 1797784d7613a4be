//! The sheets of an audit: the supply by period, where all CKB are at the end, and the comparison
//! with other coins.

use super::calendar::{self, Band, EPOCH_LONGEST_MS, EPOCH_SHORTEST_MS, MICRO};
use super::chart::subsidy;
use super::coins::Coin;
use super::periods::{By, columns, cut_off, end_of_year, epochs_at, periods, row};
use super::sheet::{Basis, Cell, Completeness, Sheet, Unit, hidden, shown};
use super::supply::{
    Assumptions, Occupied, Share, Supply, Totals, c_after, horizon, measured_epochs, past_bounds,
};
use super::whereabouts::{first_forfeit, holdings};
use crate::amount::{ckb, fixed, grouped, percent, trimmed, whole_ckb};

/// Which part of the supply to show, and by which periods.
#[derive(Clone, Debug)]
pub struct SupplyRequest {
    /// How the secondary issuance is shared.
    pub assumptions: Assumptions,
    /// What a row is.
    pub by: By,
    /// The first epoch.
    pub from: u64,
    /// How many epochs are over at the end.
    pub until: Band,
    /// The end as text: `2031`, `2031-06-30`, or `epoch 17,520`.
    pub end: String,
}

impl SupplyRequest {
    /// Whether the figures are those of the chain, or those beyond its end.
    pub fn basis(&self) -> Basis {
        if self.until.middle > horizon() { Basis::PastTheEnd } else { Basis::Chain }
    }

    fn end_totals(&self) -> Totals {
        let mut supply = Supply::new(self.assumptions);
        supply.step_to(self.until.middle);
        supply.totals()
    }
}

/// The supply period by period.
pub fn periods_sheet(request: &SupplyRequest, unit: Unit) -> Sheet {
    let rows = periods(request.assumptions, request.by, request.from, request.until);
    let rows = Box::new(rows.map(|period| row(&period)));
    let unit = match unit {
        Unit::WholeCkb => "whole CKB, rounded down; CSV and JSON have shannons",
        Unit::Ckb => "CKB",
        Unit::Shannons => "shannons",
    };
    let notes = incomplete(request).into_iter().chain(remarks(request)).collect();
    Sheet {
        name: "ledger",
        basis: request.basis(),
        title: format!("What mainnet issues ({unit})"),
        columns: columns(request.by),
        rows,
        notes,
    }
}

/// Where all CKB are at the end, and what each name means.
pub fn whereabouts(request: &SupplyRequest) -> Sheet {
    let totals = request.end_totals();
    let c = totals.c();
    let holdings = holdings(&totals);
    let held = |keys: &[&str]| -> u128 {
        holdings
            .iter()
            .filter(|holding| keys.contains(&holding.key))
            .map(|holding| holding.shannons)
            .sum()
    };
    let title = format!(
        "At the end of {}: {} CKB issued; cells hold {} of them, {} in cells that a key opens",
        request.end,
        whole_ckb(c),
        whole_ckb(held(&["spendable", "locked", "burnt", "system"])),
        whole_ckb(held(&["spendable"]))
    );
    let mut columns = vec![hidden("key"), shown("where", "where"), shown("shannons", "CKB")];
    columns.extend([shown("percent", "% of C"), shown("meaning", "what that is")]);
    let rows = holdings.into_iter().map(move |holding| {
        let signs = ["", "+ ", "    "];
        let sign = signs.get(holding.depth).copied().unwrap_or_default();
        vec![
            holding.key.into(),
            Cell::Text(format!("{sign}{}", holding.name)),
            Cell::Shannons(holding.shannons),
            Cell::Text(percent(holding.shannons, c, 3)),
            holding.meaning.into(),
        ]
    });
    let mut notes = vec![format!(
        "C is the sum of the lines with a plus. S of the DAO field is owed and treasury together: \
         {}.",
        ckb(totals.s())
    )];
    notes.push(measured(&request.assumptions));
    if request.until.middle > measured_epochs() {
        notes.push(projected(&request.assumptions));
    }
    notes.push(band_words(request.until));
    Sheet {
        name: "whereabouts",
        basis: request.basis(),
        title,
        columns,
        rows: Box::new(rows),
        notes,
    }
}

fn band_words(band: Band) -> String {
    let Band { least, middle, greatest } = band;
    let when = if least < greatest {
        format!(
            "The date is a band: {} to {} epochs are over by then, C is between {} and {} CKB, and \
             the figures are those of {} epochs.",
            grouped(least),
            grouped(greatest),
            whole_ckb(c_after(least)),
            whole_ckb(c_after(greatest)),
            grouped(middle)
        )
    } else {
        let ends = calendar::time_of(middle * MICRO);
        let (from, to) = (calendar::day(ends.least), calendar::day(ends.greatest));
        format!("{} epochs are over then, between {from} and {to}.", grouped(middle))
    };
    let newest = calendar::newest();
    let seconds = |ms: u64| grouped(u128::from(ms / 1_000));
    format!(
        "{when} An epoch is taken to last {} s, its target, to {} s, a little above the slowest \
         long run measured; the newest header known is block {} of {}.",
        seconds(EPOCH_SHORTEST_MS),
        seconds(EPOCH_LONGEST_MS),
        grouped(newest.block),
        calendar::day(newest.timestamp)
    )
}

/// A share in percent.
pub fn as_percent(share: Share) -> String {
    format!("{} %", trimmed(&fixed(share.billionths().into(), 7)))
}

/// A share of deposits with the option that sets it, and a warning if it is the arbitrary default.
fn deposited(share: Share, option: &str) -> String {
    let percent = as_percent(share);
    if share == Share::FIFTEEN_PERCENT {
        return format!("{percent}, an arbitrary round default and no finding ({option})");
    }
    format!("{percent}, as {option} says")
}

/// A note about the shares until the newest known header: what headers measure, and what is
/// assumed.
fn measured(assumptions: &Assumptions) -> String {
    let newest = calendar::newest();
    format!(
        "Shares, measured until block {} of {}: the miners' part follows from U of known headers, \
         in proportion between them; what was withdrawn, and S, are theirs too. No header says how \
         S divides into owed and treasury: depositors are taken to have got {}; at least \
         {}, by what they withdrew.",
        grouped(newest.block),
        calendar::day(newest.timestamp),
        deposited(assumptions.dao_past, "--dao-share-past"),
        as_percent(past_bounds().0.thousandths_of_percent())
    )
}

/// A note about the shares that are assumed after the newest known header.
fn projected(assumptions: &Assumptions) -> String {
    let occupied = match assumptions.occupied {
        Occupied::AsNow => "cells occupy what they did then (--occupied-share)".to_owned(),
        Occupied::Share(part) => format!("cells occupy {} of C", as_percent(part)),
    };
    let deposited = deposited(assumptions.dao, "--dao-share");
    format!("Shares, projected after it: {occupied}; of C, the Nervos DAO has {deposited}.")
}

/// The assumptions about shares in one line.
pub fn assumed(assumptions: &Assumptions) -> String {
    let occupied = match assumptions.occupied {
        Occupied::AsNow => "what they occupy".to_owned(),
        Occupied::Share(part) => format!("{} of C", as_percent(part)),
    };
    let Assumptions { dao, dao_past, .. } = *assumptions;
    let dao = match (dao == dao_past, as_percent(dao_past), as_percent(dao)) {
        (true, _, dao) => format!("{dao} of C"),
        (false, past, dao) => format!("{past} of C, later {dao}"),
    };
    format!("Assumed: the Nervos DAO has {dao}, which no header says; cells go on with {occupied}.")
}

/// The note that explains the stars of rows that are not whole.
fn incomplete(request: &SupplyRequest) -> Option<String> {
    let mut parts = vec![];
    if request.by == By::Year && request.from < epochs_at(end_of_year(GENESIS_YEAR)).middle {
        let first = calendar::day(calendar::time_of(0).middle);
        parts.push(format!("{GENESIS_YEAR} begins with genesis, on {first}"));
    }
    if let Some((label, epochs, all)) = cut_off(request.by, request.until.middle) {
        let (name, about) = if request.by == By::Era { ("era ", "") } else { ("", "about ") };
        parts.push(format!(
            "{name}{label} is cut off where --until ends, after {} of its {about}{} epochs",
            grouped(epochs),
            grouped(all)
        ));
    }
    (!parts.is_empty()).then(|| format!("* Not whole: {}.", parts.join("; ")))
}

/// The year of genesis.
pub const GENESIS_YEAR: u64 = 2019;

/// Notes for long tables.
fn remarks(request: &SupplyRequest) -> Vec<String> {
    let mut remarks = vec![];
    let supply = Supply::new(request.assumptions);
    if let Some(epoch) = first_forfeit(supply, request.until.middle) {
        let year = calendar::year(calendar::time_of(epoch * MICRO).middle);
        remarks.push(format!(
            "From epoch {} (about {year}) on, a block without fees in an epoch of 1,800 earns less \
             than the 61 CKB that its cell has to hold, and its reward is lost (ISS-015). It is \
             counted as paid here.",
            grouped(epoch)
        ));
    }
    if request.until.middle > horizon() {
        remarks.push(end_of_the_chain());
    }
    remarks
}

/// A sentence about the epoch in which C exceeds 64 bits.
pub fn end_of_the_chain() -> String {
    let epochs = horizon();
    let year = calendar::year(calendar::time_of(epochs * MICRO).middle);
    format!(
        "C exceeds the 64 bits of the DAO field in epoch {}, about {year} (DAO-002): no block can \
         follow, and what is beyond is no chain.",
        grouped(epochs)
    )
}

/// CKB and other coins, by year.
pub fn compared(coins: &[Coin], years: &[u64], ckb_years: &[(u128, u128)]) -> Sheet {
    let mut columns = vec![
        shown("year", "year"),
        hidden("ckb_completeness"),
        shown("ckb_issued_shannons", "CKB issued"),
        shown("ckb_percent", "CKB %"),
    ];
    for coin in coins {
        columns.extend(match coin {
            Coin::Bitcoin => {
                [shown("bitcoin_issued_satoshis", "BTC issued"), shown("bitcoin_percent", "BTC %")]
            }
            Coin::Monero => {
                [shown("monero_issued_piconeros", "XMR issued"), shown("monero_percent", "XMR %")]
            }
        });
    }
    let coins_here = coins.to_vec();
    let rows: Vec<_> = years.iter().copied().zip(ckb_years.iter().copied()).collect();
    let rows = rows.into_iter().map(move |(year, (issued, before))| {
        let completeness = match year {
            GENESIS_YEAR => Completeness::SinceGenesis,
            _ => Completeness::Whole,
        };
        let mut row = vec![
            Cell::Name(year.to_string(), completeness),
            completeness.word().into(),
            Cell::Shannons(issued),
            Cell::Text(percent(issued, before, 4)),
        ];
        for coin in &coins_here {
            let (issued, before) = subsidy(*coin, year);
            row.push(Cell::Coins(issued, coin.decimals()));
            row.push(Cell::Text(percent(issued, before, 4)));
        }
        row
    });
    let last = years.last().map_or(0, |year| epochs_at(end_of_year(*year)).middle);
    let basis = if last > horizon() { Basis::PastTheEnd } else { Basis::Chain };
    let mut notes = vec!["% is what a year issues, of all that was issued before it.".to_owned()];
    if years.contains(&GENESIS_YEAR) {
        notes.push(format!(
            "* CKB began with genesis, on {}; the figures of the other coins are of all {}.",
            calendar::day(calendar::time_of(0).middle),
            GENESIS_YEAR
        ));
    }
    if coins.contains(&Coin::Monero) {
        notes.push("Monero's tail, 0.6 XMR a block for ever, began in June 2022.".to_owned());
    }
    notes.extend(coins.iter().map(|coin| coin.source().to_owned()));
    Sheet {
        name: "compared",
        basis,
        title: "Subsidy and inflation by year, in coins; CSV and JSON have the smallest units"
            .to_owned(),
        columns,
        rows: Box::new(rows),
        notes,
    }
}

/// For each year: what CKB issues in it, and C before it.
pub fn ckb_years(years: &[u64]) -> Vec<(u128, u128)> {
    let at = |year| c_after(epochs_at(end_of_year(year)).middle);
    years.iter().map(|year| (at(*year) - at(year - 1), at(year - 1))).collect()
}
