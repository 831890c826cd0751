//! From manifests and `Cargo.lock` to the graph of packages, and back to `Cargo.lock`.

use std::task::Poll;

use dhow_fetch::Freshness;
use dhow_model::{Dependency, PackageId};
use dhow_resolve::{CliFeatures, Member, Resolve, ResolveRequest, Resolver};
use dhow_workspace::{Package, Workspace};

use crate::error::Error;
use crate::hold::Hold;
use crate::hub_fill;
use crate::lock_file::LockFile;
use crate::lock_report::{self, Occasion};
use crate::rust_versions::RustVersions;
use crate::session::Session;
use crate::sources::Sources;

/// How versions are chosen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LockOptions {
    /// `generate-lockfile`: what the lock file says does not count.
    pub(crate) anew: bool,
    /// `--ignore-rust-version`
    pub(crate) ignore_rust_version: bool,
}

/// What the lock file is to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockUse {
    /// It is the author's, and is brought up to date.
    Kept,
    /// It came with the sources: what it says counts where it fits, and it stays as it is.
    Read,
    /// It does not count.
    Ignored,
}

/// What the lock file says; nothing if there is none.
pub(crate) fn locked(workspace: &Workspace, sources: &Sources<'_>) -> Result<Option<Resolve>, Error> {
    LockFile::read(workspace)?.resolve(workspace, sources)
}

/// The graph that `Cargo.lock` describes, for all features of all members; `Cargo.lock` is brought up to date.
pub(crate) fn resolve(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    options: LockOptions,
) -> Result<Resolve, Error> {
    let lock = LockFile::read(workspace)?;
    let previous = if options.anew { None } else { lock.resolve(workspace, sources)? };
    let rust_versions = RustVersions::new(session, workspace, options.ignore_rust_version)?;
    let search = Search { workspace, rust_versions };
    let hold = Hold { previous: previous.as_ref(), ..Hold::default() };
    let resolve = search.by_hub_or_home(sources, &search.all_members(), hold)?;
    let written = lock.write(session, &resolve, search.rust_versions.lowest().as_ref())?;
    if written || options.anew {
        let occasion = previous.as_ref().map_or(Occasion::New, Occasion::Changed);
        lock_report::tell(session, sources, &search.rust_versions, &resolve, occasion)?;
    }
    hub_fill::follow(session, sources, &resolve)?;
    Ok(resolve)
}

/// The graph of some members with some features, for this once: nothing is written.
pub(crate) fn resolve_once(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    members: &[(PackageId, CliFeatures, bool)],
    lock: LockUse,
    options: LockOptions,
) -> Result<Resolve, Error> {
    let previous = match lock {
        LockUse::Ignored => None,
        LockUse::Kept | LockUse::Read => locked(workspace, sources)?,
    };
    let search = Search {
        workspace,
        rust_versions: RustVersions::new(session, workspace, options.ignore_rust_version)?,
    };
    let hold = Hold { previous: previous.as_ref(), ..Hold::default() };
    let resolve = search.with_as_little_network_as_possible(sources, &asked(workspace, members), hold)?;
    if lock == LockUse::Ignored {
        lock_report::tell(session, sources, &search.rust_versions, &resolve, Occasion::New)?;
    }
    Ok(resolve)
}

/// The part of `whole` that some members need with some features.
pub(crate) fn narrow(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    whole: &Resolve,
    members: &[(PackageId, CliFeatures, bool)],
) -> Result<Resolve, Error> {
    let search = Search { workspace, rust_versions: RustVersions::new(session, workspace, false)? };
    search.run(sources, &asked(workspace, members), Hold { previous: Some(whole), ..Hold::default() })
}

fn asked(workspace: &Workspace, members: &[(PackageId, CliFeatures, bool)]) -> Vec<Member> {
    let member = |(id, features, dev_deps): &(PackageId, CliFeatures, bool)| {
        let package = workspace.member(*id)?;
        Some(Member { summary: package.summary().clone(), features: features.clone(), dev_deps: *dev_deps })
    };
    members.iter().filter_map(member).collect()
}

pub(crate) struct Search<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) rust_versions: RustVersions<'a>,
}

