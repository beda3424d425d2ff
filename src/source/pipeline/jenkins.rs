//! Jenkins: declarative pipelines, as text. Their blocks and stages are found by their braces; Groovy is not run, and what a
//! script computes is not known.

use super::command::Command;
use super::job::{Flow, Job, Starts, Step};
use super::sure::Sure;
use super::{File, Found, OF_PIPELINES, Reader, ends, judge, words};
use crate::model::ControlKind;

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
        // Of several, each is called after what it is for: `Jenkinsfile_nightly`.
        let named = name.strip_prefix("Jenkinsfile").is_some_and(|for_what| {
            (for_what.is_empty() || for_what.starts_with(['.', '_', '-'])) && !ends(for_what, ".md")
        });
        named || ends(name, ".jenkinsfile") || name == ".jenkins.groovy"
    }

    fn tells(&self) -> &'static [ControlKind] {
        OF_PIPELINES
    }

    fn read(&self, file: &File<'_>, found: &mut Found) {
        let blocks = match blocks(file.text) {
            Ok(blocks) => blocks,
            Err(why) => return found.unread(file.path, None, why),
        };
        if !blocks.iter().any(|block| block.head == "pipeline") {
            found.unread(file.path, None, "is a scripted pipeline: only declarative ones are read");
            return;
        }
        let flow = flow(file, &blocks, found);
        judge::judge(file, flow, found);
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

/// The blocks of a text; an error says why it has none.
fn blocks(text: &str) -> Result<Vec<Block>, &'static str> {
    const UNFIT: &str = "has braces that do not fit, and was not read";
    let mut all: Vec<Block> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    // Parentheses that are open, of each block around: a statement goes on until they close.
    let mut around: Vec<usize> = Vec::new();
    let mut parentheses = 0_usize;
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
                if statement.is_empty() {
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
                    return Err("has more blocks, or deeper ones, than are followed, and was not read");
                }
                around.push(std::mem::take(&mut parentheses));
                let head = statement.trim().to_owned();
                statement.clear();
                all.push(Block { line, head, body: Vec::new(), parent: open.last().copied() });
                open.push(all.len() - 1);
            }
            '\n' if parentheses > 0 => statement.push(' '),
            '}' | '\n' | ';' => {
                let said = statement.trim();
                if !said.is_empty()
                    && let Some(&block) = open.last()
                {
                    all[block].body.push((begun, said.to_owned()));
                }
                statement.clear();
                if c == '}' {
                    open.pop().ok_or(UNFIT)?;
                    parentheses = around.pop().unwrap_or(0);
                }
                begun = line;
            }
            c => {
                if statement.is_empty() && !c.is_whitespace() {
                    begun = line;
                }
                match c {
                    '(' => parentheses += 1,
                    ')' => parentheses = parentheses.saturating_sub(1),
                    _ => {}
                }
                if !(statement.is_empty() && c.is_whitespace()) {
                    statement.push(c);
                }
            }
        }
    }
    if open.is_empty() { Ok(all) } else { Err(UNFIT) }
}

fn ends_with(text: &str, mark: char, times: usize) -> bool {
    text.chars().rev().take_while(|c| *c == mark).count() >= times
}

