//! A dependency of a fixture package, as data.

/// Which of the three dependency tables a dependency stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DepKind {
    /// `[dependencies]`
    #[default]
    Normal,
    /// `[dev-dependencies]`
    Dev,
    /// `[build-dependencies]`
    Build,
}

impl DepKind {
    pub(crate) fn index_name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Dev => "dev",
            Self::Build => "build",
        }
    }

    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Normal => "dependencies",
            Self::Dev => "dev-dependencies",
            Self::Build => "build-dependencies",
        }
    }
}

/// One dependency; made by the `*dep` methods of [`crate::PackageBuilder`] and refined in `dep_with`.
#[derive(Clone, Debug)]
pub struct Dep {
    pub(crate) package: String,
    pub(crate) rename: Option<String>,
    pub(crate) req: String,
    pub(crate) kind: DepKind,
    pub(crate) target: Option<String>,
    pub(crate) features: Vec<String>,
    pub(crate) optional: bool,
    pub(crate) default_features: bool,
    pub(crate) registry: Option<String>,
}

impl Dep {
    /// A plain `[dependencies]` entry.
    #[must_use]
    pub fn new(package: &str, req: &str) -> Self {
        Self {
            package: package.into(),
            rename: None,
            req: req.into(),
            kind: DepKind::Normal,
            target: None,
            features: Vec::new(),
            optional: false,
            default_features: true,
            registry: None,
        }
    }

    /// Puts it into another table.
    #[must_use]
    pub fn kind(mut self, kind: DepKind) -> Self {
        self.kind = kind;
        self
    }

    /// Makes it a `[dev-dependencies]` entry.
    #[must_use]
    pub fn dev(self) -> Self {
        self.kind(DepKind::Dev)
    }

    /// Makes it a `[build-dependencies]` entry.
    #[must_use]
    pub fn build(self) -> Self {
        self.kind(DepKind::Build)
    }

    /// Restricts it to a triple or a `cfg(..)`.
    #[must_use]
    pub fn target(mut self, target: &str) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Enables features of the dependency.
    #[must_use]
    pub fn features<'a>(mut self, features: impl IntoIterator<Item = &'a str>) -> Self {
        self.features.extend(features.into_iter().map(String::from));
        self
    }

    /// Makes it optional.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// `default-features = false`.
    #[must_use]
    pub fn no_default(mut self) -> Self {
        self.default_features = false;
        self
    }

    /// Gives it another name in the dependent (`alias = { package = ".." }`).
    #[must_use]
    pub fn rename(mut self, alias: &str) -> Self {
        self.rename = Some(alias.into());
        self
    }

    /// Takes it from another registry, named by its index URL ([`crate::SparseServer::index_url`]).
    #[must_use]
    pub fn registry(mut self, index_url: &str) -> Self {
        self.registry = Some(index_url.into());
        self
    }

    /// The name by which the dependent knows it.
    pub(crate) fn name_in_manifest(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.package)
    }
}
