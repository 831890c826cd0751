//! Between [`Resolve`] and the lock file: shortened ids, checksums in two places, and when a file is left alone.

use std::collections::{BTreeMap, HashMap};

use dhow_formats::lockfile::{LockDependency, LockPackage, Lockfile};
use dhow_model::{
    Checksum, GitReference, InternedString, PackageId, PartialVersion, SourceId, SourceIdError,
};
use semver::Version;

use crate::graph::{Resolve, ResolveVersion};

/// A lock file that says what cannot be.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// A version that is none.
    #[error("the lock file gives `{name}` the version `{version}`: {source}")]
    Version {
        /// The package.
        name: String,
        /// What should be its version.
        version: String,
        /// What is wrong with it.
        source: semver::Error,
    },
    /// A source that is none.
    #[error("the lock file gives `{name}` a source that is none")]
    Source {
        /// The package.
        name: String,
        /// What is wrong with it.
        #[source]
        source: SourceIdError,
    },
    /// A checksum that is none.
    #[error("the lock file gives `{name}` the checksum `{text}`, which is not 64 hexadecimal digits")]
    Checksum {
        /// The package.
        name: String,
        /// What should be its checksum.
        text: String,
    },
}

/// What to do with the lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockUpdate {
    /// It says the same already.
    Keep,
    /// This is to be written.
    Write(String),
}

/// The encoding of a new lock file: the newest that the oldest Rust among the members can read.
pub fn version_for_rust(lowest: Option<&PartialVersion>) -> ResolveVersion {
    let Some(lowest) = lowest else {
        return ResolveVersion::default();
    };
    match (lowest.major, lowest.minor.unwrap_or(0)) {
        (1, ..41) => ResolveVersion::V1,
        (1, 41..53) => ResolveVersion::V2,
        (1, 53..83) => ResolveVersion::V3,
        _ => ResolveVersion::V4,
    }
}

impl Resolve {
    /// As a lock file has it. Path packages have no source there: `path_ids` are those that exist (members, and path
    /// dependencies of members). What the lock file names and nobody knows any more is left out.
    ///
    /// # Errors
    /// A version, source or checksum that is none.
    pub fn from_lock(
        lock: &Lockfile,
        path_ids: impl IntoIterator<Item = PackageId>,
    ) -> Result<Self, LockError> {
        let mut paths: HashMap<InternedString, BTreeMap<&'static Version, SourceId>> = HashMap::new();
        for id in path_ids {
            paths.entry(id.name()).or_default().insert(id.version(), id.source());
        }
        let mut reader = Reader { paths, by_name: HashMap::new(), sources: HashMap::new() };
        let mut resolve = Self { version: lock.version, ..Self::default() };
        let mut found = Vec::with_capacity(lock.packages.len());
        for package in &lock.packages {
            if let Some(id) = reader.id(package)? {
                if let Some(text) = &package.checksum {
                    resolve.checksums.insert(id, Some(checksum(&package.name, text)?));
                }
                reader.by_name.entry(id.name()).or_default().push(id);
                found.push((id, package));
            }
        }
        for (id, package) in &found {
            let mut deps: Vec<_> = package.dependencies.iter().flatten().collect();
            deps.dedup();
            let mut to = Vec::with_capacity(deps.len());
            for dep in deps {
                to.extend(reader.refers_to(dep)?.map(|id| (id, Vec::new())));
            }
            to.sort();
            resolve.graph.insert(*id, to);
            if let Some(by) = &package.replace
                && let Some(by) = reader.refers_to(by)?
            {
                resolve.replacements.insert(*id, by);
            }
        }
        for (key, value) in &lock.metadata {
            let Some(package) = key.strip_prefix("checksum ") else {
                resolve.lock_metadata.insert(key.clone(), value.clone());
                continue;
            };
            // Both kinds of checksums in one file come from a bad merge: they are made anew.
            if resolve.version > ResolveVersion::V1 {
                resolve.checksums.clear();
                continue;
            }
            let Ok(package) = package.parse::<LockDependency>() else { continue };
            if let Some(id) = reader.refers_to(&package)? {
                let checksum = (value != "<none>").then(|| checksum(&package.name, value)).transpose()?;
                resolve.checksums.insert(id, checksum);
            }
        }
        for package in &lock.unused_patches {
            resolve.unused_patches.extend(reader.id(package)?);
        }
        Ok(resolve)
    }

