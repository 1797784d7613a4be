//! The pack: the release form of the vectors, which can be read in every language without our
//! tools.
//!
//! It has one JSON object on each line, and is compressed with gzip: a header, the rules, the error
//! classes, and then a self-contained line for each case. `vectors/README.md` describes it for its
//! readers.
//!
//! | file | what it does |
//! |---|---|
//! | `line` | the lines, and their conversion to cases |
//! | `write` | writes a suite to a file, always with the same bytes |
//! | `read` | reads cases from a file one at a time, and reports every kind of damage |
//! | `compare` | the changes between two packs |

mod compare;
mod line;
mod read;
mod write;

pub use compare::{Change, ChangeKind, Changes, compare};
pub use line::{CaseLine, ClassLine, Header, RuleLine, SCHEMA};
pub use read::{Cases, Pack};
pub use write::{Written, lines, write};