impl Search<'_> {
    /// What a lock file is made for.
    pub(crate) fn all_members(&self) -> Vec<Member> {
        let all = |p: &Package| Member {
            summary: p.summary().clone(),
            features: CliFeatures::all(),
            dev_deps: true,
        };
        self.workspace.members().iter().map(all).collect()
    }

    /// What the hub knows, if there is one, says as much as the home as long as the lock file need not change. Only where
    /// it must, or where the hub does not know all of it, the home is asked.
    fn by_hub_or_home(
        &self,
        sources: &mut Sources<'_>,
        members: &[Member],
        hold: Hold<'_>,
    ) -> Result<Resolve, Error> {
        let offline = sources.home_registries().settings().net.offline;
        if hold.previous.is_some() && sources.hub().is_some() {
            sources.ask_hub(true);
            let found = self.with_as_little_network_as_possible(sources, members, hold);
            if let Ok(resolve) = found {
                let mut unpinned = resolve.unpinned_sources().iter();
                if offline || !unpinned.any(|source| source.is_registry()) {
                    return Ok(resolve);
                }
            }
            sources.ask_hub(false);
        }
        let found = self.with_as_little_network_as_possible(sources, members, hold);
        match (found, sources.hub()) {
            (Err(source), Some(hub)) if offline => {
                Err(Error::HubLacks { root: hub.hub.home().root().to_owned(), source: Box::new(source) })
            }
            (found, _) => found,
        }
    }

    /// A lock file says which releases to use, and what the home knows of them will do. Only registries of which more
    /// has to be known (a dependency is new or is let go, or a release is not known) are asked for news.
    pub(crate) fn with_as_little_network_as_possible(
        &self,
        sources: &mut Sources<'_>,
        members: &[Member],
        hold: Hold<'_>,
    ) -> Result<Resolve, Error> {
        let Some(previous) = hold.previous else {
            sources.set_freshness(Freshness::Revalidated);
            return self.run(sources, members, hold);
        };
        sources.set_freshness(Freshness::Cached);
        let mut asked = hold.asked.clone();
        asked.iter().for_each(|source| sources.revalidate(*source));
        sources.request(previous.iter())?;
        sources.fetch_repositories(previous.iter().filter(|id| (hold.keep)(*id)));
        loop {
            let Ok(resolve) = self.run(sources, members, hold) else {
                sources.set_freshness(Freshness::Revalidated);
                return self.run(sources, members, hold);
            };
            let mut unpinned = resolve.unpinned_sources().iter().filter(|source| source.is_registry());
            // One after the other: what the first has may be another way that does not need the second.
            let Some(not_asked) = unpinned.find(|source| !asked.contains(source)) else { return Ok(resolve) };
            sources.revalidate(*not_asked);
            asked.insert(*not_asked);
        }
    }

    pub(crate) fn run(
        &self,
        sources: &mut Sources<'_>,
        members: &[Member],
        hold: Hold<'_>,
    ) -> Result<Resolve, Error> {
        let prefs = self.rust_versions.preferences(sources)?;
        let patches = sources.patches(self.workspace, hold)?;
        let replacements = sources.replacements(self.workspace, hold)?;
        let lowest = self.rust_versions.lowest();
        let deps = members.iter().flat_map(|m| m.summary.dependencies());
        let asked: Vec<Dependency> = deps.filter(|dep| !is_held(dep, hold)).cloned().collect();
        sources.prefetch(&asked)?;
        let mut resolver = Resolver::new(ResolveRequest {
            members,
            previous: hold.previous,
            keep: hold.keep,
            precise: hold.precise,
            patches: &patches,
            replacements: &replacements,
            prefs: &prefs,
            lowest_rust_version: lowest.as_ref(),
        });
        loop {
            match resolver.run(sources) {
                Poll::Ready(result) => {
                    sources.tell_news();
                    return Ok(result?);
                }
                Poll::Pending => sources.wait(),
            }
        }
    }
}

/// Whether a dependency will probably stay what it is.
fn is_held(dep: &Dependency, hold: Hold<'_>) -> bool {
    let fits = |id: PackageId| {
        id.name() == dep.package_name() && dep.matches_version(id.version()) && (hold.keep)(id)
    };
    hold.previous.is_some_and(|previous| previous.iter().any(fits))
}
