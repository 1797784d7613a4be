//! `doctor`: whether an adapter speaks the protocol, before anybody asks what its client knows.

mod checks;
mod connection;

pub use checks::{Check, Found, examine};
