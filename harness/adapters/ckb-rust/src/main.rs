//! The adapter as a program: see the library.
//!
//! With `--engine interpreter` or `--engine trace` it is another client, which supports only the
//! area `vm`; `--engine asm` is the engine that nodes use, and the default.

use ckbspec_adapter_ckb_rust::{Engine, OfficialCrates, OfficialVm};
use std::process::ExitCode;
use std::{env, io};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (input, output) = (io::stdin().lock(), io::stdout().lock());
    let served = match engine(&arguments) {
        Ok(Engine::Assembly) => ckbspec_protocol::serve(&mut OfficialCrates, input, output),
        Ok(engine) => ckbspec_protocol::serve(&mut OfficialVm(engine), input, output),
        Err(why) => Err(io::Error::new(io::ErrorKind::InvalidInput, why)),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn engine(arguments: &[String]) -> Result<Engine, String> {
    match arguments {
        [] => Ok(Engine::default()),
        [option, name] if option == "--engine" => name.parse(),
        _ => Err("usage: ckbspec-adapter-ckb-rust [--engine interpreter|trace|asm]".to_owned()),
    }
}
