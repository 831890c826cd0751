//! Workspaces: members, inheritance and roots as the real cargo finds them.

use dhow_workspace::ResolverVersion;

use crate::cargo;
use crate::metadata::{check, check_at};
use crate::project::Project;

/// A library package of this name.
fn lib(directory: &str, name: &str, more: &str) -> String {
    format!(
        "=== {directory}/Cargo.toml\n[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{more}=== {directory}/src/lib.rs\n"
    )
}

#[test]
fn members_are_found_in_cargos_order() {
    let files = format!(
        "=== Cargo.toml\n[workspace]\nmembers = [\"z\", \"some/*\", \"a\"]\nexclude = [\"some/no\"]\nresolver = \"2\"\n{}{}{}{}{}{}{}",
        lib("z", "zed", "[dependencies]\nq = { path = \"../deep/q\" }\n"),
        lib("deep/q", "q", "[dev-dependencies]\nr = { path = \"../r\" }\n"),
        lib("deep/r", "r", ""),
        lib("some/two", "two", "[target.'cfg(windows)'.dependencies]\nzed = { path = \"../../z\" }\n"),
        lib("some/one", "one", ""),
        lib("some/no", "no", ""),
        lib("a", "a", ""),
    );
    let project = Project::new(&files);
    project.write("some/file", "");
    check(&project);
    check_at(&project, "some/one");
    check_at(&project, "deep/q");
    check_at(&project, "some/no");
    assert_eq!(project.load("Cargo.toml").expect("loads").resolver(), ResolverVersion::V2);
}

#[test]
fn default_members_depend_on_where_one_stands() {
    let root = |more: &str| {
        Project::new(&format!(
            "=== Cargo.toml\n[workspace]\nmembers = [\"a\", \"b\"]\n{more}{}{}",
            lib("a", "a", ""),
            lib("b", "b", "")
        ))
    };
    check(&root("default-members = [\"b\"]\n"));
    check_at(&root("default-members = [\"b\"]\n"), "a");
    check(&root("default-members = [\"*\"]\n"));
    check(&root("default-members = []\n"));
    check(&root(
        "default-members = [\"b\", \".\"]\n[package]\nname = \"root\"\n[[bin]]\nname = \"x\"\npath = \"x.rs\"\n",
    ));
    check(&root("[package]\nname = \"root\"\n[[bin]]\nname = \"x\"\npath = \"x.rs\"\n"));
    check(&root("[workspace.metadata]\nx = [1, { y = true }]\n"));
}

#[test]
fn members_inherit() {
    let project = Project::new(&format!(
        "=== Cargo.toml\n[workspace]\nmembers = [\"a\", \"deep/b\"]\n[workspace.package]\nversion = \"1.2.3\"\nauthors = [\"x\"]\n\
         description = \"d\"\nhomepage = \"h\"\ndocumentation = \"o\"\nreadme = \"DOC.md\"\nkeywords = [\"k\"]\ncategories = [\"c\"]\n\
         license = \"MIT\"\nlicense-file = \"legal/L\"\nrepository = \"r\"\npublish = [\"mine\"]\nedition = \"2018\"\nexclude = [\"e\"]\n\
         include = [\"i\"]\nrust-version = \"1.60\"\n[workspace.dependencies]\nserde = {{ version = \"1\", features = [\"std\"], default-features = false }}\n\
         plain = \"2\"\nlocal = {{ path = \"local\", package = \"loc\" }}\non = {{ version = \"1\", default-features = true }}\n\
         [workspace.lints.rust]\nunused = \"deny\"\n{}\
         === a/Cargo.toml\n[package]\nname = \"a\"\nversion.workspace = true\nauthors.workspace = true\ndescription.workspace = true\n\
         homepage.workspace = true\ndocumentation.workspace = true\nreadme.workspace = true\nkeywords.workspace = true\ncategories.workspace = true\n\
         license.workspace = true\nlicense-file.workspace = true\nrepository.workspace = true\npublish.workspace = true\nedition.workspace = true\n\
         exclude.workspace = true\ninclude.workspace = true\nrust-version.workspace = true\n[lints]\nworkspace = true\n[dependencies]\n\
         serde = {{ workspace = true, features = [\"derive\"], optional = true }}\nplain.workspace = true\nlocal.workspace = true\n\
         on = {{ workspace = true, default-features = false }}\n[dev-dependencies]\nserde = {{ workspace = true, default-features = true }}\n\
         [target.'cfg(unix)'.build-dependencies]\nplain = {{ workspace = true, features = [\"x\"] }}\n=== a/src/lib.rs\n\
         === deep/b/Cargo.toml\n[package]\nname = \"b\"\nreadme.workspace = true\nedition.workspace = true\n[dependencies]\nlocal.workspace = true\n=== deep/b/src/lib.rs\n",
        lib("local", "loc", ""),
    ));
    check(&project);
    check_at(&project, "deep/b");
    let a = project.load("a/Cargo.toml").expect("loads").current().expect("a package").clone();
    assert_eq!(a.manifest().lint_rustflags, ["--deny=unused"]);
}

