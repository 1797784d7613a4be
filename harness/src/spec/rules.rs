//! Reads the rules of a chapter. The heading of a rule:
//!
//! ```text
//! ### POW-008: Degenerate targets
//! `Editions: ckb2019… · Class: header.pow.target-invalid · Observable: verdict · Status: active`
//! ```

use ckbspec_common::problem::Problem;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// The areas of the protocol, in the order of the book.
pub const AREAS: [&str; 6] = ["encoding", "pow", "issuance", "ledger", "vm", "chain"];

/// The area of a rule, by the prefix of its id (`conventions.md`).
pub fn area_of(rule: &str) -> Option<&'static str> {
    let (prefix, number) = rule.split_once('-')?;
    let number: u32 = number.parse().ok().filter(|_| number.len() == 3)?;
    Some(match prefix {
        "ENC" | "HASH" => "encoding",
        "POW" | "EPOCH" => "pow",
        "ISS" | "GEN" => "issuance",
        "DAO" if number <= 15 => "issuance",
        "DAO" | "TX" | "SINCE" | "RES" | "SCR" => "ledger",
        "SYS" | "VM" => "vm",
        "HDR" | "BLK" | "CB" | "UNC" | "PC" | "EXT" | "FC" | "HF" => "chain",
        _ => return None,
    })
}

/// A rule, as its chapter states it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `POW-008`.
    pub id: String,
    /// `Degenerate targets`.
    pub title: String,
    /// Editions in which it holds, as the chapter writes them.
    pub editions: String,
    /// The class of a rejection by it; `None` for a rule that only computes.
    pub class: Option<String>,
    /// How it can be seen from outside.
    pub observable: Observable,
    /// Its status.
    pub status: Status,
    /// The chapter, below the root.
    pub chapter: String,
    /// The line of the heading.
    pub line: usize,
    /// The bytes of the heading in the chapter.
    pub span: Range<usize>,
    /// The statement, in Markdown.
    pub text: String,
}

/// How a rule can be seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observable {
    /// By a verdict: something is accepted or rejected by it.
    Verdict,
    /// By an output: it decides a value.
    Output,
    /// It cannot be seen, for this reason.
    None(String),
}

impl fmt::Display for Observable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verdict => f.write_str("verdict"),
            Self::Output => f.write_str("output"),
            Self::None(why) => write!(f, "none: {why}"),
        }
    }
}

/// How a rule stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is executed, and counts.
    Active,
    /// It was read in source, and never seen in a run.
    Candidate,
    /// Its operation does not exist yet.
    Planned(String),
    /// No node executes it any more.
    History,
    /// Its outcome is not defined by this suite (`conventions.md`).
    Withheld,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active => f.write_str("active"),
            Self::Candidate => f.write_str("candidate"),
            Self::Planned(area) => write!(f, "planned: {area}"),
            Self::History => f.write_str("history"),
            Self::Withheld => f.write_str("withheld"),
        }
    }
}

impl Rule {
    /// The first sentence or two: what a failure report has room for.
    pub fn statement(&self) -> &str {
        let end = self.text.find("\n\n").unwrap_or(self.text.len());
        self.text.get(..end).unwrap_or_default()
    }
}

/// All rules of a chapter, and the headings that are malformed.
pub(super) fn parse(shown: &str, chapter: &str, text: &Arc<str>) -> (Vec<Rule>, Vec<Problem>) {
    let (mut rules, mut problems) = (vec![], vec![]);
    for section in sections(text) {
        match rule(chapter, &section) {
            Ok(rule) => rules.push(rule),
            Err(message) => {
                let problem = Problem::new(message)
                    .at(shown, text, section.span, "in this rule")
                    .help("spec/README.md shows the form of a heading");
                problems.push(problem);
            }
        }
    }
    (rules, problems)
}

/// A `### ID: Title` heading and what follows it, up to the next heading of level 1 to 3.
struct ChapterSection<'a> {
    heading: &'a str,
    line: usize,
    span: Range<usize>,
    body: &'a str,
}

