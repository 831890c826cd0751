//! Small registries with a point each: our lock file is cargo's, from nothing and from an older one.

use dhow_model::SourceId;
use dhow_testkit::Registry;

use crate::support::world::{World, assert_has};

fn registry(fill: impl FnOnce(&Registry)) -> Registry {
    let registry = Registry::new();
    fill(&registry);
    registry
}

/// Two packages pin different versions of `shared`; which wins depends on how many candidates each of the two has.
fn pinning_siblings(left: usize, right: usize) -> String {
    let registry = registry(|r| {
        r.versions("shared", &["1.0.0", "1.1.0", "1.2.0"]);
        for (name, count, newest_pin) in [("left", left, "=1.1.0"), ("right", right, "=1.2.0")] {
            for minor in 0..count {
                let pin = if minor + 1 == count { newest_pin } else { "1" };
                r.package(name, &format!("1.{minor}.0")).dep("shared", pin).publish();
            }
        }
    });
    World::new(registry, "left = \"1\"\nright = \"1\"").same_lock().expect("a solution")
}

#[test]
fn the_number_of_candidates_decides_who_is_first() {
    let more = pinning_siblings(3, 2);
    let same = pinning_siblings(3, 3);
    let fewer = pinning_siblings(3, 4);
    assert_has(&more, "shared", &["1.2.0"]);
    assert_has(&same, "shared", &["1.1.0"]);
    assert_has(&fewer, "shared", &["1.1.0"]);
}

#[test]
fn yanked_releases_do_not_count() {
    let registry = registry(|r| {
        r.versions("shared", &["1.0.0", "1.1.0"]);
        for (version, pin) in [("1.0.0", "1"), ("1.1.0", "=1.0.0")] {
            r.package("left", version).dep("shared", pin).publish();
        }
        for (version, pin) in [("1.0.0", "1"), ("1.1.0", "1"), ("1.2.0", "=1.1.0")] {
            r.package("right", version).dep("shared", pin).publish();
        }
        r.set_yanked("right", "1.0.0", true);
    });
    let world = World::new(registry, "right = \"1\"\nleft = \"1\"");
    assert_has(&world.same_lock().expect("a solution"), "shared", &["1.0.0"]);
    world.registry.set_yanked("right", "1.1.0", true);
    let error = world.same_lock().map(|lock| assert_has(&lock, "shared", &["1.1.0"]));
    assert!(error.is_ok(), "{error:?}");
}

#[test]
fn a_wide_requirement_beside_a_narrow_one() {
    let registry = registry(|r| {
        r.versions("rand", &["0.3.0", "0.4.0", "0.4.6", "0.5.0", "0.5.6", "0.6.0"]);
        r.package("wide", "1.0.0").dep("rand", ">=0.3, <0.6").publish();
        r.package("narrow", "1.0.0").dep("rand", "^0.4").publish();
    });
    let world = World::new(registry, "wide = \"1\"\nnarrow = \"1\"");
    assert_has(&world.same_lock().expect("a solution"), "rand", &["0.4.6", "0.5.6"]);
}

#[test]
fn a_links_conflict_needs_an_older_parent() {
    let registry = registry(|r| {
        for version in ["1.0.0", "2.0.0"] {
            r.package("z-sys", version).links("z").build_script("fn main() {}").publish();
        }
        r.package("user", "1.0.0").dep("z-sys", "1").publish();
        r.package("user", "1.1.0").dep("z-sys", "2").publish();
        r.package("fixed", "1.0.0").dep("z-sys", "1").publish();
    });
    let world = World::new(registry, "fixed = \"1\"\nuser = \"1\"");
    assert_has(&world.same_lock().expect("a solution"), "user", &["1.0.0"]);
}

#[test]
fn a_weak_feature_locks_its_dependency() {
    let registry = registry(|r| {
        r.package("serde", "1.0.0").feature("derive", &[]).publish();
        r.package("lib", "1.0.0").optional_dep("serde", "1").feature("fancy", &["serde?/derive"]).publish();
    });
    let world = World::new(registry, "lib = { version = \"1\", features = [\"fancy\"] }");
    assert_has(&world.same_lock().expect("a solution"), "serde", &["1.0.0"]);
}

