//! `ckbspec schema`: the JSON Schemas of vector files, packs, messages and operations.

use crate::known::KnownFile;
use crate::pack::{CaseLine, ClassLine, Header, RuleLine};
use crate::protocol_page;
use crate::root::Root;
use crate::runner::LogLine;
use crate::vectors::file::VectorFile;
use crate::vm::tables;
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::files;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::message::{Hello, HelloIn, Verdict};
use ckbspec_protocol::{OPERATIONS, Operation, Request, Response};
use clap::Args;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

#[derive(Args, Debug)]
pub(super) struct SchemaArgs {
    /// `vectors`, `messages` or an operation; the list of names where it is left out.
    name: Option<String>,
    /// Write all of them to spec/schema.
    #[arg(long)]
    write: bool,
}

const FOLDER: &str = "spec/schema";

pub(super) fn schema(root: &Root, args: &SchemaArgs) -> CommandResult {
    let all = schemas();
    let mut out = anstream::stdout().lock();
    if args.write {
        let root = root.folder()?;
        std::fs::create_dir_all(root.join(FOLDER))?;
        for (name, schema) in &all {
            let path = format!("{FOLDER}/{name}.json");
            write_text(&root.join(&path), &text(schema))?;
            writeln!(out, "{path}")?;
        }
        let page = protocol_page::page().map_err(std::io::Error::other)?;
        std::fs::create_dir_all(root.join("spec/clients"))?;
        write_text(&root.join(protocol_page::PATH), &page)?;
        writeln!(out, "{}", protocol_page::PATH)?;
        for chapter in tables::CHAPTERS {
            let path = root.join(chapter);
            let text = tables::filled(&files::read_text(&path)?);
            write_text(&path, &text.map_err(std::io::Error::other)?)?;
            writeln!(out, "{chapter}")?;
        }
        return Ok(Exit::Expected);
    }
    let Some(wanted) = &args.name else {
        for (name, schema) in &all {
            let title = schema.get("title").and_then(Value::as_str).unwrap_or_default();
            writeln!(out, "{name:28} {title}")?;
        }
        return Ok(Exit::Expected);
    };
    let found = all.iter().find(|(name, _)| name == wanted).ok_or_else(|| {
        let problem = Problem::new(format!("there is no schema `{wanted}`"));
        CommandError::usage(problem.help("`ckbspec schema` lists them"))
    })?;
    write!(out, "{}", text(&found.1))?;
    Ok(Exit::Expected)
}

fn write_text(path: &Path, text: &str) -> Result<(), Problem> {
    files::replace(path, |out| out.write_all(text.as_bytes()))
}

fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// Every schema by its name, which is also its file's.
pub(super) fn schemas() -> Vec<(String, Value)> {
    let mut all = vec![
        ("vectors".to_owned(), of::<VectorFile>("A vector file of ckbspec")),
        ("known".to_owned(), of::<KnownFile>("A list of what a client is known to fail")),
        ("request".to_owned(), of::<Request>("A line that the runner writes")),
        ("response".to_owned(), of::<Response>("A line that an adapter writes")),
        ("hello.in".to_owned(), of::<HelloIn>("What the runner says first: `in` of hello")),
        ("hello.ok".to_owned(), of::<Hello>("What the adapter answers: `ok` of hello")),
        ("verdict".to_owned(), of::<Verdict>("The answer to a question: `ok` of a response")),
        ("run".to_owned(), of::<LogLine>("A line of a run log")),
        ("pack.header".to_owned(), of::<Header>("The first line of a pack")),
        ("pack.rule".to_owned(), of::<RuleLine>("A rule in a pack")),
        ("pack.class".to_owned(), of::<ClassLine>("An error class in a pack")),
        ("pack.case".to_owned(), of::<CaseLine>("A case in a pack")),
    ];
    all.extend(OPERATIONS.iter().map(|one| (one.name.to_owned(), of_operation(one))));
    all
}

fn of<T: JsonSchema>(title: &str) -> Value {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// One schema an operation: `in` and `out` side by side.
fn of_operation(operation: &Operation) -> Value {
    let mut generator = SchemaGenerator::default();
    let input = (operation.input)(&mut generator);
    let output = (operation.output)(&mut generator);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("{}: {}", operation.name, operation.summary),
        "type": "object",
        "properties": {"in": input, "out": output},
        "$defs": generator.take_definitions(true),
    })
}
