//! All processes of an adapter, as `/proc` shows them: what they use, and their end.
//!
//! An adapter's process leads a group, and its children are in it unless they leave. Those that
//! leave still carry the mark in their environment, by which they are found and ended. Where
//! there is no `/proc` (macOS), groups are ended as well, but memory and CPU time are unknown.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The variable by which every process that a run started is known.
pub(super) const MARK: &str = "CKBSPEC_RUN";

/// The value of [`MARK`], different in each run.
pub(super) fn mark() -> &'static str {
    static VALUE: OnceLock<String> = OnceLock::new();
    VALUE.get_or_init(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        format!("{}-{}", std::process::id(), now.as_nanos())
    })
}

/// What an adapter uses, all its processes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) processes: u32,
    /// CPU time so far, of children that ended, too.
    pub(crate) cpu: Duration,
    /// The sum of the resident sets, in bytes.
    pub(crate) memory: u64,
}

/// One process, of `/proc/PID/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    pid: i32,
    parent: i32,
    group: i32,
    ticks: u64,
    pages: u64,
    zombie: bool,
}

impl Stat {
    /// The name in parentheses may hold anything, so that fields count from the last one.
    fn parse(pid: i32, text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let signed = |index: usize| fields.get(index)?.parse::<i32>().ok();
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        let ticks = [11, 12, 13, 14].into_iter().filter_map(number).sum();
        let zombie = fields.first().is_some_and(|state| matches!(*state, "Z" | "X"));
        Some(Self { pid, parent: signed(1)?, group: signed(2)?, ticks, pages: number(21)?, zombie })
    }
}

fn pids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn stats() -> Vec<Stat> {
    let stat = |pid| Stat::parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    pids().filter_map(stat).collect()
}

/// What a group uses, with all descendants of its leader; `None` where nobody can tell.
pub(super) fn usage(leader: Pid) -> Option<Usage> {
    let (stats, leader) = (stats(), leader.as_raw_nonzero().get());
    let mut members: BTreeSet<i32> =
        stats.iter().filter(|s| s.group == leader || s.pid == leader).map(|s| s.pid).collect();
    loop {
        let before = members.len();
        let children = stats.iter().filter(|s| members.contains(&s.parent)).map(|s| s.pid);
        members.extend(children.collect::<Vec<_>>());
        if members.len() == before {
            break;
        }
    }
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4096);
    let tick = rustix::param::clock_ticks_per_second().max(1);
    let mut usage = Usage::default();
    for stat in stats.iter().filter(|s| members.contains(&s.pid) && !s.zombie) {
        usage.processes += 1;
        usage.memory = usage.memory.saturating_add(stat.pages.saturating_mul(page));
        let millis = stat.ticks.saturating_mul(1000).checked_div(tick).unwrap_or_default();
        usage.cpu = usage.cpu.saturating_add(Duration::from_millis(millis));
    }
    (!members.is_empty()).then_some(usage)
}

/// Sends a signal to a group; it may be gone already.
pub(super) fn signal(leader: Pid, signal: Signal) {
    kill_process_group(leader, signal).ok();
}

/// Ends every process that this run started and that still lives; how many there were.
pub(crate) fn sweep() -> u32 {
    let (mut ended, needle) = (0_u32, format!("{MARK}={}", mark()));
    // What is ended may have started another meanwhile.
    for _ in 0..3 {
        let found = marked(&needle);
        if found.is_empty() {
            break;
        }
        for pid in found {
            kill_process(pid, Signal::KILL).ok();
            ended = ended.saturating_add(1);
        }
    }
    ended
}

/// The processes of this run that live, whatever their group.
fn marked(needle: &str) -> Vec<Pid> {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    let carries = |pid: &i32| {
        // The environment of a zombie is empty, and that of other users cannot be read.
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == needle.as_bytes())
    };
    pids().filter(|pid| *pid != own).filter(carries).filter_map(Pid::from_raw).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let text = "7 (a) (b c) S 3 5 5 0 -1 0 1 2 3 4 10 20 30 40 20 0 1 0 99 1000 77 1 1";
        let expected = Stat { pid: 7, parent: 3, group: 5, ticks: 100, pages: 77, zombie: false };
        assert_eq!(Stat::parse(7, text), Some(expected));
        assert_eq!(Stat::parse(7, "7 (a"), None);
    }
}
