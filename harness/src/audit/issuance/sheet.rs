//! Rows and columns, as a table for people, and as CSV and JSON for programs.

use super::figures::{ckb, grouped, whole_ckb};
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Map, Value, json};
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
    /// A number without a unit.
    Number(u64),
    /// An amount.
    Shannons(u128),
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
            Self::Ckb => ckb(shannons),
            Self::Shannons => grouped(shannons),
        }
    }
}

/// Rows and columns with a title.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The name for programs.
    pub name: &'static str,
    /// What the figures hold for.
    pub basis: Basis,
    /// A line above.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
    /// Sentences below.
    pub notes: Vec<String>,
}

impl Sheet {
    /// Writes the table, its title above and its notes below.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_table(&self, unit: Unit, out: &mut impl Write) -> io::Result<()> {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let visible = |column: &Column| !column.title.is_empty();
        table.set_header(self.columns.iter().filter(|c| visible(c)).map(|column| column.title));
        let mut words = vec![false; self.columns.len()];
        for row in &self.rows {
            let cells = self.columns.iter().zip(row).filter(|(column, _)| visible(column));
            table.add_row(cells.enumerate().map(|(index, (_, cell))| match cell {
                Cell::Text(text) => {
                    let is_word = text.starts_with(|c: char| c.is_alphabetic() || c == ' ');
                    if let Some(word) = words.get_mut(index) {
                        *word |= is_word;
                    }
                    text.clone()
                }
                Cell::Number(number) => grouped((*number).into()),
                Cell::Shannons(shannons) => unit.show(*shannons),
            }));
        }
        for (index, word) in words.into_iter().enumerate() {
            if let Some(column) = table.column_mut(index).filter(|_| !word) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(out, "{}\n\n{}", self.title, table.trim_fmt())?;
        for (index, note) in self.notes.iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            writeln!(out, "{gap}{note}")?;
        }
        Ok(())
    }

    /// Writes the rows as CSV, amounts in shannons.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "basis")?;
        for column in &self.columns {
            write!(out, ",{}", column.key)?;
        }
        writeln!(out)?;
        for row in &self.rows {
            write!(out, "{}", self.basis.word())?;
            for cell in row {
                match cell {
                    Cell::Text(text) if text.contains([',', '"']) => {
                        write!(out, ",\"{}\"", text.replace('"', "\"\""))?;
                    }
                    Cell::Text(text) => write!(out, ",{text}")?,
                    Cell::Number(number) => write!(out, ",{number}")?,
                    Cell::Shannons(shannons) => write!(out, ",{shannons}")?,
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    /// The rows as objects. Amounts are decimal strings: they exceed what JSON numbers hold.
    pub fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let cells = self.columns.iter().zip(row).map(|(column, cell)| {
                let value = match cell {
                    Cell::Text(text) => json!(text),
                    Cell::Number(number) => json!(number),
                    Cell::Shannons(shannons) => json!(shannons.to_string()),
                };
                (column.key.to_owned(), value)
            });
            Value::Object(cells.collect::<Map<_, _>>())
        });
        let rows: Vec<Value> = rows.collect();
        json!({
            "name": self.name,
            "basis": self.basis.word(),
            "title": self.title,
            "rows": rows,
            "notes": self.notes,
        })
    }
}
