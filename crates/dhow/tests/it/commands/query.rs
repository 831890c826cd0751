//! Commands that only tell: `tree`, `metadata`, `pkgid`, `locate-project`.

use dhow_testkit::{Sandbox, compare};

use crate::support::{Fixture, bare_fixture, cmd, dhow, fixture, run};

/// A graph with a bit of everything.
fn graph() -> Fixture {
    let f = bare_fixture(|r| {
        r.versions("leaf", &["1.0.0", "2.0.0"]);
        r.package("macros", "0.5.0").proc_macro().dep("leaf", "1").publish();
        r.package("winonly", "1.0.0").license("Apache-2.0").publish();
        r.package("opt", "3.1.4").feature("std", &[]).publish();
        r.package("hub", "1.0.0")
            .dep("leaf", "2")
            .dep("macros", "0.5")
            .target_dep("cfg(windows)", "winonly", "1")
            .build_dep("leaf", "1")
            .build_script("fn main() {}")
            .optional_dep("opt", "3")
            .feature("default", &["std"])
            .feature("std", &["opt?/std"])
            .feature("full", &["std", "dep:opt"])
            .publish();
    });
    f.project
        .file(
            "Cargo.toml",
            concat!(
                "[workspace]\nmembers = [\"lib\", \"cli\"]\ndefault-members = [\"cli\"]\nresolver = \"2\"\n",
                "[workspace.metadata.tool]\nkey = [1, { a = true }]\n",
            ),
        )
        .file(
            "lib/Cargo.toml",
            concat!(
                "[package]\nname = \"lib\"\nversion = \"0.3.0\"\nedition = \"2021\"\nauthors = [\"A <a@b.c>\"]\nlicense = \"MIT\"\n",
                "keywords = [\"k\"]\ncategories = [\"c\"]\nreadme = \"R.md\"\nrepository = \"https://r.example\"\nhomepage = \"https://h.example\"\n",
                "documentation = \"https://d.example\"\nlinks = \"lib\"\nrust-version = \"1.70\"\npublish = [\"alt\"]\ndescription = \"d\"\n",
                "[package.metadata.docs]\nall = 1.5\n[lib]\ncrate-type = [\"lib\", \"cdylib\"]\ndoctest = false\n",
                "[features]\ndefault = []\nextra = [\"hub/full\"]\n[dependencies]\nhub = { version = \"1\", default-features = false }\n",
                "[dev-dependencies]\nleaf = \"1\"\n[hints]\nmostly-unused = true\n",
            ),
        )
        .file("lib/R.md", "")
        .file("lib/build.rs", "fn main() {}")
        .file("lib/src/lib.rs", "")
        .file("lib/tests/t.rs", "")
        .file("lib/benches/b.rs", "")
        .file("lib/examples/e.rs", "fn main() {}")
        .file(
            "cli/Cargo.toml",
            concat!(
                "[package]\nname = \"cli\"\nversion = \"0.3.0\"\nedition = \"2024\"\n",
                "[dependencies]\nlib = { path = \"../lib\", features = [\"extra\"] }\nleaf2 = { package = \"leaf\", version = \"2\" }\n",
                "[target.'cfg(unix)'.dependencies]\nmacros = \"0.5\"\n[lints.rust]\nunsafe_code = \"forbid\"\n",
            ),
        )
        .file("cli/src/main.rs", "fn main() {}");
    f
}

#[test]
fn trees_of_edges() {
    compare(&graph().project, dhow(), |c| {
        c.tree(&[])
            .tree(&["--workspace"])
            .tree(&["-e", "normal"])
            .tree(&["-e", "no-build,no-dev"])
            .tree(&["-e", "features"])
            .tree(&["-e", "features,no-proc-macro"])
            .tree(&["-e", "build", "-p", "lib"])
            .tree(&["--target", "all"])
            .tree(&["--target", "x86_64-pc-windows-msvc"])
            .tree(&["-p", "lib", "--all-features"])
            .tree(&["-p", "hub"])
            .tree(&["--depth", "1"])
            .tree(&["--depth", "workspace", "--workspace"])
    });
}

