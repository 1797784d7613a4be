//! The pack: the release form of the vectors, which every language reads without our tools.
//!
//! One JSON object a line, compressed by gzip: a header, the rules, the error classes, and then a
//! self-contained line a case. `vectors/README.md` describes it for its readers.
//!
//! | file | what it does |
//! |---|---|
//! | `line` | the lines, and cases out of them |
//! | `write` | from the suite to a file, the same bytes every time |
//! | `read` | from a file to cases, one at a time, with every kind of damage named |
//! | `compare` | what changed between two packs |

mod compare;
mod line;
mod read;
mod write;

pub use compare::{Change, ChangeKind, Changes, compare};
pub use line::{CaseLine, ClassLine, Header, RuleLine, SCHEMA};
pub use read::{Cases, Pack};
pub use write::{Written, lines, write};
