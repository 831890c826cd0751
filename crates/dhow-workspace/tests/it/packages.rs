//! Single packages: targets, dependencies, features and the rest equal to what the real cargo makes of them.

use crate::metadata::{check, check_at};
use crate::project::Project;

/// A package with these lines in its manifest and these (empty) files means to us what it means to cargo.
#[track_caller]
fn same(manifest: &str, files: &[&str]) {
    check(&Project::package(manifest, files));
}

const E2015: &str = "edition = \"2015\"\n";
const E2018: &str = "edition = \"2018\"\n";

#[test]
fn targets_that_nobody_wrote() {
    same("", &["src/lib.rs"]);
    same("", &["src/main.rs"]);
    same("", &["src/lib.rs", "src/main.rs", "build.rs"]);
    same(
        "",
        &[
            "src/lib.rs",
            "src/bin/one.rs",
            "src/bin/two/main.rs",
            "src/bin/three/other.rs",
            "src/bin/.hidden.rs",
            "src/bin/text.txt",
            "examples/x.rs",
            "examples/y/main.rs",
            "tests/it.rs",
            "tests/common/mod.rs",
            "tests/dir/main.rs",
            "benches/b.rs",
            "benches/c/main.rs",
        ],
    );
    same("", &["src/lib.rs", "tests/a-b.rs", "tests/a_c.rs", "tests/A.rs", "src/bin/z-z.rs"]);
    same("[dependencies]\n", &["src/main.rs", "examples/e.rs/main.rs", "examples/plain/lib.rs"]);
}

#[test]
fn targets_that_are_switched_off() {
    let all = &[
        "src/lib.rs",
        "src/main.rs",
        "src/bin/b.rs",
        "examples/e.rs",
        "tests/t.rs",
        "benches/n.rs",
        "build.rs",
    ];
    same("autobins = false\n", all);
    same("autoexamples = false\nautotests = false\nautobenches = false\nbuild = false\n", all);
    same("autolib = false\n", all);
    same("autobins = false\n[[bin]]\nname = \"b\"\n", all);
    same(
        "autotests = false\n[[test]]\nname = \"t\"\npath = \"tests/t.rs\"\n[[test]]\nname = \"a\"\npath = \"x.rs\"\n",
        all,
    );
    same("build = \"make/own.rs\"\n", all);
    same("build = true\n", &["src/lib.rs"]);
}

#[test]
fn targets_that_are_written() {
    same("[lib]\nname = \"other\"\npath = \"lib/x.rs\"\n", &["lib/x.rs"]);
    same("[lib]\nproc-macro = true\n", &["src/lib.rs"]);
    same("[lib]\ncrate-type = [\"proc-macro\"]\n", &["src/lib.rs"]);
    same(
        "[lib]\ncrate-type = [\"cdylib\", \"rlib\", \"staticlib\"]\ntest = false\ndoctest = false\ndoc = false\n",
        &["src/lib.rs"],
    );
    same("[lib]\ncrate-type = [\"lib\"]\nproc-macro = true\n", &["src/lib.rs"]);
    same("[lib]\ncrate-type = []\n", &["src/lib.rs"]);
    same("[lib]\ncrate-type = [\"bin\"]\n", &["src/lib.rs"]);
    same("[lib]\npath = \"../a/src/./lib.rs\"\n", &["src/lib.rs"]);
    same("[[bin]]\nname = \"b\"\n", &["src/main.rs", "src/bin/b.rs"]);
    same("[[bin]]\nname = \"b\"\npath = \"src/main.rs\"\n", &["src/main.rs"]);
    same("[[bin]]\nname = \"b\"\n", &["src/bin/b/main.rs"]);
    same("[[bin]]\nname = \"a\"\ntest = false\nbench = false\ndoc = false\n", &["src/main.rs"]);
    same("[[bin]]\nname = \"z\"\npath = \"z.rs\"\n[[bin]]\nname = \"b\"\npath = \"b.rs\"\n", &["src/lib.rs"]);
    same("[[bin]]\nname = \"z\"\npath = \"gone.rs\"\nrequired-features = [\"f\"]\n[features]\nf = []\n", &[]);
    same(
        "[[example]]\nname = \"e\"\ncrate-type = [\"staticlib\"]\n[[example]]\nname = \"f\"\ncrate-type = [\"bin\"]\n",
        &["src/lib.rs", "examples/e.rs", "examples/f.rs", "examples/g.rs"],
    );
    same(
        "[[example]]\nname = \"e\"\ntest = true\ndoc = true\ndoctest = true\n",
        &["src/lib.rs", "examples/e.rs"],
    );
    same(
        "[[test]]\nname = \"t\"\nharness = false\n[[bench]]\nname = \"b\"\ntest = true\n",
        &["src/lib.rs", "tests/t.rs", "tests/u.rs", "benches/b.rs"],
    );
    same(
        "[lib]\nedition = \"2018\"\n[[bin]]\nname = \"a\"\nedition = \"2015\"\n",
        &["src/lib.rs", "src/main.rs"],
    );
    same("[[bin]]\nname = \"un-der\"\npath = \"m.rs\"\n", &["src/lib.rs", "m.rs"]);
    same("[lib]\ncrate_type = [\"dylib\"]\n", &["src/lib.rs"]);
    same("[lib]\nproc_macro = true\n", &["src/lib.rs"]);
}

