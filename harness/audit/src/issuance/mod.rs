//! What is issued and where it goes, by epoch, era and year.

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