    /// As a lock file has it.
    pub fn to_lock(&self) -> Lockfile {
        let short = Shortener::new(self);
        let source = |id: PackageId| match (id.source().is_path(), self.version) {
            (true, _) => None,
            (false, ResolveVersion::V4) => Some(id.source().lock_string()),
            (false, _) => Some(id.source().lock_string_unencoded()),
        };
        let package = |id: PackageId| LockPackage {
            name: id.name().to_string(),
            version: id.version().to_string(),
            source: source(id),
            checksum: match self.version {
                ResolveVersion::V1 => None,
                _ => self.checksum(id).map(|checksum| checksum.to_string()),
            },
            dependencies: None,
            replace: None,
        };
        let packages = self.iter().map(|id| match self.replacement(id) {
            Some(by) => LockPackage { replace: Some(short.refer_to(by)), ..package(id) },
            None => {
                let refer = |(to, _): (PackageId, _)| (short.refer_to(to), to.source());
                let mut deps: Vec<_> = self.deps_not_replaced(id).map(refer).collect();
                // Versions are compared as text here, sources as sources.
                deps.sort_by(|(a, a_source), (b, b_source)| {
                    (&a.name, &a.version).cmp(&(&b.name, &b.version)).then(a_source.cmp(b_source))
                });
                let deps = deps.into_iter().map(|(dep, _)| dep).collect();
                LockPackage { dependencies: Some(deps), ..package(id) }
            }
        });
        let mut metadata = self.lock_metadata.clone();
        if self.version == ResolveVersion::V1 {
            for id in self.iter().filter(|id| !id.source().is_path()) {
                let checksum = self.checksum(id).map_or("<none>".to_owned(), |c| c.to_string());
                metadata.insert(format!("checksum {}", short.refer_to(id)), checksum);
            }
        }
        Lockfile {
            version: self.version,
            packages: packages.collect(),
            metadata,
            unused_patches: self.unused_patches.iter().map(|id| package(*id)).collect(),
        }
    }

    /// What the lock file should say, given what it says now. One that says the same is left alone, in its encoding
    /// and with its line ends; one that must change is brought to the encoding of new files, if that is newer.
    pub fn update_lock(
        &self,
        current: Option<&str>,
        lowest_rust_version: Option<&PartialVersion>,
    ) -> LockUpdate {
        if let Some(current) = current
            && self.to_lock().to_text(Some(current)).lines().eq(current.lines())
        {
            return LockUpdate::Keep;
        }
        let newest = version_for_rust(lowest_rust_version);
        let text = match self.version < newest {
            true => Self { version: newest, ..self.clone() }.to_lock().to_text(current),
            false => self.to_lock().to_text(current),
        };
        LockUpdate::Write(text)
    }
}

fn checksum(name: &str, text: &str) -> Result<Checksum, LockError> {
    text.parse().map_err(|()| LockError::Checksum { name: name.to_owned(), text: text.to_owned() })
}

/// Finds the packages that a lock file means.
struct Reader {
    paths: HashMap<InternedString, BTreeMap<&'static Version, SourceId>>,
    by_name: HashMap<InternedString, Vec<PackageId>>,
    /// Sources by their text: there are few, and parsing takes time.
    sources: HashMap<String, SourceId>,
}

