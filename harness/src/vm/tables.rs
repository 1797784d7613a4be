//! The tables in the chapters about the VM, generated from those that the reference decodes with.
//!
//! A chapter has a line `<!-- generated: NAME -->` before a table and `<!-- end -->` after it.

use super::assembly::syntax;
use ckbspec_reference::vm::Version;
use ckbspec_reference::vm::fusion::{FUSIONS, Fusion};
use ckbspec_reference::vm::instructions::{
    Effect, Extension, INSTRUCTIONS, Instruction, Op, Width,
};
use std::collections::BTreeMap;

/// The chapters with generated tables.
pub const CHAPTERS: [&str; 2] = ["spec/vm/instructions.md", "spec/vm/cycles.md"];

const END: &str = "<!-- end -->";

/// A chapter with its generated tables replaced by current ones.
pub fn filled(chapter: &str) -> Result<String, String> {
    let (mut done, mut rest) = (String::new(), chapter);
    while let Some((before, after)) = rest.split_once("<!-- generated: ") {
        let (name, after) = after.split_once(" -->").ok_or("a marker has no end")?;
        let (_, after) = after.split_once(END).ok_or(format!("table `{name}` has no end"))?;
        let table = match name {
            "instructions" => instructions(),
            "fusions" => fusions(),
            "cycles" => cycles(),
            _ => return Err(format!("there is no table `{name}`")),
        };
        let table = table.trim();
        let text = format!("<!-- generated: {name} -->\n\n{table}\n\n{END}");
        done = done + before + &text;
        rest = after;
    }
    Ok(done + rest)
}

fn instructions() -> String {
    let mut text = String::new();
    for row in &INSTRUCTIONS {
        let extension = match row.op {
            Op::Lui => "*RV64I*",
            Op::Mul => "*M*",
            Op::AddUw => "*Zba*",
            Op::Andn => "*Zbb*",
            Op::Clmul => "*Zbc*",
            Op::Bclr => "*Zbs*",
            _ => "",
        };
        if !extension.is_empty() {
            text += &format!("\n{extension}\n\n{HEAD}");
        }
        let Instruction { name, since, cycles, .. } = row;
        let since = number(*since);
        let written = format!("{name} {}", syntax(row));
        let (written, bits) = (written.trim_end(), pattern(row));
        text += &format!("| `{written}` | `{bits}` | {} | {since} | {cycles} |\n", does(row));
    }
    text
}

const HEAD: &str =
    "| instruction | bits 31 to 0 | does | since | cycles |\n|---|---|---|---|---|\n";

fn fusions() -> String {
    let mut text = "| name | made of | versions | cycles |\n|---|---|---|---|\n".to_owned();
    for Fusion { name, versions, cycles, parts, .. } in &FUSIONS {
        let parts: Vec<_> = parts.iter().map(|part| part.row().name).collect();
        let versions: Vec<_> = versions.iter().map(|version| number(*version)).collect();
        let (parts, versions) = (parts.join("`, `"), versions.join(", "));
        let line = format!("| `{name}` | `{parts}` | {versions} | {cycles} |\n");
        // Two forms of one sequence are one line.
        if !text.ends_with(&line) {
            text += &line;
        }
    }
    text
}

fn cycles() -> String {
    let mut costs: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for row in &INSTRUCTIONS {
        costs.entry(row.cycles).or_default().push(format!("`{}`", row.name));
    }
    let mut fused: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for Fusion { name, cycles, .. } in &FUSIONS {
        let names = fused.entry(*cycles).or_default();
        let name = format!("`{name}`");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut text = "| cycles | instructions | fused operations |\n|---|---|---|\n".to_owned();
    for (cost, names) in &costs {
        let fused = fused.get(cost).map_or(String::new(), |names| names.join(" "));
        text += &format!("| {cost} | {} | {fused} |\n", names.join(" "));
    }
    text
}

fn number(version: Version) -> &'static str {
    match version {
        Version::V0 => "0",
        Version::V1 => "1",
        Version::V2 => "2",
    }
}

