//! A project with a home of its own, in which the real cargo and Dhow run with a clean, explicit environment.
//!
//! ```text
//! <root>/project        the project, where commands start
//! <root>/home           $HOME
//! <root>/home/.cargo    $CARGO_HOME
//! <root>/tmp            $TMPDIR
//! ```

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::process::{Cmd, Output};
use crate::registry::Registry;
use crate::server::SparseServer;
use crate::toolchain::toolchain;

/// A project and its home; removed when dropped, unless [`Sandbox::in_dir`] made it.
///
/// ```no_run
/// # use dhow_testkit::{Registry, Sandbox};
/// # let (registry, dhow) = (Registry::new(), std::path::Path::new("dhow"));
/// let server = registry.serve();
/// let sandbox = Sandbox::new();
/// sandbox
///     .use_sparse(&server)
///     .manifest("app", "[dependencies]\nfoo = \"1\"")
///     .file("src/main.rs", "fn main() { foo::foo(); }");
/// sandbox.cargo(["build"]).assert_success();
/// sandbox.dhow(dhow, ["build", "--offline"]).assert_success();
/// ```
pub struct Sandbox {
    root: PathBuf,
    home: PathBuf,
    env: Vec<(OsString, OsString)>,
    _temp: Option<TempDir>,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// An empty project with an empty home in a temporary directory.
    #[must_use]
    pub fn new() -> Self {
        let temp = TempDir::new().expect("a temporary directory");
        let mut sandbox = Self::in_dir(temp.path());
        sandbox._temp = Some(temp);
        sandbox
    }

    /// The same in a directory that exists (a small tmpfs, another file system); nothing is removed at the end.
    #[must_use]
    pub fn in_dir(dir: &Path) -> Self {
        let root = fs::canonicalize(dir).unwrap_or_else(|e| panic!("no directory {}: {e}", dir.display()));
        for part in ["project", "home/.cargo", "tmp"] {
            fs::create_dir_all(root.join(part)).expect("a directory of the sandbox");
        }
        Self { home: root.join("home"), root, env: Vec::new(), _temp: None }
    }

