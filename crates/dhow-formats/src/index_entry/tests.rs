//! Lines of an index: what they become, and which are skipped.

use super::*;

fn line(rest: &str) -> String {
    format!(r#"{{"name":"foo","vers":"1.2.3","cksum":"{}",{rest}}}"#, "0a".repeat(32))
}

fn summary(rest: &str) -> Summary {
    parse_summary(line(rest).as_bytes(), SourceId::crates_io()).expect("parses")
}

fn refused(rest: &str) -> IndexEntryError {
    parse_summary(line(rest).as_bytes(), SourceId::crates_io()).expect_err("is skipped")
}

#[test]
fn a_plain_line() {
    let got = summary(
        r#""deps":[{"name":"bar","req":"^0.1","features":["x",""],"optional":false,"default_features":false,
            "target":"cfg(unix)","kind":"build"}],
        "features":{"a":["b"],"b":[]},"yanked":true,"links":"z","rust_version":"1.60","v":1,"other":{"x":1}"#,
    );
    assert_eq!(got.id(), PackageId::new("foo", Version::new(1, 2, 3), SourceId::crates_io()));
    assert_eq!(got.checksum().expect("has one").to_string(), "0a".repeat(32));
    assert!(got.is_yanked());
    assert_eq!(got.links(), Some("z".into()));
    assert_eq!(got.rust_version().expect("has one").to_string(), "1.60");
    let dep = &got.dependencies()[0];
    assert_eq!((dep.package_name().as_str(), dep.req().to_string().as_str()), ("bar", "^0.1"));
    assert_eq!(dep.kind(), DepKind::Build);
    assert_eq!(dep.features(), [InternedString::new("x")]);
    assert_eq!(dep.platform().expect("has one").to_string(), "cfg(unix)");
    assert!(!dep.default_features() && !dep.is_optional() && dep.is_transitive());
    assert!(dep.source().is_crates_io() && dep.registry().is_none());
}

#[test]
fn both_feature_tables_are_one() {
    let got = summary(
        r#""v":2,"deps":[{"name":"bar","req":"*","optional":true},{"name":"baz","req":"*","optional":true}],
        "features":{"a":["b"],"b":[]},"features2":{"a":["dep:bar","baz?/x"],"c":["dep:baz"]}"#,
    );
    let values = |name: &str| {
        got.features()[&InternedString::new(name)].iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(values("a"), ["b", "dep:bar", "baz?/x"]);
    assert_eq!(values("c"), ["dep:baz"]);
    assert!(!got.features().contains_key("bar"), "named by `dep:`, so no feature of its own");
}

#[test]
fn names_registries_and_kinds() {
    let got = summary(
        r#""deps":[{"name":"other","package":"real","req":"1","kind":"dev","registry":"https://example.com/index"},
        {"name":"same","req":"1","kind":"normal","registry":null}]"#,
    );
    let [renamed, plain] = got.dependencies() else { panic!("two dependencies") };
    assert_eq!((renamed.package_name().as_str(), renamed.name_in_toml().as_str()), ("real", "other"));
    assert_eq!(renamed.source().lock_string(), "registry+https://example.com/index");
    assert_eq!(renamed.registry(), Some(renamed.source()));
    assert!(!renamed.is_transitive());
    assert_eq!(plain.rename(), None);
    assert!(plain.default_features());
}

#[test]
fn lines_for_others_are_skipped() {
    assert!(matches!(refused(r#""deps":[],"v":3"#), IndexEntryError::NewerSchema(3)));
    assert!(matches!(
        refused(r#""deps":[{"name":"a","req":"not a version"}]"#),
        IndexEntryError::BadRequirement { .. }
    ));
    assert!(matches!(
        refused(r#""deps":[{"name":"a","req":"1","target":"cfg("}]"#),
        IndexEntryError::BadTarget { .. }
    ));
    assert!(matches!(refused(r#""deps":[],"features":{"a":["none"]}"#), IndexEntryError::BadFeature { .. }));
    assert!(matches!(
        refused(r#""deps":[],"features":{"a":["dep:none"]}"#),
        IndexEntryError::BadFeature { .. }
    ));
    assert!(matches!(
        refused(r#""deps":[],"features":{"a":["none/x"]}"#),
        IndexEntryError::BadFeature { .. }
    ));
    assert!(matches!(
        refused(r#""deps":[{"name":"a","req":"1","optional":true}],"features":{"a":[]}"#),
        IndexEntryError::BadOptional(_)
    ));
    assert!(matches!(refused(r#""deps":"x""#), IndexEntryError::Json(_)));
    assert!(parse_summary(b"", SourceId::crates_io()).is_err());
}

#[test]
fn a_head_is_enough_to_be_kept() {
    assert_eq!(
        IndexEntryHead::parse(br#"{"name":"x","vers":"1.0.0-a+b","deps":7}"#)
            .expect("parses")
            .vers
            .to_string(),
        "1.0.0-a+b"
    );
    assert!(IndexEntryHead::parse(br#"{"name":"x","vers":"1"}"#).is_err());
    assert!(IndexEntryHead::parse(br#"{"vers":"1.0.0"}"#).is_err());
}

#[test]
fn paths_in_an_index() {
    let check = |name: &str, expect: &str| assert_eq!(index_path(name), expect);
    check("a", "1/a");
    check("ab", "2/ab");
    check("Abc", "3/a/abc");
    check("Cargo", "ca/rg/cargo");
    assert_eq!(index_prefix("Cargo"), "Ca/rg");
}
