//! The only place that composes command lines of `git`.
//!
//! Two kinds of runs: *here*, on repositories of the home, shut off from the user's configuration, hooks and filters;
//! and *over there*, to fetch, where the user's configuration decides how a server is reached. Every run is told its
//! repository by `GIT_DIR`: nothing is searched for, and who owns the directory does not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use dhow_process::{Environment, Output, Process, ProcessError};

use crate::error::FetchError;
use crate::settings::{GitSettings, HttpSettings, NetSettings};

/// Variables by which a git that runs us tells its hooks about its own repository, or which change how a repository of
/// ours is made or read.
const REPOSITORY_VARIABLES: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
];

/// For every run: nothing of the user's is executed, nothing is tidied up behind our back, new repositories are such
/// that Cargo can read them, and names that are special anywhere are special here.
const ALWAYS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.protectHFS=true",
    "core.protectNTFS=true",
    "gc.auto=0",
    "maintenance.auto=false",
    "init.defaultBranch=master",
];

/// For runs on repositories of the home: files are written as they were committed.
const HERE: &[&str] =
    &["core.autocrlf=false", "core.attributesFile=/dev/null", "core.excludesFile=/dev/null"];

/// For fetching: objects stay in packs, and nothing else is fetched or written.
const THERE: &[&str] = &[
    "fetch.unpackLimit=1",
    "transfer.unpackLimit=1",
    "transfer.bundleURI=false",
    "fetch.prune=false",
    "fetch.pruneTags=false",
    "fetch.writeCommitGraph=false",
    "fetch.recurseSubmodules=false",
];

/// For packs that are the same wherever they are made.
const PACKED: &[&str] = &[
    "pack.writeReverseIndex=false",
    "pack.indexVersion=2",
    "pack.packSizeLimit=0",
    "core.compression=6",
    "pack.writeBitmapHashCache=false",
];

/// How git is run.
#[derive(Debug)]
pub struct GitProgram {
    settings: GitSettings,
    http: HttpSettings,
    net: NetSettings,
    here: Arc<Environment>,
    there: Arc<Environment>,
    /// Whether the user says how ssh is run.
    has_own_ssh: OnceLock<bool>,
}

impl GitProgram {
    /// By these settings. Nothing is run yet.
    pub fn new(settings: GitSettings, http: HttpSettings, net: NetSettings) -> Self {
        let here = Arc::new(environment_here(&settings.env));
        let there = Arc::new(environment_there(&settings.env, settings.may_prompt));
        Self { settings, http, net, here, there, has_own_ssh: OnceLock::new() }
    }

    pub(super) fn net(&self) -> &NetSettings {
        &self.net
    }

    /// Makes an empty bare repository, or completes one.
    pub(super) fn init_bare(&self, dir: &Path) -> Result<(), FetchError> {
        dhow_fs::create_dir_all(dir)?;
        self.checked(self.here(dir, ["init", "--quiet", "--bare", "--template="]))
    }

