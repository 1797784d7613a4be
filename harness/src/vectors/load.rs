//! From files to cases, with every mistake shown at its place.

use super::change;
use super::file::{VectorFile, WrittenVector};
use super::suite::{Expectation, Source, Suite, Vector};
use super::yaml::{self, Node};
use crate::root::Root;
use crate::spec::{AREAS, Spec, Status};
use ckbspec_common::problem::{Problem, Problems};
use ckbspec_protocol::operations::{BadQuestion, operation};
use ckbspec_protocol::{Env, Operation, Question};
use ckbspec_reference::encoding::hash::ckbhash;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Twins of twins of a vector: enough for any file, and an end for circles.
const TWINS_MAX: u32 = 8;

/// Reads every vector file.
///
/// # Errors
/// All mistakes of all files, each with file, line, column and a caret.
pub fn load(root: &Root, spec: &Spec) -> Result<Suite, Problems> {
    let mut problems = vec![];
    let mut files = vec![];
    for area in AREAS {
        let folder = format!("vectors/{area}");
        for path in root.files(&folder, "yaml")? {
            match Loaded::read(root, area, &path) {
                Ok(file) => files.push(file),
                Err(Problems(mut some)) => problems.append(&mut some),
            }
        }
    }
    let mut drafts = BTreeMap::new();
    for file in &files {
        problems.append(&mut file.check(spec));
        for (written, node) in file.typed.vectors.iter().zip(file.nodes()) {
            let draft = Draft { root, file, written, node };
            let name = draft.name();
            if let Some(first) = drafts.insert(name.clone(), draft) {
                let message = format!("`{name}` stands in {} already", first.file.shown);
                problems.push(draft.problem("id", &message, "an id is unique in its area"));
            }
        }
    }
    let (mut vectors, mut inputs, mut broken) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, draft) in &drafts {
        match draft.vector(spec, &drafts, &mut inputs) {
            Ok(vector) => drop(vectors.insert(name.clone(), Arc::new(vector))),
            Err(problem) => drop(broken.insert(name.clone(), problem)),
        }
    }
    // A mistake is shown where it was made, not once more in each twin of that vector.
    let names: BTreeSet<String> = broken.keys().cloned().collect();
    let inherited = |name: &String| {
        let twin = drafts.get(name).and_then(Draft::twin);
        twin.is_some_and(|twin| twin != *name && names.contains(&twin))
    };
    problems.extend(broken.into_iter().filter(|(name, _)| !inherited(name)).map(|(_, p)| p));
    if problems.is_empty() { Ok(Suite::new(vectors)) } else { Err(Problems(problems)) }
}

/// A file that has been read twice.
struct Loaded {
    area: &'static str,
    folder: String,
    path: String,
    shown: String,
    text: Arc<str>,
    /// Where its lines end: counting them anew for each vector would take the square of their
    /// number.
    line_ends: Vec<usize>,
    tree: Node,
    typed: VectorFile,
    operation: &'static Operation,
}

impl Loaded {
    fn read(root: &Root, area: &'static str, path: &str) -> Result<Self, Problems> {
        let shown = root.shown(path);
        let text = root.read_text(path)?;
        let tree = yaml::read(&shown, &text)?;
        let help = "vectors/README.md shows the format";
        let typed: VectorFile = yaml::typed(&shown, &text, &tree, help)?;
        let place = |message: String, key: &str, label: &str| {
            let span = tree.get(key).map_or(0..0, |node| node.span.clone());
            Problem::new(message).at(&shown, &text, span, label)
        };
        let Some(operation) = operation(&typed.operation) else {
            let message = format!("there is no operation `{}`", typed.operation);
            let problem = place(message, "operation", "unknown operation");
            return Err(problem.help("`ckbspec schema` lists the operations").into());
        };
        if !operation.name.starts_with(&format!("{area}.")) {
            let message = format!("`{}` is no operation of the area `{area}`", operation.name);
            return Err(place(message, "operation", "belongs to another folder").into());
        }
        let folder = path.rsplit_once('/').map_or_else(String::new, |(f, _)| f.to_owned());
        let line_ends = text.match_indices('\n').map(|(at, _)| at).collect();
        let path = path.to_owned();
        Ok(Self { area, folder, path, shown, text, line_ends, tree, typed, operation })
    }

    fn line_at(&self, at: usize) -> usize {
        self.line_ends.partition_point(|end| *end < at).saturating_add(1)
    }

    fn nodes(&self) -> &[Node] {
        self.tree.get("vectors").map_or(&[], Node::items)
    }

