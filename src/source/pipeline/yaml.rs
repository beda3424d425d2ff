//! YAML as a tree with places, bounded: what is too large, too deep or grows by its aliases is told, never expanded.

use std::collections::HashMap;
use std::rc::Rc;

use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::TScalarStyle;

use super::BYTES;

/// Largest file that is parsed, bytes.
pub(super) const LARGEST: usize = 1 << 20;
/// Deepest nesting, aliases followed.
const DEEPEST: u32 = 64;
/// Most nodes, aliases followed.
const MOST: u64 = 200_000;
/// Bytes that are parsed again, and the widest indentation that is known, where brackets close further left than they may.
const RETRIED: usize = 2 << 20;
const WIDEST: usize = 200;

/// A node, and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The line, from 1.
    pub line: u32,
    /// The local tag, such as `reference` of `!reference`.
    pub tag: Option<Rc<str>>,
    value: Rc<Value>,
    weight: u64,
    depth: u32,
}

#[derive(Debug)]
enum Value {
    /// A scalar as it is written, and whether plain: `on` and `yes` stay what they are.
    Text(String, bool),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// Why a text is no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, where there is one.
    pub line: Option<u32>,
    /// As a predicate.
    pub why: &'static str,
    /// Whether a line in brackets stands further left than the parser lets it.
    outdented: bool,
}

/// An unfinished list or map.
struct Open {
    line: u32,
    tag: Option<Rc<str>>,
    anchor: usize,
    map: bool,
    items: Vec<Node>,
    weight: u64,
    depth: u32,
}

