//! Where `add` finds packages besides registries, and what it does with entries and tables that are there.

use super::{Case, check};

macro_rules! app {
    ($rest:literal $(,)?) => {
        concat!(
            "# about\n[package] # app\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n",
            $rest
        )
    };
}

#[test]
fn from_a_path_or_a_member() {
    const LIB: &str = "=== Cargo.toml\n[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
        === inner/Cargo.toml\n[package]\nname = \"inner-lib\"\nversion = \"0.3.0+meta\"\nedition = \"2021\"\n\
        [features]\ndefault = [\"a\"]\na = []\nb = []\n";
    const MEMBERS: &str = "=== Cargo.toml\n[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n\
        === a/Cargo.toml\n[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\
        === b/Cargo.toml\n[package]\nname = \"b\"\nversion = \"0.2.0\"\nedition = \"2021\"\n";
    check(&[
        Case("path", LIB, "add --path inner"),
        Case("path with dots", LIB, "add --path ./inner/../inner/"),
        Case("path and name", LIB, "add inner-lib --path inner"),
        Case("path and wrong name", LIB, "add other --path inner"),
        Case("path and other spelling", LIB, "add inner_lib --path inner"),
        Case("path and version", LIB, "add inner-lib@0.3 --path inner"),
        Case("path and feature", LIB, "add --path inner -F b"),
        Case("path and qualified feature", LIB, "add --path inner -F inner-lib/b"),
        Case("path and name and qualified feature", LIB, "add inner-lib --path inner -F inner-lib/b"),
        Case("path for dev", LIB, "add --path inner --dev"),
        Case("path for build", LIB, "add --path inner --build"),
        Case("path renamed", LIB, "add --path inner --rename x"),
        Case("path that is not there", LIB, "add --path nowhere"),
        Case("path of itself", LIB, "add --path ."),
        Case("path of itself for dev", LIB, "add --path . --dev"),
        Case("path base", LIB, "add --path inner --base x"),
        Case("path and git", LIB, "add --path inner --git https://example.com/x"),
        Case("branch without git", LIB, "add foo --branch x"),
        Case("member", MEMBERS, "add b -p a"),
        Case("member for dev", MEMBERS, "add b -p a --dev"),
        Case("member itself", MEMBERS, "add a -p a"),
        Case("member by path", MEMBERS, "add -p a --path b"),
        Case("member with a version", MEMBERS, "add b@0.2 -p a"),
        Case("which package", MEMBERS, "add foo"),
        Case("no such package", MEMBERS, "add foo -p c"),
        Case("package by pattern", MEMBERS, "add foo -p [a]"),
        Case("packages by pattern", MEMBERS, "add foo -p *"),
        Case("package without a name", MEMBERS, "add foo -p"),
        Case("manifest path", MEMBERS, "add foo --manifest-path b/Cargo.toml"),
    ]);
}

