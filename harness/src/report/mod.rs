//! What people see of a run. It knows results and run logs only.
//!
//! | file | what it does |
//! |---|---|
//! | `progress` | a run at a terminal, while it goes on |
//! | `section` | the records of one client, written line by line, or read again |
//! | `runs` | reads run logs, joins shards, and says what is missing |
//! | `compared` | what was expected beside what came |
//! | `terminal`, `json`, `junit`, `markdown`, `html` | reports of logs; `run` prints the first |

mod compared;
mod html;
mod json;
mod junit;
mod markdown;
mod progress;
mod runs;
mod section;
mod terminal;

pub use compared::cases;
pub use html::html;
pub use json::json;
pub use junit::junit;
pub use markdown::{annotations, markdown};
pub use progress::Progress;
pub use runs::Runs;
pub use section::{ClientRun, SectionWriter};
pub use terminal::{one, terminal};
