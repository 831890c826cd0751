//! Standard output and standard error with their colors, and the one progress bar between their lines.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How much is said. The order is that of loudness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// `-q`: errors only.
    Quiet,
    /// What is being done.
    #[default]
    Normal,
    /// `-v`: also command lines, and what is fresh.
    Verbose,
    /// `-vv`: also what build scripts print and warnings of dependencies.
    VeryVerbose,
}

/// When to color, and when to draw progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Where a person looks.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How the terminal is to behave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// How much is said.
    pub verbosity: Verbosity,
    /// Colors.
    pub color: When,
    /// The progress bar.
    pub progress: When,
    /// Width of the terminal in columns, if it is not to be asked.
    pub progress_width: Option<u16>,
    /// `TERM` is `dumb`, or `CI` is set: no bar unless it is asked for.
    pub plain: bool,
}

/// The printer.
pub struct Terminal {
    settings: Settings,
    err: Mutex<AutoStream<std::io::Stderr>>,
    out: Mutex<AutoStream<std::io::Stdout>>,
    bar: Option<ProgressBar>,
    /// How many downloads are done, of how many.
    downloads: Mutex<(usize, usize)>,
    /// Whether it was said that a file system has no locks.
    pub(crate) told_no_locks: AtomicBool,
}

pub(crate) const GOOD: Style = AnsiColor::BrightGreen.on_default().bold();
pub(crate) const NOTE: Style = AnsiColor::BrightCyan.on_default().bold();
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::BrightRed.on_default().bold();
const BOLD: Style = Style::new().bold();

/// How serious something is: its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Note,
    Warn,
    Bad,
    Plain,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Good => GOOD,
            Self::Note => NOTE,
            Self::Warn => WARN,
            Self::Bad => BAD,
            Self::Plain => Style::new(),
        }
    }

    pub(crate) fn on(self, text: &str) -> String {
        let style = self.style();
        format!("{style}{text}{style:#}")
    }
}

impl Terminal {
    /// A printer on the process's own streams.
    pub fn new(settings: Settings) -> Self {
        let err = AutoStream::new(std::io::stderr(), choice(settings.color));
        let out = AutoStream::new(std::io::stdout(), choice(settings.color));
        Self {
            settings,
            err: Mutex::new(err),
            out: Mutex::new(out),
            bar: bar(settings),
            downloads: Mutex::default(),
            told_no_locks: AtomicBool::default(),
        }
    }

    /// How much is said.
    pub fn verbosity(&self) -> Verbosity {
        self.settings.verbosity
    }

    /// Whether colors go to standard error: compilers are told so.
    pub fn err_has_color(&self) -> bool {
        match self.settings.color {
            When::Always => true,
            When::Never => false,
            When::Auto => !matches!(AutoStream::choice(&std::io::stderr()), anstream::ColorChoice::Never),
        }
    }

