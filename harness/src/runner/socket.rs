//! An adapter that listens: its process is somebody else's, under a debugger perhaps, so that it
//! is neither watched nor ended, only left.

use super::group::Usage;
use super::lines::{Event, Lines};
use super::link::{Ending, Link};
use super::process::GRACE;
use ckbspec_common::interrupt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How often a listener that is not there yet is looked for.
const PAUSE: Duration = Duration::from_millis(50);

pub(super) struct Socket {
    lines: Lines,
    shut: Box<dyn Fn(Shutdown) + Send>,
}

impl Socket {
    pub(super) fn unix(path: &Path, patience: Duration) -> io::Result<Self> {
        let stream = insist(patience, || UnixStream::connect(path))?;
        let [output, input, other] = [stream.try_clone()?, stream.try_clone()?, stream];
        Ok(Self::new(output, input, move |how| drop(other.shutdown(how))))
    }

    pub(super) fn tcp(host: &str, patience: Duration) -> io::Result<Self> {
        let stream = insist(patience, || TcpStream::connect(host))?;
        // Questions are written in one piece, and each is waited for.
        stream.set_nodelay(true)?;
        let [output, input, other] = [stream.try_clone()?, stream.try_clone()?, stream];
        Ok(Self::new(output, input, move |how| drop(other.shutdown(how))))
    }

    fn new<S: Read + Write + Send + 'static>(
        output: S,
        input: S,
        shut: impl Fn(Shutdown) + Send + Sync + 'static,
    ) -> Self {
        let shut = Arc::new(shut);
        let closed = shut.clone();
        let lines = Lines::start(output, input, move || closed(Shutdown::Write));
        Self { lines, shut: Box::new(move |how| shut(how)) }
    }
}

fn insist<T>(patience: Duration, connect: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let start = Instant::now();
    loop {
        match connect() {
            Err(_) if start.elapsed() < patience && !interrupt::requested() => {
                thread::sleep(PAUSE);
            }
            connected => return connected,
        }
    }
}

impl Link for Socket {
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
        None
    }

    fn stderr(&self) -> String {
        String::new()
    }

    fn reap(&mut self) -> Ending {
        self.kill();
        Ending::Closed
    }

    fn end(&mut self) -> Ending {
        self.close_input();
        self.next(GRACE);
        self.reap()
    }

    fn kill(&mut self) {
        self.close_input();
        (self.shut)(Shutdown::Both);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.kill();
    }
}
