//! What a hub has to hold.

use std::collections::{BTreeMap, BTreeSet};

use dhow_fetch::Wanted;
use dhow_formats::lockfile::Lockfile;
use dhow_model::{Checksum, PackageId, SourceId};
use dhow_resolve::Resolve;

/// What a hub has to hold, no more and no less: worked out from the lock file, the platforms that were asked for, and
/// whether dev-dependencies are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// All packages of registries that the lock file names, with the checksums of their archives: the index has their
    /// entries and no others. Without those that only other platforms need, Cargo could not make the graph out.
    pub listed: BTreeMap<PackageId, Option<Checksum>>,
    /// Those of them that are compiled: their archives and sources are there.
    pub unpacked: BTreeSet<PackageId>,
    /// All git sources that the lock file names, pinned to their commits. Their manifests are needed to make the graph
    /// out, whoever is compiled.
    pub repositories: BTreeSet<SourceId>,
}

impl Contents {
    /// For what a lock file says, of which `compiled` is what is compiled.
    pub fn new(resolve: &Resolve, compiled: &BTreeSet<PackageId>) -> Self {
        // Cargo looks for patches that nothing uses, too.
        let all = || resolve.iter().chain(resolve.unused_patches().iter().copied());
        let of_registries = || all().filter(|id| id.source().is_registry());
        Self {
            listed: of_registries().map(|id| (id, resolve.checksum(id))).collect(),
            unpacked: of_registries().filter(|id| compiled.contains(id)).collect(),
            repositories: all().map(PackageId::source).filter(|source| source.is_git()).collect(),
        }
    }

    /// The packages whose archives and sources it has to hold, with their checksums.
    pub fn wanted(&self) -> Vec<Wanted> {
        let wanted = |id: &PackageId| Wanted { id: *id, checksum: self.listed.get(id).copied().flatten() };
        self.unpacked.iter().map(wanted).collect()
    }

    /// All that a lock file names, without saying what is compiled. The error is a sentence.
    ///
    /// # Errors
    /// It names what is none: a version, a source, a checksum.
    pub fn of_lock(lock: &Lockfile) -> Result<Self, String> {
        let mut contents = Self::default();
        for package in &lock.packages {
            let Some(source) = &package.source else { continue };
            let of = |error: &dyn std::fmt::Display| format!("`{}`: {error}", package.name);
            let source_id = SourceId::parse(source).map_err(|error| of(&error))?;
            if source_id.is_git() {
                contents.repositories.insert(source_id);
                continue;
            }
            let version = package.version.parse().map_err(|error: semver::Error| of(&error))?;
            // Version 1 has them elsewhere.
            let key = format!("checksum {} {} ({source})", package.name, package.version);
            let checksum = package.checksum.as_ref().or_else(|| lock.metadata.get(&key));
            let checksum = checksum.map(String::as_str).filter(|text| *text != "<none>");
            let checksum = checksum.map(str::parse::<Checksum>).transpose();
            let checksum = checksum.map_err(|()| of(&"its checksum is none"))?;
            contents.listed.insert(PackageId::new(&package.name, version, source_id), checksum);
        }
        Ok(contents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_formats::lockfile::Lockfile;

    #[test]
    fn all_is_listed_and_what_is_compiled_is_unpacked() {
        let lock = "version = 4\n\n\
            [[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\"a\", \"b\", \"g\"]\n\n\
            [[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\
            source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\n\
            [[package]]\nname = \"b\"\nversion = \"2.0.0\"\n\
            source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\n\
            [[package]]\nname = \"g\"\nversion = \"3.0.0\"\n\
            source = \"git+https://example.com/g#0123456789012345678901234567890123456789\"\n";
        let lock = Lockfile::parse(lock).expect("parses");
        let app = PackageId::new(
            "app",
            semver::Version::new(0, 1, 0),
            SourceId::for_path(std::path::Path::new("/app")).expect("a path"),
        );
        let resolve = Resolve::from_lock(&lock, std::iter::once(app)).expect("resolves");
        let compiled = resolve.iter().filter(|id| ["app", "a", "g"].contains(&id.name().as_str())).collect();
        let contents = Contents::new(&resolve, &compiled);
        let names = |ids: Vec<&PackageId>| ids.iter().map(|id| id.name().to_string()).collect::<Vec<_>>();
        assert_eq!(names(contents.listed.keys().collect()), ["a", "b"]);
        assert_eq!(names(contents.unpacked.iter().collect()), ["a"]);
        assert_eq!(contents.repositories.len(), 1);
    }
}
