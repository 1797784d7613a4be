//! Lines to and from an adapter: a thread that writes and one that reads, so that neither side
//! can block the other, with a limit on what waits in memory.

use super::message::shorten;
use ckbspec_common::interrupt;
use ckbspec_protocol::MESSAGE_BYTES_MAX;
use std::io::{self, BufWriter, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that wait to be judged: an adapter that floods is stopped by its own full pipe.
const WAITING_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What a line costs beside its bytes: empty lines fill the memory, too.
const LINE_COST: usize = 64;

/// How often a wait looks whether somebody wants the end.
const SLICE: Duration = Duration::from_millis(50);

/// What the reading thread reports.
#[derive(Debug)]
pub(crate) enum Event {
    /// A line, without its line feed.
    Line(Vec<u8>),
    /// A line above the limit; nothing after it is read.
    Oversize,
    /// The output has ended, after these bytes of an unfinished line.
    End(Vec<u8>),
}

/// Questions out, answers in.
pub(super) struct Lines {
    questions: Option<Sender<Vec<u8>>>,
    events: Receiver<Event>,
    flow: Arc<Flow>,
}

/// What the reading thread and its reader share.
#[derive(Default)]
struct Flow {
    state: Mutex<State>,
    room: Condvar,
}

#[derive(Default)]
struct State {
    waiting: usize,
    closed: bool,
    /// The beginning of a line whose end has not come.
    unfinished: Vec<u8>,
}

impl Flow {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room; whether anybody still reads.
    fn admit(&self, bytes: usize) -> bool {
        let mut state = self.lock();
        while !state.closed && state.waiting > 0 && state.waiting + bytes > WAITING_BYTES_MAX {
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting += bytes;
        !state.closed
    }

    fn release(&self, bytes: usize) {
        let mut state = self.lock();
        state.waiting = state.waiting.saturating_sub(bytes);
        self.room.notify_all();
    }
}

impl Lines {
    /// Two threads on a pair of streams; `closed` is called when no question comes any more.
    pub(super) fn start(
        output: impl Write + Send + 'static,
        input: impl Read + Send + 'static,
        closed: impl FnOnce() + Send + 'static,
    ) -> Self {
        let (questions, to_write) = mpsc::channel();
        let (to_report, events) = mpsc::channel();
        let flow = Arc::new(Flow::default());
        thread::spawn(move || {
            // An error means that the adapter is gone: its end is reported as an event.
            write_lines(output, &to_write).ok();
            closed();
        });
        let shared = flow.clone();
        thread::spawn(move || read_lines(input, &to_report, &shared));
        Self { questions: Some(questions), events, flow }
    }

    pub(super) fn send(&self, line: Vec<u8>) {
        if let Some(questions) = &self.questions {
            // A closed channel means that the process is gone: its end is reported as an event.
            questions.send(line).ok();
        }
    }

    pub(super) fn close_input(&mut self) {
        self.questions = None;
    }

    /// The next event, unless none comes before the deadline, or somebody wants the end.
    pub(super) fn next(&self, deadline: Duration) -> Option<Event> {
        let start = Instant::now();
        loop {
            let left = deadline.saturating_sub(start.elapsed());
            match self.events.recv_timeout(left.min(SLICE)) {
                Ok(event) => {
                    self.flow.release(cost(&event));
                    return Some(event);
                }
                Err(RecvTimeoutError::Disconnected) => return Some(Event::End(vec![])),
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return None,
                Err(RecvTimeoutError::Timeout) if interrupt::requested() => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// The beginning of a line whose end has not come.
    pub(super) fn unfinished(&self) -> Option<String> {
        let state = self.flow.lock();
        (!state.unfinished.is_empty()).then(|| shorten(&state.unfinished))
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.flow.lock().closed = true;
        self.flow.room.notify_all();
    }
}

fn cost(event: &Event) -> usize {
    match event {
        Event::Line(line) | Event::End(line) => line.len() + LINE_COST,
        Event::Oversize => LINE_COST,
    }
}

fn write_lines(output: impl Write, lines: &Receiver<Vec<u8>>) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(1 << 16, output);
    while let Ok(line) = lines.recv() {
        let mut next = Some(line);
        while let Some(line) = next {
            output.write_all(&line)?;
            next = lines.try_recv().ok();
        }
        output.flush()?;
    }
    Ok(())
}

fn read_lines(mut input: impl Read, events: &Sender<Event>, flow: &Flow) {
    let (mut chunk, mut line) = (vec![0; 1 << 16], vec![]);
    let report = |event: Event| flow.admit(cost(&event)) && events.send(event).is_ok();
    loop {
        let read = match input.read(&mut chunk) {
            Ok(read @ 1..) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            _ => {
                report(Event::End(line));
                return;
            }
        };
        for piece in chunk.get(..read).unwrap_or_default().split_inclusive(|c| *c == b'\n') {
            line.extend_from_slice(piece);
            if line.len() > MESSAGE_BYTES_MAX {
                report(Event::Oversize);
                return;
            }
            if line.pop_if(|last| *last == b'\n').is_some() {
                let whole = std::mem::take(&mut line);
                if !report(Event::Line(whole)) {
                    return;
                }
            }
        }
        let shown = line.get(..line.len().min(512)).unwrap_or_default();
        let mut state = flow.lock();
        state.unfinished.clear();
        state.unfinished.extend_from_slice(shown);
    }
}
