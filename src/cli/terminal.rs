//! The only place that writes: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstream::{AutoStream, stream::RawStream};
use anyhow::Context;
use clap::ColorChoice;
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{Error, Problem};
use crate::render::terminal::Extent;
use crate::render::{Links, TerminalOptions, encode};

use super::args::Global;

/// How often the sign of long work turns.
const TICK: Duration = Duration::from_millis(200);

/// The width of a report where stdout is no terminal.
const WIDTH_OF_A_FILE: usize = 100;

/// Columns of the terminal; where stdout is none, those that `COLUMNS` says.
fn width() -> usize {
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or_else(said).unwrap_or(WIDTH_OF_A_FILE)
}

/// Stdout and stderr, and how they may be written to.
#[derive(Debug)]
pub struct Terminal {
    color: ColorChoice,
    ascii: bool,
    quiet: bool,
    verbose: bool,
}

/// How much of many jobs is done.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    lines: bool,
    total: usize,
    done: usize,
    failed: usize,
}

impl Progress {
    /// One more is done.
    pub fn step(&mut self, failed: bool, terminal: &Terminal) {
        self.done += 1;
        self.failed += usize::from(failed);
        let unread = if self.failed > 0 { format!("{} unread", self.failed) } else { String::new() };
        if let Some(bar) = &self.bar {
            bar.set_message(unread);
            bar.inc(1);
        } else if self.lines && (self.done * 10 / self.total > (self.done - 1) * 10 / self.total) {
            let unread = if unread.is_empty() { unread } else { format!(", {unread}") };
            terminal.note(&format!("{} of {} repositories{unread}", self.done, self.total));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Terminal {
    /// As the flags say.
    pub fn new(global: &Global) -> Self {
        Self { color: global.color, ascii: global.ascii, quiet: global.quiet, verbose: global.verbose }
    }

    /// As it is where no flag was read.
    pub fn plain() -> Self {
        Self { color: ColorChoice::Auto, ascii: false, quiet: false, verbose: false }
    }

    /// How a report for stdout is drawn.
    pub fn options(&self) -> TerminalOptions {
        TerminalOptions {
            width: width(),
            color: self.colored(&io::stdout()),
            links: if io::stdout().is_terminal() && self.colored(&io::stdout()) { Links::Osc8 } else { Links::None },
            unicode: !self.ascii,
            verbose: self.verbose,
            extent: Extent::Screen,
        }
    }

    fn colored(&self, stream: &impl RawStream) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => AutoStream::choice(stream) != anstream::ColorChoice::Never,
        }
    }

    /// Writes data. A closed pipe is no error: the reader has seen enough.
    ///
    /// # Errors
    /// Where stdout cannot be written for any other reason.
    pub fn data(&self, text: &str) -> anyhow::Result<()> {
        self.stream(|to| to.write_all(text.as_bytes()))
    }

    /// The same of what is written while it is made.
    ///
    /// # Errors
    /// As [`Terminal::data`].
    #[expect(clippy::unused_self, reason = "only the holder of the terminal may write")]
    pub fn stream(&self, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> anyhow::Result<()> {
        let mut stdout = io::stdout().lock();
        match write(&mut stdout).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.context("cannot write to stdout"),
        }
    }

    /// Shows on a terminal that long work is going on. A spinner that turns at once would flicker over short work.
    pub fn working<T>(&self, what: &'static str, work: impl FnOnce() -> T) -> T {
        // Where nobody looks, no thread is needed that turns it.
        if self.quiet || !io::stderr().is_terminal() {
            return work();
        }
        let spinner = ProgressBar::new_spinner().with_message(what);
        spinner.set_style(ProgressStyle::default_spinner().tick_chars("-\\|/ "));
        spinner.enable_steady_tick(TICK);
        let result = work();
        spinner.finish_and_clear();
        result
    }

    /// Shows on a terminal how much of many jobs is done; elsewhere only where that was asked for, a tenth of them a line.
    pub fn progress(&self, total: usize, asked: bool) -> Progress {
        let bar = !self.quiet && io::stderr().is_terminal();
        let bar = bar.then(|| {
            let bar = ProgressBar::new(total as u64);
            let style = ProgressStyle::with_template("{bar:24} {pos} of {len} repositories {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        let lines = bar.is_none() && asked && !self.quiet;
        Progress { bar, lines, total, done: 0, failed: 0 }
    }

    /// Says something that is no data.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Whether somebody is there to be asked.
    #[expect(clippy::unused_self, reason = "only the holder of the terminal may ask")]
    pub fn somebody_is_there(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks a question: the answer is typed on the same line.
    #[expect(clippy::unused_self, reason = "only the holder of the terminal may write")]
    pub fn ask(&self, question: &str) {
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
    }

    /// Says what is wrong in the input files, each problem with its place.
    pub fn problems(&self, problems: &[Problem]) {
        for problem in problems {
            let at = format!("{}:{}:{}", problem.file.display(), problem.line, problem.column);
            self.say(&format!("  {}: {}", encode::terminal(&at), encode::terminal(&problem.what)));
            if !problem.help.is_empty() {
                self.say(&format!("    help: {}", encode::terminal(&problem.help)));
            }
        }
    }

    /// Says why it could not be done, and the exact thing to do.
    pub fn error(&self, error: &anyhow::Error) {
        self.say(&format!("error: {}", encode::terminal(self.plainly(&error.to_string()))));
        for cause in error.chain().skip(1) {
            self.say(&format!("  because: {}", encode::terminal(self.plainly(&cause.to_string()))));
        }
        if let Some(error) = error.downcast_ref::<Error>() {
            self.problems(error.problems());
            if !error.help().is_empty() {
                self.say(&format!("help: {}", encode::terminal(error.help())));
            }
        }
    }

    /// Without the numbers that a library puts behind its message (`; class=Os (2); code=NotFound (-3)`): with --verbose
    /// they are shown.
    fn plainly<'m>(&self, message: &'m str) -> &'m str {
        let end = message.find("; class=").filter(|_| !self.verbose);
        end.map_or(message, |end| &message[..end])
    }

    #[expect(clippy::unused_self, reason = "only the holder of the terminal may write")]
    fn say(&self, text: &str) {
        // Where even stderr is closed there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}
