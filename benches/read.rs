//! How relconf's reading compares with git's own, on any repositories, in the same run.
//!
//! ```text
//! cargo bench --bench read -- DIR…
//! cargo bench --bench read -- --made COMMITS TAGS INCIDENTS    (a repository made for it, with an incident log)
//! ```
//!
//! For each repository, in turn and several times: `git log --tags` with all fields and the body; `relconf review` as JSON and
//! `relconf gate`, cold (reading everything) and warm (with what an earlier run has kept); `git for-each-ref` with dates, and
//! relconf's reading of tags and of tags and commits alone. Printed are the medians of processor time and peak memory, and
//! the ratios to git. Linux only, for it reads `/proc`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]
#![expect(clippy::disallowed_methods, reason = "it compares processes")]

#[path = "made/mod.rs"]
mod made;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use made::Shape;
use release_confidence::config::Config;
use release_confidence::history;
use release_confidence::model::Moment;
use release_confidence::source::git::Repository;

const ROUNDS: usize = 5;
/// Processor ticks a second: fixed in Linux's interface to user space.
const TICKS: f64 = 100.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--read-tags", dir] => read(Path::new(dir), false),
        ["--read-all", dir] => read(Path::new(dir), true),
        ["--made", commits, tags, incidents] => {
            let number = |typed: &str| typed.parse::<u32>().expect("a number");
            let shape = Shape { incidents: number(incidents), ..Shape::of(number(commits), number(tags)) };
            let (_folder, path) = made::repository(shape);
            compare(&path.to_string_lossy());
        }
        [] => eprintln!("usage: cargo bench --bench read -- DIR…   (tagged repositories to compare on)"),
        ref dirs => dirs.iter().for_each(|dir| compare(dir)),
    }
}

/// What the child processes do: relconf's reading alone.
fn read(dir: &Path, commits: bool) {
    let repository = Repository::open(dir).expect("a repository");
    let policy = Config::defaults(dir.to_owned()).policy(Moment::MAX_UTC.fixed_offset());
    let tags = repository.tags().expect("tags").tags;
    let count = tags.len();
    if commits {
        let tips = history::select(tags, &[], &policy).expect("no globs").tips();
        println!("{count} {}", repository.walk(&tips).changes.len());
    } else {
        println!("{count}");
    }
}

/// Processor seconds and peak megabytes of one process.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    megabytes: f64,
}

fn compare(dir: &str) {
    let this = std::env::current_exe().expect("this program has a path").to_string_lossy().into_owned();
    let relconf = env!("CARGO_BIN_EXE_relconf");
    let format = "--format=%H %an %ae %ct %s%n%b";
    let dates = "--format=%(refname) %(creatordate:unix)";
    let review = [relconf, "review", "--repo", dir, "--format", "json", "--no-cache"];
    let gate = [relconf, "gate", "--repo", dir, "--format", "json", "--no-cache"];
    let commands: [&[&str]; 8] = [
        &["git", "-C", dir, "log", "--tags", format],
        &review,
        &gate,
        &review[..6],
        &gate[..6],
        &[&this, "--read-all", dir],
        &["git", "-C", dir, "for-each-ref", "refs/tags", dates],
        &[&this, "--read-tags", dir],
    ];
    let caches = tempfile::TempDir::new().expect("a temporary folder");
    let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); commands.len()];
    for round in 0..=ROUNDS {
        for (command, costs) in commands.iter().zip(&mut costs) {
            let cost = run(command, caches.path());
            // The first round only warms the disk's cache, and fills ours.
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    let [log, review, gate, warm_review, warm_gate, all, refs, tags] =
        [0, 1, 2, 3, 4, 5, 6, 7].map(|at| median(&costs[at]));
    println!("{dir}");
    println!("  git log --tags      {}", show(log));
    println!("  review, cold        {}   {}", show(review), ratio(review, log));
    println!("  gate, cold          {}   {}", show(gate), ratio(gate, log));
    println!("  review, warm        {}   {}", show(warm_review), ratio(warm_review, log));
    println!("  gate, warm          {}   {}", show(warm_gate), ratio(warm_gate, log));
    println!("  tags and commits    {}   {}", show(all), ratio(all, log));
    println!("  git for-each-ref    {}", show(refs));
    println!("  tags alone          {}   {}", show(tags), ratio(tags, refs));
}

fn show(cost: Cost) -> String {
    format!("{:7.2} s {:7.0} MB", cost.seconds, cost.megabytes)
}

fn ratio(ours: Cost, theirs: Cost) -> String {
    format!("{:.2} x cpu, {:.2} x memory", ours.seconds / theirs.seconds, ours.megabytes / theirs.megabytes)
}

fn median(costs: &[Cost]) -> Cost {
    let middle = |value: fn(&Cost) -> f64| {
        let mut values: Vec<f64> = costs.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Cost { seconds: middle(|cost| cost.seconds), megabytes: middle(|cost| cost.megabytes) }
}

fn run(command: &[&str], caches: &Path) -> Cost {
    let before = children_seconds();
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .env("XDG_CACHE_HOME", caches)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {}: {error}", command[0]));
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    while child.try_wait().expect("the child can be waited for").is_none() {
        peak = peak.max(high_water(&status));
        std::thread::sleep(Duration::from_millis(2));
    }
    Cost { seconds: children_seconds() - before, megabytes: peak }
}

/// User and system time of all children that have ended.
fn children_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    // The name may hold blanks; it ends at the last bracket. The fields after it count from the third.
    let fields: Vec<&str> = stat[stat.rfind(')').expect("a name") + 2..].split(' ').collect();
    let ticks = |field: usize| fields[field - 3].parse::<f64>().expect("a number");
    (ticks(16) + ticks(17)) / TICKS
}

fn high_water(status: &str) -> f64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
