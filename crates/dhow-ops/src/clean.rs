//! `clean`: removes what was built.

use std::path::{Path, PathBuf};

use dhow_fs::FileKind;
use dhow_model::PackageId;
use dhow_plan::select_packages;
use dhow_plan::{CompileKind, PackageSelection};
use dhow_target::{Layout, LayoutOptions, PlatformDirs};
use dhow_workspace::{Package, Workspace};

use crate::error::Error;
use crate::resolution;
use crate::session::Session;
use crate::tools::Tools;
use crate::workspaces::Care;
use crate::{settings, workspaces};

/// What to remove.
#[derive(Clone, Debug, Default)]
pub struct CleanOptions {
    /// Only documentation.
    pub doc: bool,
    /// Only say what would go.
    pub dry_run: bool,
    /// Only what belongs to these packages.
    pub packages: Vec<String>,
    /// Only what belongs to members.
    pub workspace: bool,
    /// Only what was built with this profile.
    pub profile: Option<String>,
    /// Only what was built for these targets.
    pub targets: Vec<String>,
}

/// What was removed (or would be).
#[derive(Clone, Debug, Default)]
pub struct Cleaned {
    /// Files and directories, as far as each was looked at.
    pub paths: Vec<PathBuf>,
    /// How many files.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
}

/// Removes what `options` select from the target directory.
///
/// # Errors
/// A package is not known, or something cannot be removed.
pub fn clean(session: &Session<'_>, options: &CleanOptions) -> Result<Cleaned, Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        let mut cleaner = Cleaner { dry_run: options.dry_run, cleaned: Cleaned::default() };
        let root = workspace.target_dir();
        let packages = packages(workspace, sources, options)?;
        if options.doc {
            cleaner.remove(&root.join("doc"))?;
        } else if options.profile.is_none() && options.targets.is_empty() && packages.is_empty() {
            cleaner.remove(root)?;
            if workspace.build_dir() != root {
                cleaner.remove(workspace.build_dir())?;
            }
        } else {
            let layout = layout(session, workspace, options)?;
            for dirs in layout.iter() {
                if packages.is_empty() {
                    cleaner.remove(dirs.artifact_dest())?;
                    cleaner.remove(dirs.build_dest())?;
                }
                for package in &packages {
                    cleaner.package(dirs, *package, workspace)?;
                }
            }
        }
        Ok(cleaner.cleaned)
    })
}

fn packages(
    workspace: &Workspace,
    sources: &crate::sources::Sources<'_>,
    options: &CleanOptions,
) -> Result<Vec<PackageId>, Error> {
    if options.workspace {
        return Ok(workspace.members().iter().map(Package::id).collect());
    }
    if options.packages.is_empty() {
        return Ok(Vec::new());
    }
    let Some(resolve) = resolution::locked(workspace, sources)? else {
        return Err(Error::NoLockFile { path: workspace.lock_path() });
    };
    let selection = PackageSelection::Named(options.packages.clone());
    Ok(select_packages(workspace, &resolve, &selection)?.packages)
}

/// The directories of the profile and the targets that are meant; without targets the host's.
fn layout(
    session: &Session<'_>,
    workspace: &Workspace,
    options: &CleanOptions,
) -> Result<Vec<PlatformDirs>, Error> {
    let profiles = settings::profiles(session, workspace, options.profile.as_deref().unwrap_or("dev"))?;
    let kinds = Tools::find(session, &options.targets)?.kinds;
    let layout = Layout::new(&LayoutOptions {
        artifact_root: workspace.target_dir().to_owned(),
        build_root: workspace.build_dir().to_owned(),
        profile_dir: profiles.dir_name().to_string(),
        kinds: kinds.clone(),
    });
    let mut dirs: Vec<PlatformDirs> = kinds.iter().map(|kind| layout.platform(*kind).clone()).collect();
    if options.targets.is_empty() && !kinds.contains(&CompileKind::Host) {
        dirs.push(layout.platform(CompileKind::Host).clone());
    }
    Ok(dirs)
}

struct Cleaner {
    dry_run: bool,
    cleaned: Cleaned,
}

impl Cleaner {
    /// Removes a file, or a directory with all that is in it. What is not there is gone already.
    fn remove(&mut self, path: &Path) -> Result<(), Error> {
        let Some(stat) = dhow_fs::lstat(path)? else { return Ok(()) };
        self.count(path, stat.is_dir(), stat.size)?;
        if self.dry_run {
            return Ok(());
        }
        if stat.is_dir() {
            dhow_fs::remove_dir_all(path)?
        } else {
            dhow_fs::remove_file(path)?
        }
        Ok(())
    }

    fn count(&mut self, path: &Path, is_dir: bool, size: u64) -> Result<(), Error> {
        self.cleaned.paths.push(path.to_owned());
        if !is_dir {
            self.cleaned.files += 1;
            self.cleaned.bytes += size;
            return Ok(());
        }
        for entry in dhow_fs::list_dir(path)? {
            let size = dhow_fs::lstat(&entry.path)?.map_or(0, |stat| stat.size);
            self.count(&entry.path, entry.kind == FileKind::Dir, size)?;
        }
        Ok(())
    }

    /// Removes what belongs to a package: everything that bears its name, or that of one of its targets, and a hash.
    fn package(&mut self, dirs: &PlatformDirs, id: PackageId, workspace: &Workspace) -> Result<(), Error> {
        let mut names = vec![id.name().to_string(), id.name().replace('-', "_")];
        for target in workspace.member(id).into_iter().flat_map(|p| p.targets()) {
            names.push(target.name.to_string());
            names.push(target.crate_name().to_string());
        }
        for dir in [dirs.fingerprint(), dirs.build(), dirs.deps(), dirs.examples(), dirs.incremental()] {
            if dhow_fs::stat(&dir)?.is_none() {
                continue;
            }
            for entry in dhow_fs::list_dir(&dir)? {
                if names.iter().any(|name| is_hashed(&entry.file_name.to_string_lossy(), name)) {
                    self.remove(&entry.path)?;
                }
            }
        }
        for dest in [dirs.artifact_dest().to_owned(), dirs.artifact_dest().join("examples")] {
            for name in &names {
                for plain in
                    [name.clone(), format!("{name}.d"), format!("lib{name}.rlib"), format!("lib{name}.d")]
                {
                    self.remove(&dest.join(plain))?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a file is called `name-<hash>`, perhaps with `lib` before and an ending behind.
fn is_hashed(file: &str, name: &str) -> bool {
    let stem = file.split('.').next().unwrap_or(file);
    let rest =
        stem.strip_prefix("lib").and_then(|s| s.strip_prefix(name)).or_else(|| stem.strip_prefix(name));
    let Some(hash) = rest.and_then(|rest| rest.strip_prefix('-')) else { return false };
    hash.len() >= 8 && hash.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_names_with_a_hash_belong_to_a_package() {
        assert!(is_hashed("libfoo-0123456789abcdef.rlib", "foo"));
        assert!(is_hashed("foo-0123456789abcdef.d", "foo"));
        assert!(is_hashed("foo-2qk3nq6y8s1xk", "foo"));
        assert!(!is_hashed("foo-bar-0123456789abcdef", "foo"));
        assert!(!is_hashed("foo.d", "foo"));
        assert!(!is_hashed("food-0123456789abcdef", "foo"));
    }
}
