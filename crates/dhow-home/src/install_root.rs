//! Where installed programs are, and what says which package they belong to.

use std::path::PathBuf;

use dhow_formats::installs::{Installs, InstallsError, V1_FILE_NAME, V2_FILE_NAME};
use dhow_fs::{FileLock, FsError, LockNotice};

use crate::install_change::{self, Change, Program, Staging, Step};
use crate::install_error::InstallRootError;

/// A place for installed programs: the cargo home, unless the user names another.
///
/// ```text
/// <root>
/// ├── .crates.toml        which package installed what; also the lock for all of this
/// ├── .crates2.json       the same and more; locked after the first
/// └── bin/
///     ├── <program>
///     └── .dhow-install/  while programs are put into their place: see install_change
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallRoot {
    root: PathBuf,
}

impl InstallRoot {
    /// The place at `root`, which need not exist yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory of the programs.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    /// Where a program is, by its file name.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin().join(name)
    }

    /// Whether there is anything by that name.
    ///
    /// # Errors
    /// The directory cannot be searched.
    pub fn has_program(&self, name: &str) -> Result<bool, FsError> {
        Ok(dhow_fs::stat(&self.program(name))?.is_some())
    }

    /// Whether anything was ever written down here.
    ///
    /// # Errors
    /// The directory cannot be searched.
    pub fn has_record(&self) -> Result<bool, FsError> {
        Ok(dhow_fs::stat(&self.root.join(V1_FILE_NAME))?.is_some())
    }

    /// Waits until nobody else changes what is installed here. What somebody began who was killed is finished first.
    ///
    /// # Errors
    /// The files cannot be made, locked or understood.
    pub fn lock(&self, notice: &dyn Fn(LockNotice)) -> Result<InstallGuard<'_>, InstallRootError> {
        dhow_fs::create_dir_all(&self.root)?;
        let v1 = FileLock::lock_exclusive(&self.root.join(V1_FILE_NAME), notice)?;
        let v2 = FileLock::lock_exclusive(&self.root.join(V2_FILE_NAME), notice)?;
        let bin = self.bin();
        let staging = Staging::of(&bin);
        install_change::finish_what_was_begun(&bin, &staging, (&v1, &v2))?;
        let (v1_text, v2_text) = (v1.read_to_string()?, v2.read_to_string()?);
        let installs = self.parse(&v1_text, &v2_text)?;
        Ok(InstallGuard { root: self, v1, v2, v1_text, v2_text, installs })
    }

    /// What is installed here. Where nothing may be written, nothing can change, and no lock is needed.
    ///
    /// # Errors
    /// The files cannot be read or understood.
    pub fn read(&self, notice: &dyn Fn(LockNotice)) -> Result<Installs, InstallRootError> {
        match self.lock(notice) {
            Ok(guard) => Ok(guard.installs),
            Err(InstallRootError::File(error)) if error.is_read_only() => {
                let text = |name| dhow_fs::read_to_string_optional(&self.root.join(name));
                let (v1, v2) = (text(V1_FILE_NAME)?, text(V2_FILE_NAME)?);
                self.parse(&v1.unwrap_or_default(), &v2.unwrap_or_default())
            }
            Err(error) => Err(error),
        }
    }

    /// Puts programs into their place without a word of it anywhere, and without a lock.
    ///
    /// # Errors
    /// They cannot be put there; then all is as it was.
    pub fn place_untracked(
        &self,
        programs: &[Program],
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<(), InstallRootError> {
        let bin = self.bin();
        install_change::place(&bin, &Staging::of_this_process(&bin), programs, tell)
    }

    fn parse(&self, v1: &str, v2: &str) -> Result<Installs, InstallRootError> {
        Installs::parse(v1, v2)
            .map_err(|(name, source)| InstallRootError::Damaged { path: self.root.join(name), source })
    }
}

/// Permits to change what is installed.
#[derive(Debug)]
#[must_use = "the lock is released when this value is dropped"]
pub struct InstallGuard<'r> {
    root: &'r InstallRoot,
    v1: FileLock,
    v2: FileLock,
    v1_text: String,
    v2_text: String,
    installs: Installs,
}

impl InstallGuard<'_> {
    /// What is installed.
    pub fn installs(&self) -> &Installs {
        &self.installs
    }

    /// Puts programs into their place, removes others, and writes down what is installed then: all of it or nothing.
    ///
    /// # Errors
    /// It cannot be done; then all is as it was.
    pub fn change(
        &mut self,
        change: &Change<'_>,
        tell: &mut dyn FnMut(Step<'_>),
    ) -> Result<(), InstallRootError> {
        let text = |error: InstallsError| InstallRootError::Text(Box::new(error));
        let (v1, v2) = (change.installs.v1_text().map_err(text)?, change.installs.v2_text().map_err(text)?);
        let texts = install_change::Texts {
            v1: &self.v1,
            v2: &self.v2,
            before: (&self.v1_text, &self.v2_text),
            after: (&v1, &v2),
        };
        install_change::carry_out(&self.root.bin(), change, &texts, tell)?;
        (self.v1_text, self.v2_text) = (v1, v2);
        self.installs = change.installs.clone();
        Ok(())
    }
}
