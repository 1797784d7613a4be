//! A problem for a person to fix: one sentence, the place in the file with a caret, and a hint how
//! to fix it.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A mistake in a file or on the command line.
#[derive(Clone, Debug)]
pub struct Problem {
    message: String,
    place: Option<Box<Place>>,
    help: Option<String>,
}

/// A range of bytes in a text file.
#[derive(Clone, Debug)]
struct Place {
    file: String,
    text: Arc<str>,
    span: Range<usize>,
    label: String,
}

impl Problem {
    /// A problem without a place in a file.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None, help: None }
    }

    /// Adds the place: `span` is a range of bytes in `text`, the content of `file`.
    #[must_use]
    pub fn at(
        mut self,
        file: &str,
        text: &Arc<str>,
        span: Range<usize>,
        label: impl Into<String>,
    ) -> Self {
        let place = Place { file: file.into(), text: text.clone(), span, label: label.into() };
        self.place = Some(Box::new(place));
        self
    }

    /// Adds how to fix it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Renders the problem in the style of rustc, with colours for a terminal if `colour` is set.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(WIDTH);
        let mut report = vec![];
        let title = Level::ERROR.primary_title(&self.message);
        let excerpt = self.place.as_deref().map(Place::excerpt);
        let mut group = match (&self.place, &excerpt) {
            (Some(place), Some(excerpt)) => title.element(
                Snippet::source(excerpt.text)
                    .line_start(excerpt.line)
                    .path(place.file.as_str())
                    .annotation(
                        AnnotationKind::Primary.span(excerpt.span.clone()).label(&place.label),
                    ),
            ),
            _ => annotate_snippets::Group::with_title(title),
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        report.push(group);
        renderer.render(&report)
    }
}

/// The width of a rendered problem in columns; longer lines are trimmed around the caret.
const WIDTH: usize = 120;

/// The lines around a place.
struct Excerpt<'a> {
    text: &'a str,
    line: usize,
    span: Range<usize>,
}

impl Place {
    /// The line in which the span starts, and the line before it. Further lines may be very long,
    /// because files contain hex.
    fn excerpt(&self) -> Excerpt<'_> {
        let text: &str = &self.text;
        let start = floor(text, self.span.start.min(text.len()));
        let head = text.get(..start).unwrap_or_default();
        let line_start = head.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let before = head.get(..line_start.saturating_sub(1)).unwrap_or_default();
        let from = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let rest = text.get(start..).unwrap_or_default();
        let to = rest.find('\n').map_or(text.len(), |at| at.saturating_add(start));
        let end = floor(text, self.span.end.clamp(start, to));
        let line = text.get(..from).unwrap_or_default().matches('\n').count().saturating_add(1);
        Excerpt {
            text: text.get(from..to).unwrap_or_default(),
            line,
            span: start.saturating_sub(from)..end.saturating_sub(from),
        }
    }
}

/// The largest character boundary that is not after `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problem {}

/// Several problems: a linter reports all mistakes at once.
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// How many problems are printed: the first ones usually explain the others.
const PROBLEMS_SHOWN: usize = 20;

impl Problems {
    /// Shows the first problems on standard error.
    pub fn show(&self) {
        let stderr = anstream::AutoStream::choice(&std::io::stderr());
        for problem in self.0.iter().take(PROBLEMS_SHOWN) {
            anstream::eprintln!("{}\n", problem.render(stderr != anstream::ColorChoice::Never));
        }
        if let Some(more @ 1..) = self.0.len().checked_sub(PROBLEMS_SHOWN) {
            anstream::eprintln!("and {more} more problems");
        }
    }
}

/// Whether standard output supports colours.
#[must_use]
pub fn colour() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}
