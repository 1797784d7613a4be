//! Charts of the supply.

use super::calendar::{self, MICRO};
use super::coins::Coin;
use super::periods::end_of_year;
use super::supply::{Assumptions, Issued, Supply, Totals};
use super::svg::{BLACK, BLUE, Chart, GREEN, GREY, ORANGE, PINK, SKY, Series, YELLOW};
use super::whereabouts::{Holding, holdings};
use crate::amount::rounded;
use clap::ValueEnum;

/// What a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChartKind {
    /// Where all CKB are.
    Supply,
    /// What is issued a year.
    Issuance,
    /// What is issued a year, in percent of C.
    Inflation,
    /// To whom the secondary issuance of a year goes.
    Split,
}

/// How many epochs of 4 hours a year of 365 days has, for rates.
const EPOCHS_A_YEAR: u128 = 2_190;

/// A billion CKB, in shannons.
const BILLION: u128 = 100_000_000_000_000_000;

/// One percent, in units of a ten-thousandth of a percent.
const PERCENT: u128 = 10_000;

/// How many epochs there are from one point of a chart to the next: half a month.
const STEP: u64 = 91;

/// The chart of the epochs from `from` to `until`.
pub fn chart(
    kind: ChartKind,
    assumptions: Assumptions,
    from: u64,
    until: u64,
    assumed: String,
) -> Chart {
    let samples = samples(assumptions, from, until);
    let (title, parts): (_, &[Part]) = match kind {
        ChartKind::Supply => ("Where all CKB are", SUPPLY),
        ChartKind::Issuance => ("What the chain issues", ISSUANCE),
        ChartKind::Inflation => ("Inflation of CKB", INFLATION),
        ChartKind::Split => ("To whom the secondary issuance goes", SPLIT),
    };
    let (unit, one, subtitle) = match kind {
        ChartKind::Supply => ("billion CKB", BILLION, assumed),
        ChartKind::Issuance | ChartKind::Split => ("billion CKB a year", BILLION, assumed),
        ChartKind::Inflation => {
            let rate = "The rate of each epoch, for 2,190 of them, of C at its end.";
            ("% of C a year", PERCENT, rate.to_owned())
        }
    };
    let series = parts.iter().map(|(name, colour, value)| {
        let points = samples.iter().map(|sample| (sample.time, value(sample))).collect();
        Series { name: (*name).to_owned(), colour, points }
    });
    Chart {
        title: title.to_owned(),
        subtitle,
        unit,
        one,
        stacked: kind != ChartKind::Inflation,
        series: series.collect(),
        measured: calendar::newest().timestamp,
    }
}

/// A line or an area of a chart: its name, its colour and its value at a point in time.
type Part = (&'static str, &'static str, fn(&Sample) -> u128);

/// From what is there for ever to what is only counted.
const SUPPLY: &[Part] = &[
    ("from genesis", SKY, |at| at.held(&["genesis_open"])),
    ("locked at genesis", YELLOW, |at| at.held(&["locked"])),
    ("primary, to miners", BLUE, |at| at.held(&["primary_paid"])),
    ("secondary, to miners", ORANGE, |at| at.held(&["secondary_paid"])),
    ("depositors, paid or owed", GREEN, |at| at.held(&["withdrawn", "owed"])),
    ("treasury, never created", PINK, |at| at.held(&["treasury"])),
    ("burnt and system", GREY, |at| at.held(&["burnt", "system", "lost"])),
];

const ISSUANCE: &[Part] = &[
    ("primary, to miners", BLUE, |at| at.issued.primary * EPOCHS_A_YEAR),
    ("secondary, to miners", ORANGE, |at| at.issued.miners * EPOCHS_A_YEAR),
    ("secondary, depositors", GREEN, |at| at.issued.depositors * EPOCHS_A_YEAR),
    ("secondary, treasury", PINK, |at| at.issued.treasury() * EPOCHS_A_YEAR),
];

const INFLATION: &[Part] = &[
    ("together", BLACK, |at| at.inflation(at.issued.primary + at.issued.secondary)),
    ("primary", BLUE, |at| at.inflation(at.issued.primary)),
    ("secondary", ORANGE, |at| at.inflation(at.issued.secondary)),
];

const SPLIT: &[Part] = &[
    ("miners", ORANGE, |at| at.issued.miners * EPOCHS_A_YEAR),
    ("depositors", GREEN, |at| at.issued.depositors * EPOCHS_A_YEAR),
    ("treasury, never created", PINK, |at| at.issued.treasury() * EPOCHS_A_YEAR),
];

/// Inflation by year, of CKB and coins.
pub fn compared(years: &[u64], coins: &[Coin], ckb: &[(u128, u128)]) -> Chart {
    let percent = |(issued, before): (u128, u128)| rounded(issued * 100, before, 4);
    let line = |name: &str, colour: &'static str, values: Vec<u128>| {
        // The value of a year is drawn at its middle.
        let half_a_year = 15_768_000_000;
        let times = years.iter().map(|year| end_of_year(*year).saturating_sub(half_a_year));
        Series { name: name.to_owned(), colour, points: times.zip(values).collect() }
    };
    let mut series = vec![line("CKB", BLUE, ckb.iter().copied().map(percent).collect())];
    for coin in coins {
        let values = years.iter().map(|year| percent(subsidy(*coin, *year))).collect();
        let colour = match coin {
            Coin::Bitcoin => ORANGE,
            Coin::Monero => GREEN,
        };
        series.push(line(coin.unit(), colour, values));
    }
    Chart {
        title: "Inflation of CKB and other coins".to_owned(),
        subtitle: "What is issued in a year, of what was issued before it.".to_owned(),
        unit: "% a year",
        one: PERCENT,
        stacked: false,
        series,
        measured: calendar::newest().timestamp,
    }
}

/// What a coin issues in a year, and what it issued before that year.
pub fn subsidy(coin: Coin, year: u64) -> (u128, u128) {
    let before = coin.issued_at(end_of_year(year - 1));
    (coin.issued_at(end_of_year(year)) - before, before)
}

/// The state at one point of a chart.
struct Sample {
    time: u64,
    /// What the epoch that ends at this point has issued.
    issued: Issued,
    totals: Totals,
    holdings: Vec<Holding>,
}

impl Sample {
    fn inflation(&self, issued: u128) -> u128 {
        rounded(issued * EPOCHS_A_YEAR * 100, self.totals.c(), 4)
    }

    fn held(&self, keys: &[&str]) -> u128 {
        let parts = self.holdings.iter().filter(|holding| keys.contains(&holding.key));
        parts.map(|holding| holding.shannons).sum()
    }
}

/// Points at equal distances, and one before and one after each halving, so that the chart shows
/// the halving as a step.
fn samples(assumptions: Assumptions, from: u64, until: u64) -> Vec<Sample> {
    let mut supply = Supply::new(assumptions);
    let mut found = vec![];
    let mut primary = 0;
    while supply.totals().epochs < until {
        let start = supply.totals().epochs;
        let issued = supply.step();
        let halved = issued.primary != primary && start > 0;
        primary = issued.primary;
        let epochs = supply.totals().epochs;
        let halves_next = epochs.is_multiple_of(8_760);
        let due = epochs.is_multiple_of(STEP) || epochs == until || epochs == from + 1;
        if epochs > from && (due || halved || halves_next) {
            let at = if halved { start } else { epochs };
            let time = calendar::time_of(at * MICRO).middle;
            let totals = supply.totals();
            found.push(Sample { time, issued, totals, holdings: holdings(&totals) });
        }
    }
    found
}