    /// A second sandbox with the same project, the same content of the home, and the same variables.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = Self { env: self.env.clone(), ..Self::new() };
        copy_tree(&self.path(""), &copy.path(""));
        copy_tree(&self.home, &copy.home);
        copy
    }

    /// A second sandbox with the same project that uses this one's home itself; it must not outlive this one.
    #[must_use]
    pub fn copy_sharing_home(&self) -> Self {
        let copy = Self { env: self.env.clone(), home: self.home.clone(), ..Self::new() };
        copy_tree(&self.path(""), &copy.path(""));
        copy
    }

    /// Sets a variable for every command.
    #[must_use]
    pub fn with_env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().into(), value.as_ref().into()));
        self
    }

    /// A path in the project; `""` is the project itself.
    #[must_use]
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        let project = self.root.join("project");
        if path.as_ref().as_os_str().is_empty() {
            return project;
        }
        project.join(path)
    }

    /// The directory around project, home and temporary files.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `$HOME`
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// `$CARGO_HOME`
    #[must_use]
    pub fn cargo_home(&self) -> PathBuf {
        self.home.join(".cargo")
    }

    /// Writes a file of the project, with the directories above it.
    pub fn file(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Self {
        write(&self.path(path), text.as_ref());
        self
    }

    /// Writes `Cargo.toml`: package `name` 0.1.0 of edition 2021, then `rest` (start it with a table header).
    pub fn manifest(&self, name: &str, rest: &str) -> &Self {
        let package = format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
        self.file("Cargo.toml", format!("{package}\n{rest}\n"))
    }

    /// The text of a file of the project.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.path(path);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()))
    }

    /// Whether a path of the project exists.
    #[must_use]
    pub fn exists(&self, path: impl AsRef<Path>) -> bool {
        self.path(path).exists()
    }

    /// Removes a file or a directory of the project, if it is there.
    pub fn remove(&self, path: impl AsRef<Path>) -> &Self {
        let path = self.path(path);
        if path.is_dir() {
            fs::remove_dir_all(&path).expect("remove a directory of the sandbox");
        } else if path.exists() {
            fs::remove_file(&path).expect("remove a file of the sandbox");
        }
        self
    }

    /// Appends to `$CARGO_HOME/config.toml`.
    pub fn config(&self, text: &str) -> &Self {
        let path = self.cargo_home().join("config.toml");
        let old = fs::read_to_string(&path).unwrap_or_default();
        write(&path, format!("{old}{text}\n").as_bytes());
        self
    }

    /// Lets a server stand for crates.io.
    pub fn use_sparse(&self, server: &SparseServer) -> &Self {
        self.replace_crates_io(&format!("registry = \"{}\"", server.index_url()))
    }

    /// Lets a registry's directory stand for crates.io.
    pub fn use_local(&self, registry: &Registry) -> &Self {
        self.replace_crates_io(&format!("local-registry = {:?}", registry.path()))
    }

    /// Lets a source, written as in a `[source]` table, stand for crates.io.
    pub fn replace_crates_io(&self, source: &str) -> &Self {
        self.config(&format!("[source.crates-io]\nreplace-with = \"fixture\"\n[source.fixture]\n{source}\n"))
    }

    /// Names a server as an alternative registry.
    pub fn alt_registry(&self, name: &str, server: &SparseServer) -> &Self {
        self.config(&format!("[registries.{name}]\nindex = \"{}\"\n", server.index_url()))
    }

    /// Runs the real cargo in the project.
    pub fn cargo(&self, args: impl IntoIterator<Item: AsRef<OsStr>>) -> Output {
        self.cargo_cmd(args).run()
    }

    /// Runs a Dhow binary in the project.
    pub fn dhow(&self, exe: impl AsRef<Path>, args: impl IntoIterator<Item: AsRef<OsStr>>) -> Output {
        self.cmd(exe).args(args).run()
    }

    /// The real cargo, to be refined before it runs.
    pub fn cargo_cmd(&self, args: impl IntoIterator<Item: AsRef<OsStr>>) -> Cmd {
        self.cmd(toolchain().cargo()).args(args)
    }

    /// Any program with the sandbox's environment and nothing else, to be refined before it runs.
    pub fn cmd(&self, program: impl AsRef<Path>) -> Cmd {
        let outer = env::var_os("PATH").unwrap_or_default();
        let dirs = std::iter::once(toolchain().bin().to_path_buf()).chain(env::split_paths(&outer));
        let mut cmd = Cmd::new(program, self.path(""))
            .env("PATH", env::join_paths(dirs).expect("a PATH of plain paths"))
            .env("HOME", &self.home)
            .env("CARGO_HOME", self.cargo_home())
            .env("TMPDIR", self.root.join("tmp"))
            .env("TERM", "dumb")
            .env("LC_ALL", "C");
        for (name, value) in &self.env {
            cmd = cmd.env(name, value);
        }
        cmd
    }

    /// A text with the paths of this sandbox replaced: `[ROOT]` is the project, then `[CARGO_HOME]` and `[HOME]`.
    #[must_use]
    pub fn normalized(&self, text: &str) -> String {
        let cargo_home = self.cargo_home();
        text.replace(&*self.path("").to_string_lossy(), "[ROOT]")
            .replace(&*cargo_home.to_string_lossy(), "[CARGO_HOME]")
            .replace(&*self.home.to_string_lossy(), "[HOME]")
    }
}

fn write(path: &Path, bytes: &[u8]) {
    let dir = path.parent().expect("a file in a directory");
    fs::create_dir_all(dir).unwrap_or_else(|e| panic!("cannot create {}: {e}", dir.display()));
    fs::write(path, bytes).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory of the copy");
    for entry in fs::read_dir(from).expect("a directory of the sandbox") {
        let entry = entry.expect("an entry of the sandbox");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().expect("the kind of an entry");
        if kind.is_dir() {
            copy_tree(&source, &target);
        } else if kind.is_symlink() {
            let link = fs::read_link(&source).expect("a link of the sandbox");
            std::os::unix::fs::symlink(link, &target).expect("a link of the copy");
        } else {
            fs::copy(&source, &target).expect("a file of the copy");
        }
    }
}
