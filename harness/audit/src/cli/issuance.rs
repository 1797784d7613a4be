//! `ckbspec audit issuance`: what is issued, and to whom it goes.

use crate::amount::grouped;
use crate::issuance::calendar::{self, Band};
use crate::issuance::chart::{self, ChartKind};
use crate::issuance::coins::Coin;
use crate::issuance::nominal::ArticleTable;
use crate::issuance::periods::{self, By};
use crate::issuance::report::{self, GENESIS_YEAR, SupplyRequest};
use crate::issuance::sheet::{Sheet, Unit};
use crate::issuance::supply::{ANY_CHAIN, Assumptions, Occupied, Share, horizon, past_bounds};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::files::cannot_write;
use ckbspec_common::problem::Problem;
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct IssuanceArgs {
    /// What a row is.
    #[arg(long, value_enum, default_value = "year")]
    by: By,
    /// The first year, day or epoch: `2026`, `2026-11-21`, `epoch:17520`; by default genesis.
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    from: Option<Moment>,
    /// The last year, day or epoch.
    #[arg(long, value_name = "WHEN", value_parser = moment, default_value = "2040")]
    until: Moment,
    /// The output format. CSV and JSON have shannons, and columns that the table leaves out.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The picture, with --format svg.
    #[arg(long, value_enum, default_value = "supply")]
    chart: ChartKind,
    /// The unit of amounts in the table.
    #[arg(long, value_enum, default_value = "whole-ckb")]
    unit: Unit,
    /// Which part of C cells occupy after the newest known header, as 0.08 or 8%; by default they
    /// occupy what they occupied at that header. That part of the secondary issuance is the
    /// miners'.
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true, value_parser = Share::parse)]
    occupied_share: Option<Share>,
    /// Which part of C is deposited in the Nervos DAO after the newest known header, beyond what
    /// the deposits occupy. That part of the secondary issuance is the depositors', and the rest is
    /// the treasury's. The default is an arbitrary round figure.
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true, value_parser = Share::parse, default_value = "0.15")]
    dao_share: Share,
    /// The same until the newest known header: it divides S, which headers state, into what is owed
    /// to depositors and the treasury's part. No header states this share, and the default is
    /// arbitrary too.
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true, value_parser = Share::parse, default_value = "0.15")]
    dao_share_past: Share,
    /// Print the tables of the issuance article, which differ from the chain: all of them, or one.
    #[arg(
        long,
        value_enum,
        value_name = "TABLE",
        num_args = 0..=1,
        default_missing_value = "all",
        conflicts_with_all = ["compare", "by", "from", "until", "chart", "unit", "occupied_share", "dao_share", "dao_share_past", "past_the_end"]
    )]
    nominal: Option<ArticleTable>,
    /// Put the subsidy and the inflation of other coins beside it, by year.
    #[arg(
        long,
        value_enum,
        value_name = "COINS",
        value_delimiter = ',',
        conflicts_with_all = ["by", "chart", "unit", "occupied_share", "dao_share", "dao_share_past"]
    )]
    compare: Vec<Coin>,
    /// Continue after the epoch in which C exceeds 64 bits, although no chain can.
    #[arg(long)]
    past_the_end: bool,
    /// The file to write; by default standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people.
    Table,
    /// CSV, one line for each row.
    Csv,
    /// One JSON object.
    Json,
    /// A picture.
    Svg,
}

/// A point in time as a person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Moment {
    Year(u64),
    Day(String),
    Epoch(u64),
}

fn moment(text: &str) -> Result<Moment, String> {
    let wrong =
        || format!("`{text}` is no year, day or epoch: write 2031, 2031-12-31 or epoch:17520");
    if let Some(epoch) = text.strip_prefix("epoch:") {
        let number: u64 = epoch.parse().map_err(|_| wrong())?;
        return Some(Moment::Epoch(number)).filter(|_| number < ANY_CHAIN).ok_or_else(|| {
            format!("epoch {number} does not fit the 24 bits that headers have for it")
        });
    }
    let first = calendar::ANCHORS.first().map_or(0, |genesis| genesis.timestamp);
    let start = calendar::start_of(text).ok_or_else(wrong)?;
    let moment = match text.parse() {
        Ok(year) => Moment::Year(year),
        Err(_) => Moment::Day(text.to_owned()),
    };
    let end = moment.end(start);
    if end <= first {
        let day = calendar::day(first);
        return Err(format!("`{text}` is before genesis, which was on {day}"));
    }
    Ok(moment)
}

