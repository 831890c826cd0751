//! From flags to options: what the words on the command line mean.

use std::path::PathBuf;

use dhow_ops::{
    CompileFilter, CompileOptions, FeatureFlags, FilterRule, Intent, OnlyTargets, PackageSelection,
    RegistryChoice,
};

use crate::args::{
    CommonArgs, FeatureArgs, LibTargetArgs, ManifestArgs, PackageArgs, ProfileArgs, ProgramArgs,
    RegistryOrIndexArgs, RunTargetArgs, TargetArgs,
};
use crate::context::Context;
use crate::error::CliError;

impl From<PackageArgs> for PackageSelection {
    fn from(args: PackageArgs) -> Self {
        if args.workspace || args.all {
            Self::Workspace { exclude: args.exclude }
        } else if args.package.is_empty() {
            Self::Default
        } else {
            Self::Named(args.package)
        }
    }
}

impl From<FeatureArgs> for FeatureFlags {
    fn from(args: FeatureArgs) -> Self {
        Self {
            features: args.features,
            all_features: args.all_features,
            no_default_features: args.no_default_features,
        }
    }
}

impl From<RegistryOrIndexArgs> for Option<RegistryChoice> {
    fn from(args: RegistryOrIndexArgs) -> Self {
        args.index.map(RegistryChoice::Index).or_else(|| args.registry.map(RegistryChoice::Name))
    }
}

/// `--exclude` only makes sense where everything is taken.
pub(super) fn packages(args: PackageArgs) -> Result<PackageSelection, CliError> {
    if !args.exclude.is_empty() && !args.workspace && !args.all {
        return Err(CliError::usage("`--exclude` leaves packages out of `--workspace`: give both"));
    }
    Ok(args.into())
}

fn rule(all: bool, names: Vec<String>) -> FilterRule {
    if all { FilterRule::All } else { FilterRule::Names(names) }
}

/// The targets of `build`, `check`, `test` and `bench`.
pub(super) fn filter(args: TargetArgs) -> CompileFilter {
    if args.all_targets {
        return CompileFilter::AllTargets;
    }
    let lib = args.lib;
    only(OnlyTargets {
        lib: lib.lib,
        bins: rule(lib.bins, lib.bin),
        examples: rule(lib.examples, lib.example),
        tests: rule(args.tests, args.test),
        benches: rule(args.benches, args.bench),
    })
}

/// The targets of `doc`.
pub(super) fn lib_filter(args: LibTargetArgs) -> CompileFilter {
    only(OnlyTargets {
        lib: args.lib,
        bins: rule(args.bins, args.bin),
        examples: rule(args.examples, args.example),
        ..OnlyTargets::default()
    })
}

/// The programs of `install`.
pub(super) fn program_filter(args: ProgramArgs) -> CompileFilter {
    only(OnlyTargets {
        bins: rule(args.bins, args.bin),
        examples: rule(args.examples, args.example),
        ..OnlyTargets::default()
    })
}

/// The target of `run`.
pub(super) fn run_filter(args: RunTargetArgs) -> CompileFilter {
    only(OnlyTargets {
        bins: rule(false, args.bin),
        examples: rule(false, args.example),
        ..OnlyTargets::default()
    })
}

fn only(targets: OnlyTargets) -> CompileFilter {
    if targets == OnlyTargets::default() { CompileFilter::Default } else { CompileFilter::Only(targets) }
}

impl CommonArgs {
    /// The options of a command, and its place in the context.
    pub(super) fn options(
        self,
        intent: Intent,
        profile: Option<String>,
        (packages, filter): (PackageSelection, CompileFilter),
        cx: &mut Context,
    ) -> Result<CompileOptions, CliError> {
        place(cx, self.manifest, self.compile.target_dir);
        let message_format = dhow_ops::MessageFormat::parse(&self.messages.message_format)
            .map_err(|e| CliError::usage(&e.to_string()))?;
        Ok(CompileOptions {
            packages,
            filter,
            features: self.features.into(),
            profile,
            targets: self.compile.target,
            jobs: self.jobs.jobs,
            keep_going: self.jobs.keep_going,
            message_format,
            ignore_rust_version: self.ignore_rust_version,
            verify_sources: self.verify_sources,
            ..CompileOptions::new(intent)
        })
    }
}

/// `--release` is the profile `release`.
pub(super) fn profile(args: ProfileArgs) -> Option<String> {
    if args.release { Some("release".to_owned()) } else { args.profile }
}

/// Where the command works.
pub(super) fn place(cx: &mut Context, manifest: ManifestArgs, target_dir: Option<PathBuf>) {
    cx.manifest_path = manifest.manifest_path;
    cx.target_dir = target_dir;
}
