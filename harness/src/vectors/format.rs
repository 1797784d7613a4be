//! The canonical form of a vector file, so that two authors write the same diff.
//!
//! Comments stay. Formatting removes blanks at line ends and superfluous blank lines, writes quoted
//! hex in lower case, and orders the keys of each vector.

use super::yaml::{self, Kind, Node};
use ckbspec_common::problem::{Problem, Problems};
use std::ops::Range;
use std::sync::Arc;

/// The keys of a vector, in the order in which a reader asks: which, why, what, and then.
const KEYS: &str = "id rev status why rules over flags provenance divergent twin change in accept \
                    reject any_of answers";

/// A problem if a file is not in canonical form.
pub fn check(shown: &str, text: &Arc<str>) -> Option<Problem> {
    let formatted = format(shown, text).ok()?;
    if formatted == **text {
        return None;
    }
    let differs = formatted.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    let at = text.split_inclusive('\n').take(differs).map(str::len).sum();
    let problem = Problem::new("not in canonical form").at(shown, text, at..at, "differs here");
    Some(problem.help("`ckbspec fmt` writes it"))
}

/// The canonical form of a file.
///
/// # Errors
/// When the text is no YAML, or contains something that vector files must not contain.
pub fn format(shown: &str, text: &Arc<str>) -> Result<String, Problems> {
    let tree = yaml::read(shown, text)?;
    let ordered: Arc<str> = in_order(text, &tree).into();
    Ok(tidy(&ordered))
}

/// The text with the keys of each vector in order.
fn in_order(text: &str, tree: &Node) -> String {
    let mut result = String::new();
    let mut done = 0;
    for vector in tree.get("vectors").map_or(&[][..], Node::items) {
        let Kind::Mapping(entries) = &vector.kind else {
            continue;
        };
        let starts: Vec<usize> = entries.iter().map(|(key, _)| key.span.start).collect();
        let ends = starts.iter().skip(1).copied().chain([vector.span.end]);
        let pieces: Vec<Range<usize>> =
            starts.iter().copied().zip(ends).map(|(a, b)| a..b).collect();
        let rank = |piece: &Range<usize>| {
            let line = text.get(piece.clone()).unwrap_or_default();
            let key = line.split(':').next().unwrap_or_default();
            KEYS.split(' ').position(|known| known == key).unwrap_or(KEYS.len())
        };
        if pieces.is_sorted_by_key(rank) {
            continue;
        }
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
            continue;
        };
        let mut sorted = pieces.clone();
        sorted.sort_by_key(rank);
        let sorted: Vec<&str> =
            sorted.into_iter().map(|p| text.get(p).unwrap_or_default().trim_end()).collect();
        let whole = text.get(first.start..last.end).unwrap_or_default();
        let tail = whole.get(whole.trim_end().len()..).unwrap_or_default();
        result.push_str(text.get(done..first.start).unwrap_or_default());
        result.push_str(&sorted.join("\n    "));
        result.push_str(tail);
        done = last.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}

/// The lines without blanks at their ends, with at most one blank line in a row, and with hex in
/// lower case.
fn tidy(text: &str) -> String {
    let mut result = String::new();
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && (result.is_empty() || result.ends_with("\n\n")) {
            continue;
        }
        for (index, piece) in line.split('"').enumerate() {
            if index > 0 {
                result.push('"');
            }
            let hex =
                piece.strip_prefix("0x").is_some_and(|d| d.bytes().all(|c| c.is_ascii_hexdigit()));
            if index % 2 == 1 && hex {
                result.push_str(&piece.to_ascii_lowercase());
            } else {
                result.push_str(piece);
            }
        }
        result.push('\n');
    }
    let end = result.trim_end().len();
    result.truncate(end);
    result.push('\n');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_put_in_order_and_comments_stay() {
        let text: Arc<str> =
            "# head\nvectors:\n  - why: w  \n    id: a # note\n    in: {x: \"0xAB\"}\n\n\n\
            # tail\n  - id: b\n    why: w\n\n\n"
                .into();
        let expected = "# head\nvectors:\n  - id: a # note\n    why: w\n    in: {x: \"0xab\"}\n\n\
            # tail\n  - id: b\n    why: w\n";
        let once = format("x.yaml", &text).unwrap();
        assert_eq!(once, expected);
        assert_eq!(format("x.yaml", &once.as_str().into()).unwrap(), once);
    }
}
