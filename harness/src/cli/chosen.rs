//! The cases that a command line selects: all at once from files, one at a time from a pack.

use super::open::open_files;
use crate::digest::Digest;
use crate::pack::Pack;
use crate::root::Root;
use crate::runner::Shard;
use crate::spec::Spec;
use crate::vectors::lock;
use crate::vectors::{Case, Selection};
use ckbspec_common::exit::CommandError;
use ckbspec_common::problem::Problem;

/// A selection of cases, and the rules.
pub(super) struct Chosen {
    pub(super) spec: Spec,
    pub(super) count: usize,
    /// Which share of the selected cases this is.
    pub(super) shard: Option<Shard>,
    /// Whether the selection leaves cases of the suite out.
    pub(super) partial: bool,
    cases: CaseSource,
}

type Each<'a> = Box<dyn Iterator<Item = Result<Case, Problem>> + 'a>;

enum CaseSource {
    Loaded(Vec<Case>),
    Packed(Box<Pack>, Selection),
}

impl Chosen {
    /// The cases of a root that are selected. A pack has been read to its end once, so that
    /// damage is known before anything is asked.
    pub(super) fn of(root: &Root, selection: &Selection) -> Result<Self, CommandError> {
        let partial = selection.is_partial();
        let Some(file) = root.pack() else {
            let (spec, suite) = open_files(root)?;
            let cases = selection.of(&suite).map_err(CommandError::usage)?;
            return Ok(Self { partial, ..Self::all(spec, cases) });
        };
        let pack = Pack::open(file).map_err(CommandError::usage)?;
        let count = pack.count(selection).map_err(CommandError::usage)?;
        if count == 0 {
            return Err(CommandError::usage(Selection::matches_nothing()));
        }
        let spec = pack.spec.clone();
        let cases = CaseSource::Packed(Box::new(pack), selection.clone());
        Ok(Self { spec, count, shard: None, partial, cases })
    }

    pub(super) fn all(spec: Spec, cases: Vec<Case>) -> Self {
        let (count, cases) = (cases.len(), CaseSource::Loaded(cases));
        Self { spec, count, shard: None, partial: false, cases }
    }

    pub(super) const fn is_whole(&self) -> bool {
        !self.partial && self.shard.is_none()
    }

    pub(super) fn shard(mut self, shard: Option<Shard>) -> Result<Self, CommandError> {
        let Some(shard) = shard else { return Ok(self) };
        self.count = (0..self.count).filter(|place| shard.holds(*place)).count();
        if self.count == 0 {
            return Err(CommandError::usage(Problem::new(format!("shard {shard} holds no case"))));
        }
        self.shard = Some(shard);
        Ok(self)
    }

    /// ckbhash over names and digests of all cases, those of other shards too.
    pub(super) fn digest(&self) -> Result<String, Problem> {
        let mut digest = Digest::default();
        for case in self.all_shards()? {
            let case = case?;
            digest.update(format!("{} {}\n", case.name, lock::digest(&case)).as_bytes());
        }
        Ok(digest.text())
    }

    /// Each case that is to be asked. A problem ends them: the pack has changed since it was read,
    /// or holds an operation that this program does not know.
    pub(super) fn each(&self) -> Result<Each<'_>, Problem> {
        let all = self.all_shards()?;
        let Some(shard) = self.shard else { return Ok(all) };
        let mine = all.enumerate().filter(move |(at, case)| case.is_err() || shard.holds(*at));
        Ok(Box::new(mine.map(|(_, case)| case)))
    }

    fn all_shards(&self) -> Result<Each<'_>, Problem> {
        Ok(match &self.cases {
            CaseSource::Loaded(cases) => Box::new(cases.iter().cloned().map(Ok)),
            CaseSource::Packed(pack, selection) => {
                let matcher = selection.matcher();
                let wanted = pack.cases()?.filter(move |line| match line {
                    Ok((_, case)) => matcher.wants(&case.case, &case.rules, case.env.edition),
                    Err(_) => true,
                });
                Box::new(wanted.map(|line| Ok(pack.case(line?)?.0)))
            }
        })
    }
}
