//! The supply by epoch, era or year.

use super::calendar::{self, Band, MICRO};
use super::sheet::{Cell, Column, Completeness, hidden, shown};
use super::supply::{Assumptions, Issued, Supply, Totals, c_after, measured_epochs};
use super::whereabouts::holdings;
use crate::amount::percent;
use ckbspec_reference::Parameters;
use clap::ValueEnum;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// An epoch; exact.
    Epoch,
    /// An era, from one halving to the next; exact.
    Era,
    /// A calendar year in UTC; its number of epochs is a range.
    Year,
}

/// A row: consecutive epochs.
#[derive(Clone, Debug)]
pub struct Period {
    /// The number of the epoch, the era or the year.
    pub label: u64,
    /// The first epoch.
    pub first: u64,
    /// What its epochs issue.
    pub issued: Issued,
    /// C before its first epoch.
    pub c_before: u128,
    /// The totals after its last epoch.
    pub after: Totals,
    /// How many epochs are over at its end: for a year a band, else exactly `after.epochs`.
    pub epochs: Band,
    /// When its last epoch ends.
    pub ends: Band,
    /// Whether it is the whole epoch, era or year.
    pub completeness: Completeness,
}

impl Period {
    /// Whether headers have measured how its secondary issuance was shared, as a word for all
    /// formats.
    fn shares(&self) -> &'static str {
        let measured = measured_epochs();
        match (self.first < measured, self.after.epochs > measured) {
            (true, false) => "measured",
            (true, true) => "both",
            (false, _) => "projected",
        }
    }
}

/// How many whole epochs are over at a time, as a band; 0 before genesis.
pub fn epochs_at(time: u64) -> Band {
    let band = calendar::position_at(time);
    let Band { least, middle, greatest } = band.unwrap_or(Band::exactly(0));
    Band { least: least / MICRO, middle: middle / MICRO, greatest: greatest / MICRO }
}

/// The end of a year, which is the beginning of the next.
pub fn end_of_year(year: u64) -> u64 {
    calendar::start_of(&format!("{:04}", year + 1)).unwrap_or(u64::MAX)
}

/// The number of a period, and the epochs that are over at its end.
fn end(by: By, index: u64) -> (u64, Band) {
    let first_year = calendar::year(calendar::time_of(0).middle);
    match by {
        By::Epoch => (index, Band::exactly(index + 1)),
        By::Era => {
            let era = Parameters::MAINNET.halving_interval.get();
            (index + 1, Band::exactly((index + 1) * era))
        }
        By::Year => (first_year + index, epochs_at(end_of_year(first_year + index))),
    }
}

/// The era or year that is cut off because it is not over after `until` epochs: its number, how
/// many of its epochs are over, and how many it has, by the middle of its band.
pub fn cut_off(by: By, until: u64) -> Option<(u64, u64, u64)> {
    if by == By::Epoch {
        return None;
    }
    let ends = (0..).map(|index| end(by, index)).map(|(label, band)| (label, band.middle));
    let mut first = 0;
    for (label, end) in ends {
        if end >= until {
            return (end > until).then_some((label, until - first, end - first));
        }
        first = end;
    }
    None
}

/// The periods from the one that contains epoch `from` to the one that contains the last epoch
/// before `until`, which is cut off there.
pub fn periods(
    assumptions: Assumptions,
    by: By,
    from: u64,
    until: Band,
) -> impl Iterator<Item = Period> {
    let mut supply = Supply::new(assumptions);
    let mut indices = 0_u64..;
    std::iter::from_fn(move || {
        loop {
            let before = supply.totals();
            if before.epochs >= until.middle {
                return None;
            }
            let (label, band) = end(by, indices.next()?);
            let epochs = if band.middle > until.middle { until } else { band };
            let completeness = match (by, before.epochs) {
                _ if band.middle > until.middle => Completeness::Cut,
                (By::Year, 0) => Completeness::SinceGenesis,
                _ => Completeness::Whole,
            };
            let issued = supply.step_to(epochs.middle);
            let after = supply.totals();
            if after.epochs > from {
                return Some(Period {
                    label,
                    first: before.epochs,
                    issued,
                    c_before: before.c(),
                    after,
                    epochs,
                    ends: calendar::time_of(after.epochs * MICRO),
                    completeness,
                });
            }
        }
    })
}

/// The columns of a sheet of periods.
pub fn columns(by: By) -> Vec<Column> {
    let mut columns = match by {
        By::Epoch => vec![shown("epoch", "epoch"), hidden("first_epoch"), hidden("epochs_over")],
        By::Era => {
            vec![shown("era", "era"), shown("first_epoch", "first epoch"), hidden("epochs_over")]
        }
        By::Year => {
            vec![shown("year", "year"), hidden("first_epoch"), shown("epochs_over", "epochs over")]
        }
    };
    columns.extend(match by {
        By::Year => [shown("epochs_within", "±"), hidden("ends_earliest"), hidden("ends_latest")],
        By::Epoch | By::Era => [
            hidden("epochs_within"),
            shown("ends_earliest", "ends from"),
            shown("ends_latest", "to"),
        ],
    });
    columns.extend([
        shown("primary", "primary"),
        shown("secondary", "secondary"),
        shown("shares", "its shares"),
        shown("to_miners", "miners"),
        shown("to_depositors", "depositors"),
        shown("to_treasury", "treasury"),
        shown("growth_percent", "growth %"),
        shown("c", "issued (C)"),
        hidden("c_least"),
        hidden("c_greatest"),
        hidden("s"),
        hidden("completeness"),
    ]);
    columns.extend(holdings(&Totals::default()).iter().map(|holding| hidden(holding.key)).skip(1));
    columns
}

/// The row of a period in a sheet of periods.
pub fn row(period: &Period) -> Vec<Cell> {
    let Period { issued, after, epochs, ends, .. } = period;
    let grown = after.c() - period.c_before;
    let c_at = |at: u64| if at == after.epochs { after.c() } else { c_after(at) };
    let mut row = vec![
        // A year is a name, so it has no comma: 2031.
        Cell::Name(period.label.to_string(), period.completeness),
        Cell::Number(period.first),
        Cell::Number(after.epochs),
        Cell::Number((epochs.middle - epochs.least).max(epochs.greatest - epochs.middle)),
        Cell::Text(calendar::day(ends.least)),
        Cell::Text(calendar::day(ends.greatest)),
        Cell::Shannons(issued.primary),
        Cell::Shannons(issued.secondary),
        period.shares().into(),
        Cell::Shannons(issued.miners),
        Cell::Shannons(issued.depositors),
        Cell::Shannons(issued.treasury()),
        Cell::Text(percent(grown, period.c_before, 4)),
        Cell::Shannons(after.c()),
        Cell::Shannons(c_at(epochs.least)),
        Cell::Shannons(c_at(epochs.greatest)),
        Cell::Shannons(after.s()),
        period.completeness.word().into(),
    ];
    row.extend(holdings(after).iter().skip(1).map(|holding| Cell::Shannons(holding.shannons)));
    row
}
