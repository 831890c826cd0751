//! What the words of `add` ask for: names, requirements, and whose the features are.

use dhow_formats::manifest::PackageName;
use dhow_model::FeatureValue;
use semver::VersionReq;

use crate::edit_problem::EditProblem;

/// One dependency that is to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    /// Its name; without one, that of the package which is found.
    pub(super) name: Option<String>,
    /// The requirement.
    pub(super) req: Option<String>,
    /// Features to turn on.
    pub(super) features: Option<Vec<String>>,
}

/// Reads `name` or `name@req` for each dependency, and gives each its features.
pub(super) fn requests(crates: &[String], features: &[String]) -> Result<Vec<Request>, EditProblem> {
    let mut words: Vec<&str> = Vec::new();
    for word in crates {
        if let Some(toolchain) = word.strip_prefix('+') {
            return Err(EditProblem::Toolchain { toolchain: toolchain.to_owned() });
        }
        if !words.contains(&word.as_str()) {
            words.push(word);
        }
    }
    let mut asked: Vec<Option<Vec<String>>> = vec![None; words.len().max(1)];
    let split = features.iter().flat_map(|text| text.split([',', ' ', '\t', '\n']));
    for feature in split.filter(|feature| !feature.is_empty()) {
        let (at, name) = owner(&words, feature)?;
        let list = asked[at].get_or_insert_default();
        if !list.contains(&name) {
            list.push(name);
        }
    }
    if words.is_empty() {
        return Ok(asked.into_iter().map(|features| Request { features, ..Request::default() }).collect());
    }
    let read = |(word, features): (&str, Option<Vec<String>>)| {
        let (name, req) = named(word)?;
        Ok(Request { name: Some(name), req, features })
    };
    words.into_iter().zip(asked).map(read).collect()
}

/// Whose feature it is, and what it is called there.
fn owner(words: &[&str], feature: &str) -> Result<(usize, String), EditProblem> {
    match FeatureValue::parse(feature) {
        FeatureValue::Feature(_) if words.len() > 1 => Err(EditProblem::WhoseFeature {
            feature: feature.to_owned(),
            candidates: words.iter().map(|word| format!("`{word}/{feature}`")).collect(),
        }),
        FeatureValue::Feature(_) => Ok((0, feature.to_owned())),
        FeatureValue::Dep { .. } => Err(EditProblem::DepFeature { feature: feature.to_owned() }),
        FeatureValue::DepFeature { dep_name, dep_feature, .. } => {
            if words.is_empty() {
                let plain = dep_feature.to_string();
                return Err(EditProblem::FeatureOfUnknown { feature: feature.to_owned(), plain });
            }
            if dep_feature.contains('/') {
                return Err(EditProblem::Slashes { feature: feature.to_owned() });
            }
            let at = words.iter().position(|word| dep_name == **word).ok_or_else(|| {
                EditProblem::FeatureOfAbsent { feature: dep_feature.to_string(), name: dep_name.to_string() }
            })?;
            Ok((at, dep_feature.to_string()))
        }
    }
}

fn named(word: &str) -> Result<(String, Option<String>), EditProblem> {
    let (name, req) = match word.split_once('@') {
        Some((name, req)) => (name, Some(req)),
        None => (word, None),
    };
    if let Err(error) = PackageName::new(name) {
        let suggestion = if req.is_none() { with_at_sign(word) } else { None };
        return Err(EditProblem::Name { name: name.to_owned(), reason: error.to_string(), suggestion });
    }
    if let Some(req) = req {
        VersionReq::parse(req).map_err(|reason| EditProblem::Req {
            name: name.to_owned(),
            req: req.to_owned(),
            reason,
        })?;
    }
    Ok((name.to_owned(), req.map(str::to_owned)))
}

/// `foo=1.0` and `foo^1` were meant to be `foo@=1.0` and `foo@^1`.
fn with_at_sign(word: &str) -> Option<String> {
    let end = word.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))?;
    let (name, req) = word.split_at(end);
    (PackageName::new(name).is_ok() && VersionReq::parse(req).is_ok()).then(|| format!("{name}@{req}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &str) -> Vec<String> {
        words.split_whitespace().map(str::to_owned).collect()
    }

    fn check(crates: &str, features: &str, expected: &[(Option<&str>, Option<&str>, Option<&str>)]) {
        let found = requests(&texts(crates), &[features.to_owned()]).expect("reads");
        let found: Vec<_> = found
            .iter()
            .map(|r| (r.name.as_deref(), r.req.as_deref(), r.features.as_ref().map(|f| f.join(" "))))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(name, req, features)| (*name, *req, features.map(str::to_owned))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn features_find_their_dependency() {
        check("a", "x,y x", &[(Some("a"), None, Some("x y"))]);
        check("a b@1 a", "b@1/x a/y", &[(Some("a"), None, Some("y")), (Some("b"), Some("1"), Some("x"))]);
        check("", "x", &[(None, None, Some("x"))]);
        check("a@=1.2", "", &[(Some("a"), Some("=1.2"), None)]);
    }

    #[test]
    fn what_is_not_clear_is_refused() {
        let check = |crates: &str, features: &str, message: &str| {
            let error = requests(&texts(crates), &[features.to_owned()]).expect_err("must not be read");
            assert!(error.to_string().contains(message), "{error}");
        };
        check("a b", "x", "`a/x` or `b/x`");
        check("a", "dep:x", "inside of `[features]`");
        check("a", "a/b/c", "more than one");
        check("", "a/b", "write `b`");
        check("a", "b/c", "`b`, which is not among");
        check("+nightly", "", "dhow +nightly add");
        check("a^1", "", "`a@^1`");
        check("a@v1", "", "`a@1`");
        check("a@one", "", "not a version requirement");
    }
}
