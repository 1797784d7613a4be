//! CTP/1, the protocol between the suite and an adapter.
//!
//! An adapter connects `ckbspec` to one client: it reads questions from standard input, one JSON
//! object a line, and writes answers to standard output. A Rust adapter needs only this crate; an
//! adapter in another language needs only the JSON Schemas in `spec/schema`, which are generated
//! from these types.
//!
//! | module | content |
//! |---|---|
//! | [`message`] | the envelope: request, response, `hello` |
//! | [`operations`] | the operations, and the input and output of each |
//! | [`structures`] | headers, scripts, transactions and blocks, named as in the CKB JSON-RPC |
//! | [`values`] | integers and byte strings on the wire |
//! | [`mod@serve`] | the loop that answers questions |
//!
//! The crate depends on neither the reference nor the runner. A complete adapter:
//!
//! ```
//! use ckbspec_protocol::operations::PowQuestion;
//! use ckbspec_protocol::{Adapter, Answer, Env, Implementation, Question, serve};
//!
//! struct MyClient;
//!
//! impl Adapter for MyClient {
//!     fn describe(&self) -> Implementation {
//!         Implementation::new("my-client", "1.0.0", &["pow.compact_to_target"])
//!     }
//!     fn answer(&mut self, question: Question, _env: &Env) -> Answer {
//!         match question {
//!             Question::Pow(PowQuestion::CompactToTarget(_input)) => Answer::fault("not written yet"),
//!             _ => Answer::unsupported("operation"),
//!         }
//!     }
//! }
//!
//! let questions = r#"{"id":7,"op":"pow.compact_to_target","in":{"compact_target":"0x1a08a97e"}}"#;
//! let mut answers = Vec::new();
//! serve(&mut MyClient, questions.as_bytes(), &mut answers).unwrap();
//! assert_eq!(
//!     String::from_utf8(answers).unwrap(),
//!     "{\"id\":7,\"fault\":{\"what\":\"not written yet\"}}\n"
//! );
//! ```

pub mod message;
pub mod operations;
pub mod serve;
pub mod structures;
pub mod values;

pub use message::{
    AdapterLimits, Answer, Env, Hello, Implementation, Rejection, Request, Response,
};
pub use operations::{OPERATIONS, Operation, Question};
pub use serve::{Adapter, serve};

/// The version of the protocol that this crate speaks.
pub const CTP: u32 = 1;

/// The longest line that either side may write, in bytes, including the line feed.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;
