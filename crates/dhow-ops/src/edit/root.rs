//! The root of the workspace after a dependency has gone: what speaks of packages that nobody needs goes too.

use dhow_formats::manifest_edit::DependencyEntry;
use dhow_model::{PackageId, spec_matches};
use dhow_workspace::Workspace;

use super::query;
use crate::edit_problem::EditProblem;
use crate::error::Error;
use crate::session::Session;
use crate::workspaces::find_root;

/// Shared dependencies, profiles of packages, and replacements.
pub(super) fn tidy(session: &Session<'_>, workspace: &Workspace) -> Result<(), Error> {
    let mut asked: Vec<DependencyEntry> = Vec::new();
    for member in workspace.members() {
        for declared in super::open(member.manifest_path())?.dependencies() {
            asked.push(declared.entry.map_err(EditProblem::from)?);
        }
    }
    let path = workspace.root_manifest_path();
    let mut root = super::open(path)?;
    let before = root.to_string();
    let url_of = |entry: &DependencyEntry| Some(query::source_id(session, entry).ok()??.url().clone());
    root.tidy_root(asked, &url_of).map_err(EditProblem::from)?;
    if root.to_string() != before { super::save(path, &root) } else { Ok(()) }
}

/// Patches that stand in for nothing. Gives back whether there were some.
pub(super) fn tidy_patches(session: &Session<'_>, unused: &[PackageId]) -> Result<bool, Error> {
    if unused.is_empty() {
        return Ok(false);
    }
    let path = find_root(session)?;
    let mut root = super::open(&path)?;
    let is_unused = |entry: &DependencyEntry| {
        let Ok(Some(source)) = query::source_id(session, entry) else { return false };
        // Cargo leaves a patch that is a directory of its own: its author may be at work there.
        if source.is_path() {
            return false;
        }
        let spec = dhow_model::PackageIdSpec::new(entry.name.clone()).with_url(source.url().clone());
        unused.iter().filter(|id| spec_matches(&spec, **id)).count() == 1
    };
    let changed = root.tidy_patches(&is_unused).map_err(EditProblem::from)?;
    if changed {
        super::save(&path, &root)?;
    }
    Ok(changed)
}
