//! Whether the sources of a package are still what its archive says: by the manifest that unpacking left, or, where there
//! is none, by the archive itself.

use std::path::{Path, PathBuf};

use dhow_formats::source_manifest::SourceManifest;
use dhow_home::{
    Depth, Difference, SourceChange, check_sources, check_working_tree, note_working_tree, package_dir,
};
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
    /// With [`Depth::Stat`] this otherwise costs a stat for each file; a package that nobody can vouch for passes, and so
    /// does what its build script was seen to write. If it has one, files that were added pass too and are returned: a
    /// script that another program ran may have left them. With [`Depth::Content`] every file is read, and none of that
    /// passes.
    ///
    /// # Errors
    /// Something differs, or cannot be read.
    pub fn check_sources(
        &self,
        package: Wanted,
        has_script: bool,
        depth: Depth,
    ) -> Result<Vec<PathBuf>, FetchError> {
        let Wanted { id, checksum } = package;
        if self.settings.sources.resolve(id.source())?.source.is_git() {
            return Ok(Vec::new());
        }
        let registry = self.registry(id.source())?;
        let archive = match &registry.kind {
            Kind::Directory(directory) => return directory.verify(id).map(|()| Vec::new()),
            Kind::Local(local) => local.archive(id),
            Kind::Sparse(_) | Kind::Git(_) => registry.home.archive(id),
        };
        let (place, dir) = (&registry.home, package_dir(id));
        let (manifest, is_new) = match place.manifest(&dir).filter(|manifest| fits(manifest, checksum)) {
            Some(manifest) => (manifest, false),
            None => match read_archive(&archive, &dir, checksum) {
                Ok(manifest) => (manifest, true),
                Err(_) if depth == Depth::Stat => return Ok(Vec::new()),
                Err(reason) => return Err(FetchError::NotVerifiable { id, archive, reason }),
            },
        };
        let root = place.sources(id);
        let mut checked = check_sources(&root, &manifest, depth)?;
        let mut added = Vec::new();
        if depth == Depth::Stat {
            added = tolerate(&mut checked.differences, has_script);
        }
        if !checked.differences.is_empty() {
            let mut differences = checked.differences;
            // Only the first are shown.
            differences.sort_by_key(|found| found.change == SourceChange::Added);
            return Err(FetchError::SourcesChanged { id, root, differences, has_script });
        }
        if let Some(manifest) = checked.refreshed.or(is_new.then_some(manifest)) {
            // It only makes the next time quicker; the home may be read-only.
            drop(place.write_manifest(self.home(), &dir, &manifest));
        }
        Ok(added)
    }

    /// The build script of a package has run: what differs now, but for what was `added` before, is its work.
    ///
    /// # Errors
    /// Something cannot be looked at, or not be written.
    pub fn note_script(&self, package: Wanted, added: &[PathBuf]) -> Result<(), FetchError> {
        let Wanted { id, checksum } = package;
        if self.settings.sources.resolve(id.source())?.source.is_git() {
            return Ok(());
        }
        let registry = self.registry(id.source())?;
        if matches!(registry.kind, Kind::Directory(_)) {
            return Ok(());
        }
        let (place, dir) = (&registry.home, package_dir(id));
        let kept = place.manifest(&dir).filter(|manifest| fits(manifest, checksum));
        let Some(mut manifest) = kept else { return Ok(()) };
        let found = check_sources(&place.sources(id), &manifest, Depth::Stat)?.differences;
        if note_differences(&mut manifest, found, added) {
            place.write_manifest(self.home(), &dir, &manifest)?;
        }
        Ok(())
    }
}

