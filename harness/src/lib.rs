//! The examiner: asks any CKB client the questions of the vectors, and says what it found.
//!
//! | module | what it knows | what it does |
//! |---|---|---|
//! | [`root`] | files | where spec and vectors lie |
//! | [`digest`], [`elide`] | bytes | ckbhash of what does not fit into memory, or on a page |
//! | [`spec`] | chapters | rules, error classes, citations |
//! | [`operations`] | protocol and reference | where the two meet, besides `ckbspec_common::wire` |
//! | [`vectors`] | YAML | files to cases; lint, lock, coverage |
//! | [`pack`] | lines | the release form of the vectors |
//! | [`runner`] | cases, processes | asks an adapter every case |
//! | [`doctor`] | cases, processes | whether an adapter speaks the protocol |
//! | [`known`] | cases, results | what a client is known to fail, and whether it still does |
//! | [`bundle`] | results | a failure in a folder, to ask again |
//! | [`report`] | results and logs | what people see |
//! | [`protocol_page`] | types | a page of the book |
//! | [`vm`] | programs and the reference | what the VM's tools share, its chapters' tables |
//! | [`cli`] | all of them | the commands |

#![allow(
    clippy::arithmetic_side_effects,
    reason = "counters of a report; protocol arithmetic lives in the reference"
)]

pub mod bundle;
pub mod cli;
pub mod digest;
pub mod doctor;
pub mod elide;
pub mod known;
pub mod operations;
pub mod pack;
pub mod protocol_page;
pub mod report;
pub mod root;
pub mod runner;
pub mod spec;
pub mod vectors;
pub mod vm;
