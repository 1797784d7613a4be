//! Rows and columns, as a table for people, and as CSV and JSON for programs.

use crate::audit::amount::{ckb_column, fixed, grouped, whole_ckb};
use comfy_table::{CellAlignment, Table, presets};
use serde_json::json;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Whole CKB, rounded down.
    WholeCkb,
    /// CKB with all eight decimals.
    Ckb,
    /// Shannons.
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
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let shown: Vec<bool> = self.columns.iter().map(|column| !column.title.is_empty()).collect();
        let titles = self.columns.iter().map(|column| column.title);
        table.set_header(titles.filter(|title| !title.is_empty()));
        let mut wordy = vec![false; shown.iter().filter(|shown| **shown).count()];
        for row in self.rows {
            let cells = row.into_iter().zip(&shown).filter(|(_, shown)| **shown);
            let texts: Vec<String> = cells.map(|(cell, _)| cell.show(unit)).collect();
            for (wordy, text) in wordy.iter_mut().zip(&texts) {
                *wordy |= text.contains(|c: char| c.is_alphabetic() || c == '*');
            }
            table.add_row(texts);
        }
        for (index, wordy) in wordy.into_iter().enumerate() {
            if let Some(column) = table.column_mut(index).filter(|_| !wordy) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(out, "{}\n\n{}", self.title, table.trim_fmt())?;
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
        write!(out, "basis")?;
        for column in &self.columns {
            write!(out, ",{}", column.key)?;
        }
        writeln!(out)?;
        for row in self.rows {
            out.write_all(self.basis.word().as_bytes())?;
            for cell in row {
                match cell {
                    Cell::Text(text) if text.contains([',', '"']) => {
                        write!(out, ",\"{}\"", text.replace('"', "\"\""))?;
                    }
                    Cell::Text(text) | Cell::Name(text, _) => write!(out, ",{text}")?,
                    Cell::Number(number) => write!(out, ",{number}")?,
                    Cell::Shannons(amount) | Cell::Coins(amount, _) => {
                        out.write_all(b",")?;
                        write_amount(amount, out)?;
                    }
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// Writes the rows as objects, one a line. Amounts are decimal strings: they exceed what JSON's
    /// numbers hold in most languages.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_json(self, out: &mut dyn Write) -> io::Result<()> {
        let head = [("name", self.name), ("basis", self.basis.word()), ("title", &self.title)];
        write!(out, "{{")?;
        for (key, value) in head {
            write!(out, "\"{key}\": {}, ", json!(value))?;
        }
        write!(out, "\"notes\": {}, \"rows\": [", json!(self.notes))?;
        for (index, row) in self.rows.enumerate() {
            write!(out, "{}", if index == 0 { "\n" } else { ",\n" })?;
            for (index, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                write!(out, "{}\"{}\": ", if index == 0 { "{" } else { ", " }, column.key)?;
                match cell {
                    Cell::Text(text) | Cell::Name(text, _) => write!(out, "{}", json!(text))?,
                    Cell::Number(number) => write!(out, "{number}")?,
                    Cell::Shannons(amount) | Cell::Coins(amount, _) => {
                        out.write_all(b"\"")?;
                        write_amount(amount, out)?;
                        out.write_all(b"\"")?;
                    }
                }
            }
            write!(out, "}}")?;
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

/// Nearly all amounts fit 64 bits, which are written much faster.
fn write_amount(amount: u128, out: &mut dyn Write) -> io::Result<()> {
    match u64::try_from(amount) {
        Ok(amount) => write!(out, "{amount}"),
        Err(_) => write!(out, "{amount}"),
    }
}

/// A sentence in lines, further ones indented.
fn wrapped(note: &str) -> String {
    let (mut text, mut width) = (String::new(), 0_usize);
    for word in note.split(' ') {
        let length = word.chars().count() + 1;
        if width > 0 && width + length > NOTE_WIDTH {
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
