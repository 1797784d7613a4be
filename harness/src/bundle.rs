//! Replay bundles: a failure in a folder, to send to somebody or to ask again.

use crate::pack::CaseLine;
use crate::runner::{Address, CaseResult, Got, Limits, expectation, question, request};
use crate::vectors::Case;
use crate::vectors::lock::{Entry, digest};
use ckbspec_common::files;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::Request;
use ckbspec_protocol::message::HelloIn;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// The format that this crate reads and writes.
const SCHEMA: &str = "ckbspec.bundle/1";

/// `bundle.json`: what the folder is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bundle {
    /// `ckbspec.bundle/1`.
    pub schema: String,
    /// The name of the case.
    pub case: String,
    /// What became of it.
    pub outcome: String,
    /// The address of the adapter.
    pub adapter: String,
    /// The folder from which it was started.
    pub folder: PathBuf,
    /// How long an answer might take, in milliseconds.
    pub deadline_ms: u64,
    /// How many bytes of memory the adapter might use.
    pub memory: u64,
    /// The version of the runner.
    pub runner: String,
}

/// Where bundles are written, and for whom.
pub struct Bundles<'a> {
    /// The folder of folders.
    pub folder: PathBuf,
    /// The adapter that was asked.
    pub address: &'a Address,
    /// What this binary needs to find its root.
    pub root: &'a [OsString],
    /// The limits of the run.
    pub limits: Limits,
}

impl Bundles<'_> {
    /// Writes the bundle of a failure.
    pub fn write(&self, result: &CaseResult) -> io::Result<()> {
        let folder = self.folder.join(file_name(&result.case.name));
        std::fs::create_dir_all(&folder)?;
        let deadline_ms = u64::try_from(self.limits.deadline.as_millis()).unwrap_or(u64::MAX);
        let bundle = Bundle {
            schema: SCHEMA.to_owned(),
            case: result.case.name.clone(),
            outcome: result.outcome.to_string(),
            adapter: self.address.text.clone(),
            folder: std::env::current_dir()?,
            deadline_ms,
            memory: self.limits.memory,
            runner: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let got = match &result.got {
            Got::Verdict(verdict) => json!(verdict),
            Got::Nothing(why) => json!({"nothing": why}),
        };
        let entry = Entry {
            case: result.case.name.clone(),
            rev: result.case.vector.rev,
            digest: digest(&result.case),
            confirmed: vec![],
        };
        let expected = expectation(&result.case.vector.expectation);
        let wire = self.wire(&result.case, deadline_ms);
        let script = self.script(&bundle)?;
        let files = [
            ("bundle.json", pretty(&json!(bundle))),
            ("case.json", pretty(&json!(CaseLine::of(&result.case, &entry)))),
            ("question.ndjson", wire),
            ("expected.json", pretty(&expected)),
            ("got.json", pretty(&got)),
            ("stderr.txt", result.stderr.clone()),
            ("replay.sh", script),
        ];
        for (name, text) in files {
            std::fs::write(folder.join(name), text)?;
        }
        executable(&folder.join("replay.sh"))
    }

    /// The bytes on the wire: `hello`, unless each question has its own process, and the question.
    fn wire(&self, case: &Case, deadline_ms: u64) -> String {
        let line = |request: &Request| serde_json::to_string(request).unwrap_or_default() + "\n";
        let question = line(&question(1, case));
        if self.address.is_one_shot() {
            return question;
        }
        let input = json!(HelloIn::new(env!("CARGO_PKG_VERSION"), deadline_ms));
        line(&request(0, "hello", input)) + &question
    }

    fn script(&self, bundle: &Bundle) -> io::Result<String> {
        let command = self.address.shell(self.root)?;
        let from = bundle.folder.to_string_lossy();
        let from = shlex::try_quote(&from).unwrap_or_default();
        Ok(format!(
            "#!/bin/sh\n# Asks an adapter {case} again, without ckbspec, and prints its answers.\n\
             # `ckbspec replay` also judges them.\n\
             questions=$(cd \"$(dirname \"$0\")\" && pwd)/question.ndjson\n\
             cd {from} || exit 1\n{command}\n",
            case = bundle.case,
        ))
    }
}

impl Bundle {
    /// Reads a bundle, and its case.
    pub fn read(folder: &Path) -> Result<(Self, Case), Problem> {
        let broken = |file: &str, why: &str| {
            let message = format!("{} is no bundle: {file}: {why}", folder.display());
            let inside = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
            let mut inside = inside.filter(|entry| entry.path().join("bundle.json").exists());
            Problem::new(message).help(match inside.next() {
                Some(one) => format!("it holds bundles, such as {}", one.path().display()),
                None => "`ckbspec run --bundles DIR` writes bundles".to_owned(),
            })
        };
        let read = |file: &str| {
            files::read_text(&folder.join(file)).map_err(|e| broken(file, e.message()))
        };
        let bundle: Self = serde_json::from_str(&read("bundle.json")?)
            .map_err(|error| broken("bundle.json", &error.to_string()))?;
        if bundle.schema != SCHEMA {
            return Err(broken("bundle.json", &format!("`{}`, not {SCHEMA}", bundle.schema)));
        }
        let line: CaseLine = serde_json::from_str(&read("case.json")?)
            .map_err(|error| broken("case.json", &error.to_string()))?;
        let (case, _) = line.case().map_err(|why| broken("case.json", &why))?;
        Ok((bundle, case))
    }
}

/// A name of one folder.
pub fn file_name(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-_.=@".contains(c) { c } else { '_' };
    name.chars().map(safe).take(120).collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn executable(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
}
