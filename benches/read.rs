//! How relconf's reading compares with git's own, on any repositories, in the same run.
//!
//! ```text
//! cargo bench --bench read -- DIR…
//! cargo bench --bench read -- --made COMMITS TAGS INCIDENTS    (a repository made for it, with an incident log)
//! ```
//!
//! For each repository, in turn and several times: `git log --tags` with all fields and the body, `relconf review` as
//! JSON, `git for-each-ref` with dates, and relconf's reading of tags and of tags and commits alone. Printed are the
//! medians of processor time and peak memory, and the ratios to git. Linux only, for it reads `/proc`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]
#![expect(clippy::disallowed_methods, reason = "it compares processes")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

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
            let folder = made(number(commits), number(tags), number(incidents));
            compare(&folder.path().to_string_lossy());
        }
        [] => eprintln!("usage: cargo bench --bench read -- DIR…   (tagged repositories to compare on)"),
        ref dirs => dirs.iter().for_each(|dir| compare(dir)),
    }
}

/// A history of one commit a minute, evenly tagged, and an incident log as large as is read.
fn made(commits: u32, tags: u32, incidents: u32) -> tempfile::TempDir {
    const START: u32 = 1_600_000_000;
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder.path()).args(arguments).stdin(Stdio::piped()).stdout(Stdio::null());
        command.spawn().expect("git runs")
    };
    git(&["init", "--quiet"]).wait().expect("a repository");
    let mut import = git(&["fast-import", "--quiet"]);
    let mut stream = std::io::BufWriter::new(import.stdin.take().expect("a pipe"));
    let every = (commits / tags.max(1)).max(1);
    for number in 0..commits {
        let (who, at) = (number % 200, START + number * 60);
        let file = format!("src/part{}/file{}.txt", number % 40, number % 900);
        write!(
            stream,
            "commit refs/heads/main\nmark :{0}\ncommitter Person {who} <p{who}@example.com> {at} +0000\ndata <<END\nChange {0}\n\nWhy it was \
             done, in a line or two.\nEND\nM 644 inline {file}\ndata <<END\n{0}\nEND\n",
            number + 1
        )
        .expect("git reads");
        if number % every == every - 1 && number / every < tags {
            let tag = number / every;
            write!(
                stream,
                "tag v{}.{}.0\nfrom :{}\ntagger Person {who} <p{who}@example.com> {at} +0000\ndata <<END\nx\nEND\n",
                tag / 100,
                tag % 100,
                number + 1
            )
            .expect("git reads");
        }
    }
    drop(stream);
    assert!(import.wait().expect("git ends").success());
    let mut log = String::new();
    for number in 0..incidents {
        let at = i64::from(START) + i64::from(number) * i64::from(commits) * 60 / i64::from(incidents);
        let at = chrono::DateTime::from_timestamp(at, 0).expect("a time").to_rfc3339();
        writeln!(log, "[[incident]]\nid = \"I{number}\"\ntitle = \"t\"\ncause = \"unknown\"\nstarted_at = {at}")
            .expect("text");
    }
    fs::write(folder.path().join("incidents.toml"), log).expect("a log");
    folder
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
    let commands: [&[&str]; 5] = [
        &["git", "-C", dir, "log", "--tags", format],
        &[relconf, "review", "--repo", dir, "--format", "json"],
        &[&this, "--read-all", dir],
        &["git", "-C", dir, "for-each-ref", "refs/tags", dates],
        &[&this, "--read-tags", dir],
    ];
    let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); commands.len()];
    for round in 0..=ROUNDS {
        for (command, costs) in commands.iter().zip(&mut costs) {
            let cost = run(command);
            // The first round only warms the disk cache.
            if round > 0 {
                costs.push(cost);
            }
        }
    }
    let [log, review, all, refs, tags] = [0, 1, 2, 3, 4].map(|at| median(&costs[at]));
    println!("{dir}");
    println!("  git log --tags      {}", show(log));
    println!("  relconf review      {}   {}", show(review), ratio(review, log));
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

fn run(command: &[&str]) -> Cost {
    let before = children_seconds();
    let mut child = Command::new(command[0])
        .args(&command[1..])
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
