//! Loads an ELF file. Only its header, its program headers and the bytes that these name matter.

use super::memory::{Mapping, Memory, PAGE_SIZE, Protection, count};
use super::version::Version;
use crate::{RuleId, Violation};

/// The sizes of the header and of a program header in bytes. The sizes that the file itself states
/// are ignored.
const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;

/// The type of the program headers that are loaded.
const LOAD: u32 = 1;

/// A program in an ELF file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program<'a> {
    /// The address of its first instruction.
    pub entry: u64,
    /// The segments that are loaded, in the order of the program headers.
    segments: Vec<Segment<'a>>,
}

/// A part of the file that is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment<'a> {
    address: u64,
    bytes: &'a [u8],
    memory_size: u64,
    protection: Protection,
}

/// The byte order of the numbers in a file.
#[derive(Clone, Copy)]
enum ByteOrder {
    Little,
    Big,
}

impl<'a> Program<'a> {
    /// Parses an ELF file.
    ///
    /// # Errors
    /// The rule that the file breaks.
    pub fn parse(file: &'a [u8], version: Version) -> Result<Self, Violation> {
        //= VM-036
        let header = |what| Violation::of(RuleId("VM-036")).with("header", what);
        let found: &[u8; HEADER] = file.first_chunk().ok_or_else(|| header("too short"))?;
        let [0x7f, b'E', b'L', b'F', class, order, ..] = *found else {
            return Err(header("without the magic number"));
        };
        let order = match order {
            1 => ByteOrder::Little,
            2 => ByteOrder::Big,
            _ => return Err(header("with an unknown byte order")),
        };
        if class != 2 {
            return Err(header("not 64-bit"));
        }
        let number = |from, count| order.number(found, from, count);
        let (entry, table, count) = (number(24, 8), number(32, 8), number(56, 2));
        //= VM-037
        let outside = || Violation::of(RuleId("VM-037")).with("headers", count);
        let count = usize::try_from(count).map_err(|_| outside())?;
        if count > file.len() / PROGRAM_HEADER {
            return Err(outside());
        }
        let table = usize::try_from(table).ok().filter(|_| count > 0).unwrap_or_default();
        let rows =
            file.get(table..).and_then(|rest| rest.get(..count.saturating_mul(PROGRAM_HEADER)));
        let (rows, _) = rows.ok_or_else(outside)?.as_chunks::<PROGRAM_HEADER>();
        let loaded = rows.iter().filter(|row| order.number(*row, 0, 4) == u64::from(LOAD));
        let segments = loaded.map(|row| Segment::parse(file, row, order, version));
        Ok(Self { entry, segments: segments.collect::<Result<_, _>>()? })
    }

    /// The number of bytes for which loading is charged.
    //= VM-052
    #[must_use]
    pub fn charged(&self) -> u64 {
        let bytes = self.segments.iter().map(|segment| count(segment.bytes.len()));
        bytes.fold(0, u64::saturating_add)
    }

    /// The address and the bytes of each executable segment.
    //= VM-041
    pub fn executable(&self) -> impl Iterator<Item = (u64, &'a [u8])> {
        let segments = self.segments.iter().filter(|segment| segment.protection.executable);
        segments.map(|segment| {
            let Mapping { size, padding, source, .. } = segment.mapping();
            let unpadded = usize::try_from(size.saturating_sub(padding)).unwrap_or(usize::MAX);
            (segment.address, source.get(..unpadded).unwrap_or(source))
        })
    }

    /// Loads all segments, in the order of the program headers.
    pub(super) fn load(&self, memory: &mut Memory, version: Version) -> Result<(), Violation> {
        for segment in &self.segments {
            let mapping = segment.mapping();
            memory.map(&mapping)?;
            //= VM-042
            let padded = mapping.padding > 0 && segment.protection.executable;
            if version == Version::V0 && padded {
                return Err(Violation::of(RuleId("VM-042")).with("address", segment.address));
            }
        }
        Ok(())
    }
}

impl<'a> Segment<'a> {
    fn parse(
        file: &'a [u8],
        row: &[u8],
        order: ByteOrder,
        version: Version,
    ) -> Result<Self, Violation> {
        let number = |from, count| order.number(row, from, count);
        let (flags, offset, address) = (number(4, 4), number(8, 8), number(16, 8));
        let (file_size, memory_size) = (number(32, 8), number(40, 8));
        //= VM-038
        let index = |at: u64| usize::try_from(at).ok();
        let bytes = index(offset)
            .zip(index(file_size))
            .and_then(|(offset, size)| file.get(offset..).and_then(|rest| rest.get(..size)));
        let bytes = bytes.ok_or_else(|| {
            Violation::of(RuleId("VM-038")).with("offset", offset).with("size", file_size)
        })?;
        //= VM-039
        let [executable, writable, readable] = [1, 2, 4].map(|flag| flags & flag != 0);
        if !readable || (writable && executable) {
            return Err(Violation::of(RuleId("VM-039")).with("flags", flags));
        }
        //= VM-035
        let frozen = executable || !writable || version == Version::V0;
        let protection = Protection { executable, frozen };
        Ok(Self { address, bytes, memory_size, protection })
    }

    /// The whole pages to which the segment is copied.
    //= VM-041
    fn mapping(&self) -> Mapping<'a> {
        let padding = self.address % PAGE_SIZE;
        let end = self.memory_size.wrapping_add(padding);
        // For an end less than a page below 2^64 the node's sum wraps, so the size becomes 0.
        let size = end.checked_next_multiple_of(PAGE_SIZE).unwrap_or_default();
        let start = self.address.wrapping_sub(padding);
        Mapping { start, size, padding, source: self.bytes, protection: self.protection }
    }
}

impl ByteOrder {
    /// The number in `count` bytes of a header.
    fn number(self, header: &[u8], from: usize, count: usize) -> u64 {
        let bytes = header.iter().skip(from).take(count);
        let joined = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
        match self {
            Self::Little => bytes.rev().fold(0, joined),
            Self::Big => bytes.fold(0, joined),
        }
    }
}
