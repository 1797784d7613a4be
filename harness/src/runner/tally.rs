//! What a run came to, in as much memory as there are rules, however many cases there are.

use super::examine::CaseResult;
use super::judge::Got;
use super::outcome::Score;
use ckbspec_protocol::message::Edition;
use std::collections::BTreeMap;

/// Failing cases, the smallest, that are kept of each rule: the log holds all of them.
const KEPT_MAX: usize = 4;

/// Counts, and the first failures of each rule.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How often each score came, by area and edition.
    pub scores: BTreeMap<(String, Option<Edition>), BTreeMap<Score, u64>>,
    /// Why cases were not asked, and how many.
    pub not_asked: BTreeMap<String, u64>,
    /// Failures by rule.
    pub failed: BTreeMap<String, Failed>,
}

/// The failures of a rule.
#[derive(Clone, Debug, Default)]
pub struct Failed {
    /// How many there are.
    pub cases: u64,
    /// Those with the smallest questions.
    pub first: Vec<CaseResult>,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, result: CaseResult) {
        let (area, score) = (result.case.vector.area(), result.score());
        let key = (area.to_owned(), result.case.env.edition);
        *self.scores.entry(key).or_default().entry(score).or_default() += 1;
        match (score, &result.got) {
            (Score::Fail | Score::Error, _) => {
                let failed = self.failed.entry(result.rule().to_owned());
                failed.or_default().add(result);
            }
            (Score::Skipped, Got::Nothing(why)) => {
                *self.not_asked.entry(why.clone()).or_default() += 1;
            }
            _ => {}
        }
    }

    /// How many cases have a score.
    pub fn count(&self, score: Score) -> u64 {
        self.scores.values().filter_map(|scores| scores.get(&score)).sum()
    }

    /// How many cases there are.
    pub fn cases(&self) -> u64 {
        self.scores.values().flat_map(BTreeMap::values).sum()
    }
}

impl Failed {
    /// Answers come in any order; what is kept must not depend on it.
    fn add(&mut self, result: CaseResult) {
        self.cases += 1;
        let key = |result: &CaseResult| {
            (result.case.vector.input.to_string().len(), result.case.name.clone())
        };
        let own = key(&result);
        let at = self.first.partition_point(|kept| key(kept) < own);
        if at < KEPT_MAX {
            self.first.insert(at, result);
            self.first.truncate(KEPT_MAX);
        }
    }
}
