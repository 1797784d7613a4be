//! What people see of a run. It knows results only.

mod failure;
mod progress;
mod summary;

pub use failure::{elide, failures};
pub use progress::Progress;
pub use summary::summary;
