//! Text of a lock file to [`Lockfile`].

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::{LockDependency, LockPackage, LockVersion, Lockfile};

/// Text that is not a lock file.
#[derive(Debug, thiserror::Error)]
pub enum LockfileError {
    /// Not TOML, or not with these keys; the text shows the line.
    #[error("this is no lock file: {0}")]
    Toml(Box<toml::de::Error>),
    /// A version that this program does not know.
    #[error("lock file version {0} is not one that this program reads (up to 4); a newer program may")]
    Version(u32),
    /// One package stands in it twice, as after a bad merge.
    #[error("package `{name}` version {version} stands in the lock file twice; keep one of the entries")]
    Twice {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    },
    /// A dependency that is not `name version (source)`.
    #[error(
        "package `{package}` of the lock file lists `{text}`, which is not a dependency \
         (expected `name`, `name version` or `name version (source)`)"
    )]
    Dependency {
        /// The package that lists it.
        package: String,
        /// What it lists.
        text: String,
    },
}

impl Lockfile {
    /// Reads the text of a lock file. Line ends may be those of Windows.
    ///
    /// # Errors
    /// The text is not a lock file, or of a version not known yet.
    pub fn parse(text: &str) -> Result<Self, LockfileError> {
        let file: File = toml::from_str(text).map_err(|e| LockfileError::Toml(Box::new(e)))?;
        let packages: Vec<_> =
            file.root.into_iter().chain(file.package).map(package).collect::<Result<_, _>>()?;
        let mut seen = HashSet::new();
        if let Some(twice) = packages.iter().find(|p| !seen.insert((&p.name, &p.version, &p.source))) {
            return Err(LockfileError::Twice { name: twice.name.clone(), version: twice.version.clone() });
        }
        let version = match file.version {
            None => infer_version(&packages, text),
            Some(3) => LockVersion::V3,
            Some(4) => LockVersion::V4,
            Some(other) => return Err(LockfileError::Version(other)),
        };
        Ok(Self {
            version,
            packages,
            metadata: file.metadata,
            unused_patches: file.patch.unused.into_iter().map(package).collect::<Result<_, _>>()?,
        })
    }
}

/// Versions 1 and 2 carry no number. Checksums beside packages and shortened ids came with version 2; and a file
/// with a single package and without version 1's blank line at the end is of version 2 too.
fn infer_version(packages: &[LockPackage], text: &str) -> LockVersion {
    let mut sources: HashMap<(&str, &str), Vec<bool>> = HashMap::new();
    for package in packages {
        sources.entry((&package.name, &package.version)).or_default().push(package.source.is_some());
    }
    let shortened = |dep: &LockDependency| match (&dep.version, &dep.source) {
        (None, _) => true,
        (Some(version), None) => {
            sources.get(&(dep.name.as_str(), version.as_str())).is_some_and(|s| s.as_slice() == [true])
        }
        (Some(_), Some(_)) => false,
    };
    let is_v2 = packages
        .iter()
        .any(|package| package.checksum.is_some() || package.dependencies.iter().flatten().any(&shortened));
    let ends_in_blank_line = text.ends_with("\n\n") || text.ends_with("\r\n\r\n");
    if is_v2 || (packages.len() == 1 && text.ends_with('\n') && !ends_in_blank_line) {
        LockVersion::V2
    } else {
        LockVersion::V1
    }
}

#[derive(Deserialize)]
struct File {
    version: Option<u32>,
    #[serde(default)]
    package: Vec<Package>,
    root: Option<Package>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    patch: Patch,
}

#[derive(Default, Deserialize)]
struct Patch {
    #[serde(default)]
    unused: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    dependencies: Option<Vec<String>>,
    replace: Option<String>,
}

fn package(raw: Package) -> Result<LockPackage, LockfileError> {
    let dependency = |text: String| {
        text.parse::<LockDependency>()
            .map_err(|()| LockfileError::Dependency { package: raw.name.clone(), text })
    };
    let dependencies =
        raw.dependencies.map(|list| list.into_iter().map(dependency).collect::<Result<Vec<_>, _>>());
    Ok(LockPackage {
        dependencies: dependencies.transpose()?,
        replace: raw.replace.map(dependency).transpose()?,
        name: raw.name,
        version: raw.version,
        source: raw.source,
        checksum: raw.checksum,
    })
}
