//! Files: an object a line, or a JSON array of objects; and where they end.

use super::header::SourceLine;
use ckbspec_common::files::cannot_read;
use ckbspec_common::problem::Problem;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most bytes of one object; a block of mainnet has 1.2 MB as JSON, its genesis 2.5 MB.
const OBJECT_MAX: usize = 64 << 20;

/// Bytes that are read at once.
const CHUNK: usize = 1 << 20;

/// Files, one after another.
pub struct Files {
    paths: Vec<PathBuf>,
    position: Position,
    open: Option<Open>,
    object: Vec<u8>,
}

/// Where reading stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which file, from 0.
    pub file: usize,
    /// The bytes of it that were read.
    pub offset: u64,
    /// The lines.
    pub line: u64,
    /// How it is cut into objects, once that is known.
    framing: Option<Framing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Framing {
    /// One object a line.
    Lines,
    /// Objects one after another, over as many lines as they like.
    Objects,
    /// The same, in an array.
    Array,
}

/// What a file has next.
pub enum NextObject<'a> {
    /// An object.
    Object(&'a [u8], SourceLine),
    /// The end of the last file.
    End,
    /// A file ends within an object, or within an array.
    Cut(SourceLine),
}

struct Open {
    reader: BufReader<Box<dyn Read>>,
    name: Arc<str>,
}

impl Files {
    /// These files; `-` is standard input.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths, position: Position::default(), open: None, object: vec![] }
    }

    /// The same files, from a position on.
    ///
    /// # Errors
    /// When the file cannot be read from there.
    pub fn resume(paths: Vec<PathBuf>, position: Position) -> Result<Self, Problem> {
        let mut files = Self { paths, position, open: None, object: vec![] };
        files.open = files.open_at(position)?;
        Ok(files)
    }

    /// Where reading stands.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The bytes of all files, where they are known.
    pub fn size(&self) -> Option<u64> {
        self.paths.iter().map(|path| std::fs::metadata(path).ok().map(|m| m.len())).sum()
    }

    /// The next object.
    ///
    /// # Errors
    /// When a file cannot be read, or holds something else than objects.
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
                Found::Object(line) => return Ok(NextObject::Object(&self.object, at(line))),
                Found::Cut(line) => return Ok(NextObject::Cut(at(line))),
                Found::TooLong(line) => {
                    let message = format!("{}: an object above 64 MiB", at(line));
                    return Err(Problem::new(message));
                }
                Found::Stray(line, byte) => {
                    let message = format!(
                        "{}: `{}` where an object should begin",
                        at(line),
                        char::from(byte).escape_default()
                    );
                    let help = "a file has a header or a block on each line, or an array of them";
                    return Err(Problem::new(message).help(help));
                }
                Found::End => {
                    self.open = None;
                    let file = position.file + 1;
                    self.position = Position { file, ..Position::default() };
                }
            }
        }
    }

    fn open_at(&self, position: Position) -> Result<Option<Open>, Problem> {
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
        Ok(Some(Open { reader: BufReader::with_capacity(CHUNK, reader), name }))
    }
}

/// What the bytes of a file hold next.
enum Found {
    /// An object that begins on a line.
    Object(u64),
    /// The file ends in one.
    Cut(u64),
    /// One that is too long.
    TooLong(u64),
    /// A byte that begins no object.
    Stray(u64, u8),
    /// Nothing.
    End,
}

impl Open {
    fn failed(&self, error: &io::Error) -> Problem {
        cannot_read(&self.name, error)
    }

    /// How the file is cut into objects, by how it begins.
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
    fn line(&mut self, position: &mut Position, object: &mut Vec<u8>) -> io::Result<Found> {
        loop {
            object.clear();
            let limit = u64::try_from(OBJECT_MAX).unwrap_or(u64::MAX);
            let read = self.reader.by_ref().take(limit).read_until(b'\n', object)?;
            if read == 0 {
                return Ok(Found::End);
            }
            position.line += 1;
            position.offset += u64::try_from(read).unwrap_or_default();
            if object.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if object.last() == Some(&b'\n') {
                return Ok(Found::Object(position.line));
            }
            if object.len() >= OBJECT_MAX {
                return Ok(Found::TooLong(position.line));
            }
            let is_cut = crate::json::is_cut(object);
            return Ok(if is_cut {
                Found::Cut(position.line)
            } else {
                Found::Object(position.line)
            });
        }
    }

    /// The next object by its braces.
    fn object(
        &mut self,
        position: &mut Position,
        framing: Framing,
        object: &mut Vec<u8>,
    ) -> io::Result<Found> {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        let mut begin = position.line + 1;
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                let is_open = depth > 0 || framing == Framing::Array;
                return Ok(if is_open { Found::Cut(begin) } else { Found::End });
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
                            found = Some(Found::Object(begin));
                        }
                    }
                    b']' if depth == 0 && framing == Framing::Array => found = Some(Found::End),
                    b'[' | b',' | b' ' | b'\t' | b'\r' => {}
                    byte if depth == 0 => {
                        found = Some(Found::Stray(position.line + 1, *byte));
                    }
                    _ => {}
                }
                if depth > 0 || matches!(found, Some(Found::Object(_))) {
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
                return Ok(Found::TooLong(begin));
            }
        }
    }
}
