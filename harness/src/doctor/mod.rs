//! `doctor`: whether an adapter speaks the protocol, before anybody asks what its client knows.
//!
//! | file | what it does |
//! |---|---|
//! | `checks` | the checks, in the order in which an author would meet them |
//! | `connection` | the adapter: asked line by line, started again where it ended |

mod checks;
mod connection;

pub use checks::{Check, Found, examine};
