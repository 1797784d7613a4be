//! Reads a YAML file as nodes, with the details that `serde_yaml` does not provide.
//!
//! A file that people write must mean the same to every YAML library. The nodes keep quoting and
//! positions. Constructs that libraries read differently are refused: anchors, tags, duplicate
//! keys, and plain scalars that some libraries read as numbers, booleans, dates or null.

use ckbspec_common::problem::{Problem, Problems};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// A node of a YAML file, with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The range of its bytes in the file.
    pub(crate) span: Range<usize>,
    /// Its kind and content.
    pub(crate) kind: Kind,
}

/// The kinds of nodes.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A scalar, with its text.
    Scalar(String),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping, in the order of the file.
    Mapping(Vec<(Node, Node)>),
}

impl Node {
    /// The value under a key of a mapping, with the key's node.
    pub(crate) fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        let Kind::Mapping(entries) = &self.kind else {
            return None;
        };
        entries.iter().find(|(name, _)| matches!(&name.kind, Kind::Scalar(text) if text == key))
    }

    /// The value under a key of a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The items of a sequence; empty for any other node.
    pub(crate) fn items(&self) -> &[Node] {
        if let Kind::Sequence(items) = &self.kind { items } else { &[] }
    }

    /// The smallest node whose place holds `at`.
    pub(crate) fn innermost(&self, at: usize) -> &Node {
        let children: Vec<&Node> = match &self.kind {
            Kind::Scalar(_) => vec![],
            Kind::Sequence(items) => items.iter().collect(),
            Kind::Mapping(entries) => entries.iter().flat_map(|(k, v)| [k, v]).collect(),
        };
        let inside = children.into_iter().find(|c| c.span.contains(&at) || c.span.start == at);
        inside.map_or(self, |child| child.innermost(at))
    }
}

/// Reads a file.
///
/// # Errors
/// Either a syntax error, or all constructs that libraries read differently.
pub(crate) fn read(shown: &str, text: &Arc<str>) -> Result<Node, Problems> {
    let mut reader = YamlReader { shown, text, problems: vec![], starts: character_starts(text) };
    let root = reader.document()?;
    if reader.problems.is_empty() { Ok(root) } else { Err(Problems(reader.problems)) }
}

/// Reads a file, which was already read as nodes, into a type.
///
/// # Errors
/// The first mistake, at its place; `help` says where the format is described.
pub(crate) fn typed<T: serde::de::DeserializeOwned>(
    shown: &str,
    text: &Arc<str>,
    tree: &Node,
    help: &str,
) -> Result<T, Problem> {
    let misfit = |error| typed_problem(shown, text, tree, &error).help(help);
    serde_yaml::from_str(text).map_err(misfit)
}

/// A problem for a mistake that the typed reading found, at its node.
fn typed_problem(shown: &str, text: &Arc<str>, tree: &Node, error: &serde_yaml::Error) -> Problem {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let at = error.location().map_or(0, |location| location.index());
    let mut span = tree.innermost(at).span.clone();
    // The library gives the place of the mapping; the place of the key helps more.
    if let Some(key) = message.split("unknown field `").nth(1).and_then(|m| m.split('`').next()) {
        let key_in = |from: usize| text.get(from..).and_then(|rest| rest.find(&format!("{key}:")));
        if let Some(found) = key_in(at) {
            let start = at.saturating_add(found);
            span = start..start.saturating_add(key.len());
        }
    }
    Problem::new(message).at(shown, text, span, "here")
}

/// The byte offset of each character, because the parser counts characters; `None` if every
/// character is one byte.
fn character_starts(text: &str) -> Option<Vec<usize>> {
    let ascii = text.is_ascii();
    (!ascii).then(|| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
}

/// How deeply collections may be nested. Vector files need five levels; the limit protects from
/// hostile files.
const DEPTH_MAX: usize = 32;

struct YamlReader<'a> {
    shown: &'a str,
    text: &'a Arc<str>,
    problems: Vec<Problem>,
    starts: Option<Vec<usize>>,
}

/// A collection that is being read.
enum Open {
    Sequence(Range<usize>, Vec<Node>),
    Mapping(Range<usize>, Vec<(Node, Node)>, Option<Node>),
}

