//! One `config.toml` as the project's and the home's at once.

use dhow_testkit::{Cmd, Sandbox};

use super::project;
use crate::support::{dhow, ok};

/// What the compiler was called with for the program, by either tool.
fn flags(cmd: Cmd) -> usize {
    let output = cmd.args(["build", "-v", "--offline", "--locked"]).run().assert_success();
    let line = output.stderr.lines().find(|line| line.contains("--crate-name app ")).expect("is compiled");
    line.matches("--cfg twice").count()
}

/// Lists of a configuration that is found twice count as often as with the real cargo: once.
#[test]
fn lists_do_not_count_twice() {
    let f = project();
    f.project.file(".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"twice\"]\n");
    ok(&f.project, "hub create");
    f.project.file("sub/dir/keep", "");
    let absolute = f.project.path(".cargo");
    let absolute = absolute.to_str().expect("UTF-8");
    for (dir, home) in [("", ".cargo"), ("", absolute), ("sub/dir", "../../.cargo"), ("sub", absolute)] {
        let tool = |cmd: Cmd, sandbox: &Sandbox| {
            sandbox.remove("target");
            flags(cmd.cwd(sandbox.path(dir)).env("CARGO_HOME", home))
        };
        let theirs = tool(f.project.cargo_cmd([] as [&str; 0]), &f.project);
        let ours = tool(f.project.cmd(dhow()), &f.project);
        assert_eq!((theirs, ours), (1, 1), "in `{dir}` with CARGO_HOME={home}");
    }
}
