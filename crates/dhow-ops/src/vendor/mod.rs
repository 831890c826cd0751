//! `vendor`: the sources of all dependencies in one directory, with their checksums.

mod layout;
mod staging;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dhow_fetch::{Registries, Wanted};
use dhow_formats::vendor_config::{GitSource, VendorConfig};
use dhow_fs::FileKind;
use dhow_home::CargoHome;
use dhow_model::{GitReference, PackageId, SourceId};
use dhow_resolve::Resolve;

use crate::error::Error;
use crate::session::Session;
use crate::sources::Sources;
use crate::workspaces::{self, Care};
use crate::{network, packages, resolution};
use layout::Layout;
use staging::Staging;

/// What to vendor, and where.
#[derive(Clone, Debug)]
pub struct VendorOptions {
    /// The directory, as typed.
    pub directory: PathBuf,
    /// `--versioned-dirs`
    pub versioned_dirs: bool,
    /// `--no-delete`
    pub no_delete: bool,
    /// `--sync`: manifests of other workspaces.
    pub sync: Vec<PathBuf>,
    /// `--respect-source-config`
    pub respect_source_config: bool,
}

/// A package that belongs into the directory.
#[derive(Clone, Debug)]
struct Item {
    wanted: Wanted,
    /// Where its sources are in the home.
    sources: PathBuf,
    /// Of a package in a git repository: its manifest without the workspace around it.
    manifest: Option<String>,
}

/// Everything that is vendored, and what lies in the directory and must stay.
#[derive(Default)]
struct Collected {
    items: BTreeMap<PackageId, Item>,
    /// Path dependencies, which may be in the directory.
    own: BTreeSet<PathBuf>,
}

/// Copies the sources of all dependencies into a directory. Gives back the lines of configuration that make use of it;
/// nothing if there is nothing to vendor.
///
/// Packages are prepared beside the directory's content and put into their places at the end, one step for each: who is
/// killed leaves what was there, or what will be.
///
/// # Errors
/// There is no solution, something cannot be downloaded, or two packages would lie in one place.
pub fn vendor(session: &Session<'_>, options: &VendorOptions) -> Result<Option<String>, Error> {
    let session = &session.without_hub();
    let plain;
    let session = &match options.respect_source_config {
        true => *session,
        // Straight to the sources: what configuration puts in their place may be the very directory that is filled.
        false => {
            plain = session.config.without_sources();
            Session { config: &plain, ..*session }
        }
    };
    let collected = collect(session, options)?;
    let layout = Layout::new(collected.items.keys().copied(), options.versioned_dirs)?;
    let directory = session.cwd().join(&options.directory);
    let is_there = dhow_fs::stat(&directory)?.is_some();
    if collected.items.is_empty() && !is_there {
        return Ok(None);
    }
    dhow_fs::create_dir_all(&directory)?;
    let directory = if is_there { dhow_fs::canonicalize(&directory) } else { directory };
    let shown = if is_there { directory.clone() } else { options.directory.clone() };
    let missing = missing(&collected, &layout, &directory)?;
    let stale = match options.no_delete {
        true => Vec::new(),
        false => stale(&directory, &layout, &collected.own)?,
    };
    let home = CargoHome::new(session.config.home());
    let registries = Registries::new(
        home,
        network::settings(session, network::Replaced::ByConfiguration)?,
        network::vendored_summary(),
    );
    let mut staging = Staging::new(&directory)?;
    let tell = |item: &Item| {
        let id = item.wanted.id;
        let place = shown.join(layout.name(id));
        session.status("Vendoring", format!("{id} ({}) to {}", item.sources.display(), place.display()));
    };
    staging.prepare(&registries, &missing, &tell)?;
    staging.put_in_place(&missing, &layout)?;
    for path in stale {
        dhow_fs::remove_dir_all(&path)?;
    }
    config(&collected, &options.directory)
}

