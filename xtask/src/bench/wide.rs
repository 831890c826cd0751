//! A workspace of many small packages that use each other: hundreds of units, and nothing to download.

use std::fmt::Write as _;
use std::path::Path;

use crate::disk;

/// How many packages it has; each is one unit.
pub(crate) const PACKAGES: usize = 300;

/// Writes the workspace, without a lock.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    disk::write(&root.join("Cargo.toml"), "[workspace]\nmembers = [\"parts/*\"]\nresolver = \"3\"\n")?;
    for number in 0..PACKAGES {
        let part = root.join("parts").join(name(number));
        disk::write(&part.join("Cargo.toml"), &manifest(number))?;
        disk::write(&part.join("src/lib.rs"), &source(number))?;
        disk::write(&part.join("src/inner.rs"), "//! Inside.\npub fn value() -> u64 {\n    1\n}\n")?;
    }
    Ok(())
}

/// The name of one package.
pub(crate) fn name(number: usize) -> String {
    format!("part_{number:03}")
}

/// The packages that one package uses: earlier ones, near and far, so that the graph is wide.
fn used(number: usize) -> Vec<usize> {
    let mut used: Vec<usize> =
        [number / 2, number / 3, number / 7].into_iter().filter(|other| *other < number).collect();
    used.dedup();
    used
}

fn manifest(number: usize) -> String {
    let mut text = format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n",
        name(number)
    );
    for other in used(number).into_iter().map(name) {
        writeln!(text, "{other} = {{ path = \"../{other}\" }}").expect("a string takes all text");
    }
    text
}

fn source(number: usize) -> String {
    let mut text = String::from("//! A part.\nmod inner;\n\npub fn value() -> u64 {\n    inner::value()");
    for other in used(number).into_iter().map(name) {
        write!(text, " + {other}::value()").expect("a string takes all text");
    }
    text + "\n}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_use_earlier_ones() {
        assert!(used(0).is_empty());
        assert_eq!(used(42), [21, 14, 6]);
        assert!((1..PACKAGES).all(|number| used(number).iter().all(|other| *other < number)));
        assert!(source(42).contains("inner::value() + part_021::value()"));
    }
}
