//! The adapter as a program: see the library. `--engine trace` selects the engine in Rust.

use ckbspec_adapter_ckb_vm_old::{Engine, OldVm};
use std::process::ExitCode;
use std::{env, io};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let served = match engine(&arguments) {
        Ok(engine) => {
            let (input, output) = (io::stdin().lock(), io::stdout().lock());
            ckbspec_protocol::serve(&mut OldVm(engine), input, output)
        }
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
        _ => Err("usage: ckbspec-adapter-ckb-vm-old [--engine trace|asm]".to_owned()),
    }
}
