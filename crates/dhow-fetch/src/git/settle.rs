//! Repositories as a hub has them: the commits that are needed, without their history, in one pack whose bytes depend on
//! nothing but these commits. No directory in them is empty, so git can commit them to another repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_fs::FileKind;
use dhow_home::{BareRepository, CargoHome};

use super::database::GitDatabase;
use super::program::GitProgram;
use crate::error::FetchError;
use crate::event::{Event, lock_event};

const HEAD: &[u8] = b"ref: refs/heads/master\n";
const CONFIG: &[u8] = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";
/// All that such a repository consists of.
const PARTS: [&str; 5] = ["HEAD", "config", "objects", "refs", "shallow"];
/// What has its place beside it: an index's files.
const BESIDE: [&str; 1] = [".cache"];

/// What a repository is to be.
pub(super) struct Settled<'r> {
    pub(super) home: &'r CargoHome,
    pub(super) repository: &'r BareRepository,
    /// References by their full names, and their commits.
    pub(super) references: BTreeMap<String, String>,
    /// Where objects are that it may lack: the directories of other repositories.
    pub(super) others: Vec<PathBuf>,
}

impl Settled<'_> {
    /// Sees to it that the repository has these commits; gives back whether something was written. Nothing that readers
    /// might use is removed: see [`Self::tidy`].
    pub(super) fn settle(
        &self,
        git: &Arc<GitProgram>,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<bool, FetchError> {
        let place = self.repository.path();
        if self.is_settled()? {
            return Ok(false);
        }
        let database = GitDatabase::new(Arc::clone(git), self.repository.clone());
        let _locked = database.lock(self.home, events)?;
        let incoming = self.repository.incoming();
        dhow_fs::remove_dir_all(&incoming)?;
        self.pack(git, &incoming)?;
        let path = self.home.root().join(".package-cache");
        let guard = self.home.lock_downloads(&|notice| events(lock_event(notice, "package cache", &path)))?;
        guard.break_locks(self.repository)?;
        dhow_fs::create_dir_all(&place.join("objects/pack"))?;
        guard.place_objects(self.repository)?;
        // Where history ends must be known before somebody looks for what was before.
        let mut shallow = lines(&place.join("shallow"))?;
        shallow.extend(self.references.values().cloned());
        dhow_fs::write_if_changed(&place.join("shallow"), text(&shallow).as_bytes())?;
        for (name, commit) in &self.references {
            let path = place.join(name);
            dhow_fs::create_dir_all(path.parent().unwrap_or(&path))?;
            dhow_fs::write_if_changed(&path, format!("{commit}\n").as_bytes())?;
        }
        dhow_fs::write_if_changed(&place.join("config"), CONFIG)?;
        // Without it, it is no repository.
        dhow_fs::write_if_changed(&place.join("HEAD"), HEAD)?;
        Ok(true)
    }

    /// Whether all of it is there, as it is made here: what is added by others may be there too.
    fn is_settled(&self) -> Result<bool, FetchError> {
        let place = self.repository.path();
        if dhow_fs::stat(&place.join("HEAD"))?.is_none() || self.packs()?.len() != 1 {
            return Ok(false);
        }
        let shallow = lines(&place.join("shallow"))?;
        for (name, commit) in &self.references {
            let found = lines(&place.join(name))?;
            if !found.contains(commit) || !shallow.contains(commit) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// All objects of these commits, in a pack that every git makes the same of them.
    fn pack(&self, git: &GitProgram, incoming: &Path) -> Result<(), FetchError> {
        git.init_bare(incoming)?;
        let own = self.repository.path().to_owned();
        let mut alternates = Vec::new();
        for repository in self.others.iter().chain([&own]) {
            let objects = repository.join("objects");
            if dhow_fs::stat(&objects)?.is_some() {
                alternates.extend(objects.into_os_string().into_encoded_bytes());
                alternates.push(b'\n');
            }
        }
        let info = incoming.join("objects/info");
        dhow_fs::create_dir_all(&info)?;
        dhow_fs::write(&info.join("alternates"), &alternates)?;
        let commits: BTreeSet<&str> = self.references.values().map(String::as_str).collect();
        git.pack_commits(incoming, &commits)
    }

    fn packs(&self) -> Result<Vec<PathBuf>, FetchError> {
        let dir = self.repository.path().join("objects/pack");
        let entries = dhow_fs::list_dir_optional(&dir)?.unwrap_or_default();
        let packs = entries.into_iter().filter(|entry| entry.path.extension().is_some_and(|e| e == "pack"));
        Ok(packs.map(|entry| entry.path).collect())
    }

    /// Whether there is more in the repository than it is to be.
    pub(super) fn is_untidy(&self) -> Result<bool, FetchError> {
        Ok(self.packs()?.len() != 1 || !self.surplus()?.is_empty())
    }

    /// Lets the repository be just that. To be called where nobody reads it.
    pub(super) fn tidy(&self, git: &GitProgram) -> Result<(), FetchError> {
        let place = self.repository.path();
        let incoming = self.repository.incoming();
        dhow_fs::remove_dir_all(&incoming)?;
        self.pack(git, &incoming)?;
        let new = incoming.join("objects/pack");
        let names: BTreeSet<_> = dhow_fs::list_dir(&new)?.into_iter().map(|entry| entry.file_name).collect();
        let old = place.join("objects/pack");
        dhow_fs::create_dir_all(&old)?;
        let is_index = |name: &std::ffi::OsStr| Path::new(name).extension().is_some_and(|e| e == "idx");
        for name in names.iter().filter(|name| !is_index(name)).chain(names.iter().filter(|n| is_index(n))) {
            dhow_fs::rename(&new.join(name), &old.join(name))?;
        }
        // Whenever this is interrupted: where history ends is known before what was before is gone, and so are references
        // to it.
        let commits: BTreeSet<String> = self.references.values().cloned().collect();
        let shallow = lines(&place.join("shallow"))?;
        dhow_fs::write_if_changed(&place.join("shallow"), text(&(&shallow | &commits)).as_bytes())?;
        let objects = place.join("objects");
        let (of_objects, others): (Vec<_>, Vec<_>) =
            self.surplus()?.into_iter().partition(|path| path.starts_with(&objects));
        for path in others {
            dhow_fs::remove_dir_all(&path)?;
        }
        dhow_fs::write_if_changed(&place.join("shallow"), text(&commits).as_bytes())?;
        for path in of_objects {
            dhow_fs::remove_dir_all(&path)?;
        }
        for entry in dhow_fs::list_dir(&old)?.iter().rev().filter(|entry| !names.contains(&entry.file_name)) {
            dhow_fs::remove_file(&entry.path)?;
        }
        Ok(dhow_fs::remove_dir_all(&incoming)?)
    }

    /// What is in the repository and is no part of it; without packs.
    fn surplus(&self) -> Result<Vec<PathBuf>, FetchError> {
        let place = self.repository.path();
        let mut surplus = Vec::new();
        for entry in dhow_fs::list_dir_optional(place)?.unwrap_or_default() {
            let name = entry.file_name.to_string_lossy();
            if !PARTS.contains(&name.as_ref()) && !BESIDE.contains(&name.as_ref()) {
                surplus.push(entry.path);
            }
        }
        for entry in dhow_fs::list_dir_optional(&place.join("objects"))?.unwrap_or_default() {
            if entry.file_name != "pack" {
                surplus.push(entry.path);
            }
        }
        let mut open = vec![(place.join("refs"), "refs".to_owned())];
        while let Some((dir, name)) = open.pop() {
            for entry in dhow_fs::list_dir_optional(&dir)?.unwrap_or_default() {
                let name = format!("{name}/{}", entry.file_name.to_string_lossy());
                let below = format!("{name}/");
                if self.references.contains_key(&name) {
                    continue;
                }
                if entry.kind == FileKind::Dir && self.references.keys().any(|key| key.starts_with(&below)) {
                    open.push((entry.path, name));
                } else {
                    surplus.push(entry.path);
                }
            }
        }
        Ok(surplus)
    }
}

fn lines(path: &Path) -> Result<BTreeSet<String>, FetchError> {
    let bytes = dhow_fs::read_optional(path)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

fn text(lines: &BTreeSet<String>) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