    /// Columns of the terminal behind standard error, if it is one.
    pub fn width(&self) -> Option<u16> {
        if let Some(width) = self.settings.progress_width {
            return Some(width);
        }
        terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0)
    }

    /// Text for standard output, as it is.
    ///
    /// # Errors
    /// The reader is gone: who pipes into `head` wants silence.
    pub fn print(&self, text: impl Display) -> std::io::Result<()> {
        let mut out = lock(&self.out);
        self.above_bar(|| write!(out, "{text}").and_then(|()| out.flush()))
    }

    /// A green verb and what it is done to: `   Compiling foo v1.0.0`.
    pub fn status(&self, verb: &str, message: impl Display) {
        self.status_styled(verb, message, GOOD);
    }

    /// The same in cyan, for what is not progress: `     Removed …`.
    pub fn status_note(&self, verb: &str, message: impl Display) {
        self.status_styled(verb, message, NOTE);
    }

    /// The same in a colour that says how serious it is.
    pub(crate) fn status_in(&self, tone: Tone, verb: &str, message: impl Display) {
        self.status_styled(verb, message, tone.style());
    }

    fn status_styled(&self, verb: &str, message: impl Display, style: Style) {
        if self.settings.verbosity > Verbosity::Quiet {
            self.line(format_args!("{style}{verb:>12}{style:#} {message}"));
        }
    }

    /// A feature that is on or off.
    pub(crate) fn feature(&self, sign: char, is_on: bool, name: &str) {
        let style = if is_on { GOOD } else { BAD };
        self.line(format_args!("{:13}{style}{sign}{style:#} {name}", ""));
    }

    /// A status that only `-v` shows.
    pub fn verbose_status(&self, verb: &str, message: impl Display) {
        if self.settings.verbosity >= Verbosity::Verbose {
            self.status(verb, message);
        }
    }

    /// `warning: …`
    pub fn warn(&self, message: impl Display) {
        if self.settings.verbosity > Verbosity::Quiet {
            self.line(format_args!("{WARN}warning{WARN:#}{BOLD}:{BOLD:#} {message}"));
        }
    }

    /// `note: …`
    pub fn note(&self, message: impl Display) {
        if self.settings.verbosity > Verbosity::Quiet {
            self.line(format_args!("{NOTE}note{NOTE:#}{BOLD}:{BOLD:#} {message}"));
        }
    }

    /// `error: …`, also when quiet.
    pub fn error(&self, message: impl Display) {
        self.line(format_args!("{BAD}error{BAD:#}{BOLD}:{BOLD:#} {message}"));
    }

    /// A line on standard error, also when quiet: a compiler's diagnostic, say.
    pub fn line(&self, text: impl Display) {
        let mut err = lock(&self.err);
        // Nobody is left to tell when standard error is gone.
        let _closed = self.above_bar(|| writeln!(err, "{text}"));
    }

    /// A compiler's diagnostic, which ends its lines itself.
    pub fn diagnostic(&self, rendered: &str) {
        let mut err = lock(&self.err);
        let _closed = self.above_bar(|| write!(err, "{rendered}"));
    }

    /// Moves the bar.
    pub fn progress(&self, verb: &'static str, done: usize, total: usize, now: String) {
        let Some(bar) = &self.bar else { return };
        bar.set_prefix(verb);
        bar.set_length(total as u64);
        bar.set_message(now);
        bar.set_position(done as u64);
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
    }

    /// So many downloads are to come.
    pub(crate) fn begin_downloads(&self, total: usize) {
        *lock(&self.downloads) = (0, total);
        self.progress("Downloading", 0, total, String::new());
    }

    /// One of them has come.
    pub(crate) fn count_download(&self, name: &str) {
        let mut downloads = lock(&self.downloads);
        downloads.0 += 1;
        self.progress("Downloading", downloads.0, downloads.1, name.to_owned());
    }

    /// Takes the bar away, until it moves again.
    pub fn clear_progress(&self) {
        if let Some(bar) = self.bar.as_ref().filter(|bar| !bar.is_hidden()) {
            bar.finish_and_clear();
            bar.set_draw_target(ProgressDrawTarget::hidden());
            bar.reset();
        }
    }

    fn above_bar<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) if !bar.is_hidden() => bar.suspend(print),
            _ => print(),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn lock<T>(stream: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn choice(when: When) -> anstream::ColorChoice {
    match when {
        When::Auto => anstream::ColorChoice::Auto,
        When::Always => anstream::ColorChoice::Always,
        When::Never => anstream::ColorChoice::Never,
    }
}

fn bar(settings: Settings) -> Option<ProgressBar> {
    let wanted = match settings.progress {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            !settings.plain && settings.verbosity == Verbosity::Normal && std::io::stderr().is_terminal()
        }
    };
    if !wanted {
        return None;
    }
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
    let style = ProgressStyle::with_template("{prefix:>12.cyan.bold} [{bar:25}] {pos}/{len}: {wide_msg}");
    bar.set_style(style.expect("a constant template").progress_chars("=> "));
    Some(bar)
}
