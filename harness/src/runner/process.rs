//! One child process in a group and an environment of its own, watched while it runs.

use super::group::{self, MARK, Usage, mark};
use super::lines::{Event, Lines};
use super::link::{Ending, Link};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long an adapter may take to end when it is asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// How long it may take to exit once it has closed its output.
const LAST_GRACE: Duration = Duration::from_secs(1);

const TERM_GRACE: Duration = Duration::from_millis(500);

/// How long reading the rest of standard error may take once the process has ended.
const STDERR_GRACE: Duration = Duration::from_millis(200);

/// How much of standard error is kept, from its end.
const STDERR_KEPT: usize = 16 * 1024;

/// How often memory is looked at, at most.
const WATCH: Duration = Duration::from_millis(100);

/// Variables that an adapter sees, beside those that begin with `CKBSPEC_`: what a run says must
/// not depend on the shell that it was started from. `env NAME=VALUE COMMAND` sets others.
const ENVIRONMENT: [&str; 4] = ["PATH", "HOME", "LANG", "TMPDIR"];

pub(crate) struct Process {
    child: Child,
    leader: Pid,
    lines: Lines,
    stderr: Arc<Mutex<Vec<u8>>>,
    stderr_reader: Option<JoinHandle<()>>,
    watch: Arc<Watch>,
    ending: Option<Ending>,
}

/// What the watching thread shares.
#[derive(Default)]
struct Watch {
    /// Taken while a signal is sent; true when the leader's number is no longer its own.
    reaped: Mutex<bool>,
    out_of_memory: AtomicBool,
}

impl Process {
    /// Starts a program in a process group of its own, which may use so much memory.
    pub(crate) fn start(command: &[OsString], memory: u64) -> io::Result<Self> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program"))?;
        let kept = |name: &OsString| {
            name.to_str().is_some_and(|n| ENVIRONMENT.contains(&n) || n.starts_with("CKBSPEC_"))
        };
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| kept(name)))
            .env("CTP", "1")
            .env(MARK, mark())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let leader = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pipes = (child.stdin.take(), child.stdout.take(), leader);
        let (Some(stdin), Some(stdout), Some(leader)) = pipes else {
            return Err(io::Error::other("no pipes"));
        };
        let stderr = Arc::new(Mutex::new(vec![]));
        let stderr_reader = child.stderr.take().map(|pipe| {
            let kept = stderr.clone();
            thread::spawn(move || keep_tail(pipe, &kept))
        });
        let watch = Arc::new(Watch::default());
        let watched = watch.clone();
        thread::spawn(move || watched.memory(leader, memory));
        let lines = Lines::start(stdin, stdout, || ());
        Ok(Self { child, leader, lines, stderr, stderr_reader, watch, ending: None })
    }

    /// How it ended, if it does within the grace. It stays a zombie until its group is ended,
    /// so that nobody else can have the number of the group.
    fn wait(&self, grace: Duration) -> bool {
        let start = Instant::now();
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        loop {
            match waitid(WaitId::Pid(self.leader), options) {
                Ok(None) if start.elapsed() < grace => thread::sleep(Duration::from_millis(1)),
                Ok(None) => return false,
                _ => return true,
            }
        }
    }

    /// Ends the whole group, and says how its leader had ended before.
    fn finish(&mut self, ended: bool) -> Ending {
        if let Some(ending) = self.ending {
            return ending;
        }
        let mut reaped = self.watch.lock();
        group::signal(self.leader, Signal::KILL);
        let status = self.child.wait();
        *reaped = true;
        let ending = match status {
            _ if self.watch.out_of_memory.load(Ordering::Relaxed) => Ending::Memory,
            Ok(status) if ended => status.into(),
            _ => Ending::Mute,
        };
        self.ending = Some(ending);
        ending
    }

    fn signal(&self, signal: Signal) {
        if !*self.watch.lock() {
            group::signal(self.leader, signal);
        }
    }
}

impl Link for Process {
    fn send(&mut self, line: Vec<u8>) {
        self.lines.send(line);
    }

    fn close_input(&mut self) {
        self.lines.close_input();
    }

    fn next(&mut self, deadline: Duration) -> Option<Event> {
        self.lines.next(deadline)
    }

    fn unfinished(&self) -> Option<String> {
        self.lines.unfinished()
    }

    fn usage(&self) -> Option<Usage> {
        group::usage(self.leader)
    }

    fn stderr(&self) -> String {
        let start = Instant::now();
        let unread = || self.stderr_reader.as_ref().is_some_and(|reader| !reader.is_finished());
        while self.ending.is_some() && unread() && start.elapsed() < STDERR_GRACE {
            thread::sleep(Duration::from_millis(1));
        }
        let kept = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).trim_end().to_owned()
    }

    fn reap(&mut self) -> Ending {
        self.close_input();
        let ended = self.ending.is_some() || self.wait(LAST_GRACE);
        self.finish(ended)
    }

    fn end(&mut self) -> Ending {
        if let Some(ending) = self.ending {
            return ending;
        }
        self.close_input();
        if self.wait(GRACE) {
            return self.finish(true);
        }
        self.signal(Signal::TERM);
        self.wait(TERM_GRACE);
        self.finish(false)
    }

    fn kill(&mut self) {
        self.finish(false);
    }

    fn terminate(&mut self) {
        self.signal(Signal::TERM);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

impl Watch {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.reaped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the group when it uses too much memory. Resident memory is what counts: runtimes
    /// that reserve address space without using it would fail under an rlimit.
    fn memory(&self, leader: Pid, limit: u64) {
        let mut pause = WATCH;
        loop {
            thread::sleep(pause);
            let reaped = self.lock();
            let start = Instant::now();
            if *reaped {
                return;
            }
            let Some(usage) = group::usage(leader) else {
                return;
            };
            if usage.memory > limit {
                self.out_of_memory.store(true, Ordering::Relaxed);
                group::signal(leader, Signal::KILL);
                return;
            }
            // Looking costs at most a twentieth of a core, however many processes there are.
            pause = WATCH.max(start.elapsed().saturating_mul(20));
        }
    }
}

fn keep_tail(mut stderr: ChildStderr, kept: &Mutex<Vec<u8>>) {
    let mut chunk = vec![0; 1 << 16];
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(chunk.get(..read).unwrap_or_default());
        let excess = kept.len().saturating_sub(STDERR_KEPT);
        kept.drain(..excess);
    }
}
