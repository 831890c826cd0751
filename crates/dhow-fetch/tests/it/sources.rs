//! Local registries and vendored directories in place of crates.io.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use dhow_fetch::{FetchError, Registries, SummaryReader, Wanted};
use dhow_model::{FeatureMap, PackageId, SourceId, SourceKind, Summary};

use crate::support::{Fixture, dependency, download, query};

fn at(kind: SourceKind, path: &Path) -> SourceId {
    SourceId::new(kind, url::Url::from_directory_path(path).expect("an absolute path"))
}

fn local(fixture: &Fixture) -> Registries {
    fixture.registries_with(at(SourceKind::LocalRegistry, fixture.registry.path()))
}

#[test]
fn a_local_registry_serves_as_cargo_unpacks_it() {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").publish();
    fixture.sandbox.manifest("app", "[dependencies]\nfoo = \"1\"\n");
    fixture.sandbox.file("src/main.rs", "fn main() { foo::foo() }");
    let registries = local(&fixture);
    let registry = registries.registry(SourceId::crates_io()).expect("opens");
    assert_eq!(query(&registry, &dependency("foo", "1")), ["1.0.0"]);
    assert!(query(&registry, &dependency("none", "1")).is_empty());
    let summaries = registry.load_many(&["foo".into()], &|_| {}).pop().expect("one").expect("loads");
    let wanted = Wanted { id: summaries[0].id(), checksum: summaries[0].checksum() };
    let ready = download(&registries, &[wanted], |_| {}).expect("unpacks");
    assert!(ready[0].1.join("src/lib.rs").is_file());
    assert_eq!(fixture.server.requests().len(), 0);
    let again = download(&registries, &[wanted], |_| {}).expect("is there");
    assert_eq!(ready, again);
}

#[test]
fn a_local_registry_without_the_archive_says_so() {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").publish();
    dhow_fs::remove_file(&fixture.registry.crate_file("foo", "1.0.0")).expect("removes");
    let registries = local(&fixture);
    let id = PackageId::new("foo", semver::Version::new(1, 0, 0), SourceId::crates_io());
    let error = download(&registries, &[Wanted { id, checksum: None }], |_| {}).expect_err("is missing");
    assert!(matches!(error, FetchError::NotVendored { .. }), "{error:?}");
}

/// Vendors with the real cargo.
fn vendored() -> (Fixture, PathBuf) {
    let fixture = Fixture::new();
    fixture.registry.package("foo", "1.0.0").publish();
    fixture.sandbox.manifest("app", "[dependencies]\nfoo = \"1\"\n");
    fixture.sandbox.file("src/main.rs", "fn main() {}");
    fixture.sandbox.cargo(["vendor", "--respect-source-config", "vendor"]).assert_success();
    let path = fixture.sandbox.path("vendor");
    (fixture, path)
}

fn directory(fixture: &Fixture, path: PathBuf) -> Registries {
    let settings = fixture.registries_with(at(SourceKind::Directory, &path)).settings().clone();
    let reader = SummaryReader::new(|_, source| {
        let id = PackageId::new("foo", semver::Version::new(1, 0, 0), source);
        Ok(Summary::new(id, Vec::new(), FeatureMap::new()))
    });
    Registries::new(fixture.home(), settings, reader)
}

#[test]
fn a_vendored_package_stays_where_it_is() {
    let (fixture, path) = vendored();
    let registries = directory(&fixture, path.clone());
    let registry = registries.registry(SourceId::crates_io()).expect("opens");
    assert_eq!(query(&registry, &dependency("foo", "1")), ["1.0.0"]);
    let id = PackageId::new("foo", semver::Version::new(1, 0, 0), SourceId::crates_io());
    let ready = Mutex::new(Vec::new());
    let on_ready = |_, path: &std::path::Path| ready.lock().expect("no panic").push(path.to_owned());
    registries.download(&[Wanted { id, checksum: None }], &on_ready, &|_| {}).expect("is there");
    assert_eq!(*ready.lock().expect("no panic"), [path.join("foo")]);
    let checksum = registry.checksum(id, &|_| {}).expect("has one");
    assert_eq!(
        checksum.map(|sum| sum.to_string()),
        Some(fixture.wanted("foo", "1.0.0").checksum.expect("one").to_string())
    );
}

#[test]
fn a_vendored_file_that_was_edited_is_refused() {
    let (fixture, path) = vendored();
    dhow_fs::append(&path.join("foo/src/lib.rs"), b"// changed").expect("appends");
    let registries = directory(&fixture, path);
    let id = PackageId::new("foo", semver::Version::new(1, 0, 0), SourceId::crates_io());
    let wanted = Wanted { id, checksum: None };
    download(&registries, &[wanted], |_| {}).expect("who only looks at it does not read it");
    let error = registries.check_sources(wanted, false, dhow_home::Depth::Stat).expect_err("was changed");
    assert!(matches!(error, FetchError::VendoredFileChanged { .. }), "{error:?}");
}