#[test]
fn habits_of_rust_2015() {
    same(E2015, &["src/lib.rs", "src/bin/x.rs", "tests/t.rs"]);
    same(
        &format!("{E2015}[[bin]]\nname = \"b\"\npath = \"src/b.rs\"\n"),
        &["src/b.rs", "src/main.rs", "src/bin/x.rs"],
    );
    same(&format!("{E2015}[[bin]]\nname = \"b\"\n"), &["src/b.rs"]);
    same(&format!("{E2015}[[bin]]\nname = \"b\"\n"), &["src/lib.rs", "src/main.rs", "src/b.rs"]);
    same(&format!("{E2015}[[bin]]\nname = \"b\"\n"), &["src/lib.rs", "src/bin/main.rs"]);
    same(
        &format!("{E2015}autobins = true\n[[bin]]\nname = \"b\"\npath = \"src/b.rs\"\n"),
        &["src/b.rs", "src/main.rs", "src/bin/x.rs"],
    );
    same(&format!("{E2015}[lib]\nname = \"z\"\n"), &["src/z.rs"]);
    same(&format!("{E2015}[[bench]]\nname = \"bench\"\n"), &["src/lib.rs", "src/bench.rs"]);
    same(&format!("{E2015}[[test]]\nname = \"t\"\n"), &["src/lib.rs", "tests/t.rs", "tests/u.rs"]);
    same(&format!("{E2018}[[test]]\nname = \"t\"\n"), &["src/lib.rs", "tests/t.rs", "tests/u.rs"]);
    let old = Project::new(
        "=== Cargo.toml\n[project]\nname = \"old\"\nversion = \"1.0.0\"\nauthors = []\n=== src/lib.rs\n",
    );
    check(&old);
}

#[test]
fn dependencies_of_all_kinds() {
    same(
        "[dependencies]\nb = \"1\"\na1 = { version = \"=1.2.3\", optional = true }\nz = { package = \"real\", version = \"*\" }\n\
         [dev-dependencies]\nb = { version = \">=1, <3\", features = [\"x\", \"y\"], default-features = false }\n\
         [build-dependencies]\ncc = \"~1.0\"\n\
         [target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n[target.'cfg(unix)'.dev-dependencies]\nq = \"1\"\n\
         [target.'cfg(unix)'.build-dependencies]\np = \"1\"\n[target.x86_64-unknown-linux-gnu.dependencies]\nlibc = \"0.2.1\"\n\
         [target.'cfg(all(windows, not(target_env = \"gnu\")))'.dependencies]\nwin = \"1\"\n",
        &["src/lib.rs"],
    );
    same(
        "[dependencies]\ng = { git = \"https://example.com/g\" }\nh = { git = \"https://example.com/h.git\", branch = \"a/b\", version = \"1\" }\n\
         i = { git = \"ssh://git@example.com/i\", tag = \"v1\" }\nj = { git = \"https://example.com/j\", rev = \"abc\" }\n\
         r = { version = \"1\", registry = \"mine\" }\ns = { version = \"1\", registry-index = \"https://other.example/index\" }\n\
         t = { version = \"1\", registry-index = \"sparse+https://other.example/index/\" }\nu = { version = \"1\", registry = \"crates-io\" }\n",
        &["src/lib.rs"],
    );
    same(
        "[dependencies]\nb = { version = \"1\", default_features = false }\n[dev_dependencies]\nc = \"1\"\n[build_dependencies]\nd = \"1\"\n",
        &["src/lib.rs"],
    );
    same(
        "[dependencies]\nb = { version = \"1.0.0+meta\", public = true, colour = \"red\" }\n",
        &["src/lib.rs"],
    );
    same(
        "[dependencies]\nb = \"1.0.0-alpha.1\"\nc = \"^0.0.3\"\nd = \"1.*\"\ne = \">1, <= 2\"\n",
        &["src/lib.rs"],
    );
    same("[dependencies.b]\nversion = \" 1 \"\n", &["src/lib.rs"]);
}

