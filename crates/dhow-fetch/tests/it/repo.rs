//! A git repository to fetch from, made by `git` with nobody's configuration.
#![expect(clippy::disallowed_methods, reason = "a tool for tests")]

use std::path::PathBuf;

use dhow_testkit::{Cmd, Sandbox};

/// A repository in a sandbox, with its files beside it.
pub(crate) struct Repo<'s> {
    sandbox: &'s Sandbox,
    path: PathBuf,
}

impl<'s> Repo<'s> {
    pub(crate) fn new(sandbox: &'s Sandbox, name: &str) -> Self {
        let repo = Self { sandbox, path: sandbox.path(name) };
        sandbox.file(format!("{name}/.keep"), "");
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    /// A git command in the repository; what it prints.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.command().args(args).run();
        assert_eq!(output.code, Some(0), "{args:?}: {output}");
        output.stdout.trim().to_owned()
    }

    pub(crate) fn command(&self) -> Cmd {
        let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"];
        let cmd = self.sandbox.cmd("git").args(who).cwd(&self.path);
        cmd.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1")
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> &Self {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("makes");
        std::fs::write(path, text).expect("writes");
        self
    }

    /// Commits everything; the commit's hash.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}
