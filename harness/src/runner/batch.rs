//! An adapter that cannot talk: it reads a file of questions and writes a file of answers.
//!
//! What is sent waits until somebody waits for an answer; then it becomes a file, `hello` first,
//! and the command runs. The deadline is that of a whole file.

use super::group::{Usage, mark};
use super::lines::{Event, Lines};
use super::link::{Ending, Link};
use super::process::Process;
use ckbspec_common::interrupt;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub(super) struct Batch {
    command: Vec<String>,
    memory: u64,
    folder: PathBuf,
    /// The first line that was sent: it stands before each file.
    hello: Vec<u8>,
    waiting: Vec<Vec<u8>>,
    /// The command, while it runs and after.
    process: Option<Process>,
    running: bool,
    answers: Option<Lines>,
    /// Lines of the file of answers that are not for the loop, and those that must still come.
    to_skip: usize,
    to_come: usize,
    ending: Option<Ending>,
}

impl Batch {
    /// A folder for the files; nothing runs yet.
    pub(super) fn new(command: Vec<String>, memory: u64) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("ckbspec-{}-{count}", mark()));
        fs::create_dir(&folder)?;
        Ok(Self {
            command,
            memory,
            folder,
            hello: vec![],
            waiting: vec![],
            process: None,
            running: false,
            answers: None,
            to_skip: 0,
            to_come: 0,
            ending: None,
        })
    }

    /// Writes what waits, and starts the command.
    fn start(&mut self) -> io::Result<()> {
        let [questions, answers] = ["in", "out"].map(|name| self.folder.join(name));
        let mut file = io::BufWriter::new(File::create(&questions)?);
        fs::write(&answers, "")?;
        self.to_skip = usize::from(!self.hello.is_empty());
        file.write_all(&self.hello)?;
        for line in &self.waiting {
            file.write_all(line)?;
        }
        file.flush()?;
        self.to_come = self.waiting.len();
        if let (true, [hello]) = (self.hello.is_empty(), self.waiting.as_slice()) {
            self.hello.clone_from(hello);
        }
        self.waiting.clear();
        let [questions, answers] = [questions, answers].map(|p| p.to_string_lossy().into_owned());
        let fill = |word: &String| word.replace("{in}", &questions).replace("{out}", &answers);
        let command: Vec<OsString> = self.command.iter().map(|w| fill(w).into()).collect();
        let mut process = Process::start(&command, self.memory)?;
        process.close_input();
        self.process = Some(process);
        self.running = true;
        Ok(())
    }

    /// Waits for the command; whether it has ended.
    fn wait(&mut self, deadline: Duration) -> io::Result<bool> {
        let Some(process) = &mut self.process else {
            return Ok(false);
        };
        // Its standard output holds no answers.
        match process.next(deadline) {
            None => return Ok(false),
            Some(Event::Line(_)) => return Ok(false),
            Some(Event::End(_) | Event::Oversize) => {}
        }
        self.ending = Some(process.reap());
        self.running = false;
        let answers = File::open(self.folder.join("out"))?;
        self.answers = Some(Lines::start(io::sink(), answers, || ()));
        Ok(true)
    }

    fn step(&mut self, deadline: Duration) -> io::Result<Option<Event>> {
        let start = std::time::Instant::now();
        loop {
            let left = deadline.saturating_sub(start.elapsed());
            if let Some(answers) = &self.answers {
                match answers.next(left) {
                    Some(Event::Line(_)) if self.to_skip > 0 => self.to_skip -= 1,
                    Some(Event::End(rest)) if rest.is_empty() && self.to_come == 0 => {
                        self.answers = None;
                    }
                    Some(Event::Line(line)) => {
                        self.to_come = self.to_come.saturating_sub(1);
                        return Ok(Some(Event::Line(line)));
                    }
                    other => return Ok(other),
                }
            } else if self.running {
                if !self.wait(left)? && (left.is_zero() || interrupt::requested()) {
                    return Ok(None);
                }
            } else if self.waiting.is_empty() {
                return Ok(Some(Event::End(vec![])));
            } else {
                self.start()?;
            }
        }
    }
}

impl Link for Batch {
    fn send(&mut self, line: Vec<u8>) {
        self.waiting.push(line);
    }

    fn close_input(&mut self) {}

    fn next(&mut self, deadline: Duration) -> Option<Event> {
        // Files of our own that cannot be written or read look like an adapter that has ended.
        self.step(deadline).unwrap_or_else(|error| Some(Event::End(error.to_string().into())))
    }

    fn unfinished(&self) -> Option<String> {
        None
    }

    fn usage(&self) -> Option<Usage> {
        self.process.as_ref()?.usage()
    }

    fn stderr(&self) -> String {
        self.process.as_ref().map_or_else(String::new, Link::stderr)
    }

    fn reap(&mut self) -> Ending {
        match self.ending {
            None | Some(Ending::Exit(0)) => Ending::Missing,
            Some(ending) => ending,
        }
    }

    fn end(&mut self) -> Ending {
        self.kill();
        self.ending.unwrap_or(Ending::Exit(0))
    }

    fn kill(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill();
        }
        (self.running, self.answers) = (false, None);
        self.waiting.clear();
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.kill();
        fs::remove_dir_all(&self.folder).ok();
    }
}