impl Reader {
    fn source(&mut self, name: &str, text: &str) -> Result<SourceId, LockError> {
        if let Some(known) = self.sources.get(text) {
            return Ok(*known);
        }
        let source =
            SourceId::parse(text).map_err(|source| LockError::Source { name: name.to_owned(), source })?;
        self.sources.insert(text.to_owned(), source);
        Ok(source)
    }

    fn id(&mut self, package: &LockPackage) -> Result<Option<PackageId>, LockError> {
        let name = InternedString::new(&package.name);
        let version: Version = package.version.parse().map_err(|source| LockError::Version {
            name: package.name.clone(),
            version: package.version.clone(),
            source,
        })?;
        let source = match (&package.source, self.paths.get(&name)) {
            (Some(text), _) => Some(self.source(&package.name, text)?),
            (None, None) => None,
            // A member whose version was changed is still the same member.
            (None, Some(one)) if one.len() == 1 => one.values().next().copied(),
            (None, Some(several)) => several.get(&version).copied(),
        };
        Ok(source.map(|source| PackageId::new(name, version, source)))
    }

    /// The package that a shortened id means; nothing if it is not in the file, or not clear (after a bad merge).
    fn refers_to(&mut self, dep: &LockDependency) -> Result<Option<PackageId>, LockError> {
        let source = match &dep.source {
            Some(text) => Some(self.source(&dep.name, text)?),
            None => None,
        };
        let known = self.by_name.get(dep.name.as_str()).map_or(&[][..], Vec::as_slice);
        let same_version = |id: &&PackageId| match &dep.version {
            Some(version) => id.version().to_string() == *version,
            None => true,
        };
        let fits: Vec<PackageId> = known.iter().filter(same_version).copied().collect();
        if dep.version.is_none() && fits.iter().any(|id| id.version() != fits[0].version()) {
            return Ok(None);
        }
        if let Some(source) = source {
            let unpinned = |id: &PackageId| id.source() == source || id.source().with_precise(None) == source;
            return Ok(fits.iter().copied().find(unpinned));
        }
        let paths: Vec<PackageId> = fits.iter().copied().filter(|id| id.source().is_path()).collect();
        Ok(match (paths.as_slice(), fits.as_slice()) {
            ([path], _) => Some(*path),
            ([], [one]) => Some(*one),
            _ => None,
        })
    }
}

/// Writes ids as short as they are clear.
struct Shortener {
    version: ResolveVersion,
    counts: HashMap<InternedString, BTreeMap<&'static Version, usize>>,
}

impl Shortener {
    fn new(resolve: &Resolve) -> Self {
        let mut counts: HashMap<_, BTreeMap<_, usize>> = HashMap::new();
        for id in resolve.iter() {
            *counts.entry(id.name()).or_default().entry(id.version()).or_default() += 1;
        }
        Self { version: resolve.version, counts }
    }

    fn refer_to(&self, id: PackageId) -> LockDependency {
        let versions = self.counts.get(&id.name());
        let alone = |versions: &BTreeMap<_, usize>| versions.get(id.version()) == Some(&1);
        let (mut with_version, mut with_source) = (true, !id.source().is_path());
        if self.version > ResolveVersion::V1 && versions.is_some_and(alone) {
            with_source = false;
            with_version = versions.is_some_and(|versions| versions.len() > 1);
        }
        LockDependency {
            name: id.name().to_string(),
            version: with_version.then(|| id.version().to_string()),
            source: with_source.then(|| self.source(id.source())),
        }
    }

    fn source(&self, source: SourceId) -> String {
        let mut source = source.with_precise(None);
        // Versions 1 and 2 did not tell `branch = "master"` from no branch.
        if self.version <= ResolveVersion::V2
            && source.git_reference() == Some(&GitReference::Branch("master".to_owned()))
        {
            source = SourceId::for_git(source.url().clone(), GitReference::DefaultBranch);
        }
        match self.version {
            ResolveVersion::V4 => source.lock_string(),
            _ => source.lock_string_unencoded(),
        }
    }
}
