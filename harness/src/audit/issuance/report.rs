//! The sheets of an audit: the ledger, where everything is at its end, and other coins beside it.

use super::calendar::{self, Band, EPOCH_LONGEST_MS, EPOCH_SHORTEST_MS, MICRO};
use super::chart::subsidy;
use super::coins::Coin;
use super::figures::{ckb, fixed, grouped, percent, whole_ckb};
use super::ledger::{Assumptions, Ledger, Occupied, Totals, c_after, horizon};
use super::periods::{By, columns, epochs_at, periods, row};
use super::sheet::{Basis, Cell, Sheet, Unit, shown};
use super::whereabouts::{first_forfeit, places};

/// What of the ledger is asked for.
#[derive(Clone, Debug)]
pub struct Question {
    /// How the secondary issuance is shared.
    pub assumptions: Assumptions,
    /// How the ledger is cut.
    pub by: By,
    /// The first epoch.
    pub from: u64,
    /// The epochs that are over at the end.
    pub until: Band,
    /// The end in words: `2031`, `2031-06-30`, or `epoch 17,520`.
    pub end: String,
}

impl Question {
    /// Whether the chain can get there.
    pub fn basis(&self) -> Basis {
        if self.until.middle > horizon() { Basis::PastTheEnd } else { Basis::Chain }
    }

    fn end_totals(&self) -> Totals {
        let mut ledger = Ledger::new(self.assumptions);
        ledger.step_to(self.until.middle);
        ledger.totals()
    }
}

/// The rows of the ledger.
pub fn ledger(question: &Question, unit: Unit) -> Sheet {
    let rows = periods(question.assumptions, question.by, question.from, question.until);
    let unit = match unit {
        Unit::WholeCkb => "whole CKB, rounded down; CSV and JSON have shannons",
        Unit::Ckb => "CKB",
        Unit::Shannons => "shannons",
    };
    let mut notes = vec![assumed(&question.assumptions)];
    notes.extend(remarks(question));
    Sheet {
        name: "ledger",
        basis: question.basis(),
        title: format!("What mainnet issues ({unit})"),
        columns: columns(question.by),
        rows: rows.iter().map(row).collect(),
        notes,
    }
}

/// Where everything is at the end, and what the words mean.
pub fn whereabouts(question: &Question) -> Sheet {
    let totals = question.end_totals();
    let c = totals.c();
    let columns = vec![
        shown("where", "where"),
        shown("shannons", "CKB"),
        shown("percent", "% of C"),
        shown("meaning", "what that is"),
    ];
    let rows = places(&totals).into_iter().map(|place| {
        let signs = ["", "+ ", "    "];
        let sign = signs.get(place.depth).copied().unwrap_or_default();
        vec![
            Cell::Text(format!("{sign}{}", place.name)),
            Cell::Shannons(place.shannons),
            Cell::Text(percent(place.shannons, c, 3)),
            place.meaning.into(),
        ]
    });
    let Band { least, middle, greatest } = question.until;
    let mut notes = vec![];
    if least < greatest {
        let (least, greatest) = (c_after(least), c_after(greatest));
        notes.push(format!(
            "C is between {} and {} CKB: {}",
            whole_ckb(least),
            whole_ckb(greatest),
            band_words(question.until)
        ));
    } else {
        let ends = calendar::time_of(middle * MICRO);
        let (from, to) = (calendar::day(ends.least), calendar::day(ends.greatest));
        notes.push(format!("That epoch is over between {from} and {to}: {}", assumed_band()));
    }
    notes.push(format!(
        "S of the DAO field is what is owed and the treasury together: {} CKB.",
        ckb(totals.s())
    ));
    Sheet {
        name: "whereabouts",
        basis: question.basis(),
        title: format!("Where all CKB are at the end of {}", question.end),
        columns,
        rows: rows.collect(),
        notes,
    }
}

fn band_words(band: Band) -> String {
    format!(
        "{} to {} epochs are over then, and the figures are those of {}. {}",
        grouped(band.least.into()),
        grouped(band.greatest.into()),
        grouped(band.middle.into()),
        assumed_band()
    )
}

