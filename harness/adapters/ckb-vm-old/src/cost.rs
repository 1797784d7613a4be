//! The cycles that instructions cost on chain. This old `ckb-vm` has no table of costs; the node
//! provided one.

use ckb_vm::Instruction;
use ckb_vm::instructions::{extract_opcode, insts};

pub(crate) fn cycles(instruction: Instruction) -> u64 {
    match extract_opcode(instruction) {
        insts::OP_ECALL | insts::OP_EBREAK => 500,
        insts::OP_DIV
        | insts::OP_DIVU
        | insts::OP_DIVW
        | insts::OP_DIVUW
        | insts::OP_REM
        | insts::OP_REMU
        | insts::OP_REMW
        | insts::OP_REMUW
        | insts::OP_WIDE_DIV
        | insts::OP_WIDE_DIVU => 32,
        insts::OP_MUL
        | insts::OP_MULW
        | insts::OP_MULH
        | insts::OP_MULHU
        | insts::OP_MULHSU
        | insts::OP_WIDE_MUL
        | insts::OP_WIDE_MULU
        | insts::OP_WIDE_MULSU => 5,
        insts::OP_LB
        | insts::OP_LBU
        | insts::OP_LH
        | insts::OP_LHU
        | insts::OP_LW
        | insts::OP_LWU
        | insts::OP_SB
        | insts::OP_SH
        | insts::OP_SW
        | insts::OP_BEQ
        | insts::OP_BNE
        | insts::OP_BLT
        | insts::OP_BGE
        | insts::OP_BLTU
        | insts::OP_BGEU
        | insts::OP_JAL
        | insts::OP_JALR
        | insts::OP_FAR_JUMP_REL
        | insts::OP_FAR_JUMP_ABS => 3,
        insts::OP_LD | insts::OP_SD => 2,
        _ => 1,
    }
}
