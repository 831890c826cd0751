//! What is known of a dependency that is to be added: the releases that its entry accepts.

use dhow_formats::manifest_edit::{DependencyEntry, EntrySource};
use dhow_model::{Dependency, GitReference, PackageId, SourceId, Summary};
use dhow_workspace::Package;
use semver::VersionReq;
use url::Url;

use crate::edit_problem::EditProblem;
use crate::error::Error;
use crate::event::Event;
use crate::session::Session;
use crate::sources::Sources;

/// Where the packages of an entry come from; nothing if the root of the workspace says so.
pub(super) fn source_id(session: &Session<'_>, entry: &DependencyEntry) -> Result<Option<SourceId>, Error> {
    let bad = |reason: &dyn std::fmt::Display| EditProblem::NotFound {
        name: entry.name.clone(),
        place: "any source".to_owned(),
        help: format!(": {reason}"),
    };
    Ok(Some(match &entry.source {
        Some(EntrySource::Workspace) => return Ok(None),
        Some(EntrySource::Registry { .. }) | None => match &entry.registry {
            Some(name) => session.config.registry_source(name)?,
            None => SourceId::crates_io(),
        },
        Some(EntrySource::Path { path, .. }) => {
            SourceId::for_path(&dhow_fs::normalize(path)).map_err(|error| bad(&error))?
        }
        Some(EntrySource::Git { url, branch, tag, rev, .. }) => {
            let reference = match (branch, tag, rev) {
                (Some(branch), _, _) => GitReference::Branch(branch.clone()),
                (_, Some(tag), _) => GitReference::Tag(tag.clone()),
                (_, _, Some(rev)) => GitReference::Rev(rev.clone()),
                _ => GitReference::DefaultBranch,
            };
            SourceId::for_git(Url::parse(url).map_err(|error| bad(&error))?, reference)
        }
    }))
}

/// The releases that an entry accepts, yanked ones left out. Registries are asked for other spellings of the name too.
pub(super) fn releases(
    session: &Session<'_>,
    sources: &mut Sources<'_>,
    entry: &DependencyEntry,
) -> Result<Vec<Summary>, Error> {
    let Some(source) = source_id(session, entry)? else { return Ok(Vec::new()) };
    let mut dep = Dependency::new(entry.name.as_str(), source);
    if let Some(version) = entry.version() {
        let req = VersionReq::parse(version).map_err(|reason| EditProblem::Req {
            name: entry.name.clone(),
            req: version.to_owned(),
            reason,
        })?;
        dep = dep.with_req(req);
    }
    if source.is_path() {
        let package = sources.loader().path_package(source)?;
        let fits = *package.name() == *entry.name && dep.matches_version(package.version());
        return Ok(if fits { vec![package.summary().clone()] } else { Vec::new() });
    }
    if source.is_git()
        && let Some(packages) = sources.git_packages(source)?
    {
        let fits =
            |package: &&Package| *package.name() == *entry.name && dep.matches_version(package.version());
        // As it was asked for: the commit is the lock file's business.
        let summary = |package: &Package| {
            let id = package.id();
            package.summary().clone().with_id(PackageId::new(id.name(), id.version().clone(), source))
        };
        return Ok(packages.iter().filter(fits).map(summary).collect());
    }
    let exact = from_registry(session, sources, &dep, entry.version().is_some())?;
    if !exact.is_empty() {
        return Ok(exact);
    }
    let mut found = Vec::new();
    for spelling in [entry.name.replace('-', "_"), entry.name.replace('_', "-")] {
        if spelling != entry.name {
            let other = Dependency::new(spelling.as_str(), source).with_req(dep.req().clone());
            found.extend(from_registry(session, sources, &other, entry.version().is_some())?);
        }
    }
    Ok(found)
}

/// Offline, if some of them are downloaded, only those. Without a requirement pre-releases are accepted too.
fn from_registry(
    session: &Session<'_>,
    sources: &Sources<'_>,
    dep: &Dependency,
    has_req: bool,
) -> Result<Vec<Summary>, Error> {
    let registry = sources.registries().registry(dep.source())?;
    let events = |event| session.tell(Event::Fetch(event));
    let mut found = registry.load_many(&[dep.package_name()], &events).pop().unwrap_or(Ok(Vec::new()))?;
    found.retain(|s| !s.is_yanked() && (!has_req || dep.matches_version(s.id().version())));
    let at_hand: Vec<Summary> = found.iter().filter(|s| registry.is_at_hand(s.id())).cloned().collect();
    Ok(if at_hand.is_empty() { found } else { at_hand })
}