#[test]
fn a_root_inherits_from_itself() {
    check(&Project::new(
        "=== Cargo.toml\n[package]\nname = \"a\"\nversion.workspace = true\nreadme.workspace = true\n[workspace.package]\nversion = \"3.0.0\"\n\
         [dependencies]\nx.workspace = true\n[workspace.dependencies]\nx = \"1\"\n=== src/lib.rs\n=== README.md\n",
    ));
}

#[test]
fn roots_are_found() {
    let project = Project::new(&format!(
        "=== Cargo.toml\n[workspace]\nmembers = [\"a\", \"../outside\"]\n{}{}",
        lib("a", "a", ""),
        lib("alone", "alone", "[workspace]\n")
    ));
    project.write("x/.keep", "");
    check_at(&project, "alone");
    let nested = Project::new(&format!(
        "=== ws/Cargo.toml\n[workspace]\nmembers = [\"../out\"]\n{}{}{}",
        lib(
            "out",
            "out",
            "workspace = \"../ws\"\n[dependencies]\nfar = { path = \"../far\" }\nnear = { path = \"../ws/near\" }\n"
        ),
        lib("far", "far", ""),
        lib("ws/near", "near", ""),
    ));
    check_at(&nested, "ws");
    check_at(&nested, "out");
    check_at(&nested, "far");
}

