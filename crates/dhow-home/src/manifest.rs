//! Source manifests beside the sources: kept, read, and held against what is on disk.
//!
//! An equal stat is believed, a differing one is settled by the content's hash. Does not read archives.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use dhow_formats::cargo_ok;
use dhow_formats::source_manifest::{Hash, SourceFile, SourceKind, SourceManifest, StatRecord};
use dhow_fs::{FileKind, FileTime, FsError, Stat};

use crate::layout::CargoHome;
use crate::registry::RegistryHome;

/// How closely files are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// An equal stat is enough.
    Stat,
    /// Every file is read.
    Content,
}

/// A file that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Where, in the package's directory.
    pub path: PathBuf,
    /// In what way.
    pub change: SourceChange,
    /// The package's build script was seen to write there.
    pub scripted: bool,
}

impl Difference {
    /// As the end of a sentence that begins with the path.
    pub fn describe(&self) -> &'static str {
        match self.change {
            change if !self.scripted => change.describe(),
            SourceChange::Added => "was added by its build script",
            SourceChange::Missing => "was removed by its build script",
            _ => "was changed by its build script",
        }
    }
}

/// In what way a file is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceChange {
    /// Its content is another.
    Content,
    /// It may be executed and should not, or the other way round.
    Executable,
    /// It is no file any more.
    Kind,
    /// It is gone.
    Missing,
    /// It should not be there.
    Added,
}

impl SourceChange {
    /// As the end of a sentence that begins with the path.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Content => "was changed",
            Self::Executable => "has another permission to be executed",
            Self::Kind => "is not a regular file any more",
            Self::Missing => "is missing",
            Self::Added => "was added",
        }
    }
}

/// What came of holding a directory against a manifest.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is not as it should be, sorted.
    pub differences: Vec<Difference>,
    /// The manifest with stats as they are now, if there are files of which only these had changed.
    pub refreshed: Option<SourceManifest>,
}

impl RegistryHome {
    /// What the package with that directory is known to consist of.
    pub fn manifest(&self, package: &str) -> Option<SourceManifest> {
        SourceManifest::from_bytes(&dhow_fs::read(&self.manifests().join(package)).ok()?)
    }

    /// Keeps what a package consists of. Others see the old manifest or the new one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_manifest(
        &self,
        home: &CargoHome,
        package: &str,
        manifest: &SourceManifest,
    ) -> Result<(), FsError> {
        let path = self.manifests().join(package);
        let bytes = manifest.to_bytes();
        match dhow_fs::write_atomic(&path, &bytes) {
            Err(error) if error.is_not_found() => {
                dhow_fs::create_dir_all(self.manifests())?;
                home.tag_own();
                dhow_fs::write_atomic(&path, &bytes)
            }
            result => result,
        }
    }

    /// Forgets what a package consists of.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove_manifest(&self, package: &str) -> Result<(), FsError> {
        dhow_fs::remove_file(&self.manifests().join(package))
    }
}

impl CargoHome {
    /// What the working tree at `root` is known to consist of.
    pub fn checkout_manifest(&self, root: &Path) -> Option<SourceManifest> {
        SourceManifest::from_bytes(&dhow_fs::read(&self.checkout_manifest_path(root)?).ok()?)
    }

    /// Keeps what a working tree consists of.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_checkout_manifest(&self, root: &Path, manifest: &SourceManifest) -> Result<(), FsError> {
        let Some(path) = self.checkout_manifest_path(root) else { return Ok(()) };
        dhow_fs::create_dir_all(path.parent().unwrap_or(&path))?;
        self.tag_own();
        dhow_fs::write_atomic(&path, &manifest.to_bytes())
    }

    fn checkout_manifest_path(&self, root: &Path) -> Option<PathBuf> {
        Some(self.manifests_of_checkouts().join(root.parent()?.file_name()?).join(root.file_name()?))
    }
}

/// What a stat says that changes when the content does.
pub fn stat_record(stat: &Stat) -> StatRecord {
    StatRecord {
        size: stat.size,
        mtime: (stat.mtime.secs, stat.mtime.nanos),
        ctime: (stat.ctime.secs, stat.ctime.nanos),
        inode: stat.inode,
    }
}

/// Whether the owner may execute a file.
pub fn is_executable(stat: &Stat) -> bool {
    stat.mode & 0o100 != 0
}

