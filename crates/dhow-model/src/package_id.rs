//! Name, version and source: what tells one package from every other.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{LazyLock, Mutex, PoisonError};

use cargo_util_schemas::core::PackageIdSpec;
use semver::Version;

use crate::interned::InternedString;
use crate::source_id::SourceId;

static PACKAGES: LazyLock<Mutex<HashSet<&'static Inner>>> = LazyLock::new(Mutex::default);

/// One version of one package from one source. Interned: copied and compared as a pointer.
#[derive(Clone, Copy)]
pub struct PackageId(&'static Inner);

#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Inner {
    name: InternedString,
    version: Version,
    source: SourceId,
}

impl PackageId {
    /// The identity of `name` `version` from `source`.
    pub fn new(name: impl Into<InternedString>, version: Version, source: SourceId) -> Self {
        let inner = Inner { name: name.into(), version, source };
        let mut packages = PACKAGES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = packages.get(&inner) {
            return Self(known);
        }
        let kept: &'static Inner = Box::leak(Box::new(inner));
        packages.insert(kept);
        Self(kept)
    }

    /// The package's name.
    pub fn name(self) -> InternedString {
        self.0.name
    }

    /// Its version.
    pub fn version(self) -> &'static Version {
        &self.0.version
    }

    /// Where it comes from.
    pub fn source(self) -> SourceId {
        self.0.source
    }

    /// Where it is kept, for maps that only need to tell packages apart: equal ids have equal addresses.
    pub fn address(self) -> usize {
        std::ptr::from_ref(self.0).addr()
    }

    /// The same package from a source that pins (or no longer pins) its commit.
    pub fn with_source(self, source: SourceId) -> Self {
        Self::new(self.name(), self.version().clone(), source)
    }

    /// The fully qualified package ID specification, as `cargo pkgid` prints it and JSON messages carry it.
    pub fn to_spec(self) -> PackageIdSpec {
        use cargo_util_schemas::core::PartialVersion;
        let source = self.source();
        PackageIdSpec::new(self.name().to_string())
            .with_version(PartialVersion::from(self.version().clone()))
            .with_url(source.url().clone())
            .with_kind(source.kind().clone())
    }
}

/// Whether `spec`, as a user wrote it, names `id`: what it leaves open matches everything.
pub fn spec_matches(spec: &PackageIdSpec, id: PackageId) -> bool {
    if spec.name() != id.name().as_str() {
        return false;
    }
    if let Some(version) = spec.partial_version()
        && !version.matches(id.version())
    {
        return false;
    }
    if let Some(url) = spec.url()
        && url != id.source().url()
    {
        return false;
    }
    match spec.kind() {
        Some(kind) => kind == id.source().kind(),
        None => true,
    }
}

impl PartialEq for PackageId {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for PackageId {}

impl PartialOrd for PackageId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PackageId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(other.0)
    }
}

impl Hash for PackageId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Display for PackageId {
    /// `name v1.2.3`, with the source behind it unless that is crates.io.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{}", self.name(), self.version())?;
        let source = self.source();
        if source.is_crates_io() { Ok(()) } else { write!(f, " ({source})") }
    }
}

impl fmt::Debug for PackageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackageId({} {} {})", self.name(), self.version(), self.source().lock_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str, version: &str) -> PackageId {
        PackageId::new(name, version.parse().expect("a version"), SourceId::crates_io())
    }

    #[test]
    fn ids_compare_by_name_then_version() {
        assert_eq!(id("a", "1.0.0"), id("a", "1.0.0"));
        assert_ne!(id("a", "1.0.0"), id("a", "1.0.1"));
        assert!(id("a", "9.0.0") < id("b", "1.0.0"));
        assert!(id("a", "1.2.0") < id("a", "1.10.0"));
    }

    #[test]
    fn pinned_commits_make_different_packages() {
        let git = SourceId::parse("git+https://example.com/r").expect("parses");
        let a = PackageId::new("a", Version::new(1, 0, 0), git.with_precise(Some("aa")));
        let b = PackageId::new("a", Version::new(1, 0, 0), git.with_precise(Some("bb")));
        assert_ne!(a, b);
    }

    #[test]
    fn specs_match_what_they_leave_open() {
        let matches =
            |spec: &str| spec_matches(&PackageIdSpec::parse(spec).expect("a spec"), id("a", "1.2.3"));
        assert!(matches("a"));
        assert!(matches("a@1.2"));
        assert!(matches("a@1.2.3"));
        assert!(matches("https://github.com/rust-lang/crates.io-index#a@1.2.3"));
        assert!(!matches("a@1.3"));
        assert!(!matches("b"));
        assert_eq!(
            id("a", "1.2.3").to_spec().to_string(),
            "registry+https://github.com/rust-lang/crates.io-index#a@1.2.3"
        );
    }
}
