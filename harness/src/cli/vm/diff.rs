//! `ckbspec vm diff`: runs a program in a client too, and finds the lowest limit of cycles at which
//! the client differs.

use super::super::arguments::LimitArgs;
use super::super::open::open_spec;
use super::super::replay::Last;
use super::{LoadedProgram, ProgramArgs, write_end, write_fault};
use crate::operations::evaluate;
use crate::report::one;
use crate::root::Root;
use crate::runner::{Address, CaseResult, Got, Limits, Score, examine};
use crate::spec::Spec;
use crate::vectors::file::{Provenance, ProvenanceKind, VectorStatus};
use crate::vectors::{Case, Expectation, Source, Vector};
use crate::vm::{Code, HEADING, RunEnd, before, end, lines_at, list, registers};
use ckbspec_common::exit::{CommandError, CommandResult, Exit};
use ckbspec_common::interrupt;
use ckbspec_common::problem::Problem;
use ckbspec_protocol::message::Verdict;
use ckbspec_protocol::operations::{RunIn, operation};
use ckbspec_protocol::values::{Bytes, Uint64};
use ckbspec_protocol::{Env, Question};
use ckbspec_reference::vm::instructions::Op;
use ckbspec_reference::vm::{Machine, ProgramRun, Version};
use ckbspec_reference::{RuleSet, Violation};
use serde_json::Value;
use std::ffi::OsString;
use std::io::Write;
use std::sync::Arc;

#[derive(clap::Args, Debug)]
pub(in crate::cli) struct DiffArgs {
    #[command(flatten)]
    program: ProgramArgs,
    /// The client, as `run` takes it.
    #[arg(short, long, value_name = "ADAPTER")]
    adapter: Address,
    #[command(flatten)]
    limits: LimitArgs,
}

/// How many instructions are shown before the marked one, and how many after it.
const AROUND: usize = 4;

/// The client, which is asked about one program at several limits.
struct Client<'a> {
    args: &'a DiffArgs,
    loaded: &'a LoadedProgram,
    spec: &'a Spec,
    root: Vec<OsString>,
    limits: Limits,
    /// The reference's output, if the program exits; the same at each limit that is high enough.
    output: Option<Value>,
    asked: u32,
    /// Whether one of its right rejections named no class.
    vague: bool,
    name: String,
}

pub(super) fn diff(root: &Root, args: &DiffArgs) -> CommandResult {
    let loaded = args.program.read()?;
    let spec = open_spec(root)?;
    interrupt::listen()?;
    let mut client = Client {
        args,
        loaded: &loaded,
        spec: &spec,
        root: root.arguments(),
        limits: args.limits.limits(false),
        output: None,
        asked: 0,
        vague: false,
        name: String::new(),
    };
    let run = args.program.run(&loaded);
    let whole = client.ask(run.max_cycles)?;
    let mut out = anstream::stdout().lock();
    let reference = end(&run);
    match &reference {
        Ok(ended) => write_end(&mut out, &spec, &run, ended)?,
        Err(broken) => write_fault(&mut out, &spec, broken)?,
    }
    if agrees(&whole) {
        let weakly = if whole.outcome.score() == Score::Weak { ", as far as it tells" } else { "" };
        writeln!(out, "{} agrees{weakly}", client.name)?;
        return Ok(Exit::Expected);
    }
    writeln!(out, "\n{} differs: {}", client.name, whole.outcome)?;
    write!(out, "{}", one(&whole))?;
    let Ok(ended) = reference else {
        writeln!(out, "\nThe reference executes no instruction, so that no limit tells more.")?;
        return Ok(Exit::ClientWrong);
    };
    let (limit, first) = client.first_difference(ended.machine.cycles, whole)?;
    write_difference(&mut out, &ProgramRun { max_cycles: limit, ..run }, &first)?;
    if client.vague {
        writeln!(
            out,
            "It names no class for some rejections, so that a stop by cycles and a fault"
        )?;
        writeln!(out, "of its own look alike: it may differ at a lower limit already.")?;
    }
    writeln!(out, "asked {} times, at as many limits", client.asked)?;
    Ok(Exit::ClientWrong)
}

fn agrees(result: &CaseResult) -> bool {
    matches!(result.outcome.score(), Score::Pass | Score::Weak)
}

