//! Dependencies in git repositories.

use dhow_testkit::GitRepo;

use super::{Case, check};

const PLAIN: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

#[test]
fn from_a_repository() {
    let one = GitRepo::new();
    one.file("Cargo.toml", "[package]\nname = \"single\"\nversion = \"0.4.2\"\nedition = \"2021\"\n[features]\ndefault = [\"a\"]\na = []\nb = []\n");
    one.file("src/lib.rs", "").commit("first");
    one.tag("v1").branch("side").file("src/lib.rs", "// side").commit("second");
    let rev = one.rev("v1");
    one.checkout("main");
    let two = GitRepo::new();
    two.file("Cargo.toml", "[workspace]\nmembers = [\"x\", \"y\"]\nresolver = \"2\"\n");
    for name in ["x", "y"] {
        let manifest = format!("[package]\nname = \"mem-{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
        two.file(format!("{name}/Cargo.toml"), manifest).file(format!("{name}/src/lib.rs"), "");
    }
    two.commit("first");
    let (one, two) = (one.url(), two.url());
    let words = |text: &str| -> &'static str {
        text.replace("ONE", &one).replace("TWO", &two).replace("REV", &rev).leak()
    };
    let has = format!("{PLAIN}[dependencies]\nsingle = {{ git = \"{one}\", tag = \"v1\" }}\n").leak();
    check(&[
        Case("the only package", PLAIN, words("add --git ONE")),
        Case("by name", PLAIN, words("add single --git ONE -F b")),
        Case("a branch", PLAIN, words("add single --git ONE --branch side")),
        Case("a tag", PLAIN, words("add --git ONE --tag v1 --dev")),
        Case("a commit", PLAIN, words("add --git ONE --rev REV --optional")),
        Case("not there", PLAIN, words("add other --git ONE")),
        Case("no such tag", PLAIN, words("add --git ONE --tag none")),
        Case("two references", PLAIN, words("add --git ONE --tag v1 --branch side")),
        Case("one of two", PLAIN, words("add mem-y --git TWO")),
        Case("which of two", PLAIN, words("add --git TWO")),
        Case("both", PLAIN, words("add mem-x mem-y --git TWO")),
        Case("with a version", PLAIN, words("add single@0.4 --git ONE")),
        Case("renamed", PLAIN, words("add --git ONE --rename other")),
        Case("is there", has, words("add single -F b")),
        Case("is there, now a branch", has, words("add single --git ONE --branch side")),
        Case("is there, now a release", has, words("add foo@1 --rename single")),
        Case("removed", has, words("remove single")),
    ]);
}
