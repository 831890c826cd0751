//! Projects written to a temporary directory.

use std::path::PathBuf;

/// A project on disk.
pub(crate) struct Project {
    dir: tempfile::TempDir,
}

impl Project {
    /// Writes `files`: path and content. The project itself lies in `project/`.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::TempDir::new().expect("temp dir");
        let project = Self { dir };
        for (path, content) in files {
            project.write(path, content);
        }
        project
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("creates");
        std::fs::write(path, content).expect("writes");
    }

    pub(crate) fn root(&self) -> PathBuf {
        std::fs::canonicalize(self.dir.path()).expect("is there").join("project")
    }

    /// An empty home for cargo, beside the project.
    pub(crate) fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.root().join("Cargo.toml")
    }
}
