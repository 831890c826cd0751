//! Manifests as they are published: every crate that is unpacked in some directory, against the real cargo.

use std::path::{Path, PathBuf};
use std::time::Instant;

use dhow_model::SourceId;
use dhow_workspace::Loader;

use crate::cargo;
use crate::metadata::{difference, of_target, of_workspace};
use crate::project::options;

#[test]
#[ignore = "needs unpacked crates: DHOW_PUBLISHED=<registry/src/index-directory>"]
fn published_manifests_mean_what_cargo_says() {
    let root = PathBuf::from(std::env::var_os("DHOW_PUBLISHED").expect("DHOW_PUBLISHED"));
    let mut crates: Vec<_> =
        std::fs::read_dir(root).expect("a directory").map(|e| e.expect("an entry").path()).collect();
    crates.sort();
    let start = Instant::now();
    for dir in &crates {
        drop(dhow_workspace::load_package(&dir.join("Cargo.toml"), SourceId::crates_io(), options()));
    }
    let elapsed = start.elapsed();
    let wrong: Vec<_> = crates.iter().filter_map(|dir| compare(dir)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), crates.len(), wrong.join("\n"));
    assert!(elapsed.as_secs() < 10, "loading {} packages took {elapsed:?}", crates.len());
}

fn compare(dir: &Path) -> Option<String> {
    let named = |text: String| Some(format!("{}: {text}", dir.display()));
    match (cargo::metadata(dir), Loader::new(options()).lenient().workspace(&dir.join("Cargo.toml"))) {
        (Ok(theirs), Ok(ours)) => {
            if ours.root_package().is_none() {
                return difference(&theirs, &of_workspace(&ours), "").and_then(named);
            }
            let downloaded =
                dhow_workspace::load_package(&dir.join("Cargo.toml"), SourceId::crates_io(), options());
            let downloaded = match downloaded {
                Ok(package) => package,
                Err(error) => return named(format!("as a dependency: {error}")),
            };
            let targets: Vec<_> = downloaded.targets().iter().map(|t| of_target(t)).collect();
            let path = dir.join("Cargo.toml");
            let of_this = |p: &&serde_json::Value| p["manifest_path"].as_str().map(Path::new) == Some(&path);
            let packages = theirs["packages"].as_array().expect("packages");
            let theirs_here = &packages.iter().find(of_this).expect("the package")["targets"];
            if let Some(text) = difference(theirs_here, &targets.into(), "as a dependency") {
                return named(text);
            }
            difference(&theirs, &of_workspace(&ours), "").and_then(named)
        }
        (Err(_), Err(_)) => None,
        (Err(theirs), Ok(_)) => named(format!("cargo refuses: {theirs}")),
        (Ok(_), Err(ours)) => named(format!("we refuse: {ours}")),
    }
}
