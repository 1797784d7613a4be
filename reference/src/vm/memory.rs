//! Memory: 4 MiB in pages, each of which is either writable or executable.

use super::arithmetic::{extend, low, sext_b, sext_h};
use super::instructions::{Extension, Width};
use super::version::Version;
use crate::encoding::Byte32;
use crate::encoding::hash::ckbhash;
use crate::{RuleId, Violation};

/// The size of memory in bytes.
pub const MEMORY_SIZE: u64 = 4 << 20;
/// The size of a page in bytes.
pub const PAGE_SIZE: u64 = 4096;
/// [`MEMORY_SIZE`] as an index.
const MEMORY: usize = 4 << 20;
const PAGES: usize = 1024;
/// [`PAGE_SIZE`] as an index.
const PAGE: usize = 4096;

/// Flag of a page that can be executed, and cannot be written to.
const EXECUTABLE: u8 = 1;
/// Flag of a page that cannot be mapped again.
const FROZEN: u8 = 2;
/// Flag of a page that was written to.
const DIRTY: u8 = 4;

/// The memory of a machine. At first all of it is zero and writable.
#[derive(Clone, PartialEq, Eq)]
pub struct Memory {
    bytes: Box<[u8; MEMORY]>,
    pages: Box<[u8; PAGES]>,
    /// Whether the last byte of memory cannot be loaded (VM-032).
    last_is_unreadable: bool,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("digest", &self.digest()).finish_non_exhaustive()
    }
}

/// The protection of the pages of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Protection {
    /// The pages can be executed, and cannot be written to.
    pub(super) executable: bool,
    /// The pages cannot be mapped again.
    pub(super) frozen: bool,
}

/// A part of a file, and the whole pages of memory that it is copied to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mapping<'a> {
    /// The address of the first page.
    pub(super) start: u64,
    /// The size of the pages together in bytes, a multiple of the page size.
    pub(super) size: u64,
    /// The number of zero bytes before `source`.
    pub(super) padding: u64,
    /// The bytes to copy. Bytes beyond the pages are not copied; zero bytes fill the rest of the
    /// pages.
    pub(super) source: &'a [u8],
    /// The protection of the pages.
    pub(super) protection: Protection,
}

impl<'a> Mapping<'a> {
    /// Executable pages with code at an address; `None` if the end of the pages exceeds 64 bits.
    pub(super) fn of_code(source: &'a [u8], address: u64) -> Option<Self> {
        let padding = address % PAGE_SIZE;
        let size = count(source.len()).checked_add(padding)?;
        let size = size.checked_next_multiple_of(PAGE_SIZE)?;
        let protection = Protection { executable: true, frozen: true };
        Some(Self { start: address.wrapping_sub(padding), size, padding, source, protection })
    }
}

//= VM-030
impl Memory {
    /// The memory of a new machine.
    #[must_use]
    pub fn new(version: Version) -> Self {
        let bytes: Box<[u8]> = vec![0; MEMORY].into();
        let bytes = bytes.try_into().unwrap_or_else(|_| unreachable!("the vector has this length"));
        //= VM-032
        let last_is_unreadable = version == Version::V0;
        Self { bytes, pages: Box::new([0; PAGES]), last_is_unreadable }
    }

    /// Resets memory; touches only the pages that changed.
    pub fn wipe(&mut self, version: Version) {
        let pages = self.bytes.chunks_exact_mut(PAGE);
        for (page, flags) in pages.zip(self.pages.iter_mut()).filter(|(_, flags)| **flags != 0) {
            page.fill(0);
            *flags = 0;
        }
        self.last_is_unreadable = version == Version::V0;
    }

    /// The ckbhash of all bytes.
    #[must_use]
    pub fn digest(&self) -> Byte32 {
        ckbhash(&*self.bytes)
    }

    /// The bytes that a load instruction reads.
    #[inline]
    pub(super) fn load<const N: usize>(&self, address: u64) -> Result<[u8; N], RuleId> {
        //= VM-031
        let bytes = self.read(address).ok_or(RuleId("VM-031"))?;
        //= VM-032
        if self.last_is_unreadable && address.wrapping_add(count(N)) == MEMORY_SIZE {
            return Err(RuleId("VM-032"));
        }
        Ok(bytes)
    }

    /// The value that a load instruction writes to rd.
    #[inline(always)]
    pub(super) fn load_value(
        &self,
        address: u64,
        width: Width,
        extension: Extension,
    ) -> Result<u64, RuleId> {
        let value = match width {
            Width::Byte => u8::from_le_bytes(self.load(address)?).into(),
            Width::Half => u16::from_le_bytes(self.load(address)?).into(),
            Width::Word => u32::from_le_bytes(self.load(address)?).into(),
            Width::Double => u64::from_le_bytes(self.load(address)?),
        };
        Ok(match (extension, width) {
            (Extension::Zero, _) | (_, Width::Double) => value,
            (_, Width::Byte) => sext_b(value, 0),
            (_, Width::Half) => sext_h(value, 0),
            (_, Width::Word) => extend(low(value)),
        })
    }

