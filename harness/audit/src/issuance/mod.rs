//! What is issued and to whom it goes, by epoch, era and year.
//!
//! | module | what it does |
//! |---|---|
//! | [`calendar`] | converts epochs to dates and back, as bands |
//! | [`supply`] | for each epoch: what is issued, exactly, and how it is shared |
//! | [`periods`] | the supply by epoch, era or year |
//! | [`whereabouts`] | where all CKB are at one point of the chain |
//! | [`nominal`] | the tables of the issuance article, which differ from the chain |
//! | [`coins`] | the subsidies of Bitcoin and Monero |
//! | [`report`] | the sheets of an audit |
//! | [`chart`], [`svg`] | the charts of an audit |
//! | [`sheet`] | writes tables, CSV and JSON |

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