impl YamlReader<'_> {
    fn document(&mut self) -> Result<Node, Problem> {
        let text = self.text.clone();
        if let Some(at) = text.find('\r') {
            let label = "a carriage return";
            return Err(self.problem(at..at, "lines end with a line feed alone", label));
        }
        let mut parser = Parser::new_from_str(&text);
        let (mut stack, mut root, mut documents) = (Vec::<Open>::new(), None, 0_u32);
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|error| {
                let at = self.byte(error.marker().index());
                self.problem(at..at, &format!("not YAML: {}", error.info()), "here")
            })?;
            let range = self.range(&span);
            if matches!(event, Event::DocumentStart(_)) {
                documents = documents.saturating_add(1);
                if documents > 1 {
                    return Err(self.problem(range, "a file is one document", "the second"));
                }
            }
            let Some(node) = self.node(event, range.clone(), &mut stack) else {
                if stack.len() > DEPTH_MAX {
                    return Err(self.problem(range, "nested too deeply", "here"));
                }
                continue;
            };
            match stack.last_mut() {
                None => root = Some(node),
                Some(Open::Sequence(_, items)) => items.push(node),
                Some(Open::Mapping(_, entries, key)) => match key.take() {
                    Some(key) => entries.push((key, node)),
                    None => {
                        let twice = entries.iter().any(|(k, _)| same_key(k, &node));
                        let span = node.span.clone();
                        *key = Some(node);
                        if twice {
                            self.refuse(span, "duplicate key", "stands above already");
                        }
                    }
                },
            }
        }
        root.ok_or_else(|| self.problem(0..0, "the file is empty", "expected `schema: …`"))
    }

    /// The node that an event completes, if it completes one.
    fn node(
        &mut self,
        event: Event<'_>,
        range: Range<usize>,
        stack: &mut Vec<Open>,
    ) -> Option<Node> {
        let (span, kind) = match event {
            Event::Alias(_) => {
                self.refuse(range.clone(), "aliases are not allowed", "write the value out");
                (range, Kind::Scalar(String::new()))
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.refuse_properties(&range, anchor, tag.is_some());
                if style == ScalarStyle::Plain {
                    self.refuse_ambiguous(&range, &value);
                }
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    self.refuse(range.clone(), "block scalars are not allowed", "quote it");
                }
                (range, Kind::Scalar(value.into_owned()))
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_properties(&range, anchor, tag.is_some());
                stack.push(Open::Sequence(range, vec![]));
                return None;
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_properties(&range, anchor, tag.is_some());
                stack.push(Open::Mapping(range, vec![], None));
                return None;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop()? {
                Open::Sequence(start, items) => (start.start..range.end, Kind::Sequence(items)),
                Open::Mapping(start, entries, _) => {
                    (start.start..range.end, Kind::Mapping(entries))
                }
            },
            _ => return None,
        };
        Some(Node { span, kind })
    }

    /// The bytes of a span of characters, without the blanks that follow a block collection.
    fn range(&self, span: &Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }

    fn byte(&self, character: usize) -> usize {
        match &self.starts {
            None => character,
            Some(starts) => starts.get(character).copied().unwrap_or(self.text.len()),
        }
    }

    fn problem(&self, span: Range<usize>, message: &str, label: &str) -> Problem {
        Problem::new(message).at(self.shown, self.text, span, label)
    }

    fn refuse(&mut self, span: Range<usize>, message: &str, label: &str) {
        let problem = self.problem(span, message, label);
        self.problems.push(problem);
    }

    fn refuse_properties(&mut self, span: &Range<usize>, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.refuse(span.clone(), "anchors are not allowed", "write the value out");
        }
        if tagged {
            self.refuse(span.clone(), "tags are not allowed", "types come from the schema");
        }
    }

    fn refuse_ambiguous(&mut self, span: &Range<usize>, value: &str) {
        if let Some(what) = ambiguous(value) {
            let problem = self.problem(span.clone(), &format!("{what} must be quoted"), "quote it");
            let help = "plain scalars are words, `true`, `false`, `null` and integers up to 2^32-1";
            self.problems.push(problem.help(help));
        }
    }
}

fn same_key(a: &Node, b: &Node) -> bool {
    matches!((&a.kind, &b.kind), (Kind::Scalar(a), Kind::Scalar(b)) if a == b)
}

/// The type other than a string as which some YAML library reads a plain scalar; `None` if every
/// library reads it as a string.
fn ambiguous(value: &str) -> Option<&'static str> {
    let unsigned = value.trim_start_matches(['+', '-']);
    let digits = !unsigned.is_empty() && unsigned.bytes().all(|c| c.is_ascii_digit());
    let lower = unsigned.to_ascii_lowercase();
    let words: BTreeSet<&str> = ["yes", "no", "on", "off", "y", "n", "~"].into();
    if digits {
        let canonical = unsigned == "0" || !unsigned.starts_with('0');
        let small = value.parse::<u32>().is_ok();
        return (!canonical || !small || unsigned != value)
            .then_some("an integer that is signed, has leading zeros or exceeds 2^32-1");
    }
    if lower.starts_with("0x") {
        return Some("hex");
    }
    if lower.starts_with("0o") || lower.starts_with("0b") {
        return Some("an octal or binary number");
    }
    if words.contains(lower.as_str()) {
        return Some("a word that some libraries read as a boolean or null");
    }
    let number_like = |c: u8| c.is_ascii_digit() || matches!(c, b'.' | b'_' | b'e' | b'+' | b'-');
    if let [year, month, day] = *value.split('-').collect::<Vec<_>>()
        && [year, month, day].iter().all(|part| part.bytes().all(|c| c.is_ascii_digit()))
        && !year.is_empty()
    {
        return Some("a date");
    }
    let begins = lower.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if begins && lower.bytes().all(number_like) {
        return Some("a number that is no plain decimal integer");
    }
    matches!(lower.as_str(), ".inf" | ".nan").then_some("a float")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_the_same_everywhere() {
        for good in ["pow.verify", "0", "4294967295", "true", "null", "12 blocks", "e1", "POW-001"]
        {
            assert_eq!(ambiguous(good), None, "{good}");
        }
        let bad = "0x1F 1e3 no Yes 010 1_000 4294967296 -1 1.5 ~ 0o7 2027-01-31";
        for bad in bad.split(' ') {
            assert!(ambiguous(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn places_count_bytes_also_after_wide_characters() {
        let text: Arc<str> = "a: é\nb: {c: d}\n".into();
        let root = read("x.yaml", &text).unwrap();
        let node = root.get("b").and_then(|b| b.get("c")).unwrap();
        assert_eq!(&text[node.span.clone()], "d");
    }
}
