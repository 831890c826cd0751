//! What `add` makes of an entry.

use super::{Case, check};

const PLAIN: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

#[test]
fn from_a_registry() {
    check(&[
        Case("newest", PLAIN, "add foo"),
        Case("several", PLAIN, "add foo bar baz@1"),
        Case("the same twice", PLAIN, "add bar bar"),
        Case("a requirement", PLAIN, "add foo@1.1"),
        Case("a full requirement", PLAIN, "add foo@1.0.0"),
        Case("an exact requirement", PLAIN, "add foo@=1.1.0"),
        Case("a range", PLAIN, "add foo@>=1,<2"),
        Case("a star", PLAIN, "add foo@*"),
        Case("a tilde", PLAIN, "add foo@~1.1"),
        Case("nothing fits", PLAIN, "add foo@9"),
        Case("not there", PLAIN, "add nowhere"),
        Case("a name that is none", PLAIN, "add foo!"),
        Case("a forgotten at sign", PLAIN, "add foo^1"),
        Case("a requirement that is none", PLAIN, "add foo@x.y"),
        Case("a v too much", PLAIN, "add foo@v1"),
        Case("only a pre-release", PLAIN, "add pre"),
        Case("a pre-release", PLAIN, "add foo@2.0.0-alpha.1"),
        Case("build metadata", PLAIN, "add meta"),
        Case("build metadata asked for", PLAIN, "add meta@1.2.3+build.5"),
        Case("yanked", PLAIN, "add withdrawn"),
        Case("only yanked", PLAIN, "add withdrawn@1.1"),
        Case("another registry", PLAIN, "add other --registry alt"),
        Case("another registry and a requirement", PLAIN, "add foo@7 --registry alt"),
        Case("crates.io by name", PLAIN, "add foo --registry crates-io"),
        Case("a registry that is not there", PLAIN, "add foo --registry none"),
        Case("a toolchain", PLAIN, "add +nightly foo"),
        Case("a dry run", PLAIN, "add foo --dry-run"),
        Case("locked", PLAIN, "add foo --locked"),
        Case("quiet", PLAIN, "add foo -q"),
        Case("bad word", PLAIN, "add foo --dev --build"),
        Case("nothing named", PLAIN, "add"),
        Case("help", PLAIN, "add -h"),
    ]);
}

#[test]
fn names_in_other_spellings() {
    check(&[
        Case("dash", PLAIN, "add dash_name"),
        Case("underscore", PLAIN, "add under-score"),
        Case("with a requirement", PLAIN, "add dash_name@1"),
        Case(
            "of an entry",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndash-name = \"1\"\n",
            "add dash_name -F x",
        ),
        Case(
            "of an entry in another table",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\ndash-name = \"1.0\"\n",
            "add dash_name --dev",
        ),
    ]);
}

#[test]
fn features() {
    check(&[
        Case("one", PLAIN, "add foo -F extra"),
        Case("several", PLAIN, "add foo --features extra,std --features=later"),
        Case("qualified", PLAIN, "add foo bar -F foo/extra"),
        Case("not qualified", PLAIN, "add foo bar -F extra"),
        Case("of a requirement", PLAIN, "add foo@1.1 -F foo/extra"),
        Case("of a requirement as typed", PLAIN, "add foo@1.1 -F foo@1.1/extra"),
        Case("of nobody", PLAIN, "add foo -F bar/extra"),
        Case("with two slashes", PLAIN, "add foo -F foo/a/b"),
        Case("with dep", PLAIN, "add foo -F dep:bar"),
        Case("unknown", PLAIN, "add foo -F wrong"),
        Case("unknown but near", PLAIN, "add foo -F extar"),
        Case("unknown of many", PLAIN, "add many-on -F wrong"),
        Case("unknown of none", PLAIN, "add bar -F wrong"),
        Case("not in all releases", PLAIN, "add foo@1 -F later"),
        Case("in all releases that count", PLAIN, "add foo -F later"),
        Case("no default", PLAIN, "add foo --no-default-features"),
        Case("default", PLAIN, "add foo --default-features"),
        Case("no default and default", PLAIN, "add foo --no-default-features --default-features"),
        Case("many on", PLAIN, "add many-on"),
        Case("many off", PLAIN, "add many-off"),
        Case("some", PLAIN, "add some"),
        Case("of optional dependencies", PLAIN, "add user"),
        Case("of optional dependencies, on", PLAIN, "add user -F bar,with-baz"),
        Case("dep of an optional dependency", PLAIN, "add user -F baz"),
        Case("empty", PLAIN, "add foo --features="),
    ]);
}

#[test]
fn optional_public_and_renamed() {
    let features = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[features]\nx = [\"dep:foo\"]\n";
    let old = |rust: &str| -> &'static str { format!("{}rust-version = \"{rust}\"\n", PLAIN).leak() };
    check(&[
        Case("optional", PLAIN, "add foo --optional"),
        Case("optional twice", PLAIN, "add foo bar --optional"),
        Case("optional with a feature that says so", features, "add foo --optional"),
        Case("optional for build", PLAIN, "add foo --optional --build"),
        Case("optional for dev", PLAIN, "add foo --optional --dev"),
        Case("optional for a platform", PLAIN, "add foo --optional --target cfg(unix)"),
        Case("optional before dep", old("1.59"), "add bar --optional"),
        Case("optional with dep, nearly", old("1.60"), "add bar --optional"),
        Case("optional with dep", old("1.60.1"), "add bar --optional"),
        Case("not optional", PLAIN, "add foo --no-optional"),
        Case("optional and not", PLAIN, "add foo --optional --no-optional"),
        Case("public", PLAIN, "add foo --public"),
        Case("public for dev", PLAIN, "add foo --public --dev"),
        Case("not public", PLAIN, "add foo --public --no-public"),
        Case("renamed", PLAIN, "add foo --rename qux"),
        Case("renamed and optional", PLAIN, "add foo --rename qux --optional"),
        Case("renamed to its name", PLAIN, "add foo --rename foo"),
        Case("two renamed", PLAIN, "add foo bar --rename qux"),
        Case("dev", PLAIN, "add foo --dev"),
        Case("build", PLAIN, "add foo --build"),
        Case("target", PLAIN, "add foo --target cfg(unix)"),
        Case("target and dev", PLAIN, "add foo --target x86_64-unknown-linux-gnu --dev"),
        Case("empty target", PLAIN, "add foo --target="),
        Case("rust version", old("1.70"), "add msrv"),
        Case("rust version of rustc", PLAIN, "add msrv"),
        Case("rust version too old", old("1.40"), "add msrv --build"),
        Case("rust version ignored", old("1.40"), "add msrv --ignore-rust-version"),
        Case("rust version of the future", PLAIN, "add future"),
    ]);
}
