//! Index entries: the line that crates.io forms for a published version, and where a package's file lies in an index.

use semver::VersionReq;

use crate::dep::Dep;
use crate::spec::PackageSpec;

/// The path of a package's file inside an index (`1/a`, `2/ab`, `3/a/abc`, `fo/ob/foobar`; lower case).
#[must_use]
pub fn index_path(name: &str) -> String {
    let name = name.to_lowercase();
    match name.len() {
        1 | 2 => format!("{}/{name}", name.len()),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

/// The index line of a package, without the newline.
pub(crate) fn index_line(spec: &PackageSpec, checksum: &str) -> String {
    let deps: Vec<String> = spec.deps.iter().map(dep_json).collect();
    // Old clients must not see syntax that they would misread: that is what the second map is for.
    let is_new = |values: &&Vec<String>| values.iter().any(|v| v.starts_with("dep:") || v.contains("?/"));
    let features = features_json(spec, |values| !is_new(&values));
    let features2 = features_json(spec, |values| is_new(&values));
    let mut fields = vec![
        format!("\"name\":{}", json(&spec.name)),
        format!("\"vers\":{}", json(&spec.version)),
        format!("\"deps\":[{}]", deps.join(",")),
        format!("\"cksum\":{}", json(checksum)),
        format!("\"features\":{features}"),
    ];
    if features2 != "{}" {
        fields.push(format!("\"features2\":{features2}"));
    }
    fields.push(format!("\"yanked\":{}", spec.yanked));
    if let Some(links) = &spec.links {
        fields.push(format!("\"links\":{}", json(links)));
    }
    if let Some(version) = &spec.rust_version {
        fields.push(format!("\"rust_version\":{}", json(version)));
    }
    if features2 != "{}" {
        fields.push("\"v\":2".into());
    }
    format!("{{{}}}", fields.join(","))
}

/// The same line with another `yanked`.
pub(crate) fn with_yanked(line: &str, yanked: bool) -> String {
    line.replace(&format!("\"yanked\":{}", !yanked), &format!("\"yanked\":{yanked}"))
}

/// Whether a line is the entry of that version.
pub(crate) fn is_version(line: &str, version: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(line).is_ok_and(|entry| entry["vers"].as_str() == Some(version))
}

fn features_json(spec: &PackageSpec, keep: impl Fn(&Vec<String>) -> bool) -> String {
    let entries: Vec<String> = spec
        .features
        .iter()
        .filter(|(_, values)| keep(values))
        .map(|(name, values)| format!("{}:{}", json(name), json(values)))
        .collect();
    format!("{{{}}}", entries.join(","))
}

fn dep_json(dep: &Dep) -> String {
    // Cargo sends requirements as its parser prints them: `1` becomes `^1`.
    let req = VersionReq::parse(&dep.req).map_or_else(|_| dep.req.clone(), |req| req.to_string());
    let mut fields = vec![
        format!("\"name\":{}", json(dep.name_in_manifest())),
        format!("\"req\":{}", json(&req)),
        format!("\"features\":{}", json(&dep.features)),
        format!("\"optional\":{}", dep.optional),
        format!("\"default_features\":{}", dep.default_features),
        format!("\"target\":{}", json(&dep.target)),
        format!("\"kind\":{}", json(dep.kind.index_name())),
    ];
    if let Some(registry) = &dep.registry {
        fields.push(format!("\"registry\":{}", json(registry)));
    }
    if dep.rename.is_some() {
        fields.push(format!("\"package\":{}", json(&dep.package)));
    }
    format!("{{{}}}", fields.join(","))
}

/// Strings, lists of strings and options of them as JSON; written by hand around it to fix the order of keys.
fn json<T: Json + ?Sized>(value: &T) -> String {
    value.to_json().to_string()
}

trait Json {
    fn to_json(&self) -> serde_json::Value;
}

impl Json for str {
    fn to_json(&self) -> serde_json::Value {
        self.into()
    }
}

impl Json for String {
    fn to_json(&self) -> serde_json::Value {
        self.as_str().into()
    }
}

impl Json for Vec<String> {
    fn to_json(&self) -> serde_json::Value {
        self.as_slice().into()
    }
}

impl Json for Option<String> {
    fn to_json(&self) -> serde_json::Value {
        self.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_length_of_the_name() {
        for (name, path) in [
            ("a", "1/a"),
            ("ab", "2/ab"),
            ("abc", "3/a/abc"),
            ("Serde", "se/rd/serde"),
            ("cargo-x", "ca/rg/cargo-x"),
        ] {
            assert_eq!(index_path(name), path);
        }
    }

    #[test]
    fn new_feature_syntax_goes_into_the_second_map() {
        let mut spec = PackageSpec::new("foo", "1.0.0");
        spec.deps.push(Dep::new("bar", "1").optional().rename("b"));
        spec.features.insert("old".into(), vec!["b".into()]);
        spec.features.insert("new".into(), vec!["dep:b".into()]);
        spec.links = Some("z".into());
        assert_eq!(
            index_line(&spec, "00"),
            concat!(
                r#"{"name":"foo","vers":"1.0.0","deps":[{"name":"b","req":"^1","features":[],"optional":true,"#,
                r#""default_features":true,"target":null,"kind":"normal","package":"bar"}],"cksum":"00","#,
                r#""features":{"old":["b"]},"features2":{"new":["dep:b"]},"yanked":false,"links":"z","v":2}"#,
            )
        );
    }

    #[test]
    fn yanking_changes_the_flag_only() {
        let line = index_line(&PackageSpec::new("foo", "1.0.0"), "00");
        let yanked = with_yanked(&line, true);
        assert!(yanked.contains("\"yanked\":true") && is_version(&yanked, "1.0.0"));
        assert_eq!(with_yanked(&yanked, false), line);
    }
}
