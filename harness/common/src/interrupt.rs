//! Turns Ctrl-C into a flag, so that a command can report its results before it ends.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The signals, each with the exit status that a shell reports for a program that it terminated.
const SIGNALS: [(i32, i32); 3] = [
    (SIGINT, 128_i32.wrapping_add(SIGINT)),
    (SIGTERM, 128_i32.wrapping_add(SIGTERM)),
    (SIGHUP, 128_i32.wrapping_add(SIGHUP)),
];

static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on Ctrl-C, SIGTERM and SIGHUP only raise a flag; a second one ends at once.
pub fn listen() -> std::io::Result<()> {
    if FLAG.get().is_some() {
        return Ok(());
    }
    let flag = FLAG.get_or_init(Arc::default);
    for (signal, status) in SIGNALS {
        signal_hook::flag::register_conditional_shutdown(signal, status, flag.clone())?;
        signal_hook::flag::register(signal, flag.clone())?;
    }
    Ok(())
}

/// Whether a signal has requested the end of the program.
pub fn requested() -> bool {
    FLAG.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}
