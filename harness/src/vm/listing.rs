//! Lines of a disassembly, and of a trace.

use super::assembly::assembly;
use super::code::{Code, Part};
use ckbspec_reference::vm::compressed::expand;
use ckbspec_reference::vm::decode::{Decoded, decode};
use ckbspec_reference::vm::fusion::Item;
use ckbspec_reference::vm::{Machine, Version};
use std::fmt;

/// What stands above the lines.
pub const HEAD: &str = "address     bytes      cycles  instruction";

/// One instruction.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it is.
    pub address: u64,
    /// Its bytes, in the order of memory.
    pub bytes: Vec<u8>,
    /// Its cost; none where the first part of a fused operation has paid.
    pub cycles: Option<u64>,
    /// As the assembler writes it.
    pub text: String,
    /// What else there is to say.
    pub note: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, bytes, cycles, text, note } = self;
        let bytes = const_hex::encode(bytes);
        let cycles = cycles.map_or_else(String::new, |cycles| cycles.to_string());
        let line = format!("{address:#010x}  {bytes:<8}  {cycles:>8}  {text:<26}  {note}");
        f.write_str(line.trim_end())
    }
}

/// The lines of what is executed at an address, each instruction as it is written.
pub fn rows(item: &Item, address: u64, code: &Code, version: Version) -> Vec<Row> {
    let count = item.rest.len().saturating_add(1);
    let mut next = address;
    let row = |(number, part): (usize, &Decoded)| {
        let address = next;
        next = next.wrapping_add(part.length.into());
        let bytes = code.bytes(address, part.length.into());
        let executed = assembly(part, address);
        let text = written(&bytes, version).map(|part| assembly(&part, address));
        let text = text.unwrap_or_else(|| executed.clone());
        let mut note = String::new();
        if count > 1 {
            note = format!("{} {number}/{count}", item.name);
        }
        if text != executed {
            note += &format!(", done as {executed}");
        }
        let cycles = (number == 1).then_some(item.cycles.into());
        Row { address, bytes, cycles, text, note }
    };
    (1..).zip(item.parts()).map(row).collect()
}

/// The instruction that some bytes are alone.
fn written(bytes: &[u8], version: Version) -> Option<Decoded> {
    match *bytes {
        [a, b] => expand(u16::from_le_bytes([a, b]), version),
        [a, b, c, d] => decode(u32::from_le_bytes([a, b, c, d]), version),
        _ => None,
    }
}

/// All instructions of a part, one after another from its beginning; none where it does not lie in
/// memory.
pub fn list(part: &Part, version: Version) -> Option<Vec<Row>> {
    let code = Code { parts: vec![part.clone()] };
    let mut machine = Machine::with_code(version, &part.bytes, part.address)?;
    let end = part.address.saturating_add(u64::try_from(part.bytes.len()).ok()?);
    let mut listed = vec![];
    while machine.pc < end {
        let rows = rows_at(&machine, &code, version);
        let length: usize = rows.iter().map(|row| row.bytes.len()).sum();
        let next = machine.pc.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        machine.pc = next;
        listed.extend(rows);
    }
    // The last bytes may be the beginning of an instruction that is none.
    if let Some(last) = listed.last_mut() {
        let left = usize::try_from(end.saturating_sub(last.address)).unwrap_or(usize::MAX);
        last.bytes.truncate(left);
    }
    Some(listed)
}

/// The lines of what a machine stands before.
pub fn rows_at(machine: &Machine, code: &Code, version: Version) -> Vec<Row> {
    let address = machine.pc;
    if let Ok(item) = machine.item() {
        return rows(&item, address, code, version);
    }
    let long = code.bytes(address, 1).first().is_some_and(|low| low & 3 == 3);
    let bytes = code.bytes(address, if long { 4 } else { 2 });
    vec![Row { address, bytes, cycles: None, text: "illegal".into(), note: String::new() }]
}
