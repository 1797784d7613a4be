//! A bar on standard error while cases are asked; silent where that is no terminal.

use crate::runner::{CaseRecord, Score};
use indicatif::{ProgressBar, ProgressStyle};

/// The bar of one adapter.
pub struct Progress {
    bar: ProgressBar,
    failed: u64,
}

impl Progress {
    /// A bar for so many cases.
    pub fn new(adapter: &str, cases: usize) -> Self {
        let bar = ProgressBar::new(u64::try_from(cases).unwrap_or(u64::MAX));
        let template = "{prefix} [{bar:30}] {pos}/{len} {msg}";
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        bar.set_prefix(adapter.to_owned());
        Self { bar, failed: 0 }
    }

    /// One more case.
    pub fn add(&mut self, record: &CaseRecord) {
        if matches!(record.score(), Score::Fail | Score::Error) {
            self.failed += 1;
            self.bar.set_message(format!("{} failed", self.failed));
        }
        self.bar.inc(1);
    }

    /// A line above the bar.
    pub fn say(&self, line: &str) {
        if self.bar.is_hidden() {
            anstream::eprintln!("{line}");
        } else {
            self.bar.println(line);
        }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
