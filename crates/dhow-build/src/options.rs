//! What decides how a build runs, but not what it makes.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use dhow_model::PackageId;
use dhow_plan::LIBRARY_PATH_VARIABLE;
use dhow_process::Environment;

/// Looks after the sources of packages that nobody is supposed to change.
pub trait CheckSources: Sync {
    /// Says what is wrong with them. Asked once for each package, before anything of it is compiled or run; not if nothing
    /// has to be.
    ///
    /// # Errors
    /// What is wrong.
    fn check(&self, package: PackageId) -> Result<(), String>;

    /// Its build script has run, whatever came of it, and may have written there.
    fn script_ran(&self, package: PackageId);
}

/// What decides how a build runs, but not what it makes.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// `-j`: how many processes may run at once, at least one.
    pub jobs: usize,
    /// After a failure, go on with what does not need what failed.
    pub keep_going: bool,
    /// The environment that every process gets, before what its recipe changes.
    pub env: Arc<Environment>,
    /// A jobserver that we were started under; its slots are used instead of our own.
    pub jobserver: Option<jobserver::Client>,
    /// The user has allowed unstable features of the compiler.
    pub unstable_allowed: bool,
}

impl BuildOptions {
    /// With our own slots, stopping at the first failure.
    pub fn new(jobs: usize, env: Arc<Environment>) -> Self {
        let unstable_allowed = env.get(OsStr::new("RUSTC_BOOTSTRAP")).is_some_and(|value| value == "1");
        Self { jobs, keep_going: false, env, jobserver: None, unstable_allowed }
    }

    pub(crate) fn library_path(&self) -> Option<&OsStr> {
        self.env.get(OsStr::new(LIBRARY_PATH_VARIABLE)).map(OsString::as_os_str)
    }
}
