//! A run against a list: which failures are excused, and where the list is wrong.

use super::file::{Entry, Known, Name};
use super::update::UNEXPLAINED;
use crate::runner::{CaseResult, Listed, Outcome, Score};
use ckbspec_common::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use wildmatch::WildMatch;

/// Something wrong with a list, which fails the run.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `unexpected-pass`, `stale`, `moved`, `not-asked`, `other-outcome`, `listed-twice`, `ceiling`
    /// or `expired`.
    pub kind: &'static str,
    /// File and line.
    pub at: String,
    /// As people see it.
    pub problem: Problem,
}

/// Names that are printed of many.
const NAMES_SHOWN: usize = 3;

impl Entry {
    /// Whether an outcome is a failure that this entry lists. `strict`: a weak pass is a failure.
    pub(super) fn covers(&self, outcome: &Outcome, strict: bool) -> bool {
        let listed = self.written.outcome.as_deref();
        let fails = match outcome.score() {
            Score::Fail | Score::Error => true,
            Score::Weak => strict || listed.is_some_and(|name| outcome.is_called(name)),
            // Not asked, for the adapter broke again and again: nothing says that it would pass.
            Score::Skipped => return true,
            _ => false,
        };
        fails && listed.is_none_or(|name| outcome.is_called(name))
    }
}

/// A list while a run goes on. It keeps what became of the listed cases, and nothing else.
pub struct Hearing<'a> {
    pub(super) known: &'a Known,
    pub(super) strict: bool,
    /// Entry and name, by the names that are no wildcards and what they have moved to.
    exact: BTreeMap<&'a str, (usize, usize)>,
    wild: Vec<(WildMatch, (usize, usize))>,
    /// What became of the cases of a name.
    heard: BTreeMap<(usize, usize), Vec<Heard>>,
    /// Failures that are not excused by an entry, whether it has expired or not.
    pub(super) new: Vec<(String, Outcome)>,
    twice: Vec<Finding>,
    counts: HearingCounts,
}

/// What became of a listed case.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) case: String,
    pub(super) outcome: Outcome,
    /// The operation, or the part of it.
    operation: String,
}

/// What a list came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct HearingCounts {
    /// Cases that failed as listed.
    pub failed: u64,
    /// Cases that are listed as flaky.
    pub flaky: u64,
    /// Flaky cases that failed.
    pub flaky_failed: u64,
    /// Excused cases whose reason nobody has given yet.
    pub unexplained: u64,
    /// Cases that are not listed and that nobody was asked, because others broke the adapter.
    pub not_asked: u64,
}

impl<'a> Hearing<'a> {
    /// Before a run. `strict`: a weak pass is a failure.
    pub fn new(known: &'a Known, strict: bool) -> Self {
        let (mut exact, mut wild) = (BTreeMap::new(), vec![]);
        for (e, entry) in known.entries.iter().enumerate() {
            for (n, name) in entry.names.iter().enumerate() {
                if name.is_wild() {
                    wild.push((WildMatch::new(&name.text), (e, n)));
                } else {
                    for text in name.moved.iter().chain([&name.text]) {
                        exact.insert(text.as_str(), (e, n));
                    }
                }
            }
        }
        let (heard, new, twice, counts) = (BTreeMap::new(), vec![], vec![], Default::default());
        Self { known, strict, exact, wild, heard, new, twice, counts }
    }

