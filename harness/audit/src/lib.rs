//! Audits: the monetary policy held against data, in shannons.
//!
//! | module | what it does |
//! |---|---|
//! | [`issuance`] | what is issued and where it goes, by epoch, era and year |
//! | [`chain`] | a chain against the rules of epochs and issuance |
//! | [`dao`] | one deposit and its withdrawal, floor by floor |
//! | [`genesis`] | the published distribution against the cells of genesis |
//! | [`network`] | what is known of a public chain before any data |
//! | [`json`] | headers and blocks as JSON-RPC has them |
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
