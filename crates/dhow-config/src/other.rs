//! Small tables of a key or two: `[resolver]`, `[future-incompat-report]`, `[cache]`, `[doc]`, `[install]`,
//! `[cargo-new]`.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{Config, Located, ProgramAndArgs, invalid};
use crate::error::ConfigError;
use crate::key::Key;

/// What the resolver does with versions that need a newer compiler than the packages ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncompatibleRustVersions {
    /// They are like any other.
    Allow,
    /// They are taken if no other fits.
    Fallback,
}

/// How often unused files of the home are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CleanFrequency {
    /// Not at all.
    Never,
    /// At every command.
    Always,
    /// If the last time is that long ago.
    Every(Duration),
}

impl Config {
    /// `resolver.incompatible-rust-versions`; `None` leaves it to the resolver's version.
    ///
    /// # Errors
    /// Anything but `allow` and `fallback`.
    pub fn incompatible_rust_versions(&self) -> Result<Option<IncompatibleRustVersions>, ConfigError> {
        let table = Key::new(&["resolver"]);
        self.check_keys(&table, &["incompatible-rust-versions", "feature-unification"])?;
        let choices =
            [("allow", IncompatibleRustVersions::Allow), ("fallback", IncompatibleRustVersions::Fallback)];
        self.choice(&table.child("incompatible-rust-versions"), &choices)
    }

    /// Whether the user is told of code that a future compiler will refuse: `future-incompat-report.frequency`.
    ///
    /// # Errors
    /// Anything but `always` and `never`.
    pub fn future_incompat_report(&self) -> Result<bool, ConfigError> {
        let table = Key::new(&["future-incompat-report"]);
        self.check_keys(&table, &["frequency"])?;
        Ok(self.choice(&table.child("frequency"), &[("always", true), ("never", false)])?.unwrap_or(true))
    }

    /// `cache.auto-clean-frequency`.
    ///
    /// # Errors
    /// Text of another form than `never`, `always` or `3 days`.
    pub fn auto_clean_frequency(&self) -> Result<CleanFrequency, ConfigError> {
        let table = Key::new(&["cache"]);
        self.check_keys(&table, &["auto-clean-frequency", "global-clean"])?;
        let key = table.child("auto-clean-frequency");
        let Some(text) = self.string(&key)? else {
            return Ok(CleanFrequency::Every(Duration::from_secs(24 * 60 * 60)));
        };
        match text.value.as_str() {
            "never" => Ok(CleanFrequency::Never),
            "always" => Ok(CleanFrequency::Always),
            other => match time_span(other) {
                Some(span) => Ok(CleanFrequency::Every(span)),
                None => {
                    let reason =
                        format!("`{other}` is neither `never` nor `always` nor a time such as `3 days`");
                    Err(invalid(&key, text.definition, reason))
                }
            },
        }
    }

    /// What shows documentation: `doc.browser`, then `BROWSER`. `None`: whatever the system does.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn browser(&self) -> Result<Option<ProgramAndArgs>, ConfigError> {
        if let Some(browser) = self.program_and_args(&Key::new(&["doc", "browser"]))? {
            return Ok(Some(browser));
        }
        let name = "BROWSER";
        Ok(self.env.get_non_empty(name).map(|program| ProgramAndArgs {
            program: PathBuf::from(program),
            args: Vec::new(),
            definition: dhow_formats::config::Definition::Environment(name.into()),
        }))
    }

    /// Where `install` puts programs (in `bin` below it): `CARGO_INSTALL_ROOT`, `install.root`, or Cargo's home.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn install_root(&self) -> Result<PathBuf, ConfigError> {
        // As Cargo 1.95 has it: a single word is relative to where the command is started, a path with a slash to the
        // file that it stands in.
        let root = self.program(&Key::new(&["install", "root"]))?;
        Ok(root.map_or_else(|| self.home.clone(), |root| self.cwd().join(root.value)))
    }

    /// `cargo-new.vcs`: what keeps the history of a new package.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn new_package_vcs(&self) -> Result<Option<Located<String>>, ConfigError> {
        self.string(&Key::new(&["cargo-new", "vcs"]))
    }

    fn choice<T: Copy>(&self, key: &Key, choices: &[(&str, T)]) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.string(key)? else { return Ok(None) };
        match choices.iter().find(|(name, _)| *name == text.value) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
                let reason = format!("`{}` is none of {}", text.value, names.join(", "));
                Err(invalid(key, text.definition, reason))
            }
        }
    }
}

/// A stretch of time as Cargo lets users write it: `3 days`, `1month`.
pub fn time_span(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let seconds: u64 = match unit.strip_suffix('s').unwrap_or(unit) {
        "second" => 1,
        "minute" => 60,
        "hour" => 60 * 60,
        "day" => 24 * 60 * 60,
        "week" => 7 * 24 * 60 * 60,
        // As Cargo counts: a twelfth of 365.25 days, less a little.
        "month" => 2_629_746,
        _ => return None,
    };
    Some(Duration::from_secs(count.parse::<u64>().ok()?.checked_mul(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        let check =
            |text: &str, seconds: Option<u64>| assert_eq!(time_span(text), seconds.map(Duration::from_secs));
        check("1 day", Some(86_400));
        check("3 days", Some(259_200));
        check("10 seconds", Some(10));
        check("2weeks", Some(1_209_600));
        check("days", None);
        check("5", None);
        check("5 fortnights", None);
        check("18446744073709551615 weeks", None);
    }
}
