//! What a feature turns on: the values of the `[features]` table.

use std::fmt;

use crate::interned::InternedString;

/// One value of a feature, parsed. Specified in the Cargo book, "Features".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FeatureValue {
    /// `"other"`: another feature of the same package.
    Feature(InternedString),
    /// `"dep:name"`: an optional dependency.
    Dep {
        /// Its name in the manifest.
        dep_name: InternedString,
    },
    /// `"name/feature"` or `"name?/feature"`: a feature of a dependency.
    DepFeature {
        /// The dependency's name in the manifest.
        dep_name: InternedString,
        /// The feature of that dependency.
        dep_feature: InternedString,
        /// With `?`: does not by itself turn on the dependency.
        weak: bool,
    },
}

impl FeatureValue {
    /// Parses the text of a value; every text is one.
    pub fn parse(text: &str) -> Self {
        match text.split_once('/') {
            Some((dep, feature)) => {
                let (dep, weak) = match dep.strip_suffix('?') {
                    Some(dep) => (dep, true),
                    None => (dep, false),
                };
                Self::DepFeature { dep_name: dep.into(), dep_feature: feature.into(), weak }
            }
            None => match text.strip_prefix("dep:") {
                Some(dep) => Self::Dep { dep_name: dep.into() },
                None => Self::Feature(text.into()),
            },
        }
    }
}

impl fmt::Display for FeatureValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feature(name) => write!(f, "{name}"),
            Self::Dep { dep_name } => write!(f, "dep:{dep_name}"),
            Self::DepFeature { dep_name, dep_feature, weak } => {
                write!(f, "{dep_name}{}/{dep_feature}", if *weak { "?" } else { "" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FeatureValue;

    #[test]
    fn values_parse_and_print() {
        for text in ["std", "dep:serde", "serde/derive", "serde?/derive"] {
            assert_eq!(FeatureValue::parse(text).to_string(), text);
        }
        assert!(matches!(FeatureValue::parse("a?/b"), FeatureValue::DepFeature { weak: true, .. }));
        assert!(matches!(FeatureValue::parse("dep:a"), FeatureValue::Dep { .. }));
    }
}
