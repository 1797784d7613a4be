//! The octets of a program that can be executed.

use ckbspec_reference::Violation;
use ckbspec_reference::vm::Version;
use ckbspec_reference::vm::elf::Program;
use ckbspec_reference::vm::memory::PAGE_SIZE;

/// Octets of a program header.
const PROGRAM_HEADER: usize = 56;

/// What of a program can be executed. No program changes it: no page is writable as well.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// In the order of the file.
    pub parts: Vec<Part>,
}

/// Octets at an address.
#[derive(Clone, Debug)]
pub struct Part {
    /// The address of the first.
    pub address: u64,
    /// The octets.
    pub octets: Vec<u8>,
}

impl Code {
    /// The executable segments of an ELF file.
    ///
    /// # Errors
    /// What the reference finds wrong with the file.
    pub fn of_file(file: &[u8], version: Version) -> Result<Self, Violation> {
        Program::parse(file, version)?;
        let big = file.get(5) == Some(&2);
        let number = |octets: &[u8], from, count| number(octets, big, from, count);
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let (table, count) = (place(number(file, 32, 8)), place(number(file, 56, 2)));
        let rows = file.get(table..).unwrap_or_default().chunks_exact(PROGRAM_HEADER).take(count);
        let executable = |row: &&[u8]| number(row, 0, 4) == 1 && number(row, 4, 4) & 1 == 1;
        let parts = rows.filter(executable).map(|row| {
            let (offset, address) = (place(number(row, 8, 8)), number(row, 16, 8));
            let (size, memory) = (place(number(row, 32, 8)), number(row, 40, 8));
            // Whole pages are mapped, and what does not fit into them is left out (VM-041).
            let padding = address % PAGE_SIZE;
            let pages = memory.wrapping_add(padding).checked_next_multiple_of(PAGE_SIZE);
            let room = place(pages.unwrap_or_default().saturating_sub(padding));
            let octets = file.iter().skip(offset).take(size.min(room)).copied();
            Part { address, octets: octets.collect() }
        });
        Ok(Self { parts: parts.collect() })
    }

    /// The same from an address on.
    #[must_use]
    pub fn from(self, address: u64) -> Self {
        let cut = |part: Part| {
            let before = usize::try_from(address.saturating_sub(part.address)).ok()?;
            let rest = part.octets.get(before..).filter(|rest| !rest.is_empty())?;
            Some(Part { address: part.address.max(address), octets: rest.to_vec() })
        };
        Self { parts: self.parts.into_iter().filter_map(cut).collect() }
    }

    /// Octets at an address; zero where the file has none.
    pub fn octets(&self, address: u64, count: u64) -> Vec<u8> {
        (0..count).map(|at| self.octet(address.wrapping_add(at))).collect()
    }

    fn octet(&self, address: u64) -> u8 {
        let within = |part: &Part| {
            let at = usize::try_from(address.checked_sub(part.address)?).ok()?;
            part.octets.get(at).copied()
        };
        self.parts.iter().find_map(within).unwrap_or_default()
    }
}

/// A number of a header.
fn number(header: &[u8], big: bool, from: usize, count: usize) -> u64 {
    let octets = header.iter().skip(from).take(count);
    let joined = |number: u64, octet: &u8| (number << 8) | u64::from(*octet);
    if big { octets.fold(0, joined) } else { octets.rev().fold(0, joined) }
}
