//! `hub pack` and `hub unpack`: a hub travels as one file.

use std::path::{Path, PathBuf};

use dhow_fetch::Registries;
use dhow_formats::lockfile::Lockfile;
use dhow_fs::FileLock;
use dhow_home::CargoHome;
use dhow_hub::{Carry, Contents, Hub, LOCK_FILE, PackError, Packed};
use dhow_model::SourceId;
use dhow_workspace::{LoadOptions, Loader};

use super::verify::{contents, inspect};
use super::work::{hub_of, in_hub, make_sources};
use crate::error::Error;
use crate::event::Event;
use crate::hub_sources::registries_of_project;
use crate::session::{HubUse, Session};
use crate::workspaces;

/// How a hub is unpacked.
#[derive(Clone, Debug, Default)]
pub struct HubUnpackOptions {
    /// The packed hub.
    pub file: PathBuf,
    /// The project that it is for; the one that the command works in if nothing is said.
    pub into: Option<PathBuf>,
    /// What becomes of the project's own configuration.
    pub config: Carry,
}

/// What came of unpacking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HubUnpacked {
    /// Where the hub is now.
    pub root: PathBuf,
    /// Packages whose archives and sources it holds.
    pub packages: usize,
    /// Files that came out of the packed one.
    pub files: u64,
}

/// Packs the hub of the project, if it is whole, into a file.
///
/// # Errors
/// There is no hub, it is not what the lock file says, or the file cannot be written.
pub fn hub_pack(session: &Session<'_>, file: &Path) -> Result<Packed, Error> {
    let session = &Session { hub: HubUse::Required, ..*session };
    in_hub(session, |workspace, sources, place| {
        let contents = contents(session, workspace, sources)?;
        let home = place.home();
        let _reading =
            home.lock_sources(&|notice| session.tell(Event::of_lock(notice, "hub", home.root())))?;
        let found = inspect(session, &hub_of(workspace, sources)?.registries, &contents)?;
        if !found.findings.is_empty() {
            return Err(PackError::NotWhole(found.findings).into());
        }
        let lock = dhow_fs::read(&workspace.lock_path())?;
        Ok(dhow_hub::pack(home, &lock, &session.absolute(file))?)
    })
}

/// Puts a packed hub into a project, once all of it is there and is what its lock file says: until then the project's
/// own is in place. Sources and working trees are made of what came, without network.
///
/// # Errors
/// The file is damaged, belongs to another lock file or does not hold what that says; or the project has another
/// configuration, or cannot be written to.
pub fn hub_unpack(session: &Session<'_>, options: &HubUnpackOptions) -> Result<HubUnpacked, Error> {
    let root = match &options.into {
        Some(dir) => session.absolute(dir),
        None => project(session)?,
    };
    dhow_fs::create_dir_all(&root)?;
    let stage = Stage::new(session, &root)?;
    let unpacked = stage.fill(session, options, &root);
    let swept = stage.sweep();
    let unpacked = unpacked?;
    swept?;
    Ok(unpacked)
}

/// The workspace that the command works in, or where it works, if that is none yet.
fn project(session: &Session<'_>) -> Result<PathBuf, Error> {
    if session.manifest_path.is_none() && workspaces::find_manifest(session).is_err() {
        return Ok(session.cwd().to_owned());
    }
    // What registries are called here, the packed configuration may be the only one to know.
    let anyone = |_: &str| Ok(SourceId::crates_io());
    let options = LoadOptions {
        registries: &anyone,
        cargo_home: Some(session.config.home()),
        target_dir: None,
        build_dir: None,
    };
    let manifest = workspaces::find_manifest(session)?;
    Ok(Loader::new(options).lenient().workspace(&manifest)?.root().to_owned())
}

/// A directory in the project where a hub is made, under a lock.
struct Stage {
    dir: PathBuf,
    lock: FileLock,
}

