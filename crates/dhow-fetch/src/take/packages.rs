//! Packages: archives, held against their checksums before they are taken, and unpacked sources, held against archives.
//! Both come as clones or further names of the same files where the file system can do that.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use dhow_formats::cargo_ok;
use dhow_fs::{FileKind, FsError, Linked, Sharing};
use dhow_home::{Depth, RegistryHome, check_sources, package_dir};
use dhow_model::{PackageId, SourceId};

use crate::download::{Claim, Content, Wanted};
use crate::error::FetchError;
use crate::index::{Kind, Registry};
use crate::registries::Registries;
use crate::verify::{fits, read_archive};

/// What became of a package that was to be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Took {
    /// It was there already, or this home is not where it belongs.
    Nothing,
    /// It was taken over.
    Package,
    /// The other home does not have it, or not as it was published.
    Lacking,
}

impl Registries {
    /// Whether this home keeps packages of that one's source, and lacks its archive or its sources.
    ///
    /// # Errors
    /// Configuration is wrong, or the home cannot be searched.
    pub fn lacks_package(&self, id: PackageId) -> Result<bool, FetchError> {
        let registry = self.registry(id.source())?;
        let place = &registry.home;
        Ok(registry.kind.is_remote() && !(place.has_archive(id)? && place.has_sources(id)?))
    }

    /// Whether the home has a package's archive, or keeps none of its source.
    ///
    /// # Errors
    /// As [`Self::lacks_package`].
    pub fn has_archive(&self, id: PackageId) -> Result<bool, FetchError> {
        let registry = self.registry(id.source())?;
        Ok(!registry.kind.is_remote() || registry.home.has_archive(id)?)
    }

    /// Makes the directories for these packages.
    ///
    /// # Errors
    /// The home cannot be written to.
    pub fn prepare_packages(&self, wanted: &[Wanted]) -> Result<(), FetchError> {
        let sources: BTreeSet<SourceId> = wanted.iter().map(|wanted| wanted.id.source()).collect();
        let guard = self.home.lock_downloads(&|_| {})?;
        for source in sources {
            if let Some(place) = self.place_of(source)? {
                guard.prepare(&place)?;
            }
        }
        Ok(())
    }

    /// Takes a package over from another home, sources included if it has them.
    ///
    /// # Errors
    /// A home cannot be read or written to, or the other one has the package in a form that cannot be taken.
    pub fn take_package(&self, from: &Self, sharing: &Sharing, wanted: Wanted) -> Result<Took, FetchError> {
        let id = wanted.id;
        if !self.lacks_package(id)? {
            return Ok(Took::Nothing);
        }
        let (ours, theirs) = (self.registry(id.source())?, from.registry(id.source())?);
        let place = &ours.home;
        let claim = Claim::take(place, id, &|_| {})?;
        if !place.has_archive(id)? {
            let Some(archive) = good_archive(&theirs, wanted)? else { return Ok(Took::Lacking) };
            self.take_archive(&claim, place, id, &archive)?;
        }
        if !place.has_sources(id)? && theirs.home.has_sources(id)? {
            self.take_sources(place, &theirs.home, sharing, wanted)?;
        }
        Ok(Took::Package)
    }

    /// A clone, else a further name of the same file, else a copy.
    fn take_archive(
        &self,
        claim: &Claim,
        place: &RegistryHome,
        id: PackageId,
        archive: &Path,
    ) -> Result<(), FetchError> {
        let temporary = place.archive_taken(id);
        dhow_fs::remove_file(&temporary)?;
        if Sharing::default().share(archive, &temporary)? == Linked::Copied {
            dhow_fs::remove_file(&temporary)?;
            copy_into(archive, claim)?;
            let _turn = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
            return claim.place_archive(&self.home.lock_downloads(&|_| {})?);
        }
        let _turn = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
        let _guard = self.home.lock_downloads(&|_| {})?;
        Ok(dhow_fs::rename(&temporary, &place.archive(id))?)
    }

    /// Whoever finds other files than the archive has in there takes nothing: they are unpacked then.
    fn take_sources(
        &self,
        place: &RegistryHome,
        theirs: &RegistryHome,
        sharing: &Sharing,
        wanted: Wanted,
    ) -> Result<(), FetchError> {
        let (id, dir) = (wanted.id, package_dir(wanted.id));
        let noted = theirs.manifest(&dir).filter(|manifest| fits(manifest, wanted.checksum));
        let noted = match noted {
            Some(noted) => Ok(noted),
            None => read_archive(&place.archive(id), &dir, wanted.checksum),
        };
        let Ok(mut manifest) = noted else { return Ok(()) };
        manifest.scripted.clear();
        let part = place.sources_part(id);
        dhow_fs::remove_dir_all(&part)?;
        if !share_tree(&theirs.sources(id), &part, sharing)? {
            return Ok(dhow_fs::remove_dir_all(&part)?);
        }
        let checked = check_sources(&part, &manifest, Depth::Content)?;
        if !checked.differences.is_empty() {
            return Ok(dhow_fs::remove_dir_all(&part)?);
        }
        // Made again when it is needed and is not there: not worth failing for.
        drop(place.write_manifest(&self.home, &dir, &checked.refreshed.unwrap_or(manifest)));
        let _turn = self.placing.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.home.lock_downloads(&|_| {})?.place_sources(place, id)?)
    }
}

/// The archive that a registry has of a package, if it is the one that was published.
fn good_archive(theirs: &Registry, wanted: Wanted) -> Result<Option<PathBuf>, FetchError> {
    let id = wanted.id;
    let path = match &theirs.kind {
        Kind::Directory(directory) => {
            return Err(FetchError::NoArchive { id, path: directory.root().to_owned() });
        }
        Kind::Local(local) => local.archive(id),
        Kind::Sparse(_) | Kind::Git(_) => theirs.home.archive(id),
    };
    if dhow_fs::stat(&path)?.is_none_or(|stat| stat.size == 0) {
        return Ok(None);
    }
    let is_good = match wanted.checksum {
        Some(expected) => Content::of_file(&path)?.checksum()? == expected,
        None => true,
    };
    Ok(is_good.then_some(path))
}

fn copy_into(archive: &Path, claim: &Claim) -> Result<(), FetchError> {
    let mut from = dhow_fs::open(archive)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = from.read(&mut buffer).map_err(|error| FsError::new("read", archive, error))?;
        if count == 0 {
            return Ok(());
        }
        let written = claim.file().write_all(&buffer[..count]);
        written.map_err(|error| FsError::new("write", claim.path(), error))?;
    }
}

/// Shares all files of a package; says no if there is something else among them.
fn share_tree(from: &Path, to: &Path, sharing: &Sharing) -> Result<bool, FsError> {
    dhow_fs::create_dir_all(to)?;
    let mut open = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = open.pop() {
        for entry in dhow_fs::list_dir(&from)? {
            let place = to.join(&entry.file_name);
            match entry.kind {
                FileKind::Dir => {
                    dhow_fs::create_dir_all(&place)?;
                    open.push((entry.path, place));
                }
                FileKind::File if entry.file_name == cargo_ok::FILE_NAME => {}
                FileKind::File => drop(sharing.share(&entry.path, &place)?),
                _ => return Ok(false),
            }
        }
    }
    Ok(true)
}