/// Holds the files of an unpacked package against a manifest.
///
/// # Errors
/// Something cannot be looked at or read.
pub fn check_sources(dir: &Path, manifest: &SourceManifest, depth: Depth) -> Result<Checked, FsError> {
    check(dir, manifest, depth, &is_marker, &by_hash(manifest))
}

/// As [`check_sources`], reading every file: `same` tells whether it has the content that it should have, by the number
/// of the file in the manifest, whose hashes are not looked at.
///
/// # Errors
/// Something cannot be looked at or read.
pub fn compare_sources(
    dir: &Path,
    manifest: &SourceManifest,
    same: &dyn Fn(usize, &Path) -> Result<bool, FsError>,
) -> Result<Checked, FsError> {
    check(dir, manifest, Depth::Content, &is_marker, &|at, place, _| same(at, place))
}

/// Whether the file with that number in the manifest, which is at a path and looks like that, has the right content.
type Same<'a> = dyn Fn(usize, &Path, &Stat) -> Result<bool, FsError> + 'a;

fn by_hash(manifest: &SourceManifest) -> impl Fn(usize, &Path, &Stat) -> Result<bool, FsError> {
    |at, place, stat| Ok(hash(place, stat)? == manifest.files[at].hash)
}

fn is_marker(path: &Path) -> bool {
    path == Path::new(cargo_ok::FILE_NAME)
}

/// Holds the files of a working tree, with its submodules, against a manifest.
///
/// # Errors
/// Something cannot be looked at or read.
pub fn check_working_tree(dir: &Path, manifest: &SourceManifest, depth: Depth) -> Result<Checked, FsError> {
    check(dir, manifest, depth, &is_of_git, &by_hash(manifest))
}

/// Notes a working tree as it is. `commit` is filled up with zeros.
///
/// # Errors
/// Something cannot be looked at or read.
pub fn note_working_tree(dir: &Path, commit: [u8; 32]) -> Result<SourceManifest, FsError> {
    let mut files = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(relative) = open.pop() {
        for entry in dhow_fs::list_dir(&dir.join(&relative))? {
            let path = relative.join(&entry.file_name);
            if is_of_git(&path) {
                continue;
            }
            if entry.kind == FileKind::Dir {
                open.push(path);
            } else if let Some(stat) = dhow_fs::lstat(&entry.path)? {
                let hash = hash(&entry.path, &stat)?;
                files.push(SourceFile { path, hash, kind: kind(&stat), stat: stat_record(&stat) });
            }
        }
    }
    Ok(SourceManifest::new(commit, files))
}

fn is_of_git(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ".git" || name == cargo_ok::FILE_NAME)
}

fn kind(stat: &Stat) -> SourceKind {
    match stat.kind {
        FileKind::Symlink => SourceKind::Link,
        _ if is_executable(stat) => SourceKind::Executable,
        _ => SourceKind::File,
    }
}

fn hash(path: &Path, stat: &Stat) -> Result<Hash, FsError> {
    let hash = match stat.kind {
        FileKind::Symlink => dhow_fs::hash_bytes(dhow_fs::read_link(path)?.as_os_str().as_encoded_bytes()),
        _ => dhow_fs::hash_file(path)?,
    };
    Ok(hash.0)
}

fn check(
    dir: &Path,
    manifest: &SourceManifest,
    depth: Depth,
    skipped: &dyn Fn(&Path) -> bool,
    same: &Same<'_>,
) -> Result<Checked, FsError> {
    let marker = dhow_fs::lstat(&dir.join(cargo_ok::FILE_NAME))?;
    // Nobody makes the marker executable: a file system that says so makes permissions up.
    let permissions = marker.is_some_and(|stat| !is_executable(&stat));
    let seen = vec![None; manifest.files.len()];
    let mut check =
        Check { dir, manifest, depth, permissions, skipped, same, seen, found: Vec::new(), stats: false };
    check.directory(Path::new(""))?;
    let Check { mut seen, mut found, stats, .. } = check;
    for (file, seen) in manifest.files.iter().zip(&seen) {
        if seen.is_none() {
            found.push((file.path.clone(), SourceChange::Missing));
        }
    }
    found.sort_unstable();
    // What differs keeps the stat that it had when it was right.
    for (path, _) in &found {
        if let Ok(at) = manifest.files.binary_search_by(|file| file.path.cmp(path)) {
            seen[at] = Some(manifest.files[at].stat);
        }
    }
    let refreshed = stats.then(|| refreshed(manifest, &seen));
    let difference = |(path, change): (PathBuf, SourceChange)| {
        let scripted = manifest.is_scripted(&path);
        Difference { path, change, scripted }
    };
    let found = found.into_iter().map(difference).collect();
    Ok(Checked { differences: found, refreshed })
}

