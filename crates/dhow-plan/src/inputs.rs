//! Everything that a plan is made of.

use std::collections::{BTreeMap, HashMap};

use dhow_model::PackageId;
use dhow_resolve::{Resolve, ResolvedFeatures};
use dhow_toolchain::{CompileKind, TargetInfo, Toolchain};
use dhow_workspace::{Package, Profiles, Workspace};

use crate::request::Request;
use crate::settings::Settings;

/// Everything that a plan is made of.
#[derive(Clone, Copy)]
pub struct PlanInputs<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// Every package that the resolve may need for this build, with its manifest.
    pub packages: &'a HashMap<PackageId, Package>,
    /// Versions.
    pub resolve: &'a Resolve,
    /// Features, resolved for this request.
    pub features: &'a ResolvedFeatures,
    /// Profiles, with the one that was asked for.
    pub profiles: &'a Profiles,
    /// The compiler.
    pub toolchain: &'a Toolchain,
    /// The host, and each requested platform.
    pub platforms: &'a BTreeMap<CompileKind, TargetInfo>,
    /// Configuration.
    pub settings: &'a Settings,
    /// The packages that the command is about.
    pub selected: &'a [PackageId],
    /// What to do with them.
    pub request: &'a Request,
}