/// Every document of a text.
pub(super) fn documents(text: &str) -> Result<Vec<Node>, Fault> {
    if text.len() > LARGEST {
        return Err(Fault { line: None, why: "is larger than 1 MiB and was not read", outdented: false });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    parse(text).or_else(|fault| if fault.outdented { indented(text).ok_or(fault) } else { Err(fault) })
}

/// The documents of a text in which brackets close, or go on, where their key begins: the forges' parsers let them, ours asks for
/// an indentation, which such lines are given.
fn indented(text: &str) -> Option<Vec<Node>> {
    let indentation = |line: &str| line.bytes().take_while(|byte| *byte == b' ').count();
    let deepest = " ".repeat(text.lines().map(indentation).max().unwrap_or(0).min(WIDEST) + 1);
    let closes = |line: &str| line.trim_start().starts_with([']', '}']);
    let mut lines: Vec<(bool, &str)> = text.lines().map(|line| (closes(line), line)).collect();
    for _ in 0..(RETRIED / text.len().max(1)).clamp(1, 16) {
        let mut joined = String::with_capacity(text.len());
        for (indent, line) in &lines {
            joined.extend([if *indent { deepest.as_str() } else { "" }, line, "\n"]);
        }
        let fault = match parse(&joined) {
            Ok(found) => return Some(found),
            Err(fault) => fault,
        };
        let line = lines.get_mut(fault.line.filter(|_| fault.outdented)? as usize - 1)?;
        if std::mem::replace(&mut line.0, true) {
            return None;
        }
    }
    None
}

fn parse(text: &str) -> Result<Vec<Node>, Fault> {
    let fault = |line: Option<u32>, why| Fault { line, why, outdented: false };
    let mut parser = Parser::new_from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, Node> = HashMap::new();
    let mut found = Vec::new();
    let mut total = 0_u64;
    loop {
        let (event, mark) = parser.next_token().map_err(|error| {
            let line = error.marker().line().max(1);
            let indented_by_tab = text
                .lines()
                .nth(line - 1)
                .is_some_and(|line| line.bytes().take_while(u8::is_ascii_whitespace).any(|byte| byte == b'\t'));
            let why = if indented_by_tab { "is indented by a tab, which YAML forbids" } else { no_yaml(text) };
            Fault { outdented: error.info().contains("invalid indentation"), ..fault(Some(line as u32), why) }
        })?;
        let line = mark.line().max(1) as u32;
        let node = match event {
            Event::StreamEnd => return Ok(found),
            Event::Scalar(text, style, anchor, tag) => {
                let weight = weight_of(&text);
                let value = Value::Text(text, style == TScalarStyle::Plain);
                let node = Node { line, tag: local(tag), value: Rc::new(value), weight, depth: 1 };
                anchors.extend((anchor > 0).then(|| (anchor, node.clone())));
                node
            }
            Event::Alias(anchor) => {
                let known = anchors.get(&anchor).ok_or(fault(Some(line), "has an alias that leads to itself"))?;
                Node { line, ..known.clone() }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() as u32 >= DEEPEST => {
                return Err(fault(Some(line), "is nested too deep"));
            }
            Event::SequenceStart(anchor, tag) => {
                open.push(Open { line, tag: local(tag), anchor, map: false, items: Vec::new(), weight: 1, depth: 0 });
                continue;
            }
            Event::MappingStart(anchor, tag) => {
                open.push(Open { line, tag: local(tag), anchor, map: true, items: Vec::new(), weight: 1, depth: 0 });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(done) = open.pop() else { continue };
                let value = if done.map { Value::Map(pairs(done.items)) } else { Value::List(done.items) };
                let depth = done.depth + 1;
                let node = Node { line: done.line, tag: done.tag, value: Rc::new(value), weight: done.weight, depth };
                anchors.extend((done.anchor > 0).then(|| (done.anchor, node.clone())));
                node
            }
            Event::Nothing | Event::StreamStart | Event::DocumentStart | Event::DocumentEnd => continue,
        };
        if node.depth > DEEPEST {
            return Err(fault(Some(line), "is nested too deep"));
        }
        total += 1;
        match open.last_mut() {
            Some(parent) => {
                parent.weight = parent.weight.saturating_add(node.weight);
                parent.depth = parent.depth.max(node.depth);
                if parent.weight > MOST {
                    return Err(fault(Some(line), "grows beyond all bounds by its aliases"));
                }
                parent.items.push(node);
            }
            None => found.push(node),
        }
        if total > MOST {
            return Err(fault(Some(line), "has more than 200,000 values"));
        }
    }
}

/// How many values a text counts as: a long one may be looked through as often as it is named.
pub(super) fn weight_of(text: &str) -> u64 {
    1 + text.len() as u64 / BYTES
}

/// Why a text that cannot be parsed is none.
fn no_yaml(text: &str) -> &'static str {
    if is_template(text) { "is a template and no YAML" } else { "could not be read as YAML" }
}

/// Whether a text has to be filled in first: `{{ … }}` that is no GitHub expression.
pub(super) fn is_template(text: &str) -> bool {
    text.match_indices("{{").any(|(at, _)| !text[..at].ends_with('$'))
}

fn local(tag: Option<yaml_rust2::parser::Tag>) -> Option<Rc<str>> {
    tag.filter(|tag| tag.handle == "!").map(|tag| tag.suffix.into())
}

fn pairs(items: Vec<Node>) -> Vec<(Node, Node)> {
    let mut items = items.into_iter();
    std::iter::from_fn(|| Some((items.next()?, items.next()?))).collect()
}

impl Node {
    /// How many values it has, itself and those behind its aliases included; a long text counts as several.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// A scalar's text, as it is written.
    pub fn text(&self) -> Option<&str> {
        match &*self.value {
            Value::Text(text, plain) if !(*plain && ["", "~", "null"].contains(&text.as_str())) => Some(text),
            _ => None,
        }
    }

    /// Whether it is a plain `true`.
    pub fn is_true(&self) -> bool {
        self.text().is_some_and(|text| ["true", "yes", "on"].contains(&text.to_ascii_lowercase().as_str()))
    }

    /// Whether it is a plain `false`.
    pub fn is_false(&self) -> bool {
        self.text().is_some_and(|text| ["false", "no", "off"].contains(&text.to_ascii_lowercase().as_str()))
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &*self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(&*self.value, Value::Map(_))
    }

    /// The scalars of a list, of lists in it, or the scalar itself.
    pub fn texts(&self) -> Vec<(u32, &str)> {
        match self.text() {
            Some(text) => vec![(self.line, text)],
            None => self.items().iter().flat_map(Self::texts).collect(),
        }
    }

    /// The entries of a map with text keys, in their order: what is merged in (`<<`) comes last, where a key is not there
    /// already.
    pub fn entries(&self) -> Vec<(&Node, &str, &Node)> {
        let Value::Map(pairs) = &*self.value else { return Vec::new() };
        let mut found: Vec<(&Node, &str, &Node)> = Vec::new();
        let mut merged = Vec::new();
        for (key, value) in pairs {
            match key.text() {
                Some("<<") => merged.extend(std::iter::once(value).chain(value.items()).flat_map(Self::entries)),
                Some(text) => found.push((key, text, value)),
                None => {}
            }
        }
        let known: std::collections::HashSet<&str> = found.iter().map(|(_, key, _)| *key).collect();
        found.extend(merged.into_iter().filter(|(_, key, _)| !known.contains(key)));
        found
    }

    /// The value of a key: its own, else what is merged in.
    pub fn get(&self, wanted: &str) -> Option<&Node> {
        let Value::Map(pairs) = &*self.value else { return None };
        let own = pairs.iter().rev().find(|(key, _)| key.text() == Some(wanted));
        own.map(|(_, value)| value).or_else(|| {
            let merged = pairs.iter().filter(|(key, _)| key.text() == Some("<<"));
            merged.flat_map(|(_, value)| std::iter::once(value).chain(value.items())).find_map(|node| node.get(wanted))
        })
    }

    /// The value below several keys, one inside the other.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text of a key.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> &'static str {
        documents(text).expect_err("it is refused").why
    }

    #[test]
    fn places_merges_and_words_stay() {
        let text = "on: push\nbase: &base\n  when: manual\n  stage: a\njob:\n  <<: *base\n  stage: b\n---\nx: 1\n";
        let documents = documents(text).expect("it is YAML");
        assert_eq!(documents.len(), 2);
        let job = documents[0].get("job").expect("job");
        assert_eq!((job.text_of("when"), job.text_of("stage")), (Some("manual"), Some("b")));
        assert_eq!(job.get("stage").map(|node| node.line), Some(7));
        assert_eq!(documents[0].text_of("on"), Some("push"), "no truth value");
        assert_eq!(job.entries().len(), 2);
    }

    #[test]
    fn brackets_may_close_where_their_key_begins() {
        let text = "on:\n  push:\njobs:\n  a:\n    names: [\n      \"x\",\n    ]\n    more: {\n    k: v,\n  }\n    run: |\n      if x; then {\n      }\n";
        let documents = documents(text).expect("every forge reads it");
        let job = documents[0].at(&["jobs", "a"]).expect("a job");
        assert_eq!(job.get("names").map(|node| node.texts().len()), Some(1));
        assert_eq!(job.at(&["more", "k"]).map(|node| node.line), Some(9), "lines stay what they are");
        assert!(job.text_of("run").is_some_and(|run| run.contains('}')));
        assert_eq!(why("a: [b\nc: d\n"), "could not be read as YAML", "a bracket that nobody closes");
    }

    #[test]
    fn bombs_cycles_depth_and_size_are_named() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}, ", level - 1).repeat(9);
            bomb.push_str(&format!("a{level}: &a{level} [{before}*a{}]\n", level - 1));
        }
        assert_eq!(why(&bomb), "grows beyond all bounds by its aliases");
        assert_eq!(why("a: &a [*a]\n"), "has an alias that leads to itself");
        assert_eq!(why(&format!("{}{}", "[".repeat(100), "]".repeat(100))), "is nested too deep");
        assert_eq!(why(&"[".repeat(100_000)), "could not be read as YAML");
        let mut chain = "a0: &a0 {k: v}\n".to_owned();
        for level in 1..200 {
            chain.push_str(&format!("a{level}: &a{level} {{<<: *a{}}}\n", level - 1));
        }
        assert_eq!(why(&chain), "is nested too deep", "aliases nest too");
        assert_eq!(why(&"x".repeat(LARGEST + 1)), "is larger than 1 MiB and was not read");
        assert_eq!(why("jobs:\n\tbuild: 1\n"), "is indented by a tab, which YAML forbids");
        assert_eq!(why("a: {{ .Values.x }}: [\n"), "is a template and no YAML");
        assert_eq!(why("a: [b\nc: d\n"), "could not be read as YAML");
    }
}
