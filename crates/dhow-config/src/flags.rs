//! `rustflags` and `rustdocflags`: four places, of which the first that says something counts.

use dhow_model::Cfg;

use crate::config::Config;
use crate::error::ConfigError;
use crate::key::Key;

/// Whose flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagKind {
    /// The compiler's.
    Rustc,
    /// The documentation generator's.
    Rustdoc,
}

impl FlagKind {
    fn key(self) -> &'static str {
        match self {
            Self::Rustc => "rustflags",
            Self::Rustdoc => "rustdocflags",
        }
    }

    fn variables(self) -> (&'static str, &'static str) {
        match self {
            Self::Rustc => ("CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"),
            Self::Rustdoc => ("CARGO_ENCODED_RUSTDOCFLAGS", "RUSTDOCFLAGS"),
        }
    }
}

impl Config {
    /// The extra flags for what is compiled for `triple`, whose configuration values are `cfgs`: the first that is
    /// there of `CARGO_ENCODED_RUSTFLAGS` (split at `\x1f`), `RUSTFLAGS` (split at spaces), `target.<triple>` with
    /// all matching `target.'cfg(…)'`, and `build.rustflags`; likewise for `rustdoc`, without `cfg(…)` tables.
    ///
    /// With `--target`, what runs on the host (build scripts, procedural macros) gets none: that is the caller's to
    /// know.
    ///
    /// # Errors
    /// A value of the wrong kind.
    pub fn rustflags(&self, kind: FlagKind, triple: &str, cfgs: &[Cfg]) -> Result<Vec<String>, ConfigError> {
        if let Some(flags) = self.flags_of_variables(kind) {
            return Ok(flags);
        }
        let mut flags = self.list(&self.target_key(triple)?.child(kind.key()))?;
        if kind == FlagKind::Rustc {
            for name in self.matching_cfg_tables(cfgs)? {
                flags.extend(self.list(&Key::new(&["target", &name, kind.key()]))?);
            }
        }
        if flags.is_empty() {
            flags = self.list(&Key::new(&["build", kind.key()]))?;
        }
        Ok(flags)
    }

    /// Whether variables decide the flags, so that they are the same for every target.
    pub fn flags_of_variables(&self, kind: FlagKind) -> Option<Vec<String>> {
        let (encoded, plain) = kind.variables();
        if let Some(text) = self.env.get(encoded) {
            // Splitting nothing gives one empty flag.
            let flags =
                if text.is_empty() { Vec::new() } else { text.split('\x1f').map(str::to_owned).collect() };
            return Some(flags);
        }
        let text = self.env.get(plain)?;
        Some(text.split(' ').map(str::trim).filter(|flag| !flag.is_empty()).map(str::to_owned).collect())
    }

    fn list(&self, key: &Key) -> Result<Vec<String>, ConfigError> {
        let strings = self.strings(key)?.unwrap_or_default();
        Ok(strings.into_iter().map(|flag| flag.value).collect())
    }
}
