//! A zoo of bad adapters: each is called by the name of what is wrong with it, with a hint how to
//! fix it; no case is lost, and every run ends in bounded time and memory.
//!
//! They are shell scripts, for the tests need nothing but a Rust toolchain.

use crate::bad_adapters::{ADAPTER, VECTORS};
use crate::common::house_with;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// An adapter that misbehaves.
struct Beast {
    name: &'static str,
    /// What the script does first.
    start: &'static str,
    /// What it does with the question whose answer is `$target`, before it answers.
    mischief: &'static str,
    /// Options of the run.
    options: &'static [&'static str],
}

impl Beast {
    /// It misbehaves before `hello` is answered.
    const fn at_start(name: &'static str, start: &'static str) -> Self {
        Self { name, start, mischief: "", options: &[] }
    }

    /// It misbehaves when it is asked.
    const fn when_asked(name: &'static str, mischief: &'static str) -> Self {
        Self { name, start: "", mischief, options: &[] }
    }

    const fn with(mut self, options: &'static [&'static str]) -> Self {
        self.options = options;
        self
    }
}

/// What a visit came to.
struct Visit {
    code: i32,
    /// The outcome of each case, in the order of their names.
    outcomes: Vec<String>,
    footer: serde_json::Value,
    printed: String,
    memory_kib: u64,
}

/// A deadline that a shell script meets on a machine that is busy with other tests.
const DEADLINE_MS: &str = "2000";

/// The longest that a visit may take; the beasts themselves would go on for ever.
const VISIT_MAX: Duration = Duration::from_secs(60);

/// What the examiner itself may use, whatever an adapter writes.
const MEMORY_KIB_MAX: u64 = 400 * 1024;