#[test]
fn path_dependencies() {
    let project = Project::package(
        "[dependencies]\nb = { path = \"b\" }\nc = { path = \"./deep/../c\", version = \"1\", package = \"cc\" }\n",
        &["src/lib.rs", "b/src/lib.rs", "c/src/lib.rs"],
    );
    project.write("b/Cargo.toml", "[package]\nname = \"b\"\nedition = \"2021\"\n");
    project.write("c/Cargo.toml", "[package]\nname = \"cc\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    check(&project);
    check_at(&project, "b");
}

#[test]
fn features_and_what_they_imply() {
    same(
        "[features]\ndefault = [\"std\", \"b\"]\nstd = [\"b/std\", \"c?/std\"]\nfull = [\"dep:d\", \"e/x\"]\n\"c++17\" = []\n\
         [dependencies]\nb = { version = \"1\", optional = true }\nc = { version = \"1\", optional = true }\n\
         d = { version = \"1\", optional = true }\ne = \"1\"\n[build-dependencies]\nd = { version = \"1\", optional = true }\n",
        &["src/lib.rs"],
    );
    same(
        "[features]\na = [\"b\"]\n[dependencies]\nb = { version = \"1\", optional = true }\n",
        &["src/lib.rs"],
    );
    same(
        "[features]\nb = [\"dep:b\"]\n[dependencies]\nb = { version = \"1\", optional = true }\n",
        &["src/lib.rs"],
    );
    same(
        "[features]\nb = [\"b/x\"]\n[dependencies]\nb = { version = \"1\", optional = true }\n",
        &["src/lib.rs"],
    );
    same("[features]\nb = []\n[dependencies]\nb = \"1\"\n", &["src/lib.rs"]);
    same(
        "[dependencies]\nb = \"1\"\n[target.'cfg(unix)'.dependencies]\nb = { version = \"1\", optional = true }\n",
        &["src/lib.rs"],
    );
}

#[test]
fn what_a_package_says_about_itself() {
    same(
        "authors = [\"A <a@example.com>\"]\ndescription = \"d\"\nhomepage = \"h\"\ndocumentation = \"o\"\nrepository = \"r\"\n\
         license = \"MIT\"\nkeywords = [\"k\"]\ncategories = [\"c\"]\nrust-version = \"1.70\"\nlinks = \"z\"\npublish = [\"mine\"]\n\
         default-run = \"x\"\nlicense-file = \"L\"\nreadme = \"R.md\"\n[package.metadata.docs.rs]\nall-features = true\nf = 1.5\nd = 2020-01-01\n",
        &["src/lib.rs", "src/bin/x.rs", "build.rs"],
    );
    same("readme = true\n", &["src/lib.rs"]);
    same("readme = false\n", &["src/lib.rs", "README.md"]);
    same("", &["src/lib.rs", "README.txt", "README"]);
    same("publish = false\n", &["src/lib.rs", "README"]);
    same("publish = true\nrust-version = \"1.56.1\"\n", &["src/lib.rs"]);
    same(
        "resolver = \"1\"\nautobins = true\n[badges]\nx = { y = \"z\" }\n[profile.dev]\nopt-level = 1\n",
        &["src/lib.rs"],
    );
    check(&Project::new("=== Cargo.toml\n[package]\nname = \"no-version\"\n=== src/main.rs\n"));
    check(&Project::new(
        "=== Cargo.toml\n[package]\nname = \"ends\"\nversion = \" 1.2.3-a+b \"\nedition = \"2024\"\n=== src/main.rs\n",
    ));
}

#[test]
fn lints_reach_rustc() {
    let project = Project::package(
        "[lints.rust]\nunused = { level = \"deny\", priority = -1 }\ndead_code = \"allow\"\n\
         unexpected_cfgs = { level = \"warn\", check-cfg = ['cfg(mine)', 'cfg(has, values(\"x\"))'] }\n[lints.clippy]\nall = \"warn\"\n",
        &["src/lib.rs"],
    );
    let manifest = project.root_package().manifest().clone();
    let output = crate::cargo::run(&project.root(), &["check", "-v", "--offline"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find(|l| l.contains("--crate-name a ")).unwrap_or_else(|| panic!("{text}"));
    let line = line.replace('\'', "");
    let flags = manifest.lint_rustflags.join(" ");
    assert!(line.contains(&flags), "{flags}\n{line}");
    for cfg in &manifest.lint_check_cfg {
        assert!(line.contains(cfg), "{cfg}\n{line}");
    }
}
