//! A guard over what relconf costs: instructions of a review and of a gate on made repositories, counted by valgrind.
//!
//! ```text
//! cargo bench --bench guard                 (needs git and valgrind)
//! cargo bench --bench guard -- ranges       (cases whose name holds a word)
//! ```
//!
//! `RELCONF_PROGRAM=target/release/relconf cargo bench --profile dev --bench guard` measures a program that is there already.
//!
//! A busy machine changes times by a fifth, and instructions by a ten-thousandth. Each case is measured at one size and at
//! twice that size: whatever grows faster than what it is given is found out, and fails; and so does what has come to take a
//! quarter more than it took when its bound was set. valgrind knows no instruction for SHA-1: hashing costs more here than
//! elsewhere.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::disallowed_methods, reason = "it counts what processes do")]

#[path = "made/mod.rs"]
mod made;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use made::Shape;

/// Twice the input costs at most this multiple.
const DOUBLED: f64 = 2.3;
/// Each component ships the whole history here: twice the components with twice the commits is four times what they ship.
const COMPONENTS_DOUBLED: f64 = 3.0;

/// One thing that grows, at one size and at twice that.
struct Case {
    name: &'static str,
    /// How many times as much the twice may cost.
    most: f64,
    /// How many millions of instructions each of [`RUNS`] may take at the one size: a quarter more than was measured.
    bounds: [u64; RUNS.len()],
    once: Shape,
    twice: Shape,
}

const CASES: [Case; 5] = [
    Case {
        name: "commits",
        most: DOUBLED,
        bounds: [820, 740, 130, 60],
        once: Shape::of(6_000, 60),
        twice: Shape::of(12_000, 120),
    },
    Case {
        name: "tags",
        most: DOUBLED,
        bounds: [1050, 610, 710, 310],
        once: Shape::of(3_000, 3_000),
        twice: Shape::of(6_000, 6_000),
    },
    Case {
        name: "components",
        most: COMPONENTS_DOUBLED,
        bounds: [690, 380, 400, 180],
        once: Shape { components: 150, ..Shape::of(3_000, 600) },
        twice: Shape { components: 300, ..Shape::of(6_000, 1_200) },
    },
    Case {
        name: "ranges",
        most: DOUBLED,
        bounds: [1370, 480, 1170, 320],
        once: Shape { incidents: 2_000, ranges: true, ..Shape::of(2_000, 1_000) },
        twice: Shape { incidents: 4_000, ranges: true, ..Shape::of(4_000, 2_000) },
    },
    Case {
        name: "classes",
        most: DOUBLED,
        bounds: [750, 320, 500, 70],
        once: Shape { classes: 200, ..Shape::of(4_000, 250) },
        twice: Shape { classes: 400, ..Shape::of(4_000, 250) },
    },
];

/// What is run, in this order: the first fills the cache, the others find it filled where they read it.
const RUNS: [Run; 4] = [
    Run { name: "review", command: "review", cached: false },
    Run { name: "gate", command: "gate", cached: false },
    Run { name: "again: review", command: "review", cached: true },
    Run { name: "again: gate", command: "gate", cached: true },
];

/// One run of the program.
#[derive(Clone, Copy)]
struct Run {
    name: &'static str,
    command: &'static str,
    /// Whether what an earlier run kept is read.
    cached: bool,
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let chosen = |case: &&Case| wanted.is_empty() || wanted.iter().any(|word| case.name.contains(word.as_str()));
    if !CASES.iter().any(|case| chosen(&case)) {
        println!("no case is called {}", wanted.join(" or "));
        return ExitCode::FAILURE;
    }
    println!("millions of instructions at one size and at twice that");
    let mut broken = 0;
    for case in CASES.iter().filter(chosen) {
        let [once, twice] = [case.once, case.twice].map(counted);
        for (at, run) in RUNS.iter().enumerate() {
            let growth = twice[at] as f64 / once[at] as f64;
            let bound = case.bounds[at];
            let too_much = growth > case.most || millions(once[at]) > bound;
            broken += u32::from(too_much);
            println!(
                "{:<11}{:<15}{:>7} (at most {bound:>5}){:>7}   x {growth:.2} (at most {}){}",
                case.name,
                run.name,
                millions(once[at]),
                millions(twice[at]),
                case.most,
                if too_much { "   BROKEN" } else { "" }
            );
        }
    }
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn millions(instructions: u64) -> u64 {
    instructions / 1_000_000
}

/// The instructions of each run on a repository that is made for it.
fn counted(shape: Shape) -> [u64; RUNS.len()] {
    let (folder, path) = made::repository(shape);
    let cache = folder.path().join("cache");
    let fill = relconf(Command::new(program()), &path, RUNS[0].command, &cache).output();
    assert!(fill.expect("relconf runs").status.success(), "the cache is filled");
    RUNS.map(|run| instructions(&path, run, &cache))
}

/// The program that is measured.
fn program() -> PathBuf {
    std::env::var_os("RELCONF_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_relconf").into(), PathBuf::from)
}

/// Everything made lies within the window: what it costs is asked of all of it.
fn relconf(mut program: Command, repository: &Path, command: &str, cache: &Path) -> Command {
    program
        .args([command, "--format", "json", "--since", "2020-01-01", "--as-of", "2024-01-01", "--repo"])
        .arg(repository)
        .env("XDG_CACHE_HOME", cache)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    program
}

fn instructions(repository: &Path, run: Run, cache: &Path) -> u64 {
    let Run { command, cached, .. } = run;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
    valgrind.arg(program());
    let mut measured = relconf(valgrind, repository, command, cache);
    if !cached {
        measured.arg("--no-cache");
    }
    let output = measured.output().expect("valgrind runs: install it with your package manager");
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| line.contains("I   refs:") || line.contains("I refs:"));
    // What a command makes of a repository counts; one that it refuses would cost next to nothing.
    assert!(output.status.code().is_some_and(|code| code < 2), "relconf {command} could not be done: {said}");
    let count = line.and_then(|line| line.rsplit(' ').next()?.replace(',', "").parse().ok());
    count.unwrap_or_else(|| panic!("valgrind counted nothing of relconf {command}: {said}"))
}
