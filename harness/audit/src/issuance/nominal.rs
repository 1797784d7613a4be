//! The four tables of the article *Understanding the Nervos CKB Issuance Model* (nervos.org),
//! figure by figure: years of 365 days, 4.2 billion CKB in the first, halvings without a rest.
//!
//! The figures are not those of the chain, which counts epochs and not years, and rounds for each
//! epoch. Where the article rounds twice, has misprints or adds rounded figures, the tables
//! reproduce that, and a note names it.

use super::sheet::{Basis, Cell, Column, Sheet, shown};
use super::supply::c_after;
use crate::amount::{fixed, grouped, rounded};
use ckbspec_reference::Parameters;

/// The primary issuance of the first year; like all amounts here in hundredths of a CKB.
const PRIMARY: u128 = 420_000_000_000;

/// The secondary issuance of every year.
const SECONDARY: u128 = 134_400_000_000;

/// The issuance of genesis, which is also the limit of the sum of all primary issuance.
const ALL: u128 = 3_360_000_000_000;

/// How many years an era has.
const ERA_YEARS: u32 = 4;

/// The first year, in which the first era begins.
const FIRST_YEAR: u32 = 2019;

/// How many eras and years the article lists.
const ERAS: u32 = 20;
const YEARS: u32 = 40;

/// One of the article's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArticleTable {
    /// Primary issuance by era.
    Primary,
    /// CKB in circulation by year.
    Circulation,
    /// Inflation by year.
    Inflation,
    /// The cells of genesis, and from when on they can be spent.
    Genesis,
}

impl ArticleTable {
    /// All tables, in the order of the article.
    pub const ALL: [Self; 4] = [Self::Genesis, Self::Primary, Self::Circulation, Self::Inflation];

    /// The table.
    pub fn sheet(self) -> Sheet {
        match self {
            Self::Primary => primary(),
            Self::Circulation => circulation(),
            Self::Inflation => inflation(),
            Self::Genesis => genesis(),
        }
    }
}

fn sheet(
    name: &'static str,
    title: &str,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    notes: Vec<String>,
) -> Sheet {
    let title = format!("NOMINAL, NOT THE CHAIN: {title}, as the issuance article prints it");
    Sheet { name, basis: Basis::Nominal, title, columns, rows: Box::new(rows.into_iter()), notes }
}

/// What an era issues a year, exactly, as numerator and denominator; eras count from 1.
fn exact_rate(era: u32) -> (u128, u128) {
    (PRIMARY, 1_u128.checked_shl(era.saturating_sub(1)).unwrap_or(u128::MAX))
}

/// The yearly figures of the eras as printed: the article halves the rounded figure of the era
/// before, and rounds to two decimals, half up.
fn printed_rates() -> Vec<u128> {
    let mut rates = vec![];
    let mut rate = PRIMARY;
    for era in 1..=ERAS {
        if era > 1 {
            rate = rate.div_ceil(2);
        }
        if era == SHORT_ERA {
            // The article prints this figure with one decimal: 512,695.3.
            rate = rounded(rate, 10, 0) * 10;
        }
        rates.push(rate);
    }
    rates
}

/// The era whose printed figure has one decimal.
const SHORT_ERA: u32 = 14;

/// The first era whose exact figure has more than two decimals.
const ROUNDED_ERA: u32 = 13;

/// The years of an era as they should be, and as they are printed. In print, eras 2 and 3 share
/// four years, so all later eras are four years too early.
fn era_years(era: u32) -> (String, String) {
    let begins = FIRST_YEAR + ERA_YEARS * (era - 1);
    let right = format!("{begins}-{}", begins + ERA_YEARS);
    let printed = match era {
        1 => right.clone(),
        2 => "2023-2024".to_owned(),
        3 => "2024-2027".to_owned(),
        _ => format!("{}-{begins}", begins - ERA_YEARS),
    };
    (right, printed)
}