    /// Takes in a result; what the list says of it.
    pub fn hear(&mut self, result: &CaseResult) -> Option<Listed> {
        let (case, outcome) = (&result.case.name, &result.outcome);
        let vector = &result.case.vector;
        let exact = [case.as_str(), vector.name.as_str()].map(|name| self.exact.get(name));
        let exact: BTreeSet<(usize, usize)> = exact.into_iter().flatten().copied().collect();
        let wild = self.wild.iter().filter(|(glob, _)| result.case.is_named(glob));
        let places: Vec<_> = exact.into_iter().chain(wild.map(|(_, place)| *place)).collect();
        for place in &places {
            let operation = vector.part().unwrap_or_else(|| vector.operation.name.to_owned());
            let heard = Heard { case: case.clone(), outcome: outcome.clone(), operation };
            self.heard.entry(*place).or_default().push(heard);
        }
        let known = self.known;
        let at = |place: &(usize, usize)| {
            let entry = known.entries.get(place.0)?;
            Some((entry, entry.names.get(place.1)?))
        };
        let first = places.first().and_then(at);
        if let (Some((_, first)), Some((_, second))) = (first, places.get(1).and_then(at)) {
            let problem = known.listed_twice(case, second, first);
            let (kind, at) = ("listed-twice", known.at(&second.span));
            if self.twice.iter().all(|finding| finding.at != at) {
                self.twice.push(Finding { kind, at, problem });
            }
        }
        let covered = first.is_some_and(|(entry, _)| entry.covers(outcome, self.strict));
        let tolerated = first.is_some_and(|(entry, _)| entry.flaky);
        match outcome.score() {
            _ if covered || tolerated => {}
            Score::Fail | Score::Error => self.new.push((case.clone(), outcome.clone())),
            Score::Weak if self.strict => self.new.push((case.clone(), outcome.clone())),
            Score::Skipped => self.counts.not_asked += 1,
            _ => {}
        }
        let (entry, name) = first?;
        // An expired entry excuses nothing.
        let excused = covered && !entry.expired;
        let (why, at) = (entry.written.why.clone(), known.at(&name.span));
        let listed = Listed { flaky: entry.flaky, excused, why, at };
        self.counts.add(&listed, outcome);
        Some(listed)
    }

    /// What the list came to.
    pub const fn counts(&self) -> HearingCounts {
        self.counts
    }

    /// All that is wrong with the list. `whole`: the run asked the whole suite; of a part, nothing
    /// is said of names that are not in it. `fix`: the command that fixes it.
    pub fn findings(&self, whole: bool, fix: &str) -> Vec<Finding> {
        let judge = Judge { hearing: self, known: self.known, strict: self.strict, whole, fix };
        let entries = self.known.entries.iter().enumerate();
        let findings = entries.flat_map(|(e, entry)| judge.entry(e, entry));
        findings.chain(self.twice.iter().cloned()).collect()
    }

    /// What became of the cases of a name.
    pub(super) fn of(&self, entry: usize, name: usize) -> &[Heard] {
        self.heard.get(&(entry, name)).map_or(&[], Vec::as_slice)
    }
}

impl HearingCounts {
    fn add(&mut self, listed: &Listed, outcome: &Outcome) {
        let failed = listed.excused && outcome.score() != Score::Skipped;
        self.flaky += u64::from(listed.flaky);
        self.flaky_failed += u64::from(listed.flaky && failed);
        self.failed += u64::from(!listed.flaky && failed);
        self.unexplained += u64::from(listed.excused && listed.why == UNEXPLAINED);
    }
}

struct Judge<'a> {
    hearing: &'a Hearing<'a>,
    known: &'a Known,
    strict: bool,
    whole: bool,
    fix: &'a str,
}

