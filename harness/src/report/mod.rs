//! What people see of a run. It knows results and run logs only.

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
