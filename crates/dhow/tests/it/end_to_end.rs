//! The whole road with crates.io at its other end, reached as this machine is configured to reach it: the only test
//! that uses the network. `DHOW_NO_NETWORK` skips it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dhow_testkit::{Cmd, Sandbox};

use crate::support::{cmd, identities, packages_in, without_network};

/// Variables by which people tell Cargo how to reach the network.
fn is_for_the_network(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"]
        .contains(&lower.as_str())
        || ["cargo_http_", "cargo_net_", "cargo_source_", "cargo_registr"]
            .iter()
            .any(|prefix| lower.starts_with(prefix))
}

/// A copy of the example with an empty home that has only the machine's configuration.
fn example() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for (name, value) in env::vars().filter(|(name, _)| is_for_the_network(name)) {
        sandbox = sandbox.with_env(name, value);
    }
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    if let Some(config) = home.and_then(|home| fs::read_to_string(home.join("config.toml")).ok()) {
        sandbox.config(&config);
    }
    copy_example(&sandbox);
    sandbox
}

fn copy_example(sandbox: &Sandbox) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/async_example");
    for path in identities(&example).into_keys() {
        if !path.ends_with('/') && !path.starts_with("target/") {
            let text = fs::read(example.join(&path)).expect("a file of the example");
            sandbox.file(&path, text);
        }
    }
    assert!(sandbox.exists("Cargo.lock"), "the example has its lock");
}

fn patient(cmd: Cmd) -> Cmd {
    cmd.timeout(Duration::from_secs(300))
}

#[test]
fn from_nothing_to_a_running_program_and_again_offline() {
    if env::var_os("DHOW_NO_NETWORK").is_some() {
        eprintln!("skipped: DHOW_NO_NETWORK is set");
        return;
    }
    let first = example();
    let lock = first.read("Cargo.lock");
    let output = patient(cmd(&first, "run")).run().assert_success();
    assert!(!output.stdout.is_empty(), "{output}");
    assert_eq!(first.read("Cargo.lock"), lock);
    let packages = packages_in(&first.cargo_home());
    assert!(packages.iter().any(|path| path.starts_with("registry/src/tokio-")), "{packages:?}");
    // For other platforms: locked, and not downloaded.
    assert!(lock.contains("name = \"windows-sys\""));
    assert!(!packages.iter().any(|path| path.contains("windows-sys")), "{packages:?}");
    let second = first.copy_sharing_home();
    second.remove("target");
    let again = without_network(cmd(&second, "run --offline --locked"));
    let again = patient(again).run().assert_success();
    assert!(!again.stdout.is_empty(), "{again}");
    // The real cargo lives from the same home.
    let tree = second.cargo_cmd(["tree", "--offline", "--locked"]);
    without_network(tree).run().assert_success().assert_stdout_has("tokio");
}
