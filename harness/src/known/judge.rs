//! A run against a list: which failures are excused, and where the list is wrong.

use super::file::{Known, KnownEntry, Name};
use crate::runner::{CaseRecord, Listed, Outcome, Score};
use ckbspec_common::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use wildmatch::WildMatch;

/// Something wrong with a list, which fails the run.
#[derive(Clone, Debug)]
pub struct ListProblem {
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

impl KnownEntry {
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

/// What became of the cases that a list names, while a run goes on.
pub struct ListedResults<'a> {
    /// The list.
    pub known: &'a Known,
    pub(super) strict: bool,
    not_asked: u64,
    /// Entry and name, by the names that are no wildcards and what they have moved to.
    exact: BTreeMap<&'a str, (usize, usize)>,
    wild: Vec<(WildMatch, (usize, usize))>,
    /// What became of the cases of a name.
    by_name: BTreeMap<(usize, usize), Vec<ListedResult>>,
    /// Failures that are not excused by an entry, whether it has expired or not.
    pub(super) new: Vec<(String, Outcome)>,
    twice: Vec<ListProblem>,
}

/// What became of a listed case.
#[derive(Clone, Debug)]
pub(super) struct ListedResult {
    pub(super) case: String,
    pub(super) outcome: Outcome,
    /// Why there is no verdict.
    reason: Option<String>,
}

impl<'a> ListedResults<'a> {
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
        let (by_name, new, twice) = (BTreeMap::new(), vec![], vec![]);
        Self { known, strict, not_asked: 0, exact, wild, by_name, new, twice }
    }

