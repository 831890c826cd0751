//! The part of the graph that a command looks at: selected members, with the features of the command line.

use std::collections::HashMap;

use dhow_model::{PackageId, Platform};
use dhow_plan::{PackageSelection, select_packages};
use dhow_resolve::features::{Selection, features_of_members, resolve_features};
use dhow_resolve::{CliFeatures, FeatureOptions, FeaturesFor, Resolve, ResolveBehavior, ResolvedFeatures};
use dhow_workspace::{Package, ResolverVersion, Workspace};

use crate::error::Error;
use crate::options::FeatureFlags;
use crate::resolution::{self, LockOptions, LockUse};
use crate::session::Session;
use crate::sources::Sources;

/// The packages that a command works on.
pub(crate) fn select(
    session: &Session<'_>,
    workspace: &Workspace,
    resolve: &Resolve,
    selection: &PackageSelection,
) -> Result<Vec<PackageId>, Error> {
    if let PackageSelection::Named(names) = selection
        && names.iter().any(String::is_empty)
    {
        let members = workspace.members().iter().map(|p| p.name().to_string()).collect();
        return Err(Error::PackageNotNamed { members });
    }
    let selected = select_packages(workspace, resolve, selection)?;
    for text in selected.unused_excludes {
        session.warn(format!("`--exclude {text}` leaves nothing out: no member of the workspace matches it"));
    }
    Ok(selected.packages)
}

/// The graph for some members with their features.
pub(crate) struct Narrowed {
    /// Only what is needed.
    pub(crate) resolve: Resolve,
    /// The members, each with the features that the command line gives it.
    pub(crate) members: Vec<(PackageId, CliFeatures)>,
}

impl Narrowed {
    pub(crate) fn roots(&self) -> Vec<PackageId> {
        self.members.iter().map(|(id, _)| *id).collect()
    }
}

/// Which members, with which features.
pub(crate) struct Wanted<'a> {
    pub(crate) selected: Vec<PackageId>,
    pub(crate) features: &'a FeatureFlags,
}

/// Brings the lock file up to date and takes the part of it that is wanted.
pub(crate) fn narrowed(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    wanted: Wanted<'_>,
) -> Result<Narrowed, Error> {
    let whole = resolution::resolve(session, workspace, sources, LockOptions::default())?;
    narrow(session, workspace, sources, &whole, wanted)
}

/// Takes the part of `whole` that is wanted.
pub(crate) fn narrow(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    whole: &Resolve,
    wanted: Wanted<'_>,
) -> Result<Narrowed, Error> {
    let members = members(workspace, &wanted)?;
    // With dev-dependencies: resolver 1 counts their features even when nothing that is built needs them, and the
    // later ones leave them out when features are resolved.
    let asked: Vec<_> = members.iter().map(|(id, features)| (*id, features.clone(), true)).collect();
    let resolve = resolution::narrow(session, workspace, sources, whole, &asked)?;
    Ok(Narrowed { resolve, members })
}

/// What is wanted and nothing else, for this once: no lock file is written, and dev-dependencies count only if they
/// are built.
pub(crate) fn alone(
    session: &Session<'_>,
    workspace: &Workspace,
    sources: &mut Sources<'_>,
    (wanted, dev): (Wanted<'_>, bool),
    lock: LockUse,
    options: LockOptions,
) -> Result<Narrowed, Error> {
    let members = members(workspace, &wanted)?;
    let asked: Vec<_> = members.iter().map(|(id, features)| (*id, features.clone(), dev)).collect();
    let resolve = resolution::resolve_once(session, workspace, sources, &asked, lock, options)?;
    Ok(Narrowed { resolve, members })
}

/// The members that the roots are made of, with the features that the command line gives them.
fn members(workspace: &Workspace, wanted: &Wanted<'_>) -> Result<Vec<(PackageId, CliFeatures)>, Error> {
    let flags = wanted.features;
    let cli = CliFeatures::parse(
        flags.features.iter().map(String::as_str),
        flags.all_features,
        !flags.no_default_features,
    )?;
    let summaries: Vec<_> = workspace.members().iter().map(|p| p.summary().clone()).collect();
    let selection = Selection {
        members: &summaries,
        selected: &wanted.selected,
        current: workspace.current().map(Package::id),
        applies_to_selected: workspace.resolver() >= ResolverVersion::V2 || workspace.is_virtual(),
    };
    Ok(features_of_members(selection, &cli)?)
}

/// The workspace's rules for features.
pub(crate) fn behavior(workspace: &Workspace) -> ResolveBehavior {
    match workspace.resolver() {
        ResolverVersion::V1 => ResolveBehavior::V1,
        ResolverVersion::V2 => ResolveBehavior::V2,
        ResolverVersion::V3 => ResolveBehavior::V3,
    }
}

/// Whether a platform condition holds for the host's or the target's part of a build.
pub(crate) type Holds<'a> = &'a dyn Fn(&Platform, FeaturesFor) -> bool;

/// Features of everything that `narrowed` needs.
pub(crate) fn features(
    workspace: &Workspace,
    narrowed: &Narrowed,
    packages: &HashMap<PackageId, Package>,
    dev: bool,
    holds: Option<Holds<'_>>,
) -> ResolvedFeatures {
    let options = FeatureOptions {
        behavior: behavior(workspace),
        dev_units: dev,
        all_platforms: holds.is_none(),
        is_proc_macro: &|id| packages.get(&id).is_some_and(Package::is_proc_macro),
        platform_holds: holds.unwrap_or(&|_, _| true),
    };
    resolve_features(&narrowed.resolve, &narrowed.members, options)
}
