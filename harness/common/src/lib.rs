//! What the examiner and the audit share.

pub mod exit;
pub mod files;
pub mod interrupt;
pub mod problem;
pub mod wire;