/// The 32 bits from the highest on: digits where they identify the instruction, else the operand.
fn pattern(row: &Instruction) -> String {
    let Instruction { encoding, operands, .. } = row;
    let mut fields: Vec<(u32, u32, String)> = vec![];
    let registers = [(operands.has_rd(), 7, "rd"), (operands.has_rs1(), 15, "rs1")];
    for (has, from, name) in registers.into_iter().chain([(operands.has_rs2(), 20, "rs2")]) {
        if has {
            fields.push((from, 5, name.to_owned()));
        }
    }
    for &(from, count, low) in operands.immediate() {
        let free = !encoding.mask.wrapping_shr(from) & !u32::MAX.wrapping_shl(count);
        let count = free.count_ones();
        let high = low.saturating_add(count).saturating_sub(1);
        let bits = if high == low { low.to_string() } else { format!("{high}:{low}") };
        fields.push((from, count, format!("imm[{bits}]")));
    }
    let digits = |from: u32, count: u32| {
        let bit = |at: u32| match (encoding.mask >> at & 1, encoding.bits >> at & 1) {
            (0, _) => '-',
            (_, 0) => '0',
            _ => '1',
        };
        (from..from.saturating_add(count)).rev().map(bit).collect::<String>()
    };
    let (mut words, mut end) = (vec![], 32_u32);
    while end > 0 {
        let ends = || fields.iter().map(|(from, count, _)| from.saturating_add(*count));
        let field = fields.iter().zip(ends()).find(|(_, it)| *it == end);
        let (from, word) = match field {
            Some(((from, _, name), _)) => (*from, name.clone()),
            None => {
                let below = ends().chain([20, 15, 12, 7]).filter(|it| *it < end);
                let from = below.max().unwrap_or_default();
                (from, digits(from, end.saturating_sub(from)))
            }
        };
        words.push(word);
        end = from;
    }
    words.join(" ").replace("] imm[", ",").replace("------------", "any[11:0]")
}

/// What an instruction does, as the chapter writes it.
fn does(row: &Instruction) -> String {
    let bits = |width| match width {
        Width::Byte => 8,
        Width::Half => 16,
        Width::Word => 32,
        Width::Double => 64,
    };
    match row.effect {
        Effect::Compute(_) => {
            let value = value(row.op);
            let operand = if row.operands.has_rs2() { "rs2" } else { "imm" };
            format!("rd = {}", value.replace("rs2", operand))
        }
        Effect::Load(Width::Double, _) => "rd = mem64[rs1 + imm]".into(),
        Effect::Load(width, Extension::Sign) => {
            format!("rd = sext{0}(mem{0}[rs1 + imm])", bits(width))
        }
        Effect::Load(width, Extension::Zero) => format!("rd = mem{}[rs1 + imm]", bits(width)),
        Effect::Store(width) => format!("mem{}[rs1 + imm] = rs2", bits(width)),
        Effect::Branch(_) => format!("if {}: pc = pc + imm", value(row.op)),
        Effect::Jump => "rd = pc + length, pc = pc + imm".into(),
        Effect::JumpRegister => "rd = pc + length, pc = (rs1 + imm) and not 1".into(),
        Effect::Upper => "rd = imm".into(),
        Effect::UpperPc => "rd = pc + imm".into(),
        Effect::Nothing => "nothing".into(),
        Effect::Call => "a system call".into(),
    }
}

/// The value of a computation, or the condition of a branch.
fn value(op: Op) -> &'static str {
    match op {
        Op::Beq => "rs1 = rs2",
        Op::Bne => "rs1 ≠ rs2",
        Op::Blt => "signed(rs1) < signed(rs2)",
        Op::Bge => "signed(rs1) ≥ signed(rs2)",
        Op::Bltu => "rs1 < rs2",
        Op::Bgeu => "rs1 ≥ rs2",
        Op::Addi | Op::Add => "rs1 + rs2",
        Op::Sub => "rs1 - rs2",
        Op::Slti | Op::Slt => "1 if signed(rs1) < signed(rs2), else 0",
        Op::Sltiu | Op::Sltu => "1 if rs1 < rs2, else 0",
        Op::Xori | Op::Xor => "rs1 xor rs2",
        Op::Ori | Op::Or => "rs1 or rs2",
        Op::Andi | Op::And => "rs1 and rs2",
        Op::Slli | Op::Sll => "rs1 << n",
        Op::Srli | Op::Srl => "rs1 >> n",
        Op::Srai | Op::Sra => "signed(rs1) >> n",
        Op::Addiw | Op::Addw => "sext32(rs1 + rs2)",
        Op::Subw => "sext32(rs1 - rs2)",
        Op::Slliw | Op::Sllw => "sext32(rs1 << n)",
        Op::Srliw | Op::Srlw => "sext32(zext32(rs1) >> n)",
        Op::Sraiw | Op::Sraw => "signed(sext32(rs1)) >> n",
        Op::Mul => "rs1 · rs2",
        Op::Mulh => "(signed(rs1) · signed(rs2)) >> 64",
        Op::Mulhsu => "(signed(rs1) · rs2) >> 64",
        Op::Mulhu => "(rs1 · rs2) >> 64",
        Op::Div => "signed(rs1) / signed(rs2)",
        Op::Divu => "rs1 / rs2",
        Op::Rem => "signed(rs1) rem signed(rs2)",
        Op::Remu => "rs1 rem rs2",
        Op::Mulw => "sext32(rs1 · rs2)",
        Op::Divw => "sext32(signed(sext32(rs1)) / signed(sext32(rs2)))",
        Op::Divuw => "sext32(zext32(rs1) / zext32(rs2))",
        Op::Remw => "sext32(signed(sext32(rs1)) rem signed(sext32(rs2)))",
        Op::Remuw => "sext32(zext32(rs1) rem zext32(rs2))",
        _ => value_of_b(op),
    }
}

