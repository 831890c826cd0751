//! Which table of dependencies: its kind, and the platform that it is for.

use std::fmt;

use dhow_model::DepKind;

/// A table of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyTable {
    kind: DepKind,
    target: Option<String>,
}

impl DependencyTable {
    /// The table of that kind for all platforms.
    pub fn new(kind: DepKind) -> Self {
        Self { kind, target: None }
    }

    /// The table of the same kind for one platform: a triple or `cfg(…)`.
    #[must_use]
    pub fn for_target(self, target: impl Into<String>) -> Self {
        Self { target: Some(target.into()), ..self }
    }

    /// Those that hold for all platforms, in Cargo's order.
    pub(super) fn of_all_platforms() -> [Self; 3] {
        [DepKind::Normal, DepKind::Development, DepKind::Build].map(Self::new)
    }

    /// What its dependencies are for.
    pub fn kind(&self) -> DepKind {
        self.kind
    }

    /// The platform that it is for, if it is not for all.
    pub fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// Its last key.
    pub fn name(&self) -> &'static str {
        match self.kind {
            DepKind::Normal => "dependencies",
            DepKind::Development => "dev-dependencies",
            DepKind::Build => "build-dependencies",
        }
    }

    /// The way to it from the root of a manifest.
    pub fn keys(&self) -> Vec<&str> {
        match &self.target {
            Some(target) => vec!["target", target, self.name()],
            None => vec![self.name()],
        }
    }
}

impl fmt::Display for DependencyTable {
    /// As status lines name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Some(target) => write!(f, "{} for target `{target}`", self.name()),
            None => f.write_str(self.name()),
        }
    }
}
