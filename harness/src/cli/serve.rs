//! `ckbspec serve`: answer questions on standard input.

use super::open::open_spec;
use crate::operations::answer;
use crate::root::Root;
use crate::runner::Control;
use crate::spec::Spec;
use ckbspec_common::exit::{CommandResult, Exit};
use ckbspec_protocol::{Adapter, Answer, Env, Implementation, OPERATIONS, Question};
use clap::Args;
use serde_json::json;
use std::io;

#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Which of the built-in clients answers.
    #[arg(long = "as", value_enum, default_value = "reference")]
    control: Control,
}

pub(super) fn serve(root: &Root, ServeArgs { control }: &ServeArgs) -> CommandResult {
    let (input, output) = (io::stdin().lock(), io::stdout().lock());
    match control {
        Control::Reference => {
            let spec = open_spec(root)?;
            ckbspec_protocol::serve(&mut ReferenceAdapter { spec }, input, output)?;
        }
        Control::AlwaysAccept => ckbspec_protocol::serve(&mut Always::Accept, input, output)?,
        Control::AlwaysReject => ckbspec_protocol::serve(&mut Always::Reject, input, output)?,
    }
    Ok(Exit::Expected)
}

struct ReferenceAdapter {
    spec: Spec,
}

impl Adapter for ReferenceAdapter {
    fn describe(&self) -> Implementation {
        implementation("ckbspec-reference")
    }

    fn answer(&mut self, question: Question, env: &Env) -> Answer {
        answer(&question, env, |rule| self.spec.class_of(rule).map(str::to_owned))
    }
}

/// A client that does not look at the question: what it scores, a suite is worth nothing for.
enum Always {
    Accept,
    Reject,
}

impl Adapter for Always {
    fn describe(&self) -> Implementation {
        implementation(match self {
            Self::Accept => "always-accept",
            Self::Reject => "always-reject",
        })
    }

    fn answer(&mut self, _question: Question, _env: &Env) -> Answer {
        match self {
            Self::Accept => Answer::accept(json!({})),
            Self::Reject => Answer::reject(None, "always"),
        }
    }
}

fn implementation(name: &str) -> Implementation {
    let operations: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
    Implementation::new(name, env!("CARGO_PKG_VERSION"), &operations)
}
