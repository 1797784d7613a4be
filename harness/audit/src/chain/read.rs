//! Reads objects from files: one object a line, objects over several lines, or a JSON array; and
//! notices where a file is truncated.

use super::header::SourceLine;
use ckbspec_common::files::cannot_read;
use ckbspec_common::problem::Problem;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most bytes of one object; as JSON, a block of mainnet has 1.2 MB and its genesis 2.5 MB.
const OBJECT_MAX: usize = 64 << 20;

/// How many bytes are read at once.
const CHUNK: usize = 1 << 20;

/// The input files, read one after another.
pub struct InputFiles {
    paths: Vec<PathBuf>,
    position: Position,
    open: Option<OpenFile>,
    object: Vec<u8>,
}

/// How far the files were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which file, from 0.
    pub file: usize,
    /// How many bytes of it were read.
    pub offset: u64,
    /// How many lines of it were read.
    pub line: u64,
    /// How it is divided into objects, once that is known.
    framing: Option<Framing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Framing {
    /// One object a line.
    Lines,
    /// Objects one after another, each over any number of lines.
    Objects,
    /// Objects in an array.
    Array,
}

/// What comes next in the files.
pub enum NextObject<'a> {
    /// An object.
    Object(&'a [u8], SourceLine),
    /// The end of the last file.
    End,
    /// A file ends within an object, or within an array.
    Cut(SourceLine),
}

struct OpenFile {
    reader: BufReader<Box<dyn Read>>,
    name: Arc<str>,
}

impl InputFiles {
    /// Reads these files; `-` is standard input.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, position: Position::default(), open: None, object: vec![] }
    }

    /// Reads these files from a position on.
    ///
    /// # Errors
    /// When the file cannot be read from there.
    pub fn resume(paths: Vec<PathBuf>, position: Position) -> Result<Self, Problem> {
        let mut files = Self { paths, position, open: None, object: vec![] };
        files.open = files.open_at(position)?;
        Ok(files)
    }

    /// How far the files were read.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The size of all files in bytes, where it is known.
    pub fn size(&self) -> Option<u64> {
        self.paths.iter().map(|path| std::fs::metadata(path).ok().map(|m| m.len())).sum()
    }

    /// The next object.
    ///
    /// # Errors
    /// When a file cannot be read, or contains anything other than objects.
    pub fn read(&mut self) -> Result<NextObject<'_>, Problem> {
        loop {
            if self.open.is_none() {
                self.open = self.open_at(self.position)?;
            }
            let Some(open) = &mut self.open else { return Ok(NextObject::End) };
            self.object.clear();
            let position = &mut self.position;
            let framing = match position.framing {
                Some(framing) => framing,
                None => {
                    let framing = open.framing().map_err(|error| open.failed(&error))?;
                    *position.framing.insert(framing)
                }
            };
            let found = match framing {
                Framing::Lines => open.line(position, &mut self.object),
                _ => open.object(position, framing, &mut self.object),
            };
            let at = |line| SourceLine { source: open.name.clone(), line };
            match found.map_err(|error| open.failed(&error))? {
                NextBytes::Object(line) => return Ok(NextObject::Object(&self.object, at(line))),
                NextBytes::Cut(line) => return Ok(NextObject::Cut(at(line))),
                NextBytes::TooLong(line) => {
                    let message = format!("{}: an object above 64 MiB", at(line));
                    return Err(Problem::new(message));
                }
                NextBytes::Stray(line, byte) => {
                    let message = format!(
                        "{}: `{}` where an object should begin",
                        at(line),
                        char::from(byte).escape_default()
                    );
                    let help = "a file has a header or a block on each line, or an array of them";
                    return Err(Problem::new(message).help(help));
                }
                NextBytes::End => {
                    self.open = None;
                    let file = position.file + 1;
                    self.position = Position { file, ..Position::default() };
                }
            }
        }
    }

    fn open_at(&self, position: Position) -> Result<Option<OpenFile>, Problem> {
        let Some(path) = self.paths.get(position.file) else { return Ok(None) };
        let reader: Box<dyn Read> = if path == Path::new("-") {
            Box::new(io::stdin())
        } else {
            let opened = File::open(path).and_then(|mut file| {
                file.seek(SeekFrom::Start(position.offset))?;
                Ok(file)
            });
            Box::new(opened.map_err(|error| cannot_read(path.display(), error))?)
        };
        let name = path.display().to_string().into();
        Ok(Some(OpenFile { reader: BufReader::with_capacity(CHUNK, reader), name }))
    }
}

