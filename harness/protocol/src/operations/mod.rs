//! The operations: pure functions that any client can be asked to compute.
//!
//! Each is a row in the table of its area, with one input and one output type. [`OPERATIONS`] lists
//! them with their schemas; [`Question`] is a parsed question.

#[macro_use]
mod table;

mod encoding;
mod issuance;
mod pow;
mod vm;

pub use encoding::*;
pub use issuance::*;
pub use pow::*;
pub use vm::*;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::LazyLock;

/// The keyword in a field's schema that lists the rules that decide the field, the most specific
/// rule first.
pub const RULES: &str = "x-rules";

/// An operation as the protocol describes it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `<area>.<name>`.
    pub name: &'static str,
    /// Its input and output in one line.
    pub summary: &'static str,
    /// The input field by whose value an adapter may declare a part: `encoding.hash/tx`.
    pub selector: Option<&'static str>,
    /// JSON Schema of `in`.
    pub input: fn(&mut SchemaGenerator) -> Schema,
    /// JSON Schema of `out`.
    pub output: fn(&mut SchemaGenerator) -> Schema,
    /// The schema of `out`, with all types inlined.
    pub out: Value,
}

/// The input of an operation.
pub trait OperationInput: DeserializeOwned + JsonSchema {
    /// Its output.
    type Out: Serialize + JsonSchema;
}

/// A client that answers the questions of an operation.
pub trait Answers<I: OperationInput, Answer> {
    /// Answers one question.
    fn answer(&self, input: &I) -> Answer;
}

impl Operation {
    /// The operation with this input type.
    fn of<I: OperationInput>(
        name: &'static str,
        selector: &'static [&'static str],
        summary: &'static str,
    ) -> Self {
        let selector = selector.first().copied();
        let input = SchemaGenerator::subschema_for::<I>;
        let output = SchemaGenerator::subschema_for::<I::Out>;
        Self { name, summary, selector, input, output, out: written_out(output) }
    }

    /// The parts that an adapter may declare: the values of the selector field.
    pub fn parts(&self) -> Vec<String> {
        let input = written_out(self.input);
        let field = self.selector.and_then(|field| input.pointer(&format!("/properties/{field}")));
        let variants = field.and_then(|field| field.get("oneOf")?.as_array()).into_iter().flatten();
        let values = field.into_iter().chain(variants).flat_map(|schema| {
            let named = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            named.chain(schema.get("const"))
        });
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Whether a text that an adapter declares names an operation or a part of one.
    pub fn exists(declared: &str) -> bool {
        match declared.split_once('/') {
            None => operation(declared).is_some(),
            Some((name, part)) => operation(name)
                .is_some_and(|operation| operation.parts().iter().any(|own| own == part)),
        }
    }

    /// The rules that decide some fields of an output: those for which `counts`, called with the
    /// expected and the actual value, is true.
    pub fn rules(
        &self,
        expected: &Value,
        got: &Value,
        counts: fn(&Value, &Value) -> bool,
    ) -> Vec<&str> {
        rules_of(&self.out, expected, got, counts)
    }

    /// Whether `out` has fields.
    pub fn has_output(&self) -> bool {
        self.out.get("properties").is_some()
    }

    /// The schema of a field of `out`.
    pub fn output_field(&self, name: &str) -> Option<&Value> {
        field_of(&self.out, name)
    }
}

/// The schema of a field, even where the structure may be null.
fn field_of<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let variants = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    std::iter::once(schema).chain(variants).find_map(|it| it.get("properties")?.get(name))
}

fn rules_of<'a>(
    schema: &'a Value,
    expected: &Value,
    got: &Value,
    counts: fn(&Value, &Value) -> bool,
) -> Vec<&'a str> {
    let mut rules = vec![];
    for (name, expected) in expected.as_object().into_iter().flatten() {
        let got = got.get(name).unwrap_or(&Value::Null);
        let Some(field) = field_of(schema, name).filter(|_| counts(expected, got)) else {
            continue;
        };
        rules.extend(rules_of(field, expected, got, counts));
        let own = field.get(RULES).and_then(Value::as_array).into_iter().flatten();
        rules.extend(own.filter_map(Value::as_str));
    }
    rules
}

