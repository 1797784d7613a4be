//! Audits: checks of the monetary policy against data, exact to the shannon.
//!
//! | module | what it does |
//! |---|---|
//! | [`issuance`] | what is issued and where it goes, by epoch, era and year |
//! | [`chain`] | the headers and blocks of a chain, checked by the rules of epochs and issuance |
//! | [`dao`] | what one deposit is worth when it is withdrawn, with every rounding |
//! | [`genesis`] | the published distribution compared with the cells of genesis |
//! | [`network`] | what the audit knows of a public chain without data |
//! | [`json`] | reads headers and blocks in the JSON of the JSON-RPC |
//! | [`amount`] | shannons, CKB and shares as text |
//! | [`cli`] | the commands |

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
