//! Puts an unpacked hub where the project's hub is, in one step, with what else was in the project's `.cargo`.

use std::path::Path;

use dhow_fs::FileKind;
use dhow_home::CargoHome;

use super::PackError;

/// What becomes of a configuration that the project has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carry {
    /// It has to be the packed one.
    #[default]
    Same,
    /// It stays as it is.
    Kept,
    /// The packed one takes its place.
    Replaced,
}

/// Gives the new hub what the old one had besides: tokens, programs, locks, whatever a user put there, as further names of
/// the same files. So who waits for a lock waits for the same lock.
///
/// # Errors
/// The project's own configuration would be lost, or something cannot be linked.
pub fn carry_over(old: &CargoHome, new: &CargoHome, carry: Carry) -> Result<(), PackError> {
    for path in old.belongings()? {
        share(&path, new.root())?;
    }
    for (present, packed) in old.git_files().into_iter().zip(new.git_files()) {
        if dhow_fs::lstat(&present)?.is_some() {
            dhow_fs::remove_file(&packed)?;
            share(&present, new.root())?;
        }
    }
    let config = old.config_in_use();
    let Some(present) = dhow_fs::read_optional(&config)? else { return Ok(()) };
    let place = new.root().join(config.file_name().unwrap_or_default());
    match carry {
        Carry::Same if dhow_fs::read_optional(&new.config())?.is_none_or(|packed| packed != present) => {
            return Err(PackError::OtherConfig { path: config });
        }
        // Under its old name it would go before the packed one.
        Carry::Replaced if place != new.config() => return Ok(dhow_fs::remove_file(&place)?),
        Carry::Replaced => return Ok(()),
        Carry::Same | Carry::Kept => {}
    }
    dhow_fs::remove_file(&new.config())?;
    share(&config, new.root())
}

/// Lets a file, a link or a directory be in `dir` too.
fn share(path: &Path, dir: &Path) -> Result<(), PackError> {
    let place = dir.join(path.file_name().unwrap_or_default());
    match dhow_fs::lstat(path)?.map(|stat| stat.kind) {
        Some(FileKind::Dir) => {
            dhow_fs::create_dir_all(&place)?;
            for entry in dhow_fs::list_dir(path)? {
                share(&entry.path, &place)?;
            }
        }
        Some(FileKind::File) => {
            dhow_fs::hard_link_or_copy(path, &place)?;
        }
        Some(FileKind::Symlink) => dhow_fs::symlink(&dhow_fs::read_link(path)?, &place)?,
        // A socket, a pipe: it belongs to a program that runs.
        Some(FileKind::Other) | None => {}
    }
    Ok(())
}

/// Puts the new hub into place. What was there is at `new` afterwards.
///
/// # Errors
/// It cannot be moved.
pub fn put_into_place(new: &CargoHome, place: &CargoHome) -> Result<(), PackError> {
    match dhow_fs::lstat(place.root())? {
        Some(_) => Ok(dhow_fs::exchange(new.root(), place.root())?),
        None => Ok(dhow_fs::rename(new.root(), place.root())?),
    }
}