/// A schema in which the types that it refers to are inlined.
fn written_out(schema: fn(&mut SchemaGenerator) -> Schema) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|it| it.inline_subschemas = true);
    schema(&mut settings.into_generator()).to_value()
}

/// Every operation, in the order of the areas.
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let areas = [
        EncodingQuestion::operations(),
        PowQuestion::operations(),
        IssuanceQuestion::operations(),
        VmQuestion::operations(),
    ];
    areas.into_iter().flatten().collect()
});

/// The operation with this name.
pub fn operation(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// Output of an operation whose answer is only a verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Nothing {}

/// A parsed question, by its area.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is named as its area")]
pub enum Question {
    Encoding(EncodingQuestion),
    Pow(PowQuestion),
    Issuance(IssuanceQuestion),
    Vm(VmQuestion),
}

/// Why a question could not be parsed.
#[derive(Debug, thiserror::Error)]
pub enum BadQuestion {
    /// No such operation.
    #[error("unknown operation `{0}`")]
    Operation(String),
    /// The input does not fit the operation.
    #[error("`{path}` does not fit the operation: {message}")]
    Input {
        /// The path of the wrong value, beginning with `in`.
        path: String,
        /// The reason.
        message: String,
    },
}

impl Question {
    /// Parses the input of an operation.
    ///
    /// # Errors
    /// [`BadQuestion`] when the operation is unknown or the input does not fit its type.
    pub fn parse(operation: &str, input: Value) -> Result<Self, BadQuestion> {
        match operation.split('.').next() {
            Some("encoding") => EncodingQuestion::parse(operation, input).map(Self::Encoding),
            Some("pow") => PowQuestion::parse(operation, input).map(Self::Pow),
            Some("issuance") => IssuanceQuestion::parse(operation, input).map(Self::Issuance),
            Some("vm") => VmQuestion::parse(operation, input).map(Self::Vm),
            _ => Err(BadQuestion::Operation(operation.to_owned())),
        }
    }
}

fn read<T: DeserializeOwned>(input: serde_json::Value) -> Result<T, BadQuestion> {
    // serde would also accept an array of the fields in their order.
    if !input.is_object() {
        let message = "not an object".to_owned();
        return Err(BadQuestion::Input { path: "in".into(), message });
    }
    serde_path_to_error::deserialize(input).map_err(|error| {
        let inner = error.path().to_string();
        let path = if inner == "." { "in".to_owned() } else { format!("in.{inner}") };
        BadQuestion::Input { path, message: error.into_inner().to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_operation_can_be_asked() {
        for operation in OPERATIONS.iter() {
            let refused = Question::parse(operation.name, serde_json::Value::Null);
            assert!(matches!(refused, Err(BadQuestion::Input { .. })), "{}", operation.name);
        }
    }

    #[test]
    fn every_output_field_names_the_rules_that_decide_it() {
        for operation in OPERATIONS.iter() {
            let fields = operation.out.get("properties").and_then(Value::as_object);
            for (name, field) in fields.into_iter().flatten() {
                assert!(field.to_string().contains(RULES), "{}: {name}", operation.name);
            }
        }
    }

    #[test]
    fn rules_are_those_of_the_fields_that_count() {
        let expected = serde_json::json!({"epoch": {"length": "0x1", "start_number": "0x2"}});
        let got = serde_json::json!({"epoch": {"length": "0x1", "start_number": "0x3"}});
        let operation = operation("pow.next_epoch").unwrap();
        let differ = operation.rules(&expected, &got, |expected, got| expected != got);
        assert_eq!(differ, ["EPOCH-009", "EPOCH-022"]);
    }
}
