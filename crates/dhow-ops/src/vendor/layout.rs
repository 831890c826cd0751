//! The names of directories of vendored packages: `foo`, or `foo-1.2.3` where there are several.

use std::collections::{BTreeMap, BTreeSet};

use dhow_model::{InternedString, PackageId};
use semver::Version;

use crate::vendor_problem::VendorProblem;

/// The file that makes a directory a vendored package.
pub(super) const CHECKSUMS: &str = dhow_formats::registry_checksums::FILE_NAME;

/// Which package lies where.
pub(super) struct Layout {
    names: BTreeMap<PackageId, (String, bool)>,
    all: BTreeSet<String>,
}

impl Layout {
    /// The newest version of a package has its plain name, unless all are to have their version in it.
    pub(super) fn new(ids: impl Iterator<Item = PackageId>, versioned: bool) -> Result<Self, VendorProblem> {
        let mut versions: BTreeMap<InternedString, BTreeMap<&Version, PackageId>> = BTreeMap::new();
        for id in ids {
            if let Some(other) = versions.entry(id.name()).or_default().insert(id.version(), id) {
                let (first, second) = (other.source(), id.source());
                return Err(VendorProblem { name: id.name(), version: id.version().clone(), first, second });
            }
        }
        let mut names = BTreeMap::new();
        for of_one_name in versions.values() {
            let newest = of_one_name.values().next_back();
            for id in of_one_name.values() {
                let has_version = versioned || Some(id) != newest;
                let name = match has_version {
                    true => format!("{}-{}", id.name(), id.version()),
                    false => id.name().to_string(),
                };
                names.insert(*id, (name, has_version));
            }
        }
        let all = names.values().map(|(name, _)| name.clone()).collect();
        Ok(Self { names, all })
    }

    /// The directory of a package of this layout.
    pub(super) fn name(&self, id: PackageId) -> &str {
        self.names.get(&id).map_or("", |(name, _)| name)
    }

    /// Whether the directory's name says which version it is.
    pub(super) fn has_version(&self, id: PackageId) -> bool {
        self.names.get(&id).is_some_and(|(_, has_version)| *has_version)
    }

    /// Whether there is a package in the directory of that name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.all.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_model::SourceId;

    fn id(name: &str, version: &str, source: &str) -> PackageId {
        PackageId::new(name, version.parse().expect("a version"), SourceId::parse(source).expect("a source"))
    }

    const HERE: &str = "registry+https://example.com/here";

    #[test]
    fn the_newest_has_the_plain_name() {
        let ids = [id("a", "1.2.0", HERE), id("a", "1.10.0", HERE), id("b", "1.0.0", HERE)];
        let names = |versioned| {
            let layout = Layout::new(ids.into_iter(), versioned).expect("fits");
            ids.map(|id| layout.name(id).to_owned())
        };
        assert_eq!(names(false), ["a-1.2.0", "a", "b"]);
        assert_eq!(names(true), ["a-1.2.0", "a-1.10.0", "b-1.0.0"]);
    }

    #[test]
    fn one_release_of_two_sources_does_not_fit() {
        let ids = [id("a", "1.0.0", HERE), id("a", "1.0.0", "registry+https://example.com/there")];
        let error = Layout::new(ids.into_iter(), true).err().expect("does not fit");
        assert!(
            error.to_string().contains("example.com/here") && error.to_string().contains("example.com/there")
        );
    }
}