struct Check<'a> {
    dir: &'a Path,
    manifest: &'a SourceManifest,
    depth: Depth,
    permissions: bool,
    skipped: &'a dyn Fn(&Path) -> bool,
    same: &'a Same<'a>,
    /// By file of the manifest.
    seen: Vec<Option<StatRecord>>,
    found: Vec<(PathBuf, SourceChange)>,
    /// The stat of an unchanged file differs from what is recorded.
    stats: bool,
}

impl Check<'_> {
    fn directory(&mut self, relative: &Path) -> Result<(), FsError> {
        let place =
            if relative.as_os_str().is_empty() { self.dir.to_owned() } else { self.dir.join(relative) };
        for entry in dhow_fs::list_dir_optional(&place)?.unwrap_or_default() {
            let path = relative.join(&entry.file_name);
            if (self.skipped)(&path) {
                continue;
            }
            let at = self.manifest.files.binary_search_by(|file| file.path.cmp(&path)).ok();
            match (at, entry.kind) {
                (Some(at), FileKind::File | FileKind::Symlink) => self.file(at, &entry.path)?,
                (Some(at), _) => {
                    self.seen[at] = Some(StatRecord::default());
                    self.found.push((path, SourceChange::Kind));
                }
                (None, FileKind::Dir) => self.directory(&path)?,
                (None, _) => self.found.push((path, SourceChange::Added)),
            }
        }
        Ok(())
    }

    fn file(&mut self, at: usize, place: &Path) -> Result<(), FsError> {
        let file = &self.manifest.files[at];
        // Removed since it was listed: then it is missing.
        let Some(stat) = dhow_fs::lstat(place)? else { return Ok(()) };
        let now = stat_record(&stat);
        self.seen[at] = Some(now);
        if now == file.stat && self.depth == Depth::Stat {
            return Ok(());
        }
        let mut differ = |change| self.found.push((file.path.clone(), change));
        let is = kind(&stat);
        if (is == SourceKind::Link) != (file.kind == SourceKind::Link) {
            differ(SourceChange::Kind);
        } else if now.size != file.stat.size || !(self.same)(at, place, &stat)? {
            differ(SourceChange::Content);
        } else if self.permissions && is != file.kind {
            differ(SourceChange::Executable);
        } else {
            self.stats |= now != file.stat;
        }
        Ok(())
    }
}