    /// The commit that a revision means; nothing if there is none.
    pub(super) fn resolve(&self, dir: &Path, revision: &str) -> Result<Option<String>, FetchError> {
        let revision = format!("{revision}^{{commit}}");
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &revision];
        let output = self.run(&self.here(dir, args))?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok((output.status.success() && !text.is_empty()).then_some(text))
    }

    /// The hash of a commit, as short as it is clear in this repository, with Cargo's smallest length.
    pub(super) fn abbreviate(&self, dir: &Path, commit: &str) -> Result<String, FetchError> {
        let output = self.output(self.here(dir, ["rev-parse", "--verify", "--short=7", commit]))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// All that a commit consists of: mode, kind, hash and path of each, ended by a zero byte.
    pub(super) fn list_tree(&self, dir: &Path, commit: &str) -> Result<Vec<u8>, FetchError> {
        Ok(self.output(self.here(dir, ["ls-tree", "-r", "-z", "--full-tree", commit]))?.stdout)
    }

    /// `.gitmodules` of a commit: key, line end, value of each, ended by a zero byte.
    pub(super) fn modules(&self, dir: &Path, commit: &str) -> Result<Vec<u8>, FetchError> {
        let blob = format!("{commit}:.gitmodules");
        Ok(self.output(self.here(dir, ["config", "--blob", &blob, "-z", "--list"]))?.stdout)
    }

    /// Makes an empty repository in `dir/.git`.
    pub(super) fn init_work(&self, dir: &Path) -> Result<(), FetchError> {
        dhow_fs::create_dir_all(dir)?;
        let mut process = self.here(dir, ["init", "--quiet", "--template="]);
        process.env_remove("GIT_DIR");
        self.checked(process)
    }

    /// Writes a commit, which the repository in `dir/.git` has, to the empty working tree `dir`.
    pub(super) fn reset(&self, dir: &Path, commit: &str) -> Result<(), FetchError> {
        let mut process = self.here(dir, ["reset", "--quiet", "--hard", commit]);
        process.env("GIT_DIR", dir.join(".git")).env("GIT_WORK_TREE", dir);
        self.checked(process)
    }

    /// All references of a repository: object and full name.
    pub(super) fn references(&self, dir: &Path) -> Result<Vec<(String, String)>, FetchError> {
        let output = self.output(self.here(dir, ["for-each-ref", "--format=%(objectname) %(refname)"]))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let pair =
            |line: &str| line.split_once(' ').map(|(object, name)| (object.to_owned(), name.to_owned()));
        Ok(text.lines().filter_map(pair).collect())
    }

    /// Changes references, all or none: `update <name> <object>` and `delete <name>`, a line each.
    pub(super) fn update_references(&self, dir: &Path, lines: &str) -> Result<(), FetchError> {
        let process = self.here(dir, ["update-ref", "--no-deref", "--stdin"]);
        let output = process.output_with_input(lines.as_bytes()).map_err(|error| self.not_run(error))?;
        self.judge(&process, output).map(drop)
    }

    /// Writes all objects of these commits, without their history, to a pack in the repository, which finds them
    /// elsewhere. Nothing decides about its bytes but the commits.
    pub(super) fn pack_commits(&self, dir: &Path, commits: &BTreeSet<&str>) -> Result<(), FetchError> {
        let args = ["rev-list", "--objects", "--no-object-names", "--no-walk=unsorted", "--stdin"];
        let process = self.here(dir, args);
        let wanted: String = commits.iter().map(|commit| format!("{commit}\n")).collect();
        let listed = process.output_with_input(wanted.as_bytes()).map_err(|error| self.not_run(error))?;
        let listed = output_lines(&self.judge(&process, listed)?);
        let objects: BTreeSet<&String> = listed.iter().collect();
        let objects: String = objects.iter().map(|object| format!("{object}\n")).collect();
        let mut process = self.process(&self.here, Some(dir));
        self.configure(&mut process, ALWAYS);
        self.configure(&mut process, PACKED);
        process.args(["pack-objects", "--quiet", "--no-reuse-delta", "--no-reuse-object"]);
        process.args(["--window=0", "--depth=0", "--threads=1", "--compression=6"]);
        process.arg(dir.join("objects/pack/pack"));
        let output = process.output_with_input(objects.as_bytes()).map_err(|error| self.not_run(error))?;
        self.judge(&process, output).map(drop)
    }

    /// Makes a commit of these files, whose names are as git has them: by nobody, at the beginning of time.
    pub(super) fn import(
        &self,
        dir: &Path,
        reference: &str,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<(), FetchError> {
        let who = "dhow <> 0 +0000";
        let mut stream =
            format!("commit {reference}\nauthor {who}\ncommitter {who}\ndata 0\n\n").into_bytes();
        for (path, content) in files {
            stream.extend(format!("M 100644 inline {path}\ndata {}\n", content.len()).into_bytes());
            stream.extend_from_slice(content);
            stream.push(b'\n');
        }
        stream.extend_from_slice(b"done\n");
        let process = self.here(dir, ["fast-import", "--quiet", "--done"]);
        let output = process.output_with_input(&stream).map_err(|error| self.not_run(error))?;
        self.judge(&process, output).map(drop)
    }

    /// What is wrong with a repository, if something that is reachable is missing or broken. Unless `content` is to be
    /// read too, what is there is taken for good.
    pub(super) fn fsck(&self, dir: &Path, content: bool) -> Result<Option<String>, FetchError> {
        let how = if content { "--full" } else { "--connectivity-only" };
        let output = self.run(&self.here(dir, ["fsck", how, "--no-dangling", "--no-progress"]))?;
        if output.status.success() {
            return Ok(None);
        }
        let text =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        Ok(Some(text.lines().next().unwrap_or("git says nothing more").to_owned()))
    }

    /// The hashes that the files of a working tree have as blobs, as they are.
    pub(super) fn hash_files<'p>(
        &self,
        dir: &Path,
        paths: impl Iterator<Item = &'p Path>,
    ) -> Result<Vec<String>, FetchError> {
        // Relative to the directory in which git is run. A line end in a name would be two names.
        let (mut lines, mut odd) = (Vec::new(), Vec::new());
        let mut order = Vec::new();
        for path in paths {
            let bytes = path.as_os_str().as_encoded_bytes();
            let is_odd = bytes.contains(&b'\n') || bytes.first() == Some(&b'"');
            order.push(is_odd);
            if is_odd {
                odd.push(path);
            } else {
                lines.extend_from_slice(bytes);
                lines.push(b'\n');
            }
        }
        let hash = |more: &[&str]| {
            let mut process = self.here(dir, ["hash-object", "--no-filters"]);
            process.env("GIT_DIR", dir.join(".git"));
            process.args(more.iter().copied());
            process
        };
        let listed = hash(&["--stdin-paths"]);
        let output = listed.output_with_input(&lines).map_err(|error| self.not_run(error))?;
        let mut plain = output_lines(&self.judge(&listed, output)?).into_iter();
        let mut odd_hashes = Vec::new();
        for path in odd {
            let mut process = hash(&["--"]);
            process.args([path.as_os_str()]);
            odd_hashes.extend(output_lines(&self.output(process)?));
        }
        let mut odd_hashes = odd_hashes.into_iter();
        Ok(order.into_iter().map_while(|odd| if odd { odd_hashes.next() } else { plain.next() }).collect())
    }

    /// The process that answers for objects: a name per line in, `<hash> <type> <size>` and content out.
    pub(super) fn object_server(&self, dir: &Path) -> Process {
        self.here(dir, ["cat-file", "--batch"])
    }

    /// Fetches over the network into `dir`. What it says is judged by the caller.
    pub(super) fn fetch(
        &self,
        dir: &Path,
        url: &str,
        refspecs: &[String],
        how: FetchFlags,
    ) -> Result<Output, FetchError> {
        let mut process = self.process(&self.there, Some(dir));
        self.configure(&mut process, ALWAYS);
        self.configure(&mut process, THERE);
        for (key, value) in self.http_settings() {
            process.arg("-c").arg(format!("{key}={value}"));
        }
        process.args([
            "fetch",
            "--force",
            "--update-shallow",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
        ]);
        if url.starts_with("file:") {
            // Who owns a repository on this machine does not matter to Cargo, and is asked by another process.
            process.args(["--upload-pack", "git -c safe.directory=* upload-pack"]);
        }
        process.arg(if how.tags { "--tags" } else { "--no-tags" });
        process.args(["--", url]).args(refspecs);
        if !how.trusted {
            process.env("GIT_PROTOCOL_FROM_USER", "0");
        }
        if !self.settings.with_cli && !self.has_own_ssh.get_or_init(|| self.has_own_ssh()) {
            process.env("GIT_SSH_COMMAND", self.ssh_command(dir)?);
        }
        self.run(&process)
    }

    /// How the user wants ssh to be run goes before.
    fn has_own_ssh(&self) -> bool {
        let given = ["GIT_SSH_COMMAND", "GIT_SSH"];
        if given.iter().any(|name| self.there.contains_key(OsStr::new(name))) {
            return true;
        }
        let mut process = self.process(&self.there, None);
        process.args(["config", "--get", "core.sshCommand"]);
        self.run(&process).is_ok_and(|output| output.status.success())
    }

    /// ssh must not ask, as there may be nobody to answer. It knows the hosts that configuration vouches for besides
    /// those that the user's and the system's files do.
    fn ssh_command(&self, dir: &Path) -> Result<String, FetchError> {
        let file = dir.join("known_hosts");
        let lines = self.settings.known_hosts.iter().map(String::as_str);
        let text: String = lines.chain([GITHUB_HOST_KEY]).map(|line| format!("{line}\n")).collect();
        dhow_fs::write(&file, text.as_bytes())?;
        let quotable = file.to_str().filter(|path| !path.contains(['\'', '"', '\\', '%']));
        Ok(match quotable {
            Some(path) => format!(
                "ssh -o BatchMode=yes -o 'GlobalKnownHostsFile=/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2 \"{path}\"'"
            ),
            None => "ssh -o BatchMode=yes".to_owned(),
        })
    }

    /// `[http]` of Cargo's configuration, in git's words; with `net.git-fetch-with-cli` git's own count alone.
    fn http_settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = Vec::new();
        if self.settings.with_cli {
            return settings;
        }
        if let Some(proxy) = &self.http.proxy {
            settings.push(("http.proxy", proxy.clone()));
        }
        if let Some(file) = &self.http.cainfo {
            settings.push(("http.sslCAInfo", file.display().to_string()));
        }
        if let Some(agent) = &self.http.user_agent {
            settings.push(("http.userAgent", agent.clone()));
        }
        settings.push(("http.lowSpeedLimit", self.http.low_speed_limit.to_string()));
        settings.push(("http.lowSpeedTime", self.http.timeout.as_secs().max(1).to_string()));
        settings
    }

    /// A run on a repository of the home.
    fn here<'a>(&self, dir: &Path, args: impl IntoIterator<Item = &'a str>) -> Process {
        let mut process = self.process(&self.here, Some(dir));
        self.configure(&mut process, ALWAYS);
        self.configure(&mut process, HERE);
        process.args(args);
        process
    }

    fn process(&self, env: &Arc<Environment>, dir: Option<&Path>) -> Process {
        let cwd = dir.unwrap_or(&self.settings.cwd);
        let mut process = Process::new(&self.settings.program, cwd, Arc::clone(env));
        if let Some(dir) = dir {
            process.env("GIT_DIR", dir);
        }
        process
    }

    fn configure(&self, process: &mut Process, settings: &[&str]) {
        for setting in settings {
            process.args(["-c", setting]);
        }
    }

    fn run(&self, process: &Process) -> Result<Output, FetchError> {
        process.output().map_err(|error| self.not_run(error))
    }

    fn output(&self, process: Process) -> Result<Output, FetchError> {
        let output = self.run(&process)?;
        self.judge(&process, output)
    }

    fn checked(&self, process: Process) -> Result<(), FetchError> {
        self.output(process).map(drop)
    }

    fn judge(&self, process: &Process, output: Output) -> Result<Output, FetchError> {
        if output.status.success() {
            return Ok(output);
        }
        Err(self.not_run(process.failed(output.status, &[], &output.stderr)))
    }

    pub(super) fn not_run(&self, error: ProcessError) -> FetchError {
        FetchError::GitProgram(Arc::new(error))
    }
}

