//! Audits: checks of the monetary policy against data, to the shannon.

#![allow(
    clippy::arithmetic_side_effects,
    reason = "counters of a report; protocol arithmetic lives in the reference"
)]

pub mod amount;
pub mod chain;
pub mod cli;
pub mod dao;
pub mod genesis;
pub mod issuance;
pub mod json;
pub mod network;
