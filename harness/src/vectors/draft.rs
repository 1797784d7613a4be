//! Turns a vector as it is written into vectors that can be asked.

use super::answers::{Answer, answers, points};
use super::change;
use super::file::WrittenVector;
use super::loaded::Loaded;
use super::suite::{Expectation, Source, Vector};
use super::yaml::{Kind, Node};
use crate::root::Root;
use crate::spec::Spec;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::Question;
use ckbspec_protocol::operations::BadQuestion;
use ckbspec_reference::encoding::hash::ckbhash;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// How long a chain of twins may be: enough for any file, and a limit for circles.
const TWINS_MAX: u32 = 8;

/// A vector as it is written, and the place from which it was read.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) root: &'a Root,
    pub(super) file: &'a Loaded,
    pub(super) written: &'a WrittenVector,
    pub(super) node: &'a Node,
}

type Drafts<'a> = BTreeMap<String, Draft<'a>>;

impl Draft<'_> {
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.file.area, self.written.id)
    }

    /// The name of its twin.
    pub(super) fn twin(&self) -> Option<String> {
        self.written.twin.as_ref().map(|twin| format!("{}/{twin}", self.file.area))
    }

    /// A problem at a dotted path of keys, or at the nearest node above it that exists.
    pub(super) fn problem(&self, path: &str, message: &str, label: &str) -> Problem {
        let span = self.span(path);
        let message = format!("{}: {message}", self.name());
        self.file.problem(span, &message, label)
    }

    /// The place of a dotted path; a number in it is the index of an item.
    fn span(&self, path: &str) -> Range<usize> {
        let id = self.node.get("id").map_or(self.node.span.clone(), |id| id.span.clone());
        let (mut node, mut span) = (self.node, id);
        for key in path.split('.') {
            // An item can have many lines, so the place is that of its first key.
            let item = key.parse().ok().and_then(|index: usize| node.items().get(index));
            let first = item.and_then(|item| match &item.kind {
                Kind::Mapping(entries) => entries.first().map(|(name, _)| (name, item)),
                _ => None,
            });
            let Some((name, value)) = first.or(node.entry(key).map(|(name, value)| (name, value)))
            else {
                break;
            };
            let short = item.is_none() && value.span.len() <= 200;
            span = if short { value.span.clone() } else { name.span.clone() };
            node = value;
        }
        span
    }

    /// The vectors that can be asked, one for each answer.
    pub(super) fn vectors(
        &self,
        spec: &Spec,
        drafts: &Drafts<'_>,
        inputs: &mut BTreeMap<String, Value>,
    ) -> Result<Vec<Vector>, Problem> {
        self.check_form()?;
        let over = self.written.over.as_ref().unwrap_or(&self.file.typed.over);
        let answers = answers(self.written, points(over))
            .map_err(|misfit| self.problem(&misfit.path, &misfit.message, misfit.label))?;
        self.check_answers(&answers)?;
        let input = self.input(drafts, inputs, 0)?;
        let question = Question::parse(self.file.operation.name, input.clone())
            .map_err(|bad| self.misfit(&bad))?;
        let vector = |answer| self.vector(spec, answer, &input, &question);
        answers.into_iter().map(vector).collect()
    }

    fn vector(
        &self,
        spec: &Spec,
        answer: Answer<'_>,
        input: &Value,
        question: &Question,
    ) -> Result<Vector, Problem> {
        let written = self.written;
        let twin = self.twin().map(|twin| {
            let changes = written.change.iter().flatten();
            (twin, changes.map(|(path, value)| (path.clone(), value.clone())).collect())
        });
        let notes = &self.file.typed.notes;
        let flags = answer.flags.iter().filter_map(|flag| notes.get_key_value(flag));
        let key = if answer.reject.is_some() { "reject" } else { "accept" };
        Ok(Vector {
            name: self.name(),
            rev: written.rev,
            status: written.status,
            why: answer.why.to_owned(),
            rules: answer.rules.to_vec(),
            flags: flags.map(|(flag, note)| (flag.clone(), note.clone())).collect(),
            provenance: written.provenance.clone().unwrap_or(self.file.typed.provenance.clone()),
            divergent: written.divergent.clone(),
            twin,
            any_of: answer.any_of.clone(),
            operation: self.file.operation,
            input: input.clone(),
            question: question.clone(),
            expectation: self.expectation(spec, &answer)?,
            source: Source {
                file: self.file.shown.clone(),
                path: self.file.path.clone(),
                text: self.file.text.clone(),
                line: self.file.line_at(self.node.span.start),
                expectation: self.span(&answer.path(key)),
            },
            points: answer.points,
        })
    }

    /// Checks which keys the vector must have, and which exclude each other.
    fn check_form(&self) -> Result<(), Problem> {
        let written = self.written;
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !written.id.starts_with(|c: char| c.is_ascii_lowercase())
            || !written.id.chars().all(word)
        {
            let label = "lower-case letters, digits and hyphens, a letter first";
            return Err(self.problem("id", "this is no id", label));
        }
        if written.input.is_some() == written.twin.is_some() {
            return Err(self.problem("id", "a vector has either `in` or `twin`", "this vector"));
        }
        if written.twin.is_some() != written.change.is_some() {
            return Err(self.problem("id", "`twin` and `change` go together", "this vector"));
        }
        let whole = ["accept", "reject", "any_of"].into_iter().find(|k| self.node.get(k).is_some());
        if let Some(key) = whole.filter(|_| !written.answers.is_empty()) {
            let message = format!("`{key}` stands in each of the `answers`");
            return Err(self.problem(key, &message, "of which point?"));
        }
        Ok(())
    }

    /// Checks which keys each answer must have, and which exclude each other.
    fn check_answers(&self, answers: &[Answer<'_>]) -> Result<(), Problem> {
        for answer in answers {
            let problem = |key: &str, message: &str, label: &str| {
                Err(self.problem(&answer.path(key), message, label))
            };
            if answer.rules.is_empty() {
                return problem("rules", "a vector shows at least one rule", "empty");
            }
            if answer.accept.is_some() == answer.reject.is_some() {
                let message = "a vector has either `accept` or `reject`, at each of its points";
                return problem("", message, "here");
            }
            if !answer.any_of.is_empty() && answer.reject.is_none() {
                return problem("any_of", "`any_of` explains a `reject`", "no `reject`");
            }
        }
        let rejecting = answers.iter().find(|answer| answer.reject.is_some());
        let accepts = answers.iter().any(|answer| answer.accept.is_some());
        if let Some(answer) = rejecting.filter(|_| self.written.twin.is_none() && !accepts) {
            let path = answer.path("reject");
            let problem = self.problem(&path, "a reject names its twin", "no `twin`");
            return Err(problem.help("the twin is the nearest vector that is accepted"));
        }
        Ok(())
    }

    /// The input in its wire form: the one that is written, or that of the twin with the changes.
    fn input(
        &self,
        drafts: &Drafts<'_>,
        inputs: &mut BTreeMap<String, Value>,
        depth: u32,
    ) -> Result<Value, Problem> {
        if let Some(known) = inputs.get(&self.name()) {
            return Ok(known.clone());
        }
        let input = match &self.written.twin {
            None => {
                let written = self.written.input.clone().unwrap_or_default();
                self.wire_form(written).map_err(|m| self.problem("in", &m, "in this input"))?
            }
            Some(twin) => {
                let found = self.twin().and_then(|twin| drafts.get(&twin)).ok_or_else(|| {
                    self.problem("twin", &format!("there is no twin `{twin}`"), "in this area")
                })?;
                if depth >= TWINS_MAX {
                    let label = "write the input out";
                    return Err(self.problem("twin", "the twins lead in a circle", label));
                }
                if found.file.operation.name != self.file.operation.name {
                    let message = format!("`{twin}` asks {}", found.file.operation.name);
                    return Err(self.problem("twin", &message, "another operation"));
                }
                let mut input = found.input(drafts, inputs, depth.saturating_add(1))?;
                for (path, value) in self.written.change.iter().flatten() {
                    let value = self.wire_form(value.clone());
                    value
                        .and_then(|value| change::apply(&mut input, path, &value))
                        .map_err(|m| self.problem(&format!("change.{path}"), &m, "this change"))?;
                }
                input
            }
        };
        inputs.insert(self.name(), input.clone());
        Ok(input)
    }

    /// Values in their wire form: integers become `0x` text, files become their bytes.
    fn wire_form(&self, value: Value) -> Result<Value, String> {
        Ok(match value {
            Value::Number(number) => {
                let small = number.as_u64().ok_or(format!("`{number}` is no unsigned integer"))?;
                Value::String(format!("{small:#x}"))
            }
            Value::String(text) => Value::String(decimal_to_hex(text)?),
            Value::Array(items) => {
                let items: Result<_, _> = items.into_iter().map(|i| self.wire_form(i)).collect();
                Value::Array(items?)
            }
            Value::Object(fields) => {
                let file = fields.get("file").and_then(Value::as_str).filter(|_| fields.len() == 1);
                if let Some(file) = file {
                    return self.bytes_of(file);
                }
                let fields: Result<_, String> =
                    fields.into_iter().map(|(k, v)| Ok((k, self.wire_form(v)?))).collect();
                Value::Object(fields?)
            }
            other => other,
        })
    }

    /// The bytes of a file in the folder of the YAML file, whose name contains the ckbhash of its
    /// bytes.
    fn bytes_of(&self, file: &str) -> Result<Value, String> {
        let path = format!("{}/{file}", self.file.folder);
        if file.split('/').any(|part| part == "..") {
            return Err(format!("`{file}` leaves the folder of the vectors"));
        }
        let bytes = self.root.read(&path).map_err(|problem| problem.message().to_owned())?;
        let hash = const_hex::encode(ckbhash(&bytes).0);
        if !file.contains(&hash) {
            return Err(format!("`{file}` has the ckbhash {hash}: its name must hold it"));
        }
        Ok(Value::String(const_hex::encode_prefixed(bytes)))
    }

    fn expectation(&self, spec: &Spec, answer: &Answer<'_>) -> Result<Expectation, Problem> {
        if let Some(rule) = answer.reject {
            if !answer.rules.contains(rule) {
                let message = format!("{rule} is not in `rules`");
                return Err(self.problem(&answer.path("reject"), &message, "add it"));
            }
            let class = self.class_of(spec, rule, &answer.path("reject"))?;
            let others = answer
                .any_of
                .keys()
                .map(|rule| self.class_of(spec, rule, &answer.path(&format!("any_of.{rule}"))));
            let others = others.collect::<Result<_, _>>()?;
            return Ok(Expectation::Reject { rule: rule.clone(), class, others });
        }
        let path = answer.path("accept");
        let accept = self
            .wire_form(answer.accept.cloned().unwrap_or_default())
            .map_err(|m| self.problem(&path, &m, "in this output"))?;
        let operation = self.file.operation;
        let names_some =
            |fields: &&serde_json::Map<_, _>| !fields.is_empty() || !operation.has_output();
        let fields = accept.as_object().filter(names_some).ok_or_else(|| {
            self.problem(&path, "`accept` names the fields that are compared", "no fields")
        })?;
        if let Some(field) = fields.keys().find(|field| operation.output_field(field).is_none()) {
            let message = format!("{} has no output `{field}`", operation.name);
            return Err(self.problem(&format!("{path}.{field}"), &message, "unknown field"));
        }
        Ok(Expectation::Accept(accept))
    }

    /// The class of a rule that this vector names at a path.
    fn class_of(&self, spec: &Spec, rule: &str, path: &str) -> Result<String, Problem> {
        spec.class_of(rule).map(str::to_owned).ok_or_else(|| {
            self.problem(path, &format!("nothing is rejected by {rule}"), "it has no class")
        })
    }

    /// A problem of an input that does not fit its operation, at the wrong field.
    fn misfit(&self, bad: &BadQuestion) -> Problem {
        let path = match bad {
            BadQuestion::Input { path, .. } if self.written.twin.is_some() => {
                path.replacen("in", "change", 1)
            }
            BadQuestion::Input { path, .. } => path.clone(),
            BadQuestion::Operation(_) => "id".to_owned(),
        };
        let problem = self.problem(&path, &bad.to_string(), "does not fit the schema");
        let name = self.file.operation.name;
        problem.help(format!("`ckbspec schema {name}` prints the schema of the input"))
    }
}

/// Converts `191_780_821_917_808` to hex; leaves other texts as they are.
fn decimal_to_hex(text: String) -> Result<String, String> {
    let decimal = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|c| c.is_ascii_digit() || c == b'_');
    if !decimal {
        return Ok(text);
    }
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let value = ruint::aliases::U256::from_str_radix(&digits, 10);
    value.map(|value| format!("{value:#x}")).map_err(|_| format!("`{text}` exceeds 256 bits"))
}
