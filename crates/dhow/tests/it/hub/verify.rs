//! `hub verify`: names whatever differs from the lock file, and `--repair` mends it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use dhow_testkit::Output;

use super::with_hub::{WithHub, fill, only_dir, replace};
use crate::support::{bare_fixture, cargo_ok, cmd, listing, ok, run, without_network};

impl WithHub {
    /// Verifies after `damage`: exactly these are told, and mended, without network if that is enough.
    #[track_caller]
    fn finds(&self, damage: impl FnOnce(), expected: &[&str]) {
        let before = listing(&self.hub());
        damage();
        let output = run(self.project(), "hub verify").assert_code(101);
        for line in expected {
            assert!(output.stdout.contains(line), "{line}\n{}", output.stdout);
        }
        assert_eq!(output.stdout.lines().count(), expected.len(), "{}", output.stdout);
        self.repaired(false);
        let without_notes = |paths: Vec<String>| -> Vec<String> {
            paths.into_iter().filter(|path| !path.starts_with(".dhow/")).collect()
        };
        assert_eq!(without_notes(listing(&self.hub())), without_notes(before));
    }

    #[track_caller]
    fn repaired(&self, network: bool) -> Output {
        let repair = cmd(self.project(), "hub verify --repair");
        let repair = if network { repair } else { without_network(repair.arg("--offline")) };
        let output = repair.run().assert_success().assert_stderr_has("Repaired");
        ok(self.project(), "hub verify").assert_stderr_has("Verified");
        output
    }
}

#[test]
fn archives_and_sources_are_what_was_published() {
    let with = WithHub::new();
    ok(with.project(), "hub verify").assert_stderr_has("Verified");
    let (one, two, three) =
        (with.sources("one-1.0.0"), with.sources("two-1.0.0"), with.sources("three-1.0.0"));
    let archive = with.archive("two-1.0.0");
    let flip = |bytes: &mut Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    with.finds(|| replace(&archive, flip), &["two-1.0.0.crate: is not the one that was published"]);
    with.finds(|| fs::remove_file(&archive).expect("removes"), &["two-1.0.0.crate: is missing"]);
    let other = fs::read(with.archive("one-1.0.0")).expect("reads");
    with.finds(|| replace(&archive, |bytes| *bytes = other), &["two-1.0.0.crate: is not the one"]);
    with.finds(
        || replace(&one.join("src/lib.rs"), |bytes| bytes.push(b' ')),
        &["one-1.0.0/src/lib.rs: was changed"],
    );
    with.finds(|| replace(&two.join("data"), flip), &["two-1.0.0/data: was changed"]);
    with.finds(|| replace(&two.join("src/added.rs"), |_| ()), &["two-1.0.0/src/added.rs: was added"]);
    with.finds(|| fs::remove_file(two.join("data")).expect("removes"), &["two-1.0.0/data: is missing"]);
    let executable = || {
        replace(&three.join("src/lib.rs"), |_| ());
        fs::set_permissions(three.join("src/lib.rs"), fs::Permissions::from_mode(0o755)).expect("changes");
    };
    with.finds(executable, &["three-1.0.0/src/lib.rs: has another permission to be executed"]);
    let link = || {
        fs::remove_file(three.join("src/other.rs")).expect("removes");
        symlink("lib.rs", three.join("src/other.rs")).expect("links");
    };
    with.finds(link, &["three-1.0.0/src/other.rs: is not a regular file any more"]);
    let linked_dir = || {
        fs::rename(three.join("src"), with.project().path("elsewhere")).expect("moves");
        symlink(with.project().path("elsewhere"), three.join("src")).expect("links");
    };
    with.finds(
        linked_dir,
        &["three-1.0.0/src: was added", "src/lib.rs: is missing", "src/other.rs: is missing"],
    );
    with.finds(|| fs::remove_file(one.join(".cargo-ok")).expect("removes"), &["one-1.0.0: is not complete"]);
    with.finds(|| fs::remove_dir_all(&one).expect("removes"), &["one-1.0.0: is missing"]);
    let extra = one.with_file_name("extra-1.0.0");
    with.finds(|| fs::create_dir(&extra).expect("makes"), &["extra-1.0.0: is not needed by the lock file"]);
    with.finds(
        || replace(&with.archive("extra-1.0.0"), |_| ()),
        &["extra-1.0.0.crate: is not needed by the lock file"],
    );
    cargo_ok(with.project(), "fetch --locked");
    ok(with.project(), "hub verify");
}

