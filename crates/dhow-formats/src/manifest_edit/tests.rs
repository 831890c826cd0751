//! Forms that entries take; what Cargo itself makes of them is compared where whole commands are tested.

use std::path::Path;

use dhow_model::DepKind;

use super::{DependencyEntry, DependencyTable, EntrySource, ManifestEditor};

fn editor(text: &str) -> ManifestEditor {
    ManifestEditor::parse(text, Path::new("/w/app")).expect("parses")
}

fn registry(name: &str, version: &str) -> DependencyEntry {
    let source = Some(EntrySource::Registry { version: version.to_owned() });
    DependencyEntry { name: name.to_owned(), source, ..DependencyEntry::default() }
}

fn normal() -> DependencyTable {
    DependencyTable::new(DepKind::Normal)
}

fn check_insert(text: &str, entry: &DependencyEntry, expected: &str) {
    let mut manifest = editor(text);
    manifest.insert(&normal(), entry).expect("inserts");
    assert_eq!(manifest.to_string(), expected);
}

#[test]
fn a_version_is_a_string_and_all_else_a_table() {
    check_insert("", &registry("a", "1.2"), "[dependencies]\na = \"1.2\"\n");
    let mut entry = registry("a", "1.2");
    entry.add_features(&["x".to_owned(), "x".to_owned()]);
    entry.optional = Some(true);
    check_insert(
        "",
        &entry,
        "[dependencies]\na = { version = \"1.2\", features = [\"x\"], optional = true }\n",
    );
    let path = EntrySource::Path { path: "/w/b".into(), base: None, version: Some("1.0.0".to_owned()) };
    let entry = DependencyEntry { source: Some(path), ..registry("b", "1") };
    check_insert("", &entry, "[dependencies]\nb = { version = \"1.0.0\", path = \"../b\" }\n");
    let entry = DependencyEntry { source: Some(EntrySource::Workspace), ..registry("b", "1") };
    check_insert("", &entry, "[dependencies]\nb.workspace = true\n");
}

#[test]
fn comments_stay() {
    let text = "# top\n[dependencies] # here\n# about a\na = { version = \"1\", default-features = false } # end\n\n[lib]\n";
    let mut entry = registry("a", "2");
    entry.default_features = Some(false);
    check_insert(text, &entry, &text.replace("\"1\"", "\"2\""));
    check_insert("[dependencies]\na=\"1\"# note\n", &registry("a", "2"), "[dependencies]\na=\"2\"# note\n");
}

#[test]
fn another_source_takes_the_place_of_the_old_one() {
    let text = "[dependencies.a]\ngit = \"https://x\"\nrev = \"1\" # r\nfeatures = [\"b\"]\n";
    let mut entry = registry("a", "2");
    entry.add_features(&["a".to_owned()]);
    check_insert(text, &entry, "[dependencies.a]\nfeatures = [\"a\", \"b\"]\nversion = \"2\"\n");
}

#[test]
fn entries_read_as_written() {
    let text = "[dependencies]\na = \"1\"\nb = { path = \"../b\", features = [\"x\", \"x\"] }\nc = { package = \"d\", git = \"https://x\", tag = \"t\" }\ne = 1\n[target.'cfg(unix)'.dev-dependencies]\nf.workspace = true\n";
    let all = editor(text).dependencies();
    let names: Vec<_> = all.iter().map(|d| (d.table.keys().join("."), d.key.as_str())).collect();
    assert_eq!(names[3], ("dependencies".to_owned(), "e"));
    assert_eq!(names[4], ("target.cfg(unix).dev-dependencies".to_owned(), "f"));
    let entry = |at: usize| all[at].entry.clone().expect("an entry");
    assert_eq!(entry(0), registry("a", "1"));
    assert_eq!(entry(1).features, Some(vec!["x".to_owned()]));
    assert_eq!(entry(1).source.and_then(|s| s.version().map(str::to_owned)), None);
    assert_eq!((entry(2).name.as_str(), entry(2).key()), ("d", "c"));
    assert_eq!(entry(4).source, Some(EntrySource::Workspace));
    assert!(all[3].entry.is_err());
}

#[test]
fn what_is_removed_leaves_no_empty_table() {
    let mut manifest =
        editor("[package]\nname = \"p\"\n\n[dependencies]\na = \"1\"\n\n[features]\nx = [\"a/y\", \"z\"]\n");
    manifest.remove(&normal(), "a").expect("is there");
    manifest.tidy_features("a");
    // The blank is what Cargo leaves, too.
    assert_eq!(manifest.to_string(), "[package]\nname = \"p\"\n\n[features]\nx = [ \"z\"]\n");
    assert!(manifest.remove(&normal(), "a").is_err());
}

#[test]
fn names_in_order_stay_in_order() {
    let mut manifest = editor("[dependencies]\na = \"1\"\nc = \"1\"\n");
    assert!(manifest.is_sorted(&normal()));
    manifest.insert(&normal(), &registry("b", "1")).expect("inserts");
    assert!(!manifest.is_sorted(&normal()));
    manifest.sort(&normal());
    assert_eq!(manifest.to_string(), "[dependencies]\na = \"1\"\nb = \"1\"\nc = \"1\"\n");
}

#[test]
fn a_root_keeps_what_is_asked_for() {
    let mut manifest = editor(
        "[workspace.dependencies]\na = \"1\"\nb = \"1\"\n[profile.dev.package.a]\nopt-level = 1\n[profile.dev.package.b]\nopt-level = 1\n[profile.dev.package.\"*\"]\nopt-level = 1\n",
    );
    let inherited = DependencyEntry { source: Some(EntrySource::Workspace), ..registry("a", "1") };
    manifest.tidy_root(vec![inherited], &|_| None).expect("tidies");
    assert_eq!(
        manifest.to_string(),
        "[workspace.dependencies]\na = \"1\"\n[profile.dev.package.a]\nopt-level = 1\n[profile.dev.package.\"*\"]\nopt-level = 1\n"
    );
}
