//! The one file that knows the directory tree of a target directory.
//!
//! ```text
//! target/                       artifact root and build root, unless `build.build-dir` parts them
//! ├── CACHEDIR.TAG
//! ├── .rustc_info.json          the real Cargo's, never touched
//! ├── doc/  tmp/  package/
//! ├── debug/                    one per profile; for `--target` below `<triple>/`
//! │   ├── .cargo-lock           held while we build
//! │   ├── .fingerprint/<unit>/  our records (and Cargo's, in directories of other names)
//! │   ├── build/<unit>/         compiled scripts; for a script that ran: `out/`, `output`, `stderr`, `root-output`
//! │   ├── deps/                 what rustc writes, with hashes in the names
//! │   ├── examples/  incremental/
//! │   └── app, app.d, libfoo.rlib    what people look for
//! └── <triple>/{debug,doc,tmp}/
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dhow_fs::{FileLock, FsError, LockNotice};
use dhow_plan::CompileKind;

const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
# This file is a cache directory tag created by dhow.\n\
# For information about cache directory tags see https://bford.info/cachedir/\n";

/// What decides a layout.
#[derive(Debug, Clone)]
pub struct LayoutOptions {
    /// Where artifacts go: `target`.
    pub artifact_root: PathBuf,
    /// Where everything else goes: the same, unless `build.build-dir` says otherwise.
    pub build_root: PathBuf,
    /// `debug`, `release`, or the name of another profile.
    pub profile_dir: String,
    /// Platforms named by `--target`; the host is always there.
    pub kinds: Vec<CompileKind>,
}

/// The directories of one build: a profile, the host and the requested platforms.
#[derive(Debug, Clone)]
pub struct Layout {
    artifact_root: PathBuf,
    build_root: PathBuf,
    platforms: BTreeMap<CompileKind, PlatformDirs>,
}

/// The directories of one platform.
#[derive(Debug, Clone)]
pub struct PlatformDirs {
    /// `target/debug`: what people look for.
    artifact_dest: PathBuf,
    /// `target/debug` below the build root.
    build_dest: PathBuf,
    /// `target` or `target/<triple>`.
    artifact_root: PathBuf,
    build_root: PathBuf,
}

impl PlatformDirs {
    /// Where artifacts are put for people.
    pub fn artifact_dest(&self) -> &Path {
        &self.artifact_dest
    }

    /// The directory above [`PlatformDirs::deps`].
    pub fn build_dest(&self) -> &Path {
        &self.build_dest
    }

    /// What rustc makes.
    pub fn deps(&self) -> PathBuf {
        self.build_dest.join("deps")
    }

    /// Compiled scripts and what they leave.
    pub fn build(&self) -> PathBuf {
        self.build_dest.join("build")
    }

    /// Examples, as rustc makes them.
    pub fn examples(&self) -> PathBuf {
        self.build_dest.join("examples")
    }

    /// rustc's incremental state.
    pub fn incremental(&self) -> PathBuf {
        self.build_dest.join("incremental")
    }

    /// Our records.
    pub fn fingerprint(&self) -> PathBuf {
        self.build_dest.join(".fingerprint")
    }

    /// Documentation.
    pub fn doc(&self) -> PathBuf {
        self.artifact_root.join("doc")
    }

    /// `CARGO_TARGET_TMPDIR`
    pub fn tmp(&self) -> PathBuf {
        self.build_root.join("tmp")
    }
}

impl Layout {
    /// Spells out the directories. Makes none of them.
    pub fn new(options: &LayoutOptions) -> Self {
        let mut platforms = BTreeMap::new();
        for kind in std::iter::once(CompileKind::Host).chain(options.kinds.iter().copied()) {
            let below = |root: &Path| match kind {
                CompileKind::Host => root.to_owned(),
                CompileKind::Target(target) => root.join(target.short_name()),
            };
            let (artifact_root, build_root) = (below(&options.artifact_root), below(&options.build_root));
            let dirs = PlatformDirs {
                artifact_dest: artifact_root.join(&options.profile_dir),
                build_dest: build_root.join(&options.profile_dir),
                artifact_root,
                build_root,
            };
            platforms.insert(kind, dirs);
        }
        Self {
            artifact_root: options.artifact_root.clone(),
            build_root: options.build_root.clone(),
            platforms,
        }
    }

    /// `target`
    pub fn artifact_root(&self) -> &Path {
        &self.artifact_root
    }

    /// `target`, unless the build has a root of its own.
    pub fn build_root(&self) -> &Path {
        &self.build_root
    }

