//! Files that somebody else wrote: a newer Cargo, an older one, and nobody who knows the format.

use std::fs;

use dhow_testkit::Sandbox;

use super::{cargo, registry, same, state};
use crate::support::{cmd, ok};

fn edit(sandbox: &Sandbox, name: &str, change: impl FnOnce(String) -> String) {
    let path = sandbox.cargo_home().join(name);
    let text = fs::read_to_string(&path).expect("the file is there");
    fs::write(&path, change(text)).expect("the file can be written");
}

#[test]
fn what_nobody_knows_is_kept() {
    let f = registry();
    ok(&f.project, "install tool@1.0.0 --bin tool");
    edit(&f.project, ".crates2.json", |text| {
        let text = text.replace("\"profile\":", "\"new\":{\"b\":[1],\"a\":null},\"profile\":");
        format!("{},\"zeta\":\"x\",\"alpha\":1}}", text.strip_suffix('}').expect("an object"))
    });
    same(&f.project, &["install tool@1.0.0 --bin extra", "install uses", "uninstall uses", "install tool"]);
}

#[test]
fn the_older_file_decides() {
    let f = registry();
    ok(&f.project, "install tool@1.0.0 uses");
    let registry_of = "(registry+https://github.com/rust-lang/crates.io-index)";
    // As an older Cargo leaves it, which does not know the newer file.
    edit(&f.project, ".crates.toml", |_| {
        format!(
            "[v1]\n\"tool 1.0.0 {registry_of}\" = [\"tool\"]\n\"extra 3.0.0 {registry_of}\" = [\"extra\"]\n"
        )
    });
    same(&f.project, &["install tool@1.0.0 --bin tool", "install tool", "install uses", "uninstall extra"]);
    edit(&f.project, ".crates2.json", |_| String::new());
    same(&f.project, &["install tool@1.0.0 --bin tool", "install uses -f", "install tool -F f1 -f"]);
}

#[test]
fn what_is_damaged_is_refused_and_stays() {
    let f = registry();
    ok(&f.project, "install uses");
    for (name, damage) in
        [(".crates.toml", "[v1"), (".crates2.json", "{\"installs\":"), (".crates.toml", "x = 1\n")]
    {
        let damaged = f.project.copy();
        edit(&damaged, name, |_| damage.to_owned());
        same(&damaged, &["install uses", "install tool", "install --list", "uninstall uses"]);
        let output = cmd(&damaged, "install --list").run().assert_code(101);
        output.assert_stderr_has(name);
    }
}

/// A program that has vanished: it is said, and `--force` mends it.
#[test]
fn programs_that_vanished() {
    let f = registry();
    ok(&f.project, "install tool@1.0.0");
    fs::remove_file(f.project.cargo_home().join("bin/extra")).expect("the program was there");
    same(
        &f.project,
        &["uninstall tool", "install tool@1.0.0", "uninstall tool --bin tool", "install tool@1.0.0 -f"],
    );
}

#[test]
fn listing_changes_nothing() {
    let f = registry();
    let before = cargo(&f.project, "install --list").run().assert_success().stdout;
    assert_eq!(before, "");
    ok(&f.project, "install tool");
    let home = f.project.cargo_home();
    let expected = state(&f.project, &home);
    assert_eq!(ok(&f.project, "install --list").stdout, "tool v1.1.0:\n    more\n    tool\n");
    assert_eq!(ok(&f.project, "install --list --root .").stdout, "");
    assert_eq!(state(&f.project, &home), expected);
}
