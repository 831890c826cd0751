//! For whom something is compiled: this machine, or a target that was asked for by name.

use std::fmt;
use std::path::Path;

use dhow_model::InternedString;

/// Host or target. Without `--target` everything is `Host`; with it, only build scripts, proc macros and what
/// they need are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CompileKind {
    /// The machine that compiles.
    Host,
    /// A platform named by `--target` or `build.target`.
    Target(CompileTarget),
}

impl CompileKind {
    /// Whether this is the machine that compiles.
    pub fn is_host(self) -> bool {
        matches!(self, Self::Host)
    }
}

/// A target as the user named it: a triple, or the absolute path of a target specification (`.json`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CompileTarget(InternedString);

impl CompileTarget {
    /// A triple as it is, or the path of a `.json` specification made absolute against `cwd`.
    pub fn new(name: &str, cwd: &Path) -> Self {
        let name = name.trim();
        if !name.ends_with(".json") {
            return Self(name.into());
        }
        Self(cwd.join(name).to_string_lossy().as_ref().into())
    }

    /// What goes to `rustc --target`.
    pub fn rustc_arg(self) -> InternedString {
        self.0
    }

    /// The name of its directory in the target directory, and `TARGET` of build scripts: the triple, or the
    /// specification's file name without `.json`.
    pub fn short_name(self) -> &'static str {
        let name = self.0.as_str();
        match name.strip_suffix(".json") {
            Some(path) => path.rsplit(['/', '\\']).next().unwrap_or(path),
            None => name,
        }
    }

    /// Whether it is a specification file.
    pub fn is_spec_file(self) -> bool {
        self.0.ends_with(".json")
    }
}

impl fmt::Display for CompileTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short_name())
    }
}
