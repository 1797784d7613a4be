//! Code that the examiner and the audit share.
//!
//! | module | content |
//! |---|---|
//! | [`problem`] | a mistake in a file or on the command line, and how it is shown |
//! | [`exit`] | exit codes, and why a command ends early |
//! | [`files`] | reading and writing files, with messages that name them |
//! | [`interrupt`] | turns Ctrl-C into a flag |
//! | [`wire`] | conversions between the structures of the reference and of the protocol |

pub mod exit;
pub mod files;
pub mod interrupt;
pub mod problem;
pub mod wire;