#[test]
fn inherited() {
    const ROOT: &str = "=== Cargo.toml\n[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n\n[workspace.dependencies]\nfoo = { version = \"1.0\", features = [\"extra\"] }\nbar = \"0.2\"\ndash-name = \"1\"\nrenamed = { package = \"baz\", version = \"1\" }\n\
        === a/Cargo.toml\n[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    const HAS: &str = "=== Cargo.toml\n[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n\n[workspace.dependencies]\nfoo = \"1.0\"\n\
        === a/Cargo.toml\n[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nfoo.workspace = true\n";
    const DETAILED: &str = "=== Cargo.toml\n[workspace]\nmembers = [\"a\"]\nresolver = \"2\"\n\n[workspace.dependencies]\nfoo = \"1.0\"\n\
        === a/Cargo.toml\n[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nfoo = { workspace = true, features = [\"std\"] }\n";
    check(&[
        Case("plain", ROOT, "add foo -p a"),
        Case("plain string", ROOT, "add bar -p a"),
        Case("with features", ROOT, "add foo -p a -F std"),
        Case("with unknown features", ROOT, "add foo -p a -F wrong"),
        Case("optional", ROOT, "add foo -p a --optional"),
        Case("for dev", ROOT, "add foo -p a --dev"),
        Case("for a platform", ROOT, "add foo -p a --target cfg(unix)"),
        Case("another spelling", ROOT, "add dash_name -p a"),
        Case("renamed there", ROOT, "add renamed -p a"),
        Case("by its own name", ROOT, "add baz -p a"),
        Case("with a version", ROOT, "add foo@1.1 -p a"),
        Case("with a default", ROOT, "add foo -p a --no-default-features"),
        Case("with a registry", ROOT, "add foo -p a --registry alt"),
        Case("with a name", ROOT, "add foo -p a --rename foo"),
        Case("with a name that is there", ROOT, "add baz -p a --rename foo"),
        Case("is there", HAS, "add foo -p a -F extra"),
        Case("is there, now optional", HAS, "add foo -p a --optional"),
        Case("is there, and a version", HAS, "add foo@1.1 -p a"),
        Case("is there in detail", DETAILED, "add foo -p a -F extra"),
        Case("is there in detail, and a version", DETAILED, "add foo@1.1 -p a"),
        Case("is there, for dev", HAS, "add foo -p a --dev"),
    ]);
}

const INNER: &str = "=== Cargo.toml\n[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ninner = { path = \"./inner/\", version = \"0.1\" } # it\n\
        === inner/Cargo.toml\n[package]\nname = \"inner\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[features]\nx = []\n";

#[test]
fn entries_that_are_there() {
    check(ENTRIES);
}

const ENTRIES: &[Case] = &[
    Case("a newer requirement", app!("[dependencies]\nfoo = \"1.0\" # old\n"), "add foo@1.2"),
    Case("nothing new", app!("[dependencies]\nfoo = \"1.0\" # old\n"), "add foo"),
    Case(
        "a feature",
        app!("[dependencies]\nfoo = \"1.0\" # old\nzoo = { package = \"bar\", version = \"0.2\" }\n"),
        "add foo -F extra",
    ),
    Case(
        "one more feature",
        app!("[dependencies]\nfoo = { version = \"1.0\", features = [ \"std\", ] } # f\n"),
        "add foo -F extra,alloc",
    ),
    Case(
        "features not in order",
        app!("[dependencies]\nfoo = { version = \"1.0\", features = [\"std\", \"alloc\"] }\n"),
        "add foo -F extra",
    ),
    Case(
        "a feature that is there",
        app!("[dependencies]\nfoo = { version = \"1.0\", features = [\"std\"] }\n"),
        "add foo -F std",
    ),
    Case(
        "a table of its own",
        app!("[dependencies.foo] # t\nversion = \"1.0\" # v\n# between\nfeatures = [\"std\"]\n"),
        "add foo -F extra --optional",
    ),
    Case("a table with one key", app!("[dependencies.foo]\nversion = \"1.0\"\n"), "add foo -F extra"),
    Case(
        "another in tables of their own",
        app!("[dependencies.foo]\nversion = \"1.0\"\nfeatures = [\"std\"]\n"),
        "add bar",
    ),
    Case(
        "dotted",
        app!("[dependencies]\nfoo.version = \"1.0\"\nfoo.default-features = false\n"),
        "add foo -F std",
    ),
    Case(
        "dotted and default",
        app!("[dependencies]\nfoo.version = \"1.0\"\nfoo.default-features = false\n"),
        "add foo --default-features",
    ),
    Case("an inline table", app!("dependencies = { foo = \"1\" }\n"), "add bar"),
    Case(
        "default again",
        app!("[dependencies]\nfoo = { version = \"1\", default-features = false }\n"),
        "add foo --default-features",
    ),
    Case(
        "default stays off",
        app!("[dependencies]\nfoo = { version = \"1\", default-features = false }\n"),
        "add foo@1.1",
    ),
    Case(
        "no longer optional",
        app!(
            "[dependencies]\nfoo = { version = \"1\", optional = true }\n\n[features]\nfoo = [\"dep:foo\"]\nx = [\"foo?/std\", \"dep:foo\"]\n",
        ),
        "add foo --no-optional",
    ),
    Case(
        "now optional",
        app!("[dependencies]\nfoo = { version = \"1\" }\n\n[features]\nx = [\"foo/std\"]\n"),
        "add foo --optional",
    ),
    Case(
        "stays optional",
        app!("[dependencies]\nfoo = { version = \"1\", optional = true }\n"),
        "add foo -F extra",
    ),
    Case(
        "from path to registry",
        app!("[dependencies]\nfoo = { path = \"../x\", features = [\"std\"] }\n"),
        "add foo@1",
    ),
    Case("a path, and a feature", INNER, "add inner -F x"),
    Case("a path, again", INNER, "add --path inner"),
    Case("a path, for dev", INNER, "add inner --dev"),
    Case(
        "from a registry of its own",
        app!("[dependencies]\nother = { version = \"1\", registry = \"alt\" }\n"),
        "add other -F x",
    ),
    Case(
        "from a registry to crates.io",
        app!("[dependencies]\nfoo = { version = \"7\", registry = \"alt\" }\n"),
        "add foo@1 --registry crates-io",
    ),
    Case("renamed", app!("[dependencies]\nx = { version = \"1\", package = \"foo\" }\n"), "add x -F extra"),
    Case(
        "renamed before",
        app!("[dependencies]\nx = { version = \"1\", package = \"foo\" }\n"),
        "add foo --rename x -F extra",
    ),
    Case(
        "another package under a name",
        app!("[dependencies]\nx = { version = \"1\", package = \"foo\", optional = true }\n"),
        "add bar --rename x",
    ),
    Case(
        "in another table",
        app!("[dependencies]\nfoo = { version = \"1.0\", features = [\"std\"], default-features = false }\n",),
        "add foo --dev",
    ),
    Case(
        "in two other tables",
        app!("[dev-dependencies]\nfoo = \"1.1\"\n\n[build-dependencies]\nfoo = \"1.0\"\n"),
        "add foo",
    ),
    Case(
        "in the table of a platform",
        app!("[target.'cfg(unix)'.dependencies]\nfoo = \"1.0\"\n\n[dependencies]\nfoo = \"1.1\"\n"),
        "add foo --build",
    ),
    Case(
        "to the table of a platform",
        app!("[target.'cfg(unix)'.dependencies]\nbar = \"0.2\"\n"),
        "add foo --target cfg(unix)",
    ),
    Case("old tables", app!("[dev_dependencies]\nfoo = \"1\"\n"), "add bar"),
    Case("old tables of a platform", app!("[target.x.build_dependencies]\nfoo = \"1\"\n"), "add bar"),
    Case(
        "an old key",
        app!("[dependencies]\nfoo = { version = \"1\", default_features = false }\n"),
        "add foo -F std",
    ),
    Case(
        "an old key of another",
        app!("[dependencies]\nfoo = { version = \"1\", default_features = false }\n"),
        "add bar",
    ),
];

#[test]
fn order_and_space() {
    let app = |rest: &str| -> &'static str {
        format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{rest}").leak()
    };
    check(&[
        Case("in order", app("\n[dependencies]\nbar = \"0.2\"\nsome = \"1\"\n"), "add foo"),
        Case("not in order", app("\n[dependencies]\nsome = \"1\"\nbar = \"0.2\"\n"), "add foo"),
        Case(
            "comments go along",
            app(
                "\n[dependencies]\n# about bar\nbar = \"0.2\" # bar\n\n# about some\nsome = \"1\" # some\n\n# end\n",
            ),
            "add foo",
        ),
        Case("between tables", app("\n[dependencies]\n\n[features]\nx = []\n"), "add foo"),
        Case(
            "before nothing",
            app("\n[features]\nx = []\n\n[profile.dev]\nopt-level = 1\n"),
            "add foo --optional",
        ),
        Case(
            "wide",
            app("\n[dependencies]\nbar    =    \"0.2\"\nsome={version=\"1\"}\n"),
            "add foo some -F some/feature01",
        ),
        Case("no last newline", app("\n[lib]\npath = \"src/lib.rs\""), "add foo"),
        Case("dev first", app("\n[dev-dependencies]\nbar = \"0.2\"\n"), "add foo"),
        Case("quoted keys", app("\n[\"dependencies\"]\n\"bar\" = \"0.2\"\n"), "add foo bar@0.2.3"),
        Case(
            "tables of their own in order",
            app(
                "\n[dependencies.bar]\nversion = \"0.2\"\n[dependencies.some]\nversion = \"1\"\nfeatures = []\n",
            ),
            "add foo",
        ),
        Case(
            "windows",
            app("\n[dependencies]\nbar = \"0.2\"\n").replace('\n', "\r\n").leak(),
            "add foo --optional",
        ),
        Case("a mark at the start", format!("\u{feff}{}", app("")).leak(), "add foo"),
        Case("not toml", app("\n[dependencies\n"), "add foo"),
    ]);
}
