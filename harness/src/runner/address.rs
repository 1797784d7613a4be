//! What `--adapter` takes.

use super::batch::Batch;
use super::limits::Limits;
use super::link::Link;
use super::process::Process;
use super::socket::Socket;
use ckbspec_common::problem::Problem;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;

/// Where an adapter is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As it was written.
    pub text: String,
    transport: Transport,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Transport {
    /// A child process that answers many questions.
    Stdio(Vec<String>),
    /// A child process for each question.
    OneShot(Vec<String>),
    /// A command that reads a file of questions and writes a file of answers.
    Batch(Vec<String>),
    /// A socket in the file system, at which the adapter listens.
    Unix(PathBuf),
    /// A host and a port, at which the adapter listens.
    Tcp(String),
    /// This binary, as a child process.
    Builtin(Control),
}

/// The clients that this binary plays itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Control {
    /// The reference.
    Reference,
    /// A client that accepts everything, to show what that scores.
    AlwaysAccept,
    /// A client that rejects everything.
    AlwaysReject,
}

impl FromStr for Address {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let scheme = text.split_once(':').filter(|(scheme, _)| {
            scheme.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'+')
        });
        let transport = match scheme {
            Some(("builtin", name)) => {
                let control = <Control as clap::ValueEnum>::from_str(name, false);
                Transport::Builtin(control.map_err(|_| {
                    Problem::new(format!("there is no `builtin:{name}`"))
                        .help("builtin:reference, builtin:always-accept, builtin:always-reject")
                })?)
            }
            Some(("stdio", command)) => Transport::Stdio(split(command)?),
            Some(("oneshot", command)) => Transport::OneShot(split(command)?),
            Some(("batch", command)) => Transport::Batch(batch(command)?),
            Some(("unix", path)) => Transport::Unix(path.into()),
            Some(("tcp", host)) => Transport::Tcp(tcp(host)?),
            Some((scheme, _)) => {
                let problem = Problem::new(format!("unknown kind of adapter `{scheme}:`"));
                return Err(problem.help(KINDS));
            }
            None => Transport::Stdio(split(text)?),
        };
        Ok(Self { text: text.to_owned(), transport })
    }
}

const KINDS: &str = "stdio:COMMAND, oneshot:COMMAND, batch:COMMAND {in} {out}, unix:PATH, \
                     tcp:HOST:PORT or builtin:NAME";

fn batch(command: &str) -> Result<Vec<String>, Problem> {
    let words = split(command)?;
    for name in ["{in}", "{out}"] {
        if !words.iter().any(|word| word.contains(name)) {
            return Err(Problem::new(format!("`{command}` does not say {name}"))
                .help("batch:COMMAND {in} {out}: the names of the two files are put there"));
        }
    }
    Ok(words)
}

fn tcp(host: &str) -> Result<String, Problem> {
    let port = host.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    match port {
        Some(_) => Ok(host.to_owned()),
        None => Err(Problem::new(format!("`{host}` has no port")).help("tcp:HOST:PORT")),
    }
}

/// Splits a command line as a shell does; no shell runs.
fn split(command: &str) -> Result<Vec<String>, Problem> {
    let words = shlex::split(command).unwrap_or_default();
    if words.is_empty() {
        return Err(Problem::new(format!("`{command}` is no command line"))
            .help("quotes must be closed, and a program named"));
    }
    Ok(words)
}

impl Address {
    /// Whether each question has its own process.
    pub const fn is_one_shot(&self) -> bool {
        matches!(self.transport, Transport::OneShot(_))
    }

    /// Whether it is a process of ours that listens to its standard input for as long as it runs.
    pub const fn is_talker(&self) -> bool {
        matches!(self.transport, Transport::Stdio(_) | Transport::Builtin(_))
    }

    /// Whether all questions are asked before the first answer comes.
    pub const fn is_batch(&self) -> bool {
        matches!(self.transport, Transport::Batch(_))
    }

    /// Whether the client listens at a socket.
    pub const fn is_socket(&self) -> bool {
        matches!(self.transport, Transport::Unix(_) | Transport::Tcp(_))
    }

    /// Whether this binary itself answers.
    pub const fn is_builtin(&self) -> bool {
        matches!(self.transport, Transport::Builtin(_))
    }

