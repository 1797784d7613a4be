//! The bytes of a program that can be executed.

use ckbspec_reference::Violation;
use ckbspec_reference::vm::Version;
use ckbspec_reference::vm::elf::Program;

/// The executable bytes of a program. They never change, since no executable page is writable.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// In the order of the file.
    pub ranges: Vec<CodeRange>,
}

/// Bytes at an address.
#[derive(Clone, Debug)]
pub struct CodeRange {
    /// The address of the first.
    pub address: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Code {
    /// The executable segments of an ELF file.
    pub fn of_file(file: &[u8], version: Version) -> Result<Self, Violation> {
        let program = Program::parse(file, version)?;
        let ranges = program.executable();
        let ranges = ranges.map(|(address, bytes)| CodeRange { address, bytes: bytes.to_vec() });
        Ok(Self { ranges: ranges.collect() })
    }

    /// Without what is before an address.
    #[must_use]
    pub fn from(self, address: u64) -> Self {
        let cut = |range: CodeRange| {
            let before = usize::try_from(address.saturating_sub(range.address)).ok()?;
            let rest = range.bytes.get(before..).filter(|rest| !rest.is_empty())?;
            Some(CodeRange { address: range.address.max(address), bytes: rest.to_vec() })
        };
        Self { ranges: self.ranges.into_iter().filter_map(cut).collect() }
    }

    /// Bytes at an address; zero where the file has none.
    pub fn bytes(&self, address: u64, count: u64) -> Vec<u8> {
        (0..count).map(|at| self.byte(address.wrapping_add(at))).collect()
    }

    fn byte(&self, address: u64) -> u8 {
        let within = |range: &CodeRange| {
            let at = usize::try_from(address.checked_sub(range.address)?).ok()?;
            range.bytes.get(at).copied()
        };
        self.ranges.iter().find_map(within).unwrap_or_default()
    }
}