#[test]
fn trees_turned_around() {
    compare(&graph().project, dhow(), |c| {
        c.tree(&["-i", "leaf@1.0.0"])
            .tree(&["-i", "leaf@2.0.0", "-e", "features"])
            .tree(&["--invert", "opt", "--workspace"])
            .tree(&["-i", "macros", "--depth", "1"])
            .tree(&["-d"])
            .tree(&["-d", "--workspace"])
            .tree(&["--prune", "macros"])
            .command(&["tree", "-i", "leaf"])
            .command(&["tree", "-i", "nobody"])
    });
}

#[test]
fn trees_in_other_forms() {
    compare(&graph().project, dhow(), |c| {
        c.tree(&["--prefix", "depth"])
            .tree(&["--prefix", "none", "--no-dedupe"])
            .tree(&["--no-dedupe", "--workspace"])
            .tree(&["-f", "{p} {l} {f} {lib}"])
            .tree(&["-f", "[{r}]"])
            .tree(&["--charset", "ascii"])
            .command(&["tree", "-f", "{nonsense}"])
            .command(&["tree", "-e", "nonsense"])
    });
}

#[test]
fn metadata_in_every_form() {
    compare(&graph().project, dhow(), |c| {
        c.metadata()
            .metadata_with(&["--no-deps"])
            .metadata_with(&["--filter-platform", "x86_64-unknown-linux-gnu"])
            .metadata_with(&["--filter-platform", "x86_64-pc-windows-msvc"])
            .metadata_with(&["--all-features"])
            .metadata_with(&["--no-default-features"])
            .metadata_with(&["--features", "lib/extra"])
            .metadata_with(&["--manifest-path", "lib/Cargo.toml"])
            .metadata_with(&["--offline", "--locked"])
            .lockfile()
    });
}

/// Without `--format-version` there is a warning, and the same text.
#[test]
fn metadata_without_a_version() {
    let f = fixture(|_| {}, "");
    compare(&f.project, dhow(), |c| c.stdout(&["metadata", "--no-deps"]));
    run(&f.project, "metadata --no-deps").assert_success().assert_stderr_has("--format-version");
}

#[test]
fn package_ids() {
    compare(&graph().project, dhow(), |c| {
        c.command(&["generate-lockfile"])
            .stdout(&["pkgid", "-p", "cli"])
            .stdout(&["pkgid", "lib"])
            .stdout(&["pkgid", "hub"])
            .stdout(&["pkgid", "hub@1.0.0"])
            .stdout(&["pkgid", "leaf@2"])
            .stdout(&["pkgid", "leaf:1.0.0"])
            .stdout(&["pkgid", "--manifest-path", "cli/Cargo.toml"])
            .command(&["pkgid", "leaf"])
            .command(&["pkgid", "nobody"])
            .command(&["pkgid", "hub@2"])
    });
}

#[test]
fn where_the_project_is() {
    let f = graph();
    compare(&f.project, dhow(), |c| {
        c.stdout(&["locate-project"])
            .stdout(&["locate-project", "--message-format", "plain"])
            .stdout(&["locate-project", "--workspace"])
            .stdout(&["locate-project", "--manifest-path", "cli/Cargo.toml"])
            .stdout(&["locate-project", "--manifest-path", "cli/Cargo.toml", "--workspace"])
    });
    for words in ["locate-project", "locate-project --workspace", "pkgid"] {
        let below = f.project.path("cli/src");
        let theirs = f.project.cargo_cmd(words.split_whitespace()).cwd(&below).run();
        let ours = cmd(&f.project, words).cwd(&below).run();
        assert_eq!((theirs.code, theirs.stdout), (ours.code, ours.stdout), "{words}");
    }
    let empty = Sandbox::new();
    run(&empty, "locate-project").assert_code(101).assert_stderr_has("Cargo.toml");
}
