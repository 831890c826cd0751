//! From manifests and `Cargo.lock` to the graph of packages, and back to `Cargo.lock`.

use std::collections::BTreeSet;
use std::path::Path;
use std::task::Poll;

use dhow_config::IncompatibleRustVersions;
use dhow_fetch::Freshness;
use dhow_formats::lockfile::Lockfile;
use dhow_model::{Dependency, PackageId, PartialVersion, RustVersion};
use dhow_resolve::{CliFeatures, LockUpdate, Member, Resolve, ResolveRequest, Resolver, VersionPreferences};
use dhow_workspace::{Package, ResolverVersion, Workspace};

use crate::error::Error;
use crate::patches::Previous;
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
    let path = workspace.lock_path();
    match read_text(&path)? {
        Some(text) => parse(&path, &text, workspace, sources).map(Some),
        None => Ok(None),
    }
}

/// The graph that `Cargo.lock` describes, for all features of all members; `Cargo.lock` is brought up to date.
pub(crate) fn resolve(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    options: LockOptions,
) -> Result<Resolve, Error> {
    let path = workspace.lock_path();
    let text = read_text(&path)?;
    let previous = match &text {
        Some(text) if !options.anew => Some(parse(&path, text, workspace, sources)?),
        _ => None,
    };
    let all =
        |p: &Package| Member { summary: p.summary().clone(), features: CliFeatures::all(), dev_deps: true };
    let members: Vec<Member> = workspace.members().iter().map(all).collect();
    let search = Search { session, workspace, options };
    let resolve = search.with_as_little_network_as_possible(sources, &members, previous.as_ref())?;
    search.write(&path, text.as_deref(), previous.as_ref(), &resolve)?;
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
    let search = Search { session, workspace, options };
    let members = asked(workspace, members);
    let resolve = search.with_as_little_network_as_possible(sources, &members, previous.as_ref())?;
    if lock == LockUse::Ignored {
        search.tell_changes(None, &resolve);
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
    let search = Search { session, workspace, options: LockOptions::default() };
    search.run(sources, &asked(workspace, members), Some(whole))
}

fn asked(workspace: &Workspace, members: &[(PackageId, CliFeatures, bool)]) -> Vec<Member> {
    let member = |(id, features, dev_deps): &(PackageId, CliFeatures, bool)| {
        let package = workspace.member(*id)?;
        Some(Member { summary: package.summary().clone(), features: features.clone(), dev_deps: *dev_deps })
    };
    members.iter().filter_map(member).collect()
}

struct Search<'a> {
    session: &'a Session<'a>,
    workspace: &'a Workspace,
    options: LockOptions,
}

