//! What people see of a run. It knows results and run logs only.
//!
//! | file | what it does |
//! |---|---|
//! | `progress`, `failure`, `summary` | a run at a terminal, while it goes on and at its end |
//! | `runs` | reads run logs, joins shards, and says what is missing |
//! | `compared` | what was expected beside what came |
//! | `terminal`, `json`, `junit`, `markdown`, `html` | the reports that are made of logs |

mod compared;
mod failure;
mod html;
mod json;
mod junit;
mod markdown;
mod progress;
mod runs;
mod summary;
mod terminal;

pub use compared::cases;
pub use failure::{elide, failures, one};
pub use html::html;
pub use json::json;
pub use junit::junit;
pub use markdown::{annotations, markdown};
pub use progress::Progress;
pub use runs::{ClientRun, Runs};
pub use summary::summary;
pub use terminal::terminal;
