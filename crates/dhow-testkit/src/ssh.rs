//! An ssh server for git, where `sshd` is installed: on a free port, with keys that were made for it and that nothing
//! else accepts. It lets in the user who runs the tests, and an agent can hold the key for clients that need one.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use tempfile::TempDir;

use crate::git::GitRepo;
use crate::inetd::Inetd;

/// How long the agent may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running ssh server; it stops when dropped.
pub struct SshServer {
    inetd: Inetd,
    dir: TempDir,
    user: String,
}

impl SshServer {
    /// Starts one on a free port of 127.0.0.1; `None`, with a printed line that says why, where that is not possible.
    #[must_use]
    pub fn start() -> Option<Self> {
        let found = Self::try_start();
        if let Err(missing) = &found {
            // The line is for whoever reads the output of the tests.
            let line = format!("skipped: no ssh server for tests, {missing}\n");
            std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).expect("standard error");
        }
        found.ok()
    }

    fn try_start() -> Result<Self, String> {
        let sshd = find("sshd").ok_or("`sshd` is not installed")?;
        find("ssh").ok_or("`ssh` is not installed")?;
        let dir = TempDir::new().expect("a temporary directory");
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).expect("our directory");
        for key in ["host", "client"] {
            let path = dir.path().join(key);
            run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&path))?;
        }
        let user = run(Command::new("id").arg("-un"))?.trim().to_owned();
        privilege_separation_dir(&user)?;
        let config = dir.path().join("sshd_config");
        fs::write(&config, sshd_config(dir.path())).expect("the server's configuration");
        run(Command::new(&sshd).arg("-t").arg("-f").arg(&config))?;
        let inetd = Inetd::start(move || {
            let mut command = Command::new(&sshd);
            command.arg("-i").arg("-e").arg("-f").arg(&config);
            command
        });
        let server = Self { inetd, dir, user };
        fs::write(server.known_hosts(), server.known_hosts_line()).expect("the known hosts");
        server.answers()?;
        Ok(server)
    }

    /// Some machines have a server that lets nobody in (a locked account, a shell that is not there).
    fn answers(&self) -> Result<(), String> {
        let port = self.inetd.address().port().to_string();
        let to = format!("{}@127.0.0.1", self.user);
        let mut ssh = Command::new("ssh");
        ssh.args(self.client_options()).args(["-p", &port, &to, "git", "--version"]);
        run(ssh.stdin(Stdio::null())).map(drop)
    }

    /// `ssh://<user>@127.0.0.1:<port>/<path>`
    #[must_use]
    pub fn repo_url(&self, repo: &GitRepo) -> String {
        format!("ssh://{}@{}{}", self.user, self.inetd.address(), repo.path().display())
    }

    /// The value of `GIT_SSH_COMMAND` with which the `git` program gets in.
    #[must_use]
    pub fn git_ssh_command(&self) -> String {
        format!("ssh {}", self.client_options().join(" "))
    }

    /// The line of `known_hosts` that vouches for this server.
    #[must_use]
    pub fn known_hosts_line(&self) -> String {
        let key = fs::read_to_string(self.dir.path().join("host.pub")).expect("the host's key");
        let key: Vec<_> = key.split(' ').take(2).collect();
        format!("[127.0.0.1]:{} {}\n", self.inetd.address().port(), key.join(" "))
    }

    /// The private key that gets in.
    #[must_use]
    pub fn client_key(&self) -> PathBuf {
        self.dir.path().join("client")
    }

    /// How many connections there were since the start.
    #[must_use]
    pub fn connections(&self) -> usize {
        // The first one was our own.
        self.inetd.connections() - 1
    }

    /// An agent with the key, for clients that know no other way (such as Cargo's built-in git).
    ///
    /// # Panics
    /// When `ssh-agent` does not start.
    #[must_use]
    pub fn agent(&self) -> SshAgent {
        let dir = TempDir::new().expect("a temporary directory");
        let socket = dir.path().join("agent");
        let mut command = Command::new("ssh-agent");
        let child =
            command.arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let agent = SshAgent { child: child.expect("ssh-agent can be started"), socket, _dir: dir };
        let started = Instant::now();
        let add = || run(Command::new("ssh-add").arg(self.client_key()).env("SSH_AUTH_SOCK", agent.socket()));
        while let Err(error) = add() {
            assert!(started.elapsed() < PATIENCE, "{error}");
            thread::sleep(Duration::from_millis(5));
        }
        agent
    }

    fn known_hosts(&self) -> PathBuf {
        self.dir.path().join("known_hosts")
    }

    fn client_options(&self) -> Vec<String> {
        let options = [
            "IdentitiesOnly=yes".into(),
            "BatchMode=yes".into(),
            "StrictHostKeyChecking=yes".into(),
            format!("UserKnownHostsFile={}", self.known_hosts().display()),
        ];
        let mut args = vec!["-F".into(), "none".into(), "-i".into(), self.client_key().display().to_string()];
        args.extend(options.into_iter().flat_map(|option| ["-o".into(), option]));
        args
    }
}

/// An ssh agent; it stops when dropped.
pub struct SshAgent {
    child: Child,
    socket: PathBuf,
    _dir: TempDir,
}

impl SshAgent {
    /// The value of `SSH_AUTH_SOCK`.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        // Errors say that it has ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn sshd_config(dir: &Path) -> String {
    let path = env::var_os("PATH").unwrap_or_default();
    [
        format!("HostKey {}", dir.join("host").display()),
        format!("AuthorizedKeysFile {}", dir.join("client.pub").display()),
        "AuthenticationMethods publickey".into(),
        "PermitRootLogin prohibit-password".into(),
        "PermitUserRC no".into(),
        // The directory for temporary files may be everybody's.
        "StrictModes no".into(),
        "UsePAM no".into(),
        "PidFile none".into(),
        "PrintMotd no".into(),
        "AcceptEnv GIT_PROTOCOL".into(),
        format!("SetEnv PATH={} GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1", path.display()),
        String::new(),
    ]
    .join("\n")
}

/// A server of root's wants its empty directory, which the system's own start script would make.
fn privilege_separation_dir(user: &str) -> Result<(), String> {
    let dir = Path::new("/run/sshd");
    if user != "root" || dir.is_dir() {
        return Ok(());
    }
    fs::create_dir(dir)
        .or_else(|e| if dir.is_dir() { Ok(()) } else { Err(e) })
        .map_err(|e| format!("{}: {e}", dir.display()))
}

/// A program on the path, or where servers are kept on systems that have them apart.
fn find(program: &str) -> Option<PathBuf> {
    let path: OsString = env::var_os("PATH").unwrap_or_default();
    let dirs = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from));
    dirs.map(|dir| dir.join(program)).find(|path| path.is_file())
}

fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}