/// Nothing is left that anybody could take it from: it is downloaded again.
#[test]
fn what_is_spoiled_everywhere_is_downloaded() {
    let with = WithHub::new();
    let name = with.archive("two-1.0.0").file_name().expect("a name").to_owned();
    let cache = only_dir(&with.project().cargo_home().join("registry/cache"));
    for archive in [with.archive("two-1.0.0"), cache.join(name)] {
        replace(&archive, |bytes| bytes.truncate(10));
    }
    let offline = without_network(cmd(with.project(), "hub verify --repair --offline"));
    offline.run().assert_code(101).assert_stderr_has("two");
    with.repaired(true);
}

/// A project that commits its hub leaves sources and working trees out.
#[test]
fn sources_that_are_all_missing_are_no_fault() {
    let with = WithHub::new();
    fs::remove_dir_all(with.hub().join("registry/src")).expect("removes");
    fs::remove_dir_all(with.hub().join("git/checkouts")).expect("removes");
    ok(with.project(), "hub verify").assert_stderr_has("Verified");
}

#[test]
fn the_index_says_what_the_lock_file_says() {
    let with = WithHub::new();
    let (one, two) = (with.index_file("3/o/one"), with.index_file("3/t/two"));
    let said = fs::read(&one).expect("reads");
    let at = said.windows(9).position(|w| w == b"\"cksum\":\"").expect("a checksum") + 9;
    let stale = |bytes: &mut Vec<u8>| bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
    with.finds(
        || replace(&one, stale),
        &["3/o/one: has another checksum of version 1.0.0 than the lock file"],
    );
    with.finds(
        || replace(&one, |bytes| bytes.truncate(at)),
        &["3/o/one: is a damaged copy of an index file"],
    );
    with.finds(|| fs::remove_file(&one).expect("removes"), &["3/o/one: is missing"]);
    let foreign = fs::read(&two).expect("reads");
    with.finds(
        || replace(&one, |bytes| *bytes = foreign),
        &[
            "3/o/one: has the entry of `two 1.0.0` for version 1.0.0",
            "3/o/one: has another checksum of version",
        ],
    );
    with.finds(
        || replace(&with.index_file("3/o/oni"), |_| ()),
        &["3/o/oni: is of a package that the lock file"],
    );
    let config = one.ancestors().nth(4).expect("the index").join("config.json");
    with.finds(|| fs::remove_file(&config).expect("removes"), &["config.json: is missing"]);
    with.finds(|| replace(&config, |bytes| bytes.truncate(3)), &["config.json: is not a registry's"]);
    // Of another lock file: a release that the hub does not know, and one that it need not know.
    let manifest = with.project().read("Cargo.toml");
    let lock = with.project().read("Cargo.lock");
    with.project().file("Cargo.toml", manifest.replace("=1.0.0", "=1.1.0"));
    ok(with.project(), "generate-lockfile --no-hub");
    let output = run(with.project(), "hub verify").assert_code(101);
    for line in [
        "3/o/one: has no entry of version 1.1.0",
        "3/o/one: has versions that the lock file does not name: 1.0.0",
        "one-1.1.0.crate: is missing",
        "one-1.0.0.crate: is not needed",
    ] {
        assert!(output.stdout.contains(line), "{line}\n{}", output.stdout);
    }
    with.repaired(true);
    with.project().file("Cargo.toml", manifest).file("Cargo.lock", lock);
    with.repaired(false);
}