impl Search<'_> {
    /// A lock file says which releases to use, and what the home knows of them will do. Only where that is not enough
    /// (a dependency is new, or a release is not known) registries are asked for news.
    fn with_as_little_network_as_possible(
        &self,
        sources: &mut Sources<'_>,
        members: &[Member],
        previous: Option<&Resolve>,
    ) -> Result<Resolve, Error> {
        if let Some(previous) = previous {
            sources.set_freshness(Freshness::Cached);
            sources.request(previous.iter())?;
            let is_known = |id: PackageId| id.source().is_path() || previous.contains(id);
            if let Ok(resolve) = self.run(sources, members, Some(previous))
                && resolve.iter().all(is_known)
            {
                return Ok(resolve);
            }
        }
        sources.set_freshness(Freshness::Revalidated);
        self.run(sources, members, previous)
    }

    fn run(
        &self,
        sources: &mut Sources<'_>,
        members: &[Member],
        previous: Option<&Resolve>,
    ) -> Result<Resolve, Error> {
        let prefs = self.preferences(sources)?;
        let held = Previous { resolve: previous, keep: &|_| true };
        let patches = sources.patches(self.workspace, held)?;
        let replacements = sources.replacements(self.workspace, held)?;
        let lowest = self.lowest_rust_version();
        let asked: Vec<Dependency> = members.iter().flat_map(|m| m.summary.dependencies()).cloned().collect();
        sources.prefetch(&asked)?;
        let mut resolver = Resolver::new(ResolveRequest {
            members,
            previous,
            keep: &|_| true,
            patches: &patches,
            replacements: &replacements,
            prefs: &prefs,
            lowest_rust_version: lowest.as_ref(),
        });
        loop {
            match resolver.run(sources) {
                Poll::Ready(result) => return Ok(result?),
                Poll::Pending => sources.wait(),
            }
        }
    }

    fn rust_versions(&self) -> BTreeSet<&RustVersion> {
        self.workspace.members().iter().filter_map(|p| p.metadata().rust_version.as_ref()).collect()
    }

    fn lowest_rust_version(&self) -> Option<PartialVersion> {
        self.rust_versions().first().map(|lowest| lowest.to_partial())
    }

    /// With resolver 3, versions that need a newer Rust than the workspace promises come last.
    fn preferences(&self, sources: &mut Sources<'_>) -> Result<VersionPreferences, Error> {
        let fallback = match self.session.config.incompatible_rust_versions()? {
            Some(choice) => choice == IncompatibleRustVersions::Fallback,
            None => self.workspace.resolver() >= ResolverVersion::V3,
        };
        if !fallback || self.options.ignore_rust_version {
            return Ok(VersionPreferences::default());
        }
        let mut rust_versions: Vec<PartialVersion> =
            self.rust_versions().into_iter().map(RustVersion::to_partial).collect();
        if rust_versions.is_empty() {
            rust_versions.push(sources.rustc_version()?.into());
        }
        Ok(VersionPreferences { rust_versions, ..VersionPreferences::default() })
    }

    fn write(
        &self,
        path: &Path,
        text: Option<&str>,
        previous: Option<&Resolve>,
        resolve: &Resolve,
    ) -> Result<(), Error> {
        let update = resolve.update_lock(text, self.lowest_rust_version().as_ref());
        let LockUpdate::Write(new) = update else { return Ok(()) };
        if self.session.lock.locked {
            // Remarks and blank lines that we would not write change nothing.
            let says_the_same =
                |old| matches!((Lockfile::parse(old), Lockfile::parse(&new)), (Ok(a), Ok(b)) if a == b);
            if text.is_some_and(says_the_same) {
                return Ok(());
            }
            return Err(Error::LockFileOutdated { path: path.to_owned() });
        }
        dhow_fs::write_atomic(path, new.as_bytes())?;
        self.tell_changes(previous, resolve);
        Ok(())
    }

    fn tell_changes(&self, previous: Option<&Resolve>, resolve: &Resolve) {
        let external = |id: &PackageId| !id.source().is_path() && self.workspace.member(*id).is_none();
        let is_new = |id: &PackageId| previous.is_none_or(|p| !p.contains(*id));
        let new: Vec<PackageId> = resolve.iter().filter(external).filter(is_new).collect();
        if new.is_empty() {
            return;
        }
        let plural = if new.len() == 1 { "" } else { "s" };
        self.session
            .status("Locking", format!("{} package{plural} to latest compatible versions", new.len()));
        let Some(previous) = previous else { return };
        for id in new {
            match previous.iter().find(|old| old.name() == id.name() && !resolve.contains(*old)) {
                Some(old) => self.session.status("Updating", format!("{old} -> v{}", id.version())),
                None => self.session.status("Adding", id.to_string()),
            }
        }
    }
}

fn read_text(path: &Path) -> Result<Option<String>, Error> {
    let Some(bytes) = dhow_fs::read_optional(path)? else { return Ok(None) };
    String::from_utf8(bytes).map(Some).map_err(|_| Error::NotUtf8 { path: path.to_owned() })
}

fn parse(path: &Path, text: &str, workspace: &Workspace, sources: &Sources<'_>) -> Result<Resolve, Error> {
    let lock = Lockfile::parse(text)
        .map_err(|source| Error::LockFile { path: path.to_owned(), source: Box::new(source) })?;
    let without_source = sources.path_packages().chain(workspace.members());
    Resolve::from_lock(&lock, without_source.map(Package::id))
        .map_err(|source| Error::LockFile { path: path.to_owned(), source: Box::new(source) })
}
