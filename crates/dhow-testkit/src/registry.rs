//! A fixture registry: a directory that tests fill by code. It is a Cargo local registry as it lies there, and
//! [`Registry::serve`] puts a sparse server in front of the same directory.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::index;
use crate::package::PackageBuilder;
use crate::server::SparseServer;
use crate::store::Store;

/// A registry on disk. An alternative registry is simply a second one.
///
/// ```no_run
/// # use dhow_testkit::Registry;
/// let registry = Registry::new();
/// registry.package("bar", "1.0.0").publish();
/// registry
///     .package("foo", "1.2.3")
///     .dep("bar", "^1")
///     .dep_with("qux", "1", |d| d.features(["x"]).no_default().optional())
///     .feature("full", &["dep:qux", "bar/std"])
///     .publish();
/// let server = registry.serve();
/// ```
pub struct Registry {
    store: Store,
    _temp: Option<TempDir>,
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// An empty registry in a directory of its own, removed when this value is dropped.
    #[must_use]
    pub fn new() -> Self {
        let temp = TempDir::new().expect("a temporary directory");
        let root = fs::canonicalize(temp.path()).expect("the temporary directory");
        let mut registry = Self::at(&root);
        registry._temp = Some(temp);
        registry
    }

    /// A registry in a directory that stays; what is in it already is kept.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        fs::create_dir_all(root.join("index")).expect("the registry's directory");
        let store = Store { root: root.into() };
        Self { store, _temp: None }
    }

    /// Where it lies: what `local-registry` in `config.toml` names.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.store.root
    }

    /// Starts a package; `publish` ends it.
    pub fn package(&self, name: &str, version: &str) -> PackageBuilder {
        PackageBuilder::new(self.store.clone(), name, version)
    }

    /// Publishes the same plain library in several versions.
    pub fn versions(&self, name: &str, versions: &[&str]) {
        for version in versions {
            self.package(name, version).publish();
        }
    }

    /// Yanks a version or takes that back.
    pub fn set_yanked(&self, name: &str, version: &str, yanked: bool) {
        let line = self
            .index_lines(name)
            .into_iter()
            .find(|line| index::is_version(line, version))
            .unwrap_or_else(|| panic!("{name} {version} is not in the fixture registry"));
        self.store.put_line(name, version, index::with_yanked(&line, yanked));
    }

    /// Takes a version out of the index; its archive goes too.
    pub fn remove(&self, name: &str, version: &str) {
        let mut lines = self.index_lines(name);
        lines.retain(|line| !index::is_version(line, version));
        self.store.put_lines(name, &lines);
        fs::remove_file(self.crate_file(name, version)).expect("the archive was there");
    }

    /// Appends a line to a package's index file, whatever it says.
    pub fn raw_index_line(&self, name: &str, line: &str) {
        let mut lines = self.index_lines(name);
        lines.push(line.into());
        self.store.put_lines(name, &lines);
    }

    /// Writes a `.crate` file without touching the index.
    pub fn raw_crate(&self, name: &str, version: &str, bytes: &[u8]) {
        self.store.put_crate(name, version, bytes);
    }

    /// The lines of a package's index file.
    #[must_use]
    pub fn index_lines(&self, name: &str) -> Vec<String> {
        self.store.lines(name)
    }

    /// A package's index file.
    #[must_use]
    pub fn index_file(&self, name: &str) -> PathBuf {
        self.store.index_file(name)
    }

    /// A version's archive.
    #[must_use]
    pub fn crate_file(&self, name: &str, version: &str) -> PathBuf {
        self.store.crate_file(name, version)
    }

    /// Serves it over loopback HTTP with the sparse protocol. What is published later is seen too.
    #[must_use]
    pub fn serve(&self) -> SparseServer {
        SparseServer::start(self.path())
    }
}
