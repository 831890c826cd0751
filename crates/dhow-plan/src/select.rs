//! Which packages a command is about: `-p`, `--workspace`, `--exclude`, or the members that go without saying.

use dhow_model::{InternedString, PackageId};
use dhow_resolve::{Resolve, SpecError};
use dhow_workspace::{Package, Workspace};

use crate::pattern;
use crate::request::PackageSelection;

/// What was selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The packages, members in the workspace's order.
    pub packages: Vec<PackageId>,
    /// `--exclude` specifications and patterns that matched nothing (worth a warning).
    pub unused_excludes: Vec<String>,
}

/// A selection that selects nothing.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// A specification names none or several.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A pattern matches no member.
    #[error("no workspace member matches `{pattern}` (members: {})", join(members))]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// Who could have matched.
        members: Vec<InternedString>,
    },
    /// Everything is excluded, or there is nothing.
    #[error("no packages are selected: {reason}")]
    Nothing {
        /// Why.
        reason: &'static str,
    },
}

fn join(names: &[InternedString]) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The packages that `selection` names. A specification may name any package of the resolve, a pattern members only.
///
/// # Errors
/// Something is named that is not there, or nothing remains.
pub fn select_packages(
    workspace: &Workspace,
    resolve: &Resolve,
    selection: &PackageSelection,
) -> Result<Selected, SelectError> {
    let mut unused_excludes = Vec::new();
    let packages = match selection {
        PackageSelection::Default => workspace.default_members().map(Package::id).collect(),
        PackageSelection::Workspace { exclude } => {
            let mut excluded = Vec::new();
            for text in exclude {
                let found = members_named(workspace, text);
                if found.is_empty() {
                    unused_excludes.push(text.clone());
                }
                excluded.extend(found);
            }
            workspace.members().iter().map(Package::id).filter(|id| !excluded.contains(id)).collect()
        }
        PackageSelection::Named(specs) => named(workspace, resolve, specs)?,
    };
    if packages.is_empty() {
        let reason = match selection {
            PackageSelection::Workspace { .. } => "every member is excluded",
            _ => "the workspace has no default members",
        };
        return Err(SelectError::Nothing { reason });
    }
    Ok(Selected { packages, unused_excludes })
}

fn named(workspace: &Workspace, resolve: &Resolve, specs: &[String]) -> Result<Vec<PackageId>, SelectError> {
    let mut packages = Vec::new();
    for text in specs {
        let found = if pattern::is_pattern(text) {
            members_named(workspace, text)
        } else {
            vec![
                dhow_resolve::graph::query(text, workspace.members().iter().map(Package::id))
                    .or_else(|_| resolve.query(text))?,
            ]
        };
        if found.is_empty() {
            let members = workspace.members().iter().map(Package::name).collect();
            return Err(SelectError::NoMatch { pattern: text.clone(), members });
        }
        packages.extend(found);
    }
    packages.sort();
    packages.dedup();
    Ok(packages)
}

/// The members that a specification or a pattern names.
fn members_named(workspace: &Workspace, text: &str) -> Vec<PackageId> {
    let members = workspace.members().iter().map(Package::id);
    if pattern::is_pattern(text) {
        return members.filter(|id| pattern::matches(text, &id.name())).collect();
    }
    let Ok(spec) = dhow_model::PackageIdSpec::parse(text) else { return Vec::new() };
    members.filter(|id| dhow_model::spec_matches(&spec, *id)).collect()
}
