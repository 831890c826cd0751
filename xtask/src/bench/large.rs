//! A registry on loopback with as many packages as a large project has, and a project that needs all of them.

use std::fmt::Write as _;

use dhow_testkit::{Registry, SparseServer};

use super::side::Side;
use crate::disk;
use crate::tools::{self, Tools};

/// How many packages the lock names, the project itself not counted.
pub(crate) const PACKAGES: usize = 320;

/// What serves the packages for as long as it lives.
pub(crate) struct Large {
    _registry: Registry,
    _server: SparseServer,
}

/// Fills and serves the registry, and gives both sides the project with its lock, made once, by Cargo.
pub(crate) fn prepare(tools: &Tools, sides: &[Side; 2]) -> Result<Large, String> {
    let registry = Registry::new();
    for number in 0..PACKAGES {
        let mut package = registry.package(&name(number), "1.0.0");
        for file in 1..files(number) {
            let path = format!("src/part_{file}.rs");
            package = package.file(&path, source(number * 1000 + file, bytes(number * 1000 + file)));
        }
        // Some packages are mostly tables that a program wrote.
        if number % 40 == 7 {
            for file in 0..3 {
                package = package
                    .file(&format!("src/tables/part_{file}.rs"), source(file, 400_000 + 200_000 * file));
            }
        }
        package.publish();
    }
    let server = registry.serve();
    let config = format!(
        "[source.crates-io]\nreplace-with = \"bench\"\n\n[source.bench]\nregistry = \"{}\"\n",
        server.index_url(),
    );
    for side in sides {
        disk::write(&side.large().join(".cargo/config.toml"), &config)?;
        disk::write(&side.large().join("Cargo.toml"), &manifest())?;
        disk::write(&side.large().join("src/lib.rs"), "")?;
    }
    let [first, second] = sides;
    let mut lock = tools.command(&tools.cargo, &first.large(), &first.empty_home());
    tools::run(lock.arg("generate-lockfile"))?;
    let lock = disk::read(&first.large().join("Cargo.lock"))?;
    disk::write(&second.large().join("Cargo.lock"), &lock)?;
    Ok(Large { _registry: registry, _server: server })
}

fn name(number: usize) -> String {
    format!("bench-part-{number:03}")
}

fn manifest() -> String {
    let mut text = String::from("[package]\nname = \"large\"\nedition = \"2024\"\n\n[dependencies]\n");
    for number in 0..PACKAGES {
        writeln!(text, "{} = \"1\"", name(number)).expect("a string takes all text");
    }
    text
}

/// Between 5 and 94 files: few packages are large, as it is in the wild.
fn files(number: usize) -> usize {
    5 + (number * 37 % 10) * (number * 53 % 11)
}

/// One to nine KiB.
fn bytes(seed: usize) -> usize {
    1024 * (1 + seed * 31 % 9)
}

/// Text that compresses as source code does.
fn source(seed: usize, bytes: usize) -> String {
    let words = ["let", "match", "value", "state", "fn", "self", "into", "index", "Some", "None"];
    let mut state = seed as u64 + 1;
    let mut text = String::from("//! A part.\n");
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (word, number) = (words[(state >> 33) as usize % words.len()], state >> 52);
        writeln!(text, "// {word}_{number:x} {word}").expect("a string takes all text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_differ_in_size_and_content() {
        assert!((5..PACKAGES).any(|number| files(number) > 80));
        assert!((0..PACKAGES).all(|number| files(number) >= 5));
        assert_ne!(source(1, 2000), source(2, 2000));
        assert!((0..20).all(|seed| (1024..11_000).contains(&source(seed, bytes(seed)).len())));
        assert!(manifest().ends_with("bench-part-319 = \"1\"\n"));
    }
}
