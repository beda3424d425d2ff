//! Jenkins: declarative pipelines, as text. Their blocks and stages are found by their braces; Groovy is not run, and what a
//! script computes is not known.

use super::command::Command;
use super::job::{Flow, Job, Starts, Step};
use super::{File, Found, Reader, ends, judge, words};

pub(super) struct Declarative;

/// Deepest blocks, and most of them.
const DEEPEST: usize = 64;
const MOST: usize = 20_000;

impl Reader for Declarative {
    fn name(&self) -> &'static str {
        "Jenkins"
    }

    fn wants(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.strip_suffix(".groovy").unwrap_or(name);
        stem == "Jenkinsfile"
            || stem.starts_with("Jenkinsfile.")
            || stem.starts_with("Jenkinsfile-")
            || ends(name, ".jenkinsfile")
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        let Some(blocks) = blocks(file.text) else {
            found.note(file.path, None, "has braces that do not fit, and was not read");
            return;
        };
        if !blocks.iter().any(|block| block.head == "pipeline") {
            found.note(file.path, None, "is a scripted pipeline: only declarative ones are read");
            return;
        }
        judge::judge(file, &flow(&blocks), found);
    }
}

/// What stands before a pair of braces, and between them.
#[derive(Debug, Default)]
struct Block {
    /// The line of the brace.
    line: u32,
    /// What stands before the brace on its line: `stage('Build')`, `steps`.
    head: String,
    /// Statements directly inside of it, with their lines.
    body: Vec<(u32, String)>,
    /// The block around it.
    parent: Option<usize>,
}

/// The blocks of a text; `None` where braces do not fit.
fn blocks(text: &str) -> Option<Vec<Block>> {
    let mut all: Vec<Block> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut statement = String::new();
    let mut line = 1_u32;
    let mut begun = 1_u32;
    let mut chars = text.chars().peekable();
    // The quote that text stands in, and how many of it end that.
    let mut quote: Option<(char, usize)> = None;
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        if let Some((mark, count)) = quote {
            statement.push(c);
            if c == '\\' {
                if let Some(next) = chars.next() {
                    line += u32::from(next == '\n');
                    statement.push(next);
                }
            } else if c == mark && (count == 1 || ends_with(&statement, mark, 3)) || c == '\n' && count == 1 {
                quote = None;
            }
            continue;
        }
        match c {
            '/' if chars.peek() == Some(&'/') && !statement.ends_with(':') => {
                while chars.peek().is_some_and(|next| *next != '\n') {
                    chars.next();
                }
            }
            '/' if chars.peek() == Some(&'*') => {
                let mut before = ' ';
                for next in chars.by_ref() {
                    line += u32::from(next == '\n');
                    if before == '*' && next == '/' {
                        break;
                    }
                    before = next;
                }
            }
            '\'' | '"' => {
                if statement.trim().is_empty() {
                    begun = line;
                }
                statement.push(c);
                let mut triple = chars.clone();
                if triple.next() == Some(c) && triple.next() == Some(c) {
                    statement.extend([chars.next(), chars.next()].into_iter().flatten());
                    quote = Some((c, 3));
                } else {
                    quote = Some((c, 1));
                }
            }
            '{' => {
                if all.len() >= MOST || open.len() >= DEEPEST {
                    return None;
                }
                let head = statement.trim().to_owned();
                statement.clear();
                all.push(Block { line, head, body: Vec::new(), parent: open.last().copied() });
                open.push(all.len() - 1);
            }
            '}' | '\n' | ';' => {
                let said = statement.trim();
                if !said.is_empty()
                    && let Some(&block) = open.last()
                {
                    all[block].body.push((begun, said.to_owned()));
                }
                statement.clear();
                if c == '}' {
                    open.pop()?;
                }
                begun = line;
            }
            c => {
                if statement.trim().is_empty() {
                    begun = line;
                }
                statement.push(c);
            }
        }
    }
    open.is_empty().then_some(all)
}

fn ends_with(text: &str, mark: char, times: usize) -> bool {
    text.chars().rev().take_while(|c| *c == mark).count() >= times
}

