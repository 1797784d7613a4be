//! Reads cases from a file one at a time, and reports every kind of damage.

use super::line::{CaseLine, ClassLine, Header, RuleLine, SCHEMA};
use crate::digest::Digest;
use crate::spec::Spec;
use crate::vectors::lock::{Entry, Lock, digest};
use crate::vectors::{Case, Selection, Suite};
use ckbspec_common::files::cannot_read;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::Env;
use ckbspec_protocol::operations::operation;
use flate2::bufread::MultiGzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The greatest length of a line in bytes: a question has at most 16 MiB, and its answer and prose
/// together as many.
const LINE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// The first bytes of every compressed pack; an uncompressed one begins with `{`.
const GZIP: [u8; 2] = [0x1f, 0x8b];

const TAKE_AGAIN: &str = "download the release again, or write a pack with `ckbspec pack`";

/// A pack whose header, rules and classes were read.
#[derive(Clone, Debug)]
pub struct Pack {
    file: PathBuf,
    /// The header.
    pub header: Header,
    /// The rules and classes, with the parts that a pack contains.
    pub spec: Spec,
}

impl Pack {
    /// Opens a pack, and reads its header, rules and classes.
    pub fn open(file: &Path) -> Result<Self, Problem> {
        let mut lines = PackLines::open(file)?;
        let header = lines.header()?;
        let mut spec = Spec::default();
        for _ in 0..header.rules {
            let rule = lines.parsed::<RuleLine>("a rule")?.rule();
            spec.rules.insert(rule.id.clone(), rule);
        }
        for _ in 0..header.classes {
            let class = lines.parsed::<ClassLine>("an error class")?.class();
            spec.classes.insert(class.name.clone(), class);
        }
        Ok(Self { file: file.to_owned(), header, spec })
    }

    /// The cases from the first one on; the last step checks the digest of all that was read.
    pub fn cases(&self) -> Result<Cases, Problem> {
        let mut lines = PackLines::open(&self.file)?;
        let header = lines.header()?;
        if header != self.header {
            let message = format!("{} has changed while it was read", lines.shown);
            return Err(Problem::new(message));
        }
        for _ in 0..header.rules.saturating_add(header.classes) {
            lines.next()?;
        }
        Ok(Cases { lines, left: header.cases, header, last: String::new(), ended: false })
    }

    /// Reads all of it once, so that damage is known before anything is asked.
    pub fn check(&self) -> Result<(), Problem> {
        let mut cases = self.cases()?;
        while cases.left > 0 {
            cases.lines.next()?;
            cases.left = cases.left.saturating_sub(1);
        }
        cases.end().map_err(|problem| self.culprit(&problem).unwrap_or(problem))
    }

    /// Checks that this program knows all operations in the pack's index.
    fn known(&self) -> Result<(), Problem> {
        let mut asked = self.header.index.values().flat_map(|operations| operations.keys());
        let Some(unknown) = asked.find(|name| operation(name).is_none()) else {
            return Ok(());
        };
        let file = self.file.display();
        let message = format!("{file} asks `{unknown}`, which this ckbspec does not know");
        let (version, ours) = (&self.header.version, env!("CARGO_PKG_VERSION"));
        Err(Problem::new(message).help(format!("the pack is {version}, this program {ours}")))
    }

    /// How many cases are selected, of a pack that is whole and known to this program.
    pub fn count(&self, selection: &Selection) -> Result<usize, Problem> {
        /// The fields of a case that a selection depends on.
        #[derive(Deserialize)]
        struct Looked {
            case: String,
            rules: Vec<String>,
            #[serde(default)]
            env: Env,
        }
        self.known()?;
        self.check()?;
        if !selection.is_partial() {
            return Ok(usize::try_from(self.header.cases).unwrap_or(usize::MAX));
        }
        let (matcher, mut cases, mut count) = (selection.matcher(), self.cases()?, 0);
        for _ in 0..self.header.cases {
            let Looked { case, rules, env } = cases.lines.parsed("a case")?;
            count += usize::from(matcher.wants(&case, &rules, env.edition));
        }
        Ok(count)
    }

    /// The whole suite, and its lock.
    pub fn load(&self) -> Result<(Suite, Lock), Problem> {
        self.known()?;
        self.check()?;
        let (mut cases, mut lock) = (vec![], Lock::default());
        lock.moved.clone_from(&self.header.moved);
        for line in self.cases()? {
            let (case, entry) = self.case(line?)?;
            lock.cases.insert(entry.case.clone(), entry);
            cases.push(case);
        }
        Ok((Suite::of_cases(cases), lock))
    }

    /// The case of a line, and its entry in the lock.
    pub fn case(&self, (number, line): (u64, CaseLine)) -> Result<(Case, Entry), Problem> {
        let place = format!("{}:{number}", self.file.display());
        line.case().map_err(|why| Problem::new(format!("{place}: {why}")).help(TAKE_AGAIN))
    }

    /// For a pack that was changed: a problem at the first line whose digest is wrong, if there is
    /// one.
    fn culprit(&self, problem: &Problem) -> Option<Problem> {
        for line in self.cases().ok()? {
            let (number, line) = match line {
                Ok(line) => line,
                Err(first) => return Some(first),
            };
            let (name, said) = (line.case.clone(), line.digest.clone());
            let (case, _) = line.case().ok()?;
            if digest(&case) != said {
                let place = format!("{}:{number}", self.file.display());
                let message = format!("{place}: the digest of `{name}` does not fit what it says");
                let help = format!("{}; {TAKE_AGAIN}", problem.message());
                return Some(Problem::new(message).help(help));
            }
        }
        None
    }
}

