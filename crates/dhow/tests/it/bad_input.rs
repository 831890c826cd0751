//! Input that is wrong: exit code 101, a message that names what and where, and no trace left behind.

mod disk;
mod manifests;
mod network;
mod packages;

use dhow_testkit::{Output, Sandbox};

use crate::support::{identities, listing, names_in, run};

/// Runs a command that must fail, with these words (in any case, `a|b` for either) on standard error.
#[track_caller]
fn refused(sandbox: &Sandbox, words: &str, said: &[&str]) -> Output {
    let output = run(sandbox, words).assert_code(101);
    for word in said {
        let stderr = output.stderr.to_lowercase();
        let found = word.split('|').any(|word| stderr.contains(&word.to_lowercase()));
        assert!(found, "nothing of {word:?} in {output}");
    }
    assert!(!output.stderr.contains("panicked at"), "{output}");
    output
}

/// The same, and project and home hold the same files as before.
#[track_caller]
fn refused_without_trace(sandbox: &Sandbox, words: &str, said: &[&str]) {
    let look = || {
        let mut home = listing(sandbox.home());
        // Locks, marks and the record of last uses are the home's own furniture.
        let furniture = [".package-cache", ".global-cache", "CACHEDIR.TAG", ".cache/dhow/rustc-info.json"];
        let parents = [".cargo/registry/", ".cache/", ".cache/dhow/"];
        home.retain(|path| {
            !parents.contains(&path.as_str()) && !furniture.iter().any(|name| path.contains(name))
        });
        (listing(&sandbox.path("")), home, names_in(&sandbox.root().join("tmp")))
    };
    let before = look();
    drop(refused(sandbox, words, said));
    assert_eq!(look(), before, "`{words}` left something behind");
}

/// Nothing half-made in the home: every unpacked package is whole, every archive an archive, no temporary file.
#[track_caller]
fn nothing_half_made(sandbox: &Sandbox) {
    let registry = sandbox.cargo_home().join("registry");
    let paths: Vec<String> = identities(&registry).into_keys().collect();
    for path in &paths {
        let depth = path.trim_end_matches('/').matches('/').count();
        let known = match path.split('/').next() {
            Some("src") if depth == 2 && path.ends_with('/') => paths.contains(&format!("{path}.cargo-ok")),
            Some("cache") if depth == 2 => path.ends_with(".crate"),
            _ => true,
        };
        assert!(known, "{path} in {paths:#?}");
    }
    let temporary = names_in(&sandbox.root().join("tmp"));
    assert!(temporary.is_empty(), "{temporary:?}");
}