    /// Opens a connection with the adapter, which may use so much memory.
    pub(crate) fn open(&self, root: &[OsString], limits: Limits) -> Result<Box<dyn Link>, String> {
        let broke = |error: std::io::Error| format!("cannot connect: {error}");
        let words: Vec<OsString> = match &self.transport {
            Transport::Unix(path) => {
                return Ok(Box::new(Socket::unix(path, limits.deadline).map_err(broke)?));
            }
            Transport::Tcp(host) => {
                return Ok(Box::new(Socket::tcp(host, limits.deadline).map_err(broke)?));
            }
            Transport::Batch(words) => {
                return Ok(Box::new(Batch::new(words.clone(), limits.memory).map_err(broke)?));
            }
            Transport::Stdio(words) | Transport::OneShot(words) => {
                words.iter().map(OsString::from).collect()
            }
            Transport::Builtin(control) => {
                own(*control, root).map_err(|error| error.to_string())?
            }
        };
        let program = words.first().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        let process = Process::start(&words, limits.memory)
            .map_err(|error| format!("cannot start `{program}`: {error}"))?;
        Ok(Box::new(process))
    }

    /// The files that its command line names.
    pub fn files(&self) -> Vec<PathBuf> {
        let words = match &self.transport {
            Transport::Stdio(words) | Transport::OneShot(words) | Transport::Batch(words) => {
                words.as_slice()
            }
            Transport::Unix(_) | Transport::Tcp(_) | Transport::Builtin(_) => &[],
        };
        words.iter().map(PathBuf::from).filter(|path| path.is_file()).collect()
    }

    /// A line for a shell that asks the adapter what stands in the file `$questions`, and prints
    /// its answers.
    pub fn shell(&self, root: &[OsString]) -> io::Result<String> {
        let quote = |words: &[String]| {
            shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default()
        };
        Ok(match &self.transport {
            Transport::Unix(path) => {
                let path = quote(&[path.to_string_lossy().into_owned()]);
                format!("nc -U {path} < \"$questions\"")
            }
            Transport::Tcp(host) => {
                let words = host.rsplit_once(':').map(|(host, port)| [host.into(), port.into()]);
                format!("nc {} < \"$questions\"", quote(&words.unwrap_or_default()))
            }
            Transport::Batch(words) => {
                let file = |word: &str| format!("'\"$questions{word}\"'");
                let fill = |word: &String| {
                    let word = word.replace('\'', "'\\''");
                    format!("'{}'", word.replace("{in}", &file("")).replace("{out}", &file(".out")))
                };
                let words: Vec<String> = words.iter().map(fill).collect();
                format!("{} && cat \"$questions.out\"", words.join(" "))
            }
            Transport::Stdio(words) | Transport::OneShot(words) => {
                format!("CTP=1 {} < \"$questions\"", quote(words))
            }
            Transport::Builtin(control) => {
                let words = own(*control, root)?;
                let words: Vec<_> =
                    words.iter().map(|w| w.to_string_lossy().into_owned()).collect();
                format!("{} < \"$questions\"", quote(&words))
            }
        })
    }
}

/// The command by which this binary plays a client.
fn own(control: Control, root: &[OsString]) -> io::Result<Vec<OsString>> {
    let name = clap::ValueEnum::to_possible_value(&control);
    let name = name.as_ref().map_or("", clap::builder::PossibleValue::get_name);
    let serve = ["serve", "--as", name].map(OsString::from);
    let program = std::env::current_exe()?.into_os_string();
    Ok([program].into_iter().chain(root.to_vec()).chain(serve).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_kind_may_be_left_out() {
        let address: Address = "python3 'my adapter.py' --fast".parse().unwrap();
        let words = vec!["python3".into(), "my adapter.py".into(), "--fast".into()];
        assert_eq!(address.transport, Transport::Stdio(words));
        assert!("oneshot:x".parse::<Address>().unwrap().is_one_shot());
    }

    #[test]
    fn a_slip_of_the_pen_is_named() {
        for (bad, word) in [
            ("builtin:referenc", "no `builtin"),
            ("ftp:x", "`ftp:`"),
            ("tcp:here", "no port"),
            ("batch:run {in}", "does not say {out}"),
            ("'x", "no command line"),
        ] {
            assert!(bad.parse::<Address>().unwrap_err().message().contains(word), "{bad}");
        }
    }
}
