//! Git repositories for tests, made by the `git` program with nobody's configuration, a fixed author and fixed times;
//! and a `git daemon` in front of them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::inetd::Inetd;

/// When the first commit of a repository is made; each one comes a minute after the one before it.
const FIRST_COMMIT_SECONDS: u64 = 1_600_000_000;

/// A repository with its files beside it; removed when dropped, unless [`GitRepo::at`] made it.
///
/// ```no_run
/// # use dhow_testkit::{GitDaemon, GitRepo};
/// let repo = GitRepo::new();
/// repo.file("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n").file("src/lib.rs", "");
/// let first = repo.commit("first");
/// repo.tag("v1").branch("other").file("src/lib.rs", "// changed").commit("second");
/// repo.checkout("main");
/// let daemon = GitDaemon::start(repo.parent());
/// println!("{} {} {first}", repo.url(), daemon.repo_url(&repo));
/// ```
pub struct GitRepo {
    path: PathBuf,
    _temp: Option<TempDir>,
}

impl Default for GitRepo {
    fn default() -> Self {
        Self::new()
    }
}

impl GitRepo {
    /// An empty repository `repo` in a directory of its own; its branch is `main`.
    #[must_use]
    pub fn new() -> Self {
        let temp = TempDir::new().expect("a temporary directory");
        let root = fs::canonicalize(temp.path()).expect("the temporary directory");
        let mut repo = Self::at(&root.join("repo"));
        repo._temp = Some(temp);
        repo
    }

    /// A repository that stays; what is in it already is kept.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        fs::create_dir_all(path).expect("the repository's directory");
        let repo = Self { path: path.into(), _temp: None };
        if !path.join(".git").exists() {
            repo.git(["init", "--quiet", "--initial-branch=main"]);
        }
        repo
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory that it lies in: what a server serves.
    #[must_use]
    pub fn parent(&self) -> &Path {
        self.path.parent().expect("a directory around the repository")
    }

    /// `file://<path>`
    #[must_use]
    pub fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    /// Where it lies in a directory that is served.
    pub(crate) fn path_in(&self, root: &Path) -> String {
        let path = self.path.strip_prefix(root);
        path.unwrap_or_else(|_| panic!("{} is not in {}", self.path.display(), root.display()))
            .to_str()
            .expect("a plain path")
            .into()
    }

    /// Writes a file, to be committed by the next [`GitRepo::commit`].
    pub fn file(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory of the repository");
        fs::write(&path, text).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        self
    }

    /// Makes a symbolic link, to be committed by the next [`GitRepo::commit`].
    pub fn symlink(&self, path: impl AsRef<Path>, target: impl AsRef<Path>) -> &Self {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory of the repository");
        std::os::unix::fs::symlink(target, path).expect("a link of the repository");
        self
    }

    /// Removes a file or a directory.
    pub fn remove(&self, path: impl AsRef<Path>) -> &Self {
        let path = self.path.join(path);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.unwrap_or_else(|e| panic!("cannot remove {}: {e}", path.display()));
        self
    }

    /// Commits the files as they are; the new commit's hash.
    pub fn commit(&self, message: &str) -> String {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "-m", message]);
        self.rev("HEAD")
    }

    /// Starts a branch here and goes to it.
    pub fn branch(&self, name: &str) -> &Self {
        self.git(["checkout", "--quiet", "-b", name]);
        self
    }

    /// Goes to a branch or a commit.
    pub fn checkout(&self, name: &str) -> &Self {
        self.git(["checkout", "--quiet", name]);
        self
    }

    /// Sets a lightweight tag here, also where it was elsewhere before.
    pub fn tag(&self, name: &str) -> &Self {
        self.git(["tag", "--force", name]);
        self
    }

    /// Sets a tag with a message here.
    pub fn annotated_tag(&self, name: &str) -> &Self {
        self.git(["tag", "--force", "-m", name, name]);
        self
    }

    /// Adds another repository as a submodule at `path`, under the URL as it is written.
    pub fn submodule(&self, path: &str, url: &str) -> &Self {
        self.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, path]);
        self
    }

    /// The hash that a name stands for.
    #[must_use]
    pub fn rev(&self, name: &str) -> String {
        self.git(["rev-parse", "--verify", &format!("{name}^{{}}")]).trim().into()
    }

    /// Any command of git in the repository; what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn git<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> String {
        let mut command = git_command(&self.path);
        // What is there counts, not a counter of ours: a repository may be opened twice.
        let objects = self.path.join(".git/logs/HEAD");
        let commits = fs::read_to_string(objects).unwrap_or_default().lines().count() as u64;
        let date = format!("{} +0000", FIRST_COMMIT_SECONDS + 60 * commits);
        command.args(args).env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        let output = command.output().expect("git can be started");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }
}

/// The `git` program in a directory, with an author and without anybody's configuration.
pub(crate) fn git_command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(dir).env_clear().envs(git_env(dir));
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Fixture");
        command.env(format!("GIT_{role}_EMAIL"), "fixture@example.com");
    }
    command
}

/// What keeps every configuration but a repository's own away.
fn git_env(home: &Path) -> Vec<(&'static str, std::ffi::OsString)> {
    vec![
        ("PATH", env::var_os("PATH").unwrap_or_default()),
        ("HOME", home.into()),
        ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ("GIT_TERMINAL_PROMPT", "0".into()),
        ("LC_ALL", "C".into()),
    ]
}

/// Repositories by git's own protocol: one `git daemon` per connection. It stops when dropped.
pub struct GitDaemon {
    inetd: Inetd,
    root: PathBuf,
}

impl GitDaemon {
    /// Serves every repository in `root`, on a free port of 127.0.0.1.
    #[must_use]
    pub fn start(root: &Path) -> Self {
        let served = root.to_owned();
        let inetd = Inetd::start(move || {
            let mut command = git_command(&served);
            command.args(["daemon", "--inetd", "--export-all", "--informative-errors"]);
            command.arg(format!("--base-path={}", served.display()));
            command
        });
        Self { inetd, root: root.into() }
    }

    /// `git://127.0.0.1:<port>/<repo>`
    ///
    /// # Panics
    /// When the repository lies elsewhere.
    #[must_use]
    pub fn repo_url(&self, repo: &GitRepo) -> String {
        format!("git://{}/{}", self.inetd.address(), repo.path_in(&self.root))
    }

    /// How many connections there were.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.inetd.connections()
    }
}