fn visit(beast: &Beast) -> Visit {
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    let text = ADAPTER.replace("MISCHIEF", beast.mischief);
    fs::write(&script, format!("cd {}\n{}\n{text}", house.path().display(), beast.start)).unwrap();
    let (adapter, log) = (format!("sh {}", script.display()), house.path().join("log"));
    let [out, err] = ["out", "err"].map(|name| house.path().join(name));
    let file = |path: &Path| Stdio::from(fs::File::create(path).unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_ckbspec"));
    command.current_dir(house.path()).env("NO_COLOR", "1").stdout(file(&out)).stderr(file(&err));
    command.args(["run", "-a", &adapter, "-o", log.to_str().unwrap()]).args(beast.options);
    if !beast.options.contains(&"--deadline-ms") {
        command.args(["--deadline-ms", DEADLINE_MS]);
    }
    let (start, mut child, mut memory_kib) = (Instant::now(), command.spawn().unwrap(), 0);
    let status = loop {
        memory_kib = peak_memory(child.id()).unwrap_or_default().max(memory_kib);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > VISIT_MAX {
            child.kill().unwrap();
            panic!("{}: no end after {VISIT_MAX:?}", beast.name);
        }
        thread::sleep(Duration::from_millis(5));
    };
    let [out, err] = [out, err].map(|path| fs::read_to_string(path).unwrap());
    let lines: Vec<serde_json::Value> = fs::read_to_string(log)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let cases = lines.iter().filter(|line| line["t"] == "case");
    let mut outcomes: Vec<String> = cases
        .map(|line| format!("{} {}", line["case"], line["outcome"]).replace('"', ""))
        .collect();
    outcomes.sort();
    let footer = lines.last().unwrap().clone();
    let code = status.code().unwrap_or(-1);
    Visit { code, outcomes, footer, printed: out + &err, memory_kib }
}

/// The largest resident set of a process so far; nothing where there is no `/proc`.
fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Outcomes of the three cases, in their order.
fn cases(outcomes: [&str; 3]) -> Vec<String> {
    ["a", "b", "c"].into_iter().zip(outcomes).map(|(id, o)| format!("pow/{id} {o}")).collect()
}

/// The beast cannot be asked anything: its name, and a word of the reason or the hint.
fn unusable(beast: &Beast, name: &str, word: &str) {
    let visit = visit(beast);
    let Visit { code, outcomes, footer, printed, memory_kib } = visit;
    assert_eq!(code, 3, "{}: {printed}", beast.name);
    assert!(printed.contains(&format!("({name})")), "{}: no {name} in {printed}", beast.name);
    assert!(printed.contains(word), "{}: no {word} in {printed}", beast.name);
    assert!(printed.contains("help:"), "{}: {printed}", beast.name);
    assert_eq!((outcomes.len(), &footer["complete"]), (0, &false.into()), "{}", beast.name);
    assert!(memory_kib < MEMORY_KIB_MAX, "{}: {memory_kib} KiB", beast.name);
}

/// The beast is asked all three cases, with these outcomes.
fn examined(beast: &Beast, expected: [&str; 3], word: &str) {
    let Visit { code, outcomes, footer, printed, memory_kib } = visit(beast);
    assert_eq!(outcomes, cases(expected), "{}: {printed}", beast.name);
    assert!(printed.contains(word), "{}: no {word} in {printed}", beast.name);
    let fails = expected != ["pass"; 3];
    assert_eq!(code, i32::from(fails), "{}: {printed}", beast.name);
    assert_eq!((&footer["cases"], &footer["complete"]), (&3.into(), &true.into()), "{printed}");
    assert!(memory_kib < MEMORY_KIB_MAX, "{}: {memory_kib} KiB", beast.name);
    let ours = expected.iter().all(|o| *o == "pass" || o.starts_with("fail"));
    assert_eq!(printed.contains("fix: "), !ours, "{}: {printed}", beast.name);
}

/// Only the second case suffers; the others are asked, answered, and pass.
fn only_b(name: &'static str, mischief: &'static str, outcome: &str, word: &str) {
    let mischief: &'static str = format!("case $target in 0x2) {mischief} ;; esac").leak();
    examined(&Beast::when_asked(name, mischief), ["pass", outcome, "pass"], word);
}

const HELLO: &str = r#"
read -r line
echo '{"id":0,"ok":{"ctp":1,"canary":{"u64":"0xffffffffffffffff","dec":"18446744073709551615","bytes":"0x00ff10"},"impl":{"name":"sh","version":"1"},"ops":["pow.compact_to_target"]}}'
"#;

#[test]
fn beasts_that_cannot_be_asked() {
    for (name, start, outcome, word) in [
        ("never-answers-hello", "sleep 60", "timeout.silent", "flush after each line"),
        ("spins-at-start", "while :; do :; done", "timeout.busy", "of the processor"),
        ("exits-1-at-start", "exit 1", "crash.exit:1", "exit status 1 before"),
        ("exits-0-at-start", "exit 0", "crash.exit:0", "an adapter ends when its input ends"),
        ("segfaults-at-start", "kill -SEGV $$", "crash.signal:11", "signal 11"),
        ("greets", "echo 'Welcome to sh 1.0'", "protocol.noise", "to standard output"),
        ("colours-at-start", r"printf '\033[1mhi\033[0m\n'", "protocol.noise", "colours"),
        ("writes-a-bom", r"printf '\357\273\277'", "protocol.json", "byte order mark"),
        ("closes-output-at-start", "exec >&-; sleep 60", "protocol.truncated", "went on running"),
        ("half-a-hello", "printf '{\"id\":0,'; sleep 60", "protocol.truncated", "in the middle"),
        ("half-a-hello-and-exits", "printf '{\"id\":0,'; exit 0", "protocol.truncated", "status 0"),
        ("echoes", "exec cat", "protocol.json", "the question itself"),
        ("hello-with-another-id", r#"echo '{"id":1,"fault":{"what":"x"}}'"#, "fault", "refuses"),
    ] {
        unusable(&Beast::at_start(name, start), outcome, word);
    }
}

#[test]
fn a_beast_that_never_flushes() {
    // grep writes to a pipe in blocks.
    let start = r#"[ -n "$INNER" ] || { INNER=1 sh adapter.sh | grep ''; exit; }"#;
    let beast = Beast::at_start("never-flushes", start);
    unusable(&beast, "timeout.silent", "only after its input had ended: does it flush?");
}

#[test]
fn a_beast_that_answers_hello_with_one_endless_line() {
    let start = "head -c 200000000 /dev/zero | tr '\\0' x; sleep 60";
    unusable(&Beast::at_start("200-mb-line-at-start", start), "protocol.oversize", "16 MiB");
}

#[test]
fn a_beast_that_loses_precision() {
    // 2^64 - 1 as a JSON number of JavaScript.
    let start = "hello='0xffffffffffffffff'\nalias echo='lossy'\n\
                 lossy() { printf '%s\\n' \"$1\" | sed 's/18446744073709551615/18446744073709552000/'; }";
    unusable(&Beast::at_start("loses-precision", start), "protocol.canary", "as strings");
}

#[test]
fn beasts_that_write_nonsense() {
    for (name, mischief, outcome, word) in [
        ("logs-to-output", "echo 'debug: here'", "protocol.noise", "logs to standard error"),
        ("colours", r"printf '\033[31m{\n'", "protocol.noise", "colours"),
        ("empty-line", "echo", "protocol.noise", "not JSON"),
        ("bom", r"printf '\357\273\277'", "protocol.json", "byte order mark"),
        ("array", "echo '[1]'", "protocol.json", "not an object"),
        ("half-a-line-in-two", r"printf '{\n'", "protocol.json", "EOF"),
        ("two-in-a-line", r#"printf '{"id":1,"ok":{}} '"#, "protocol.json", "trailing"),
        ("not-utf-8", r#"printf '{"id":1,"ok":"\377"}\n'"#, "protocol.json", "not UTF-8 at"),
        ("echoes-questions", r#"printf '%s\n' "$line""#, "protocol.json", "the question itself"),
        ("id-is-text", r#"id="\"$id\"""#, "protocol.json", "invalid type: string"),
        ("wrong-id", "id=77", "protocol.wrong-id", "was never asked"),
        ("id-of-hello", "id=0", "protocol.wrong-id", "echo the question's own id"),
    ] {
        only_b(name, mischief, outcome, word);
    }
}

#[test]
fn beasts_that_answer_too_much() {
    let keys = r#"echo '{"id":'$id',"ok":{"verdict":"accept","verdict":"reject"}}'"#;
    only_b("duplicate-keys", keys, "protocol.json", "key `verdict` twice");
    let deep = r#"printf '{"id":'$id',"ok":'; head -c 100000 /dev/zero | tr '\0' '['; echo"#;
    only_b("deep-nesting", deep, "protocol.json", "recursion limit");
    let line = "head -c 200000000 /dev/zero | tr '\\0' x";
    only_b("200-mb-line", line, "protocol.oversize", "16 MiB at most");
    only_b("floods-output", "yes | head -c 100000000", "protocol.noise", "not JSON: `y`");
    let early = r#"for id in 1 2 3; do echo '{"id":'$id',"ok":{"verdict":"accept"}}'; done"#;
    only_b("answers-before-it-is-asked", early, "protocol.wrong-id", "was never asked");
}

#[test]
fn beasts_that_lie() {
    let lie = r#"echo '{"id":'$id',"unsupported":{"what":"x"}}'; continue"#;
    only_b("lies-about-capabilities", lie, "protocol.capability-lie", "take it out of `ops`");
    let fault = r#"echo '{"id":'$id',"fault":{"what":"locked"}}'; continue"#;
    only_b("faults", fault, "fault", "locked");
    only_b("another-number", "target=0x2000000000000001", "fail.output", "FAILED POW-009");
    let swapped = "case $target in 0x2) target=0x3 ;; 0x3) target=0x2 ;; esac";
    let beast = Beast::when_asked("answers-with-each-others-ids", swapped);
    examined(&beast, ["pass", "fail.output", "fail.output"], "FAILED POW-009");
}

#[test]
fn beasts_that_end() {
    for (name, mischief, outcome, word) in [
        ("exits-0-in-the-middle", "exit 0", "crash.exit:0", "not before"),
        ("exits-3", "echo oops >&2; exit 3", "crash.exit:3", "oops"),
        ("segfaults", "kill -SEGV $$", "crash.signal:11", "signal 11"),
        ("is-killed", "kill -KILL $$", "crash.signal:9", "out of memory?"),
        ("half-a-line-and-exits", "printf '{\"id\":'; exit 0", "protocol.truncated", "middle of"),
        ("closes-its-output", "exec >&-; sleep 60", "protocol.truncated", "went on running"),
    ] {
        only_b(name, mischief, outcome, word);
    }
}

#[test]
fn beasts_that_keep_us_waiting() {
    for (name, mischief, outcome, word) in [
        ("sleeps", "sleep 60", "timeout.silent", "no answer within 2000 ms"),
        ("spins", "while :; do :; done", "timeout.busy", "of the processor"),
        ("half-a-line", "printf '{\"id\":'; sleep 60", "protocol.truncated", "stopped in the"),
        ("drops-a-question", "continue", "timeout.silent", "flush after each line"),
    ] {
        only_b(name, mischief, outcome, word);
    }
}

#[test]
fn a_beast_that_takes_all_memory() {
    let mischief = "case $target in 0x2) x=0123456789abcdef; while :; do x=$x$x; done ;; esac";
    let beast = Beast::when_asked("leaks", mischief).with(&[
        "--memory-mib",
        "100",
        "--deadline-ms",
        "20000",
    ]);
    examined(&beast, ["pass", "oom", "pass"], "--memory-mib allows more");
}

#[test]
fn a_beast_that_throws_dice() {
    let dice = "case $target in 0x2) [ -e thrown ] && target=0x4; : > thrown ;; esac";
    let beast = Beast::when_asked("not-deterministic", dice).with(&["--repeat"]);
    examined(&beast, ["pass", "nondeterministic", "pass"], "no clock, no chance");
}

#[test]
fn beasts_that_are_odd_and_right() {
    let crlf = r#"printf '{"id":'$id',"ok":{"verdict":"accept","out":{"target":"%s"}}}\r\n' $target; continue"#;
    let reversed = r#"
        answer='{"id":'$id',"ok":{"verdict":"accept","out":{"target":"'$target'"}}}'
        case $target in 0x1|0x2) held="$answer
$held"; continue ;; 0x3) printf '%s\n%s' "$answer" "$held"; continue ;; esac"#;
    for (name, mischief) in [
        ("crlf", crlf),
        ("answers-in-reverse", reversed),
        ("floods-its-error", "yes | head -c 30000000 >&2"),
        ("null-for-what-it-has-not", r#"id="$id,\"fault\":null""#),
    ] {
        examined(&Beast::when_asked(name, mischief), ["pass"; 3], "3 cases in");
    }
}

#[test]
fn a_beast_that_ignores_signals_does_not_hold_up_the_end() {
    let start = "trap '' TERM INT HUP; trap 'while :; do sleep 1; done' EXIT";
    let begun = Instant::now();
    examined(&Beast::at_start("ignores-sigterm", start), ["pass"; 3], "3 cases in");
    assert!(begun.elapsed() < VISIT_MAX);
}

#[test]
fn children_do_not_outlive_the_run() {
    for (name, start) in [
        ("leaves-a-child", "sleep 600 & echo $! > PIDS"),
        ("leaves-a-child-that-left-its-group", "setsid sleep 600 & echo $! > PIDS"),
        ("leaves-an-orphan", "(setsid sleep 600 > /dev/null 2>&1 < /dev/null & echo $! > PIDS)"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        let start = start.replace("PIDS", pids.to_str().unwrap()).leak();
        examined(&Beast::at_start(name, start), ["pass"; 3], "3 cases in");
        let pid: u32 = fs::read_to_string(&pids).unwrap().trim().parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while lives(pid) {
            assert!(Instant::now() < deadline, "{name}: {pid} lives");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Whether a process runs; the dead that nobody has buried do not.
fn lives(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

#[test]
fn an_adapter_sees_little_of_the_environment() {
    let start = "env | sed 's/=.*//' | sort > seen; [ -z \"$SECRET\" ] || exit 5";
    let house = house_with(VECTORS);
    let script = house.path().join("adapter.sh");
    let text = ADAPTER.replace("MISCHIEF", "");
    fs::write(&script, format!("cd {}\n{start}\n{text}", house.path().display())).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ckbspec"));
    command.current_dir(house.path()).env("SECRET", "1").env("CKBSPEC_MINE", "1");
    let output = command.args(["run", "-a", &format!("sh {}", script.display())]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let seen = fs::read_to_string(house.path().join("seen")).unwrap();
    assert!(seen.contains("CKBSPEC_MINE") && seen.contains("PATH"), "{seen}");
    let shells_own = ["PWD", "OLDPWD", "_", "SHLVL", "CTP", "PATH", "HOME", "LANG", "TMPDIR"];
    let strange = |name: &&str| !shells_own.contains(name) && !name.starts_with("CKBSPEC_");
    assert_eq!(seen.lines().find(strange), None);
}

#[test]
fn an_adapter_that_breaks_after_each_answer_is_named() {
    let mischief =
        r#"echo '{"id":'$id',"ok":{"verdict":"accept","out":{"target":"'$target'"}}}'; exit 0"#;
    let Visit { code, outcomes, printed, .. } =
        visit(&Beast::when_asked("exits-after-each-answer", mischief));
    assert_eq!((code, outcomes.len()), (1, 3), "{printed}");
    assert!(printed.contains("crash.exit:0"), "{printed}");
}

#[test]
fn a_beast_that_answers_twice() {
    // The first answer counts; the second fails the run, and names the case.
    for (target, case) in [("0x2", "pow/b"), ("0x3", "pow/c")] {
        let mischief: &'static str = format!(
            "case $target in {target}) echo '{{\"id\":'$id',\"fault\":{{\"what\":\"x\"}}}}' ;; esac"
        )
        .leak();
        let Visit { code, printed, footer, .. } = visit(&Beast::when_asked("twice", mischief));
        assert_eq!((code, &footer["cases"]), (1, &3.into()), "{printed}");
        for part in ["protocol.duplicate-id", case, "answer each question once"] {
            assert!(printed.contains(part), "{part} is missing in {printed}");
        }
    }
}

#[test]
fn what_no_case_is_to_blame_for_fails_the_run() {
    // It breaks only while several questions wait.
    let start = format!("{HELLO}[ -e once ] || {{ : > once; read -r line; exit 4; }}");
    let text = ADAPTER.replace("MISCHIEF", "");
    assert!(text.contains("hello"));
    let start: &'static str = format!("[ -e once ] || {{ {start}\n}}").leak();
    let Visit { code, outcomes, printed, .. } = visit(&Beast::at_start("breaks-once", start));
    assert_eq!(outcomes, cases(["pass"; 3]), "{printed}");
    assert!(printed.contains("no case alone does it: crash.exit:4, once"), "{printed}");
    assert_eq!(code, 1, "{printed}");
}