fn assumed_band() -> String {
    let newest = calendar::newest();
    let seconds = |ms: u64| fixed(u128::from(ms / 100), 1);
    format!(
        "After block {} ({}) an epoch is taken to last from {} s, its target, to {} s, the \
         slowest long run measured; between older headers both bounds hold as well.",
        grouped(newest.block.into()),
        calendar::day(newest.timestamp),
        seconds(EPOCH_SHORTEST_MS),
        seconds(EPOCH_LONGEST_MS)
    )
}

/// The assumptions about shares, in a sentence.
pub fn assumed(assumptions: &Assumptions) -> String {
    let share = |share: super::ledger::Share| {
        let text = fixed(share.billionths().into(), 7);
        format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
    };
    let occupied = match assumptions.occupied {
        Occupied::Measured => "cells occupy what headers have measured, at last U".to_owned(),
        Occupied::Share(part) => format!("cells occupy {} of C", share(part)),
    };
    format!("Assumed: {occupied}; {} of C is in the DAO.", share(assumptions.dao))
}

/// What a reader of a long ledger has to know.
fn remarks(question: &Question) -> Vec<String> {
    let mut remarks = vec![];
    let ledger = Ledger::new(question.assumptions);
    if let Some(epoch) = first_forfeit(ledger, question.until.middle) {
        let year = calendar::year(calendar::time_of(epoch * MICRO).middle);
        remarks.push(format!(
            "From epoch {} (about {year}) on, a block without fees in an epoch of 1,800 earns less \
             than the 61 CKB that its cell has to hold, and its reward is lost (ISS-015). It is \
             counted as paid here.",
            grouped(epoch.into())
        ));
    }
    if question.until.middle > horizon() {
        remarks.push(end_of_the_chain());
    }
    remarks
}

/// Where C leaves 64 bits.
pub fn end_of_the_chain() -> String {
    let epochs = horizon();
    let year = calendar::year(calendar::time_of(epochs * MICRO).middle);
    format!(
        "C exceeds the 64 bits of the DAO field in epoch {}, about {year} (DAO-002): no block can \
         follow, and what is beyond is no chain.",
        grouped(epochs.into())
    )
}

/// CKB and other coins, by year.
pub fn compared(coins: &[Coin], years: &[u64], ckb_years: &[(u128, u128)]) -> Sheet {
    let mut columns = vec![
        shown("year", "year"),
        shown("ckb_issued", "CKB issued"),
        shown("ckb_percent", "CKB %"),
    ];
    for coin in coins {
        columns.extend(match coin {
            Coin::Bitcoin => {
                [shown("bitcoin_issued", "BTC issued"), shown("bitcoin_percent", "BTC %")]
            }
            Coin::Monero => {
                [shown("monero_issued", "XMR issued"), shown("monero_percent", "XMR %")]
            }
        });
    }
    let rows = years.iter().zip(ckb_years).map(|(year, (issued, before))| {
        let mut row = vec![
            Cell::Text(year.to_string()),
            Cell::Text(whole_ckb(*issued)),
            Cell::Text(percent(*issued, *before, 4)),
        ];
        for coin in coins {
            let (issued, before) = subsidy(*coin, *year);
            let one = 10_u128.pow(coin.decimals());
            row.push(Cell::Text(fixed(issued * 100 / one, 2)));
            row.push(Cell::Text(percent(issued, before, 4)));
        }
        row
    });
    let mut notes = vec!["% is what a year issues, of all that was issued before it.".to_owned()];
    if coins.contains(&Coin::Monero) {
        notes.push("Monero's tail, 0.6 XMR a block for ever, began in June 2022.".to_owned());
    }
    notes.extend(coins.iter().map(|coin| coin.source().to_owned()));
    Sheet {
        name: "compared",
        basis: Basis::Chain,
        title: "Subsidy and inflation by year, in coins".to_owned(),
        columns,
        rows: rows.collect(),
        notes,
    }
}

/// What CKB issues in years, and C before them.
pub fn ckb_years(years: &[u64]) -> Vec<(u128, u128)> {
    let at = |year| c_after(epochs_at(super::periods::end_of_year(year)).middle);
    years.iter().map(|year| (at(*year) - at(year - 1), at(year - 1))).collect()
}
