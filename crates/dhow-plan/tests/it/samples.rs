//! The projects that are compared.

use crate::project::Project;

/// A package with everything: all target kinds, scripts with `links`, macros, lints, profiles.
pub(crate) fn everything() -> Project {
    Project::new(&[
        ("project/Cargo.toml", include_str!("fixtures/everything.toml")),
        ("project/build.rs", include_str!("fixtures/build.rs")),
        ("project/src/lib.rs", "//! ```\n//! assert!(true);\n//! ```\n"),
        ("project/src/main.rs", "fn main() {}"),
        ("project/src/bin/two-words.rs", "fn main() {}"),
        ("project/src/bin/needs.rs", "fn main() {}"),
        ("project/tests/it.rs", "#[test] fn t() {}"),
        ("project/tests/own.rs", "fn main() {}"),
        ("project/examples/shown.rs", "fn main() {}"),
        ("project/examples/plugin.rs", ""),
        ("project/benches/quick.rs", "fn main() {}"),
        ("project/sys/Cargo.toml", include_str!("fixtures/sys.toml")),
        ("project/sys/build.rs", include_str!("fixtures/sys_build.rs")),
        ("project/sys/src/lib.rs", ""),
        ("project/mac/Cargo.toml", include_str!("fixtures/mac.toml")),
        ("project/mac/src/lib.rs", ""),
        ("project/shared/Cargo.toml", include_str!("fixtures/shared.toml")),
        (
            "project/never/Cargo.toml",
            "[package]\nname = \"never\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
        ),
        ("project/never/src/lib.rs", ""),
        ("project/shared/src/lib.rs", "#![allow(unexpected_cfgs)]"),
        (
            "outside/Cargo.toml",
            "[package]\nname = \"out-side\"\nversion = \"0.3.0-pre.1\"\nedition = \"2024\"\n",
        ),
        ("outside/src/lib.rs", ""),
    ])
}

/// A proc macro and a C library asked for by themselves, packages as if from crates.io, a dev-dependency cycle,
/// resolver 1.
pub(crate) fn odd_ones() -> Project {
    let checksum = "{\"files\":{}}";
    Project::new(&[
        (
            "project/.cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n",
        ),
        ("project/Cargo.toml", include_str!("fixtures/odd.toml")),
        ("project/mac/Cargo.toml", include_str!("fixtures/odd_mac.toml")),
        ("project/mac/src/lib.rs", ""),
        ("project/mac/tests/t.rs", ""),
        ("project/clib/Cargo.toml", include_str!("fixtures/odd_clib.toml")),
        ("project/clib/src/lib.rs", "//! ```\n//! ```\n"),
        ("project/clib/src/main.rs", "fn main() {}"),
        ("project/clib/build.rs", "fn main() { println!(\"cargo:rustc-link-arg-cdylib=-Wl,-O1\"); }"),
        ("project/dy/Cargo.toml", include_str!("fixtures/odd_dy.toml")),
        ("project/dy/src/lib.rs", ""),
        ("project/vendor/reg/Cargo.toml", include_str!("fixtures/odd_reg.toml")),
        ("project/vendor/reg/src/lib.rs", ""),
        (
            "project/vendor/reg/build.rs",
            "fn main() { println!(\"cargo:rustc-cfg=x\"); println!(\"cargo:k=v\"); }",
        ),
        ("project/vendor/reg/.cargo-checksum.json", checksum),
        ("project/vendor/leaf/Cargo.toml", include_str!("fixtures/odd_leaf.toml")),
        ("project/vendor/leaf/src/lib.rs", ""),
        ("project/vendor/leaf/.cargo-checksum.json", checksum),
    ])
}
