//! What `--adapter` takes.

use super::examine::Limits;
use super::link::Link;
use super::process::Process;
use crate::problem::Problem;
use std::ffi::OsString;
use std::str::FromStr;

/// Where an adapter is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As it was written.
    pub text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A child process that answers many questions.
    Stdio(Vec<String>),
    /// A child process for each question.
    OneShot(Vec<String>),
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

impl Control {
    const fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::AlwaysAccept => "always-accept",
            Self::AlwaysReject => "always-reject",
        }
    }
}

impl FromStr for Address {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let scheme = text.split_once(':').filter(|(scheme, _)| {
            scheme.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'+')
        });
        let kind = match scheme {
            Some(("builtin", name)) => {
                let control = <Control as clap::ValueEnum>::from_str(name, false);
                Kind::Builtin(control.map_err(|_| {
                    Problem::new(format!("there is no `builtin:{name}`"))
                        .help("builtin:reference, builtin:always-accept, builtin:always-reject")
                })?)
            }
            Some(("stdio", command)) => Kind::Stdio(split(command)?),
            Some(("oneshot", command)) => Kind::OneShot(split(command)?),
            Some((scheme, _)) => {
                let problem = Problem::new(format!("unknown kind of adapter `{scheme}:`"));
                return Err(problem.help("stdio:COMMAND, oneshot:COMMAND or builtin:NAME"));
            }
            None => Kind::Stdio(split(text)?),
        };
        Ok(Self { text: text.to_owned(), kind })
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
        matches!(self.kind, Kind::OneShot(_))
    }

    /// Whether this binary itself answers.
    pub const fn is_builtin(&self) -> bool {
        matches!(self.kind, Kind::Builtin(_))
    }

    /// Opens a connection with the adapter, which may use so much memory.
    ///
    /// # Errors
    /// In words, why there is none.
    pub(crate) fn open(&self, house: &[OsString], limits: Limits) -> Result<Box<dyn Link>, String> {
        let command = self.command(house).map_err(|error| error.to_string())?;
        let program = command.first().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        let process = Process::start(&command, limits.memory)
            .map_err(|error| format!("cannot start `{program}`: {error}"))?;
        Ok(Box::new(process))
    }

    /// The program and its arguments; `house` is what this binary needs to find its house.
    ///
    /// # Errors
    /// When this binary cannot find itself.
    fn command(&self, house: &[OsString]) -> std::io::Result<Vec<OsString>> {
        match &self.kind {
            Kind::Stdio(words) | Kind::OneShot(words) => {
                Ok(words.iter().map(OsString::from).collect())
            }
            Kind::Builtin(control) => {
                let mut words = vec![std::env::current_exe()?.into_os_string()];
                words.extend_from_slice(house);
                words.extend(["serve", "--as", control.name()].map(OsString::from));
                Ok(words)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_kind_may_be_left_out() {
        let address: Address = "python3 'my adapter.py' --fast".parse().unwrap();
        let words = vec!["python3".into(), "my adapter.py".into(), "--fast".into()];
        assert_eq!(address.kind, Kind::Stdio(words));
        assert!("oneshot:x".parse::<Address>().unwrap().is_one_shot());
    }

    #[test]
    fn a_slip_of_the_pen_is_named() {
        for (bad, word) in
            [("builtin:referenc", "no `builtin"), ("ftp:x", "`ftp:`"), ("'x", "no command line")]
        {
            assert!(bad.parse::<Address>().unwrap_err().message().contains(word), "{bad}");
        }
    }
}
