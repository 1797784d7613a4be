//! What the examiner and the audit share.
//!
//! | module | what it holds |
//! |---|---|
//! | [`problem`] | a mistake in a file or on the command line, and how it is shown |
//! | [`exit`] | exit codes, and why a command ends early |
//! | [`files`] | reading and writing files, with messages that name them |
//! | [`interrupt`] | Ctrl-C, as a flag |
//! | [`wire`] | the reference's structures in the protocol's form, and back |

pub mod exit;
pub mod files;
pub mod interrupt;
pub mod problem;
pub mod wire;