#[test]
fn checkouts_are_what_their_commit_says() {
    let with = WithHub::new();
    let tree = with.checkout();
    with.finds(|| replace(&tree.join("src/lib.rs"), |b| b.push(b' ')), &["src/lib.rs: was changed"]);
    with.finds(|| replace(&tree.join("sub/text"), |b| b.push(b' ')), &["sub/text: was changed"]);
    with.finds(|| replace(&tree.join("added"), |_| ()), &["added: was added"]);
    with.finds(|| fs::remove_file(tree.join("run")).expect("removes"), &["run: is missing"]);
    let executable =
        || fs::set_permissions(tree.join("run"), fs::Permissions::from_mode(0o755)).expect("changes");
    with.finds(executable, &["run: has another permission"]);
    let link = || {
        fs::remove_file(tree.join("link")).expect("removes");
        symlink("src", tree.join("link")).expect("links");
    };
    with.finds(link, &["link: was changed"]);
    let other_commit = || {
        let first = with.repository.rev("HEAD~1");
        let objects = with.repository.path().join(".git/objects");
        let info = tree.join(".git/objects/info");
        fs::create_dir_all(&info).expect("makes");
        fs::write(info.join("alternates"), format!("{}\n", objects.display())).expect("writes");
        fs::write(tree.join(".git/HEAD"), first).expect("writes");
    };
    with.finds(other_commit, &["is a checkout of another commit"]);
    let gone = tree.with_file_name("0123456");
    with.finds(|| fs::create_dir(&gone).expect("makes"), &["0123456: is of a commit that the lock file"]);
    let databases = with.hub().join("git/db");
    let extra = databases.join("extra-0123456789abcdef");
    with.finds(
        || fs::create_dir(&extra).expect("makes"),
        &["extra-0123456789abcdef: is of a repository that nothing in the lock file is from"],
    );
    // What the content of an object is, only reading it tells.
    let packs = fs::read_dir(&databases).expect("lists").map(|entry| {
        let pack = entry.expect("an entry").path().join("objects/pack");
        let mut files = fs::read_dir(pack).expect("lists").map(|file| file.expect("a file").path());
        files.find(|file| file.extension().is_some_and(|kind| kind == "pack")).expect("a pack")
    });
    let packs: Vec<_> = packs.collect();
    assert_eq!(packs.len(), 2);
    let flip = || {
        for pack in &packs {
            replace(pack, |bytes| {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
            });
        }
    };
    flip();
    let output = run(with.project(), "hub verify").assert_code(101);
    assert_eq!(output.stdout.matches("is a damaged repository").count(), 2, "{}", output.stdout);
    with.repaired(false);
}

/// What only other platforms compile is listed, but neither packed nor unpacked.
#[test]
fn a_hub_for_one_platform_holds_less() {
    let f = bare_fixture(fill);
    let windows = "[target.'cfg(windows)'.dependencies]\ntwo = \"1\"\n[dependencies]\none = \"=1.0.0\"\n";
    f.project.manifest("app", windows).file("src/lib.rs", "");
    ok(&f.project, "generate-lockfile");
    ok(&f.project, "hub create --target x86_64-unknown-linux-gnu");
    let cache = only_dir(&f.project.path(".cargo/registry/cache"));
    assert!(cache.join("one-1.0.0.crate").exists() && !cache.join("two-1.0.0.crate").exists());
    ok(&f.project, "hub verify --offline");
    let index = only_dir(&f.project.path(".cargo/registry/index")).join(".cache/3/t/two");
    replace(&index, |bytes| bytes.truncate(20));
    replace(&cache.join("two-1.0.0.crate"), |_| ());
    let output = run(&f.project, "hub verify").assert_code(101);
    let said = output
        .assert_stdout_has("two-1.0.0.crate: is not needed")
        .assert_stdout_has("two: is a damaged copy");
    assert_eq!(said.stdout.lines().count(), 2, "{}", said.stdout);
    ok(&f.project, "hub verify --repair --offline");
    ok(&f.project, "hub verify");
    ok(&f.project, "hub pack hub.tar.zst");
    ok(&f.project, "hub unpack hub.tar.zst");
    ok(&f.project, "hub verify");
}