    /// Stores the low bytes of a register.
    #[inline(always)]
    pub(super) fn store_value(
        &mut self,
        address: u64,
        width: Width,
        value: u64,
    ) -> Result<(), RuleId> {
        let [a, b, c, d, ..] = value.to_le_bytes();
        match width {
            Width::Byte => self.store(address, [a]),
            Width::Half => self.store(address, [a, b]),
            Width::Word => self.store(address, [a, b, c, d]),
            Width::Double => self.store(address, value.to_le_bytes()),
        }
    }

    /// `N` bytes at an address; `None` outside memory.
    //= VM-020
    #[inline]
    fn read<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let at = usize::try_from(address).ok()?;
        self.bytes.get(at..)?.first_chunk().copied()
    }

    /// Writes the bytes of a store instruction, or of an entry of the stack.
    #[inline]
    pub(super) fn store<const N: usize>(
        &mut self,
        address: u64,
        bytes: [u8; N],
    ) -> Result<(), RuleId> {
        //= VM-033
        let at = usize::try_from(address).map_err(|_| RuleId("VM-033"))?;
        let last = at.checked_add(N.saturating_sub(1)).ok_or(RuleId("VM-033"))?;
        let to = self.bytes.get_mut(at..).and_then(|to| to.first_chunk_mut());
        let to: &mut [u8; N] = to.ok_or(RuleId("VM-033"))?;
        let (first, last) = (at / PAGE, last / PAGE);
        let written = |page: usize| {
            self.pages.get(page).is_some_and(|flags| flags & (EXECUTABLE | DIRTY) == DIRTY)
        };
        if !(written(first) && written(last)) {
            write_to(self.pages.get_mut(first..=last).ok_or(RuleId("VM-033"))?)?;
        }
        *to = bytes;
        Ok(())
    }

    /// Writes bytes of any length; for no bytes the address may be any.
    pub(super) fn store_string(&mut self, address: u64, bytes: &[u8]) -> Result<(), RuleId> {
        let Some(last_index) = bytes.len().checked_sub(1) else { return Ok(()) };
        let at = usize::try_from(address).map_err(|_| RuleId("VM-033"))?;
        let to = self.bytes.get_mut(at..).and_then(|to| to.get_mut(..bytes.len()));
        let to = to.ok_or(RuleId("VM-033"))?;
        let last = at.saturating_add(last_index);
        write_to(self.pages.get_mut(at / PAGE..=last / PAGE).ok_or(RuleId("VM-033"))?)?;
        to.copy_from_slice(bytes);
        Ok(())
    }

    /// `N` bytes of code; fails where they are not executable.
    pub(super) fn fetch<const N: usize>(&self, address: u64) -> Result<[u8; N], RuleId> {
        //= VM-002
        let bytes: [u8; N] = self.read(address).ok_or(RuleId("VM-002"))?;
        let last = address.wrapping_add(count(N)).wrapping_sub(1);
        //= VM-003
        if self.is_executable(address) && self.is_executable(last) {
            Ok(bytes)
        } else {
            Err(RuleId("VM-003"))
        }
    }

    /// Whether the page of an address is executable.
    pub(super) fn is_executable(&self, address: u64) -> bool {
        let page = usize::try_from(address / PAGE_SIZE).ok();
        page.and_then(|page| self.pages.get(page)).is_some_and(|flags| flags & EXECUTABLE != 0)
    }

    /// Copies a part of a file to whole pages, and sets their protection.
    pub(super) fn map(&mut self, mapping: &Mapping<'_>) -> Result<(), Violation> {
        let Mapping { start, size, padding, source, protection } = *mapping;
        let fault = |rule| Violation::of(rule).with("start", start).with("size", size);
        //= VM-040
        let outside = || fault(RuleId("VM-040"));
        let end = start.checked_add(size).filter(|end| *end <= MEMORY_SIZE).ok_or_else(outside)?;
        if padding > size {
            return Err(outside());
        }
        let range = |from: u64, to: u64| {
            let index = |at| usize::try_from(at).unwrap_or(usize::MAX);
            index(from)..index(to)
        };
        let pages = self.pages.get_mut(range(start / PAGE_SIZE, end / PAGE_SIZE));
        let pages = pages.ok_or_else(outside)?;
        //= VM-035
        if pages.iter().any(|flags| flags & FROZEN != 0) {
            return Err(fault(RuleId("VM-035")));
        }
        let executable = if protection.executable { EXECUTABLE } else { 0 };
        let frozen = if protection.frozen { FROZEN } else { 0 };
        pages.iter_mut().for_each(|flags| *flags |= executable | frozen | DIRTY);
        //= VM-041
        let bytes = self.bytes.get_mut(range(start, end)).ok_or_else(outside)?;
        bytes.fill(0);
        let unpadded = bytes.iter_mut().skip(range(0, padding).end);
        unpadded.zip(source).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

/// Marks pages as written to; fails if one of them is executable.
//= VM-034
#[cold]
fn write_to(pages: &mut [u8]) -> Result<(), RuleId> {
    if pages.iter().any(|flags| flags & EXECUTABLE != 0) {
        return Err(RuleId("VM-034"));
    }
    pages.iter_mut().for_each(|flags| *flags |= DIRTY);
    Ok(())
}

/// A length as a number of 64 bits.
pub(super) fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
