//! Whether everything that came from registries is in the home as it was published, and how to mend what is not.

use std::path::Path;

use dhow_formats::index_cache::{IndexCache, IndexCacheError};
use dhow_formats::index_entry::checksum;
use dhow_formats::registry_config::RegistryConfig;
use dhow_home::{CargoHome, CollectGuard, Depth, RegistryHome, check_sources, is_complete};
use dhow_model::Checksum;
use semver::Version;

use crate::download::Content;
use crate::error::FetchError;
use crate::finding::{Finding, Inspected, Remedy};
use crate::verify::read_archive;

/// Looks at the archive and the sources of one package, by the name of its directory.
///
/// # Errors
/// Something cannot be read.
pub fn inspect_package(registry: &RegistryHome, package: &str) -> Result<Inspected, FetchError> {
    let mut found = Inspected::default();
    let (archive, sources) = (registry.archive_of(package), registry.sources_of(package));
    let published = published_checksum(registry, package);
    let kept = registry.manifest(package);
    let known = published.or(kept.as_ref().map(|manifest| Checksum(manifest.archive)));
    let mut manifest = kept.filter(|manifest| known.is_none_or(|known| known.0 == manifest.archive));
    let has_archive = dhow_fs::lstat(&archive)?.is_some();
    let mut is_good = false;
    if has_archive {
        found.files += 1;
        match read_archive(&archive, package, known) {
            Ok(listed) => {
                manifest = Some(listed);
                is_good = true;
            }
            Err(reason) => found.add(archive, reason, Remedy::Remove),
        }
    }
    if dhow_fs::lstat(&sources)?.is_none() {
        return Ok(found);
    }
    let remedy = match is_good {
        true => Remedy::Unpack { registry: Box::new(registry.clone()), package: package.to_owned() },
        false => Remedy::Remove,
    };
    if !is_complete(&sources)? {
        found.add(sources, "is not complete: it has no valid `.cargo-ok`", remedy);
        return Ok(found);
    }
    let Some(mut manifest) = manifest else {
        if has_archive {
            // What it was unpacked from is not what was published.
            found.add(sources, "cannot be verified without its archive", remedy);
        } else {
            found.unknown += 1;
        }
        return Ok(found);
    };
    found.files += manifest.files.len() as u64;
    if let Some(kept) = registry.manifest(package) {
        manifest.scripted = kept.scripted;
    }
    for difference in check_sources(&sources, &manifest, Depth::Content)?.differences {
        let (what, path) = (difference.describe(), difference.path);
        match &remedy {
            Remedy::Remove => found.add(
                sources.clone(),
                format!("is not what was unpacked: `{}` {what}", path.display()),
                Remedy::Remove,
            ),
            unpack => found.add(sources.join(path), what, unpack.clone()),
        }
    }
    Ok(found)
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
    let bad = |error: crate::archive::ArchiveError| {
        FetchError::BadSource(format!("`{}`: {error}", archive.display()))
    };
    let inventory = content.unpack(package, &part).map_err(bad)?;
    guard.replace_sources(registry, package)?;
    let mut manifest = inventory.into_manifest(checksum);
    // The script will do it again.
    manifest.scripted = registry.manifest(package).map(|kept| kept.scripted).unwrap_or_default();
    // Made again when it is needed and is not there.
    drop(registry.write_manifest(home, package, &manifest));
    Ok(())
}
