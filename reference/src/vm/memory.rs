//! 4 MiB of memory in pages, each of which is either writable or executable.

use super::arithmetic::{extend, low, sext_b, sext_h};
use super::instructions::{Extension, Width};
use super::version::Version;
use crate::encoding::Byte32;
use crate::encoding::hash::ckbhash;
use crate::{RuleId, Violation};

/// Bytes of memory.
pub const MEMORY_SIZE: u64 = 4 << 20;
/// Bytes of a page.
pub const PAGE_SIZE: u64 = 4096;
/// The same as an index.
const MEMORY: usize = 4 << 20;
const PAGES: usize = 1024;
/// The same as an index.
const PAGE: usize = 4096;

/// A page can be executed, and cannot be written to.
const EXECUTABLE: u8 = 1;
/// A page cannot be mapped again.
const FROZEN: u8 = 2;
/// Something has been written to a page.
const DIRTY: u8 = 4;

/// The memory of a machine, zero at first, and all of it writable.
#[derive(Clone, PartialEq, Eq)]
pub struct Memory {
    bytes: Box<[u8; MEMORY]>,
    pages: Box<[u8; PAGES]>,
    /// Whether the last byte cannot be loaded (VM-032).
    last_is_out: bool,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("digest", &self.digest()).finish_non_exhaustive()
    }
}

/// How the pages of a segment are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Protection {
    /// They can be executed, and cannot be written to.
    pub(super) executable: bool,
    /// They cannot be mapped again.
    pub(super) frozen: bool,
}

/// A part of a file, and the whole pages of memory that it is copied to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mapping<'a> {
    /// The first page's address.
    pub(super) start: u64,
    /// A multiple of the size of a page.
    pub(super) size: u64,
    /// Zero bytes at the start.
    pub(super) padding: u64,
    /// The bytes after them, cut off where the pages end; zero bytes fill the rest.
    pub(super) source: &'a [u8],
    /// How the pages are protected.
    pub(super) protection: Protection,
}

impl<'a> Mapping<'a> {
    /// The pages of some code at an address; `None` if they end beyond 64 bits.
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
        let bytes = bytes.try_into().unwrap_or_else(|_| unreachable!("it has this length"));
        //= VM-032
        let last_is_out = version == Version::V0;
        Self { bytes, pages: Box::new([0; PAGES]), last_is_out }
    }

    /// Resets memory; touches only the pages that changed.
    pub fn wipe(&mut self, version: Version) {
        let pages = self.bytes.chunks_exact_mut(PAGE);
        for (page, flags) in pages.zip(self.pages.iter_mut()).filter(|(_, flags)| **flags != 0) {
            page.fill(0);
            *flags = 0;
        }
        self.last_is_out = version == Version::V0;
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
        if self.last_is_out && address.wrapping_add(count(N)) == MEMORY_SIZE {
            return Err(RuleId("VM-032"));
        }
        Ok(bytes)
    }

    /// The value that a load instruction writes to its register.
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

    /// Bytes at an address; `None` outside memory.
    //= VM-020
    #[inline]
    fn read<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let at = usize::try_from(address).ok()?;
        self.bytes.get(at..)?.first_chunk().copied()
    }

    /// Writes what a store instruction stores, or what is pushed on the stack.
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

    /// Writes a string of any length; an empty one may be anywhere.
    pub(super) fn store_string(&mut self, address: u64, bytes: &[u8]) -> Result<(), RuleId> {
        let Some(but_one) = bytes.len().checked_sub(1) else { return Ok(()) };
        let at = usize::try_from(address).map_err(|_| RuleId("VM-033"))?;
        let to = self.bytes.get_mut(at..).and_then(|to| to.get_mut(..bytes.len()));
        let to = to.ok_or(RuleId("VM-033"))?;
        let last = at.saturating_add(but_one);
        write_to(self.pages.get_mut(at / PAGE..=last / PAGE).ok_or(RuleId("VM-033"))?)?;
        to.copy_from_slice(bytes);
        Ok(())
    }

    /// Bytes to execute.
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

    /// Copies part of a file to whole pages, and protects them.
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
            let place = |at| usize::try_from(at).unwrap_or(usize::MAX);
            place(from)..place(to)
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
        let room = bytes.iter_mut().skip(range(0, padding).end);
        room.zip(source).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

/// Marks pages as written to, unless one of them is executable.
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
