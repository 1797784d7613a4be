//! The tests of the whole: they run the binary as a person would, and look at the repository.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod bad_adapters;
mod bad_vectors;
mod common;
mod doctor;
mod interrupted;
mod issuance;
mod known;
mod pack;
mod parameters;
mod readme;
mod reports;
mod suite;
mod tidy;
mod zoo;