/// Both tools refuse the workspace as seen from `dir`, we with these words.
#[track_caller]
fn refused(files: &str, dir: &str, message: &str) {
    let project = Project::new(files);
    assert!(cargo::metadata(&project.path(dir)).is_err(), "cargo accepts it");
    let error = project.load(&format!("{dir}/Cargo.toml")).expect_err("must be refused");
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn workspaces_that_do_not_fit_together() {
    let ws = |more: &str| format!("=== Cargo.toml\n[workspace]\n{more}\n");
    refused(&(ws("members = [\"gone\"]") + &lib("a", "a", "")), ".", "`gone` has no manifest");
    refused(&(ws("members = [\"x*\"]\n") + &lib("a", "a", "")), ".", "has no manifest");
    refused(
        &(ws("members = [\"a\", \"b\"]") + &lib("a", "same", "") + &lib("b", "same", "")),
        ".",
        "named `same`",
    );
    refused(&(ws("members = [\"a\"]") + &lib("a", "a", "") + &lib("b", "b", "")), "b", "not a member");
    refused(&(ws("members = [\"a\"]") + &lib("a", "a", "[workspace]\n")), ".", "itself the root");
    refused(
        &(ws("members = [\"a\"]\ndefault-members = [\"b\"]") + &lib("a", "a", "") + &lib("b", "b", "")),
        ".",
        "not a member",
    );
    refused(
        &(ws("members = [\"a\"]") + &lib("a", "a", "[dependencies]\nb = { path = \"../b\" }\n")),
        ".",
        "dependency `b` has no manifest",
    );
    refused(&lib("a", "a", "workspace = \"../b\"\n"), "a", "");
    refused(&(lib("a", "a", "workspace = \"../b\"\n") + &lib("b", "b", "")), "a", "no `[workspace]`");
    refused(
        &format!("=== w/Cargo.toml\n[workspace]\nmembers = [\"../a\"]\n{}", lib("a", "a", "")),
        "w",
        "not below",
    );
    refused(&(ws("members = [\"[\"]")), ".", "pattern");
    refused(&(ws("members = [\"a\"]\nresolver = \"5\"") + &lib("a", "a", "")), ".", "unknown resolver");
    refused(
        &(ws("members = [\"a\"]\n[workspace.dependencies]\nx = { version = \"1\", optional = true }")
            + &lib("a", "a", "")),
        ".",
        "cannot have `optional`",
    );
    refused(
        &(ws("members = [\"a\"]") + &lib("a", "a", "description.workspace = true\n")),
        ".",
        "not defined",
    );
    refused(
        &(ws("members = [\"a\"]") + &lib("a", "a", "[dependencies]\nx.workspace = true\n")),
        ".",
        "workspace.dependencies.x",
    );
    refused(
        &(ws("members = [\"a\"]\n[workspace.lints]")
            + &lib("a", "a", "[lints]\nworkspace = true\nrust.x = \"warn\"\n")),
        ".",
        "lints of its own",
    );
}

#[test]
fn resolvers_follow_the_root() {
    let resolver = |root: &str| {
        Project::new(&format!("=== Cargo.toml\n{root}=== src/lib.rs\n"))
            .load("Cargo.toml")
            .expect("loads")
            .resolver()
    };
    assert_eq!(resolver("[package]\nname = \"a\"\n"), ResolverVersion::V1);
    assert_eq!(resolver("[package]\nname = \"a\"\nedition = \"2021\"\n"), ResolverVersion::V2);
    assert_eq!(resolver("[package]\nname = \"a\"\nedition = \"2024\"\n"), ResolverVersion::V3);
    assert_eq!(
        resolver("[package]\nname = \"a\"\nedition = \"2024\"\nresolver = \"1\"\n"),
        ResolverVersion::V1
    );
    assert_eq!(resolver("[package]\nname = \"a\"\n[workspace]\nresolver = \"3\"\n"), ResolverVersion::V3);
    assert_eq!(resolver("[workspace]\n"), ResolverVersion::V1);
}

/// How many warnings both tools have, ours with these words in this order.
#[track_caller]
fn warns(project: &Project, messages: &[&str]) {
    let workspace = project.load("Cargo.toml").expect("loads");
    let ours: Vec<_> = workspace.warnings().iter().map(|w| w.message.clone()).collect();
    let output = cargo::run(&project.root(), &["check", "--offline"]);
    let theirs = String::from_utf8_lossy(&output.stderr).into_owned();
    let count = theirs.lines().filter(|l| l.starts_with("warning: ")).count();
    assert_eq!((ours.len(), count), (messages.len(), messages.len()), "{ours:#?}\n{theirs}");
    for (ours, message) in ours.iter().zip(messages) {
        assert!(ours.contains(message), "{ours:?} does not have {message:?}");
    }
}

#[test]
fn what_is_odd_is_said_as_often_as_cargo_says_it() {
    let package = |manifest: &str| Project::package(manifest, &["src/lib.rs"]);
    warns(&package(""), &[]);
    warns(&package("colour = 1\n[nonsense]\nx = 1\n"), &["nonsense", "package.colour"]);
    warns(&package("license = \"MIT\"\nlicense-file = \"L\"\n"), &["both set"]);
    warns(&package("[dev_dependencies]\n"), &["dev_dependencies"]);
    warns(&package("[dev_dependencies]\n[dev-dependencies]\n"), &["is ignored"]);
    warns(
        &package("[profile.doc]\ndebug = 1\n[profile.test]\npanic = \"abort\"\n"),
        &["`doc` has no effect", "no effect"],
    );
    warns(&package("[lints.other]\nx = \"warn\"\n"), &["unknown tool"]);
    warns(&package("[lints.rust]\nunused = { level = \"warn\", y = 1 }\n"), &["unused manifest key"]);
    warns(&package("[features]\ndefault-features = []\n"), &["default-features"]);
    let bin = "[[bin]]\nname = \"x\"\npath = \"x.rs\"\nrequired-features = ";
    warns(&package(&format!("{bin}[\"nope\", \"z/y\"]\n")), &["`nope`", "`z/y`"]);
    warns(&package("[[bin]]\nname = \"x\"\npath = \"src/lib.rs\"\n"), &["more than one target"]);
    warns(&package("[lib]\nedition = \"2018\"\n"), &["no `edition`", "deprecated"]);
    warns(&package("[lib]\ncrate-type = [\"proc-macro\"]\n"), &["proc-macro = true"]);
    warns(&package("[target.'cfg(debug_assertions)'.dependencies]\n"), &["debug_assertions"]);
    warns(&package("edition = \"2015\"\n[[test]]\nname = \"t\"\npath = \"t.rs\"\n"), &[]);
    warns(&Project::new("=== Cargo.toml\n[package]\nname = \"a\"\n=== src/lib.rs\n"), &["no `edition`"]);
    warns(
        &Project::new("=== Cargo.toml\n[package]\nname = \"a\"\nrust-version = \"1.20\"\n=== src/lib.rs\n"),
        &[],
    );
    warns(
        &Project::new(
            "=== Cargo.toml\ncargo-features = [\"edition\"]\n[package]\nname = \"a\"\nedition = \"2021\"\n=== src/lib.rs\n",
        ),
        &["stable"],
    );
    warns(
        &Project::new(&format!(
            "=== Cargo.toml\n[workspace]\nmembers = [\"a\"]\n{}",
            lib("a", "a", "resolver = \"2\"\n[profile.dev]\nopt-level = 1\n[patch.crates-io]\n")
        )),
        &["resolver", "`profile`", "`patch`", "`resolver`"],
    );
}

#[test]
fn a_repository_has_packages_anywhere() {
    let project = Project::new(&format!(
        "=== Cargo.toml\n[workspace]\nmembers = [\"a\"]\n[workspace.package]\nlicense = \"MIT\"\n=== broken/Cargo.toml\n[package\n\
         === a/target/x/Cargo.toml\n[package]\nname = \"x\"\n=== sub/.git\n{}{}{}{}{}{}{}",
        lib("a", "a", "license.workspace = true\n[dependencies]\nh = { path = \"../.h\" }\n"),
        lib(".h", "h", ""),
        lib(".i", "i", ""),
        lib("sub", "s", ""),
        lib("deep/down/d", "d", "[dependencies]\na = { path = \"../../../a\" }\n"),
        lib("z", "a", ""),
        lib("y", "a", "publish = false\n"),
    ));
    let source = dhow_model::SourceId::parse("git+https://example.com/r").expect("a source");
    let loader = dhow_workspace::Loader::new(crate::project::options());
    let below = loader.packages_below(&project.root(), source).expect("packages");
    let packages = &below.packages;
    let names: Vec<_> = packages.iter().map(|p| p.name().as_str()).collect();
    assert_eq!(names, ["a", "d", "h"]);
    assert_eq!(packages[0].metadata().license.as_deref(), Some("MIT"));
    assert!(packages.iter().flat_map(|p| p.dependencies()).all(|d| d.source() == source));
    assert!(packages[0].root().ends_with("a"));
    assert_eq!(below.duplicates, [(packages[0].id(), project.path("z/Cargo.toml"))], "y is for nobody else");
    assert_eq!(below.broken.len(), 1, "{:?}", below.broken);
    assert_eq!(below.broken[0].location.path, project.path("broken/Cargo.toml"));
    assert!(loader.packages_below(&project.path("broken"), source).is_err());
}
