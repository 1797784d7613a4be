//! Rows and columns, as a table for people, and as CSV and JSON for programs.

use crate::amount::{ckb_column, fixed, grouped, whole_ckb};
use clap::ValueEnum;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, Write};

/// What figures hold for. It stands in every row of CSV and in every JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The rules of the chain.
    Chain,
    /// The arithmetic of the issuance article.
    Nominal,
    /// The schedule of the chain, where C does not fit the DAO field any more.
    PastTheEnd,
}

impl Basis {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Nominal => "nominal-not-the-chain",
            Self::PastTheEnd => "past-the-end-no-chain",
        }
    }
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// For programs.
    pub key: &'static str,
    /// For people; a column without one is left out of tables.
    pub title: &'static str,
}

impl Column {
    fn is_shown(&self) -> bool {
        !self.title.is_empty()
    }
}

/// A column of tables, CSV and JSON.
pub const fn shown(key: &'static str, title: &'static str) -> Column {
    Column { key, title }
}

/// A column of CSV and JSON only.
pub const fn hidden(key: &'static str) -> Column {
    Column { key, title: "" }
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words, or a figure as it is to be printed.
    Text(String),
    /// The name of a row, with a star in tables where the row is not whole: a note says why.
    Name(String, Completeness),
    /// A number without a unit.
    Number(u64),
    /// An amount of CKB.
    Shannons(u128),
    /// An amount of another coin, in its smallest unit, of which so many decimals make one.
    Coins(u128, u32),
}

/// Whether a row is all of what it is named after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It is.
    Whole,
    /// Genesis was within it.
    SinceGenesis,
    /// The audit ends within it.
    Cut,
}

impl Completeness {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::SinceGenesis => "since-genesis",
            Self::Cut => "cut",
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The unit of amounts in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Rounded down.
    WholeCkb,
    /// With all eight decimals.
    Ckb,
    /// 10⁸ to the CKB.
    Shannons,
}

impl Unit {
    fn show(self, shannons: u128) -> String {
        match self {
            Self::WholeCkb => whole_ckb(shannons),
            Self::Ckb => ckb_column(shannons),
            Self::Shannons => grouped(shannons),
        }
    }
}

/// Rows and columns with a title.
pub struct Sheet {
    /// The name for programs.
    pub name: &'static str,
    /// What the figures hold for.
    pub basis: Basis,
    /// A line above.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell a column. They are worked out while they are written: a century
    /// has 219,000 epochs.
    pub rows: Box<dyn Iterator<Item = Vec<Cell>>>,
    /// Sentences below.
    pub notes: Vec<String>,
}

/// Columns of a terminal that notes keep to.
const NOTE_WIDTH: usize = 110;

impl Sheet {
    /// Writes the table, its title above and its notes below.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_table(self, unit: Unit, out: &mut dyn Write) -> io::Result<()> {
        let mut table = TextTable::default();
        for column in self.columns.iter().filter(|column| column.is_shown()) {
            table.head(column.title);
        }
        for row in self.rows {
            for (cell, _) in row.into_iter().zip(&self.columns).filter(|(_, it)| it.is_shown()) {
                table.push(&cell.show(unit));
            }
        }
        writeln!(out, "{}\n", self.title)?;
        table.write(out)?;
        for (index, note) in self.notes.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            writeln!(out, "{gap}{}", wrapped(note))?;
        }
        Ok(())
    }

    /// Writes the rows as CSV, amounts in the smallest unit.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_csv(self, out: &mut dyn Write) -> io::Result<()> {
        let keys: Vec<_> = self.columns.iter().map(|column| column.key).collect();
        writeln!(out, "basis,{}", keys.join(","))?;
        let mut line = String::new();
        for row in self.rows {
            line.clear();
            line.push_str(self.basis.word());
            for cell in row {
                line.push(',');
                match cell {
                    Cell::Text(text) if text.contains([',', '"']) => {
                        line.push_str(&format!("\"{}\"", text.replace('"', "\"\"")));
                    }
                    Cell::Text(text) | Cell::Name(text, _) => line.push_str(&text),
                    Cell::Number(number) => push_number(number.into(), &mut line),
                    Cell::Shannons(amount) | Cell::Coins(amount, _) => {
                        push_number(amount, &mut line);
                    }
                }
            }
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    /// Writes the rows as objects, one a line. Amounts are decimal strings: they exceed what JSON's
    /// numbers hold in most languages.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_json(self, out: &mut dyn Write) -> io::Result<()> {
        let (name, basis) = (json!(self.name), json!(self.basis.word()));
        write!(out, "{{\"name\": {name}, \"basis\": {basis}, \"title\": {}, ", json!(self.title))?;
        write!(out, "\"notes\": {}, \"rows\": [", json!(self.notes))?;
        let mut line = String::new();
        for (index, row) in self.rows.enumerate() {
            line.clear();
            line.push_str(if index == 0 { "\n{" } else { ",\n{" });
            for (at, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                line.push_str(if at == 0 { "\"" } else { ", \"" });
                line.push_str(column.key);
                line.push_str("\": ");
                match cell {
                    Cell::Text(text) | Cell::Name(text, _) => push_quoted(&text, &mut line),
                    Cell::Number(number) => push_number(number.into(), &mut line),
                    Cell::Shannons(amount) | Cell::Coins(amount, _) => {
                        line.push('"');
                        push_number(amount, &mut line);
                        line.push('"');
                    }
                }
            }
            line.push('}');
            out.write_all(line.as_bytes())?;
        }
        write!(out, "\n]}}")
    }
}

