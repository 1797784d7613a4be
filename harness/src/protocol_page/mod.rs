//! The protocol reference, a page of the book: the words of `page.txt`, and tables from the types.

use crate::runner::Outcome;
use ckbspec_protocol::message::{Hello, HelloIn, Verdict};
use ckbspec_protocol::{OPERATIONS, Operation, Request, Response};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};
use std::fmt::Write;

/// Where the page stands in a checkout.
pub const PATH: &str = "spec/clients/protocol.md";

/// A type by its name and schema.
type Types = Map<String, Value>;

/// The page.
pub fn page() -> Result<String, std::fmt::Error> {
    let mut types = Types::new();
    let mut page = include_str!("page.txt").to_owned();
    for (place, part) in [
        ("{{request}}", message::<Request>(&mut types)?),
        ("{{response}}", message::<Response>(&mut types)?),
        ("{{hello.in}}", message::<HelloIn>(&mut types)?),
        ("{{hello.ok}}", message::<Hello>(&mut types)?),
        ("{{verdict}}", message::<Verdict>(&mut types)?),
        ("{{outcomes}}", outcomes()?),
        ("{{operations}}", operations(&mut types)?),
    ] {
        page = page.replace(place, part.trim_end());
    }
    let described = all(&types)?;
    Ok(page.replace("{{types}}", described.trim_end()))
}

/// The fields of a message.
fn message<T: JsonSchema>(types: &mut Types) -> Result<String, std::fmt::Error> {
    let mut generator = SchemaGenerator::default();
    let schema = generator.root_schema_for::<T>().to_value();
    types.extend(generator.take_definitions(true));
    let mut text = String::new();
    let variants = schema.get("oneOf").and_then(Value::as_array).cloned();
    for variant in variants.unwrap_or_else(|| vec![schema]) {
        fields(&mut text, &variant)?;
    }
    Ok(text)
}

fn outcomes() -> Result<String, std::fmt::Error> {
    let mut text = "| outcome | it means | what to do |\n|---|---|---|\n".to_owned();
    for outcome in Outcome::all(1) {
        let hint = outcome.hint().unwrap_or("");
        writeln!(text, "| `{}` | {} | {hint} |", outcome.family(), outcome.meaning())?;
    }
    Ok(text)
}

fn operations(types: &mut Types) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for operation in OPERATIONS.iter() {
        let Operation { name, summary, selector, .. } = operation;
        writeln!(text, "### {name}\n\n{}", sentence(summary))?;
        if let Some(selector) = selector {
            writeln!(text, "A part is declared as `{name}/VALUE`, by the value of `{selector}`.")?;
        }
        let mut generator = SchemaGenerator::default();
        let schemas = [(operation.input)(&mut generator), (operation.output)(&mut generator)];
        let mut own = generator.take_definitions(true);
        for (title, schema) in ["in", "out"].iter().zip(schemas) {
            let name = referred(schema.as_value()).unwrap_or_default();
            let described = own.remove(name).unwrap_or_else(|| schema.to_value());
            writeln!(text, "\n`{title}`:\n")?;
            fields(&mut text, &described)?;
        }
        types.extend(own);
    }
    // Types of one operation's output may be another's own.
    for operation in OPERATIONS.iter() {
        let mut generator = SchemaGenerator::default();
        for schema in [(operation.input)(&mut generator), (operation.output)(&mut generator)] {
            types.remove(referred(schema.as_value()).unwrap_or_default());
        }
    }
    Ok(text)
}

/// A table of the fields of an object.
fn fields(text: &mut String, schema: &Value) -> std::fmt::Result {
    let fields = schema.get("properties").and_then(Value::as_object);
    let Some(fields) = fields.filter(|fields| !fields.is_empty()) else {
        return writeln!(text, "An object without fields.");
    };
    let required: Vec<_> = schema.get("required").and_then(Value::as_array).into_iter().collect();
    writeln!(text, "| field | type | |\n|---|---|---|")?;
    for (name, field) in fields {
        let must = required.iter().any(|names| names.contains(&Value::from(name.as_str())));
        let optional = if must { "" } else { " Optional." };
        writeln!(text, "| `{name}` | {} | {}{optional} |", kind(field), words(field))?;
    }
    text.push('\n');
    Ok(())
}

/// Every type that a field refers to.
fn all(types: &Types) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for (name, schema) in types {
        writeln!(text, "### {name}\n\n{}\n", words(schema))?;
        if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
            writeln!(text, "A string: `{pattern}`.\n")?;
        }
        if schema.get("properties").is_some() {
            fields(&mut text, schema)?;
        }
        for value in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writeln!(text, "- `{value}`")?;
        }
        for variant in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
            writeln!(text, "- {}: {}", words(variant).trim_end_matches('.'), kind(variant))?;
        }
        for variant in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            let values = variant.get("enum").and_then(Value::as_array);
            for value in values.into_iter().flatten() {
                writeln!(text, "- `{}`", value.as_str().unwrap_or_default())?;
            }
            match variant.get("const").and_then(Value::as_str) {
                Some(value) => writeln!(text, "- `{value}`: {}", words(variant))?,
                None if values.is_none() => fields(&mut text, variant)?,
                None => {}
            }
        }
        text.truncate(text.trim_end().len());
        text.push_str("\n\n");
    }
    Ok(text)
}

fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// The type of a field, in words.
fn kind(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(value) = schema.get("const").and_then(Value::as_str) {
        return format!("`\"{value}\"`");
    }
    if let Some(variants) = schema.get("anyOf").and_then(Value::as_array) {
        return variants.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match schema.get("type") {
        Some(Value::String(name)) => one(name, schema),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str);
            names.map(|name| one(name, schema)).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".into(),
    }
}

/// One of the types of a field; of an array with that of its elements.
fn one(name: &str, schema: &Value) -> String {
    if name != "array" {
        return name.to_owned();
    }
    if let Some(each) = schema.get("prefixItems").and_then(Value::as_array) {
        return format!("[{}]", each.iter().map(kind).collect::<Vec<_>>().join(", "));
    }
    format!("array of {}", schema.get("items").map_or_else(|| "anything".into(), kind))
}

/// The description, on one line, as a sentence.
fn words(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    // Links of Rust's documentation.
    sentence(&line.replace("[`", "`").replace("`]", "`"))
}

/// With a capital and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let end = if words.is_empty() || words.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), letters.as_str())
}
