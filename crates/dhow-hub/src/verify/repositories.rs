//! Git databases and working trees: which are missing, which are too many.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use dhow_fetch::{Commits, FetchError, Fsck, Part, Registries, Remedy};
use dhow_home::GitHome;

use super::registry::visible;
use super::{HubPart, Survey};
use crate::contents::Contents;

/// Cargo abbreviates commits to this many digits at least.
const MIN_SHORT: usize = 7;

pub(super) fn survey(
    registries: &Registries,
    contents: &Contents,
    survey: &mut Survey,
) -> Result<(), FetchError> {
    let home = registries.home();
    let wanted = wanted(registries, contents)?;
    let submodules = submodules(registries, contents);
    let known: BTreeSet<&Path> = wanted.values().map(|(git, _)| git.database().path()).collect();
    for path in visible(&home.git_db())? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let needed = submodules.as_ref().map(|commits| commits.get(&name));
        if known.contains(path.as_path()) {
            continue;
        }
        match needed {
            _ if !is_directory(&path)? => survey.found.add(path, "is not a repository", Remedy::Remove),
            Some(None) => survey.found.add(path, NOT_NEEDED, Remedy::Remove),
            Some(Some((_, commits))) => {
                survey.parts.push(repository(path, commits.iter().cloned().collect()));
            }
            // Nobody knows what it is there for.
            None => survey.parts.push(repository(path, Vec::new())),
        }
    }
    let known: BTreeSet<&Path> = wanted.values().map(|(git, _)| git.checkouts()).collect();
    let mut trees = Vec::new();
    for path in visible(&home.git_checkouts())? {
        if known.contains(path.as_path()) {
            trees.extend(visible(&path)?);
        } else {
            survey.found.add(path, NOT_NEEDED, Remedy::Remove);
        }
    }
    let has_trees = !trees.is_empty();
    for (git, commits) in wanted.into_values() {
        let database = git.database().path();
        match dhow_fs::lstat(database)? {
            None => survey.found.add(database.to_owned(), "is missing", Remedy::Bring),
            Some(stat) if !stat.is_dir() => {
                survey.found.add(database.to_owned(), "is not a repository", Remedy::Remove);
            }
            Some(_) => survey.parts.push(repository(database.to_owned(), commits.clone())),
        }
        checkouts(&git, &commits, &mut trees, has_trees, survey)?;
    }
    for path in trees {
        survey.found.add(path, "is of a commit that the lock file does not name", Remedy::Remove);
    }
    Ok(())
}

const NOT_NEEDED: &str = "is of a repository that nothing in the lock file is from";

/// All commits that are needed, those of submodules among them, which the lock file does not name. Nothing, if a database
/// cannot tell.
fn submodules(registries: &Registries, contents: &Contents) -> Option<Commits> {
    match contents.repositories.is_empty() {
        true => Some(Commits::new()),
        false => registries.needed_commits(registries, &contents.repositories, &|_| {}).ok(),
    }
}

fn repository(path: PathBuf, commits: Vec<String>) -> HubPart {
    HubPart::Home(Part::Repository { path, fsck: Fsck::Content, commits })
}

/// Takes the working trees of a repository that are needed out of `trees`.
fn checkouts(
    git: &GitHome,
    commits: &[String],
    trees: &mut Vec<PathBuf>,
    has_trees: bool,
    survey: &mut Survey,
) -> Result<(), FetchError> {
    for commit in commits {
        let is_of = |path: &Path| {
            let short = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            path.parent() == Some(git.checkouts()) && short.len() >= MIN_SHORT && commit.starts_with(short)
        };
        let mut found = false;
        for path in trees.extract_if(.., |path| is_of(path)) {
            found = true;
            if is_directory(&path)? {
                survey.parts.push(HubPart::Home(Part::Checkout(path)));
            } else {
                survey.found.add(path, "is not a working tree", Remedy::Remove);
            }
        }
        if !found && has_trees {
            let path = git.checkout(&commit[..MIN_SHORT.min(commit.len())]);
            survey.found.add(path, "is missing", Remedy::Bring);
        }
    }
    Ok(())
}

fn is_directory(path: &Path) -> Result<bool, FetchError> {
    Ok(dhow_fs::lstat(path)?.is_some_and(|stat| stat.is_dir()))
}

/// Repositories by their directories, with the commits that have to be there.
fn wanted(
    registries: &Registries,
    contents: &Contents,
) -> Result<BTreeMap<PathBuf, (GitHome, Vec<String>)>, FetchError> {
    let mut all: BTreeMap<PathBuf, (GitHome, Vec<String>)> = BTreeMap::new();
    for source in &contents.repositories {
        let actual = registries.settings().sources.actual(*source)?;
        if !actual.is_git() {
            continue;
        }
        let git = registries.home().git_of(actual);
        let path = git.database().path().to_owned();
        let (_, commits) = all.entry(path).or_insert_with(|| (git, Vec::new()));
        if let Some(commit) = source.precise()
            && !commits.iter().any(|known| known == commit)
        {
            commits.push(commit.to_owned());
        }
    }
    Ok(all)
}