/// The cases of a pack, each with the number of its line.
pub struct Cases {
    lines: PackLines,
    header: Header,
    left: u64,
    last: String,
    ended: bool,
}

impl Iterator for Cases {
    type Item = Result<(u64, CaseLine), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if self.left == 0 {
            self.ended = true;
            return self.end().err().map(Err);
        }
        self.left = self.left.saturating_sub(1);
        let line = self.one();
        self.ended = line.is_err();
        Some(line)
    }
}

impl Cases {
    fn one(&mut self) -> Result<(u64, CaseLine), Problem> {
        let line: CaseLine = self.lines.parsed("a case")?;
        if line.case <= self.last {
            return Err(self.lines.problem("the cases are not sorted by name").help(TAKE_AGAIN));
        }
        self.last.clone_from(&line.case);
        Ok((self.lines.number, line))
    }

    /// Checks that nothing follows the last case, and that no line was changed.
    fn end(&mut self) -> Result<(), Problem> {
        let lines = &mut self.lines;
        if lines.read()? {
            let problem = lines.problem("nothing may follow the last case");
            return Err(problem.help(TAKE_AGAIN));
        }
        let found = lines.digest.text();
        if found == self.header.digest {
            return Ok(());
        }
        let (shown, said) = (&lines.shown, &self.header.digest);
        let message = format!("{shown} was edited: its digest is not that of its header");
        let help = format!("the header says {said}, the lines are {found}; {TAKE_AGAIN}");
        Err(Problem::new(message).help(help))
    }
}

/// The lines of a file, counted and hashed.
struct PackLines {
    shown: String,
    input: BufReader<Box<dyn Read + Send>>,
    number: u64,
    /// How many lines there are according to the header.
    count: u64,
    digest: Digest,
    line: Vec<u8>,
}

impl PackLines {
    fn open(file: &Path) -> Result<Self, Problem> {
        let shown = file.display().to_string();
        let failed = |error: io::Error| {
            cannot_read(&shown, error).help("--pack takes a file that `ckbspec pack` has written")
        };
        let mut file = BufReader::with_capacity(1 << 16, File::open(file).map_err(failed)?);
        let compressed = file.fill_buf().map_err(failed)?.starts_with(&GZIP);
        let input: Box<dyn Read + Send> =
            if compressed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let input = BufReader::with_capacity(1 << 16, input);
        Ok(Self { shown, input, number: 0, count: 1, digest: Digest::default(), line: vec![] })
    }

    /// Reads the next line without its line feed; returns false at the end.
    fn read(&mut self) -> Result<bool, Problem> {
        self.line.clear();
        self.number = self.number.saturating_add(1);
        let read = (&mut self.input).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line);
        match read {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(self.cut_off()),
            Err(error) => {
                let message = format!("the file is damaged here or above: {error}");
                return Err(self.problem(&message).help(TAKE_AGAIN));
            }
            Ok(0) => return Ok(false),
            Ok(_) => {}
        }
        if self.number > 1 {
            self.digest.update(&self.line);
        }
        match self.line.pop() {
            Some(b'\n') => Ok(true),
            _ if self.number == 1 => Err(self.no_pack("its first line is no header")),
            _ => Err(self.cut_off()),
        }
    }

    /// Reads the next line, which must exist.
    fn next(&mut self) -> Result<(), Problem> {
        if self.read()? {
            return Ok(());
        }
        let (ends, count) = (self.number.saturating_sub(1), self.count);
        let message = format!("{} has {ends} lines, its header counts {count}", self.shown);
        Err(Problem::new(message).help(TAKE_AGAIN))
    }

    fn header(&mut self) -> Result<Header, Problem> {
        #[derive(Deserialize)]
        struct Any {
            schema: String,
        }
        if !self.read()? {
            return Err(self.no_pack("it is empty"));
        }
        let Ok(Any { schema }) = serde_json::from_slice(&self.line) else {
            return Err(self.no_pack("its first line is no header"));
        };
        if schema != SCHEMA {
            let message = format!("{} is `{schema}`, not `{SCHEMA}`", self.shown);
            let help = if schema.starts_with("ckbspec.pack/") {
                "a ckbspec as new as the pack reads it"
            } else {
                "--pack takes a file that `ckbspec pack` has written"
            };
            return Err(Problem::new(message).help(help));
        }
        let header: Header =
            serde_json::from_slice(&self.line).map_err(|error| self.misfit("a header", &error))?;
        let counts = [1, header.rules, header.classes, header.cases];
        self.count = counts.into_iter().fold(0, u64::saturating_add);
        Ok(header)
    }

    fn parsed<T: DeserializeOwned>(&mut self, what: &str) -> Result<T, Problem> {
        self.next()?;
        serde_json::from_slice(&self.line).map_err(|error| self.misfit(what, &error))
    }

    fn misfit(&self, what: &str, error: &serde_json::Error) -> Problem {
        // The message contains a line number, which is always 1.
        let error = error.to_string().replace("at line 1 column", "at column");
        self.problem(&format!("this line is not {what}: {error}")).help(TAKE_AGAIN)
    }

    fn cut_off(&self) -> Problem {
        let whole = self.number > self.count;
        let what =
            if whole { "the end of the file is damaged" } else { "the file is cut off here" };
        self.problem(what).help(TAKE_AGAIN)
    }

    fn no_pack(&self, why: &str) -> Problem {
        let message = format!("{} is no pack: {why}", self.shown);
        Problem::new(message).help("--pack takes a file that `ckbspec pack` has written")
    }

    /// A problem at this line.
    fn problem(&self, message: &str) -> Problem {
        Problem::new(format!("{}:{}: {message}", self.shown, self.number))
    }
}