/// A file that was touched only now may be changed again without its times showing it: its stat is not recorded.
fn refreshed(manifest: &SourceManifest, seen: &[Option<StatRecord>]) -> SourceManifest {
    const COARSEST_CLOCK_SECS: i64 = 2;
    let now = FileTime::from_system(SystemTime::now()).secs;
    let settled = |stat: &StatRecord| {
        let ago = |secs: i64| now.saturating_sub(secs);
        ago(stat.mtime.0) > COARSEST_CLOCK_SECS && ago(stat.ctime.0) > COARSEST_CLOCK_SECS
    };
    let file = |(file, seen): (&SourceFile, &Option<StatRecord>)| {
        let unknown = StatRecord { size: file.stat.size, ..StatRecord::default() };
        SourceFile { stat: seen.filter(settled).unwrap_or(unknown), ..file.clone() }
    };
    let files = manifest.files.iter().zip(seen).map(file).collect();
    SourceManifest { archive: manifest.archive, files, scripted: manifest.scripted.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_fs::TempDir;

    fn unpacked() -> (TempDir, SourceManifest) {
        let dir = TempDir::anywhere().expect("temp dir");
        let mut files = Vec::new();
        for (path, text) in [("Cargo.toml", "[package]"), ("src/lib.rs", "fn a() {}"), ("src/b.rs", "")] {
            let place = dir.path().join(path);
            dhow_fs::create_dir_all(place.parent().expect("a parent")).expect("makes");
            dhow_fs::write(&place, text.as_bytes()).expect("writes");
            let stat = dhow_fs::lstat(&place).expect("stats").expect("is there");
            files.push(SourceFile {
                path: path.into(),
                hash: dhow_fs::hash_bytes(text.as_bytes()).0,
                kind: SourceKind::File,
                stat: stat_record(&stat),
            });
        }
        dhow_fs::write(&dir.path().join(cargo_ok::FILE_NAME), cargo_ok::COMPLETE).expect("writes");
        (dir, SourceManifest::new([1; 32], files))
    }

    fn differences(dir: &TempDir, manifest: &SourceManifest, depth: Depth) -> Vec<String> {
        let checked = check_sources(dir.path(), manifest, depth).expect("checks");
        checked.differences.iter().map(|d| format!("{} {}", d.path.display(), d.describe())).collect()
    }

    #[test]
    fn everything_that_differs_is_named() {
        let (dir, manifest) = unpacked();
        let place = |path: &str| dir.path().join(path);
        for depth in [Depth::Stat, Depth::Content] {
            assert!(differences(&dir, &manifest, depth).is_empty());
        }
        dhow_fs::write(&place("src/lib.rs"), b"fn b() {}").expect("writes");
        dhow_fs::set_executable(&place("Cargo.toml")).expect("sets");
        dhow_fs::remove_file(&place("src/b.rs")).expect("removes");
        dhow_fs::symlink(Path::new("lib.rs"), &place("src/c.rs")).expect("links");
        for depth in [Depth::Stat, Depth::Content] {
            assert_eq!(
                differences(&dir, &manifest, depth),
                [
                    "Cargo.toml has another permission to be executed",
                    "src/b.rs is missing",
                    "src/c.rs was added",
                    "src/lib.rs was changed",
                ]
            );
        }
        dhow_fs::symlink(Path::new("lib.rs"), &place("src/b.rs")).expect("links");
        assert!(
            differences(&dir, &manifest, Depth::Stat)
                .contains(&"src/b.rs is not a regular file any more".into())
        );
    }

    #[test]
    fn what_differs_is_never_believed_by_its_stat_later() {
        let (dir, mut manifest) = unpacked();
        manifest.add_scripted(["src/lib.rs".into(), "src/new.rs".into()]);
        for (file, text) in [("src/lib.rs", &b"fn b() {}"[..]), ("src/new.rs", b"")] {
            dhow_fs::write(&dir.path().join(file), text).expect("writes");
        }
        let touched = dir.path().join("src/b.rs");
        dhow_fs::set_mtime(&touched, FileTime { secs: 1_153_704_088, nanos: 0 }).expect("sets");
        let checked = check_sources(dir.path(), &manifest, Depth::Stat).expect("checks");
        let refreshed = checked.refreshed.expect("a stat has changed");
        assert_eq!(refreshed.scripted, manifest.scripted);
        for manifest in [&manifest, &refreshed] {
            assert_eq!(
                differences(&dir, manifest, Depth::Stat),
                ["src/lib.rs was changed by its build script", "src/new.rs was added by its build script"]
            );
        }
    }

    #[test]
    fn a_byte_behind_an_equal_stat_is_found_by_content() {
        let (dir, mut manifest) = unpacked();
        manifest.files[1].hash = [0; 32];
        assert!(differences(&dir, &manifest, Depth::Stat).is_empty());
        assert_eq!(differences(&dir, &manifest, Depth::Content).len(), 1);
    }

    #[test]
    fn a_touched_file_is_settled_by_its_content_and_remembered() {
        let (dir, manifest) = unpacked();
        let file = dir.path().join("src/lib.rs");
        dhow_fs::set_mtime(&file, FileTime { secs: 1_153_704_088, nanos: 0 }).expect("sets");
        let checked = check_sources(dir.path(), &manifest, Depth::Stat).expect("checks");
        assert!(checked.differences.is_empty());
        let refreshed = checked.refreshed.expect("a stat has changed");
        // Its inode was changed only now.
        assert_eq!(refreshed.files[2].stat, StatRecord { size: 9, ..StatRecord::default() });
        assert!(differences(&dir, &refreshed, Depth::Stat).is_empty());
        dhow_fs::write(&file, b"fn b() {}").expect("writes");
        assert_eq!(differences(&dir, &refreshed, Depth::Stat), ["src/lib.rs was changed"]);
    }
}
