//! Small projects on disk, and what both tools say about them.

use std::path::{Path, PathBuf};

use dhow_model::SourceId;
use dhow_workspace::{Error, LoadOptions, Loader, Package, Workspace};

/// A directory with files, gone at the end.
pub(crate) struct Project {
    dir: tempfile::TempDir,
}

impl Project {
    /// Files in the form `=== path` followed by their lines.
    pub(crate) fn new(files: &str) -> Self {
        let project = Self { dir: tempfile::tempdir().expect("a temporary directory") };
        for part in files.split("=== ").skip(1) {
            let (path, text) = part.split_once('\n').unwrap_or((part, ""));
            project.write(path.trim(), text);
        }
        project
    }

    /// A package `a` of edition 2021 with these lines after its name and edition, and these empty files.
    pub(crate) fn package(manifest: &str, files: &[&str]) -> Self {
        let project = Self::new("");
        let head = if manifest.contains("edition") { "" } else { "edition = \"2021\"\n" };
        project
            .write("Cargo.toml", &format!("[package]\nname = \"a\"\nversion = \"0.1.0\"\n{head}{manifest}"));
        for file in files {
            project.write(file, "");
        }
        project
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }

    /// The directory, without symlinks.
    pub(crate) fn root(&self) -> PathBuf {
        dhow_fs::canonicalize(self.dir.path())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn load(&self, manifest: &str) -> Result<Workspace, Error> {
        load(&self.path(manifest))
    }

    pub(crate) fn root_package(&self) -> Package {
        let workspace = self.load("Cargo.toml").unwrap_or_else(|error| panic!("{error}"));
        workspace.root_package().expect("a root package").clone()
    }
}

fn registries(name: &str) -> Result<SourceId, String> {
    match name {
        "crates-io" => Ok(SourceId::crates_io()),
        "mine" => SourceId::for_registry("sparse+https://mine.example/index/").map_err(|e| e.to_string()),
        _ => Err(format!("no registry `{name}`")),
    }
}

pub(crate) fn options() -> LoadOptions<'static> {
    LoadOptions { registries: &registries, cargo_home: None, target_dir: None, build_dir: None }
}

pub(crate) fn load(manifest: &Path) -> Result<Workspace, Error> {
    Loader::new(options()).workspace(manifest)
}
