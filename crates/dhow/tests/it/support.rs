//! What the tests share: the program under test, short ways to run it, and what is compared beyond the testkit.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use dhow_testkit::{Cmd, Output, Random, Registry, Sandbox, SparseServer};

/// The program under test: this build's `dhow`, or the one that `DHOW_TEST_PROGRAM` names.
pub(crate) fn dhow() -> PathBuf {
    std::env::var_os("DHOW_TEST_PROGRAM")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_dhow")), PathBuf::from)
}

/// `dhow <words>` in a sandbox, to be refined.
pub(crate) fn cmd(sandbox: &Sandbox, words: &str) -> Cmd {
    sandbox.cmd(dhow()).args(words.split_whitespace())
}

/// Runs `dhow <words>`.
pub(crate) fn run(sandbox: &Sandbox, words: &str) -> Output {
    cmd(sandbox, words).run()
}

/// Runs `dhow <words>`, which must succeed.
#[track_caller]
pub(crate) fn ok(sandbox: &Sandbox, words: &str) -> Output {
    run(sandbox, words).assert_success()
}

/// Runs the real cargo, which must succeed.
#[track_caller]
pub(crate) fn cargo_ok(sandbox: &Sandbox, words: &str) -> Output {
    sandbox.cargo(words.split_whitespace()).assert_success()
}

/// Points every way to the network at a port where nobody listens.
pub(crate) fn without_network(cmd: Cmd) -> Cmd {
    let proxies = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "CARGO_HTTP_PROXY"];
    let cmd = cmd.env("CARGO_NET_RETRY", "0");
    proxies.iter().fold(cmd, |cmd, name| cmd.env(name, "http://127.0.0.1:1"))
}

/// A registry, its server, and a project that takes the server for crates.io.
pub(crate) struct Fixture {
    pub(crate) registry: Registry,
    pub(crate) server: SparseServer,
    pub(crate) project: Sandbox,
}

/// A library `app` with these lines in its manifest, on a registry filled by `fill`.
pub(crate) fn fixture(fill: impl FnOnce(&Registry), manifest: &str) -> Fixture {
    let fixture = bare_fixture(fill);
    fixture.project.manifest("app", manifest).file("src/lib.rs", "");
    fixture
}

/// The same with an empty project.
pub(crate) fn bare_fixture(fill: impl FnOnce(&Registry)) -> Fixture {
    let registry = Registry::new();
    fill(&registry);
    let server = registry.serve();
    let project = Sandbox::new();
    project.use_sparse(&server);
    Fixture { registry, server, project }
}

/// The names after a status verb (`Compiling`, `Checking`) on standard error, sorted.
pub(crate) fn with_status(output: &Output, verb: &str) -> Vec<String> {
    let lines = output.stderr.lines().map(str::trim_start);
    let mut names: Vec<String> = lines
        .filter_map(|line| line.strip_prefix(verb)?.strip_prefix(' '))
        .filter_map(|rest| rest.split_whitespace().next())
        .map(String::from)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The packages that were compiled.
pub(crate) fn compiled(output: &Output) -> Vec<String> {
    with_status(output, "Compiling")
}

/// Every path below a directory, relative to it, sorted; directories end in `/`.
pub(crate) fn listing(dir: &Path) -> Vec<String> {
    identities(dir).into_keys().collect()
}

/// Inode, modification time in nanoseconds, and length.
type Identity = (u64, i128, u64);

/// What each path below a directory is: changes when a file is written again, even with the same content.
pub(crate) fn identities(dir: &Path) -> BTreeMap<String, Identity> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(current) = open.pop() {
        let Ok(entries) = fs::read_dir(&current) else {
            continue;
        };
        for entry in entries {
            let path = entry.expect("an entry of a sandbox").path();
            let meta = fs::symlink_metadata(&path).expect("a file of a sandbox");
            let mtime = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
            let name = path.strip_prefix(dir).expect("a path below").display();
            if meta.is_dir() {
                found.insert(format!("{name}/"), (meta.ino(), 0, 0));
                open.push(path);
            } else {
                found.insert(name.to_string(), (meta.ino(), mtime, meta.len()));
            }
        }
    }
    found
}

/// `registry/src/<dir>/<entry>` and `registry/cache/<dir>/<entry>` of a home: the entries' paths below the home.
pub(crate) fn packages_in(home: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["registry/src", "registry/cache"] {
        for dir in names_in(&home.join(part)) {
            let names = names_in(&home.join(part).join(&dir));
            found.extend(
                names.iter().filter(|name| *name != "CACHEDIR.TAG").map(|name| format!("{part}/{name}")),
            );
        }
    }
    found
}

/// The sorted names in a directory; none when it is not there.
pub(crate) fn names_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    names
}

/// A text in which hashes of file names do not count: `-0123456789abcdef` becomes `-[HASH]`.
pub(crate) fn without_hashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('-') {
        let (head, tail) = rest.split_at(at + 1);
        out.push_str(head);
        let digits = tail.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends = !tail[digits..].starts_with(|c: char| c.is_ascii_alphanumeric());
        if digits == 16 && ends {
            out.push_str("[HASH]");
            rest = &tail[16..];
        } else {
            rest = tail;
        }
    }
    out + rest
}

/// Bytes that do not compress, the same every time.
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    (0..len).map(|_| u8::try_from(random.below(256)).expect("a byte")).collect()
}

#[test]
fn hashes_of_file_names_do_not_count() {
    for (text, expected) in [
        ("libfoo-0123456789abcdef.rlib", "libfoo-[HASH].rlib"),
        ("a-b-0123456789abcdef/out", "a-b-[HASH]/out"),
        ("0123456789abcdef-x", "0123456789abcdef-x"),
        ("foo-0123456789abcdef0", "foo-0123456789abcdef0"),
    ] {
        assert_eq!(without_hashes(text), expected);
    }
}
