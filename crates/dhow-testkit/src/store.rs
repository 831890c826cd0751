//! The directory of a registry: `index/<path>` files and `<name>-<version>.crate` beside them, which is the layout of
//! Cargo's `local-registry` source. The writer only; nothing here serves.

use std::fs;
use std::path::{Path, PathBuf};

use crate::index;

#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) root: PathBuf,
}

impl Store {
    pub(crate) fn index_file(&self, name: &str) -> PathBuf {
        self.root.join("index").join(index::index_path(name))
    }

    pub(crate) fn crate_file(&self, name: &str, version: &str) -> PathBuf {
        self.root.join(format!("{name}-{version}.crate"))
    }

    pub(crate) fn put_crate(&self, name: &str, version: &str, bytes: &[u8]) {
        write(&self.crate_file(name, version), bytes);
    }

    /// The lines of a package's index file; none when the package is not there.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.index_file(name)).unwrap_or_default();
        text.lines().map(String::from).collect()
    }

    pub(crate) fn put_lines(&self, name: &str, lines: &[String]) {
        let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        write(&self.index_file(name), text.as_bytes());
    }

    /// Adds a version's line, or replaces it where it stands.
    pub(crate) fn put_line(&self, name: &str, version: &str, line: String) {
        let mut lines = self.lines(name);
        match lines.iter_mut().find(|old| index::is_version(old, version)) {
            Some(old) => *old = line,
            None => lines.push(line),
        }
        self.put_lines(name, &lines);
    }
}

/// Writes beside the place and renames, since a server may be reading.
fn write(path: &Path, bytes: &[u8]) {
    let dir = path.parent().expect("a file in a directory");
    fs::create_dir_all(dir).unwrap_or_else(|e| panic!("cannot create {}: {e}", dir.display()));
    let mut file = tempfile::NamedTempFile::new_in(dir).expect("a new file in the registry");
    std::io::Write::write_all(&mut file, bytes).expect("write a fixture");
    file.persist(path).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}