impl Registries {
    /// Holds a working tree of the home against its commit: with [`Depth::Stat`] by what was noted when it was found to
    /// be right, with [`Depth::Content`] by the commit itself. What passes besides is as for packages of registries; a
    /// working tree has many packages, so it counts as having a build script.
    ///
    /// # Errors
    /// Something differs, or git cannot be run.
    pub fn check_checkout(
        &self,
        root: &Path,
        commit: &str,
        depth: Depth,
    ) -> Result<Vec<PathBuf>, FetchError> {
        let changed = |what| FetchError::CheckoutChanged { root: root.to_owned(), what };
        let noted = self.noted_checkout(root, commit);
        if let Some(noted) = noted.as_ref().filter(|_| depth == Depth::Stat) {
            let mut checked = check_working_tree(root, noted, depth)?;
            let added = tolerate(&mut checked.differences, true);
            if let Some(manifest) = checked.refreshed {
                drop(self.home().write_checkout_manifest(root, &manifest));
            }
            let line =
                |found: &Difference| format!("`{}` {}", root.join(&found.path).display(), found.describe());
            let lines: Vec<String> = checked.differences.iter().map(line).collect();
            return if lines.is_empty() { Ok(added) } else { Err(changed(lines)) };
        }
        let mut found = inspect_checkout(self.git(), root, noted.as_ref())?.findings;
        let mut added = Vec::new();
        if depth == Depth::Stat {
            let extra = found.extract_if(.., |found| found.change == Some(SourceChange::Added));
            added = extra.filter_map(|found| Some(found.path.strip_prefix(root).ok()?.to_owned())).collect();
        }
        if !found.is_empty() {
            found.sort_by_key(|found| found.change == Some(SourceChange::Added));
            let lines = found.iter().map(|found| format!("`{}` {}", found.path.display(), found.what));
            return Err(changed(lines.collect()));
        }
        let mut manifest = note_working_tree(root, commit_bytes(commit))?;
        manifest.files.retain(|file| !added.contains(&file.path));
        manifest.scripted = noted.map(|noted| noted.scripted).unwrap_or_default();
        // It only makes the next time quicker; the home may be read-only.
        drop(self.home().write_checkout_manifest(root, &manifest));
        Ok(added)
    }

    /// As [`Registries::note_script`], for a package in a working tree.
    ///
    /// # Errors
    /// Something cannot be looked at, or not be written.
    pub fn note_script_in_checkout(
        &self,
        root: &Path,
        commit: &str,
        added: &[PathBuf],
    ) -> Result<(), FetchError> {
        let Some(mut manifest) = self.noted_checkout(root, commit) else { return Ok(()) };
        let found = check_working_tree(root, &manifest, Depth::Stat)?.differences;
        if note_differences(&mut manifest, found, added) {
            self.home().write_checkout_manifest(root, &manifest)?;
        }
        Ok(())
    }

    fn noted_checkout(&self, root: &Path, commit: &str) -> Option<SourceManifest> {
        self.home().checkout_manifest(root).filter(|noted| noted.archive == commit_bytes(commit))
    }
}

pub(crate) fn fits(manifest: &SourceManifest, checksum: Option<Checksum>) -> bool {
    checksum.is_none_or(|checksum| checksum.0 == manifest.archive)
}

fn commit_bytes(commit: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    let bytes = hex::decode(commit).unwrap_or_default();
    hash.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    hash
}

/// Leaves only what nobody expects. Gives what was added, by whomever, and passes.
fn tolerate(differences: &mut Vec<Difference>, has_script: bool) -> Vec<PathBuf> {
    differences.retain(|found| !found.scripted);
    let added = differences.extract_if(.., |found| has_script && found.change == SourceChange::Added);
    added.map(|found| found.path).collect()
}

/// Whether there was anything to note.
fn note_differences(manifest: &mut SourceManifest, found: Vec<Difference>, added: &[PathBuf]) -> bool {
    let new = found.into_iter().filter(|found| !found.scripted && !added.contains(&found.path));
    let before = manifest.scripted.len();
    manifest.add_scripted(new.map(|found| found.path));
    manifest.scripted.len() > before
}

/// What the files of an archive are. The error ends a sentence that begins with its path.
pub(crate) fn read_archive(
    archive: &Path,
    dir: &str,
    checksum: Option<Checksum>,
) -> Result<SourceManifest, String> {
    let (content, actual) = read_checked(archive, checksum)?;
    let inventory = content.list(dir).map_err(|error| format!("cannot be unpacked: {error}"))?;
    Ok(inventory.into_manifest(actual))
}

/// The bytes of an archive with that checksum. The error ends a sentence that begins with its path.
pub(crate) fn read_checked(
    archive: &Path,
    checksum: Option<Checksum>,
) -> Result<(Content, Checksum), String> {
    match dhow_fs::stat(archive) {
        Ok(Some(_)) => {}
        Ok(None) => return Err("is missing".to_owned()),
        Err(error) => return Err(format!("cannot be read ({})", error.source)),
    }
    let cannot = |error: FetchError| format!("cannot be read ({error})");
    let content = Content::of_file(archive).map_err(cannot)?;
    let actual = content.checksum().map_err(cannot)?;
    match checksum.filter(|expected| *expected != actual) {
        Some(expected) => {
            Err(format!("is not the one that was published: its SHA-256 is {actual}, expected {expected}"))
        }
        None => Ok((content, actual)),
    }
}
