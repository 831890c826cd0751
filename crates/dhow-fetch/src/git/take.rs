//! Takes commits over from the databases of one home into those of a hub: only what is needed, see [`super::settle`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use dhow_formats::index_entry::index_path;
use dhow_formats::registry_config;
use dhow_home::{BareRepository, CargoHome, RegistryHome, git_dir_name};
use dhow_model::{GitReference, SourceId};
use url::Url;

use super::database::GitDatabase;
use super::fetcher::Fetcher;
use super::program::GitProgram;
use super::settle::Settled;
use super::submodule;
use super::tree::Tree;
use crate::error::FetchError;
use crate::event::Event;

type Events<'e> = &'e (dyn Fn(Event) + Sync);

/// The commits that are needed of repositories, submodules included; those of one repository under one source.
pub type Commits = BTreeMap<String, (SourceId, BTreeSet<String>)>;

/// A home, and the git that works in it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    pub(crate) home: &'p CargoHome,
    pub(crate) git: &'p Arc<GitProgram>,
}

impl Place<'_> {
    fn fetcher(self) -> Fetcher {
        Fetcher { home: self.home.clone(), git: Arc::clone(self.git) }
    }

    /// The commits of these sources and of their submodules. What is not here is brought to the other home, where
    /// `check` has nothing against it.
    pub(crate) fn needed_commits(
        self,
        from: Self,
        sources: &BTreeSet<SourceId>,
        check: &dyn Fn(SourceId) -> Result<(), FetchError>,
        events: Events<'_>,
    ) -> Result<Commits, FetchError> {
        let (ours, theirs) = (self.fetcher(), from.fetcher());
        let mut needed = Commits::new();
        for source in sources {
            let (Some(commit), Some(reference)) = (source.precise(), source.git_reference()) else {
                continue;
            };
            let mut open = vec![(*source, commit.to_owned(), reference.clone(), true)];
            while let Some((source, commit, reference, by_user)) = open.pop() {
                let (_, commits) = needed.entry(git_dir_name(source)).or_insert((source, BTreeSet::new()));
                if !commits.insert(commit.clone()) {
                    continue;
                }
                let mut database = ours.database(source);
                if database.resolve(&commit)?.is_none() {
                    database = theirs.database(source);
                    if by_user {
                        check(source)?;
                        theirs.locked(&database, source.url(), (&commit, &reference), events)?;
                    } else {
                        theirs.submodule(source.url(), &commit, false, events)?;
                    }
                }
                for (url, hash) in submodules(&ours, &database, source.url(), &commit)? {
                    let reference = GitReference::Rev(hash.clone());
                    open.push((SourceId::for_git(url, reference.clone()), hash, reference, false));
                }
            }
        }
        Ok(needed)
    }

    /// Sees to it that the databases have these commits, whose objects may be those of another home.
    pub(crate) fn settle(
        self,
        from: &CargoHome,
        needed: &Commits,
        events: Events<'_>,
    ) -> Result<(), FetchError> {
        for (source, commits) in needed.values() {
            let place = self.home.git_of(*source);
            self.home.lock_downloads(&|_| {})?.prepare_git(&place)?;
            let others = vec![from.git_of(*source).database().path().to_owned()];
            settled(self.home, place.database(), commits, others).settle(self.git, events)?;
        }
        Ok(())
    }

    /// Whether the databases have more than these commits.
    pub(crate) fn is_untidy(self, needed: &Commits) -> Result<bool, FetchError> {
        for (source, commits) in needed.values() {
            let place = self.home.git_of(*source);
            if settled(self.home, place.database(), commits, Vec::new()).is_untidy()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets the databases have these commits and nothing else.
    pub(crate) fn tidy(self, needed: &Commits) -> Result<(), FetchError> {
        for (source, commits) in needed.values() {
            let place = self.home.git_of(*source);
            let settled = settled(self.home, place.database(), commits, Vec::new());
            if settled.is_untidy()? {
                settled.tidy(self.git)?;
            }
        }
        Ok(())
    }
}

fn settled<'r>(
    home: &'r CargoHome,
    repository: &'r BareRepository,
    commits: &BTreeSet<String>,
    others: Vec<PathBuf>,
) -> Settled<'r> {
    let references = commits.iter().map(|commit| (format!("refs/commit/{commit}"), commit.clone())).collect();
    Settled { home, repository, references, others }
}