#[test]
fn a_locked_version_stays_although_it_is_yanked() {
    let registry = registry(|r| {
        r.versions("a", &["1.0.0", "1.1.0"]);
        r.versions("b", &["1.0.0", "1.1.0"]);
    });
    let world = World::new(registry, "a = \"=1.0.0\"");
    world.same_lock().expect("a solution");
    world.registry.set_yanked("a", "1.0.0", true);
    world.sandbox.manifest("app", "[dependencies]\na = \"1\"\nb = \"1\"");
    let lock = world.same_update().expect("a solution");
    assert_has(&lock, "a", &["1.0.0"]);
    assert_has(&lock, "b", &["1.1.0"]);
    world.sandbox.remove("Cargo.lock");
    world.sandbox.manifest("app", "[dependencies]\na = \"=1.0.0\"");
    let error = world.same_lock().expect_err("it is yanked");
    assert!(error.contains("1.0.0: yanked"), "{error}");
}

fn members_with_rust(versions: &[&str]) -> World {
    let registry = registry(|r| {
        for (version, rust) in [("1.0.0", "1.50"), ("1.1.0", "1.60"), ("1.2.0", "1.70"), ("1.3.0", "1.90")] {
            r.package("a", version).rust_version(rust).publish();
        }
        r.package("b", "1.0.0").rust_version("1.90").publish();
    });
    let world = World::new(registry, "");
    world.sandbox.file("Cargo.toml", "[workspace]\nmembers = [\"m*\"]\nresolver = \"3\"\n");
    for (number, version) in versions.iter().enumerate() {
        let manifest = format!(
            "[package]\nname = \"m{number}\"\nversion = \"0.1.0\"\nedition = \"2018\"\n\
             rust-version = \"{version}\"\n[dependencies]\na = \"1\"\nb = \"1\"\n"
        );
        world.sandbox.file(format!("m{number}/Cargo.toml"), manifest);
        world.sandbox.file(format!("m{number}/src/lib.rs"), "");
    }
    world
}

#[test]
fn members_with_different_rust_versions() {
    let mut world = members_with_rust(&["1.60", "1.75"]);
    world.rust_versions = vec!["1.60", "1.75"];
    let lock = world.same_lock().expect("a solution");
    assert_has(&lock, "a", &["1.1.0"]);
    assert_has(&lock, "b", &["1.0.0"]);
    assert!(lock.contains("version = 3\n"));
    let mut world = members_with_rust(&["1.40"]);
    world.rust_versions = vec!["1.40"];
    assert_has(&world.same_lock().expect("a solution"), "a", &["1.3.0"]);
}

#[test]
fn one_name_from_two_sources() {
    let other = registry(|r| {
        r.versions("twin", &["1.0.0", "1.5.0"]);
        r.package("far", "1.0.0").dep("twin", "1").publish();
    });
    let registry = registry(|r| {
        r.versions("twin", &["1.0.0"]);
        r.package("near", "1.0.0").dep("twin", "1").publish();
    });
    let mut world = World::new(registry, "near = \"1\"\nfar = { version = \"1\", registry = \"other\" }");
    let url = "https://other.invalid/index";
    world.sandbox.config(&format!(
        "[registries.other]\nindex = \"{url}\"\n[source.other-replaced]\nregistry = \"{url}\"\n\
         replace-with = \"other-local\"\n[source.other-local]\nlocal-registry = {:?}\n",
        other.path()
    ));
    let source = SourceId::for_registry(url).expect("a registry");
    world.others.push((source, other.path().join("index")));
    let lock = world.same_lock().expect("a solution");
    assert_has(&lock, "twin", &["1.0.0", "1.5.0"]);
    assert!(!world.others.is_empty() && lock.contains("twin 1.0.0"));
}

