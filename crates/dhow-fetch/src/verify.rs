//! Whether the sources of a package are still what its archive says: by the manifest that unpacking left, or, where there
//! is none, by the archive itself.

use std::path::Path;

use dhow_formats::source_manifest::SourceManifest;
use dhow_home::{Depth, Difference, check_sources, check_working_tree, note_working_tree, package_dir};
use dhow_model::Checksum;

use crate::download::{Content, Wanted};
use crate::error::FetchError;
use crate::git::inspect_checkout;
use crate::index::Kind;
use crate::registries::Registries;

impl Registries {
    /// Holds the files of a package against what was unpacked, or vendored: every file of a vendored package is read.
    /// What is checked out of a git repository passes.
    ///
    /// With [`Depth::Stat`] this otherwise costs a stat for each file; a package that nobody can vouch for passes. With
    /// [`Depth::Content`] every file is read, and such a package does not pass.
    ///
    /// # Errors
    /// Something differs, or cannot be read.
    pub fn check_sources(&self, package: Wanted, depth: Depth) -> Result<(), FetchError> {
        let Wanted { id, checksum } = package;
        if self.settings.sources.resolve(id.source())?.source.is_git() {
            return Ok(());
        }
        let registry = self.registry(id.source())?;
        let archive = match &registry.kind {
            Kind::Directory(directory) => return directory.verify(id),
            Kind::Local(local) => local.archive(id),
            Kind::Sparse(_) | Kind::Git(_) => registry.home.archive(id),
        };
        let (place, dir) = (&registry.home, package_dir(id));
        let fits = |manifest: &SourceManifest| checksum.is_none_or(|checksum| checksum.0 == manifest.archive);
        let (manifest, is_new) = match place.manifest(&dir).filter(fits) {
            Some(manifest) => (manifest, false),
            None => match read_archive(&archive, &dir, checksum) {
                Ok(manifest) => (manifest, true),
                Err(_) if depth == Depth::Stat => return Ok(()),
                Err(reason) => return Err(FetchError::NotVerifiable { id, archive, reason }),
            },
        };
        let root = place.sources(id);
        let checked = check_sources(&root, &manifest, depth)?;
        if !checked.differences.is_empty() {
            return Err(FetchError::SourcesChanged { id, root, differences: checked.differences });
        }
        if let Some(manifest) = checked.refreshed.or(is_new.then_some(manifest)) {
            // It only makes the next time quicker; the home may be read-only.
            drop(place.write_manifest(self.home(), &dir, &manifest));
        }
        Ok(())
    }
}

impl Registries {
    /// Holds a working tree of the home against its commit: with [`Depth::Stat`] by what was noted when it was found to
    /// be right, with [`Depth::Content`] by the commit itself.
    ///
    /// # Errors
    /// Something differs, or git cannot be run.
    pub fn check_checkout(&self, root: &Path, commit: &str, depth: Depth) -> Result<(), FetchError> {
        let mut hash = [0; 32];
        let bytes = hex::decode(commit).unwrap_or_default();
        hash.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        let changed = |what| FetchError::CheckoutChanged { root: root.to_owned(), what };
        let noted = self.home().checkout_manifest(root).filter(|noted| noted.archive == hash);
        if let Some(noted) = noted.filter(|_| depth == Depth::Stat) {
            let checked = check_working_tree(root, &noted, depth)?;
            if let Some(manifest) = checked.refreshed {
                drop(self.home().write_checkout_manifest(root, &manifest));
            }
            let line = |found: &Difference| {
                format!("`{}` {}", root.join(&found.path).display(), found.change.describe())
            };
            let lines: Vec<String> = checked.differences.iter().map(line).collect();
            return if lines.is_empty() { Ok(()) } else { Err(changed(lines)) };
        }
        let found = inspect_checkout(self.git(), root)?.findings;
        if !found.is_empty() {
            let lines = found.iter().map(|found| format!("`{}` {}", found.path.display(), found.what));
            return Err(changed(lines.collect()));
        }
        // It only makes the next time quicker; the home may be read-only.
        drop(self.home().write_checkout_manifest(root, &note_working_tree(root, hash)?));
        Ok(())
    }
}

/// What the files of an archive are. The error ends a sentence that begins with its path.
pub(crate) fn read_archive(
    archive: &Path,
    dir: &str,
    checksum: Option<Checksum>,
) -> Result<SourceManifest, String> {
    match dhow_fs::stat(archive) {
        Ok(Some(_)) => {}
        Ok(None) => return Err("is missing".to_owned()),
        Err(error) => return Err(format!("cannot be read ({})", error.source)),
    }
    let cannot = |error: &dyn std::fmt::Display| format!("cannot be read ({error})");
    let content = Content::of_file(archive).map_err(|error| cannot(&error))?;
    let actual = content.checksum().map_err(|error| cannot(&error))?;
    if let Some(expected) = checksum.filter(|expected| *expected != actual) {
        return Err(format!(
            "is not the one that was published: its SHA-256 is {actual}, expected {expected}"
        ));
    }
    let inventory = content.list(dir).map_err(|error| format!("cannot be unpacked: {error}"))?;
    Ok(inventory.into_manifest(actual))
}
