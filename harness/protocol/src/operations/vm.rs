//! Inputs and outputs of the area `vm`. The axis `vm` gives the version of the machine.

use crate::values::{Byte32, Bytes, Uint32, Uint64};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

operations! { Vm(VmQuestion):
    Run: "vm.run" (RunIn) -> RunOut,
        "an ELF file, arguments and a limit of cycles → exit code and cycles";
    Decode: "vm.decode" (DecodeInstructionIn) -> DecodeInstructionOut,
        "bytes at an address → the instruction that is executed there, or the rule that \
        forbids it";
    Legal: "vm.legal" (LegalIn, by "encodings") -> LegalOut,
        "a range of encodings → those that are instructions";
}

/// The rules that decide how code is decoded; those of fused operations come first.
const INSTRUCTION: &[&str] = &[
    "VM-011", "VM-012", "VM-013", "VM-014", "VM-015", "VM-016", "VM-017", "VM-018", "VM-019",
    "VM-010", "VM-007", "VM-009", "VM-008", "VM-005", "VM-004", "VM-032", "VM-003",
];

/// The rules that decide what a program costs.
const COST: &[&str] = &[
    "VM-050", "VM-052", "VM-051", "VM-011", "VM-012", "VM-013", "VM-014", "VM-015", "VM-016",
    "VM-017", "VM-018", "VM-019", "VM-010",
];

/// The rules that decide how a program ends: those of instructions, then memory, then loading.
const RUN: &[&str] = &[
    "VM-025", "VM-026", "VM-011", "VM-012", "VM-013", "VM-014", "VM-015", "VM-016", "VM-017",
    "VM-018", "VM-019", "VM-010", "VM-006", "VM-007", "VM-009", "VM-008", "VM-005", "VM-020",
    "VM-021", "VM-004", "VM-002", "VM-003", "VM-031", "VM-032", "VM-033", "VM-034", "VM-035",
    "VM-030", "VM-036", "VM-037", "VM-038", "VM-039", "VM-040", "VM-041", "VM-042", "VM-043",
    "VM-044", "VM-045", "VM-046", "VM-001",
];

/// Input of `vm.run`.
///
/// The only system call is `exit` (93); a program that makes another call is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunIn {
    /// An ELF file.
    pub program: Bytes,
    /// The arguments of the program, without their final zero bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<Bytes>,
    /// The greatest number of cycles of the run, including those of loading where they are charged.
    pub max_cycles: Uint64,
    /// Whether loading costs a cycle for each four bytes, as it does for scripts on chain.
    pub charge_load: bool,
    /// Whether the answer must contain the registers and the memory at the end.
    #[serde(default, skip_serializing_if = "is_false")]
    pub state: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Output of `vm.run`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunOut {
    /// The exit code as a byte in two's complement: -1 is `0xff`.
    #[schemars(extend("x-rules" = RUN))]
    pub exit_code: Uint32,
    /// The cycles of the whole run.
    #[schemars(extend("x-rules" = COST))]
    pub cycles: Uint64,
    /// x0 to x31 at the end, where `state` requests them.
    #[schemars(extend("x-rules" = RUN))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registers: Option<Vec<Uint64>>,
    /// The ckbhash of all 4 MiB of memory at the end, where `state` requests it.
    #[schemars(extend("x-rules" = RUN))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Byte32>,
}

/// Input of `vm.decode`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecodeInstructionIn {
    /// The bytes from the instruction on. Their pages are executable, and the other bytes of these
    /// pages are zero, which is no instruction; no other page is executable.
    pub code: Bytes,
    /// The address of the first byte; all bytes are within memory.
    pub address: Uint64,
}

/// Output of `vm.decode`: the instruction that is executed at the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DecodeInstructionOut {
    /// The mnemonic of the 32-bit instruction, to which a compressed one expands (`c.mv` to `add`),
    /// or the name of the fused operation (`adc`).
    #[schemars(extend("x-rules" = INSTRUCTION))]
    pub name: String,
    /// The size of its code in bytes.
    #[schemars(extend("x-rules" = INSTRUCTION))]
    pub length: Uint32,
    /// The cycles that it costs.
    #[schemars(extend("x-rules" = COST))]
    pub cycles: Uint32,
    /// The register that is written; absent where there is none, and in fused operations.
    #[schemars(extend("x-rules" = INSTRUCTION))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rd: Option<Uint32>,
    /// The first register that is read; absent as for `rd`.
    #[schemars(extend("x-rules" = INSTRUCTION))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rs1: Option<Uint32>,
    /// The second register that is read; absent as for `rd`.
    #[schemars(extend("x-rules" = INSTRUCTION))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rs2: Option<Uint32>,
    /// The immediate, sign-extended to 64 bits: for `lui` and `auipc` the value with twelve zero
    /// bits at the end, for jumps and branches the distance, for shifts the number of bits. Absent
    /// where the encoding has none, for `fence`, and for fused operations.
    #[schemars(extend("x-rules" = INSTRUCTION))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immediate: Option<Uint64>,
}

/// Input of `vm.legal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LegalIn {
    /// The set of encodings.
    pub encodings: Encodings,
    /// The number of the first encoding to check.
    pub first: Uint32,
    /// How many encodings to check.
    pub count: Uint32,
}

/// Sets of encodings, in which each encoding has a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encodings {
    /// 3 · 2^14 encodings of 16 bits. The number consists of the quadrant (bits 0 and 1), then bits
    /// 15 to 2, from its high bits to its low ones.
    Compressed,
    /// 2^20 encodings of 32 bits. The number consists of opcode (bits 2 to 6), funct3, funct7 and
    /// rs2, from its high bits to its low ones; rd and rs1 are x1, and the two low bits are 11.
    Full,
}

/// Output of `vm.legal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LegalOut {
    /// The numbers of the legal encodings as ascending runs: first and last number of each run.
    #[schemars(extend("x-rules" = ["VM-004", "VM-008"]))]
    pub legal: Vec<(Uint32, Uint32)>,
}
