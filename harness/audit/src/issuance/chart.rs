//! Charts of the supply.

use super::calendar::{self, MICRO};
use super::coins::Coin;
use super::periods::end_of_year;
use super::supply::{Assumptions, Issued, Supply, Totals};
use super::svg::{BLACK, BLUE, Chart, GREEN, GREY, ORANGE, PINK, SKY, Series, YELLOW};
use super::whereabouts::holdings;
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
    let (title, unit, one, stacked) = match kind {
        ChartKind::Supply => ("Where all CKB are", "billion CKB", BILLION, true),
        ChartKind::Issuance => ("What the chain issues", "billion CKB a year", BILLION, true),
        ChartKind::Inflation => ("Inflation of CKB", "% of C a year", PERCENT, false),
        ChartKind::Split => {
            ("To whom the secondary issuance goes", "billion CKB a year", BILLION, true)
        }
    };
    let series = match kind {
        ChartKind::Supply => supply(&samples),
        ChartKind::Issuance => of_each(
            &samples,
            &[
                ("primary, to miners", BLUE, |sample| sample.a_year(|issued| issued.primary)),
                ("secondary, to miners", ORANGE, |sample| sample.a_year(|issued| issued.miners)),
                ("secondary, depositors", GREEN, |sample| {
                    sample.a_year(|issued| issued.depositors)
                }),
                ("secondary, treasury", PINK, |sample| sample.a_year(Issued::treasury)),
            ],
        ),
        ChartKind::Inflation => of_each(
            &samples,
            &[
                ("together", BLACK, |sample| {
                    sample.inflation(|issued| issued.primary + issued.secondary)
                }),
                ("primary", BLUE, |sample| sample.inflation(|issued| issued.primary)),
                ("secondary", ORANGE, |sample| sample.inflation(|issued| issued.secondary)),
            ],
        ),
        ChartKind::Split => of_each(
            &samples,
            &[
                ("miners", ORANGE, |sample| sample.a_year(|issued| issued.miners)),
                ("depositors", GREEN, |sample| sample.a_year(|issued| issued.depositors)),
                ("treasury, never created", PINK, |sample| sample.a_year(Issued::treasury)),
            ],
        ),
    };
    let measured = calendar::newest().timestamp;
    let subtitle = match kind {
        ChartKind::Inflation => {
            "The rate of each epoch, for 2,190 of them, of C at its end.".to_owned()
        }
        ChartKind::Supply | ChartKind::Issuance | ChartKind::Split => assumed,
    };
    Chart { title: title.to_owned(), subtitle, unit, one, stacked, series, measured }
}

/// The chart of inflation by year, for CKB and other coins.
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
}

impl Sample {
    fn a_year(&self, part: impl Fn(&Issued) -> u128) -> u128 {
        part(&self.issued) * EPOCHS_A_YEAR
    }

    fn inflation(&self, part: impl Fn(&Issued) -> u128) -> u128 {
        rounded(self.a_year(part) * 100, self.totals.c(), 4)
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
            found.push(Sample { time, issued, totals: supply.totals() });
        }
    }
    found
}

type Part = (&'static str, &'static str, fn(&Sample) -> u128);

fn of_each(samples: &[Sample], parts: &[Part]) -> Vec<Series> {
    let series = parts.iter().map(|(name, colour, value)| Series {
        name: (*name).to_owned(),
        colour,
        points: samples.iter().map(|sample| (sample.time, value(sample))).collect(),
    });
    series.collect()
}

/// The areas of the chart of where all CKB are.
fn supply(samples: &[Sample]) -> Vec<Series> {
    const ORDER: [(&str, &str, &[&str]); 7] = [
        ("from genesis", SKY, &["genesis_open"]),
        ("locked at genesis", YELLOW, &["locked"]),
        ("primary, to miners", BLUE, &["primary_paid"]),
        ("secondary, to miners", ORANGE, &["secondary_paid"]),
        ("depositors, paid or owed", GREEN, &["withdrawn", "owed"]),
        ("treasury, never created", PINK, &["treasury"]),
        ("burnt and system", GREY, &["burnt", "system", "lost"]),
    ];
    let mut series: Vec<Series> = ORDER
        .map(|(name, colour, _)| Series { name: name.to_owned(), colour, points: vec![] })
        .into();
    for sample in samples {
        let holdings = holdings(&sample.totals);
        for (series, (_, _, keys)) in series.iter_mut().zip(ORDER) {
            let parts = holdings.iter().filter(|holding| keys.contains(&holding.key));
            series.points.push((sample.time, parts.map(|holding| holding.shannons).sum()));
        }
    }
    series
}