impl Moment {
    /// The end of the year or day that begins at `start`.
    fn end(&self, start: u64) -> u64 {
        match self {
            Self::Year(year) => periods::end_of_year(*year),
            Self::Day(_) | Self::Epoch(_) => start.saturating_add(86_400_000),
        }
    }

    /// How many epochs are over at its beginning or its end.
    fn epochs(&self, at_end: bool) -> Band {
        let text = match self {
            Self::Epoch(epoch) => return Band::exactly(epoch + u64::from(at_end)),
            Self::Year(year) => format!("{year:04}"),
            Self::Day(day) => day.clone(),
        };
        let start = calendar::start_of(&text).unwrap_or_default();
        periods::epochs_at(if at_end { self.end(start) } else { start })
    }

    /// As text, for "at the end of …".
    fn words(&self) -> String {
        match self {
            Self::Year(year) => year.to_string(),
            Self::Day(day) => day.clone(),
            Self::Epoch(epoch) => format!("epoch {}", grouped(*epoch)),
        }
    }
}

/// A command line that cannot be followed, and what to do instead.
fn wrong<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, CommandError> {
    Err(CommandError::usage(Problem::new(message).help(help)))
}

/// What is to be written.
enum Output {
    /// Sheets, and the units of their tables.
    Sheets(Vec<(Sheet, Unit)>),
    /// A chart.
    Svg(String),
}

pub(super) fn issuance(args: &IssuanceArgs) -> CommandResult {
    let output = if let Some(table) = args.nominal {
        nominal(table, args.format)?
    } else if args.compare.is_empty() {
        supply(args)?
    } else {
        compare(args)?
    };
    let Some(file) = &args.output else {
        let mut out = BufWriter::new(std::io::stdout().lock());
        write(output, args.format, &mut out)?;
        out.flush()?;
        return Ok(Exit::Expected);
    };
    let failed = |error| CommandError::usage(cannot_write(file.display(), error));
    let mut out = BufWriter::new(File::create(file).map_err(failed)?);
    write(output, args.format, &mut out).and_then(|()| out.flush()).map_err(failed)?;
    Ok(Exit::Expected)
}

fn write(output: Output, format: Format, out: &mut dyn Write) -> std::io::Result<()> {
    let sheets = match output {
        Output::Svg(text) => return out.write_all(text.as_bytes()),
        Output::Sheets(sheets) => sheets,
    };
    if format == Format::Json {
        write!(out, "{{\"sheets\": [")?;
    }
    for (index, (sheet, unit)) in sheets.into_iter().enumerate() {
        if index > 0 {
            writeln!(out, "{}", if format == Format::Json { "," } else { "" })?;
        }
        match format {
            Format::Json => sheet.write_json(out)?,
            Format::Csv => sheet.write_csv(out)?,
            Format::Table | Format::Svg => sheet.write_table(unit, out)?,
        }
    }
    if format == Format::Json {
        writeln!(out, "]}}")?;
    }
    Ok(())
}

fn nominal(table: ArticleTable, format: Format) -> Result<Output, CommandError> {
    let sheets: Vec<_> = table.sheets().into_iter().map(|it| (it, Unit::WholeCkb)).collect();
    if format == Format::Svg {
        let help = "leave --nominal out: charts show the chain";
        return wrong("the article's tables have no chart", help);
    }
    if format == Format::Csv && sheets.len() > 1 {
        let help = "name one: --nominal=primary, circulation, inflation or genesis";
        return wrong("CSV holds one table, and the article has four", help);
    }
    Ok(Output::Sheets(sheets))
}

