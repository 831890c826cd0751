//! How programs come into their place and go: all of a change or nothing, also when it is cut off.
//!
//! ```text
//! bin/.dhow-install/
//!     new/<program>       waits to be moved into its place
//!     old/<program>       what is replaced or removed, linked here to bring it back if something fails
//!     change.json         in the format of dhow_formats::install_change: from here on it will be finished
//! ```
//!
//! Until `change.json` is there, nothing has happened. As long as it is there, whoever locks the place next does what
//! it says, unless the place has been changed by somebody who does not know it. It goes when all is done.

use std::path::{Path, PathBuf};

use dhow_formats::install_change::{self, InstallChange};
use dhow_formats::installs::Installs;
use dhow_fs::{FileLock, FsError};

use crate::install_error::InstallRootError;

/// A program that is to be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its file name.
    pub name: String,
    /// Where it was built.
    pub from: PathBuf,
    /// Nobody needs it there any more, so it may be moved.
    pub movable: bool,
}

/// A change of what is installed.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// What is put into its place, in this order.
    pub programs: &'a [Program],
    /// File names of what is removed then. What is not there is no error.
    pub remove: &'a [String],
    /// What is installed then.
    pub installs: &'a Installs,
}

/// What happens, just before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A program comes to this path, where there was none.
    Placing(&'a Path),
    /// A program takes the place of another.
    Replacing(&'a Path),
    /// A program is removed.
    Removing(&'a Path),
}

/// The two files, with what they say before and after.
pub(crate) struct Texts<'a> {
    pub(crate) v1: &'a FileLock,
    pub(crate) v2: &'a FileLock,
    pub(crate) before: (&'a str, &'a str),
    pub(crate) after: (&'a str, &'a str),
}

/// The staging directory; removed when the value goes.
#[derive(Debug)]
pub(crate) struct Staging {
    dir: PathBuf,
}

impl Staging {
    pub(crate) fn of(bin: &Path) -> Self {
        Self { dir: bin.join(".dhow-install") }
    }

    /// One that nobody else uses although nothing is locked.
    pub(crate) fn of_this_process(bin: &Path) -> Self {
        Self { dir: bin.join(format!(".dhow-install-{}", std::process::id())) }
    }

    fn staged(&self, name: &str) -> PathBuf {
        self.dir.join("new").join(name)
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.dir.join("old").join(name)
    }

    fn decision(&self) -> PathBuf {
        self.dir.join(install_change::FILE_NAME)
    }

    /// Makes the directory, empty.
    fn prepare(&self) -> Result<(), FsError> {
        self.clear()?;
        dhow_fs::create_dir_all(&self.dir.join("new"))?;
        dhow_fs::create_dir_all(&self.dir.join("old"))
    }

    /// The decision goes first: the rest means nothing without it.
    fn clear(&self) -> Result<(), FsError> {
        dhow_fs::remove_file(&self.decision())?;
        dhow_fs::remove_dir_all(&self.dir)
    }

    fn stage(&self, programs: &[Program]) -> Result<(), FsError> {
        for program in programs {
            let place = self.staged(&program.name);
            // Moving fails from one file system to another.
            if !(program.movable && dhow_fs::rename(&program.from, &place).is_ok()) {
                dhow_fs::copy(&program.from, &place)?;
            }
        }
        Ok(())
    }

    /// Best effort: where links are refused, a failure cannot be undone, but it is told all the same.
    fn keep(&self, path: &Path, name: &str) {
        drop(dhow_fs::hard_link(path, &self.kept(name)));
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What stays is removed by whoever installs next.
        drop(self.clear());
    }
}

/// Puts programs into their place.
pub(crate) fn place(
    bin: &Path,
    staging: &Staging,
    programs: &[Program],
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<(), InstallRootError> {
    let names: Vec<String> = programs.iter().map(|program| program.name.clone()).collect();
    stage(bin, staging, programs)?;
    let moved = Moves { bin, staging, place: &names, remove: &[] };
    moved.make(tell).inspect_err(|_| moved.undo())?;
    Ok(())
}

/// Makes the whole change.
pub(crate) fn carry_out(
    bin: &Path,
    change: &Change<'_>,
    texts: &Texts<'_>,
    tell: &mut dyn FnMut(Step<'_>),
) -> Result<(), InstallRootError> {
    let staging = Staging::of(bin);
    stage(bin, &staging, change.programs)?;
    let decided = InstallChange {
        version: InstallChange::VERSION,
        place: change.programs.iter().map(|program| program.name.clone()).collect(),
        remove: change.remove.to_vec(),
        v1_before: texts.before.0.to_owned(),
        v1: texts.after.0.to_owned(),
        v2: texts.after.1.to_owned(),
    };
    let json = decided.to_json().map_err(|error| InstallRootError::Text(Box::new(error)))?;
    dhow_fs::write_atomic(&staging.decision(), &json)?;
    let moves = Moves { bin, staging: &staging, place: &decided.place, remove: &decided.remove };
    let made = moves.make(tell).and_then(|()| write(texts, texts.after));
    made.inspect_err(|_| {
        drop(dhow_fs::remove_file(&staging.decision()));
        moves.undo();
        drop(write(texts, texts.before));
    })?;
    Ok(())
}

fn stage(bin: &Path, staging: &Staging, programs: &[Program]) -> Result<(), InstallRootError> {
    for program in programs {
        let path = bin.join(&program.name);
        if dhow_fs::stat(&path)?.is_some_and(|stat| stat.is_dir()) {
            return Err(InstallRootError::InTheWay { path });
        }
    }
    staging.prepare()?;
    Ok(staging.stage(programs)?)
}

fn write(texts: &Texts<'_>, (v1, v2): (&str, &str)) -> Result<(), FsError> {
    texts.v1.overwrite(v1)?;
    texts.v2.overwrite(v2)
}

/// Finishes a change that was decided by somebody who could not finish it, and removes what is left of it.
pub(crate) fn finish_what_was_begun(
    bin: &Path,
    staging: &Staging,
    (v1, v2): (&FileLock, &FileLock),
) -> Result<(), InstallRootError> {
    let Some(json) = dhow_fs::read_optional(&staging.decision())? else { return Ok(()) };
    let Some(change) = InstallChange::parse(&json) else { return Ok(()) };
    let now = v1.read_to_string().unwrap_or_default();
    let is_mine = now == change.v1_before || now == change.v1 || Installs::parse_v1(&now).is_err();
    let names_are_names = change.place.iter().chain(&change.remove).all(|name| is_name(name));
    if is_mine && names_are_names {
        Moves { bin, staging, place: &change.place, remove: &change.remove }.make(&mut |_| {})?;
        v1.overwrite(&change.v1)?;
        v2.overwrite(&change.v2)?;
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|file_name| file_name == name)
}

/// Programs that go to their places, and programs that go.
struct Moves<'a> {
    bin: &'a Path,
    staging: &'a Staging,
    place: &'a [String],
    remove: &'a [String],
}

impl Moves<'_> {
    /// What has been moved already stays where it is.
    fn make(&self, tell: &mut dyn FnMut(Step<'_>)) -> Result<(), FsError> {
        for name in self.place {
            let (new, path) = (self.staging.staged(name), self.bin.join(name));
            if dhow_fs::lstat(&new)?.is_none() {
                continue;
            }
            if dhow_fs::lstat(&path)?.is_some() {
                tell(Step::Replacing(&path));
                self.staging.keep(&path, name);
            } else {
                tell(Step::Placing(&path));
            }
            dhow_fs::rename(&new, &path)?;
        }
        for name in self.remove {
            let path = self.bin.join(name);
            if dhow_fs::lstat(&path)?.is_some() {
                tell(Step::Removing(&path));
                self.staging.keep(&path, name);
                dhow_fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Best effort: it is called when something has failed already, which is what the user is told.
    fn undo(&self) {
        for name in self.place.iter().chain(self.remove) {
            let (old, path) = (self.staging.kept(name), self.bin.join(name));
            let was_there = matches!(dhow_fs::lstat(&old), Ok(Some(_)));
            let was_placed =
                self.place.contains(name) && matches!(dhow_fs::lstat(&self.staging.staged(name)), Ok(None));
            if was_there {
                drop(dhow_fs::rename(&old, &path));
            } else if was_placed {
                drop(dhow_fs::remove_file(&path));
            }
        }
    }
}

#[cfg(test)]
mod tests;
