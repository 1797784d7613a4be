//! Instructions and registers as the assembler writes them.

use ckbspec_reference::vm::decode::Decoded;
use ckbspec_reference::vm::instructions::{Effect, Instruction, Operands};
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

/// The operands of an instruction as the assembler writes them, by their names.
pub(super) fn syntax(row: &Instruction) -> &'static str {
    match (row.operands, row.effect) {
        (Operands::R, _) => "rd, rs1, rs2",
        (Operands::Unary, _) => "rd, rs1",
        (Operands::I, Effect::Load(..) | Effect::JumpRegister) => "rd, imm(rs1)",
        (Operands::I | Operands::Shift, _) => "rd, rs1, imm",
        (Operands::S, _) => "rs2, imm(rs1)",
        (Operands::B, _) => "rs1, rs2, imm",
        (Operands::U | Operands::J, _) => "rd, imm",
        (Operands::None, _) => "",
    }
}

/// An instruction at an address. Branches and jumps show the address that they lead to.
pub fn assembly(part: &Decoded, address: u64) -> String {
    let row = part.instruction;
    let immediate = match row.operands {
        Operands::B | Operands::J => format!("{:#x}", address.wrapping_add(part.immediate)),
        Operands::U => format!("{:#x}", (part.immediate >> 12) & 0xf_ffff),
        _ => part.immediate.cast_signed().to_string(),
    };
    let names = ["rd", "rs1", "rs2"].into_iter().zip([part.rd, part.rs1, part.rs2]);
    let operands = names.fold(syntax(row).replace("imm", &immediate), |text, (name, number)| {
        text.replace(name, register(number))
    });
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