impl Client<'_> {
    /// Asks at a limit of cycles, with the runner that asks the suite.
    fn ask(&mut self, limit: u64) -> Result<CaseResult, CommandError> {
        let case = self.case(limit)?;
        let (address, mut last) = (&self.args.adapter, Last(None));
        let cannot = |why: &str| {
            let problem = Problem::new(format!("adapter `{}`: {why}", address.text));
            let help = format!("`ckbspec doctor -a '{}'` says more", address.text);
            CommandError::Problems(problem.help(help).into(), Exit::AdapterUnusable)
        };
        let ran = examine(address, &self.root, &mut [case].into_iter(), self.limits, &mut last)
            .map_err(|unusable| cannot(&unusable.reason))?;
        if interrupt::requested() {
            let problem = Problem::new("interrupted");
            return Err(CommandError::Problems(problem.into(), Exit::Incomplete));
        }
        let result = last.0.ok_or_else(|| cannot("it was not asked"))?;
        if matches!(result.outcome.score(), Score::Unsupported | Score::Skipped) {
            return Err(cannot(&format!("{}: {}", result.outcome, result.got)));
        }
        let hello = &ran.hello.implementation;
        self.name = format!("{} {}", hello.name, hello.version);
        self.asked = self.asked.saturating_add(1);
        let rejects = matches!(result.got, Got::Verdict(Verdict::Reject { .. }));
        self.vague |= rejects && result.outcome.score() == Score::Weak;
        Ok(result)
    }

    fn case(&mut self, limit: u64) -> Result<Case, CommandError> {
        let input = RunIn {
            program: Bytes(self.loaded.file.clone()),
            arguments: self.loaded.arguments.iter().cloned().map(Bytes).collect(),
            max_cycles: Uint64(limit),
            charge_load: !self.args.program.no_load_charge,
            state: true,
        };
        let json = serde_json::to_value(&input).unwrap_or_default();
        let question = Question::from(input.clone());
        let env = Env { vm: Some(self.args.program.version.vm), ..Env::default() };
        // The fast engine computes the answer: many limits are asked about.
        let run = ProgramRun { max_cycles: limit, ..self.args.program.run(self.loaded) };
        let expectation = match end(&run).and_then(|ended| ended.end) {
            Ok(_) => Expectation::Accept(self.output(input, &env)?),
            Err(broken) => {
                let rule = broken.rule.to_string();
                let class = self.spec.class_of(&rule).unwrap_or("vm").to_owned();
                Expectation::Reject { rule, class, others: vec![] }
            }
        };
        let operation = operation("vm.run").ok_or_else(|| Problem::new("there is no `vm.run`"))?;
        let name = format!("vm/diff-{limit}");
        let vector = Vector {
            name: name.clone(),
            rev: 1,
            status: VectorStatus::Candidate,
            why: "a program at a limit of cycles".to_owned(),
            rules: vec![],
            flags: indexmap::IndexMap::new(),
            provenance: Provenance { kind: ProvenanceKind::Filled, source: "reference".into() },
            divergent: None,
            twin: None,
            any_of: std::collections::BTreeMap::new(),
            operation,
            input: json,
            question,
            expectation,
            points: vec![env.clone()],
            source: Source::default(),
        };
        Ok(Case { name, env, vector: Arc::new(vector) })
    }

    fn output(&mut self, input: RunIn, env: &Env) -> Result<Value, CommandError> {
        if let Some(output) = &self.output {
            return Ok(output.clone());
        }
        let evaluation = evaluate(&Question::from(input), env, &RuleSet::all());
        let evaluation = evaluation.map_err(|undefined| Problem::new(undefined.0))?;
        let output = evaluation.map_err(|broken| Problem::new(format!("by steps, {broken}")))?;
        Ok(self.output.insert(output).clone())
    }

    /// The first limit at which the answers differ, and the result there. Below what the reference
    /// needs, both should be stopped by cycles; from there on, both should have ended.
    fn first_difference(
        &mut self,
        needed: u64,
        whole: CaseResult,
    ) -> Result<(u64, CaseResult), CommandError> {
        let first = self.ask(0)?;
        if !agrees(&first) {
            return Ok((0, first));
        }
        let (mut low, mut high, mut found) = (0_u64, self.args.program.max_cycles, whole);
        // The likeliest limit is what the reference needs, or one less.
        let mut likely = [needed, needed.saturating_sub(1)].into_iter();
        while high.saturating_sub(low) > 1 {
            let between = likely.find(|limit| low < *limit && *limit < high);
            let limit = between.unwrap_or(low.midpoint(high));
            let result = self.ask(limit)?;
            if agrees(&result) {
                low = limit;
            } else {
                (high, found) = (limit, result);
            }
        }
        Ok((high, found))
    }
}

/// Writes the reference's state at the first limit at which the answers differ.
fn write_difference(
    out: &mut impl Write,
    run: &ProgramRun<'_>,
    first: &CaseResult,
) -> Result<(), CommandError> {
    let limit = run.max_cycles;
    let again = |broken: Violation| Problem::new(format!("loaded once, not twice: {broken}"));
    let ended = end(run).map_err(again)?;
    let exit = u64::from(Op::Ecall.row().cycles);
    let machine = match &ended.end {
        // The reference before its exit.
        Ok(_) => before(run, ended.machine.cycles.saturating_sub(exit)).map_err(again)?,
        // The client before its exit, if it has paid the same.
        Err(_) if left_early(&ended, limit, &first.got) => {
            before(run, limit.saturating_sub(exit)).map_err(again)?
        }
        Err(_) => ended.machine.clone(),
    };
    writeln!(out, "\nThe answers differ from a limit of {limit} cycles on.")?;
    writeln!(out, "client     {}", first.got)?;
    match &ended.end {
        Ok(code) => writeln!(out, "reference  exit code {code}, {} cycles", ended.machine.cycles)?,
        Err(broken) => writeln!(out, "reference  {broken}")?,
    }
    writeln!(out, "{}", conclusion(&ended, limit, &first.got))?;
    let code = Code::of_file(run.program, run.version).unwrap_or_default();
    writeln!(out, "\n  {HEADING}")?;
    let earlier = ProgramRun { max_cycles: limit.saturating_sub(1), ..*run };
    if taken_up(&ended, limit) && !left_early(&ended, limit, &first.got) {
        let last = before(&earlier, earlier.max_cycles).map_err(again)?;
        for row in lines_at(&last, &code, run.version) {
            writeln!(out, "- {row}")?;
        }
        writeln!(out)?;
    }
    write_around(out, &code, run.version, &machine)
}

