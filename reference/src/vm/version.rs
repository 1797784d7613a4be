//! The versions of the machine.

/// A version of the machine. A script's hash type chooses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// RV64IMC.
    V0,
    /// With B and macro-op fusion, from CKB 2021.
    V1,
    /// With more fusion, from CKB 2023.
    V2,
}
