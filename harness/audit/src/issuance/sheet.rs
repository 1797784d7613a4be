//! Writes rows and columns as a table for people, and as CSV and JSON for programs.

use crate::amount::{ckb_column, fixed, grouped, whole_ckb};
use clap::ValueEnum;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{self, Write};

/// What the figures of a sheet describe. Every row of CSV and every JSON object states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The rules of the chain.
    Chain,
    /// The arithmetic of the issuance article.
    Nominal,
    /// The schedule of the chain, after C exceeds the 64 bits of the DAO field.
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
    /// The name for programs.
    pub key: &'static str,
    /// The title for people; tables leave out a column with an empty title.
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
    /// A text, or a figure that is printed as it is.
    Text(String),
    /// The name of a row. Where the row is not whole, tables add a star, and a note gives the
    /// reason.
    Name(String, Completeness),
    /// A number without a unit.
    Number(u64),
    /// An amount of CKB.
    Shannons(u128),
    /// An amount of another coin in its smallest unit, and the number of its decimals.
    Coins(u128, u32),
}

/// Whether a row covers the whole period that it is named after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// It covers the whole period.
    Whole,
    /// It begins with genesis, within the period.
    SinceGenesis,
    /// The audit ends within the period.
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
    /// Whole CKB, rounded down.
    WholeCkb,
    /// CKB with all eight decimals.
    Ckb,
    /// Shannons; 1 CKB is 10⁸ of them.
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
    /// What the figures describe.
    pub basis: Basis,
    /// The title, a line above the table.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for each column. They are computed while they are written,
    /// because a century has 219,000 epochs.
    pub rows: Box<dyn Iterator<Item = Vec<Cell>>>,
    /// Sentences below the table.
    pub notes: Vec<String>,
}

/// The width in columns at which notes are wrapped.
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

    /// Writes the rows as CSV, with amounts in the smallest unit.
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

    /// Writes the rows as JSON objects, one a line. Amounts are decimal strings, because they
    /// exceed the JSON numbers of most languages.
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

/// A table whose texts are in one string, because a century has two and a half million cells.
#[derive(Default)]
struct TextTable {
    text: String,
    /// The end of each text in the string, those of the titles first.
    ends: Vec<usize>,
    columns: Vec<TableColumn>,
}

struct TableColumn {
    width: usize,
    /// Whether the column has words, which are aligned to the left, and not numbers.
    wordy: bool,
}

impl TextTable {
    /// Adds a column.
    fn head(&mut self, title: &str) {
        self.columns.push(TableColumn { width: title.chars().count(), wordy: false });
        self.text.push_str(title);
        self.ends.push(self.text.len());
    }

    /// Adds the next cell.
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

/// Writes a number. Nearly all amounts fit in 64 bits, which are written much faster.
fn push_number(number: u128, line: &mut String) {
    let written = match u64::try_from(number) {
        Ok(number) => write!(line, "{number}"),
        Err(_) => write!(line, "{number}"),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// Writes a text as JSON.
fn push_quoted(text: &str, line: &mut String) {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"\"\\".contains(&byte)) {
        line.push('"');
        line.push_str(text);
        line.push('"');
    } else {
        line.push_str(&json!(text).to_string());
    }
}

/// A sentence wrapped into lines; all lines except the first are indented.
fn wrapped(note: &str) -> String {
    let (mut text, mut width) = (String::new(), 0_usize);
    for word in note.split(' ') {
        let length = word.chars().count() + 1;
        // A number and its percent sign stay on one line.
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