/// A machine that has never met the host of most repositories can fetch from it with Cargo, which knows this key too.
const GITHUB_HOST_KEY: &str =
    "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
fn output_lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// What to fetch besides references, and for whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct FetchFlags {
    pub(super) tags: bool,
    /// The user has named the repository. Else it was named by what came over the network, and may only be reached by
    /// transports that are harmless.
    pub(super) trusted: bool,
}

fn environment_here(given: &Environment) -> Environment {
    let is_gits = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with("GIT_"));
    let kept = |name: &OsStr| name == "GIT_EXEC_PATH" || !is_gits(name);
    let mut env: Environment = given
        .iter()
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    set(
        &mut env,
        &[
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_TERMINAL_PROMPT", "0"),
        ],
    );
    common(env)
}

fn environment_there(given: &Environment, may_prompt: bool) -> Environment {
    let mut env = given.clone();
    for name in REPOSITORY_VARIABLES {
        env.remove(OsStr::new(name));
    }
    if !may_prompt {
        set(&mut env, &[("GIT_TERMINAL_PROMPT", "0")]);
    }
    common(env)
}

/// What git says is read by us, so it must be in one language; and repositories are of the kind that Cargo reads.
fn common(mut env: Environment) -> Environment {
    set(&mut env, &[("LC_ALL", "C"), ("GIT_DEFAULT_HASH", "sha1"), ("GIT_DEFAULT_REF_FORMAT", "files")]);
    env.remove(OsStr::new("LANGUAGE"));
    env
}

