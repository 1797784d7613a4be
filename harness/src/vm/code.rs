//! The bytes of a program that can be executed.

use ckbspec_reference::Violation;
use ckbspec_reference::vm::Version;
use ckbspec_reference::vm::elf::Program;

/// What of a program can be executed. No program changes it: no page is writable as well.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// In the order of the file.
    pub parts: Vec<Part>,
}

/// Bytes at an address.
#[derive(Clone, Debug)]
pub struct Part {
    /// The address of the first.
    pub address: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Code {
    /// The executable segments of an ELF file.
    ///
    /// # Errors
    /// What the reference finds wrong with the file.
    pub fn of_file(file: &[u8], version: Version) -> Result<Self, Violation> {
        let program = Program::parse(file, version)?;
        let parts = program.executable();
        let parts = parts.map(|(address, bytes)| Part { address, bytes: bytes.to_vec() });
        Ok(Self { parts: parts.collect() })
    }

    /// The same from an address on.
    #[must_use]
    pub fn from(self, address: u64) -> Self {
        let cut = |part: Part| {
            let before = usize::try_from(address.saturating_sub(part.address)).ok()?;
            let rest = part.bytes.get(before..).filter(|rest| !rest.is_empty())?;
            Some(Part { address: part.address.max(address), bytes: rest.to_vec() })
        };
        Self { parts: self.parts.into_iter().filter_map(cut).collect() }
    }

    /// Bytes at an address; zero where the file has none.
    pub fn bytes(&self, address: u64, count: u64) -> Vec<u8> {
        (0..count).map(|at| self.byte(address.wrapping_add(at))).collect()
    }

    fn byte(&self, address: u64) -> u8 {
        let within = |part: &Part| {
            let at = usize::try_from(address.checked_sub(part.address)?).ok()?;
            part.bytes.get(at).copied()
        };
        self.parts.iter().find_map(within).unwrap_or_default()
    }
}
