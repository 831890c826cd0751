//! What can be wrong with the features that somebody asks for.

use dhow_model::InternedString;

/// Features that were asked for and cannot be had.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeatureError {
    /// No selected package has them.
    #[error("{}", unknown(.features, .packages, .suggestions, .others))]
    Unknown {
        /// The features, sorted.
        features: Vec<String>,
        /// The packages that were asked.
        packages: Vec<InternedString>,
        /// Names that may have been meant.
        suggestions: Vec<String>,
        /// Members that have them, but were not selected.
        others: Vec<InternedString>,
    },
    /// It is a dependency that `dep:` hides.
    #[error(
        "package `{package}` has no feature `{name}`: its optional dependency of that name is turned on by other \
         features (through `dep:{name}`) only"
    )]
    Hidden {
        /// The package.
        package: InternedString,
        /// The dependency.
        name: InternedString,
    },
    /// It is a dependency that is not optional.
    #[error(
        "package `{package}` has no feature `{name}`: its dependency of that name is not optional, so it is always \
         there"
    )]
    NotOptional {
        /// The package.
        package: InternedString,
        /// The dependency.
        name: InternedString,
    },
    /// `name/feature` of a dependency that is not there.
    #[error("package `{package}` has no dependency `{name}`")]
    NoDependency {
        /// The package.
        package: InternedString,
        /// What should be its dependency.
        name: InternedString,
    },
    /// A feature turns itself on.
    #[error("feature `{name}` of package `{package}` turns itself on; remove it from its own list")]
    Cycle {
        /// The package.
        package: InternedString,
        /// The feature.
        name: InternedString,
    },
    /// Something that only a manifest may say.
    #[error("`{0}` cannot be asked for on the command line: name a feature that turns it on")]
    DepSyntax(String),
    /// `a/b/c`.
    #[error("`{0}` has too many slashes (expected `feature` or `package/feature`)")]
    Slashes(String),
    /// Features for what is not a member.
    #[error("features can be given to members of the workspace only, and none is selected")]
    OutsideWorkspace,
}

fn unknown(
    features: &[String],
    packages: &[InternedString],
    suggestions: &[String],
    others: &[InternedString],
) -> String {
    let join = |names: &[InternedString]| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let wanted = features.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let noun = if features.len() == 1 { "feature" } else { "features" };
    let text = match packages {
        [one] => format!("no such {noun} {wanted} in package `{one}`"),
        _ => format!("no such {noun} {wanted} in any of the selected packages ({})", join(packages)),
    };
    let help = if !others.is_empty() {
        format!("; found in {}, not selected", join(others))
    } else if suggestions.is_empty() {
        String::new()
    } else {
        format!("; did you mean `{}`?", suggestions.join("` or `"))
    };
    text + &help
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_what_was_asked_and_what_may_help() {
        let error = FeatureError::Unknown {
            features: vec!["dervie".to_owned()],
            packages: vec!["app".into()],
            suggestions: vec!["derive".to_owned()],
            others: Vec::new(),
        };
        assert_eq!(error.to_string(), "no such feature `dervie` in package `app`; did you mean `derive`?");
    }
}
