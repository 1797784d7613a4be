//! What an adapter may take, and how long an answer may take on this machine: ten seconds, or more
//! where it is slow or busy.

use crate::digest::Digest;
use std::time::{Duration, Instant};

/// What a person may set.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long an answer may take.
    pub deadline: Duration,
    /// How many bytes of memory the adapter may use.
    pub memory: u64,
    /// Whether each case is asked twice.
    pub repeat: bool,
}

/// How long an answer may take on a machine that is idle and not old.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long [`work`] takes there, at most.
const WORK: Duration = Duration::from_millis(8);

/// No machine is given more than so many times the deadline: a run must end.
const FACTOR_MAX: u32 = 8;

/// The deadline on this machine, now.
pub fn deadline_here() -> Duration {
    // The middle of three: one slow or fast moment does not decide.
    let mut times = [work(), work(), work()];
    times.sort();
    let [_, middle, _] = times;
    scaled(middle)
}

fn scaled(took: Duration) -> Duration {
    let factor = took.as_micros().checked_div(WORK.as_micros()).unwrap_or_default();
    DEADLINE.saturating_mul(u32::try_from(factor).unwrap_or(FACTOR_MAX).clamp(1, FACTOR_MAX))
}

fn work() -> Duration {
    let (start, chunk, mut digest) = (Instant::now(), [0x5a; 4096], Digest::default());
    for _ in 0..1024 {
        digest.update(&chunk);
    }
    std::hint::black_box(digest.text());
    start.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_machine_has_more_time_but_not_for_ever() {
        for (millis, seconds) in [(0, 10), (8, 10), (17, 20), (60_000, 80)] {
            assert_eq!(scaled(Duration::from_millis(millis)), Duration::from_secs(seconds));
        }
    }
}
