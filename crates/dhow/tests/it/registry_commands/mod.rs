//! Registries with tokens, and the commands that speak with a registry, beside the real cargo.

mod info;
mod login;
mod search;
mod tokens;

use std::os::unix::fs::PermissionsExt;

use dhow_testkit::{Cmd, Output, Registry, Sandbox, SparseServer};

use crate::support::dhow;

/// `registry.global-credential-providers` for tokens in files, as a variable.
const TOKEN_FILES: (&str, &str) = ("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "cargo:token");

/// An alternative registry `alt`, and a sandbox that knows it.
struct Alt {
    registry: Registry,
    server: SparseServer,
    sandbox: Sandbox,
}

impl Alt {
    fn new() -> Self {
        let registry = Registry::new();
        let server = registry.serve();
        let sandbox = Sandbox::new();
        sandbox.alt_registry("alt", &server);
        Self { registry, server, sandbox }
    }

    /// A file in the cargo home.
    fn home_file(&self, name: &str, text: &str) {
        std::fs::write(self.sandbox.cargo_home().join(name), text).expect("writes into the home");
    }
}

/// The two files in which tokens may be: mode and text.
fn credentials(sandbox: &Sandbox) -> Vec<Option<(u32, String)>> {
    let file = |name: &str| {
        let path = sandbox.cargo_home().join(name);
        let mode = std::fs::metadata(&path).ok()?.permissions().mode() & 0o777;
        Some((mode, std::fs::read_to_string(&path).expect("reads")))
    };
    vec![file("credentials"), file("credentials.toml")]
}

/// Runs the same in two copies of a sandbox: exit code, standard output and the files of tokens must agree.
#[track_caller]
fn same(sandbox: &Sandbox, words: &[&str], refine: impl Fn(Cmd) -> Cmd) -> (Output, Sandbox) {
    same_in(sandbox, "", words, refine)
}

/// The same in a directory of the project.
#[track_caller]
fn same_in(sandbox: &Sandbox, dir: &str, words: &[&str], refine: impl Fn(Cmd) -> Cmd) -> (Output, Sandbox) {
    let (theirs, ours) = (sandbox.copy(), sandbox.copy());
    // Where a test goes astray, it does not reach crates.io.
    let refine = |cmd: Cmd| refine(cmd).env("https_proxy", "http://127.0.0.1:1").env("CARGO_NET_RETRY", "0");
    let cargo = refine(theirs.cargo_cmd(words).cwd(theirs.path(dir))).run();
    let output = refine(ours.cmd(dhow()).args(words).cwd(ours.path(dir))).run();
    assert_eq!(cargo.code, output.code, "{cargo}\n\n{output}");
    assert_eq!(
        theirs.normalized(&cargo.stdout),
        ours.normalized(&output.stdout),
        "standard output: {cargo}\n\n{output}"
    );
    assert_eq!(credentials(&theirs), credentials(&ours), "{cargo}\n\n{output}");
    (output, ours)
}

/// The `Authorization` that came with each request, by path.
fn tokens(server: &SparseServer) -> Vec<(String, Option<String>)> {
    let shown = |value: Option<&str>| value.map(str::to_owned);
    server.requests().iter().map(|r| (r.path.clone(), shown(r.header("authorization")))).collect()
}