/// What comes next in the bytes of a file.
enum NextBytes {
    /// An object that begins on a line.
    Object(u64),
    /// An object in which the file ends.
    Cut(u64),
    /// An object that is too long.
    TooLong(u64),
    /// A byte that begins no object.
    Stray(u64, u8),
    /// The end of the file.
    End,
}

impl OpenFile {
    fn failed(&self, error: &io::Error) -> Problem {
        cannot_read(&self.name, error)
    }

    /// How the file is divided into objects, recognised by its beginning.
    fn framing(&mut self) -> io::Result<Framing> {
        let chunk = self.reader.fill_buf()?;
        let start = chunk.iter().position(|byte| !byte.is_ascii_whitespace());
        let rest = start.and_then(|start| chunk.get(start..)).unwrap_or_default();
        if rest.first() == Some(&b'[') {
            return Ok(Framing::Array);
        }
        let line = rest.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let is_whole = line.last() == Some(&b'\n') && !crate::json::is_cut(line);
        Ok(if is_whole || rest.is_empty() { Framing::Lines } else { Framing::Objects })
    }

    /// The next line that is not empty.
    fn line(&mut self, position: &mut Position, object: &mut Vec<u8>) -> io::Result<NextBytes> {
        loop {
            object.clear();
            let limit = u64::try_from(OBJECT_MAX).unwrap_or(u64::MAX);
            let read = self.reader.by_ref().take(limit).read_until(b'\n', object)?;
            if read == 0 {
                return Ok(NextBytes::End);
            }
            position.line += 1;
            position.offset += u64::try_from(read).unwrap_or_default();
            if object.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if object.last() == Some(&b'\n') {
                return Ok(NextBytes::Object(position.line));
            }
            if object.len() >= OBJECT_MAX {
                return Ok(NextBytes::TooLong(position.line));
            }
            let is_cut = crate::json::is_cut(object);
            return Ok(if is_cut {
                NextBytes::Cut(position.line)
            } else {
                NextBytes::Object(position.line)
            });
        }
    }

    /// The next object, found by its braces.
    fn object(
        &mut self,
        position: &mut Position,
        framing: Framing,
        object: &mut Vec<u8>,
    ) -> io::Result<NextBytes> {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        let mut begin = position.line + 1;
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                let is_open = depth > 0 || framing == Framing::Array;
                return Ok(if is_open { NextBytes::Cut(begin) } else { NextBytes::End });
            }
            let (mut used, mut found) = (0, None);
            for byte in chunk {
                used += 1;
                match byte {
                    b'\n' => position.line += 1,
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' if depth > 0 => quoted = !quoted,
                    _ if quoted => {}
                    b'{' => {
                        if depth == 0 {
                            begin = position.line + 1;
                        }
                        depth += 1;
                    }
                    b'}' if depth > 0 => {
                        depth -= 1;
                        if depth == 0 {
                            found = Some(NextBytes::Object(begin));
                        }
                    }
                    b']' if depth == 0 && framing == Framing::Array => found = Some(NextBytes::End),
                    b'[' | b',' | b' ' | b'\t' | b'\r' => {}
                    byte if depth == 0 => {
                        found = Some(NextBytes::Stray(position.line + 1, *byte));
                    }
                    _ => {}
                }
                if depth > 0 || matches!(found, Some(NextBytes::Object(_))) {
                    object.push(*byte);
                }
                if found.is_some() {
                    break;
                }
            }
            self.reader.consume(used);
            position.offset += u64::try_from(used).unwrap_or_default();
            if let Some(found) = found {
                return Ok(found);
            }
            if object.len() >= OBJECT_MAX {
                return Ok(NextBytes::TooLong(begin));
            }
        }
    }
}