/// The packages of all workspaces, downloaded.
fn collect(session: &Session<'_>, options: &VendorOptions) -> Result<Collected, Error> {
    let mut collected = Collected::default();
    let own = session.manifest_path.map(Path::to_owned);
    for manifest in options.sync.iter().cloned().map(Some).chain([own]) {
        let session = &Session { manifest_path: manifest.as_deref(), ..*session };
        workspaces::open(session, Care::Lenient, |workspace, sources| {
            let resolve = resolution::resolve(session, workspace, sources, Default::default())?;
            collect_from(session, sources, &resolve, &mut collected)
        })?;
    }
    Ok(collected)
}

fn collect_from(
    session: &Session<'_>,
    sources: &Sources<'_>,
    resolve: &Resolve,
    collected: &mut Collected,
) -> Result<(), Error> {
    let ids: BTreeSet<PackageId> = resolve.iter().collect();
    for (id, package) in packages::load(session, sources, resolve, &ids)? {
        if id.source().is_path() {
            collected.own.insert(dhow_fs::canonicalize(package.root()));
            continue;
        }
        let wanted = Wanted { id, checksum: resolve.checksum(id) };
        let manifest = match id.source().is_git() && sources.git_packages(id.source())?.is_some() {
            true => {
                let toml = sources.loader().written_out(&package)?;
                Some(dhow_formats::manifest::generated(&toml).map_err(|e| Error::Json(e.to_string()))?)
            }
            false => None,
        };
        collected.items.insert(id, Item { wanted, sources: package.root().to_owned(), manifest });
    }
    Ok(())
}

/// Those that have to be copied. Releases of registries do not change, so one in a directory that has its version in its
/// name is as it should be.
fn missing<'c>(collected: &'c Collected, layout: &Layout, directory: &Path) -> Result<Vec<&'c Item>, Error> {
    let mut missing = Vec::new();
    for (id, item) in &collected.items {
        let sums = directory.join(layout.name(*id)).join(layout::CHECKSUMS);
        let is_done = layout.has_version(*id) && id.source().is_registry() && dhow_fs::stat(&sums)?.is_some();
        if !is_done {
            missing.push(item);
        }
    }
    Ok(missing)
}

/// What lies in the directory and does not belong there any more. Hidden files are somebody else's.
fn stale(directory: &Path, layout: &Layout, own: &BTreeSet<PathBuf>) -> Result<Vec<PathBuf>, Error> {
    let mut stale = Vec::new();
    for entry in dhow_fs::list_dir(directory)? {
        let name = entry.file_name.to_str();
        let belongs = name.is_some_and(|name| name.starts_with('.') || layout.contains(name));
        let is_own = entry.kind == FileKind::Dir && own.contains(&entry.path);
        if !belongs && !is_own {
            stale.push(entry.path);
        }
    }
    Ok(stale)
}

/// The lines of configuration.
fn config(collected: &Collected, directory: &Path) -> Result<Option<String>, Error> {
    let mut config = VendorConfig::default();
    let sources: BTreeSet<SourceId> =
        collected.items.keys().map(|id| id.source().with_precise(None)).collect();
    for source in sources {
        let (name, url) = (source.lock_string(), source.url().to_string());
        match source.git_reference() {
            _ if source.is_crates_io() => config.registry(dhow_model::CRATES_IO_REGISTRY, None),
            None => config.registry(&name, Some(&url)),
            Some(reference) => {
                let mut git = GitSource { url, ..GitSource::default() };
                match reference {
                    GitReference::Branch(branch) => git.branch = Some(branch.clone()),
                    GitReference::Tag(tag) => git.tag = Some(tag.clone()),
                    GitReference::Rev(rev) => git.rev = Some(rev.clone()),
                    GitReference::DefaultBranch => {}
                }
                config.git(&name, git);
            }
        }
    }
    config.to_toml(&directory.to_string_lossy()).map_err(|error| Error::Json(error.to_string()))
}
