//! What all recipes of one plan are made from: the finished graph and the inputs, with the look-ups that command
//! lines, environments and keys have in common.

use std::path::PathBuf;

use dhow_toolchain::{CompileKind, TargetInfo, Toolchain};
use dhow_workspace::Workspace;

use crate::error::PlanError;
use crate::recipe::Extern;
use crate::request::Request;
use crate::settings::{PlatformSettings, Settings};
use crate::unit::{CompileMode, Unit, UnitGraph, UnitId};

/// The common ground of recipes.
pub(crate) struct Scope<'a> {
    pub(crate) graph: &'a UnitGraph,
    pub(crate) workspace: &'a Workspace,
    pub(crate) toolchain: &'a Toolchain,
    pub(crate) platforms: &'a std::collections::BTreeMap<CompileKind, TargetInfo>,
    pub(crate) settings: &'a Settings,
    pub(crate) request: &'a Request,
    /// Settings of a platform that has none.
    pub(crate) no_settings: PlatformSettings,
}

impl<'a> Scope<'a> {
    pub(crate) fn info(&self, kind: CompileKind) -> Result<&'a TargetInfo, PlanError> {
        self.platforms.get(&kind).ok_or_else(|| PlanError::UnknownPlatform(format!("{kind:?}")))
    }

    pub(crate) fn platform_settings(&self, kind: CompileKind) -> &PlatformSettings {
        self.settings.platforms.get(&kind).unwrap_or(&self.no_settings)
    }

    /// The unit's root file and the directory from which its compiler is started: relative to the workspace for
    /// what lies in it, absolute from the package's directory otherwise.
    pub(crate) fn source(&self, unit: &Unit) -> (PathBuf, PathBuf) {
        let path = &unit.target.src_path;
        if unit.package.id().source().is_path()
            && let Ok(relative) = path.strip_prefix(self.workspace.root())
        {
            return (relative.to_path_buf(), self.workspace.root().to_path_buf());
        }
        (path.clone(), unit.package.root().to_path_buf())
    }

    /// The script run of the unit's own package.
    pub(crate) fn own_script(&self, id: UnitId) -> Option<UnitId> {
        if self.graph.unit(id).mode == CompileMode::RunCustomBuild {
            return None;
        }
        let run = |dep: &UnitId| self.graph.unit(*dep).mode == CompileMode::RunCustomBuild;
        self.graph.deps(id).iter().map(|dep| dep.unit).find(run)
    }

    /// What rustc is told about direct dependencies, in order. `outputs` by unit.
    pub(crate) fn externs(&self, id: UnitId) -> Vec<Extern> {
        let linkable = |unit: &Unit| unit.target.is_linkable() && unit.mode != CompileMode::Doc;
        let deps = self.graph.deps(id).iter().filter(|dep| linkable(self.graph.unit(dep.unit)));
        deps.map(|dep| Extern {
            unit: dep.unit,
            name: dep.extern_crate_name,
            rmeta: self.graph.only_requires_rmeta(id, dep.unit) || self.graph.unit(dep.unit).mode.is_check(),
            noprelude: dep.noprelude,
        })
        .collect()
    }

    /// Flags for rustc or rustdoc from the command line go to the roots.
    pub(crate) fn extra_args(&self, unit: &Unit) -> &'a [String] {
        if unit.is_root { &self.request.extra_args } else { &[] }
    }

    /// Warnings of this unit are shown.
    pub(crate) fn shows_warnings(&self, unit: &Unit) -> bool {
        unit.is_local || self.settings.extra_verbose
    }
}
