//! A page of lines that fit the width.

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use crate::review::contract::Review;

use super::encode::{commands, fit, width};
use super::link::Places;
use super::{Links, TerminalOptions};

/// What a colour stands for. The words beside it say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Strong,
    Dim,
    Good,
    Bad,
    Unsure,
}

impl Tone {
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Good => color(AnsiColor::Green),
            Self::Bad => color(AnsiColor::Red).bold(),
            Self::Unsure => color(AnsiColor::Yellow),
        }
    }
}

/// Prose never runs further than this.
const PROSE: usize = 100;

/// Collects lines.
pub(super) struct Page {
    text: String,
    width: usize,
    color: bool,
    links: Links,
    unicode: bool,
}

impl Page {
    pub fn new(options: &TerminalOptions) -> Self {
        Self {
            text: String::new(),
            width: options.width.clamp(40, 160),
            color: options.color,
            links: options.links,
            unicode: options.unicode,
        }
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn unicode(&self) -> bool {
        self.unicode
    }

    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if self.color && !text.is_empty() {
            let style = tone.style();
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// Lines so far.
    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    pub fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A section's heading, with a blank line before it.
    pub fn heading(&mut self, text: &str) {
        self.blank();
        let heading = self.paint(Tone::Strong, &fit(text, self.width));
        self.raw(&heading);
    }

    /// Text, wrapped; the lines after the first are indented as the first one is.
    pub fn text(&mut self, text: &str) {
        self.wrapped("", "", text, None);
    }

    /// Text in a tone, wrapped.
    pub fn toned(&mut self, tone: Tone, text: &str) {
        self.wrapped("", "", text, Some(tone));
    }

    /// Text below a heading, wrapped and indented.
    pub fn item(&mut self, text: &str) {
        self.wrapped("  ", "  ", text, None);
    }

    /// A point of a list.
    pub fn bullet(&mut self, text: &str) {
        self.wrapped("  - ", "    ", text, None);
    }

    /// A point with a mark of its own, of at most so many lines.
    pub fn short_point(&mut self, mark: &str, text: &str, lines: usize) {
        let room = self.width.min(PROSE) - width(mark) - 2;
        let mut wrapped = wrap(text, room);
        if wrapped.len() > lines {
            wrapped.truncate(lines);
            if let Some(last) = wrapped.last_mut() {
                *last = fit(&format!("{last} …"), room);
            }
        }
        for (at, line) in wrapped.iter().enumerate() {
            let indent = if at == 0 { mark.to_owned() } else { " ".repeat(width(mark)) };
            self.raw(&format!("  {indent}{line}"));
        }
    }

    /// A point with a mark of its own.
    pub fn point(&mut self, mark: &str, text: &str) {
        self.wrapped(&format!("  {mark}"), &format!("  {}", " ".repeat(width(mark))), text, None);
    }

    /// Short texts one after the other, as many a line as fit; no text is broken that fits a line.
    pub fn parts(&mut self, indent: &str, parts: Vec<(Option<Tone>, String)>, separator: &str) {
        let room = self.width.min(PROSE) - width(indent);
        let (mut line, mut used) = (String::new(), 0);
        for (tone, text) in parts {
            let text = fit(&text, room);
            if used > 0 && used + width(separator) + width(&text) > room {
                self.raw(&format!("{indent}{line}"));
                (line, used) = (String::new(), 0);
            }
            if used > 0 {
                line.push_str(separator);
                used += width(separator);
            }
            used += width(&text);
            line.push_str(&tone.map_or_else(|| text.clone(), |tone| self.paint(tone, &text)));
        }
        if used > 0 {
            self.raw(&format!("{indent}{line}"));
        }
    }

    /// What explains the point before it.
    pub fn under(&mut self, text: &str) {
        self.wrapped("    ", "    ", text, Some(Tone::Dim));
    }

    /// A line that is known to fit. Where wrapping has put a workflow command at its start, a mark breaks it.
    pub fn raw(&mut self, line: &str) {
        if commands(line) {
            self.text.push_str(&line.replacen("::", ":\\:", 1));
            self.text.push('\n');
            return;
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str, tone: Option<Tone>) {
        for (at, line) in wrap(text, self.width.min(PROSE) - width(first)).iter().enumerate() {
            let painted = tone.map_or_else(|| line.clone(), |tone| self.paint(tone, line));
            let indent = if at == 0 { first } else { rest };
            self.raw(&format!("{indent}{painted}"));
        }
    }

    /// A table with a line under its header.
    pub fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>) {
        let mut table = Table::new();
        let line = if self.unicode { '─' } else { '-' };
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill(line).junction(line)));
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(self.width as u16);
        table.set_header(header.to_vec());
        for row in rows {
            table.add_row(row);
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 1));
        }
        for line in table.to_string().lines() {
            self.raw(&fit(line.trim_end(), self.width));
        }
    }

    /// The page about a review: where it may have links, its tags, commits and incidents are.
    pub fn finish_about(self, review: &Review) -> String {
        self.finish_with(|| Places::of(review))
    }

    /// The page, with links wherever links are wanted.
    pub fn finish_with(self, places: impl FnOnce() -> Places) -> String {
        let links = self.links;
        let text = self.finish();
        if links == Links::Osc8 { places().linked(&text) } else { text }
    }

    pub fn finish(self) -> String {
        // What is left of our own marks, each one column wide like what it stands for.
        if self.unicode {
            return self.text;
        }
        let plain = [('…', "~"), ('·', "."), ('–', "-"), ('✖', "X"), ('─', "-")];
        plain.iter().fold(self.text, |text, (mark, plain)| text.replace(*mark, plain))
    }
}

/// Lines of at most so many columns, broken between words; a word that is wider is cut.
fn wrap(text: &str, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let word = fit(word, limit);
        if !line.is_empty() && width(&line) + 1 + width(&word) > limit {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.push(line);
    lines
}
