//! The adapter as a program: see the library.

use ckbspec_adapter_ckb_rust::OfficialCrates;
use std::io;

fn main() -> io::Result<()> {
    ckbspec_protocol::serve(&mut OfficialCrates, io::stdin().lock(), io::stdout().lock())
}