fn primary() -> Sheet {
    let columns = vec![
        shown("years", "years"),
        shown("reward_era", "reward era"),
        shown("ckb_per_year", "CKB a year"),
        shown("ckb_issued", "CKB issued"),
        shown("ckb_issued_cumulative", "all together"),
        shown("percent_issued", "percent"),
    ];
    let mut rows = vec![];
    let mut notes = vec![];
    let mut cumulative = 0;
    for (era, rate) in (1..).zip(printed_rates()) {
        let issued = rate * u128::from(ERA_YEARS);
        cumulative += issued;
        let percent = fixed(rounded(cumulative * 100, ALL, 10), 10);
        let percent = if era < ROUNDED_ERA { trimmed(&percent) } else { &percent };
        let (right, years) = era_years(era);
        if matches!(era, 2 | 3) {
            notes.push(format!("Era {era}: the years are printed {years}; they are {right}."));
        }
        notes.extend(slips(era, [rate, issued, cumulative], percent));
        rows.push(vec![
            Cell::Text(years),
            Cell::Text(era.to_string()),
            Cell::Text(fixed(rate, 2)),
            Cell::Text(fixed(issued, 2)),
            Cell::Text(fixed(cumulative, 2)),
            Cell::Text(percent.to_owned()),
        ]);
    }
    let later = "Eras 4 to 20 are therefore printed four years early: the article's other tables \
                 begin era 4 in 2031.";
    notes.insert(2, later.to_owned());
    let chain = c_after(Parameters::MAINNET.halving_interval.get()) - c_after(0);
    let secondary = u128::from(Parameters::MAINNET.secondary_epoch_reward);
    let chain = chain - secondary * u128::from(Parameters::MAINNET.halving_interval.get());
    notes.push(format!(
        "The chain issues {} shannons in era 1, for the article's {}.",
        grouped(chain),
        grouped(ALL / 2 * 1_000_000)
    ));
    sheet("primary-issuance", "primary issuance by era", columns, rows, notes)
}

/// A note about the figures of an era that differ from the exact ones, rounded; `None` without any.
fn slips(era: u32, printed: [u128; 3], percent: &str) -> Option<String> {
    let (rate, parts) = exact_rate(era);
    let years = u128::from(ERA_YEARS);
    // All later eras together issue as much as this one.
    let exact = [(rate, parts), (rate * years, parts), (ALL * parts - rate * years, parts)];
    let names = ["a year", "issued", "all together"];
    let mut found: Vec<String> = vec![];
    for ((name, printed), (above, below)) in names.iter().zip(printed).zip(exact) {
        let right = rounded(above, below, 0);
        if printed != right {
            found.push(format!("{name} {} for {}", fixed(printed, 2), fixed(right, 2)));
        }
    }
    let right = fixed(rounded((ALL * parts - rate * years) * 100, ALL * parts, 10), 10);
    if trimmed(&right) != trimmed(percent) {
        found.push(format!("percent {percent} for {right}"));
    }
    if found.is_empty() {
        return None;
    }
    let why = match era {
        ROUNDED_ERA => ", the first figure that does not fit two decimals, multiplied rounded",
        SHORT_ERA => ", the year's figure cut to one decimal",
        _ => ", halved from the rounded figure of the era before",
    };
    Some(format!("Era {era}: {}{why}.", found.join(", ")))
}

/// A number without zeros at its end.
fn trimmed(number: &str) -> &str {
    if number.contains('.') {
        return number.trim_end_matches('0').trim_end_matches('.');
    }
    number
}

/// For each year: its number, its era, and its primary issuance.
fn years() -> impl Iterator<Item = (u32, u32, u128)> {
    (0..YEARS).map(|index| {
        let era = index / ERA_YEARS + 1;
        let (rate, parts) = exact_rate(era);
        (FIRST_YEAR + index, era, rate / parts)
    })
}

fn circulation() -> Sheet {
    let columns = vec![
        shown("year", "year"),
        shown("reward_era", "reward era"),
        shown("genesis", "genesis"),
        shown("primary", "primary"),
        shown("secondary", "secondary"),
        shown("total", "total"),
    ];
    let mut rows = vec![];
    let (mut primary, mut secondary) = (0, 0);
    for (year, era, rate) in years() {
        let genesis = opened_by(year);
        let total = genesis + primary + secondary;
        let amounts = [genesis, primary, secondary, total];
        let mut row = vec![Cell::Text(year.to_string()), Cell::Text(era.to_string())];
        row.extend(amounts.map(|amount| Cell::Text((amount / 100).to_string())));
        rows.push(row);
        primary += rate;
        secondary += SECONDARY;
    }
    let notes = vec![
        "A row is what there is when its year of issuance begins, in November; genesis is what has \
         opened by its end."
            .to_owned(),
        "All secondary issuance counts as in circulation, the treasury's part too, which no cell \
         has."
            .to_owned(),
    ];
    sheet("circulation", "CKB in circulation", columns, rows, notes)
}

