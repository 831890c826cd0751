//! Why there is no plan.

use dhow_model::{InternedString, PackageId};

/// A request that cannot be met.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A target was named that no selected package has.
    #[error("no {kind} target named `{name}` in {packages}{}", offer(kind, available))]
    NoSuchTarget {
        /// `bin`, `test`, …
        kind: &'static str,
        /// As the user wrote it (name or pattern).
        name: String,
        /// The packages, as a phrase.
        packages: String,
        /// Targets of that kind.
        available: Vec<String>,
    },
    /// `--lib` in packages without one.
    #[error("no library target in {packages}")]
    NoLibrary {
        /// The packages, as a phrase.
        packages: String,
    },
    /// A target was named whose `required-features` are not on.
    #[error(
        "target `{target}` of package `{package}` needs the feature{} {} (try `--features {}`)",
        if missing.len() == 1 { "" } else { "s" },
        quoted(missing),
        missing.join(",")
    )]
    MissingFeatures {
        /// The target.
        target: InternedString,
        /// Its package.
        package: InternedString,
        /// Features that are not on.
        missing: Vec<String>,
    },
    /// The resolve has a package that was not handed over.
    #[error("package `{0}` is needed, but its files are not there")]
    PackageNotLoaded(PackageId),
    /// One package under two names in one dependent.
    #[error("package `{from}` depends on `{to}` under two names: `{first}` and `{second}`")]
    TwoNames {
        /// The dependent.
        from: PackageId,
        /// The dependency.
        to: PackageId,
        /// One name.
        first: InternedString,
        /// The other.
        second: InternedString,
    },
    /// The platform cannot have such a file.
    #[error("`{target}` of package `{package}` is to be a {crate_type}, which {triple} does not support")]
    UnsupportedCrateType {
        /// The target.
        target: InternedString,
        /// Its package.
        package: InternedString,
        /// The crate type.
        crate_type: String,
        /// The platform.
        triple: InternedString,
    },
    /// `rustc -- ARGS` for more than one target.
    #[error(
        "extra compiler arguments can go to one target only, and this command compiles {count}; choose one with `--lib`, `--bin NAME` or the like"
    )]
    ExtraArgsAmbiguous {
        /// How many.
        count: usize,
    },
    /// No facts about a platform that is asked for.
    #[error("nothing is known of platform `{0}`")]
    UnknownPlatform(String),
}

fn offer(kind: &str, available: &[String]) -> String {
    if available.is_empty() {
        return format!("; there are no {kind} targets");
    }
    format!("; available: {}", quoted(available))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