    /// What concerns the file as a whole: its notes are used, its rules and flags exist.
    fn check(&self, spec: &Spec) -> Vec<Problem> {
        let mut problems = vec![];
        let mut used = BTreeSet::new();
        for (vector, node) in self.typed.vectors.iter().zip(self.nodes()) {
            for (rule, node) in vector.rules.iter().zip(items(node, "rules")) {
                let known = spec.rules.get(rule);
                let message = match known.map(|rule| &rule.status) {
                    None => format!("there is no rule {rule}"),
                    Some(Status::Withheld) => format!("{rule} is withheld: it has no vectors"),
                    Some(_) => continue,
                };
                problems.push(self.problem(node.span.clone(), &message, "in no chapter"));
            }
            for (flag, node) in vector.flags.iter().zip(items(node, "flags")) {
                used.insert(flag.as_str());
                if !self.typed.notes.contains_key(flag) {
                    let message = format!("flag `{flag}` is not explained in `notes`");
                    problems.push(self.problem(node.span.clone(), &message, "add a note"));
                }
            }
        }
        for note in self.typed.notes.keys().filter(|note| !used.contains(note.as_str())) {
            let key = self.tree.get("notes").and_then(|notes| notes.entry(note));
            let span = key.map_or(0..0, |(key, _)| key.span.clone());
            problems.push(self.problem(
                span,
                &format!("no vector has the flag `{note}`"),
                "unused",
            ));
        }
        problems
    }

    fn problem(&self, span: Range<usize>, message: &str, label: &str) -> Problem {
        Problem::new(message).at(&self.shown, &self.text, span, label)
    }
}

fn items<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    node.get(key).map_or(&[], Node::items)
}

/// A vector on its way: where it was read, and what was written.
#[derive(Clone, Copy)]
struct Draft<'a> {
    root: &'a Root,
    file: &'a Loaded,
    written: &'a WrittenVector,
    node: &'a Node,
}

type Drafts<'a> = BTreeMap<String, Draft<'a>>;

