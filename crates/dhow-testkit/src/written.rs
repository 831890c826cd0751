//! The fixture registry written in the other forms that Cargo knows: as a git index, and as a vendored directory.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::git::GitRepo;
use crate::registry::Registry;

/// A registry's index in a git repository, with a `config.json` of its own.
///
/// ```no_run
/// # use dhow_testkit::Registry;
/// let registry = Registry::new();
/// registry.package("foo", "1.0.0").publish();
/// let index = registry.git_index(&registry.file_dl());
/// registry.package("foo", "1.0.1").publish();
/// index.update();
/// println!("[registries.alt]\nindex = \"{}\"", index.repo().url());
/// ```
pub struct GitIndex {
    repo: GitRepo,
    index: PathBuf,
}

impl GitIndex {
    /// The repository; commit to it what a test needs besides.
    #[must_use]
    pub fn repo(&self) -> &GitRepo {
        &self.repo
    }

    /// Commits the registry's index as it is now; the new commit's hash.
    pub fn update(&self) -> String {
        for entry in fs::read_dir(self.repo.path()).expect("the repository") {
            let name = entry.expect("an entry").file_name();
            if name != ".git" && name != "config.json" {
                self.repo.remove(&name);
            }
        }
        copy_files(&self.index, &self.index, &self.repo);
        self.repo.commit("update the index")
    }

    /// Writes and commits a `config.json`, whatever it says.
    pub fn config_json(&self, text: &str) -> String {
        self.repo.file("config.json", text).commit("update config.json")
    }
}

impl Registry {
    /// Writes the index into a git repository; `dl` is where archives are ([`Registry::file_dl`],
    /// [`crate::SparseServer::dl_url`]).
    #[must_use]
    pub fn git_index(&self, dl: &str) -> GitIndex {
        let git_index = GitIndex { repo: GitRepo::new(), index: self.path().join("index") };
        git_index.repo.file("config.json", json!({ "dl": dl }).to_string());
        git_index.update();
        git_index
    }

    /// The `dl` of an index whose archives are read from this registry's directory.
    #[must_use]
    pub fn file_dl(&self) -> String {
        format!("file://{}/{{crate}}-{{version}}.crate", self.path().display())
    }

    /// Writes every version into `dir` as `cargo vendor --versioned-dirs` does: `<name>-<version>/` with its
    /// `.cargo-checksum.json`.
    ///
    /// # Panics
    /// When an archive is broken.
    pub fn vendor(&self, dir: &Path) {
        fs::create_dir_all(dir).expect("the vendored directory");
        for entry in fs::read_dir(self.path()).expect("the registry's directory") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "crate") {
                vendor_archive(&fs::read(&path).expect("an archive"), dir);
            }
        }
    }
}

fn vendor_archive(archive: &[u8], dir: &Path) {
    let mut files = serde_json::Map::new();
    let mut package = None;
    for entry in tar::Archive::new(GzDecoder::new(archive)).entries().expect("an archive") {
        let mut entry = entry.expect("an entry of an archive");
        let path = entry.path().expect("a plain path").into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("a file of an archive");
        let top = Path::new(path.components().next().expect("a directory").as_os_str());
        let name = path.strip_prefix(top).expect("it begins so").to_str().expect("a plain path");
        write(&dir.join(&path), &bytes);
        files.insert(name.into(), hex::encode(Sha256::digest(&bytes)).into());
        package = Some(top.to_owned());
    }
    let checksums = json!({ "files": files, "package": hex::encode(Sha256::digest(archive)) });
    let package = dir.join(package.expect("an archive with files"));
    write(&package.join(".cargo-checksum.json"), checksums.to_string().as_bytes());
}

fn copy_files(dir: &Path, root: &Path, repo: &GitRepo) {
    for entry in fs::read_dir(dir).expect("a directory of the index") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            copy_files(&path, root, repo);
        } else {
            repo.file(path.strip_prefix(root).expect("inside"), fs::read(&path).expect("an index file"));
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a directory")).expect("a vendored directory");
    fs::write(path, bytes).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}