#[test]
fn a_cycle_through_dev_dependencies() {
    let registry = registry(|r| {
        r.package("helper", "1.0.0").dep("base", "1").publish();
        r.package("base", "1.0.0").dev_dep("helper", "1").publish();
    });
    let world = World::new(registry, "base = \"1\"");
    world.same_lock().expect("dev-dependencies of others do not count");
    let world = World::new(Registry::new(), "");
    world.sandbox.file("Cargo.toml", "[workspace]\nmembers = [\"base\", \"helper\"]\nresolver = \"2\"\n");
    for (name, table, other) in [("base", "dev-dependencies", "helper"), ("helper", "dependencies", "base")] {
        world.sandbox.file(
            format!("{name}/Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
                 [{table}]\n{other} = {{ path = \"../{other}\" }}\n"
            ),
        );
        world.sandbox.file(format!("{name}/src/lib.rs"), "");
    }
    assert!(world.same_lock().expect("a solution").contains("\"helper\""));
    let manifest = world.sandbox.read("base/Cargo.toml").replace("dev-dependencies", "dependencies");
    world.sandbox.file("base/Cargo.toml", manifest);
    let error = world.same_lock().expect_err("a circle");
    assert!(error.contains("circle") && error.contains("base v1.0.0"), "{error}");
}

#[test]
fn renamed_twins() {
    let registry = registry(|r| {
        for version in ["1.0.0", "2.0.0", "2.1.0"] {
            r.package("twin", version).feature("extra", &[]).publish();
        }
    });
    let world = World::new(
        registry,
        "old = { package = \"twin\", version = \"1\" }\n\
         new = { package = \"twin\", version = \"2\", features = [\"extra\"] }",
    );
    assert_has(&world.same_lock().expect("a solution"), "twin", &["1.0.0", "2.1.0"]);
}

#[test]
fn a_lock_with_line_ends_of_windows() {
    let registry = registry(|r| r.versions("a", &["1.0.0", "1.1.0"]));
    let world = World::new(registry, "a = \"1\"");
    let lock = world.same_lock().expect("a solution").replace('\n', "\r\n");
    world.sandbox.file("Cargo.lock", &lock);
    assert_eq!(world.same_update(), Ok(lock));
    world.sandbox.manifest("app", "[dependencies]\na = \"=1.0.0\"");
    let changed = world.same_update().expect("a solution");
    assert_has(&changed.replace('\r', ""), "a", &["1.0.0"]);
}

#[test]
fn prereleases_only_when_named() {
    let registry = registry(|r| {
        r.versions("a", &["1.0.0", "1.1.0-alpha.1", "2.0.0-beta.1", "2.0.0-beta.2"]);
        r.versions("b", &["0.0.1", "0.0.2", "0.1.0-rc.1"]);
    });
    let world = World::new(registry, "a = \"1\"\nb = \"0.0.1\"");
    assert_has(&world.same_lock().expect("a solution"), "a", &["1.0.0"]);
    world.sandbox.manifest("app", "[dependencies]\na = \"2.0.0-beta\"\nb = \"*\"");
    assert_has(&world.same_lock().expect("a solution"), "a", &["2.0.0-beta.2"]);
    world.sandbox.manifest("app", "[dependencies]\na = \"2\"");
    let error = world.same_lock().expect_err("only prereleases");
    assert!(error.contains("there is: 2.0.0-beta.2, 2.0.0-beta.1"), "{error}");
}

#[test]
fn an_edit_moves_no_more_than_it_must() {
    let registry = registry(|r| {
        r.versions("leaf", &["1.0.0"]);
        r.package("a", "1.0.0").dep("leaf", "1").publish();
        r.package("b", "1.0.0").dep("leaf", "1").publish();
    });
    let world = World::new(registry, "a = \"1\"\nb = \"1\"");
    world.same_lock().expect("a solution");
    world.registry.versions("leaf", &["1.1.0"]);
    world.registry.package("a", "1.1.0").dep("leaf", "1.1").publish();
    world.registry.package("b", "1.1.0").dep("leaf", "1").publish();
    assert_has(&world.same_update().expect("nothing changes"), "leaf", &["1.0.0"]);
    world.sandbox.manifest("app", "[dependencies]\na = \"1.1\"\nb = \"1\"");
    let lock = world.same_update().expect("a solution");
    assert_has(&lock, "leaf", &["1.1.0"]);
    assert_has(&lock, "b", &["1.0.0"]);
    world.sandbox.manifest("app", "[dependencies]\nb = \"1\"");
    assert_has(&world.same_update().expect("a solution"), "a", &[]);
}

#[test]
fn old_locks_keep_their_encoding_until_they_change() {
    let registry = registry(|r| {
        r.versions("a", &["1.0.0"]);
        r.versions("b", &["1.0.0"]);
    });
    let world = World::new(registry, "a = \"1\"");
    for rust in ["1.40", "1.45", "1.60", "1.90"] {
        let package = format!(
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2018\"\nrust-version = \"{rust}\"\n"
        );
        world.sandbox.file("Cargo.toml", format!("{package}[dependencies]\na = \"1\"\n"));
        let lock = world.same_lock().expect("a solution");
        world.sandbox.manifest("app", "[dependencies]\na = \"1\"");
        assert_eq!(world.same_update(), Ok(lock), "{rust}");
        world.sandbox.manifest("app", "[dependencies]\na = \"1\"\nb = \"1\"");
        assert!(world.same_update().expect("a solution").contains("version = 4\n"), "{rust}");
    }
}

#[test]
fn features_that_do_not_exist_make_older_versions_fit_or_fail() {
    let registry = registry(|r| {
        r.package("a", "1.0.0").feature("old", &[]).publish();
        r.package("a", "1.1.0").feature("new", &[]).publish();
        r.package("user", "1.0.0").dep_with("a", "1", |d| d.features(["old"])).publish();
    });
    let world = World::new(registry, "user = \"1\"");
    assert_has(&world.same_lock().expect("a solution"), "a", &["1.0.0"]);
    world.sandbox.manifest("app", "[dependencies]\na = { version = \"1.1\", features = [\"nwe\"] }");
    let error = world.same_lock().expect_err("no such feature");
    assert!(error.contains("1.1.0: has no feature `nwe` (but `new`)"), "{error}");
}

#[test]
fn a_patch_takes_the_place_of_what_it_patches() {
    let registry = registry(|r| {
        r.versions("a", &["1.0.0", "1.1.0"]);
        r.package("user", "1.0.0").dep("a", "1").publish();
    });
    let dependencies = "user = \"1\"\na = \"1\"\n[patch.crates-io]\na = { path = \"patched\" }";
    let mut world = World::new(registry, dependencies);
    let patched = |version: &str| {
        format!("[package]\nname = \"a\"\nversion = \"{version}\"\nedition = \"2021\"\n[workspace]\n")
    };
    world.patches = vec!["patched"];
    world.sandbox.file("patched/Cargo.toml", patched("1.2.0")).file("patched/src/lib.rs", "");
    assert_has(&world.same_lock().expect("a solution"), "a", &["1.2.0"]);
    world.same_update().expect("a solution");
    world.sandbox.file("patched/Cargo.toml", patched("1.0.5"));
    assert_has(&world.same_update().expect("a solution"), "a", &["1.0.5"]);
    world.sandbox.file("patched/Cargo.toml", patched("2.0.0"));
    let lock = world.same_lock().expect("a solution");
    let (used, unused) = lock.split_once("[[patch.unused]]").expect("an unused patch");
    assert_has(used, "a", &["1.1.0"]);
    assert_eq!(unused, "\nname = \"a\"\nversion = \"2.0.0\"\n");
    world.same_update().expect("a solution");
}

#[test]
fn path_dependencies_outside_the_workspace() {
    let registry = registry(|r| {
        r.versions("a", &["1.0.0"]);
        r.versions("b", &["1.0.0", "1.1.0"]);
    });
    let mut world = World::new(registry, "near = { path = \"near\" }\n[workspace]\nexclude = [\"near\"]");
    let near = |dependencies: &str| {
        format!(
            "[package]\nname = \"near\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n\
             [dependencies]\n{dependencies}\n"
        )
    };
    world.path_packages = vec!["near"];
    world.sandbox.file("near/Cargo.toml", near("a = \"1\"\nb = \"=1.0.0\"")).file("near/src/lib.rs", "");
    assert_has(&world.same_lock().expect("a solution"), "near", &["0.1.0"]);
    world.sandbox.file("near/Cargo.toml", near("b = \"1\""));
    assert_has(&world.same_update().expect("a solution"), "b", &["1.0.0"]);
    world.sandbox.file("near/Cargo.toml", near("b = \"1.1\"").replace("0.1.0", "0.2.0"));
    assert_has(&world.same_update().expect("a solution"), "b", &["1.1.0"]);
}

#[test]
fn what_is_missing_is_said() {
    let registry = registry(|r| {
        r.versions("foo-bar", &["1.0.0", "1.1.0", "1.2.0", "1.3.0"]);
        r.package("user", "1.0.0").dep("foo-bar", "2").publish();
    });
    let world = World::new(registry, "user = \"1\"");
    let error = world.same_lock().expect_err("no such version");
    let path = world.sandbox.path("");
    let expected = format!(
        "no version of `foo-bar` in registry `crates-io` satisfies `^2`\n  required by user v1.0.0\n  \
         required by app v0.1.0 ({})\n  there is: 1.3.0, 1.2.0, 1.1.0 and 1 more",
        path.display()
    );
    assert_eq!(error, expected);
    world.sandbox.manifest("app", "[dependencies]\nfoo_bar = \"1\"");
    let error = world.same_lock().expect_err("no such package");
    assert!(error.contains("did you mean `foo-bar`?"), "{error}");
}

#[test]
fn a_replacement_is_locked_beside_what_it_replaces() {
    let registry = registry(|r| {
        r.versions("a", &["1.0.0"]);
        r.versions("b", &["1.0.0", "1.1.0"]);
        r.package("user", "1.0.0").dep("a", "1").publish();
    });
    let manifest = "user = \"1\"\na = \"1\"\n[replace]\n\"a:1.0.0\" = { path = \"other\" }";
    let mut world = World::new(registry, manifest);
    let other = "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n\
                 [dependencies]\nb = \"1\"\n";
    world.sandbox.file("other/Cargo.toml", other).file("other/src/lib.rs", "");
    world.replacements = vec![("a:1.0.0", "other")];
    let lock = world.same_lock().expect("a solution");
    assert!(lock.contains("replace = \"a 1.0.0\""), "{lock}");
    world.registry.versions("b", &["1.2.0"]);
    assert_has(&world.same_update().expect("a solution"), "b", &["1.1.0"]);
}

#[test]
fn an_update_moves_one_package_and_what_it_needs() {
    let registry = registry(|r| {
        r.versions("leaf", &["1.0.0"]);
        r.versions("other", &["1.0.0"]);
        r.package("a", "1.0.0").dep("leaf", "1").publish();
    });
    let world = World::new(registry, "a = \"1\"\nother = \"1\"");
    world.same_lock().expect("a solution");
    world.registry.versions("leaf", &["1.1.0", "1.2.0"]);
    world.registry.versions("other", &["1.1.0"]);
    world.registry.package("a", "1.1.0").dep("leaf", ">=1.0, <=1.1").publish();
    let lock = world.same_update_of("a").expect("a solution");
    assert_has(&lock, "a", &["1.1.0"]);
    assert_has(&lock, "leaf", &["1.0.0"]);
    assert_has(&lock, "other", &["1.0.0"]);
    let lock = world.same_update_of("leaf").expect("a solution");
    assert_has(&lock, "leaf", &["1.1.0"]);
    assert_has(&lock, "other", &["1.0.0"]);
}