    /// The directories of a platform. One that was not asked for has the host's.
    pub fn platform(&self, kind: CompileKind) -> &PlatformDirs {
        self.platforms.get(&kind).unwrap_or_else(|| &self.platforms[&CompileKind::Host])
    }

    /// Makes the directories and takes their locks, in an order that is the same for everyone. `notice` is told which
    /// directory somebody else is building in, before waiting for it.
    ///
    /// # Errors
    /// If a directory cannot be made.
    pub fn lock(&self, notice: &dyn Fn(&Path, LockNotice)) -> Result<BuildLock, FsError> {
        for root in [&self.artifact_root, &self.build_root] {
            make_root(root)?;
        }
        let mut guards: Vec<FileLock> = Vec::new();
        for dirs in self.platforms.values() {
            for made in [dirs.deps(), dirs.build(), dirs.examples(), dirs.incremental(), dirs.fingerprint()] {
                dhow_fs::create_dir_all(&made)?;
            }
            dhow_fs::create_dir_all(&dirs.artifact_dest)?;
            for dest in [&dirs.artifact_dest, &dirs.build_dest] {
                let file = dest.join(".cargo-lock");
                if !guards.iter().any(|guard| guard.path() == file) {
                    guards.push(FileLock::lock_exclusive(&file, &|what| notice(dest, what))?);
                }
            }
        }
        Ok(BuildLock { guards })
    }
}

/// The right to write below a layout's directories. Exclusive: the real Cargo waits for us and we for it.
#[derive(Debug)]
#[must_use = "the target directory is free for others when this value is dropped"]
pub struct BuildLock {
    guards: Vec<FileLock>,
}

impl BuildLock {
    /// The file whose lock must outlive us if compilers do: given to them, it is held until the last of their children has
    /// stopped writing. `None` where there are no locks.
    #[cfg(unix)]
    pub fn held(&self) -> Option<Arc<std::os::fd::OwnedFd>> {
        let held = self.guards.iter().find(|guard| guard.is_held())?;
        held.file().try_clone().ok().map(|file| Arc::new(file.into()))
    }

    /// Not on this system.
    #[cfg(not(unix))]
    pub fn held(&self) -> Option<Arc<std::convert::Infallible>> {
        None
    }
}

/// A new target directory is marked, so that backups leave it out; one that was there is its owner's business.
fn make_root(root: &Path) -> Result<(), FsError> {
    if dhow_fs::stat(root)?.is_none() {
        dhow_fs::create_dir_all(root)?;
        dhow_fs::write_atomic(&root.join("CACHEDIR.TAG"), CACHEDIR_TAG.as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dhow_plan::CompileTarget;

    fn layout(root: &Path) -> Layout {
        let target = CompileKind::Target(CompileTarget::new("wasm32-unknown-unknown", Path::new("/")));
        Layout::new(&LayoutOptions {
            artifact_root: root.join("target"),
            build_root: root.join("target"),
            profile_dir: "debug".into(),
            kinds: vec![target],
        })
    }

    #[test]
    fn directories_are_cargos() {
        let layout = layout(Path::new("/p"));
        let host = layout.platform(CompileKind::Host);
        assert_eq!(host.deps(), Path::new("/p/target/debug/deps"));
        assert_eq!(host.doc(), Path::new("/p/target/doc"));
        let target = CompileKind::Target(CompileTarget::new("wasm32-unknown-unknown", Path::new("/")));
        let wasm = layout.platform(target);
        assert_eq!(wasm.artifact_dest(), Path::new("/p/target/wasm32-unknown-unknown/debug"));
        assert_eq!(wasm.tmp(), Path::new("/p/target/wasm32-unknown-unknown/tmp"));
    }

    #[test]
    fn a_new_root_is_marked_and_locked_once_for_each_platform() {
        let dir = dhow_fs::TempDir::anywhere().unwrap();
        let layout = layout(dir.path());
        let lock = layout.lock(&|_, _| {}).unwrap();
        assert!(
            dhow_fs::read_to_string(&dir.path().join("target/CACHEDIR.TAG"))
                .unwrap()
                .starts_with("Signature: 8a477f59")
        );
        let file = dir.path().join("target/debug/.cargo-lock");
        assert!(FileLock::try_exclusive(&file, &|_| {}).unwrap().is_none());
        drop(lock);
        assert!(FileLock::try_exclusive(&file, &|_| {}).unwrap().is_some());
    }
}
