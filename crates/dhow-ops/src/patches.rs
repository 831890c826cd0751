//! `[patch]` and `[replace]`: each entry with the package that it names.

use std::collections::BTreeMap;
use std::task::Poll;

use cargo_util_schemas::manifest::{PackageName, TomlDependency};
use dhow_model::{Dependency, PackageId, SourceId, Summary};
use dhow_resolve::{Patch, Provider, Replacement};
use dhow_workspace::Workspace;
use url::Url;

use crate::error::Error;
use crate::hold::Hold;
use crate::sources::Sources;

impl Sources<'_> {
    /// `[patch]` of configuration and of the workspace, each entry with the package that it names. Configuration wins.
    pub(crate) fn patches(&mut self, workspace: &Workspace, hold: Hold<'_>) -> Result<Vec<Patch>, Error> {
        let mut patches: Vec<Patch> = Vec::new();
        for table in self.configured_patches()?.iter().chain(workspace.patches()) {
            let source = patched_source(&table.url)?;
            for dep in &table.dependencies {
                let is_same =
                    |other: &Patch| other.source == source && other.dep.name_in_toml() == dep.name_in_toml();
                if !patches.iter().any(is_same) {
                    let summary = self.newest(&pinned(dep, hold))?;
                    if summary.id().source().canonical_url() == source.canonical_url() {
                        return Err(Error::PatchOfItself { dep: dep.package_name(), source_id: source });
                    }
                    patches.push(Patch { source, dep: dep.clone(), summary });
                }
            }
        }
        Ok(patches)
    }

    fn configured_patches(&self) -> Result<Vec<dhow_workspace::Patch>, Error> {
        let mut tables: BTreeMap<String, BTreeMap<PackageName, TomlDependency>> = BTreeMap::new();
        for table in self.session().config.patch()? {
            let entries = tables.entry(table.source).or_default();
            for (name, dependency) in table.dependencies {
                let name =
                    PackageName::new(name).map_err(|e| Error::ConfigPatch { reason: e.to_string() })?;
                entries.insert(name, dependency.value);
            }
        }
        if tables.is_empty() {
            return Ok(Vec::new());
        }
        let session = self.session();
        let lookup = |name: &str| session.registry(name);
        // Configuration has made paths absolute, so where they are relative to does not count.
        dhow_workspace::config_patches(&tables, session.cwd(), &lookup)
            .map_err(|e| Error::ConfigPatch { reason: e.to_string() })
    }

    /// `[replace]` of the workspace, each entry with the package that it names.
    pub(crate) fn replacements(
        &mut self,
        workspace: &Workspace,
        hold: Hold<'_>,
    ) -> Result<Vec<Replacement>, Error> {
        let mut replacements = Vec::new();
        for (spec, dep) in workspace.replacements() {
            replacements.push(Replacement { spec: spec.clone(), summary: self.newest(&pinned(dep, hold))? });
        }
        Ok(replacements)
    }

    /// The newest package that an entry of `[patch]` may mean.
    fn newest(&mut self, dep: &Dependency) -> Result<Summary, Error> {
        loop {
            match self.query(dep) {
                Poll::Pending => self.wait(),
                Poll::Ready(Err(source)) => return Err(Error::Patch { dep: dep.package_name(), source }),
                Poll::Ready(Ok(releases)) => {
                    let matching = (0..releases.len()).filter(|i| dep.matches_version(releases.version(*i)));
                    let newest = matching.max_by_key(|i| releases.version(*i).clone());
                    return newest.and_then(|i| releases.summary(i)).ok_or_else(|| Error::PatchMissing {
                        dep: dep.package_name(),
                        source_id: dep.source(),
                    });
                }
            }
        }
    }
}

/// What a `[patch]` table stands for: every source with that URL, whatever its kind or branch. Only the URL counts.
fn patched_source(url: &Url) -> Result<SourceId, Error> {
    if url.as_str() == dhow_model::CRATES_IO_INDEX {
        return Ok(SourceId::crates_io());
    }
    SourceId::for_registry(url.as_str()).map_err(|error| Error::ConfigPatch { reason: error.to_string() })
}

/// The source of an entry, pinned to the commit that was chosen for it before.
fn pinned(dep: &Dependency, hold: Hold<'_>) -> Dependency {
    let source = dep.source();
    if !source.is_git() || source.precise().is_some() {
        return dep.clone();
    }
    let Some(resolve) = hold.previous else { return dep.clone() };
    let all = resolve.iter().chain(resolve.unused_patches().iter().copied());
    let chosen = |id: &PackageId| {
        id.name() == dep.package_name()
            && id.source().unpinned() == source
            && dep.matches_version(id.version())
            && (hold.keep)(*id)
    };
    match all.into_iter().find(chosen).and_then(|id| id.source().precise()) {
        Some(commit) => dep.clone().with_source(source.with_precise(Some(commit))),
        None => dep.clone(),
    }
}