/// Whether the client exits where the reference is stopped by cycles.
fn left_early(ended: &RunEnd, limit: u64, got: &Got) -> bool {
    let by_cycles = ended.end.as_ref().is_err_and(|broken| broken.rule.as_str() == "VM-051");
    let paid = limit >= Op::Ecall.row().cycles.into();
    by_cycles && paid && matches!(got, Got::Verdict(Verdict::Accept { .. }))
}

/// Whether the reference has charged exactly the limit when it is stopped, so that the instruction
/// that it stops at is the next one after those that the limit pays for.
fn taken_up(ended: &RunEnd, limit: u64) -> bool {
    let by_cycles = ended.end.as_ref().is_err_and(|broken| broken.rule.as_str() == "VM-051");
    by_cycles && ended.machine.cycles == limit && limit > 0
}

/// What can be concluded from the first limit at which the answers differ.
fn conclusion(ended: &RunEnd, limit: u64, got: &Got) -> String {
    let taken = ended.machine.cycles;
    let goes_on = matches!(
        got,
        Got::Verdict(Verdict::Reject { error: Some(error) })
            if error.class.as_deref().is_some_and(|class| class.starts_with("vm.cycles"))
    );
    let by_cycles = |broken: &Violation| broken.rule.as_str() == "VM-051";
    match &ended.end {
        Err(_) if left_early(ended, limit, got) => format!(
            "The client has exited, and {} of these cycles are for that. If it has paid the\n\
             same, it has left the reference's path before the instruction at `>`.",
            Op::Ecall.row().cycles
        ),
        Err(_) if taken_up(ended, limit) => {
            "The client has ended, and the reference goes on with the instruction at `>`.\n\
             If the client took the same path at the same cost, they differ there, or at the one\n\
             at `-`, which was executed before."
                .to_owned()
        }
        Err(broken) if by_cycles(broken) && taken >= limit => {
            "The client has ended before the first instruction, or ignores the limit.".to_owned()
        }
        Err(broken) if by_cycles(broken) => format!(
            "The client has ended, and the reference goes on with the instruction at `>`. It\n\
             has taken {taken} cycles there, and never just {limit}: they differ before that,\n\
             in the path or in a cost. Limits do not show where."
        ),
        _ if limit > taken => format!(
            "The reference needs {taken} cycles, and there the client agrees: it is a greater\n\
             limit that makes it differ."
        ),
        Err(_) => {
            "The reference breaks a rule by the instruction at `>`, and the client does not.\n\
             If it took the same path at the same cost, they differ there."
                .to_owned()
        }
        Ok(_) if goes_on => {
            "The client takes more cycles: they differ before that, in the path or in a cost.\n\
             Limits do not show where."
                .to_owned()
        }
        Ok(_) => "Both have ended: what differs are values, or the last cost. Limits do not show\n\
             where values differ."
            .to_owned(),
    }
}

/// Writes the instructions around a machine's next one, and its registers.
fn write_around(
    out: &mut impl Write,
    code: &Code,
    version: Version,
    machine: &Machine,
) -> Result<(), CommandError> {
    let here = |part: &&crate::vm::CodeRange| {
        let length = u64::try_from(part.bytes.len()).unwrap_or(u64::MAX);
        machine.pc.checked_sub(part.address).is_some_and(|at| at < length)
    };
    let rows = code.ranges.iter().find(here).and_then(|part| list(part, version));
    let rows = rows.unwrap_or_default();
    let place = rows.iter().position(|row| row.address == machine.pc);
    match place {
        None => {
            for row in lines_at(machine, code, version) {
                writeln!(out, "> {row}")?;
            }
        }
        Some(place) => {
            let from = place.saturating_sub(AROUND);
            for row in rows.iter().skip(from).take(place.saturating_sub(from) + AROUND + 1) {
                let mark = if row.address == machine.pc { '>' } else { ' ' };
                writeln!(out, "{mark} {row}")?;
            }
        }
    }
    writeln!(out, "\nthe reference's registers there, after {} cycles", machine.cycles)?;
    Ok(write!(out, "{}", registers(&machine.registers))?)
}
