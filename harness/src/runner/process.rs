//! One child process: a thread that writes, one that reads, one that keeps standard error, so
//! that neither side can block the other whatever the adapter does.

use ckbspec_protocol::MESSAGE_BYTES_MAX;
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long an adapter may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(2);

/// Lines that wait to be judged: an adapter that floods is stopped by its own full pipe.
const EVENTS_WAITING_MAX: usize = 1024;

/// How long the last words of a process that has ended may take to be read.
const STDERR_GRACE: Duration = Duration::from_millis(200);

/// How much of standard error is kept, from its end.
const STDERR_KEPT: usize = 16 * 1024;

/// What the reading thread reports.
pub(super) enum Event {
    /// A line, without its line feed.
    Line(Vec<u8>),
    /// A line above the limit; nothing after it is read.
    Oversize,
    /// The output has ended, after these octets of an unfinished line.
    End(Vec<u8>),
}

/// A running adapter.
pub(super) struct Process {
    child: Child,
    questions: Option<Sender<Vec<u8>>>,
    events: Receiver<Event>,
    stderr: Arc<Mutex<Vec<u8>>>,
    stderr_reader: Option<JoinHandle<()>>,
    reaped: bool,
}

impl Process {
    /// Starts a program in a process group of its own.
    pub(super) fn start(command: &[OsString]) -> io::Result<Self> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program"))?;
        let mut child = Command::new(program)
            .args(arguments)
            .env("CTP", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let (questions, to_write) = mpsc::channel();
        let (to_report, events) = mpsc::sync_channel(EVENTS_WAITING_MAX);
        let stderr = Arc::new(Mutex::new(vec![]));
        if let Some(stdin) = child.stdin.take() {
            thread::spawn(move || write_lines(stdin, &to_write));
        }
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || read_lines(stdout, &to_report));
        }
        let stderr_reader = child.stderr.take().map(|pipe| {
            let kept = stderr.clone();
            thread::spawn(move || keep_tail(pipe, &kept))
        });
        Ok(Self { child, questions: Some(questions), events, stderr, stderr_reader, reaped: false })
    }

    /// Hands a line to the writing thread.
    pub(super) fn send(&self, line: Vec<u8>) {
        if let Some(questions) = &self.questions {
            // A closed channel means that the process is gone: its end is reported as an event.
            questions.send(line).ok();
        }
    }

    /// Closes standard input.
    pub(super) fn close_input(&mut self) {
        self.questions = None;
    }

    /// The next event, unless none comes before the deadline.
    pub(super) fn next(&self, deadline: Duration) -> Option<Event> {
        match self.events.recv_timeout(deadline) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Event::End(vec![])),
        }
    }

    /// The end of standard error; of a process that has ended, all that it wrote last.
    pub(super) fn stderr(&self) -> String {
        let start = Instant::now();
        let unread = || self.stderr_reader.as_ref().is_some_and(|reader| !reader.is_finished());
        while self.reaped && unread() && start.elapsed() < STDERR_GRACE {
            thread::sleep(Duration::from_millis(1));
        }
        let kept = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept).trim_end().to_owned()
    }

    /// Waits for the end that the process has begun; kills it if it lingers.
    pub(super) fn reap(&mut self) -> Option<ExitStatus> {
        self.questions = None;
        let status = self.wait(GRACE);
        self.kill();
        status
    }

    fn wait(&mut self, grace: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if start.elapsed() < grace => thread::sleep(Duration::from_millis(1)),
                _ => return None,
            }
        }
    }

    /// Ends the whole process group at once.
    pub(super) fn kill(&mut self) {
        if !self.reaped {
            self.signal(Signal::KILL);
            self.child.wait().ok();
            self.reaped = true;
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // The group may be gone already.
            kill_process_group(pid, signal).ok();
        }
    }
}

impl Drop for Process {
    /// End of input, two seconds, SIGTERM, half a second, SIGKILL; for the whole group.
    fn drop(&mut self) {
        if self.reaped {
            return;
        }
        self.questions = None;
        if self.wait(GRACE).is_none() {
            self.signal(Signal::TERM);
            self.wait(Duration::from_millis(500));
        }
        self.kill();
    }
}

/// How a process ended, in words.
pub(super) fn describe(status: Option<ExitStatus>) -> String {
    match status {
        None => "it closed its output and went on running".into(),
        Some(status) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("it ended with exit status {code}"),
            (None, Some(signal)) => format!("it was ended by signal {signal}"),
            (None, None) => "it ended".into(),
        },
    }
}

fn write_lines(stdin: ChildStdin, lines: &Receiver<Vec<u8>>) {
    let mut stdin = BufWriter::with_capacity(1 << 16, stdin);
    while let Ok(line) = lines.recv() {
        let mut next = Some(line);
        while let Some(line) = next {
            if stdin.write_all(&line).is_err() {
                return;
            }
            next = lines.try_recv().ok();
        }
        if stdin.flush().is_err() {
            return;
        }
    }
}

fn read_lines(stdout: ChildStdout, events: &SyncSender<Event>) {
    let mut stdout = BufReader::with_capacity(1 << 16, stdout);
    let limit = u64::try_from(MESSAGE_BYTES_MAX).unwrap_or(u64::MAX);
    loop {
        let mut line = vec![];
        let read = (&mut stdout).take(limit).read_until(b'\n', &mut line);
        let event = match (read, line.pop()) {
            (Ok(_), Some(b'\n')) => Event::Line(line),
            (Ok(read), Some(_)) if read == MESSAGE_BYTES_MAX => Event::Oversize,
            (_, last) => {
                line.extend(last);
                Event::End(line)
            }
        };
        let last = !matches!(event, Event::Line(_));
        if events.send(event).is_err() || last {
            return;
        }
    }
}

fn keep_tail(mut stderr: ChildStderr, kept: &Mutex<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut chunk) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(chunk.get(..read).unwrap_or_default());
        let excess = kept.len().saturating_sub(STDERR_KEPT);
        kept.drain(..excess);
    }
}
