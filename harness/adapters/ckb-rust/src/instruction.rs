//! Converts an instruction that `ckb-vm` decoded to the form of the protocol.

use ckb_vm::Error;
use ckb_vm::cost_model::estimate_cycles;
use ckb_vm::instructions::tagged::TaggedInstruction;
use ckb_vm::instructions::{
    Instruction, extract_opcode, instruction_length, instruction_opcode_name,
};
use ckbspec_protocol::operations::DecodeInstructionOut;
use ckbspec_protocol::values::{Uint32, Uint64};

/// Opcodes whose name differs from the assembler's mnemonic in more than upper case.
const DIFFERENT_NAMES: [(&str, &str); 13] = [
    ("ADDUW", "add.uw"),
    ("SH1ADDUW", "sh1add.uw"),
    ("SH2ADDUW", "sh2add.uw"),
    ("SH3ADDUW", "sh3add.uw"),
    ("SLLIUW", "slli.uw"),
    ("ORCB", "orc.b"),
    ("SEXTB", "sext.b"),
    ("SEXTH", "sext.h"),
    ("ZEXTH", "zext.h"),
    ("FENCEI", "fence.i"),
    // No instruction of RISC-V: `lui` or `auipc`, fused with the addition that completes it.
    ("CUSTOM_LOAD_IMM", "load_imm"),
    ("CUSTOM_LOAD_UIMM", "load_uimm"),
    ("CUSTOM_TRACE_END", "trace_end"),
];

/// Instructions whose operands, if they have any, have no effect.
const BARE: [&str; 4] = ["ecall", "ebreak", "fence", "fence.i"];

/// Instructions with one source that `ckb-vm` stores like instructions with two.
const UNARY: [&str; 11] =
    ["clz", "clzw", "cpop", "cpopw", "ctz", "ctzw", "orc.b", "rev8", "sext.b", "sext.h", "zext.h"];

/// Fused operations that `ckb-vm` stores like simple instructions.
const FUSED: [&str; 4] = ["adc", "far_jump_rel", "far_jump_abs", "load_imm"];

/// Describes an instruction.
///
/// # Errors
/// The error of `ckb-vm` for an opcode that it does not know.
pub(crate) fn describe(instruction: Instruction) -> Result<DecodeInstructionOut, Error> {
    let name = name(instruction);
    let cycles = u32::try_from(estimate_cycles(instruction)).unwrap_or(u32::MAX);
    let mut out = DecodeInstructionOut {
        length: Uint32(instruction_length(instruction).into()),
        cycles: Uint32(cycles),
        rd: None,
        rs1: None,
        rs2: None,
        immediate: None,
        name,
    };
    let tagged = TaggedInstruction::try_from(instruction)?;
    let name = out.name.as_str();
    if BARE.contains(&name) || FUSED.contains(&name) {
        return Ok(out);
    }
    match tagged {
        TaggedInstruction::Rtype(parts) => {
            (out.rd, out.rs1) = (register(parts.rd()), register(parts.rs1()));
            out.rs2 = register(parts.rs2()).filter(|_| !UNARY.contains(&name));
        }
        TaggedInstruction::Itype(parts) => {
            (out.rd, out.rs1) = (register(parts.rd()), register(parts.rs1()));
            out.immediate = immediate(parts.immediate_s());
        }
        TaggedInstruction::Stype(parts) => {
            (out.rs1, out.rs2) = (register(parts.rs1()), register(parts.rs2()));
            out.immediate = immediate(parts.immediate_s());
        }
        TaggedInstruction::Utype(parts) => {
            out.rd = register(parts.rd());
            out.immediate = immediate(parts.immediate_s());
        }
        // Only fused operations have more than three registers.
        TaggedInstruction::R4type(_) | TaggedInstruction::R5type(_) => {}
    }
    Ok(out)
}

fn name(instruction: Instruction) -> String {
    let name = instruction_opcode_name(extract_opcode(instruction));
    let name = name.trim_end_matches("_VERSION0").trim_end_matches("_VERSION1");
    let renamed = DIFFERENT_NAMES.iter().find(|(opcode, _)| *opcode == name);
    renamed.map_or_else(|| name.to_lowercase(), |(_, mnemonic)| (*mnemonic).to_owned())
}

fn register(index: usize) -> Option<Uint32> {
    u32::try_from(index).ok().map(Uint32)
}

fn immediate(value: i32) -> Option<Uint64> {
    Some(Uint64(i64::from(value).cast_unsigned()))
}
