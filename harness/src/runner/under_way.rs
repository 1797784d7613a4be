//! The questions under way: each is a suspect when the adapter breaks.

use super::ids::Ids;
use super::judge::Got;
use super::outcome::{Failure, Outcome};
use crate::vectors::Case;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// Bytes of questions under way: a window of large blocks must not fill the memory.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Answered questions whose names are kept, for an adapter that answers them again.
const ANSWERED_KEPT: usize = 1024;

pub(super) struct Waiting {
    pub(super) case: Case,
    /// What came back when it was asked for the first time, where each is asked twice.
    pub(super) first: Option<Got>,
    pub(super) asked: Instant,
    bytes: usize,
    /// How long it may take with those before it.
    patience: Duration,
}

pub(super) struct UnderWay {
    /// By their numbers, so in the order of asking.
    waiting: BTreeMap<u32, Waiting>,
    bytes: usize,
    ids: Ids,
    /// The last ones that were answered: numbers and names.
    answered: VecDeque<(u32, String)>,
}

impl UnderWay {
    pub(super) fn new() -> Self {
        let (waiting, answered) = (BTreeMap::new(), VecDeque::new());
        Self { waiting, bytes: 0, ids: Ids::new(), answered }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn has_room(&self, window: usize) -> bool {
        self.waiting.len() < window && (self.bytes < BYTES_MAX || self.is_empty())
    }

    pub(super) fn next_id(&mut self) -> (u32, u32) {
        self.ids.take()
    }

    /// A question was sent; it and each before it may take `deadline`.
    pub(super) fn add(
        &mut self,
        number: u32,
        case: &Case,
        first: Option<Got>,
        bytes: usize,
        deadline: Duration,
    ) {
        self.bytes = self.bytes.saturating_add(bytes);
        let before = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        let patience = deadline.saturating_mul(before.saturating_add(1));
        let (case, asked) = (case.clone(), Instant::now());
        self.waiting.insert(number, Waiting { case, first, asked, bytes, patience });
    }

    /// How long the oldest question may still take: one that is never answered must not wait as
    /// long as others are.
    pub(super) fn left(&self) -> Duration {
        let oldest = self.waiting.values().next();
        oldest.map_or(Duration::MAX, |o| o.patience.saturating_sub(o.asked.elapsed()))
    }

    /// Whether a question waits for an answer with this id.
    pub(super) fn expects(&self, id: u32) -> bool {
        self.waiting.contains_key(&self.ids.number(id))
    }

    /// What is wrong with an answer that no question waits for.
    pub(super) fn stray(&self, id: u32) -> Failure {
        let number = self.ids.number(id);
        if id == 0 || !self.ids.has_taken(id) {
            return (Outcome::ProtocolWrongId, format!("id {id} was never asked"));
        }
        let case = self.answered.iter().find(|(answered, _)| *answered == number);
        let name = case.map_or_else(|| format!("id {id}"), |(_, name)| name.clone());
        (Outcome::ProtocolDuplicateId, format!("{name} has been answered already"))
    }

    /// The question that an id answers; it waits no longer.
    pub(super) fn answered(&mut self, id: u32) -> Option<Waiting> {
        let number = self.ids.number(id);
        let waiting = self.waiting.remove(&number)?;
        self.bytes = self.bytes.saturating_sub(waiting.bytes);
        if self.answered.len() >= ANSWERED_KEPT {
            self.answered.pop_front();
        }
        self.answered.push_back((number, waiting.case.name.clone()));
        Some(waiting)
    }

    /// All questions, in their order; none of them waits any longer.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Waiting> + use<> {
        self.bytes = 0;
        std::mem::take(&mut self.waiting).into_values()
    }
}
