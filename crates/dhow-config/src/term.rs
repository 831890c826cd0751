//! The `[term]` table, with `CARGO_TERM_*`.

use dhow_formats::config::Definition;

use crate::config::{Config, Located, invalid};
use crate::error::ConfigError;
use crate::key::Key;

/// How we speak. `None`: found out from the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermConfig {
    /// Less output.
    pub quiet: Option<bool>,
    /// More output.
    pub verbose: Option<bool>,
    /// Colours.
    pub color: Option<When>,
    /// Links in the output.
    pub hyperlinks: Option<bool>,
    /// Characters beyond ASCII.
    pub unicode: Option<bool>,
    /// The progress bar.
    pub progress: Progress,
}

/// The `term.progress` table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether there is a bar.
    pub when: When,
    /// Its width in columns; set whenever the bar is always there.
    pub width: Option<usize>,
    /// Whether the terminal is told as well.
    pub term_integration: Option<bool>,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// If the terminal can show it.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// In no case.
    Never,
}

fn term(name: &str) -> Key {
    Key::new(&["term", name])
}

impl Config {
    /// The `[term]` table.
    ///
    /// # Errors
    /// A value of the wrong kind, quiet and verbose at once, or a bar that is always there and has no width.
    pub fn term(&self) -> Result<TermConfig, ConfigError> {
        let keys = ["quiet", "verbose", "color", "hyperlinks", "unicode", "progress"];
        self.check_keys(&Key::new(&["term"]), &keys)?;
        let truth = |name: &str| self.boolean(&term(name));
        let (quiet, verbose) = (truth("quiet")?, truth("verbose")?);
        if let (Some(Located { value: true, .. }), Some(Located { value: true, definition })) =
            (&quiet, &verbose)
        {
            let reason = "`term.quiet` is set as well: only one can be".to_owned();
            return Err(invalid(&term("verbose"), definition.clone(), reason));
        }
        let value = |found: Option<Located<bool>>| found.map(|found| found.value);
        Ok(TermConfig {
            quiet: value(quiet),
            verbose: value(verbose),
            color: self.when(&term("color"))?.map(|(when, _)| when),
            hyperlinks: value(truth("hyperlinks")?),
            unicode: value(truth("unicode")?),
            progress: self.progress()?,
        })
    }

    fn progress(&self) -> Result<Progress, ConfigError> {
        let key = term("progress");
        self.check_keys(&key, &["when", "width", "term-integration"])?;
        let when = self.when(&key.child("when"))?;
        let width: Option<Located<usize>> = self.integer(&key.child("width"))?;
        if let (Some((When::Always, definition)), None) = (&when, &width) {
            let reason = "with `always`, `term.progress.width` must be set too".to_owned();
            return Err(invalid(&key.child("when"), definition.clone(), reason));
        }
        Ok(Progress {
            when: when.map_or(When::Auto, |(when, _)| when),
            width: width.map(|found| found.value),
            term_integration: self.boolean(&key.child("term-integration"))?.map(|found| found.value),
        })
    }

    fn when(&self, key: &Key) -> Result<Option<(When, Definition)>, ConfigError> {
        let Some(text) = self.string(key)? else { return Ok(None) };
        match When::parse(&text.value) {
            Some(when) => Ok(Some((when, text.definition))),
            None => {
                let reason = format!("`{}` is none of `auto`, `always`, `never`", text.value);
                Err(invalid(key, text.definition, reason))
            }
        }
    }
}

impl When {
    /// Reads `auto`, `always` or `never`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "always" => Some(Self::Always),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}