impl Judge<'_> {
    fn entry(&self, e: usize, entry: &Entry) -> Vec<Finding> {
        let mut findings = vec![];
        let results: Vec<&Heard> =
            (0..entry.names.len()).flat_map(|n| self.hearing.of(e, n)).collect();
        if entry.expired && !results.is_empty() {
            let until = entry.written.until.as_deref().unwrap_or_default();
            let message = format!("an entry of known failures expired on {until}");
            let problem = self.known.problem(entry.span("until"), message, "expired");
            let help = "fix the client, or give the entry another day";
            findings.push(self.finding("expired", entry, "until", problem.help(help)));
        } else {
            findings.extend(self.ceiling(entry, &results));
            findings.extend(self.other_outcomes(entry, &results));
        }
        let names = entry.names.iter().enumerate();
        findings
            .extend(names.filter_map(|(n, name)| self.name(entry, name, self.hearing.of(e, n))));
        findings
    }

    fn finding(&self, kind: &'static str, entry: &Entry, key: &str, problem: Problem) -> Finding {
        Finding { kind, at: self.known.at(&entry.span(key)), problem }
    }

    fn ceiling(&self, entry: &Entry, results: &[&Heard]) -> Option<Finding> {
        let most = entry.written.at_most?;
        let failing = results.iter().filter(|result| {
            let skipped = result.outcome.score() == Score::Skipped;
            !skipped && entry.covers(&result.outcome, self.strict)
        });
        let failing = u64::try_from(failing.count()).unwrap_or(u64::MAX);
        if failing <= most {
            return None;
        }
        let message = format!("{failing} cases fail under an entry that has a ceiling of {most}");
        let problem = self.known.problem(entry.span("at_most"), message, "the ceiling");
        let help = "raise it if all of them fail for the reason that is given";
        Some(self.finding("ceiling", entry, "at_most", problem.help(help)))
    }

    /// The failures themselves are shown as any others are.
    fn other_outcomes(&self, entry: &Entry, results: &[&Heard]) -> Option<Finding> {
        let outcome = entry.written.outcome.as_deref()?;
        let fails = |result: &&&Heard| {
            let fails = matches!(result.outcome.score(), Score::Fail | Score::Error);
            fails && !entry.covers(&result.outcome, self.strict)
        };
        let others: Vec<String> = results
            .iter()
            .filter(fails)
            .map(|result| format!("{} ({})", result.case, result.outcome))
            .collect();
        if others.is_empty() {
            return None;
        }
        let message = format!("fails otherwise than listed: {}", some(&others));
        let label = format!("listed as {outcome}");
        let problem = self.known.problem(entry.span("outcome"), message, label);
        Some(self.finding("other-outcome", entry, "outcome", problem))
    }

    /// What is wrong with a name.
    fn name(&self, entry: &Entry, name: &Name, heard: &[Heard]) -> Option<Finding> {
        let does = |what: &str, kind, message, label: &str| {
            let problem = self.known.problem(name.span.clone(), message, label);
            let problem = problem.help(format!("`{}` {what}", self.fix));
            Finding { kind, at: self.known.at(&name.span), problem }
        };
        let finding = |kind, message, label: &str| does("takes it out", kind, message, label);
        let Some(first) = heard.first() else {
            let message = format!("stale: `{}` is the name of no case", name.text);
            return self.whole.then(|| finding("stale", message, "matches nothing"));
        };
        if name.is_old(heard.iter().map(|heard| heard.case.as_str())) {
            let message = format!("`{}` has moved: it is {} now", name.text, some(&name.moved));
            return Some(does("writes the new name", "moved", message, "its old name"));
        }
        if heard.iter().all(|heard| heard.outcome.score() == Score::Unsupported) {
            let why = match first.outcome {
                Outcome::Limit => {
                    "the client answers with a limit of its own, which is no failure".to_owned()
                }
                _ => format!("the adapter does not declare {}", first.operation),
            };
            let message = format!("stale: {} is listed, but not asked: {why}", name.text);
            return Some(finding("not-asked", message, "not asked"));
        }
        let passes = heard.iter().filter(|heard| {
            let passes = matches!(heard.outcome.score(), Score::Pass | Score::Weak);
            passes && !entry.covers(&heard.outcome, self.strict)
        });
        let passes: Vec<String> = passes.map(|heard| heard.case.clone()).collect();
        if entry.flaky || entry.expired || passes.is_empty() {
            return None;
        }
        let message = format!("unexpected pass: {}", some(&passes));
        let label = match passes.len() {
            count if count == heard.len() => "passes".to_owned(),
            count => format!("{count} of {} cases pass", heard.len()),
        };
        Some(finding("unexpected-pass", message, &label))
    }
}

/// The first names, and how many more there are.
fn some(names: &[String]) -> String {
    let shown = names.iter().take(NAMES_SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(NAMES_SHOWN) {
        Some(more @ 1..) => format!("{shown} and {more} more"),
        _ => shown,
    }
}
