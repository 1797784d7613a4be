//! Audits: the monetary policy held against data, in shannons.
//!
//! | module | what it does |
//! |---|---|
//! | [`issuance`] | what is issued and where it goes, by epoch, era and year |

pub mod issuance;
