//! `update`: chooses versions anew for some of what the lock file says, or for all of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use dhow_model::{Dependency, PackageId, SourceId};
use dhow_resolve::{Precise, Resolve};
use dhow_workspace::Workspace;
use semver::Version;

use crate::error::Error;
use crate::hold::Hold;
use crate::lock_file::LockFile;
use crate::lock_report::{self, Occasion};
use crate::resolution::{self, LockOptions, Search};
use crate::rust_versions::RustVersions;
use crate::session::Session;
use crate::sources::Sources;
use crate::workspaces::{self, Care};

/// What is to be chosen anew.
#[derive(Clone, Debug, Default)]
pub struct UpdateOptions {
    /// These packages; none: all, unless `workspace` says otherwise.
    pub specs: Vec<String>,
    /// `--precise`: a version, or a revision of a git repository.
    pub precise: Option<String>,
    /// `--recursive`: and all that they depend on.
    pub recursive: bool,
    /// `--workspace`: only what members require otherwise than it is locked.
    pub workspace: bool,
    /// `--dry-run`: nothing is written.
    pub dry_run: bool,
    /// `--ignore-rust-version`
    pub ignore_rust_version: bool,
}

const NOT_WRITTEN: &str = "not updating lockfile due to dry run";

/// Chooses versions anew, tells what has changed, and writes `Cargo.lock`.
///
/// # Errors
/// A name that is none or means several packages, no solution, or a registry that cannot be asked.
pub fn update(session: &Session<'_>, options: &UpdateOptions) -> Result<(), Error> {
    workspaces::open(session, Care::Lenient, |workspace, sources| {
        if workspace.members().is_empty() {
            return Err(Error::EmptyWorkspace { path: workspace.root_manifest_path().to_owned() });
        }
        if options.specs.iter().any(String::is_empty) {
            let members = workspace.members().iter().map(|p| p.name().to_string()).collect();
            return Err(Error::PackageNotNamed { members });
        }
        let lock = LockFile::read(workspace)?;
        let rust_versions = RustVersions::new(session, workspace, options.ignore_rust_version)?;
        let search = Search { workspace, rust_versions };
        let members = search.all_members();
        let previous = match (lock.resolve(workspace, sources)?, &options.precise) {
            (Some(previous), _) => previous,
            (None, Some(_)) => {
                search.with_as_little_network_as_possible(sources, &members, Hold::default())?
            }
            (None, None) if options.dry_run => {
                let resolve =
                    search.with_as_little_network_as_possible(sources, &members, Hold::default())?;
                lock_report::tell(session, sources, &search.rust_versions, &resolve, Occasion::New)?;
                session.warn(NOT_WRITTEN);
                return Ok(());
            }
            (None, None) => {
                let anew = LockOptions { anew: true, ignore_rust_version: options.ignore_rust_version };
                resolution::resolve(session, workspace, sources, anew)?;
                return Ok(());
            }
        };
        let let_go = LetGo::new(workspace, &previous, options)?;
        let precise = let_go.precise(options)?;
        for (repository, commit) in let_go.commits(options) {
            sources.wish_commit(repository, commit);
        }
        let hold = Hold {
            previous: Some(&previous),
            keep: &|id| !let_go.contains(id),
            precise: &precise,
            asked: &let_go.asked,
        };
        let resolve = search
            .with_as_little_network_as_possible(sources, &members, hold)
            .or_else(|error| Err(explain(sources, &precise, error)?))?;
        for wish in &precise {
            warn_if_yanked(session, sources, wish, &resolve)?;
        }
        let occasion =
            Occasion::Update { previous: &previous, precise: options.precise.is_some().then_some(&*precise) };
        lock_report::tell(session, sources, &search.rust_versions, &resolve, occasion)?;
        if options.dry_run {
            session.warn(NOT_WRITTEN);
        } else {
            lock.write(session, &resolve, search.rust_versions.lowest().as_ref())?;
        }
        Ok(())
    })
}

/// Why there is no solution with the version that was asked for.
fn explain(sources: &mut Sources<'_>, precise: &[Precise], error: Error) -> Result<Error, Error> {
    let [wish] = precise else { return Ok(error) };
    let (name, version) = (wish.name, wish.to.clone());
    let releases = sources.releases(PackageId::new(name, wish.from.clone(), wish.source))?;
    let mut known: Vec<Version> = (0..releases.len()).map(|at| releases.version(at).clone()).collect();
    if known.iter().any(|known| wish.is(known)) {
        return Ok(Error::PreciseUnfit { name, version, source: Box::new(error) });
    }
    known.sort_by(|a, b| b.cmp(a));
    Ok(Error::NoSuchVersion { name, version, known })
}