    /// Takes in what became of a case; what the list says of it.
    pub fn add(&mut self, record: &CaseRecord) -> Option<Listed> {
        let (case, outcome) = (&record.case, &record.outcome());
        let vector = case.split('@').next().unwrap_or_default();
        let exact = [case.as_str(), vector].map(|name| self.exact.get(name));
        let exact: BTreeSet<(usize, usize)> = exact.into_iter().flatten().copied().collect();
        let wild = self.wild.iter().filter(|(glob, _)| glob.matches(case) || glob.matches(vector));
        let places: Vec<_> = exact.into_iter().chain(wild.map(|(_, place)| *place)).collect();
        for place in &places {
            let (case, outcome, reason) = (case.clone(), outcome.clone(), record.reason.clone());
            self.by_name.entry(*place).or_default().push(ListedResult { case, outcome, reason });
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
                self.twice.push(ListProblem { kind, at, problem });
            }
        }
        let covered = first.is_some_and(|(entry, _)| entry.covers(outcome, self.strict));
        let tolerated = first.is_some_and(|(entry, _)| entry.flaky);
        match outcome.score() {
            _ if covered || tolerated => {}
            Score::Fail | Score::Error => self.new.push((case.clone(), outcome.clone())),
            Score::Weak if self.strict => self.new.push((case.clone(), outcome.clone())),
            Score::Skipped => self.not_asked += 1,
            _ => {}
        }
        let (entry, name) = first?;
        // An expired entry excuses nothing.
        let excused = covered && !entry.expired;
        let (why, at) = (entry.written.why.clone(), known.at(&name.span));
        Some(Listed { flaky: entry.flaky, excused, why, at })
    }

    /// How many cases are not listed and were not asked, because others broke the adapter.
    pub const fn not_asked(&self) -> u64 {
        self.not_asked
    }

    /// All that is wrong with the list. `whole`: the run asked the whole suite; of a part, nothing
    /// is said of names that are not in it. `fix`: the command that fixes it.
    pub fn problems(&self, whole: bool, fix: &str) -> Vec<ListProblem> {
        let entries = self.known.entries.iter().enumerate();
        let problems = entries.flat_map(|(e, entry)| {
            let names = entry.names.iter().enumerate();
            let of_names = names.filter_map(move |(n, name)| {
                let problem = self.name(entry, name, self.of(e, n), fix)?;
                (whole || problem.kind != "stale").then_some(problem)
            });
            self.entry(e, entry).into_iter().chain(of_names)
        });
        problems.chain(self.twice.iter().cloned()).collect()
    }

    pub(super) fn of(&self, entry: usize, name: usize) -> &[ListedResult] {
        self.by_name.get(&(entry, name)).map_or(&[], Vec::as_slice)
    }

    /// What is wrong with an entry as a whole.
    fn entry(&self, e: usize, entry: &KnownEntry) -> Vec<ListProblem> {
        let mut findings = vec![];
        let of_names: Vec<&ListedResult> =
            (0..entry.names.len()).flat_map(|n| self.of(e, n)).collect();
        if entry.expired && !of_names.is_empty() {
            let until = entry.written.until.as_deref().unwrap_or_default();
            let message = format!("an entry of known failures expired on {until}");
            let problem = self.known.problem(entry.span("until"), message, "expired");
            let help = "fix the client, or give the entry another day";
            findings.push(self.finding("expired", entry, "until", problem.help(help)));
        } else {
            findings.extend(self.ceiling(entry, &of_names));
            findings.extend(self.other_outcomes(entry, &of_names));
        }
        findings
    }

    fn finding(
        &self,
        kind: &'static str,
        entry: &KnownEntry,
        key: &str,
        problem: Problem,
    ) -> ListProblem {
        ListProblem { kind, at: self.known.at(&entry.span(key)), problem }
    }

    fn ceiling(&self, entry: &KnownEntry, results: &[&ListedResult]) -> Option<ListProblem> {
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
    fn other_outcomes(&self, entry: &KnownEntry, results: &[&ListedResult]) -> Option<ListProblem> {
        let outcome = entry.written.outcome.as_deref()?;
        let fails = |result: &&&ListedResult| {
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
        let message = format!("fails differently from the list: {}", some(&others));
        let label = format!("listed as {outcome}");
        let problem = self.known.problem(entry.span("outcome"), message, label);
        Some(self.finding("other-outcome", entry, "outcome", problem))
    }

    fn name(
        &self,
        entry: &KnownEntry,
        name: &Name,
        results: &[ListedResult],
        fix: &str,
    ) -> Option<ListProblem> {
        let does = |what: &str, kind, message, label: &str| {
            let problem = self.known.problem(name.span.clone(), message, label);
            let problem = problem.help(format!("`{fix}` {what}"));
            ListProblem { kind, at: self.known.at(&name.span), problem }
        };
        let finding = |kind, message, label: &str| does("takes it out", kind, message, label);
        let Some(first) = results.first() else {
            let message = format!("stale: `{}` is the name of no case", name.text);
            return Some(finding("stale", message, "matches nothing"));
        };
        if name.is_old(results.iter().map(|result| result.case.as_str())) {
            let message = format!("`{}` has moved: it is {} now", name.text, some(&name.moved));
            return Some(does("writes the new name", "moved", message, "its old name"));
        }
        if results.iter().all(|result| result.outcome.score() == Score::Unsupported) {
            let why = match first.outcome {
                Outcome::Limit => {
                    "the client answers with a limit of its own, which is no failure".to_owned()
                }
                _ => first.reason.clone().unwrap_or_default(),
            };
            let message = format!("stale: {} is listed, but not asked: {why}", name.text);
            return Some(finding("not-asked", message, "not asked"));
        }
        let passes = results.iter().filter(|result| {
            let passes = matches!(result.outcome.score(), Score::Pass | Score::Weak);
            passes && !entry.covers(&result.outcome, self.strict)
        });
        let passes: Vec<String> = passes.map(|result| result.case.clone()).collect();
        if entry.flaky || entry.expired || passes.is_empty() {
            return None;
        }
        let message = format!("unexpected pass: {}", some(&passes));
        let label = match passes.len() {
            count if count == results.len() => "passes".to_owned(),
            count => format!("{count} of {} cases pass", results.len()),
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
