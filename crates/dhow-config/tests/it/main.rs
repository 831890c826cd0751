//! Configuration as its users see it: files in a directory, variables, arguments, and what comes of them.

mod arguments;
mod credentials;
mod errors;
mod layers;
mod oracle;
mod tables;
mod targets;
mod variables;

use std::path::{Path, PathBuf};

use dhow_config::{Config, ConfigError, Env};
use dhow_fs::TempDir;

/// A directory with files, an environment, and arguments.
struct Fixture {
    root: TempDir,
    vars: Vec<(String, String)>,
    arguments: Vec<String>,
    cwd: PathBuf,
}

impl Fixture {
    /// An empty home and an empty project, in which the command is started.
    fn new() -> Self {
        let root = TempDir::anywhere().expect("a temporary directory");
        let cwd = root.path().join("project");
        dhow_fs::create_dir_all(&cwd).expect("makes the project");
        let home = root.path().join("home");
        let vars = vec![("CARGO_HOME".to_owned(), home.to_str().expect("UTF-8").to_owned())];
        Self { root, vars, arguments: Vec::new(), cwd }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.path(path);
        dhow_fs::create_dir_all(path.parent().expect("a file")).expect("makes the directory");
        dhow_fs::write_atomic(&path, text.as_bytes()).expect("writes");
        self
    }

    /// The configuration of the project.
    fn project(self, text: &str) -> Self {
        self.file("project/.cargo/config.toml", text)
    }

    /// The configuration in Cargo's home.
    fn home(self, text: &str) -> Self {
        self.file("home/config.toml", text)
    }

    fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    fn cwd(mut self, path: &str) -> Self {
        self.cwd = self.path(path);
        dhow_fs::create_dir_all(&self.cwd).expect("makes the directory");
        self
    }

    fn env(&self) -> Env {
        Env::new(&self.cwd, self.vars.iter().cloned())
    }

    fn try_load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.env(), &self.cwd, &self.arguments)
    }

    fn load(&self) -> Config {
        self.try_load().expect("loads")
    }

    /// The message of an error, with the fixture's own path left out.
    fn say(&self, error: &ConfigError) -> String {
        self.strip(&error.to_string())
    }

    fn strip(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.root.path().display()), "")
    }

    fn warnings(&self, config: &Config) -> Vec<String> {
        config.warnings().iter().map(|warning| self.strip(&warning.to_string())).collect()
    }

    fn relative(&self, path: &Path) -> String {
        self.strip(&path.display().to_string())
    }
}

/// The value of a key, as text that tests can compare.
fn show(config: &Config, key: &str) -> String {
    match config.get_with_env(key).expect("a value") {
        Some(value) => oracle::json(&value).to_string(),
        None => "nothing".to_owned(),
    }
}