/// The submodules of a commit that are wanted, and their commits.
fn submodules(
    fetcher: &Fetcher,
    database: &GitDatabase,
    url: &Url,
    commit: &str,
) -> Result<Vec<(Url, String)>, FetchError> {
    let refused = |(path, reason)| FetchError::HostileRepository {
        url: url.to_string(),
        commit: commit.to_owned(),
        path,
        reason,
    };
    let tree = Tree::parse(&fetcher.git.list_tree(database.path(), commit)?).map_err(refused)?;
    if tree.submodules.is_empty() || !tree.has_gitmodules {
        return Ok(Vec::new());
    }
    let modules = submodule::parse(&fetcher.git.modules(database.path(), commit)?);
    let mut found = Vec::new();
    for (path, hash) in &tree.submodules {
        let Some(module) = modules.get(path).filter(|module| !module.is_left_out()) else { continue };
        let Some(written) = &module.url else { continue };
        found.push((submodule::absolute_url(url.as_str(), written)?, hash.clone()));
    }
    Ok(found)
}

/// An index as Cargo reads it from a repository, with a few files: one commit, which nobody made.
pub(crate) struct IndexTree {
    files: BTreeMap<String, Vec<u8>>,
    blobs: BTreeMap<String, String>,
}

/// Where Cargo looks for the commit.
const INDEX_HEAD: &str = "refs/remotes/origin/HEAD";

impl IndexTree {
    /// The `config.json` of an index.
    pub(crate) fn config(
        git: &Arc<GitProgram>,
        repository: &BareRepository,
    ) -> Result<Option<Vec<u8>>, FetchError> {
        let database = GitDatabase::new(Arc::clone(git), repository.clone());
        if !database.exists() {
            return Ok(None);
        }
        let name = format!("{INDEX_HEAD}:{}", registry_config::FILE_NAME);
        Ok(database.reader()?.read(&name)?.map(|object| object.content))
    }

    /// An index with that `config.json`.
    pub(crate) fn new(config: Vec<u8>) -> Self {
        let files = BTreeMap::from([(registry_config::FILE_NAME.to_owned(), config)]);
        Self { files, blobs: BTreeMap::new() }
    }

    /// The file of a package.
    pub(crate) fn add(&mut self, name: &str, text: Vec<u8>) {
        self.files.insert(index_path(name), text);
    }

    /// The hash of a package's file, after [`Self::write`].
    pub(crate) fn blob(&self, name: &str) -> String {
        self.blobs.get(&index_path(name)).cloned().unwrap_or_default()
    }

    /// Lets the index of a hub have its one commit and nothing else; gives back whether there was more. Only looks if
    /// `only_look`.
    pub(crate) fn tidy(
        place: Place<'_>,
        registry: &RegistryHome,
        only_look: bool,
    ) -> Result<bool, FetchError> {
        let repository = registry.plain_index_repository();
        let database = GitDatabase::new(Arc::clone(place.git), repository.clone());
        let Some(commit) = database.resolve(INDEX_HEAD)? else { return Ok(false) };
        let references = BTreeMap::from([(INDEX_HEAD.to_owned(), commit)]);
        let settled = Settled { home: place.home, repository: &repository, references, others: Vec::new() };
        let is_untidy = settled.is_untidy()?;
        if is_untidy && !only_look {
            settled.tidy(place.git)?;
        }
        Ok(is_untidy)
    }

    /// Sees to it that the index of a hub has these files.
    pub(crate) fn write(
        &mut self,
        git: &Arc<GitProgram>,
        home: &CargoHome,
        registry: &RegistryHome,
        events: Events<'_>,
    ) -> Result<bool, FetchError> {
        let dir = dhow_fs::TempDir::anywhere()?;
        git.init_bare(dir.path())?;
        git.import(dir.path(), INDEX_HEAD, &self.files)?;
        self.blobs.extend(Tree::parse_files(&git.list_tree(dir.path(), INDEX_HEAD)?));
        let commit = git.resolve(dir.path(), INDEX_HEAD)?.unwrap_or_default();
        home.lock_downloads(&|_| {})?.prepare_index(registry)?;
        let repository = registry.plain_index_repository();
        let references = BTreeMap::from([(INDEX_HEAD.to_owned(), commit)]);
        let others = vec![dir.path().to_owned()];
        Settled { home, repository: &repository, references, others }.settle(git, events)
    }
}
