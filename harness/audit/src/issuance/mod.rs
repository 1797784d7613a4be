//! What is issued and where it goes, by epoch, era and year.
//!
//! | module | what it does |
//! |---|---|
//! | [`calendar`] | epochs to dates and back, as bands |
//! | [`supply`] | epoch by epoch: what is issued, exactly, and how it is shared |
//! | [`periods`] | the supply cut into epochs, eras or years |
//! | [`whereabouts`] | where all CKB are at one point |
//! | [`nominal`] | the issuance article's tables, which are not the chain |
//! | [`coins`] | Bitcoin's and Monero's subsidies |
//! | [`report`] | the sheets of an audit |
//! | [`chart`], [`svg`] | the same as pictures |
//! | [`sheet`] | tables, CSV, JSON |

pub mod calendar;
pub mod chart;
pub mod coins;
pub mod nominal;
pub mod periods;
pub mod report;
pub mod sheet;
pub mod supply;
pub mod svg;
pub mod whereabouts;
