//! What a package asks for: one line of a `[dependencies]` table, or of an index entry.

use std::fmt;
use std::sync::Arc;

use cargo_platform::Platform;
use semver::{Version, VersionReq};

use crate::interned::InternedString;
use crate::package_id::PackageId;
use crate::source_id::SourceId;

/// What a dependency is needed for. The order is Cargo's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DepKind {
    /// `[dependencies]`
    Normal,
    /// `[dev-dependencies]`
    Development,
    /// `[build-dependencies]`
    Build,
}

impl DepKind {
    /// The word in index entries and metadata; a normal dependency has none in metadata (`null`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Development => "dev",
            Self::Build => "build",
        }
    }
}

/// A requirement on another package. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dependency(Arc<Inner>);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Inner {
    name: InternedString,
    source: SourceId,
    /// The alternative registry that a user named (by the URL of its index), as published crates record it.
    registry: Option<SourceId>,
    req: ReqText,
    kind: DepKind,
    rename: Option<InternedString>,
    optional: bool,
    default_features: bool,
    features: Vec<InternedString>,
    platform: Option<Platform>,
    public: bool,
    req_was_given: bool,
}

/// `VersionReq` has no order of its own; its text gives one.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ReqText(VersionReq);

impl PartialOrd for ReqText {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ReqText {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.to_string().cmp(&other.0.to_string())
    }
}

impl Dependency {
    /// A normal, unconditional dependency on any version of `name` with its default features.
    pub fn new(name: impl Into<InternedString>, source: SourceId) -> Self {
        Self(Arc::new(Inner {
            name: name.into(),
            source,
            registry: None,
            req: ReqText(VersionReq::STAR),
            kind: DepKind::Normal,
            rename: None,
            optional: false,
            default_features: true,
            features: Vec::new(),
            platform: None,
            public: false,
            req_was_given: false,
        }))
    }

    fn set(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// With this version requirement.
    #[must_use]
    pub fn with_req(self, req: VersionReq) -> Self {
        self.set(|d| {
            d.req = ReqText(req);
            d.req_was_given = true;
        })
    }

    /// Of this kind.
    #[must_use]
    pub fn with_kind(self, kind: DepKind) -> Self {
        self.set(|d| d.kind = kind)
    }

    /// From another source (replacement, patches).
    #[must_use]
    pub fn with_source(self, source: SourceId) -> Self {
        self.set(|d| d.source = source)
    }

    /// With the alternative registry that its declaration names.
    #[must_use]
    pub fn with_registry(self, registry: Option<SourceId>) -> Self {
        self.set(|d| d.registry = registry)
    }

    /// Known to its package under another name: `rename = { package = "name" }`.
    #[must_use]
    pub fn with_rename(self, rename: Option<InternedString>) -> Self {
        self.set(|d| d.rename = rename)
    }

    /// Optional or not.
    #[must_use]
    pub fn with_optional(self, optional: bool) -> Self {
        self.set(|d| d.optional = optional)
    }

    /// With or without the default features of what it names.
    #[must_use]
    pub fn with_default_features(self, default_features: bool) -> Self {
        self.set(|d| d.default_features = default_features)
    }

    /// With these features of what it names.
    #[must_use]
    pub fn with_features(self, features: Vec<InternedString>) -> Self {
        self.set(|d| d.features = features)
    }

    /// Only on this platform.
    #[must_use]
    pub fn with_platform(self, platform: Option<Platform>) -> Self {
        self.set(|d| d.platform = platform)
    }

    /// Part of its package's public interface (unstable in Cargo; recorded).
    #[must_use]
    pub fn with_public(self, public: bool) -> Self {
        self.set(|d| d.public = public)
    }

    /// The name of the package it asks for.
    pub fn package_name(&self) -> InternedString {
        self.0.name
    }

    /// The name under which its package knows it: the key in the manifest, and what features refer to.
    pub fn name_in_toml(&self) -> InternedString {
        self.0.rename.unwrap_or(self.0.name)
    }

    /// The other name, if it has one.
    pub fn rename(&self) -> Option<InternedString> {
        self.0.rename
    }

    /// Where it comes from.
    pub fn source(&self) -> SourceId {
        self.0.source
    }

    /// The alternative registry that its declaration names.
    pub fn registry(&self) -> Option<SourceId> {
        self.0.registry
    }

    /// Acceptable versions.
    pub fn req(&self) -> &VersionReq {
        &self.0.req.0
    }

    /// Whether the declaration states a requirement (a path dependency may not).
    pub fn req_was_given(&self) -> bool {
        self.0.req_was_given
    }

    /// What it is needed for.
    pub fn kind(&self) -> DepKind {
        self.0.kind
    }

    /// Only if a feature turns it on.
    pub fn is_optional(&self) -> bool {
        self.0.optional
    }

    /// Whether the default features of what it names are wanted.
    pub fn default_features(&self) -> bool {
        self.0.default_features
    }

    /// Which features of what it names are wanted.
    pub fn features(&self) -> &[InternedString] {
        &self.0.features
    }

    /// The platform it is restricted to.
    pub fn platform(&self) -> Option<&Platform> {
        self.0.platform.as_ref()
    }

    /// Public dependency.
    pub fn is_public(&self) -> bool {
        self.0.public
    }

    /// Kept for packages that depend on this one: dev-dependencies are not.
    pub fn is_transitive(&self) -> bool {
        self.0.kind != DepKind::Development
    }

    /// Whether `version` is acceptable.
    pub fn matches_version(&self, version: &Version) -> bool {
        self.0.req.0.matches(version)
    }

    /// Whether `id` satisfies name, source and requirement.
    pub fn matches_id(&self, id: PackageId) -> bool {
        self.0.name == id.name()
            && self.0.source == id.source().with_precise(self.0.source.precise())
            && self.matches_version(id.version())
    }
}

impl fmt::Debug for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Dependency({} {} {} {:?})",
            self.name_in_toml(),
            self.req(),
            self.kind().as_str(),
            self.source()
        )
    }
}
