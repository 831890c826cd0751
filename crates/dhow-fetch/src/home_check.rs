//! Whether everything that came from registries is in the home as it was published, and how to mend what is not.

use std::path::Path;

use dhow_formats::index_cache::{IndexCache, IndexCacheError};
use dhow_formats::index_entry::checksum;
use dhow_formats::registry_config::RegistryConfig;
use dhow_formats::source_manifest::SourceManifest;
use dhow_fs::{FileKind, FsError};
use dhow_home::{CargoHome, Checked, CollectGuard, Depth, RegistryHome, check_sources, is_complete};
use dhow_model::Checksum;
use semver::Version;

use crate::archive::{ArchiveError, Opened};
use crate::download::Content;
use crate::error::FetchError;
use crate::finding::{Finding, Inspected, Remedy};
use crate::verify::read_checked;

/// What has to be there of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The checksum of its archive, by a lock file. It counts alone.
    pub checksum: Option<Checksum>,
    /// Its sources too, and not only its archive.
    pub sources: bool,
}

/// Looks at the archive and the sources of one package, by the name of its directory. Unless a lock file knows better, its
/// checksum is what the index says, or what was noted.
///
/// # Errors
/// Something cannot be read.
pub fn inspect_package(
    registry: &RegistryHome,
    package: &str,
    needed: Option<Needed>,
) -> Result<Inspected, FetchError> {
    let mut found = Inspected::default();
    let (archive, sources) = (registry.archive_of(package), registry.sources_of(package));
    let locked = needed.and_then(|needed| needed.checksum);
    let published = locked.or_else(|| published_checksum(registry, package));
    let kept = registry.manifest(package);
    let known = published.or(kept.as_ref().map(|manifest| Checksum(manifest.archive)));
    let scripted = kept.as_ref().map(|kept| kept.scripted.clone()).unwrap_or_default();
    let noted = kept.filter(|manifest| known.is_none_or(|known| known.0 == manifest.archive));
    let kind = dhow_fs::lstat(&archive)?.map(|stat| stat.kind);
    let mut word = noted.map(Word::Noted);
    match kind {
        Some(FileKind::File) => {
            found.files += 1;
            match Word::of_archive(&archive, package, known) {
                Ok(good) => word = Some(good),
                Err(reason) => found.add(archive, reason, Remedy::Remove),
            }
        }
        Some(_) => found.add(archive, "is not a regular file", Remedy::Remove),
        None if needed.is_some() => found.add(archive, "is missing", Remedy::Bring),
        None => {}
    }
    let has_good_archive = kind.is_some() && found.findings.is_empty();
    let remedy = match has_good_archive {
        true => Remedy::Unpack { registry: Box::new(registry.clone()), package: package.to_owned() },
        false => Remedy::Remove,
    };
    let Some(stat) = dhow_fs::lstat(&sources)? else {
        if needed.is_some_and(|needed| needed.sources) {
            found.add(sources, "is missing", remedy);
        }
        return Ok(found);
    };
    if !stat.is_dir() {
        found.add(sources, "is not a directory", remedy);
        return Ok(found);
    }
    if !is_complete(&sources)? {
        found.add(sources, "is not complete: it has no valid `.cargo-ok`", remedy);
        return Ok(found);
    }
    let Some(mut word) = word else {
        if kind.is_some() || needed.is_some() {
            // What it was unpacked from is not what was published.
            found.add(sources, "cannot be verified without its archive", remedy);
        } else {
            found.unknown += 1;
        }
        return Ok(found);
    };
    word.manifest_mut().scripted = scripted;
    found.files += word.manifest_mut().files.len() as u64;
    for difference in word.check(&sources)?.differences {
        let (what, path) = (difference.describe(), difference.path);
        match &remedy {
            Remedy::Unpack { .. } => found.add(sources.join(path), what, remedy.clone()),
            _ => found.add(
                sources.clone(),
                format!("is not what was unpacked: `{}` {what}", path.display()),
                Remedy::Remove,
            ),
        }
    }
    Ok(found)
}

/// What says how the sources of a package have to be.
enum Word {
    /// Its archive.
    Archive(Opened),
    /// What was noted when it was unpacked, or hashes of what is in an archive that is too large to be held.
    Noted(SourceManifest),
}