/// The assumptions; an error if parts exceed the whole, or if they contradict headers.
fn assumptions(args: &IssuanceArgs) -> Result<Assumptions, CommandError> {
    let occupied = args.occupied_share.map_or(Occupied::AsNow, Occupied::Share);
    let IssuanceArgs { dao_share: dao, dao_share_past: dao_past, .. } = *args;
    let assumptions = Assumptions { occupied, dao, dao_past };
    if !assumptions.fit() {
        let help = match occupied {
            Occupied::AsNow => "cells occupy 8 % of C: give a smaller --dao-share",
            Occupied::Share(_) => "--occupied-share and --dao-share are parts of C: 1 at most",
        };
        return wrong("what is occupied and what is deposited exceed the whole", help);
    }
    let (least, greatest) = past_bounds();
    if dao_past < least || dao_past > greatest {
        let help = format!(
            "depositors have withdrawn {} of the secondary issuance, and the miners' part leaves {}",
            report::as_percent(least),
            report::as_percent(greatest)
        );
        return wrong("this --dao-share-past contradicts headers", help);
    }
    Ok(assumptions)
}

fn supply(args: &IssuanceArgs) -> Result<Output, CommandError> {
    let assumptions = assumptions(args)?;
    let (from, until) = check_range(args)?;
    let request = SupplyRequest { assumptions, by: args.by, from, until, end: args.until.words() };
    if args.format == Format::Svg {
        let assumed = report::assumed(&assumptions);
        let chart = chart::chart(args.chart, assumptions, from, until.middle, assumed);
        return Ok(Output::Svg(chart.render()));
    }
    let unit = args.unit;
    let periods = report::periods_sheet(&request, unit);
    let exact = if unit == Unit::Shannons { unit } else { Unit::Ckb };
    let mut sheets = vec![(periods, unit)];
    // A CSV file is one table.
    if args.format != Format::Csv {
        sheets.push((report::whereabouts(&request), exact));
    }
    Ok(Output::Sheets(sheets))
}

/// The first epoch, and the epochs that are over at the end.
fn check_range(args: &IssuanceArgs) -> Result<(u64, Band), CommandError> {
    let until = args.until.epochs(true);
    let from = args.from.as_ref().map_or(0, |from| from.epochs(false).middle);
    if until.middle == 0 {
        let message = format!("no epoch is over at the end of --until {}", args.until.words());
        let day = calendar::day(calendar::time_of(calendar::MICRO).middle);
        let help =
            format!("the first one was over on {day}: --until {day} is the first that has any");
        return wrong(message, help);
    }
    if from >= until.middle {
        let problem = Problem::new("--from is not before the end of --until");
        return Err(CommandError::usage(problem));
    }
    if until.greatest > ANY_CHAIN {
        let message = format!("{} is beyond any chain", args.until.words());
        return wrong(message, "headers have 24 bits for the epoch");
    }
    if until.middle > horizon() && !args.past_the_end {
        let message = format!("{} is beyond the horizon", args.until.words());
        let help = format!("{} --past-the-end goes on", report::end_of_the_chain());
        return wrong(message, help);
    }
    Ok((from, until))
}

fn compare(args: &IssuanceArgs) -> Result<Output, CommandError> {
    let year = |point: &Moment| match point {
        Moment::Year(year) => Ok(*year),
        Moment::Day(_) | Moment::Epoch(_) => wrong(
            format!("{} is no year", point.words()),
            "--compare goes by years, as --until 2040",
        ),
    };
    let from = args.from.as_ref().map_or(Ok(GENESIS_YEAR), year)?.max(GENESIS_YEAR);
    let until = year(&args.until)?;
    check_range(args)?;
    // A rate of six weeks is no point of a line of yearly rates.
    let is_svg = args.format == Format::Svg;
    let from = if is_svg { from.max(GENESIS_YEAR + 1) } else { from };
    if until < from {
        let help = format!("{from} is the first whole year of CKB; --format table has {until}");
        return wrong(format!("no whole year to draw until {until}"), help);
    }
    let years: Vec<u64> = (from..=until).collect();
    let mut coins: Vec<Coin> = vec![];
    for coin in &args.compare {
        if !coins.contains(coin) {
            coins.push(*coin);
        }
    }
    let ckb = report::ckb_years(&years);
    if is_svg {
        return Ok(Output::Svg(chart::compared(&years, &coins, &ckb).render()));
    }
    Ok(Output::Sheets(vec![(report::compared(&coins, &years, &ckb), Unit::WholeCkb)]))
}
