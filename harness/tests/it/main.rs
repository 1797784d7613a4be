//! The tests of the whole: they run the binary as a person would, and look at the repository.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod audit_chain;
mod audit_dao;
mod audit_node;
mod audit_synthetic;
mod bad_adapters;
mod bad_vectors;
mod chain_json;
mod common;
mod doctor;
mod genesis;
mod interrupted;
mod issuance;
mod known;
mod made_chain;
mod named;
mod pack;
mod parameters;
mod readme;
mod reports;
mod suite;
mod tidy;
mod vm_tools;
mod watch;
mod zoo;
