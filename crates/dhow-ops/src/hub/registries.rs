//! Registries that a manifest calls by a name which only this machine's configuration knows: a hub has to know them too.

use std::collections::BTreeSet;

use dhow_config::Config;
use dhow_model::{CRATES_IO_REGISTRY, SourceId, SourceKind};
use dhow_resolve::Resolve;
use dhow_workspace::Workspace;

use crate::error::Error;
use crate::session::Session;

/// Names and indexes of the registries that the project needs and its own configuration does not name. An index on this
/// machine cannot be moved with the project: that is told. `alone` is the project's own configuration.
pub(super) fn unnamed(
    session: &Session<'_>,
    workspace: &Workspace,
    alone: &Config,
    resolve: &Resolve,
) -> Result<Vec<(String, String)>, Error> {
    let mut used: BTreeSet<SourceId> = resolve.iter().map(|id| id.source()).collect();
    for member in workspace.members() {
        used.extend(member.dependencies().iter().map(|dep| dep.source()));
    }
    let known: BTreeSet<String> = alone.registry_names()?.into_iter().collect();
    let mut found = Vec::new();
    for name in session.config.registry_names()? {
        if name == CRATES_IO_REGISTRY {
            continue;
        }
        let Ok(source) = session.config.registry_source(&name) else { continue };
        if !used.contains(&source) {
            continue;
        }
        if source.url().scheme() == "file" {
            session.warn(format!(
                "the index of the registry `{name}` is on this machine ({}): the hub can be moved, but only builds where \
                 that name means the same",
                source.url()
            ));
        }
        if !known.contains(&name) {
            let mut index = source.url().to_string();
            if source.kind() == &SourceKind::SparseRegistry && !index.starts_with("sparse+") {
                index = format!("sparse+{index}");
            }
            found.push((name, index));
        }
    }
    Ok(found)
}

/// Sources of the project's own configuration that lie outside of the project: the hub holds nothing of them.
pub(super) fn warn_of_directories(
    session: &Session<'_>,
    workspace: &Workspace,
    alone: &Config,
) -> Result<(), Error> {
    for (name, source) in alone.sources()?.named() {
        let Some(path) = source.source.url().to_file_path().ok().filter(|_| is_directory(source.source))
        else {
            continue;
        };
        if !dhow_fs::normalize(&path).starts_with(workspace.root()) {
            session.warn(format!(
                "the source `{name}` is the directory `{}`, which is outside of the project: the hub does not hold it",
                path.display()
            ));
        }
    }
    Ok(())
}

fn is_directory(source: SourceId) -> bool {
    matches!(source.kind(), SourceKind::LocalRegistry | SourceKind::Directory)
}
