//! Where manifests are: upwards of a directory, at the root of a workspace, behind a list of globs.
//! Specified in the Cargo book, "Workspaces".

use std::path::{Path, PathBuf};

use dhow_formats::manifest::TomlWorkspace;

use crate::discover;
use crate::error::{Error, Flaw};
use crate::problem::FindProblem;
use crate::read::{Files, ManifestFile};

const MANIFEST: &str = "Cargo.toml";

/// The manifest of the package or workspace that `directory` (absolute) is in.
///
/// # Errors
/// There is none up to the root of the file system.
pub fn find_manifest(directory: &Path) -> Result<PathBuf, Error> {
    let mut misspelt = None;
    for ancestor in directory.ancestors() {
        let path = ancestor.join(MANIFEST);
        if discover::exists(&path).map_err(Error::new)? {
            return Ok(path);
        }
        let lower = ancestor.join("cargo.toml");
        if misspelt.is_none() && discover::exists(&lower).map_err(Error::new)? {
            misspelt = Some(lower);
        }
    }
    Err(Error::new(FindProblem::NoManifest { directory: directory.to_owned(), misspelt }))
}

/// Checks what a user gave as `--manifest-path` (made absolute).
///
/// # Errors
/// It is not a file named `Cargo.toml`, or not there.
pub fn check_manifest_path(path: &Path) -> Result<PathBuf, Error> {
    let path = dhow_fs::normalize(path);
    let stat = dhow_fs::stat(&path).map_err(Error::new)?;
    match stat {
        Some(stat) if stat.is_dir() => Err(Error::new(FindProblem::ManifestIsDirectory(path))),
        _ if path.file_name().is_none_or(|name| name != MANIFEST) => {
            Err(Error::new(FindProblem::NotAManifest(path)))
        }
        Some(_) => Ok(path),
        None => Err(Error::new(FindProblem::NoSuchManifest(path))),
    }
}

/// What a manifest says about the workspace that it belongs to.
enum Role {
    Root,
    MemberOf(PathBuf),
    Unknown,
}

fn role(file: &ManifestFile) -> Role {
    let toml = file.toml();
    if toml.workspace.is_some() {
        return Role::Root;
    }
    match toml.package().and_then(|p| p.workspace.as_ref()) {
        Some(root) => Role::MemberOf(dhow_fs::normalize(&file.root().join(root).join(MANIFEST))),
        None => Role::Unknown,
    }
}

/// The root manifest of the workspace that the package at `manifest_path` belongs to, if to any.
pub(crate) fn workspace_root(
    files: &Files,
    manifest_path: &Path,
    cargo_home: Option<&Path>,
) -> Result<Option<PathBuf>, Error> {
    match role(&*files.get(manifest_path)?) {
        Role::Root => return Ok(Some(manifest_path.to_owned())),
        Role::MemberOf(root) => return Ok(Some(root)),
        Role::Unknown => {}
    }
    let mut below = None;
    for directory in manifest_path.ancestors().skip(2) {
        // What a package command unpacked, and what lies in the home of Cargo, belongs to no workspace outside.
        if directory.ends_with("target/package") || (below.is_some() && below == cargo_home) {
            break;
        }
        below = Some(directory);
        let path = directory.join(MANIFEST);
        if !discover::exists(&path).map_err(Error::new)? {
            continue;
        }
        let file = files.get(&path)?;
        match role(&file) {
            Role::Root if is_excluded(&file, manifest_path) => {}
            Role::Root => return Ok(Some(path)),
            Role::MemberOf(root) => return Ok(Some(root)),
            Role::Unknown => {}
        }
    }
    Ok(None)
}

/// Whether the workspace of `root` does not want the manifest at `path`. A list of members beats a list of exclusions.
pub(crate) fn is_excluded(root: &ManifestFile, path: &Path) -> bool {
    let Some(workspace) = &root.toml().workspace else { return false };
    let below = |list: &Option<Vec<String>>| {
        list.iter().flatten().any(|entry| path.starts_with(root.root().join(entry)))
    };
    below(&workspace.exclude) && !below(&workspace.members)
}

/// A directory that a list of members names, and the glob that led to it.
pub(crate) struct Listed {
    pub(crate) directory: PathBuf,
    pub(crate) entry: String,
}

/// The directories that `entries` (of `key`) name, relative to the root.
pub(crate) fn expand(
    root: &ManifestFile,
    key: &'static str,
    entries: impl Fn(&TomlWorkspace) -> Option<&Vec<String>>,
) -> Result<Vec<Listed>, Error> {
    let Some(workspace) = &root.toml().workspace else { return Ok(Vec::new()) };
    let mut listed = Vec::new();
    for (index, entry) in entries(workspace).into_iter().flatten().enumerate() {
        let at = index.to_string();
        let flaw = |problem: FindProblem| root.error(Flaw::new(["workspace", key, at.as_str()], problem));
        let pattern = root.root().join(entry);
        if !entry.contains(['*', '?', '[']) {
            listed.push(Listed { directory: dhow_fs::normalize(&pattern), entry: entry.clone() });
            continue;
        }
        let bad = |reason: String| flaw(FindProblem::BadGlob { glob: entry.clone(), reason });
        let pattern = pattern.to_str().ok_or_else(|| bad("it is not UTF-8".into()))?;
        let mut found = false;
        for path in glob::glob(pattern).map_err(|error| bad(error.to_string()))? {
            let path = path.map_err(|error| bad(error.to_string()))?;
            found = true;
            // Some systems leave files everywhere; a glob that meets one does not mean it.
            if dhow_fs::stat(&path).map_err(Error::new)?.is_some_and(|stat| stat.is_dir()) {
                listed.push(Listed { directory: dhow_fs::normalize(&path), entry: entry.clone() });
            }
        }
        if !found {
            listed.push(Listed { directory: root.root().join(entry), entry: entry.clone() });
        }
    }
    Ok(listed)
}
