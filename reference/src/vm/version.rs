//! The versions of the VM.

/// A version of the VM. The hash type of a script selects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// RV64IMC.
    V0,
    /// RV64IMC with B and macro-op fusion, from the edition `ckb2021` on.
    V1,
    /// Like version 1, with more fused sequences, from the edition `ckb2023` on.
    V2,
}