/// The text in quotes behind a word: `stage('Build')`, `sh "make"`; three quotes hold others.
fn quoted(text: &str) -> Option<String> {
    let text = &text[text.find(['\'', '"'])?..];
    let one = &text[..1];
    let three = one.repeat(3);
    let (mark, rest) = match text.strip_prefix(&three) {
        Some(rest) => (three.as_str(), rest),
        None => (one, &text[1..]),
    };
    let mut end = 0;
    while let Some(at) = rest[end..].find([mark.as_bytes()[0] as char, '\\']) {
        let at = end + at;
        if rest[at..].starts_with('\\') {
            end = at + 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else if rest[at..].starts_with(mark) {
            return Some(rest[..at].to_owned());
        } else {
            end = at + 1;
        }
    }
    Some(rest.to_owned())
}

/// The text of a named argument: `script: 'make'`.
fn argument(said: &str, name: &str) -> Option<String> {
    let at = said.match_indices(name).find(|(at, _)| {
        let before = said[..*at].trim_end();
        said[at + name.len()..].trim_start().starts_with(':') && before.ends_with(['(', ',', ' ', 'h', 't', 'l'])
    });
    quoted(&said[at?.0 + name.len()..])
}

/// Stages one after the other, as jobs that wait for those before.
fn flow(file: &File<'_>, blocks: &[Block], found: &mut Found) -> Flow {
    let mut flow = Flow { starts: Starts { itself: true, ..Starts::default() }, ..Flow::default() };
    let stage = |block: &Block| {
        block.head.strip_prefix("stage").filter(|rest| rest.trim_start().starts_with('(')).and_then(quoted)
    };
    // Of each block: the stage that it lies in, itself included, what is done at once around that, and what it lies in there.
    let mut of: Vec<Within> = Vec::with_capacity(blocks.len());
    // The parallel block around each stage.
    let mut beside: Vec<Option<usize>> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let mut within = block.parent.map_or_else(Within::default, |parent| of[parent]);
        let first = block.head.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        match first {
            "parallel" => within.parallel = Some(at),
            "post" => within.post = true,
            "always" | "failure" | "cleanup" | "unsuccessful" | "aborted" if within.post => within.anyway = true,
            "catchError" | "warnError" | "try" => within.caught = true,
            "when" => within.when = true,
            _ => {}
        }
        if let Some(name) = stage(block) {
            if !file.job(found) {
                break;
            }
            let number = flow.jobs.len();
            let mut job = Job { line: block.line, id: name, ..Job::default() };
            let around = within.parallel;
            job.needs = (0..number).filter(|&other| around.is_none() || beside[other] != around).collect();
            if !file.spend(number as u64 / 8, found) {
                break;
            }
            beside.push(around);
            flow.jobs.push(job);
            within = Within { stage: Some(number), caught: within.caught, ..Within::default() };
        }
        of.push(within);
    }
    for (block, within) in blocks.iter().zip(&of) {
        let head = block.head.as_str();
        let first = head.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if first == "options" && within.stage.is_none() {
            flow.guard = flow.guard.or(block
                .body
                .iter()
                .find(|(_, said)| said.starts_with("disableConcurrentBuilds"))
                .map(|(line, _)| *line));
        }
        if first == "triggers" {
            flow.starts.times = block.body.iter().find(|(_, said)| said.starts_with("cron")).map(|(line, _)| *line);
        }
        let Some(number) = within.stage else { continue };
        let job = &mut flow.jobs[number];
        match first {
            "input" => {
                job.manual = job.manual.or(Some(block.line));
                submitter(&block.body, job);
            }
            "lock" if is_one(head) => job.guard = job.guard.or(Some(block.line)),
            "catchError" if head.contains("SUCCESS") && head.contains("buildResult") => {
                job.lax = job.lax.or(Some(block.line));
            }
            _ => {}
        }
        // A stage that is passed over holds nothing up.
        if within.when {
            let said = block.body.iter().map(|(_, said)| said.as_str());
            let sometimes = job.sometimes.get_or_insert_default();
            for said in std::iter::once(head).chain(said) {
                sometimes.push_str(said);
                sometimes.push('\n');
            }
        }
        statements(block, *within, job);
    }
    flow
}

/// Where a block lies.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and none excludes another")]
struct Within {
    stage: Option<usize>,
    parallel: Option<usize>,
    /// In what is done at the end, and whatever came before.
    post: bool,
    anyway: bool,
    /// In what makes something of a failure.
    caught: bool,
    /// In the conditions of a stage.
    when: bool,
}

/// The statements of a block, as steps of the stage that it lies in.
fn statements(block: &Block, within: Within, job: &mut Job) {
    if within.when {
        return;
    }
    for (line, said) in &block.body {
        let word = said.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let (_, called) = said.split_once('=').unwrap_or(("", said));
        let word = if ["def", "int", "String"].contains(&word) {
            called.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
        } else {
            word
        };
        let anyway = if within.anyway { Sure::Yes } else { Sure::No };
        let step = Step { line: *line, anyway, ..Step::default() };
        match word {
            "sh" | "bat" | "powershell" | "pwsh" => {
                let Some(script) = argument(said, "script").or_else(|| quoted(said)) else { continue };
                let handled =
                    within.caught || within.post || said.contains("returnStatus") || said.contains("returnStdout");
                job.steps.push(Step {
                    name: argument(said, "label").unwrap_or_default(),
                    commands: super::script::commands(*line, &script),
                    shaky: handled,
                    ..step
                });
            }
            "input" => {
                job.manual = job.manual.or(Some(*line));
                submitter(std::slice::from_ref(&(*line, said.clone())), job);
            }
            "docker" | "dockerImage" | "image" if said.contains(".push(") => {
                let commands = vec![Command::new(*line, "docker push")];
                job.steps.push(Step { commands, ..step });
            }
            "lock" if is_one(said) => job.guard = job.guard.or(Some(*line)),
            _ => {}
        }
    }
}

/// Whether a lock is the same one for every run.
fn is_one(said: &str) -> bool {
    !said.contains("${") && quoted(said).is_some()
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
