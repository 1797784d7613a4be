//! Lines of a disassembly, and of a trace.

use super::assembly::assembly;
use super::code::{Code, CodeRange};
use ckbspec_reference::vm::compressed::expand;
use ckbspec_reference::vm::decode::{Decoded, decode};
use ckbspec_reference::vm::fusion::Step;
use ckbspec_reference::vm::{Machine, Version};
use std::fmt;

/// The line above a listing.
pub const HEADING: &str = "address     bytes      cycles  instruction";

/// An instruction in a listing.
#[derive(Clone, Debug)]
pub struct ListingLine {
    /// Where it is.
    pub address: u64,
    /// Its bytes, in the order of memory.
    pub bytes: Vec<u8>,
    /// Its cost; the first part of a fused operation shows the cost of all.
    pub cycles: Option<u64>,
    /// As the assembler writes it.
    pub text: String,
    /// That it is a part of a fused operation, or executed differently from how it is written.
    pub note: String,
}

impl fmt::Display for ListingLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, bytes, cycles, text, note } = self;
        let bytes = const_hex::encode(bytes);
        let cycles = cycles.map_or_else(String::new, |cycles| cycles.to_string());
        let line = format!("{address:#010x}  {bytes:<8}  {cycles:>8}  {text:<26}  {note}");
        f.write_str(line.trim_end())
    }
}

/// The lines of a step at an address, each instruction as it is written.
pub fn lines(step: &Step, address: u64, code: &Code, version: Version) -> Vec<ListingLine> {
    let count = step.rest.len().saturating_add(1);
    let mut next = address;
    let line = |(number, part): (usize, &Decoded)| {
        let address = next;
        next = next.wrapping_add(part.length.into());
        let bytes = code.bytes(address, part.length.into());
        let executed = assembly(part, address);
        let text = written(&bytes, version).map(|part| assembly(&part, address));
        let text = text.unwrap_or_else(|| executed.clone());
        let mut note = String::new();
        if count > 1 {
            note = format!("{} {number}/{count}", step.name);
        }
        if text != executed {
            note += &format!(", done as {executed}");
        }
        let cycles = (number == 1).then_some(step.cycles.into());
        ListingLine { address, bytes, cycles, text, note }
    };
    (1..).zip(step.parts()).map(line).collect()
}

/// The instruction that some bytes encode, without fusion.
fn written(bytes: &[u8], version: Version) -> Option<Decoded> {
    match *bytes {
        [a, b] => expand(u16::from_le_bytes([a, b]), version),
        [a, b, c, d] => decode(u32::from_le_bytes([a, b, c, d]), version),
        _ => None,
    }
}

/// All instructions of a range, one after another from its beginning; `None` if it does not lie in
/// memory.
pub fn list(range: &CodeRange, version: Version) -> Option<Vec<ListingLine>> {
    let code = Code { ranges: vec![range.clone()] };
    let mut machine = Machine::with_code(version, &range.bytes, range.address)?;
    let end = range.address.saturating_add(u64::try_from(range.bytes.len()).ok()?);
    let mut listed = vec![];
    while machine.pc < end {
        let lines = lines_at(&machine, &code, version);
        let length: usize = lines.iter().map(|line| line.bytes.len()).sum();
        let next = machine.pc.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        machine.pc = next;
        listed.extend(lines);
    }
    // The last bytes may be the beginning of an instruction that has no end.
    if let Some(last) = listed.last_mut() {
        let left = usize::try_from(end.saturating_sub(last.address)).unwrap_or(usize::MAX);
        last.bytes.truncate(left);
    }
    Some(listed)
}

/// The lines of a machine's next step.
pub fn lines_at(machine: &Machine, code: &Code, version: Version) -> Vec<ListingLine> {
    let address = machine.pc;
    if let Ok(step) = machine.next_step() {
        return lines(&step, address, code, version);
    }
    let long = code.bytes(address, 1).first().is_some_and(|low| low & 3 == 3);
    let bytes = code.bytes(address, if long { 4 } else { 2 });
    vec![ListingLine { address, bytes, cycles: None, text: "illegal".into(), note: String::new() }]
}
