//! Tables of both tracking files as Cargo writes them, and what hands have made of them.

use super::*;

const V1: &str = r#"[v1]
"gp 0.3.0 (git+file:///tmp/repo?branch=a/b#245fda60cfffb4c55e04ab5ee704d7a30eccb651)" = ["gp"]
"p 0.1.0 (path+file:///tmp/w/p)" = ["p"]
"tool 1.9.0 (registry+https://github.com/rust-lang/crates.io-index)" = [
    "more",
    "tool",
]
"tool 1.10.0 (registry+https://github.com/rust-lang/crates.io-index)" = ["extra"]
"#;

/// As Cargo 1.95 wrote it, with fields that it does not know.
const V2: &str = concat!(
    r#"{"installs":{"tool 1.9.0 (registry+https://github.com/rust-lang/crates.io-index)":{"version_req":"=1.9.0","#,
    r#""bins":["more","tool"],"features":["f1","f2"],"all_features":false,"no_default_features":true,"#,
    r#""profile":"dev","target":"x86_64-unknown-linux-gnu","rustc":"rustc 1.95.0\nhost: x\n","a_note":{"b":1,"c":[2]}}},"#,
    r#""zeta":null}"#
);

fn id(text: &str) -> PackageId {
    parse_package(text).expect("a package")
}

#[test]
fn the_older_file_survives_byte_for_byte() {
    let installs = Installs::parse(V1, "").expect("parses");
    assert_eq!(installs.v1_text().expect("writes"), V1);
    assert_eq!(installs.packages.len(), 4);
    assert_eq!(Installs::default().v1_text().expect("writes"), "[v1]\n");
}

#[test]
fn the_newer_file_survives_byte_for_byte() {
    let v1 = "[v1]\n\"tool 1.9.0 (registry+https://github.com/rust-lang/crates.io-index)\" = [\"tool\", \"more\"]\n";
    let installs = Installs::parse(v1, V2).expect("parses");
    assert_eq!(installs.v2_text().expect("writes"), V2);
    assert_eq!(Installs::default().v2_text().expect("writes"), r#"{"installs":{}}"#);
}

#[test]
fn the_older_file_decides() {
    let installs = Installs::parse(V1, V2).expect("parses");
    let known = &installs.packages[&id("tool 1.9.0 (registry+https://github.com/rust-lang/crates.io-index)")];
    assert_eq!(known.profile, "dev");
    let new = &installs.packages[&id("p 0.1.0 (path+file:///tmp/w/p)")];
    assert_eq!(*new, Install::with_bins(["p".to_owned()].into()));
    assert!(Installs::parse("[v1]\n", V2).expect("parses").packages.is_empty());
}

#[test]
fn what_is_damaged_is_named() {
    let file = |v1, v2| Installs::parse(v1, v2).expect_err("is damaged").0;
    assert_eq!(file("[v1", ""), V1_FILE_NAME);
    assert_eq!(file("", "{"), V2_FILE_NAME);
    assert_eq!(file("[v1]\n\"no version\" = []\n", ""), V1_FILE_NAME);
    assert_eq!(file("other = 1\n", ""), V1_FILE_NAME);
    assert!(matches!(parse_package("a 1.0.0 registry+https://x"), Err(InstallsError::Package(_))));
}
