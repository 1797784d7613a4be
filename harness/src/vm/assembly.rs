//! Instructions and registers as the assembler writes them.

use ckbspec_reference::vm::decode::Decoded;
use ckbspec_reference::vm::instructions::{Effect, Operands};
use std::fmt::Write as _;

/// x0 to x31 as the calling convention names them.
#[rustfmt::skip]
const NAMES: [&str; 32] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1",
    "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
    "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
    "t3", "t4", "t5", "t6",
];

/// The name of a register.
pub fn register(number: u8) -> &'static str {
    NAMES.get(usize::from(number)).copied().unwrap_or_default()
}

/// An instruction at an address. Branches and jumps show where they lead.
pub fn assembly(part: &Decoded, address: u64) -> String {
    let row = part.instruction;
    let [rd, rs1, rs2] = [part.rd, part.rs1, part.rs2].map(register);
    let number = part.immediate.cast_signed();
    let target = address.wrapping_add(part.immediate);
    let operands = match (row.operands, row.effect) {
        (Operands::R, _) => format!("{rd}, {rs1}, {rs2}"),
        (Operands::Unary, _) => format!("{rd}, {rs1}"),
        (Operands::I, Effect::Load(..) | Effect::JumpRegister) => format!("{rd}, {number}({rs1})"),
        (Operands::I | Operands::Shift, _) => format!("{rd}, {rs1}, {number}"),
        (Operands::S, _) => format!("{rs2}, {number}({rs1})"),
        (Operands::B, _) => format!("{rs1}, {rs2}, {target:#x}"),
        (Operands::U, _) => format!("{rd}, {:#x}", (part.immediate >> 12) & 0xf_ffff),
        (Operands::J, _) => format!("{rd}, {target:#x}"),
        (Operands::None, _) => String::new(),
    };
    format!("{} {operands}", row.name).trim_end().to_owned()
}

/// All registers with their values, four a line.
pub fn registers(values: &[u64; 32]) -> String {
    let mut text = String::new();
    for (names, values) in NAMES.chunks(4).zip(values.chunks(4)) {
        let cells =
            names.iter().zip(values).map(|(name, value)| format!("{name:>4} {value:#018x}"));
        writeln!(text, "  {}", cells.collect::<Vec<_>>().join("  ")).ok();
    }
    text
}