fn inflation() -> Sheet {
    let columns = vec![
        shown("year", "year"),
        shown("reward_era", "reward era"),
        shown("primary_percent", "primary %"),
        shown("secondary_percent", "secondary %"),
        shown("total_percent", "total %"),
    ];
    let mut rows = vec![];
    let mut supply = ALL;
    let mut off = vec![];
    for (year, era, rate) in years() {
        let parts = [rate, SECONDARY].map(|part| rounded(part * 100, supply, 10));
        let total: u128 = parts.iter().sum();
        if total != rounded((rate + SECONDARY) * 100, supply, 10) {
            off.push(year.to_string());
        }
        let mut row = vec![Cell::Text(year.to_string()), Cell::Text(era.to_string())];
        row.extend([parts[0], parts[1], total].map(|part| Cell::Text(fixed(part, 10))));
        rows.push(row);
        supply += rate + SECONDARY;
    }
    let notes = vec![
        "Of all that has been issued, the 8.4 billion CKB burnt at genesis among them.".to_owned(),
        format!(
            "The totals are sums of rounded figures; in {} years the last decimal is one off: {}.",
            off.len(),
            off.join(", ")
        ),
    ];
    sheet("inflation", "inflation", columns, rows, notes)
}

/// The dates of the genesis table.
const DATES: [(&str, &str); 7] = [
    ("at_launch", "at launch"),
    ("2020-05-01", "2020-05-01"),
    ("2020-07-01", "2020-07-01"),
    ("2020-12-31", "2020-12-31"),
    ("2021-05-01", "2021-05-01"),
    ("2022-05-01", "2022-05-01"),
    ("2022-12-31", "2022-12-31"),
];

/// An allocation: its name, its share of genesis in thousandths, and for each date which part of it
/// can be spent, as a numerator over its denominator; 0 where the table is empty.
struct Allocation {
    name: &'static str,
    thousandths: u128,
    opens: [u128; 7],
    over: u128,
}

const ALLOCATIONS: [Allocation; 8] = [
    allocation("public token sale", 215, [1, 0, 0, 0, 0, 0, 0], 1),
    allocation("ecosystem fund", 170, [3, 0, 25, 50, 0, 0, 100], 100),
    allocation("team", 150, [2, 3, 0, 0, 4, 6, 0], 6),
    allocation("private sale", 140, [2, 3, 0, 0, 0, 0, 0], 3),
    allocation("founding partners", 50, [0, 1, 0, 0, 2, 4, 0], 4),
    allocation("foundation reserve", 20, [0, 1, 0, 0, 0, 0, 0], 1),
    allocation("testnet incentives", 5, [1, 0, 0, 0, 0, 0, 0], 1),
    allocation("burn", 250, [0; 7], 1),
];

const fn allocation(
    name: &'static str,
    thousandths: u128,
    opens: [u128; 7],
    over: u128,
) -> Allocation {
    Allocation { name, thousandths, opens, over }
}

impl Allocation {
    fn total(&self) -> u128 {
        ALL * self.thousandths / 1_000
    }

    /// What can be spent at each date; `None` where the table is empty.
    fn opened(&self) -> [Option<u128>; 7] {
        self.opens.map(|part| (part > 0).then(|| self.total() * part / self.over))
    }
}

/// How much of genesis can be spent by the end of a year.
fn opened_by(year: u32) -> u128 {
    let by_then = |date: &str| {
        let of = date.split('-').next().and_then(|year| year.parse::<u32>().ok());
        of.unwrap_or(FIRST_YEAR) <= year
    };
    let opened = ALLOCATIONS.iter().map(|allocation| {
        let dates = DATES.iter().zip(allocation.opened()).filter(|((date, _), _)| by_then(date));
        dates.filter_map(|(_, opened)| opened).next_back().unwrap_or(0)
    });
    opened.sum()
}

fn genesis() -> Sheet {
    let mut columns =
        vec![shown("allocation", "allocation"), shown("percent", "%"), shown("total", "total")];
    columns.extend(DATES.map(|(key, title)| shown(key, title)));
    let mut rows = vec![];
    for allocation in &ALLOCATIONS {
        let mut row = vec![
            Cell::Text(allocation.name.to_owned()),
            Cell::Text(trimmed(&fixed(allocation.thousandths, 1)).to_owned()),
            Cell::Text((allocation.total() / 100).to_string()),
        ];
        let opened = allocation.opened().map(|opened| {
            let text = opened.map(|opened| (opened / 100).to_string());
            Cell::Text(text.unwrap_or_default())
        });
        row.extend(opened);
        rows.push(row);
    }
    let notes = vec![
        "An amount is all that is open by then; the real cells hold amounts that are not as round."
            .to_owned(),
        "The foundation reserve is dated 2020-05-01; on the chain, what fits it opens with the \
         cells of July 2020."
            .to_owned(),
    ];
    sheet("genesis-distribution", "the cells of genesis", columns, rows, notes)
}
