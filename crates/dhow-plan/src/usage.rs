//! For whom a unit is needed: what passes from a dependent to its dependencies and decides profile and features.

use dhow_resolve::FeaturesFor;
use dhow_workspace::Target;

/// The inherited part of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Usage {
    /// Runs while building: the build-override profile applies.
    pub(crate) for_host: bool,
    /// Uses the host's set of features. Not the same: a build script is for the host, and yet has the features of
    /// the package that it builds.
    pub(crate) host_features: bool,
    /// Must be able to unwind whatever the profile says.
    pub(crate) always_unwind: bool,
}

impl Usage {
    /// Part of the program.
    pub(crate) fn normal() -> Self {
        Self { for_host: false, host_features: false, always_unwind: false }
    }

    /// Part of a test: libtest needs to unwind.
    pub(crate) fn test() -> Self {
        Self { always_unwind: true, ..Self::normal() }
    }

    /// A procedural macro that was asked for by itself: an ordinary profile, but loaded by the compiler.
    pub(crate) fn compiler() -> Self {
        Self { always_unwind: true, ..Self::normal() }
    }

    /// Runs while building.
    pub(crate) fn host(host_features: bool) -> Self {
        Self { for_host: true, host_features, always_unwind: true }
    }

    /// A build script of what this usage is of, and what it is compiled from.
    pub(crate) fn for_custom_build(self) -> Self {
        Self::host(self.host_features)
    }

    /// What `parent` needs `dep` for. Once for the host, always for the host; the same with its features.
    pub(crate) fn of_dependency(self, parent: &Target, dep: &Target) -> Self {
        Self {
            for_host: self.for_host || dep.is_for_host(),
            host_features: self.host_features || parent.is_custom_build() || dep.is_proc_macro(),
            always_unwind: self.always_unwind || dep.is_for_host(),
        }
    }

    /// Which set of features.
    pub(crate) fn features_for(self) -> FeaturesFor {
        if self.host_features { FeaturesFor::HostDep } else { FeaturesFor::Target }
    }
}