fn set(env: &mut BTreeMap<OsString, OsString>, variables: &[(&str, &str)]) {
    env.extend(variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn a_git_that_runs_us_does_not_reach_our_repositories() {
        let given =
            env(&[("GIT_DIR", "x"), ("GIT_INDEX_FILE", "y"), ("GIT_SSL_CAINFO", "z"), ("HOME", "/h")]);
        let there = environment_there(&given, false);
        let get = |env: &Environment, name: &str| env.get(OsStr::new(name)).cloned();
        assert_eq!(get(&there, "GIT_DIR"), None);
        assert_eq!(get(&there, "GIT_INDEX_FILE"), None);
        assert_eq!(get(&there, "GIT_SSL_CAINFO"), Some("z".into()), "says how to reach a server");
        assert_eq!(get(&there, "GIT_TERMINAL_PROMPT"), Some("0".into()));
        assert_eq!(get(&environment_there(&given, true), "GIT_TERMINAL_PROMPT"), None);
        let here = environment_here(&given);
        assert_eq!(get(&here, "GIT_SSL_CAINFO"), None);
        assert_eq!(get(&here, "GIT_CONFIG_GLOBAL"), Some("/dev/null".into()));
        assert_eq!(get(&here, "HOME"), Some("/h".into()));
    }

    #[test]
    fn settings_of_cargo_reach_git_unless_its_own_shall_count() {
        let http =
            HttpSettings { proxy: Some("p:1".into()), cainfo: Some("/ca".into()), ..HttpSettings::default() };
        let settings = |with_cli| {
            let git = GitSettings { with_cli, ..GitSettings::default() };
            GitProgram::new(git, http.clone(), NetSettings::default()).http_settings()
        };
        let ours = settings(false);
        assert!(ours.contains(&("http.proxy", "p:1".to_owned())), "{ours:?}");
        assert!(ours.contains(&("http.sslCAInfo", "/ca".to_owned())), "{ours:?}");
        assert!(ours.contains(&("http.lowSpeedTime", "30".to_owned())), "{ours:?}");
        assert!(settings(true).is_empty());
    }
}