impl Draft<'_> {
    fn name(&self) -> String {
        format!("{}/{}", self.file.area, self.written.id)
    }

    /// The name of its twin.
    fn twin(&self) -> Option<String> {
        self.written.twin.as_ref().map(|twin| format!("{}/{twin}", self.file.area))
    }

    /// A problem at a dotted path of keys, or at the nearest node above it.
    fn problem(&self, path: &str, message: &str, label: &str) -> Problem {
        let span = self.span(path);
        let message = format!("{}: {message}", self.name());
        self.file.problem(span, &message, label)
    }

    fn span(&self, path: &str) -> Range<usize> {
        let id = self.node.get("id").map_or(self.node.span.clone(), |id| id.span.clone());
        let (mut node, mut span) = (self.node, id);
        for key in path.split('.') {
            let Some((name, value)) = node.entry(key) else {
                break;
            };
            span = if value.span.len() > 200 { name.span.clone() } else { value.span.clone() };
            node = value;
        }
        span
    }

    fn vector(
        &self,
        spec: &Spec,
        drafts: &Drafts<'_>,
        inputs: &mut BTreeMap<String, Value>,
    ) -> Result<Vector, Problem> {
        let written = self.written;
        self.check_form()?;
        let input = self.input(drafts, inputs, 0)?;
        let operation = self.file.operation;
        if let Err(bad) = Question::parse(operation.name, input.clone()) {
            return Err(self.misfit(&bad));
        }
        let twin = self.twin().map(|twin| {
            let changes = written.change.iter().flatten();
            (twin, changes.map(|(path, value)| (path.clone(), value.clone())).collect())
        });
        let flags = written.flags.iter().filter_map(|flag| {
            self.file.typed.notes.get(flag).map(|note| (flag.clone(), note.effect.clone()))
        });
        let key = if written.reject.is_some() { "reject" } else { "accept" };
        Ok(Vector {
            name: self.name(),
            rev: written.rev,
            status: written.status,
            why: written.why.clone(),
            rules: written.rules.clone(),
            flags: flags.collect(),
            provenance: written.provenance.clone().unwrap_or(self.file.typed.provenance.clone()),
            divergent: written.divergent.clone(),
            twin,
            any_of: written.any_of.clone(),
            operation,
            input,
            expectation: self.expectation(spec)?,
            points: self.points(),
            source: Source {
                file: self.file.shown.clone(),
                path: self.file.path.clone(),
                text: self.file.text.clone(),
                line: self.file.line_at(self.node.span.start),
                id: self.span("id"),
                expectation: self.span(key),
            },
        })
    }

    /// What must be there, and what excludes each other.
    fn check_form(&self) -> Result<(), Problem> {
        let written = self.written;
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !written.id.starts_with(|c: char| c.is_ascii_lowercase())
            || !written.id.chars().all(word)
        {
            let label = "lower-case letters, digits and hyphens, a letter first";
            return Err(self.problem("id", "this is no id", label));
        }
        if written.rules.is_empty() {
            return Err(self.problem("rules", "a vector shows at least one rule", "empty"));
        }
        if written.input.is_some() == written.twin.is_some() {
            return Err(self.problem("id", "a vector has either `in` or `twin`", "this vector"));
        }
        if written.twin.is_some() != written.change.is_some() {
            return Err(self.problem("id", "`twin` and `change` go together", "this vector"));
        }
        if written.accept.is_some() == written.reject.is_some() {
            let message = "a vector has either `accept` or `reject`";
            return Err(self.problem("id", message, "this vector"));
        }
        if written.reject.is_some() && written.twin.is_none() {
            let problem = self.problem("reject", "a reject names its twin", "no `twin`");
            return Err(problem.help("the twin is the nearest vector that is accepted"));
        }
        if !written.any_of.is_empty() && written.reject.is_none() {
            return Err(self.problem("any_of", "`any_of` explains a `reject`", "no `reject`"));
        }
        Ok(())
    }

    /// The input as it travels: that of the twin with its changes, or the one that is written.
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
                self.travelling(written).map_err(|m| self.problem("in", &m, "in this input"))?
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
                    let value = self.travelling(value.clone());
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

    /// Values as they travel: integers become `0x` text, files become their bytes.
    fn travelling(&self, value: Value) -> Result<Value, String> {
        Ok(match value {
            Value::Number(number) => {
                let small = number.as_u64().ok_or(format!("`{number}` is no unsigned integer"))?;
                Value::String(format!("{small:#x}"))
            }
            Value::String(text) => Value::String(decimal_to_hex(text)?),
            Value::Array(items) => {
                let items: Result<_, _> = items.into_iter().map(|i| self.travelling(i)).collect();
                Value::Array(items?)
            }
            Value::Object(fields) => {
                let file = fields.get("file").and_then(Value::as_str).filter(|_| fields.len() == 1);
                if let Some(file) = file {
                    return self.bytes_of(file);
                }
                let fields: Result<_, String> =
                    fields.into_iter().map(|(k, v)| Ok((k, self.travelling(v)?))).collect();
                Value::Object(fields?)
            }
            other => other,
        })
    }

    /// A file beside the YAML, named with the ckbhash of its bytes.
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

    fn expectation(&self, spec: &Spec) -> Result<Expectation, Problem> {
        if let Some(rule) = &self.written.reject {
            if !self.written.rules.contains(rule) {
                return Err(self.problem("reject", &format!("{rule} is not in `rules`"), "add it"));
            }
            let class = self.class_of(spec, rule, "reject")?;
            let others = self.written.any_of.keys();
            let others = others.map(|rule| self.class_of(spec, rule, &format!("any_of.{rule}")));
            let others = others.collect::<Result<_, _>>()?;
            return Ok(Expectation::Reject { rule: rule.clone(), class, others });
        }
        let accept = self.written.accept.clone().unwrap_or_default();
        let accept =
            self.travelling(accept).map_err(|m| self.problem("accept", &m, "in this output"))?;
        let operation = self.file.operation;
        let names_some =
            |fields: &&serde_json::Map<_, _>| !fields.is_empty() || !operation.has_output();
        let fields = accept.as_object().filter(names_some).ok_or_else(|| {
            self.problem("accept", "`accept` names the fields that are compared", "no fields")
        })?;
        if let Some(field) = fields.keys().find(|field| operation.output_field(field).is_none()) {
            let message = format!("{} has no output `{field}`", operation.name);
            return Err(self.problem(&format!("accept.{field}"), &message, "unknown field"));
        }
        Ok(Expectation::Accept(accept))
    }

    /// The class of a rule that stands at a path of this vector.
    fn class_of(&self, spec: &Spec, rule: &str, path: &str) -> Result<String, Problem> {
        spec.class_of(rule).map(str::to_owned).ok_or_else(|| {
            self.problem(path, &format!("nothing is rejected by {rule}"), "it has no class")
        })
    }

    fn points(&self) -> Vec<Env> {
        let over = self.written.over.as_ref().unwrap_or(&self.file.typed.over);
        let editions = each(&over.edition);
        let point = |edition, vm| Env { edition, vm };
        editions
            .into_iter()
            .flat_map(|e| each(&over.vm).into_iter().map(move |vm| point(e, vm)))
            .collect()
    }

    /// An input that does not fit its operation, at the field that does not fit.
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

/// The points of an axis, sorted; none where the axis is left out.
fn each<T: Copy + Ord>(points: &[T]) -> Vec<Option<T>> {
    let sorted: BTreeSet<T> = points.iter().copied().collect();
    if sorted.is_empty() { vec![None] } else { sorted.into_iter().map(Some).collect() }
}

/// `191_780_821_917_808` as hex; other texts as they are.
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