impl Word {
    /// The word of an archive, if it is good. The error ends a sentence that begins with its path.
    fn of_archive(archive: &Path, package: &str, checksum: Option<Checksum>) -> Result<Self, String> {
        let (content, actual) = read_checked(archive, checksum)?;
        let cannot = |error: ArchiveError| format!("cannot be unpacked: {error}");
        if let Content::Memory(bytes) = &content
            && let Some(opened) = Opened::new(bytes, actual, package).map_err(cannot)?
        {
            return Ok(Self::Archive(opened));
        }
        Ok(Self::Noted(content.list(package).map_err(cannot)?.into_manifest(actual)))
    }

    fn manifest_mut(&mut self) -> &mut SourceManifest {
        match self {
            Self::Archive(opened) => opened.manifest_mut(),
            Self::Noted(manifest) => manifest,
        }
    }

    fn check(&self, sources: &Path) -> Result<Checked, FsError> {
        match self {
            Self::Archive(opened) => opened.check(sources),
            Self::Noted(manifest) => check_sources(sources, manifest, Depth::Content),
        }
    }
}

/// Looks at what is known of a registry's index.
///
/// # Errors
/// Something cannot be read.
pub fn inspect_index(registry: &RegistryHome) -> Result<Inspected, FetchError> {
    let mut found = Inspected::default();
    for path in registry.index_files()? {
        found.files += 1;
        // Files of older and newer versions of Cargo are made anew when they are needed.
        if let Err(IndexCacheError::Damaged) = IndexCache::parse(&dhow_fs::read(&path)?) {
            found.add(path, "is a damaged copy of an index file", Remedy::Remove);
        }
    }
    let config = registry.index_config();
    if let Some(bytes) = dhow_fs::read_optional(&config)? {
        found.files += 1;
        if RegistryConfig::parse(&bytes).is_err() {
            found.add(config, "is not a registry's `config.json`", Remedy::Remove);
        }
    }
    Ok(found)
}

/// What the index says of a package, if it is in the home.
fn published_checksum(registry: &RegistryHome, package: &str) -> Option<Checksum> {
    let dashes = package.match_indices('-').map(|(at, _)| at);
    dashes.into_iter().find_map(|at| {
        let (name, version) = (&package[..at], &package[at + 1..]);
        Version::parse(version).ok()?;
        let bytes = dhow_fs::read_optional(&registry.index_file(name)).ok()??;
        let cache = IndexCache::parse(&bytes).ok()?;
        let line = cache.lines.iter().find(|(listed, _)| *listed == version)?.1;
        checksum(line)
    })
}

/// Mends what was found. A package is unpacked again once, whatever number of its files differ.
///
/// # Errors
/// Something cannot be removed or unpacked.
pub fn repair(home: &CargoHome, guard: &CollectGuard<'_>, findings: &[Finding]) -> Result<(), FetchError> {
    let mut done: Vec<(&Path, &str)> = Vec::new();
    for finding in findings {
        match &finding.remedy {
            Remedy::Bring => {}
            Remedy::Remove => guard.remove(&finding.path)?,
            Remedy::RemoveAbove(dir) => guard.remove(dir)?,
            Remedy::Unpack { registry, package } => {
                if !done.contains(&(registry.src(), package)) {
                    unpack_again(home, guard, registry, package)?;
                    done.push((registry.src(), package));
                }
            }
        }
    }
    Ok(())
}

fn unpack_again(
    home: &CargoHome,
    guard: &CollectGuard<'_>,
    registry: &RegistryHome,
    package: &str,
) -> Result<(), FetchError> {
    let archive = registry.archive_of(package);
    let content = Content::of_file(&archive)?;
    let checksum = content.checksum()?;
    let part = registry.repair_part(package);
    dhow_fs::remove_dir_all(&part)?;
    dhow_fs::create_dir_all(&part)?;
    let bad = |error: ArchiveError| FetchError::BadSource(format!("`{}`: {error}", archive.display()));
    let inventory = content.unpack(package, &part).map_err(bad)?;
    guard.replace_sources(registry, package)?;
    let mut manifest = inventory.into_manifest(checksum);
    // The script will do it again.
    manifest.scripted = registry.manifest(package).map(|kept| kept.scripted).unwrap_or_default();
    // Made again when it is needed and is not there.
    drop(registry.write_manifest(home, package, &manifest));
    Ok(())
}