fn sections(text: &str) -> Vec<ChapterSection<'_>> {
    let (mut sections, mut at, mut fenced) = (Vec::<ChapterSection<'_>>::new(), 0_usize, false);
    // Where the body of the last section begins, until another heading ends it.
    let mut from = None;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at = at.saturating_add(line.len());
        fenced ^= line.starts_with("```");
        let level = line.bytes().take_while(|c| *c == b'#').count();
        if !fenced && (1..=3).contains(&level) {
            let heading = line.trim_start_matches('#').trim();
            let is_rule = level == 3 && heading.split(':').next().is_some_and(looks_like_id);
            from = is_rule.then_some(at);
            if is_rule {
                let span = start..start.saturating_add(line.trim_end().len());
                sections.push(ChapterSection {
                    heading,
                    line: index.saturating_add(1),
                    span,
                    body: "",
                });
            }
        } else if let (Some(from), Some(last)) = (from, sections.last_mut()) {
            last.body = text.get(from..at).unwrap_or_default();
        }
    }
    sections
}

/// Whether a word has the form of an id, even with an unknown prefix: a typing error must not hide
/// a rule.
fn looks_like_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(prefix, number)| {
        !prefix.is_empty()
            && prefix.bytes().all(|c| c.is_ascii_uppercase())
            && number.bytes().all(|c| c.is_ascii_digit())
    })
}

fn rule(chapter: &str, section: &ChapterSection<'_>) -> Result<Rule, String> {
    let (id, title) = section.heading.split_once(": ").ok_or("a heading is `ID: Title`")?;
    let area = area_of(id).ok_or(format!("`{id}` is no rule id of any area"))?;
    if !chapter.starts_with(&format!("spec/{area}/")) {
        return Err(format!("{id} belongs to the area `{area}`"));
    }
    let body = section.body.trim_start();
    let (head, rest) = body.split_once('\n').unwrap_or((body, ""));
    let head = head.trim().strip_prefix('`').and_then(|h| h.strip_suffix('`'));
    let head = head.ok_or(format!("{id} has no line `Editions: … · Class: … · …`"))?;
    let fields = head.split(" · ").map(|field| field.split_once(": ").unwrap_or((field, "")));
    let mut fields: BTreeMap<&str, &str> = fields.collect();
    let mut take = |name: &str| fields.remove(name).ok_or(format!("{id} has no `{name}:`"));
    let editions = take("Editions")?.to_owned();
    let class = Some(take("Class")?.to_owned()).filter(|class| class != "none");
    let observable = observable(take("Observable")?)?;
    let status = status(take("Status")?)?;
    // Which node releases execute it concerns readers alone.
    fields.remove("Node");
    if let Some(name) = fields.keys().next() {
        return Err(format!("{id} has an unknown field `{name}`"));
    }
    if class.is_some() != (observable == Observable::Verdict) {
        return Err(format!("{id}: a rule has a class if, and only if, its verdict is observable"));
    }
    Ok(Rule {
        id: id.to_owned(),
        title: title.to_owned(),
        editions,
        class,
        observable,
        status,
        chapter: chapter.to_owned(),
        line: section.line,
        span: section.span.clone(),
        text: rest.trim().to_owned(),
    })
}

fn observable(word: &str) -> Result<Observable, String> {
    match word {
        "verdict" => Ok(Observable::Verdict),
        "output" => Ok(Observable::Output),
        _ => match word.strip_prefix("none: ") {
            Some(why) => Ok(Observable::None(why.to_owned())),
            None => Err(format!("Observable is `verdict`, `output` or `none: why`, not `{word}`")),
        },
    }
}

fn status(word: &str) -> Result<Status, String> {
    match word {
        "active" => Ok(Status::Active),
        "candidate" => Ok(Status::Candidate),
        "history" => Ok(Status::History),
        "withheld" => Ok(Status::Withheld),
        _ => match word.strip_prefix("planned: ").filter(|area| AREAS.contains(area)) {
            Some(area) => Ok(Status::Planned(area.to_owned())),
            None => Err(format!("unknown Status `{word}`")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_in_a_code_block_is_no_rule() {
        let text: Arc<str> = "```\n### POW-001: No\n```\n### POW-002: Yes\n`Editions: ckb2019… · \
            Class: none · Observable: output · Status: active`\n\nText.\n"
            .into();
        let (rules, problems) = parse("x.md", "spec/pow/x.md", &text);
        assert_eq!(rules.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["POW-002"]);
        assert!(problems.is_empty());
        assert_eq!(rules[0].statement(), "Text.");
    }

    #[test]
    fn a_rule_in_the_wrong_area_is_refused() {
        let text: Arc<str> = "### ENC-001: Widths\n`x`\n".into();
        let (_, problems) = parse("x.md", "spec/pow/x.md", &text);
        assert!(problems[0].message().contains("belongs to the area `encoding`"));
    }
}
