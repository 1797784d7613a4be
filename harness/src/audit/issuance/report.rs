//! The sheets of an audit: the ledger, where everything is at its end, and other coins beside it.

use super::calendar::{self, Band, EPOCH_LONGEST_MS, EPOCH_SHORTEST_MS, MICRO};
use super::chart::subsidy;
use super::coins::Coin;
use super::figures::{ckb, fixed, grouped, percent, whole_ckb};
use super::ledger::{Assumptions, Ledger, Occupied, Totals, c_after, horizon};
use super::periods::{By, columns, end_of_year, epochs_at, periods, row};
use super::sheet::{Basis, Cell, Sheet, Unit, hidden, shown};
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
    let rows = Box::new(rows.map(|period| row(&period)));
    let unit = match unit {
        Unit::WholeCkb => "whole CKB, rounded down; CSV and JSON have shannons",
        Unit::Ckb => "CKB",
        Unit::Shannons => "shannons",
    };
    let notes = remarks(question);
    Sheet {
        name: "ledger",
        basis: question.basis(),
        title: format!("What mainnet issues ({unit})"),
        columns: columns(question.by),
        rows,
        notes,
    }
}

/// Where everything is at the end, and what the words mean.
pub fn whereabouts(question: &Question) -> Sheet {
    let totals = question.end_totals();
    let c = totals.c();
    let places = places(&totals);
    let held = |keys: &[&str]| -> u128 {
        places.iter().filter(|place| keys.contains(&place.key)).map(|place| place.shannons).sum()
    };
    let title = format!(
        "At the end of {}: {} CKB issued; cells hold {} of them, {} in cells that a key opens",
        question.end,
        whole_ckb(c),
        whole_ckb(held(&["spendable", "locked", "burnt", "system"])),
        whole_ckb(held(&["spendable"]))
    );
    let mut columns = vec![hidden("key"), shown("where", "where"), shown("shannons", "CKB")];
    columns.extend([shown("percent", "% of C"), shown("meaning", "what that is")]);
    let rows = places.into_iter().map(move |place| {
        let signs = ["", "+ ", "    "];
        let sign = signs.get(place.depth).copied().unwrap_or_default();
        vec![
            place.key.into(),
            Cell::Text(format!("{sign}{}", place.name)),
            Cell::Shannons(place.shannons),
            Cell::Text(percent(place.shannons, c, 3)),
            place.meaning.into(),
        ]
    });
    Sheet {
        name: "whereabouts",
        basis: question.basis(),
        title,
        columns,
        rows: Box::new(rows),
        notes: vec![
            format!(
                "C is the sum of the lines with a plus. S of the DAO field is owed and treasury \
                 together: {} CKB.",
                ckb(totals.s())
            ),
            assumed(&question.assumptions),
            band_words(question.until),
        ],
    }
}

fn band_words(band: Band) -> String {
    let Band { least, middle, greatest } = band;
    let when = if least < greatest {
        format!(
            "The date is a band: {} to {} epochs are over by then, C is between {} and {} CKB, and \
             the figures are those of {} epochs.",
            grouped(least.into()),
            grouped(greatest.into()),
            whole_ckb(c_after(least)),
            whole_ckb(c_after(greatest)),
            grouped(middle.into())
        )
    } else {
        let ends = calendar::time_of(middle * MICRO);
        let (from, to) = (calendar::day(ends.least), calendar::day(ends.greatest));
        format!("{} epochs are over then, between {from} and {to}.", grouped(middle.into()))
    };
    let newest = calendar::newest();
    let seconds = |ms: u64| grouped(u128::from(ms / 1_000));
    format!(
        "{when} An epoch is taken to last {} s, its target, to {} s, a little above the slowest \
         long run measured; the newest header known is block {} of {}.",
        seconds(EPOCH_SHORTEST_MS),
        seconds(EPOCH_LONGEST_MS),
        grouped(newest.block.into()),
        calendar::day(newest.timestamp)
    )
}

/// The assumptions about shares, in a sentence.
pub fn assumed(assumptions: &Assumptions) -> String {
    let share = |share: super::ledger::Share| {
        let text = fixed(share.billionths().into(), 7);
        format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
    };
    let occupied = match assumptions.occupied {
        Occupied::Measured => {
            "cells occupy U of known headers, in proportion between them, level after them"
                .to_owned()
        }
        Occupied::Share(part) => format!("cells occupy {} of C", share(part)),
    };
    format!("Assumed: {occupied}; {} of C is in the Nervos DAO.", share(assumptions.dao))
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
    let coins_here = coins.to_vec();
    let rows: Vec<_> = years.iter().copied().zip(ckb_years.iter().copied()).collect();
    let rows = rows.into_iter().map(move |(year, (issued, before))| {
        let mut row = vec![
            Cell::Text(year.to_string()),
            Cell::Text(whole_ckb(issued)),
            Cell::Text(percent(issued, before, 4)),
        ];
        for coin in &coins_here {
            let (issued, before) = subsidy(*coin, year);
            let one = 10_u128.pow(coin.decimals());
            row.push(Cell::Text(fixed(issued * 100 / one, 2)));
            row.push(Cell::Text(percent(issued, before, 4)));
        }
        row
    });
    let last = years.last().map_or(0, |year| epochs_at(end_of_year(*year)).middle);
    let basis = if last > horizon() { Basis::PastTheEnd } else { Basis::Chain };
    let mut notes = vec!["% is what a year issues, of all that was issued before it.".to_owned()];
    if coins.contains(&Coin::Monero) {
        notes.push("Monero's tail, 0.6 XMR a block for ever, began in June 2022.".to_owned());
    }
    notes.extend(coins.iter().map(|coin| coin.source().to_owned()));
    Sheet {
        name: "compared",
        basis,
        title: "Subsidy and inflation by year, in coins".to_owned(),
        columns,
        rows: Box::new(rows),
        notes,
    }
}

/// What CKB issues in years, and C before them.
pub fn ckb_years(years: &[u64]) -> Vec<(u128, u128)> {
    let at = |year| c_after(epochs_at(end_of_year(year)).middle);
    years.iter().map(|year| (at(*year) - at(year - 1), at(year - 1))).collect()
}