/// Who asks for a yanked version gets it, but should know.
fn warn_if_yanked(
    session: &Session<'_>,
    sources: &mut Sources<'_>,
    wish: &Precise,
    resolve: &Resolve,
) -> Result<(), Error> {
    let is_wished =
        |id: &PackageId| (id.name(), id.source()) == (wish.name, wish.source) && wish.is(id.version());
    let Some(id) = resolve.iter().find(is_wished) else { return Ok(()) };
    let releases = sources.releases(id)?;
    let mut fitting = (0..releases.len()).filter(|at| releases.version(*at) == id.version());
    if fitting.any(|at| releases.is_yanked(at)) {
        session.warn(format!(
            "selected package `{}@{}` was yanked by the author\n\nhelp: if possible, try a compatible version that is not",
            id.name(),
            id.version()
        ));
    }
    Ok(())
}

/// What of the lock file no longer counts.
struct LetGo {
    ids: HashSet<PackageId>,
    /// A git repository has one commit for all of its packages, so they go together; so do those of a directory.
    sources: HashSet<SourceId>,
    /// Registries that are asked for news, needed or not.
    asked: BTreeSet<SourceId>,
    /// The packages that were named, in the order of the command line.
    named: Vec<PackageId>,
}

impl LetGo {
    fn new(workspace: &Workspace, previous: &Resolve, options: &UpdateOptions) -> Result<Self, Error> {
        let mut named = Vec::new();
        let mut ids = HashSet::new();
        if options.specs.is_empty() && !options.workspace {
            ids.extend(previous.iter().chain(previous.unused_patches().iter().copied()));
        }
        for spec in &options.specs {
            let id = previous.query(spec)?;
            if options.recursive {
                with_dependencies(previous, id, &mut ids);
            } else {
                ids.insert(id);
                named.push(id);
            }
            let unused = previous.unused_patches().iter().copied();
            ids.extend(dhow_resolve::graph::query(spec, unused));
        }
        if !options.specs.is_empty() {
            // The lock file may know an older version of a member.
            let is_member = |id: &PackageId| {
                workspace.members().iter().any(|m| (m.name(), m.id().source()) == (id.name(), id.source()))
            };
            ids.retain(|id| !is_member(id));
        }
        let asked = match options.specs.is_empty() && !options.workspace {
            true => {
                let wanted = workspace.members().iter().flat_map(|member| member.dependencies());
                wanted.map(Dependency::source).filter(|source| source.is_registry()).collect()
            }
            false => named.iter().map(|id| id.source()).filter(|source| source.is_registry()).collect(),
        };
        let others = ids.iter().map(|id| id.source()).filter(|source| !source.is_registry());
        let sources = others.map(SourceId::unpinned).collect();
        Ok(Self { ids, sources, asked, named })
    }

    fn contains(&self, id: PackageId) -> bool {
        self.ids.contains(&id)
            || (!id.source().is_registry() && self.sources.contains(&id.source().unpinned()))
    }

    /// What `--precise` means for git repositories.
    fn commits<'o>(&self, options: &'o UpdateOptions) -> Vec<(SourceId, &'o str)> {
        let Some(commit) = &options.precise else { return Vec::new() };
        let named = self.named.iter().map(|id| id.source()).filter(|source| source.is_git());
        named.map(|source| (source.unpinned(), commit.as_str())).collect()
    }

    /// What `--precise` means for the packages that were named. One registry takes one wish: the first.
    fn precise(&self, options: &UpdateOptions) -> Result<Vec<Precise>, Error> {
        let Some(text) = &options.precise else { return Ok(Vec::new()) };
        let mut wishes: BTreeMap<SourceId, Precise> = BTreeMap::new();
        for id in self.named.iter().filter(|id| id.source().is_registry()) {
            let to = version(text)?;
            let wish = Precise { source: id.source(), name: id.name(), from: id.version().clone(), to };
            wishes.entry(id.source()).or_insert(wish);
        }
        Ok(wishes.into_values().collect())
    }
}

fn with_dependencies(previous: &Resolve, id: PackageId, into: &mut HashSet<PackageId>) {
    let mut seen = HashSet::from([id]);
    let mut todo = vec![id];
    while let Some(id) = todo.pop() {
        into.insert(id);
        todo.extend(previous.deps_not_replaced(id).map(|(to, _)| to).filter(|to| seen.insert(*to)));
    }
}

fn version(text: &str) -> Result<Version, Error> {
    text.parse().map_err(|source| {
        let without_v = text.strip_prefix('v').filter(|rest| rest.parse::<Version>().is_ok());
        let help = without_v.map(|rest| format!("leave out the `v`: `--precise {rest}`"));
        Error::BadPrecise { text: text.to_owned(), help, source }
    })
}