impl Cell {
    fn show(self, unit: Unit) -> String {
        match self {
            Self::Text(text) | Self::Name(text, Completeness::Whole) => text,
            Self::Name(text, Completeness::SinceGenesis | Completeness::Cut) => format!("{text}*"),
            Self::Coins(amount, decimals) => {
                fixed(amount / 10_u128.saturating_pow(decimals.saturating_sub(2)), 2)
            }
            Self::Number(number) => grouped(number),
            Self::Shannons(shannons) => unit.show(shannons),
        }
    }
}

/// A table of a century has two and a half million cells: their texts lie in one string.
#[derive(Default)]
struct TextTable {
    text: String,
    /// Where each text ends, titles first.
    ends: Vec<usize>,
    columns: Vec<TableColumn>,
}

struct TableColumn {
    width: usize,
    /// Words stand left, numbers right.
    wordy: bool,
}

impl TextTable {
    /// One more column.
    fn head(&mut self, title: &str) {
        self.columns.push(TableColumn { width: title.chars().count(), wordy: false });
        self.text.push_str(title);
        self.ends.push(self.text.len());
    }

    /// The next cell.
    fn push(&mut self, text: &str) {
        let at = self.ends.len().checked_rem(self.columns.len()).unwrap_or_default();
        if let Some(column) = self.columns.get_mut(at) {
            column.width = column.width.max(text.chars().count());
            column.wordy |= text.contains(|c: char| c.is_alphabetic() || c == '*');
        }
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (mut line, mut start) = (String::new(), 0);
        for row in self.ends.chunks(self.columns.len().max(1)) {
            line.clear();
            for (end, column) in row.iter().zip(&self.columns) {
                let text = self.text.get(start..*end).unwrap_or_default();
                start = *end;
                let gap = column.width.saturating_sub(text.chars().count());
                let (before, after) = if column.wordy { (0, gap) } else { (gap, 0) };
                line.extend(std::iter::repeat_n(' ', before + 1));
                line.push_str(text);
                line.extend(std::iter::repeat_n(' ', after + 1));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Nearly all amounts fit 64 bits, which are written much faster.
fn push_number(number: u128, line: &mut String) {
    let written = match u64::try_from(number) {
        Ok(number) => write!(line, "{number}"),
        Err(_) => write!(line, "{number}"),
    };
    debug_assert!(written.is_ok(), "a string takes all");
}

/// A text as JSON.
fn push_quoted(text: &str, line: &mut String) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte)) {
        line.push('"');
        line.push_str(text);
        line.push('"');
    } else {
        line.push_str(&json!(text).to_string());
    }
}

/// A sentence in lines, further ones indented.
fn wrapped(note: &str) -> String {
    let (mut text, mut width) = (String::new(), 0_usize);
    for word in note.split(' ') {
        let length = word.chars().count() + 1;
        // A number keeps its sign of percent.
        if width > 0 && width + length > NOTE_WIDTH && !word.starts_with('%') {
            text.push_str("\n  ");
            width = 2;
        } else if width > 0 {
            text.push(' ');
        }
        text.push_str(word);
        width += length;
    }
    text
}