impl Stage {
    fn new(session: &Session<'_>, root: &Path) -> Result<Self, Error> {
        let (dir, path) = (root.join(".dhow-unpack"), root.join(".dhow-unpack.lock"));
        let lock = FileLock::lock_exclusive(&path, &|notice| {
            session.tell(Event::of_lock(notice, "hub", &path));
        })?;
        let (made, place) = (Hub::of_workspace(&dir), Hub::of_workspace(root));
        dhow_fs::recover_exchange(made.home().root(), place.home().root())?;
        // What a killed process left.
        dhow_fs::remove_dir_all(&dir)?;
        dhow_fs::create_dir_all(&dir)?;
        Ok(Self { dir, lock })
    }

    fn fill(
        &self,
        session: &Session<'_>,
        options: &HubUnpackOptions,
        root: &Path,
    ) -> Result<HubUnpacked, Error> {
        let (file, lock) = (session.absolute(&options.file), root.join(LOCK_FILE));
        let present = dhow_fs::read_optional(&lock)?;
        let admit = |packed: &[u8]| match &present {
            Some(present) if !is_same_lock(present, packed) => {
                Err(PackError::OtherLock { path: file.clone(), lock: lock.clone() })
            }
            _ => Ok(()),
        };
        let unpacked = dhow_hub::unpack(&file, &self.dir, &admit)?;
        let hub = Hub::of_workspace(&self.dir);
        let registries = registries_of_project(session, &self.dir, hub.home())?;
        let contents = packed_contents(&file, &unpacked.lock, &registries)?;
        let found = inspect(session, &registries, &contents)?;
        if !found.findings.is_empty() {
            return Err(PackError::NotVerified { path: file, findings: found.findings }.into());
        }
        make_sources(session, &registries, &contents)?;
        drop(registries);
        place(session, hub.home(), Hub::of_workspace(root).home(), options.config)?;
        if present.is_none() {
            dhow_fs::write_atomic(&lock, &unpacked.lock)?;
        }
        let root = Hub::of_workspace(root).home().root().to_owned();
        Ok(HubUnpacked { root, packages: contents.unpacked.len(), files: unpacked.files })
    }

    /// What is left of it is nobody's.
    fn sweep(self) -> Result<(), Error> {
        dhow_fs::remove_dir_all(&self.dir)?;
        // While it is held: who waits for it sees that it is gone, and makes another.
        dhow_fs::remove_file(self.lock.path())?;
        Ok(())
    }
}

/// Whether two lock files say the same, whatever their lines end with.
fn is_same_lock(one: &[u8], other: &[u8]) -> bool {
    let parse = |bytes| std::str::from_utf8(bytes).ok().and_then(|text| Lockfile::parse(text).ok());
    one == other || matches!((parse(one), parse(other)), (Some(one), Some(other)) if one == other)
}

/// What the lock file names, and of archives what is there: which platforms they are for, only whoever packed them knows.
fn packed_contents(file: &Path, lock: &[u8], registries: &Registries) -> Result<Contents, Error> {
    let bad = |reason: String| PackError::BadLock { path: file.join(LOCK_FILE), reason };
    let text = std::str::from_utf8(lock).map_err(|error| bad(error.to_string()))?;
    let lock = Lockfile::parse(text).map_err(|error| bad(error.to_string()))?;
    let mut contents = Contents::of_lock(&lock).map_err(bad)?;
    for id in contents.listed.keys() {
        if let Some(place) = registries.place_of(id.source())?
            && dhow_fs::lstat(&place.archive(*id))?.is_some()
        {
            contents.unpacked.insert(*id);
        }
    }
    Ok(contents)
}

/// Puts the new hub into place, where nobody reads the old one.
fn place(session: &Session<'_>, new: &CargoHome, old: &CargoHome, config: Carry) -> Result<(), Error> {
    if dhow_fs::lstat(old.root())?.is_none() {
        return Ok(dhow_hub::put_into_place(new, old)?);
    }
    let _guard = old.lock_collection(&|notice| session.tell(Event::of_lock(notice, "hub", old.root())))?;
    dhow_hub::carry_over(old, new, config)?;
    Ok(dhow_hub::put_into_place(new, old)?)
}
