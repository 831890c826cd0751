//! What a package tells a resolver about itself.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use cargo_util_schemas::manifest::RustVersion;

use crate::dependency::Dependency;
use crate::feature::FeatureValue;
use crate::interned::InternedString;
use crate::package_id::PackageId;

/// Features by name, each with what it turns on. Optional dependencies that no `dep:` names have their
/// implicit feature here.
pub type FeatureMap = BTreeMap<InternedString, Vec<FeatureValue>>;

/// SHA-256 of a `.crate` file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum(pub [u8; 32]);

impl FromStr for Checksum {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return Err(());
        }
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok()).ok_or(());
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(out))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({self})")
    }
}

/// A package as the resolver sees it: identity, dependencies, features. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Summary(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    id: PackageId,
    dependencies: Vec<Dependency>,
    features: FeatureMap,
    links: Option<InternedString>,
    rust_version: Option<RustVersion>,
    checksum: Option<Checksum>,
    yanked: bool,
}

impl Summary {
    /// A summary. `features` is the table as declared; the implicit features of optional dependencies are added
    /// here, unless some feature names the dependency with `dep:`.
    pub fn new(id: PackageId, dependencies: Vec<Dependency>, mut features: FeatureMap) -> Self {
        add_implicit_features(&dependencies, &mut features);
        Self(Arc::new(Inner {
            id,
            dependencies,
            features,
            links: None,
            rust_version: None,
            checksum: None,
            yanked: false,
        }))
    }

    fn set(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// With the native library that it alone may link.
    #[must_use]
    pub fn with_links(self, links: Option<InternedString>) -> Self {
        self.set(|s| s.links = links)
    }

    /// With the oldest Rust that it says it builds with.
    #[must_use]
    pub fn with_rust_version(self, rust_version: Option<RustVersion>) -> Self {
        self.set(|s| s.rust_version = rust_version)
    }

    /// With the checksum of its archive.
    #[must_use]
    pub fn with_checksum(self, checksum: Option<Checksum>) -> Self {
        self.set(|s| s.checksum = checksum)
    }

    /// Yanked or not.
    #[must_use]
    pub fn with_yanked(self, yanked: bool) -> Self {
        self.set(|s| s.yanked = yanked)
    }

    /// Under another identity (a pinned git commit, a patch).
    #[must_use]
    pub fn with_id(self, id: PackageId) -> Self {
        self.set(|s| s.id = id)
    }

    /// With each dependency replaced.
    #[must_use]
    pub fn map_dependencies(self, change: impl FnMut(Dependency) -> Dependency) -> Self {
        self.set(|s| s.dependencies = std::mem::take(&mut s.dependencies).into_iter().map(change).collect())
    }

    /// Identity.
    pub fn id(&self) -> PackageId {
        self.0.id
    }

    /// What it asks for, all kinds, in the order of declaration (manifests: sorted by name within a table).
    pub fn dependencies(&self) -> &[Dependency] {
        &self.0.dependencies
    }

    /// What it offers, implicit features included.
    pub fn features(&self) -> &FeatureMap {
        &self.0.features
    }

    /// The native library that it alone may link.
    pub fn links(&self) -> Option<InternedString> {
        self.0.links
    }

    /// The oldest Rust that it says it builds with.
    pub fn rust_version(&self) -> Option<&RustVersion> {
        self.0.rust_version.as_ref()
    }

    /// SHA-256 of its archive, if it comes from a registry.
    pub fn checksum(&self) -> Option<Checksum> {
        self.0.checksum
    }

    /// Withdrawn by its authors: chosen only where a lock file has it already.
    pub fn is_yanked(&self) -> bool {
        self.0.yanked
    }
}

fn add_implicit_features(dependencies: &[Dependency], features: &mut FeatureMap) {
    let optional = dependencies.iter().filter(|d| d.is_optional());
    for dep_name in optional.map(Dependency::name_in_toml) {
        let named = |values: &Vec<FeatureValue>| values.contains(&FeatureValue::Dep { dep_name });
        if features.contains_key(&dep_name) || features.values().any(named) {
            continue;
        }
        features.insert(dep_name, vec![FeatureValue::Dep { dep_name }]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SourceId;

    fn optional(name: &str) -> Dependency {
        Dependency::new(name, SourceId::crates_io()).with_optional(true)
    }

    #[test]
    fn an_optional_dependency_is_a_feature_unless_dep_names_it() {
        let id = PackageId::new("a", semver::Version::new(1, 0, 0), SourceId::crates_io());
        let features = FeatureMap::from([("net".into(), vec![FeatureValue::parse("dep:hidden")])]);
        let summary = Summary::new(id, vec![optional("shown"), optional("hidden")], features);
        let names: Vec<_> = summary.features().keys().map(|k| k.as_str()).collect();
        assert_eq!(names, ["net", "shown"]);
    }

    #[test]
    fn checksums_read_what_they_print() {
        let text = "00ff".repeat(16);
        assert_eq!(text.parse::<Checksum>().expect("hex").to_string(), text);
        assert!("00f".parse::<Checksum>().is_err());
        assert!("zz".repeat(32).parse::<Checksum>().is_err());
    }
}