/// The same for the extension B.
fn value_of_b(op: Op) -> &'static str {
    match op {
        Op::AddUw => "zext32(rs1) + rs2",
        Op::Sh1add => "(rs1 << 1) + rs2",
        Op::Sh2add => "(rs1 << 2) + rs2",
        Op::Sh3add => "(rs1 << 3) + rs2",
        Op::Sh1addUw => "(zext32(rs1) << 1) + rs2",
        Op::Sh2addUw => "(zext32(rs1) << 2) + rs2",
        Op::Sh3addUw => "(zext32(rs1) << 3) + rs2",
        Op::SlliUw => "zext32(rs1) << n",
        Op::Andn => "rs1 and not rs2",
        Op::Orn => "rs1 or not rs2",
        Op::Xnor => "not (rs1 xor rs2)",
        Op::Clz => "leading zeros of rs1; 64 of 0",
        Op::Clzw => "leading zeros of the low 32 bits; 32 of 0",
        Op::Ctz => "trailing zeros of rs1; 64 of 0",
        Op::Ctzw => "trailing zeros of the low 32 bits; 32 of 0",
        Op::Cpop => "number of ones in rs1",
        Op::Cpopw => "number of ones in the low 32 bits",
        Op::Max => "the greater of signed(rs1), signed(rs2)",
        Op::Maxu => "the greater of rs1, rs2",
        Op::Min => "the lesser of signed(rs1), signed(rs2)",
        Op::Minu => "the lesser of rs1, rs2",
        Op::SextB => "sext8(rs1)",
        Op::SextH => "sext16(rs1)",
        Op::ZextH => "the low 16 bits of rs1",
        Op::Rol => "rs1 rotated left by n",
        Op::Rolw => "sext32(low 32 bits rotated left by n)",
        Op::Ror | Op::Rori => "rs1 rotated right by n",
        Op::Rorw | Op::Roriw => "sext32(low 32 bits rotated right by n)",
        Op::OrcB => "rs1, each byte that is not 00 made ff",
        Op::Rev8 => "the bytes of rs1, in reverse order",
        Op::Clmul => "bits 0 to 63 of the carry-less product",
        Op::Clmulh => "bits 64 to 127 of the carry-less product",
        Op::Clmulr => "bits 63 to 126 of the carry-less product",
        Op::Bclr | Op::Bclri => "rs1 and not (1 << n)",
        Op::Bext | Op::Bexti => "(rs1 >> n) and 1",
        Op::Binv | Op::Binvi => "rs1 xor (1 << n)",
        Op::Bset | Op::Bseti => "rs1 or (1 << n)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_says_what_it_does() {
        for row in &INSTRUCTIONS {
            let told = does(row);
            assert!(!told.ends_with("= ") && !told.contains("if :"), "{}", row.name);
        }
    }

    #[test]
    fn a_pattern_has_32_bits() {
        let widths: BTreeMap<&str, usize> =
            [("rd", 5), ("rs1", 5), ("rs2", 5), ("any[11:0]", 12), ("imm[11:0]", 12)]
                .into_iter()
                .chain([("imm[5:0]", 6), ("imm[4:0]", 5), ("imm[11:5]", 7)])
                .chain([("imm[12,10:5]", 7), ("imm[4:1,11]", 5), ("imm[31:12]", 20)])
                .chain([("imm[20,10:1,11,19:12]", 20)])
                .collect();
        for row in &INSTRUCTIONS {
            let pattern = pattern(row);
            let width = |word: &str| widths.get(word).copied().unwrap_or(word.len());
            assert_eq!(pattern.split(' ').map(width).sum::<usize>(), 32, "{}", row.name);
            let digits = |word: &&str| word.bytes().all(|c| c == b'0' || c == b'1');
            let fixed: usize = pattern.split(' ').filter(digits).map(str::len).sum();
            let mask = usize::try_from(row.encoding.mask.count_ones()).unwrap();
            assert_eq!(fixed, mask, "{}", row.name);
        }
    }
}
