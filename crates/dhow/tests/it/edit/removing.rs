//! What `remove` takes out.

use super::{Case, check};

fn app(rest: &str) -> &'static str {
    format!("[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n{rest}").leak()
}

#[test]
fn entries() {
    let two = app(
        "[dependencies] # d\n# about bar\nbar = \"0.2\" # bar\n# about foo\nfoo = \"1\" # foo\n# end\n\n[dev-dependencies]\nbaz = \"1\"\n",
    );
    check(&[
        Case("one of two", two, "remove foo"),
        Case("the first", two, "remove bar"),
        Case("all", two, "rm foo bar"),
        Case("dev", two, "remove --dev baz"),
        Case("not dev", two, "remove baz"),
        Case("not there", two, "remove --dev foo"),
        Case("nearly", two, "remove fooo"),
        Case("nowhere", two, "remove --build foo"),
        Case("one that is and one that is not", two, "remove foo nothing"),
        Case("a dry run", two, "remove foo --dry-run"),
        Case("locked", two, "remove foo --locked"),
        Case("quiet", two, "remove foo -q"),
        Case("both", two, "remove --dev --build foo"),
        Case("nothing named", two, "remove"),
        Case("its table", app("[dependencies.foo]\nversion = \"1\"\n\n[features]\nx = []\n"), "remove foo"),
        Case(
            "dotted",
            app("[dependencies]\nfoo.version = \"1\"\nfoo.default-features = false\n"),
            "remove foo",
        ),
        Case("inline", app("dependencies = { foo = \"1\", bar = \"0.2\" }\n"), "remove foo"),
        Case("inline, the last", app("dependencies = { foo = \"1\" }\n"), "remove foo"),
        Case(
            "of a platform",
            app("[target.'cfg(unix)'.dependencies]\nfoo = \"1\"\n\n[dependencies]\nfoo = \"1\"\n"),
            "remove foo --target cfg(unix)",
        ),
        Case(
            "of a platform, not told",
            app("[target.'cfg(unix)'.dependencies]\nfoo = \"1\"\n"),
            "remove foo",
        ),
        Case("renamed", app("[dependencies]\nx = { version = \"1\", package = \"foo\" }\n"), "remove x"),
        Case(
            "renamed, by its own name",
            app("[dependencies]\nx = { version = \"1\", package = \"foo\" }\n"),
            "remove foo",
        ),
        Case(
            "windows",
            app("[dependencies]\nbar = \"0.2\"\nfoo = \"1\"\n").replace('\n', "\r\n").leak(),
            "remove foo",
        ),
        Case(
            "a mark at the start",
            format!("\u{feff}{}", app("[dependencies]\nfoo = \"1\"\n")).leak(),
            "remove foo",
        ),
        Case(
            "old tables",
            app("[dev_dependencies]\nfoo = \"1\"\n[dependencies]\nbar = \"0.2\"\n"),
            "remove bar",
        ),
    ]);
}

#[test]
fn features() {
    let optional =
        "[dependencies]\nfoo = { version = \"1\", optional = true }\nbar = \"0.2\"\n\n[features]\n";
    let with = |features: &str| app(format!("{optional}{features}").leak());
    check(&[
        Case("implicit", with("x = [\"foo\", \"y\"] # x\ny = [\n  # why\n  \"foo/std\",\n]\n"), "remove foo"),
        Case("explicit", with("x = [\"dep:foo\", \"foo?/std\"]\n"), "remove foo"),
        Case(
            "explicit with a feature of that name",
            with("foo = [\"dep:foo\"]\nx = [\"foo\"]\n"),
            "remove foo",
        ),
        Case("others", with("x = [\"bar/x\"]\n"), "remove foo"),
        Case(
            "still there for a platform",
            app(
                "[dependencies]\nfoo = \"1\"\n[target.'cfg(unix)'.dependencies]\nfoo = { version = \"1\", optional = true }\n[features]\nx = [\"foo?/std\", \"dep:foo\"]\n",
            ),
            "remove foo --target cfg(unix)",
        ),
        Case(
            "still there and optional",
            app(
                "[dependencies]\nfoo = \"1\"\n[target.'cfg(unix)'.dependencies]\nfoo = { version = \"1\", optional = true }\n[features]\nx = [\"foo?/std\", \"dep:foo\"]\n",
            ),
            "remove foo",
        ),
    ]);
}

#[test]
fn workspaces() {
    let root = |rest: &str, a: &str| -> &'static str {
        format!(
            "=== Cargo.toml\n[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n{rest}\n\
             === a/Cargo.toml\n[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n{a}\
             === b/Cargo.toml\n[package]\nname = \"b\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nbaz = \"1\"\n"
        )
        .leak()
    };
    let shared = "\n[workspace.dependencies] # shared\nbar = \"0.2\" # bar\nfoo = \"1\"\nunused = \"1\"\n\n[workspace.package]\nversion = \"1.0.0\"\n";
    let profiles = "\n[profile.dev.package.foo]\nopt-level = 1\n\n[profile.dev.package.\"foo:1.0.0\"]\nopt-level = 2\n\n[profile.dev.package.baz]\nopt-level = 1\n\n[profile.release.package.\"*\"]\nopt-level = 2\n\n[profile.release]\nlto = true\n";
    check(&[
        Case("shared", root(shared, "foo.workspace = true\nbar.workspace = true\n"), "remove foo -p a"),
        Case(
            "shared, the last",
            root("\n[workspace.dependencies]\nfoo = \"1\"\n", "foo.workspace = true\n"),
            "remove foo -p a",
        ),
        Case("profiles", root(profiles, "foo = \"1\"\nbar = \"0.2\"\n"), "remove foo -p a"),
        Case("profiles of others", root(profiles, "foo = \"1\"\nbar = \"0.2\"\n"), "remove bar -p a"),
        Case(
            "replacements",
            root(
                "\n[replace]\n\"foo:1.2.0\" = { path = \"foo\" }\n=== foo/Cargo.toml\n[package]\nname = \"foo\"\nversion = \"1.2.0\"\nedition = \"2021\"\n[workspace]\n",
                "foo = \"1\"\n",
            ),
            "remove foo -p a",
        ),
        Case(
            "patches by path",
            root(
                "\n[patch.crates-io]\nfoo = { path = \"foo\" }\n=== foo/Cargo.toml\n[package]\nname = \"foo\"\nversion = \"1.2.0\"\nedition = \"2021\"\n[workspace]\n",
                "foo = \"1\"\n",
            ),
            "remove foo -p a",
        ),
        Case(
            "patches by registry",
            root("\n[patch.crates-io]\nfoo = { version = \"7\", registry = \"alt\" }\n", "foo = \"*\"\n"),
            "remove foo -p a",
        ),
        Case(
            "patches in use",
            root(
                "\n[patch.crates-io]\nfoo = { version = \"7\", registry = \"alt\" }\n",
                "foo = \"*\"\nbar = \"0.2\"\n",
            ),
            "remove bar -p a",
        ),
        Case("which", root("", "foo = \"1\"\n"), "remove foo"),
        Case(
            "manifest path",
            root("", "foo = \"1\"\nbar = \"0.2\"\n"),
            "remove foo --manifest-path a/Cargo.toml",
        ),
    ]);
}
