//! Writes a suite to a pack. The bytes are always the same: lines are sorted, and there is no date.

use super::line::{CaseLine, ClassLine, Header, RuleLine, SCHEMA};
use crate::digest::Digest;
use crate::spec::Spec;
use crate::vectors::Suite;
use crate::vectors::lock::{Lock, differences};
use ckbspec_common::problem::Problems;
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A pack before it is compressed.
#[derive(Clone, Debug)]
pub struct Written {
    /// The header.
    pub header: Header,
    /// All other lines.
    pub body: Vec<u8>,
}

/// The lines of the cases of a suite, sorted by name.
pub fn lines<'a>(
    suite: &'a Suite,
    lock: &'a Lock,
) -> Result<impl Iterator<Item = CaseLine> + 'a, Problems> {
    let problems = differences(suite, lock);
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let entry = |case: &'a crate::vectors::Case| Some((case, lock.get(&case.name)?));
    Ok(suite.cases.iter().filter_map(entry).map(|(case, entry)| CaseLine::of(case, entry)))
}

impl Written {
    /// Packs a suite.
    pub fn new(
        spec: &Spec,
        suite: &Suite,
        lock: &Lock,
        commit: Option<&str>,
    ) -> Result<Self, Problems> {
        let mut body = vec![];
        let mut index: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let (mut rules, mut classes, mut cases) = (0, 0, 0);
        for rule in spec.rules.values() {
            line(&mut body, &RuleLine::of(rule));
            rules += 1;
        }
        for class in spec.classes.values() {
            line(&mut body, &ClassLine::of(class));
            classes += 1;
        }
        for case in lines(suite, lock)? {
            line(&mut body, &case);
            let area = case.case.split('/').next().unwrap_or_default().to_owned();
            *index.entry(area).or_default().entry(case.op).or_default() += 1;
            cases += 1;
        }
        let mut digest = Digest::default();
        digest.update(&body);
        let header = Header {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit.map(str::to_owned),
            rules,
            classes,
            cases,
            digest: digest.text(),
            index,
            moved: lock.moved.clone(),
        };
        Ok(Self { header, body })
    }
}

/// Writes a pack, compressed.
pub fn write(pack: &Written, out: impl Write) -> io::Result<()> {
    let mut head = vec![];
    line(&mut head, &pack.header);
    // The gzip header contains no date and no name of a file or system.
    let mut out = GzEncoder::new(out, Compression::best());
    out.write_all(&head)?;
    out.write_all(&pack.body)?;
    out.finish()?.flush()
}

fn line(body: &mut Vec<u8>, value: &impl Serialize) {
    serde_json::to_writer(&mut *body, value)
        .unwrap_or_else(|error| unreachable!("lines have string keys only: {error}"));
    body.push(b'\n');
}