/// The text in quotes behind a word: `stage('Build')`, `sh "make"`.
fn quoted(text: &str) -> Option<String> {
    let at = text.find(['\'', '"'])?;
    let mark = text[at..].chars().next()?;
    let rest = text[at..].trim_start_matches(mark);
    Some(rest.split(mark).next().unwrap_or_default().to_owned())
}

/// Stages one after the other, as jobs that wait for those before.
fn flow(blocks: &[Block]) -> Flow {
    let mut flow = Flow { starts: Starts { itself: true, ..Starts::default() }, ..Flow::default() };
    let stage = |block: &Block| {
        block.head.strip_prefix("stage").filter(|rest| rest.trim_start().starts_with('(')).and_then(quoted)
    };
    let stages: Vec<(usize, String)> =
        blocks.iter().enumerate().filter_map(|(at, block)| Some((at, stage(block)?))).collect();
    // The stage that a block lies in, itself included.
    let within = |mut at: usize| loop {
        if let Some(found) = stages.iter().position(|(stage, _)| *stage == at) {
            return Some(found);
        }
        at = blocks[at].parent?;
    };
    for (at, name) in &stages {
        let mut job = Job { line: blocks[*at].line, id: name.clone(), ..Job::default() };
        let parallel = |mut block: usize| -> Option<usize> {
            loop {
                block = blocks[block].parent?;
                if blocks[block].head.starts_with("parallel") {
                    return Some(block);
                }
                if blocks[block].head.starts_with("stage") && blocks[block].head.contains('(') {
                    return None;
                }
            }
        };
        let beside = parallel(*at);
        let number = flow.jobs.len();
        job.needs = (0..number)
            .filter(|&other| {
                let other = stages[other].0;
                beside.is_none() || parallel(other) != beside
            })
            .collect();
        flow.jobs.push(job);
    }
    for (at, block) in blocks.iter().enumerate() {
        let head = block.head.as_str();
        let first = head.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if first == "options" && within(at).is_none() {
            flow.guard = flow.guard.or(block
                .body
                .iter()
                .find(|(_, said)| said.starts_with("disableConcurrentBuilds"))
                .map(|(line, _)| *line));
        }
        if first == "triggers" {
            flow.starts.times = block.body.iter().find(|(_, said)| said.starts_with("cron")).map(|(line, _)| *line);
        }
        let Some(number) = within(at) else { continue };
        let job = &mut flow.jobs[number];
        match first {
            "input" => {
                job.manual = job.manual.or(Some(block.line));
                submitter(&block.body, job);
            }
            "lock" => job.guard = job.guard.or(Some(block.line)),
            "catchError" if head.contains("SUCCESS") && head.contains("buildResult") => {
                job.lax = job.lax.or(Some(block.line));
            }
            _ => {}
        }
        statements(block, job);
    }
    flow
}

/// The statements of a block, as steps of the stage that it lies in.
fn statements(block: &Block, job: &mut Job) {
    for (line, said) in &block.body {
        let word = said.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        match word {
            "sh" | "bat" | "powershell" | "pwsh" => {
                let Some(script) = quoted(said) else { continue };
                let step = Step { line: *line, commands: super::job::commands(*line, &script), ..Step::default() };
                job.steps.push(step);
            }
            "input" => {
                job.manual = job.manual.or(Some(*line));
                submitter(std::slice::from_ref(&(*line, said.clone())), job);
            }
            "docker" | "dockerImage" | "image" if said.contains(".push(") => {
                let commands = vec![Command::new(*line, "docker push")];
                job.steps.push(Step { line: *line, commands, ..Step::default() });
            }
            "lock" => job.guard = job.guard.or(Some(*line)),
            _ => {}
        }
    }
}

/// Who alone may answer an input.
fn submitter(body: &[(u32, String)], job: &mut Job) {
    for (line, said) in body {
        let Some(at) = said.find("submitter") else { continue };
        let rest = said[at + "submitter".len()..].trim_start_matches([':', ' ', '=']);
        if rest.starts_with("Parameter") {
            continue;
        }
        if let Some(names) = quoted(rest) {
            let people = names.split(',').map(str::trim).filter(|name| !name.is_empty() && !words::is_machine(name));
            job.people.extend(people.map(|name| (*line, name.to_owned())));
        }
    }
}
