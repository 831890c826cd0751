//! Git repositories: the commits that are needed, submodules included, without their history.

use std::collections::BTreeSet;

use dhow_home::{CollectGuard, RegistryHome};
use dhow_model::SourceId;

use crate::error::FetchError;
use crate::event::Event;
use crate::git::{Commits, IndexTree, Place};
use crate::index::Kind;
use crate::registries::Registries;

impl Registries {
    /// Sees to it that the databases of this home have the commits of these sources and of their submodules. What it
    /// lacks comes from the other home, which fetches it if need be. Gives back what is needed.
    ///
    /// # Errors
    /// A commit cannot be had, or a home cannot be written to.
    pub fn take_repositories(
        &self,
        from: &Self,
        sources: &BTreeSet<SourceId>,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<Commits, FetchError> {
        let needed = self.needed_commits(from, sources, events)?;
        self.git_place().settle(from.home(), &needed, events)?;
        Ok(needed)
    }

    /// What [`Self::take_repositories`] would take, or find to be there.
    ///
    /// # Errors
    /// A commit cannot be had.
    pub fn needed_commits(
        &self,
        from: &Self,
        sources: &BTreeSet<SourceId>,
        events: &(dyn Fn(Event) + Sync),
    ) -> Result<Commits, FetchError> {
        let mut of_git = BTreeSet::new();
        for source in sources {
            if self.settings().sources.resolve(*source)?.source.is_git() {
                of_git.insert(*source);
            }
        }
        let check = |source: SourceId| {
            let actual = from.settings().sources.resolve(source)?.source;
            match actual == source {
                true => Ok(()),
                false => Err(FetchError::NoRepository { source_id: source, actual }),
            }
        };
        self.git_place().needed_commits(from.git_place(), &of_git, &check, events)
    }

    /// Whether the databases of this home have more than these commits, or an index in git has more than one.
    ///
    /// # Errors
    /// The home cannot be read.
    pub fn are_repositories_untidy(&self, needed: &Commits) -> Result<bool, FetchError> {
        for place in self.git_indexes() {
            if IndexTree::tidy(self.git_place(), &place, true)? {
                return Ok(true);
            }
        }
        self.git_place().is_untidy(needed)
    }

    /// Lets the databases of this home have these commits and nothing else, and indexes in git one.
    ///
    /// # Errors
    /// A commit is not there, or the home cannot be written to.
    pub fn tidy_repositories(
        &self,
        _nobody_reads: &CollectGuard<'_>,
        needed: &Commits,
    ) -> Result<(), FetchError> {
        for place in self.git_indexes() {
            IndexTree::tidy(self.git_place(), &place, false)?;
        }
        self.git_place().tidy(needed)
    }

    /// Where indexes are that were asked for and are repositories.
    fn git_indexes(&self) -> Vec<RegistryHome> {
        let opened = self.opened();
        let of_git = opened.iter().filter(|registry| matches!(registry.kind, Kind::Git(_)));
        of_git.map(|registry| registry.home.clone()).collect()
    }

    fn git_place(&self) -> Place<'_> {
        Place { home: self.home(), git: self.git() }
    }
}
